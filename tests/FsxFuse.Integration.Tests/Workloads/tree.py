#!/usr/bin/env python3
"""tree.py DIRECTORY FILES: makes a tree of files of many sizes, with symbolic and hard links, modes, owners, times and names that need care."""
import os
import random
import sys

root, count = sys.argv[1], int(sys.argv[2])
rng = random.Random(5)
made = []
for i in range(count):
    directory = os.path.join(root, "d%02d" % (i % 50), "sub %d" % (i % 7) if i % 3 else "")
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, rng.choice(["f%05d.txt", "ä %05d", "%05d+x&y=%%20", "-f%05d", ".%05d"]) % i)
    with open(path, "wb") as file:
        file.write(rng.randbytes(rng.choice([0, 1, 500, 4096, 5000, 20000])))
    os.chmod(path, rng.choice([0o644, 0o644, 0o600, 0o755]))
    if os.geteuid() == 0 and i % 10 == 0:
        os.chown(path, rng.choice([0, 1000, 65534]), rng.choice([0, 1000]))
    os.utime(path, ns=(rng.getrandbits(60), 1_500_000_000_000_000_000 + rng.getrandbits(56)))
    made.append(path)
for i in range(count // 100):
    os.symlink(os.path.relpath(rng.choice(made), root), os.path.join(root, "link%d" % i))
    os.link(rng.choice(made), os.path.join(root, "hard%d" % i))
