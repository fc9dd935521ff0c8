"""Content that describes itself: every 512 bytes (a cell: one sector, so never torn) say whose they are, and which write put them there."""
import hashlib
import struct
import zlib

SIZE = 512
HOLE = "hole"
GARBAGE = "garbage"

_HEADER = struct.Struct("<8sIIII")
_MAGIC = b"FSXCELL\0"


def make(file_id, version, index):
    """The cell that write number `version` puts at place `index` of a file. Version 0 is what the repository holds."""
    seed = hashlib.blake2b(struct.pack("<III", file_id, version, index), digest_size=61).digest()
    body = (seed * 8)[: SIZE - _HEADER.size]
    return _HEADER.pack(_MAGIC, file_id, version, index, zlib.crc32(body)) + body


def run(file_id, version, start, count):
    return b"".join(make(file_id, version, index) for index in range(start, start + count))


def owner(data):
    """The id of the file that the first cell with any content was written for; None without one."""
    for at in range(0, len(data) - SIZE + 1, SIZE):
        if data[at : at + 8] == _MAGIC:
            return _HEADER.unpack_from(data, at)[1]
    return None


def read(data, file_id, index):
    """The version of the write a cell came from, or HOLE, or GARBAGE: another file's bytes, another place's, or nobody's."""
    if not data.strip(b"\0"):
        return HOLE
    if len(data) < SIZE or data[:8] != _MAGIC:
        return GARBAGE
    _, found_id, version, found_index, _ = _HEADER.unpack_from(data)
    if found_id != file_id or found_index != index or data != make(file_id, version, index):
        return GARBAGE
    return version
