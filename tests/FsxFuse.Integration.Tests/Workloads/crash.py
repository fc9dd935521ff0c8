#!/usr/bin/env python3
"""A writer that can be interrupted at any moment, and the check of what it left.

    crash.py run    DIR JOURNAL SEED [SECONDS [MIX]]   random operations below DIR; each is journalled before it starts and after it returned.
                                                       MIX: all (default), or partial: mostly writes into what is there already
    crash.py verify DIR JOURNAL                        compares DIR with what the journal says must be there; exits 1 with a list of differences

The journal is on another file system. An operation that returned must be there whole; the one in flight may be there, not be
there, or (a write) be there in part.
"""
import errno
import json
import mmap
import os
import random
import stat
import sys
import time

# The daemon is gone; any other error is a failure of its own. EIO is what a page fault or writeback of a mapping gets.
GONE = (errno.ENOTCONN, errno.ECONNABORTED, errno.ENODEV, errno.EIO)

KINDS = ["create", "write", "mmap", "truncate", "mkdir", "symlink", "chmod", "utime", "unlink", "rmdir", "link", "rename", "renamedir"]
MIXES = {
    "all": [30, 30, 8, 5, 6, 3, 4, 4, 6, 1, 3, 8, 4],
    "partial": [2, 60, 20, 3, 0, 0, 1, 1, 0, 0, 0, 1, 0],
}


def pattern(seed, length):
    return random.Random(seed).randbytes(length)


class Model:
    """Paths (relative) to what they should be."""

    def __init__(self):
        self.entries = {}

    def apply(self, op):
        kind, path = op["op"], op["path"]
        e = self.entries
        if kind == "existing":
            e[path] = {"type": "file", "data": bytearray(pattern(op["seed"], op["length"])), "mode": None}
        elif kind == "create":
            e[path] = {"type": "file", "data": bytearray(pattern(op["seed"], op["length"])), "mode": op["mode"]}
        elif kind in ("write", "mmap"):
            data = e[path]["data"]
            end = op["offset"] + op["length"]
            if end > len(data):
                data.extend(bytes(end - len(data)))
            data[op["offset"]:end] = pattern(op["seed"], op["length"])
        elif kind == "truncate":
            data = e[path]["data"]
            if op["length"] < len(data):
                del data[op["length"]:]
            else:
                data.extend(bytes(op["length"] - len(data)))
        elif kind == "mkdir":
            e[path] = {"type": "dir"}
        elif kind == "symlink":
            e[path] = {"type": "link", "target": op["target"]}
        elif kind == "chmod":
            e[path]["mode"] = op["mode"]
        elif kind == "utime":
            e[path]["mtime"] = op["mtime"]
        elif kind == "unlink":
            del e[path]
        elif kind == "rmdir":
            del e[path]
        elif kind == "link":
            e[op["to"]] = e[path]
        elif kind == "rename":
            moved = e.pop(path)
            e[op["to"]] = moved
            for name in [n for n in e if n.startswith(path + "/")]:
                e[op["to"] + name[len(path):]] = e.pop(name)
        else:
            raise ValueError(kind)
        if kind in ("write", "mmap", "truncate"):
            e[path].pop("mtime", None)


def perform(root, op):
    path = os.path.join(root, op["path"])
    kind = op["op"]
    if kind == "existing":
        return
    if kind == "create":
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, op["mode"])
        try:
            data, at = pattern(op["seed"], op["length"]), 0
            while at < len(data):
                at += os.write(fd, data[at:at + op["chunk"]])
        finally:
            os.close(fd)
    elif kind == "write":
        fd = os.open(path, os.O_WRONLY)
        try:
            # The kernel hands a write over in pieces; when the daemon dies between two of them, write(2) returns what went before.
            data, at = pattern(op["seed"], op["length"]), 0
            while at < len(data):
                at += os.pwrite(fd, data[at:], op["offset"] + at)
        finally:
            os.close(fd)
    elif kind == "mmap":
        fd = os.open(path, os.O_RDWR)
        try:
            with mmap.mmap(fd, 0) as view:
                view[op["offset"]:op["offset"] + op["length"]] = pattern(op["seed"], op["length"])
                view.flush()
        finally:
            os.close(fd)
    elif kind == "truncate":
        os.truncate(path, op["length"])
    elif kind == "mkdir":
        os.mkdir(path)
    elif kind == "symlink":
        os.symlink(op["target"], path)
    elif kind == "chmod":
        os.chmod(path, op["mode"])
    elif kind == "utime":
        os.utime(path, ns=(op["mtime"], op["mtime"]))
    elif kind == "unlink":
        os.unlink(path)
    elif kind == "rmdir":
        os.rmdir(path)
    elif kind == "link":
        os.link(path, os.path.join(root, op["to"]))
    elif kind == "rename":
        os.rename(path, os.path.join(root, op["to"]))


