"""
The record of what was done and what was promised, kept on a disk of its own that is written synchronously. One JSON array a line: what a
worker is about to do (before it does it), and a promise when a call that gives one has returned. Each promise is also a mark in the log of writes.
"""
import fcntl
import json
import os
import struct
import threading

_TARGET_MESSAGE = 0xC138FD0E  # DM_TARGET_MSG of linux/dm-ioctl.h
_HEADER = struct.Struct("<3I3IiIIIQ128s129s7x")


class Journal:
    """Written by the workload."""

    def __init__(self, device):
        self._file = os.open(device, os.O_WRONLY | os.O_SYNC)
        self._control = os.open("/dev/mapper/control", os.O_RDWR)
        self._lock = threading.Lock()
        self._at = 0
        self._count = 0
        self.promises = 0

    def note(self, worker, *what):
        with self._lock:
            self._append([worker, *what])

    def promise(self, worker, *what):
        """What the worker did so far (as `what` bounds it) must survive from here on."""
        with self._lock:
            self._append([worker, "promise", *what])
            self.promises += 1
            self._mark(f"p{self._count - 1}")

    def mark(self, text):
        with self._lock:
            self._mark(text)

    def _append(self, row):
        line = json.dumps(row, separators=(",", ":")).encode() + b"\n"
        os.pwrite(self._file, line, self._at)
        self._at += len(line)
        self._count += 1

    def _mark(self, text):
        message = b"mark " + text.encode() + b"\0"
        target = struct.pack("<Q", 0) + message
        size = _HEADER.size + len(target)
        buffer = bytearray(_HEADER.pack(4, 0, 0, size, _HEADER.size, 0, 0, 0, 0, 0, 0, b"state", b"") + target)
        fcntl.ioctl(self._control, _TARGET_MESSAGE, buffer, True)


def read(path):
    """All rows of a journal."""
    rows = []
    with open(path, "rb") as file:
        for line in file:
            if line.startswith(b"\0") or not line.endswith(b"\n"):
                break
            rows.append(json.loads(line))
    return rows
