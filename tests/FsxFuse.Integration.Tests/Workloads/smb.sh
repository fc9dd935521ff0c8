#!/usr/bin/env bash
# The current directory shared by smbd on loopback, used by smbclient.
# usage: smb.sh SCRATCH PORT
set -euo pipefail
scratch=$1 port=$2 shared=$PWD server=
end() { [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; }; }
trap end EXIT

mkdir -p "$scratch"/{private,lock,state,cache,pid,ncalrpc,log,usershares}
cat >"$scratch/smb.conf" <<CONF
[global]
  server role = standalone
  interfaces = lo
  bind interfaces only = yes
  smb ports = $port
  private dir = $scratch/private
  lock directory = $scratch/lock
  state directory = $scratch/state
  cache directory = $scratch/cache
  pid directory = $scratch/pid
  ncalrpc dir = $scratch/ncalrpc
  log file = $scratch/log/smbd
  usershare path = $scratch/usershares
  disable spoolss = yes
  load printers = no
  map to guest = Bad User
  guest account = root
[share]
  path = $shared
  guest ok = yes
  read only = no
  ea support = yes
  store dos attributes = yes
CONF
# In a process group of its own, which its end takes along.
smbd -F --debug-stdout -s "$scratch/smb.conf" >"$scratch/log/output" 2>&1 </dev/null &
server=$!
client() { smbclient "//127.0.0.1/share" -s "$scratch/smb.conf" -p "$port" -N -c "$1"; }
for _ in $(seq 300); do
  client ls >/dev/null 2>&1 && break
  kill -0 "$server" 2>/dev/null || { tail -n 60 "$scratch/log/output" >&2; exit 1; }
  sleep 0.1
done

mkdir local "$scratch/back"
for n in 0 1 4095 4096 100000 9000000; do
  head -c "$n" /dev/urandom >"$scratch/in-$n"
  cp "$scratch/in-$n" "local/file-$n"
done
cd "$scratch"
client "mkdir remote; cd remote; prompt off; mput in-*" >/dev/null 2>&1
client "lcd back; prompt off; cd local; mget file-*" >/dev/null 2>&1
for n in 0 1 4095 4096 100000 9000000; do
  cmp "in-$n" "$shared/remote/in-$n"
  cmp "in-$n" "back/file-$n"
done
# What the repository had, in a directory that nobody has looked into.
client "cd there; get object object" >/dev/null 2>&1
cmp object "$shared/there/object"
client "cd remote; rename in-1 renamed; rm in-0; mkdir sub; rmdir sub; setmode renamed +r" >/dev/null 2>&1
(cd "$shared/remote" && ls)
client "cd remote; ls" 2>/dev/null | awk '$1 ~ /^(in|renamed)/ { print $1, $(NF - 5) }' | sort
getfattr --absolute-names --only-values -n user.DOSATTRIB "$shared/remote/renamed" | wc -c | grep -vx 0 >/dev/null