def choose(rng, model, count, mix):
    files = [p for p, x in model.entries.items() if x["type"] == "file"]
    dirs = [""] + [p for p, x in model.entries.items() if x["type"] == "dir"]
    new = lambda: os.path.join(rng.choice(dirs), "n%010x" % rng.getrandbits(40))
    kind = rng.choices(KINDS, MIXES[mix])[0]
    if kind == "create" or not files:
        return {"op": "create", "path": new(), "seed": rng.getrandbits(32), "mode": rng.choice([0o600, 0o644, 0o755]),
                "length": rng.choice([0, 1, 4096, 5000, 70000, 300000]), "chunk": rng.choice([1000, 4096, 65536])}
    path = rng.choice(files)
    size = len(model.entries[path]["data"])
    if kind == "write":
        return {"op": "write", "path": path, "seed": rng.getrandbits(32), "offset": rng.randrange(0, size + 10000), "length": rng.choice([1, 100, 4096, 20000, 200000])}
    if kind == "mmap":
        if size < 2:
            return None
        offset = rng.randrange(0, size - 1)
        return {"op": "mmap", "path": path, "seed": rng.getrandbits(32), "offset": offset, "length": min(rng.choice([1, 100, 8192]), size - offset)}
    if kind == "truncate":
        return {"op": "truncate", "path": path, "length": rng.choice([0, rng.randrange(0, size + 1), size + 5000])}
    if kind == "mkdir":
        return {"op": "mkdir", "path": new()}
    if kind == "symlink":
        return {"op": "symlink", "path": new(), "target": "to-%d" % count}
    if kind == "chmod":
        return {"op": "chmod", "path": path, "mode": rng.choice([0o600, 0o640, 0o777])}
    if kind == "utime":
        return {"op": "utime", "path": path, "mtime": 1_600_000_000_000_000_000 + rng.getrandbits(40)}
    if kind == "unlink":
        return {"op": "unlink", "path": path}
    if kind == "link":
        return {"op": "link", "path": path, "to": new()}
    if kind == "rename":
        return {"op": "rename", "path": path, "to": new()}
    if kind in ("rmdir", "renamedir"):
        if len(dirs) < 2:
            return None
        target = rng.choice(dirs[1:])
        below = [p for p in model.entries if p.startswith(target + "/")]
        if kind == "rmdir":
            return None if below else {"op": "rmdir", "path": target}
        places = [d for d in dirs if d != target and not d.startswith(target + "/")]
        return {"op": "rename", "path": target, "to": os.path.join(rng.choice(places), "d%010x" % rng.getrandbits(40))}
    return None


def replay(journal):
    model, pending, count = Model(), None, 0
    if os.path.exists(journal):
        with open(journal) as lines:
            for line in lines:
                if not line.endswith("\n"):
                    break
                record = json.loads(line)
                if record.get("done"):
                    if pending is not None:
                        model.apply(pending)
                    pending = None
                elif record.get("resolved"):
                    pending = None
                else:
                    pending, count = record, count + 1
    return model, pending, count


def run(root, journal, seed, seconds, mix):
    model, pending, count = replay(journal)
    if pending is not None:
        raise SystemExit("verify first: an operation is in flight")
    rng = random.Random(seed * 1000003 + count)
    end = time.monotonic() + seconds
    with open(journal, "a") as log:
        if not model.entries:
            try:
                found = [(name, os.stat(os.path.join(root, name)).st_size) for name in sorted(os.listdir(root))]
            except OSError as error:
                if error.errno in GONE:
                    return
                raise
            for name, size in found:
                op = {"op": "existing", "path": name, "seed": int(name.split("-")[1]), "length": size}
                log.write(json.dumps(op) + "\n" + '{"done": true}\n')
                model.apply(op)
        while time.monotonic() < end:
            count += 1
            op = choose(rng, model, count, mix)
            if op is None:
                continue
            log.write(json.dumps(op) + "\n")
            log.flush()
            try:
                perform(root, op)
            except OSError as error:
                if error.errno in GONE:
                    return
                raise
            log.write('{"done": true}\n')
            log.flush()
            model.apply(op)


def show(entry):
    if entry is None:
        return "absent"
    return "%s of %d bytes" % (entry["type"], len(entry["data"])) if entry["type"] == "file" else entry["type"]


