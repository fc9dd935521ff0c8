"""
Reads what the kernel's dm-log-writes target recorded, and rebuilds the device as it may have been at any moment.

The format is the kernel's (drivers/md/dm-log-writes.c): a super block, then entries, each one sector of header and the data behind it.
"""
import os
import random
import struct

FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8

_SUPER = struct.Struct("<QQQI")
_ENTRY = struct.Struct("<QQQQ")
_MAGIC = 0x6A736677736872


class Entry:
    __slots__ = ("sector", "sectors", "flags", "data_at", "mark")

    def __init__(self, sector, sectors, flags, data_at, mark):
        self.sector, self.sectors, self.flags, self.data_at, self.mark = sector, sectors, flags, data_at, mark


class WriteLog:
    def __init__(self, path):
        self._file = os.open(path, os.O_RDONLY)
        magic, version, count, self.sector_size = _SUPER.unpack(os.pread(self._file, _SUPER.size, 0))
        if magic != _MAGIC or version != 1:
            raise ValueError(f"{path} holds no log of writes")
        self.entries = []
        at = self.sector_size
        for _ in range(count):
            header = os.pread(self._file, self.sector_size, at)
            sector, sectors, flags, length = _ENTRY.unpack_from(header)
            mark = header[_ENTRY.size : _ENTRY.size + length].rstrip(b"\0").decode() if flags & MARK else None
            at += self.sector_size
            self.entries.append(Entry(sector, sectors, flags, at, mark))
            if not flags & (DISCARD | MARK):
                at += sectors * self.sector_size

    def apply(self, entry, device):
        """Does to `device` (a descriptor) what the entry did."""
        if entry.flags & MARK or entry.sectors == 0:
            return
        size = entry.sectors * self.sector_size
        # What a device gives back after a discard is undefined; zeros are the least kind.
        data = bytes(size) if entry.flags & DISCARD else os.pread(self._file, size, entry.data_at)
        os.pwrite(device, data, entry.sector * self.sector_size)

    def close(self):
        os.close(self._file)


class Replay:
    """A device that moves forward along the log, from which copies for single moments are taken."""

    def __init__(self, log, base):
        self._log = log
        self._device = os.open(base, os.O_RDWR)
        self._base = base
        self._at = 0

    def snapshot(self, moment, losses, target):
        """
        Writes to `target` the device as the power loss after `moment` entries may have left it. With `losses` (a random generator, or
        None) any of the writes since the last flush of the device's cache may be missing: it promises no order among them.
        """
        start = moment
        while start > 0 and not self._log.entries[start - 1].flags & FLUSH:
            start -= 1
        for entry in self._log.entries[self._at : start]:
            self._log.apply(entry, self._device)
        self._at = max(self._at, start)
        copy_sparse(self._base, target)
        device = os.open(target, os.O_RDWR)
        lost = 0
        try:
            for entry in self._log.entries[start:moment]:
                if losses and not entry.flags & (FUA | FLUSH | MARK) and losses.random() < 0.5:
                    lost += 1
                else:
                    self._log.apply(entry, device)
        finally:
            os.close(device)
        return lost

    def close(self):
        os.close(self._device)


def choose(log, first, count, seed):
    """Up to `count` moments at or after entry `first`, as (moment, with losses): right after marks, and between them."""
    chance = random.Random(seed)
    last = len(log.entries)
    marks = [i + 1 for i in range(first, last) if log.entries[i].mark is not None]
    others = [i for i in range(first, last + 1) if i not in set(marks)]
    at_marks = chance.sample(marks, min(len(marks), count // 2))
    between = chance.sample(others, min(len(others), count - len(at_marks)))
    chosen = [(moment, False) for moment in at_marks] + [(moment, chance.random() < 0.5) for moment in between]
    return sorted(chosen)


def copy_sparse(source, target):
    """A copy that leaves out the holes."""
    with open(source, "rb") as reader, open(target, "wb") as writer:
        size = os.fstat(reader.fileno()).st_size
        writer.truncate(size)
        at = 0
        while at < size:
            try:
                at = os.lseek(reader.fileno(), at, os.SEEK_DATA)
            except OSError:
                return
            end = os.lseek(reader.fileno(), at, os.SEEK_HOLE)
            while at < end:
                at += os.copy_file_range(reader.fileno(), writer.fileno(), end - at, at, at)
