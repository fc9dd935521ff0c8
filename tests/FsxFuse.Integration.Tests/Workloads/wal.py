#!/usr/bin/env python3
"""A SQLite database in WAL mode with two writing and two reading processes; prints what is in it in the end."""
import os
import sqlite3
import sys
import time

PATH = os.path.join(sys.argv[1], "wal.db")
ROUNDS = 100


def connect():
    return sqlite3.connect(PATH, timeout=60, isolation_level=None)


def write(number):
    db = connect()
    for i in range(ROUNDS):
        db.execute("BEGIN IMMEDIATE")
        total = db.execute("SELECT total FROM account").fetchone()[0]
        db.execute("INSERT INTO entry VALUES (?, ?, ?)", (number, i, bytes([i]) * 1000))
        db.execute("UPDATE account SET total = ?", (total + i,))
        db.execute("COMMIT")
    db.close()


def read():
    # Every snapshot is consistent: the total is the sum of the entries.
    db = connect()
    end = 0
    until = time.monotonic() + 60
    while end < 2 * ROUNDS and time.monotonic() < until:
        db.execute("BEGIN")
        total = db.execute("SELECT total FROM account").fetchone()[0]
        end, rows = db.execute("SELECT count(*), coalesce(sum(i), 0) FROM entry").fetchone()
        db.execute("COMMIT")
        assert total == rows, (total, rows)
    assert end == 2 * ROUNDS, end
    db.close()


db = connect()
print(db.execute("PRAGMA journal_mode = WAL").fetchone())
db.execute("PRAGMA wal_autocheckpoint = 50")
db.execute("CREATE TABLE entry (writer INTEGER, i INTEGER, body BLOB)")
db.execute("CREATE TABLE account (total INTEGER)")
db.execute("INSERT INTO account VALUES (0)")
db.close()

children = []
for work in (lambda: write(1), lambda: write(2), read, read):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    children.append(pid)
print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children])

db = connect()
print(db.execute("SELECT count(*), sum(i), sum(length(body)) FROM entry").fetchone(), db.execute("SELECT total FROM account").fetchone())
print(db.execute("PRAGMA integrity_check").fetchone())
db.execute("PRAGMA journal_mode = DELETE")
db.execute("VACUUM")
db.close()
print(sorted(name for name in os.listdir(sys.argv[1]) if name.startswith("wal.db")), os.stat(PATH).st_size)
