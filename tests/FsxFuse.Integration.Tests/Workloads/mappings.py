#!/usr/bin/env python3
"""What programs do with mappings. Prints what it sees; the output must be the same on every file system."""
import hashlib
import mmap
import os
import random
import signal
import sys

os.chdir(sys.argv[1])
SIZE = 1 << 20


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def child(work):
    """Runs work in another process; returns its exit status, or minus the signal."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGBUS, signal.SIG_DFL)
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


with open("mapped", "wb") as file:
    file.write(random.Random(1).randbytes(SIZE + 100))
fd = os.open("mapped", os.O_RDWR)

# Two processes share the pages of a file, before and after a flush.
shared = mmap.mmap(fd, 0)


def other():
    with open("mapped", "r+b") as mine, mmap.mmap(mine.fileno(), 0) as view:
        view[5000:5005] = b"other"
        assert view[:5] == b"first", view[:5]


shared[:5] = b"first"
print("other process", child(other), bytes(shared[5000:5005]))
print("read sees the mapping", os.pread(fd, 5, 0), os.pread(fd, 5, 5000))

# write(2) is seen by a mapping, at once.
os.pwrite(fd, b"written", 4090)
print("mapping sees a write", bytes(shared[4090:4097]))

# The rest of the last page reads as zeros and does not become part of the file.
tail = mmap.mmap(fd, 0)
print("size", len(tail), os.fstat(fd).st_size)
tail[SIZE + 99] = 7
tail.flush()
tail.close()
print("size after a write to the last byte", os.fstat(fd).st_size)

# A private mapping changes nothing.
private = mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
private[:7] = b"private"
print("private", bytes(private[:7]), os.pread(fd, 5, 0))
private.close()

# Changes through a mapping outlive the descriptor and the name.
late = mmap.mmap(fd, 0)
os.link("mapped", "second")
os.unlink("mapped")
os.close(fd)
late[100000:100004] = b"late"
late.close()
shared.flush()
shared.close()
print("late", digest("second"))


# Beyond the end there is nothing: SIGBUS.
def beyond():
    fd = os.open("second", os.O_RDWR)
    view = mmap.mmap(fd, 0)
    os.ftruncate(fd, 4096)
    view[8192] = 1


print("beyond the end", child(beyond), os.stat("second").st_size)

# A sparse file filled through a mapping in random order.
fd = os.open("sparse", os.O_RDWR | os.O_CREAT)
os.ftruncate(fd, 4 * SIZE)
view = mmap.mmap(fd, 0)
rng = random.Random(2)
for _ in range(300):
    at = rng.randrange(0, 4 * SIZE - 5000)
    length = rng.choice([1, 100, 4999])
    view[at:at + length] = rng.randbytes(length)
view.flush()
view.close()
os.close(fd)
print("sparse", digest("sparse"), os.stat("sparse").st_size)
