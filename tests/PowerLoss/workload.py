"""
The workload: workers, each with files of its own, that create, write, truncate, rename and sync them, and write down beforehand what
they do and afterwards what that gave as a promise.

usage: workload.py MOUNT JOURNAL-DEVICE SEED OPERATIONS
"""
import mmap
import os
import random
import subprocess
import sys
import threading

import cells
from journal import Journal

WORKERS = 3
REPOSITORY_FILES = 8
NAMES = [f"n{i}" for i in range(8)]
DIRECTORIES = ["d0", "d1", "d2"]


def repository_layout(worker):
    """The files of a worker that are in the repository before anything is mounted: name, id, cells."""
    sizes = [1, 40, 129, 300, 700, 900, 1200, 2600]
    return [(f"f{i}", worker * 100_000 + i, sizes[i]) for i in range(REPOSITORY_FILES)]


class Worker(threading.Thread):
    def __init__(self, number, root, journal, seed, operations, before=None):
        super().__init__()
        self.number, self.journal, self.operations = number, journal, operations
        self.chance = random.Random(seed * 100 + number)
        self.directory = os.path.join(root, f"w{number}")
        self.failure = None
        layout = repository_layout(number)
        self.next_id = before.next_id if before else number * 100_000 + 1000
        self.next_version = before.next_version if before else 1
        self.names = before.names if before else {name: file_id for name, file_id, _ in layout}
        self.lengths = before.lengths if before else {file_id: length for _, file_id, length in layout}  # in cells
        self.links = before.links if before else set()
        self.directories = before.directories if before else set()

    def run(self):
        try:
            steps = [
                (14, self.create), (16, self.write), (5, self.append), (6, self.truncate), (2, self.empty), (3, self.punch), (12, self.read),
                (10, self.sync_file), (3, self.sync_quietly), (6, self.sync_directory), (8, self.replace), (4, self.rename), (2, self.exchange),
                (4, self.unlink), (3, self.link), (2, self.symlink), (3, self.chmod), (4, self.set_attribute), (3, self.write_synchronously),
                (2, self.write_mapped), (1, self.sync_device), (4, self.make_directory), (2, self.remove_directory), (3, self.move_directory),
            ]
            weights, functions = zip(*steps)
            for step in range(self.operations):
                self.chance.choices(functions, weights)[0]()
                if step % 50 == 49:
                    print(f"guest: worker {self.number} did {step + 1} of {self.operations}, {self.journal.promises} promises so far", flush=True)
        except BaseException as failure:
            self.failure = failure
            raise

    # --- names

    def create(self):
        name = self._free()
        if name is None:
            self.unlink()
            return
        self._make(name)
        if self.chance.random() < 0.5:
            self._sync(name)

    def replace(self):
        """The way editors save: a new file beside it, then renamed over it. Half of the time without an fsync."""
        if "tmp" in self.names:
            return
        self._make("tmp")
        if self.chance.random() < 0.5:
            self._sync("tmp")
        target = self._any()
        if target == "tmp":
            return
        self._note("rename", "tmp", target)
        os.rename(self._path("tmp"), self._path(target))
        self.names[target] = self.names.pop("tmp")
        if self.chance.random() < 0.5:
            self.sync_directory()

    def rename(self):
        source, target = self._any(), self._place() + self.chance.choice(NAMES)
        if source == target or target in self.links or self.names[source] == self.names.get(target):
            return
        self._note("rename", source, target)
        os.rename(self._path(source), self._path(target))
        self.names[target] = self.names.pop(source)

    def exchange(self):
        a, b = self._any(), self._any()
        if self.names[a] == self.names[b]:
            return
        self._note("exchange", a, b)
        _exchange(self._path(a), self._path(b))
        self.names[a], self.names[b] = self.names[b], self.names[a]

    def unlink(self):
        name = self.chance.choice([*self.names, *self.links])
        if name.rpartition("/")[2].startswith("f") and self.chance.random() < 0.7:
            return
        self._note("unlink", name)
        os.unlink(self._path(name))
        self.names.pop(name, None)
        self.links.discard(name)

    def link(self):
        target = self._free()
        if target:
            source = self._any()
            self._note("link", source, target)
            os.link(self._path(source), self._path(target))
            self.names[target] = self.names[source]

    def symlink(self):
        name = self._free()
        if name:
            target = f"target-{self._version()}"
            self._note("symlink", name, target)
            os.symlink(target, self._path(name))
            self.links.add(name)

    def sync_directory(self):
        descriptor = os.open(self._path(self._place()), os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(descriptor)
        os.close(descriptor)
        self.journal.promise(self.number, "directory")

    def make_directory(self):
        name = self.chance.choice(DIRECTORIES)
        if name not in self.directories:
            self._note("mkdir", name)
            os.mkdir(self._path(name))
            self.directories.add(name)

    def remove_directory(self):
        for name in sorted(self.directories):
            if self._is_empty(name):
                self._note("rmdir", name)
                os.rmdir(self._path(name))
                self.directories.remove(name)
                return

    def move_directory(self):
        """With all that is in it, to a free name or over an empty directory."""
        source, target = self.chance.choice(DIRECTORIES), self.chance.choice(DIRECTORIES)
        if source == target or source not in self.directories or not self._is_empty(target):
            return
        self._note("move", source, target)
        os.rename(self._path(source), self._path(target))
        self.directories.remove(source)
        self.directories.add(target)
        self.names = {moved(name, source, target): file_id for name, file_id in self.names.items()}
        self.links = {moved(name, source, target) for name in self.links}

    # --- attributes

    def chmod(self):
        name, mode = self._any(), self.chance.choice([0o600, 0o640, 0o644, 0o755])
        self._note("chmod", name, mode)
        os.chmod(self._path(name), mode)

    def set_attribute(self):
        name, value = self._any(), f"value-{self._version()}"
        self._note("attribute", name, value)
        os.setxattr(self._path(name), "user.power", value.encode())

    # --- content

    def write(self):
        name = self._any()
        with _Open(self._path(name), os.O_RDWR) as descriptor:
            for _ in range(self.chance.choice([1, 1, 3])):
                length = self.lengths[self.names[name]]
                self._write(name, descriptor, self.chance.randrange(0, length + 8), self.chance.choice([1, 3, 8, 24, 64]))
            if self.chance.random() < 0.3:
                self._fsync(name, descriptor)
                if self.chance.random() < 0.5:
                    # Written again while open, after the promise.
                    self._write(name, descriptor, self.chance.randrange(0, self.lengths[self.names[name]] + 1), 9)

    def append(self):
        name = self._any()
        with _Open(self._path(name), os.O_WRONLY) as descriptor:
            self._write(name, descriptor, self.lengths[self.names[name]], self.chance.choice([1, 8, 40]))

    def write_synchronously(self):
        name = self._any()
        with _Open(self._path(name), os.O_WRONLY | os.O_SYNC) as descriptor:
            self._write(name, descriptor, self.chance.randrange(0, self.lengths[self.names[name]] + 1), 5)
            self.journal.promise(self.number, "file", self.names[name])

    def write_mapped(self):
        name = self._any()
        file_id = self.names[name]
        length = self.lengths[file_id]
        if length < 16:
            return
        start = self.chance.randrange(0, length - 8)
        version = self._version()
        with _Open(self._path(name), os.O_RDWR) as descriptor, mmap.mmap(descriptor, length * cells.SIZE) as mapped:
            self._note("write", file_id, version, start, 8)
            mapped[start * cells.SIZE : (start + 8) * cells.SIZE] = cells.run(file_id, version, start, 8)
            mapped.flush()
        self.journal.promise(self.number, "file", file_id)

    def truncate(self):
        name = self._any()
        file_id = self.names[name]
        length = self.chance.choice([self.lengths[file_id] // 2, self.lengths[file_id] * 3 // 4, self.lengths[file_id] + 20])
        self._note("truncate", file_id, self._version(), length)
        os.truncate(self._path(name), length * cells.SIZE)
        self.lengths[file_id] = length

    def empty(self):
        """Truncates to nothing and writes anew, as shells do."""
        name = self._any()
        file_id = self.names[name]
        self._note("truncate", file_id, self._version(), 0)
        self.lengths[file_id] = 0
        with _Open(self._path(name), os.O_WRONLY | os.O_TRUNC) as descriptor:
            self._write(name, descriptor, 0, self.chance.choice([4, 20, 60]))

    def punch(self):
        name = self._any()
        file_id = self.names[name]
        if self.lengths[file_id] < 40:
            return
        start, count = self.chance.randrange(0, self.lengths[file_id] - 20), self.chance.choice([3, 8, 16])
        with _Open(self._path(name), os.O_RDWR) as descriptor:
            self._note("punch", file_id, self._version(), start, count)
            _punch(descriptor, start * cells.SIZE, count * cells.SIZE)

    def read(self):
        name = self._any()
        with _Open(self._path(name), os.O_RDONLY) as descriptor:
            if self.chance.random() < 0.5:
                while os.read(descriptor, 1 << 20):
                    pass
            else:
                os.pread(descriptor, 8192, self.chance.randrange(0, max(1, self.lengths[self.names[name]])) * cells.SIZE)

    def sync_file(self):
        self._sync(self._any())

    def sync_quietly(self):
        """A file that nobody writes is made stable through a descriptor that can only read."""
        self._sync(self._any(), os.O_RDONLY)

    def sync_device(self):
        """Promises nothing here: it brings early to the disk what nobody has synced."""
        os.sync()

    # --- how

    def _make(self, name):
        file_id, self.next_id = self.next_id, self.next_id + 1
        mode = self.chance.choice([0o600, 0o644, 0o750])
        self._note("create", name, file_id, mode)
        with _Open(self._path(name), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode) as descriptor:
            self.names[name], self.lengths[file_id] = file_id, 0
            self._note("number", file_id, os.fstat(descriptor).st_ino)
            for _ in range(self.chance.choice([0, 1, 1, 2, 4])):
                self._write(name, descriptor, self.lengths[file_id], self.chance.choice([1, 8, 30, 100, 400]))

    def _write(self, name, descriptor, start, count):
        file_id, version = self.names[name], self._version()
        self._note("write", file_id, version, start, count)
        data = cells.run(file_id, version, start, count)
        if os.pwrite(descriptor, data, start * cells.SIZE) != len(data):
            raise OSError("a short write")
        self.lengths[file_id] = max(self.lengths[file_id], start + count)

    def _sync(self, name, flags=os.O_RDWR):
        with _Open(self._path(name), flags) as descriptor:
            self._fsync(name, descriptor)

    def _fsync(self, name, descriptor):
        (os.fsync if self.chance.random() < 0.7 else os.fdatasync)(descriptor)
        self.journal.promise(self.number, "file", self.names[name])

    def _is_empty(self, directory):
        return not any(name.startswith(directory + "/") for name in [*self.names, *self.links])

    def _place(self):
        """A directory as the beginning of a path."""
        return self.chance.choice(["", "", *(name + "/" for name in sorted(self.directories))])

    def _free(self):
        """A name that nothing has, or None."""
        place = self._place()
        free = [place + name for name in NAMES if place + name not in self.names and place + name not in self.links]
        return self.chance.choice(free) if free else None

    def _any(self):
        return self.chance.choice(list(self.names))

    def _path(self, name):
        return os.path.join(self.directory, name)

    def _version(self):
        self.next_version += 1
        return self.next_version - 1

    def _note(self, *what):
        self.journal.note(self.number, *what)


def moved(name, source, target):
    """A path after the directory `source` became `target`."""
    return target + name[len(source) :] if name.startswith(source + "/") else name


class _Open:
    def __init__(self, path, flags, mode=0):
        self._descriptor = os.open(path, flags, mode)

    def __enter__(self):
        return self._descriptor

    def __exit__(self, *_):
        os.close(self._descriptor)


def _exchange(a, b):
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    at_cwd, exchange = -100, 2
    if libc.renameat2(at_cwd, a.encode(), at_cwd, b.encode(), exchange) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")


def _punch(descriptor, offset, length):
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    keep_size_and_punch = 3
    if libc.fallocate(descriptor, keep_size_and_punch, ctypes.c_long(offset), ctypes.c_long(length)) != 0:
        raise OSError(ctypes.get_errno(), "fallocate")


def run(workers):
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.failure for worker in workers):
        sys.exit(1)


def main():
    mount, device, seed, operations = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    os.umask(0)
    journal = Journal(device)
    journal.mark("begin")
    workers = [Worker(number, mount, journal, seed, operations) for number in range(WORKERS)]
    run(workers)
    # In the middle of its life a cache is mostly clean: the rest of the work meets files that were exported and released.
    for verb in ("export", "release"):
        subprocess.run(["/fsxfuse/fsxfuse", verb, mount], check=verb == "export", stdout=subprocess.DEVNULL)
    run([Worker(worker.number, mount, journal, seed + 1, operations // 2, worker) for worker in workers])
    journal.note(-1, "end")


if __name__ == "__main__":
    main()
