#!/usr/bin/env bash
# The current directory served by nfs-ganesha over NFSv3 and used by libnfs' programs, in a network of their own: NFS needs the port mapper.
# usage: nfs.sh SCRATCH   (as root)
set -euo pipefail
[ "${2:-}" = inside ] || exec unshare --net --mount bash "$0" "$1" inside
scratch=$1 exported=$PWD server= mapper=
end() { [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; }; }
trap 'end; [ -z "$mapper" ] || kill "$mapper"' EXIT

ip link set lo up
mount -t tmpfs tmpfs /run
mkdir /run/rpcbind
rpcbind -f &
mapper=$!

cat >"$scratch/ganesha.conf" <<CONF
NFS_CORE_PARAM { Protocols = 3, 4; Enable_NLM = false; Enable_RQUOTA = false; }
NFSv4 { Graceless = true; RecoveryRoot = $scratch/recovery; Minor_Versions = 0, 1; }
EXPORT { Export_Id = 1; Path = $exported; Pseudo = /export; Access_Type = RW; Squash = None; Attr_Expiration_Time = 0; SecType = sys; Protocols = 3, 4; Transports = TCP; Filesystem_Id = 1.1; FSAL { Name = VFS; } }
CONF
mkdir -p "$scratch/recovery"

start() {
  ganesha.nfsd -F -f "$scratch/ganesha.conf" -p "$scratch/ganesha.pid" -L "$scratch/ganesha.log" -N EVENT &
  server=$!
  for _ in $(seq 300); do
    nfs-ls "$(url "")" >/dev/null 2>&1 && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 60 "$scratch/ganesha.log" >&2
  exit 1
}

url() { echo "nfs://127.0.0.1$exported/$1?version=3&uid=0&gid=0"; }

start
mkdir -p tree/sub
for n in 0 1 4095 4096 100000 9000000; do
  head -c "$n" /dev/urandom >"$scratch/in-$n"
  nfs-cp "$scratch/in-$n" "$(url "tree/file-$n")" >/dev/null
  cmp "$scratch/in-$n" "tree/file-$n"
  cp "$scratch/in-$n" "tree/sub/local-$n"
  nfs-cp "$(url "tree/sub/local-$n")" "$scratch/out-$n" >/dev/null
  cmp "$scratch/in-$n" "$scratch/out-$n"
done
# What the repository had, in a directory that nobody has looked into.
nfs-cat "$(url there/object)" | cmp - "$exported/there/object"
# What is done here is seen there, and a handle that the server holds stays good.
mv tree/file-100000 tree/renamed; rm tree/file-4095; echo changed >tree/file-1
nfs-cat "$(url tree/renamed)" | cmp - "$scratch/in-100000"
[ "$(nfs-cat "$(url tree/file-1)")" = changed ]
! nfs-cat "$(url tree/file-4095)" >/dev/null 2>&1
nfs-ls "$(url tree)" | sort
# A server that starts anew has only handles to go by.
end
start
nfs-cat "$(url tree/file-9000000)" | cmp - "$scratch/in-9000000"
nfs-ls "$(url tree/sub)" | wc -l
end
