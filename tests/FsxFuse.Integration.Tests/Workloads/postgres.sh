#!/usr/bin/env bash
# PostgreSQL with its data below the current directory: loaded, killed while two clients write, recovered, checked.
# usage: postgres.sh PROGRAMS SOCKETS   (as root; the server runs as nobody; SOCKETS is a directory outside)
set -euo pipefail
bin=$1 sockets=$2 home=$PWD nobody=65534 server=

as=(setpriv --reuid=$nobody --regid=$nobody --clear-groups env -C "$home" PATH="$bin:$PATH" PGHOST="$sockets" PGUSER=bench PGDATABASE=postgres LC_ALL=C)
children() { cat "/proc/$server/task/$server/children" 2>/dev/null || true; }
# A parent that is gone cannot start more: first it, then those it had.
end() { [ -z "$server" ] || { local all; all=$(children); kill -9 "$server" $all 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; }; }
trap end EXIT

start() {
  "${as[@]}" postgres -D data -k "$sockets" -c listen_addresses= -c wal_sync_method="$1" -c autovacuum_naptime=1 >>"$sockets/log" 2>&1 &
  server=$!
  for _ in $(seq 600); do
    "${as[@]}" pg_isready -q && return
    kill -0 "$server" || { cat "$sockets/log" >&2; exit 1; }
    sleep 0.1
  done
  cat "$sockets/log" >&2
  exit 1
}

stop() { kill -INT "$server"; wait "$server"; server=; }
ask() { "${as[@]}" psql -AtXq -v ON_ERROR_STOP=1 -c "$1"; }

# What pgbench promises: each transaction adds one amount to an account, a teller, a branch and the history.
sums() {
  ask "SELECT (SELECT sum(abalance) FROM pgbench_accounts) = coalesce((SELECT sum(delta) FROM pgbench_history), 0)
      AND (SELECT sum(tbalance) FROM pgbench_tellers) = coalesce((SELECT sum(delta) FROM pgbench_history), 0)
      AND (SELECT sum(bbalance) FROM pgbench_branches) = coalesce((SELECT sum(delta) FROM pgbench_history), 0)"
}
rows() { ask "SELECT count(*) FROM pgbench_history"; }

mkdir data
chown $nobody:$nobody data "$sockets"
"${as[@]}" initdb -D data -U bench -A trust --data-checksums --no-sync -E UTF8 >/dev/null
start fdatasync
"${as[@]}" pgbench -i -q -s 2 2>/dev/null
"${as[@]}" pgbench -c 2 -t 200 -n >/dev/null 2>&1
[ "$(sums)" = t ] && [ "$(rows)" = 400 ]

# Every transaction that was answered is logged by the client, and must be there after the crash.
"${as[@]}" pgbench -c 2 -T 60 -n -l --log-prefix="$sockets/done" >/dev/null 2>&1 &
clients=$!
until [ "$(rows)" -gt 600 ]; do sleep 0.05; done
end
wait $clients || true
start open_datasync
grep -q 'automatic recovery in progress' "$sockets/log"
[ "$(sums)" = t ]
[ "$(rows)" -ge $((400 + $(cat "$sockets"/done* | wc -l))) ]
"${as[@]}" pg_amcheck --install-missing --heapallindexed
"${as[@]}" pg_dump >"$sockets/dump"
grep -q 'dump complete' "$sockets/dump"
"${as[@]}" pgbench -c 2 -t 50 -n >/dev/null 2>&1
before="$(sums) $(rows)"
ask 'CREATE TABLE large AS SELECT i, repeat(md5(i::text), 20) AS t FROM generate_series(1, 20000) i; CREATE INDEX ON large(t)'
ask 'VACUUM FULL large'
ask 'CREATE DATABASE another'
stop
"${as[@]}" pg_checksums --check -D data | grep 'Bad checksums'
start fdatasync
[ "$(sums) $(rows)" = "$before" ]
ask 'SELECT count(*), max(t) > min(t) FROM large'
stop
echo "$before"