def matches(root, path, entry, loose=None):
    """None if what is at path is the entry; else why not. loose: (offset, length) of bytes a write in flight may have changed."""
    full = os.path.join(root, path)
    try:
        info = os.lstat(full)
    except FileNotFoundError:
        return None if entry is None else "is absent, should be %s" % show(entry)
    if entry is None:
        return "is there, should be absent"
    if entry["type"] == "dir":
        return None if stat.S_ISDIR(info.st_mode) else "is no directory"
    if entry["type"] == "link":
        return None if stat.S_ISLNK(info.st_mode) and os.readlink(full) == entry["target"] else "is not that link"
    if not stat.S_ISREG(info.st_mode):
        return "is no file"
    if entry["mode"] is not None and stat.S_IMODE(info.st_mode) != entry["mode"]:
        return "has mode %o, should be %o" % (stat.S_IMODE(info.st_mode), entry["mode"])
    if "mtime" in entry and info.st_mtime_ns != entry["mtime"] and loose is None:
        return "has mtime %d, should be %d" % (info.st_mtime_ns, entry["mtime"])
    with open(full, "rb") as file:
        data = file.read()
    want = bytes(entry["data"])
    if len(data) != info.st_size:
        return "has %d bytes but stat says %d" % (len(data), info.st_size)
    if loose is None:
        if data == want:
            return None
        if len(data) != len(want):
            return "has %d bytes, should have %d" % (len(data), len(want))
        at = next(i for i in range(len(want)) if data[i] != want[i])
        bad = sum(1 for i in range(len(want)) if data[i] != want[i])
        zeros = sum(1 for i in range(len(want)) if data[i] != want[i] and data[i] == 0)
        return "differs first at %d, in %d bytes, %d of them zero" % (at, bad, zeros)
    offset, length = loose
    if not min(len(want), offset) <= len(data) <= max(len(want), offset + length):
        return "has %d bytes while a write at %d+%d to %d bytes was in flight" % (len(data), offset, length, len(want))
    for i in range(min(len(data), len(want))):
        if data[i] != want[i] and not offset <= i < offset + length:
            return "differs at %d outside the write in flight" % i
    return None


def verify(root, journal):
    model, pending, count = replay(journal)
    if count == 0:
        print("nothing was done yet")
        return
    problems = []
    after = None
    touched = set()
    if pending is not None:
        after, _, _ = replay(journal)
        after.apply(pending)
        touched = {p for p in set(model.entries) | set(after.entries)
                   if model.entries.get(p) is None or after.entries.get(p) is None or model.entries[p] != after.entries[p]}
    for path, entry in model.entries.items():
        if path not in touched:
            why = matches(root, path, entry)
            if why:
                problems.append("%s %s" % (path, why))
    if pending is not None:
        before = [matches(root, p, model.entries.get(p)) for p in touched]
        done = [matches(root, p, after.entries.get(p)) for p in touched]
        if any(before) and any(done):
            op = pending["op"]
            if op in ("write", "mmap"):
                loose = (pending["offset"], pending["length"])
                for p in touched:
                    why = matches(root, p, model.entries[p], loose)
                    if why:
                        problems.append("%s %s (%s in flight)" % (p, why, op))
            elif op == "create":
                # Made but not written to its end: a prefix of its bytes.
                full = os.path.join(root, pending["path"])
                data = open(full, "rb").read()
                if not pattern(pending["seed"], pending["length"]).startswith(data):
                    problems.append("%s is no prefix of what was being written" % pending["path"])
            else:
                problems.append("%s in flight left neither the old nor the new state: %s / %s" % (json.dumps(pending), before, done))
    listed = set()
    for base, dirs, names in os.walk(root):
        for name in dirs + names:
            listed.add(os.path.relpath(os.path.join(base, name), root))
    allowed = set(model.entries) | (set(after.entries) if after else set())
    for path in sorted(listed - allowed):
        problems.append("%s should not exist" % path)
    for problem in problems[:20]:
        print(problem)
    if problems:
        print("%d differences after %d operations" % (len(problems), count))
        raise SystemExit(1)
    if pending is not None:
        resolve(root, journal, pending)
    print("ok after %d operations" % count)


def resolve(root, journal, pending):
    """Settles the operation in flight, so that the next round starts from a known state."""
    model, _, _ = replay(journal)
    with open(journal, "a") as log:
        op = pending["op"]
        full = os.path.join(root, pending["path"])
        if op in ("write", "mmap", "truncate"):
            # Bring the file to the state after the operation: doing it again is harmless.
            perform(root, pending)
            log.write('{"done": true}\n')
        elif op == "create":
            if os.path.lexists(full):
                os.unlink(full)
            log.write('{"resolved": true}\n')
        else:
            after, _, _ = replay(journal)
            after.apply(pending)
            changed = {p for p in set(model.entries) | set(after.entries) if model.entries.get(p) != after.entries.get(p)}
            is_done = all(matches(root, p, after.entries.get(p)) is None for p in changed)
            log.write('{"done": true}\n' if is_done else '{"resolved": true}\n')


if __name__ == "__main__":
    if sys.argv[1] == "run":
        run(sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]) if len(sys.argv) > 5 else 3600,
            sys.argv[6] if len(sys.argv) > 6 else "all")
    elif sys.argv[1] == "verify":
        verify(sys.argv[2], sys.argv[3])
    else:
        raise SystemExit(__doc__)
