"""
What may be found after a power loss, derived from the journal.

Names and attributes of a worker's files pass through a sequence of states, one for each call; what is found must be one of them whole (so that a
rename is never half done), and none before the last promise. Content is judged cell by cell: what the last promise covered, or what a
later call put there. Sizes likewise.
"""
from dataclasses import dataclass, field

import cells
from workload import moved

ABSENT = "absent"
ALL = "all"


@dataclass
class Entry:
    """One name: a regular file, a symbolic link with its target, or a directory."""

    file_id: int | None
    mode: int | None = None
    attribute: str | None = None
    target: str | None = None
    is_directory: bool = False


@dataclass
class Content:
    """What one file held, call by call: (row number, kind, version, start, count)."""

    length: int = 0
    number: int | None = None  # st_ino, once known
    from_repository: bool = False
    calls: list = field(default_factory=list)


class WorkerModel:
    """Everything one worker did."""

    def __init__(self, rows, worker, layout):
        self.contents = {}
        self.states = []  # (row number, {name: Entry}), the first before any call
        self.promises = []  # (row number; the file whose content it covers, None for names alone, ALL after a clean stop)
        self.flushed = {}  # row number of a rename over a name → id of the file that replaced it
        names, attributes = {}, {}
        for name, file_id, length in layout:
            self.contents[file_id] = Content(length, from_repository=True)
            names[name], attributes[file_id] = file_id, (None, None)
        links, directories = {}, set()

        def add_state(row):
            state = {name: Entry(file_id, *attributes[file_id]) for name, file_id in names.items()}
            state.update({name: Entry(None, target=target) for name, target in links.items()})
            state.update({name: Entry(None, is_directory=True) for name in directories})
            self.states.append((row, state))

        add_state(-1)
        for number, (owner, kind, *rest) in enumerate(rows):
            if owner != worker:
                continue
            match kind:
                case "create":
                    names[rest[0]], attributes[rest[1]] = rest[1], (rest[2], None)
                    self.contents[rest[1]] = Content()
                case "number":
                    self.contents[rest[0]].number = rest[1]
                case "rename":
                    if rest[1] in names:
                        self.flushed[number] = names[rest[0]]
                    names[rest[1]] = names.pop(rest[0])
                case "exchange":
                    names[rest[0]], names[rest[1]] = names[rest[1]], names[rest[0]]
                case "unlink":
                    names.pop(rest[0], None)
                    links.pop(rest[0], None)
                case "link":
                    names[rest[1]] = names[rest[0]]
                case "symlink":
                    links[rest[0]] = rest[1]
                case "mkdir":
                    directories.add(rest[0])
                case "rmdir":
                    directories.remove(rest[0])
                case "move":
                    directories.remove(rest[0])
                    directories.add(rest[1])
                    names = {moved(name, *rest): file_id for name, file_id in names.items()}
                    links = {moved(name, *rest): target for name, target in links.items()}
                case "chmod":
                    attributes[names[rest[0]]] = (rest[1], attributes[names[rest[0]]][1])
                case "attribute":
                    attributes[names[rest[0]]] = (attributes[names[rest[0]]][0], rest[1])
                case "write" | "punch" | "truncate":
                    self.contents[rest[0]].calls.append((number, kind, *rest[1:]))
                    continue
                case "promise":
                    self.promises.append((number, rest[1] if rest[0] == "file" else None))
                    continue
                case _:
                    raise ValueError(f"the journal has an unknown row: {kind}")
            add_state(number)
        self.promises.append((len(rows), ALL))
        self._numbered = {content.number: file_id for file_id, content in self.contents.items() if content.number is not None}

    def find_state(self, found, promised):
        """The first state from the last promised one on that equals what was found; or None and how the nearest differs."""
        # A promise to another worker says nothing of this one's calls, which may only just have begun.
        own = max((row for row, _ in self.promises if row <= promised), default=-1)
        first = max(i for i, (row, _) in enumerate(self.states) if row <= own)
        nearest = None
        for row, state in self.states[first:]:
            differences = self._differences(state, found)
            if not differences:
                return row, []
            if nearest is None or len(differences) < len(nearest):
                nearest = differences
        return None, nearest

    def _differences(self, state, found):
        differences = []
        for name in state.keys() | found.keys():
            wanted, seen = state.get(name), found.get(name)
            if wanted is None or seen is None:
                differences.append(f"{name} is {'there' if wanted is None else 'missing'}")
                continue
            if wanted.is_directory or seen.is_directory:
                if wanted.is_directory != seen.is_directory:
                    differences.append(f"{name} is {'a' if seen.is_directory else 'no'} directory")
                continue
            number = self.contents[wanted.file_id].number if wanted.file_id is not None else None
            # A file of the repository has no number that is known beforehand, and an empty one no cells: then it is at least none of those that have one.
            owner = seen.owner if seen.owner is not None else self._numbered.get(seen.number)
            if (wanted.target is None) != (seen.target is None) or wanted.target != seen.target:
                differences.append(f"{name} points to {seen.target}, not to {wanted.target}")
            elif number is not None and number != seen.number:
                differences.append(f"{name} is inode {seen.number}, not {number}")
            elif number is None and owner is not None and owner != wanted.file_id:
                differences.append(f"{name} is file {owner}, not {wanted.file_id}")
            elif wanted.mode is not None and wanted.mode != seen.mode:
                differences.append(f"{name} has mode {seen.mode:o}, not {wanted.mode:o}")
            elif wanted.target is None and wanted.attribute != seen.attribute:
                differences.append(f"{name} has attribute {seen.attribute}, not {wanted.attribute}")
        return differences

    def synced_until(self, file_id, promised, state_row):
        """The last row whose effect on a file's content must be there: by a promise, or because the file has replaced another."""
        rows = [row for row, synced in self.promises if synced in (file_id, ALL) and row <= promised]
        rows += [row for row, replaced in self.flushed.items() if replaced == file_id and row <= state_row]
        return max(rows, default=-1)


@dataclass
class Found:
    """A name as it was found."""

    number: int
    mode: int
    attribute: str | None
    target: str | None = None
    is_directory: bool = False
    owner: int | None = None  # the file its first cells say they are of; None if they say nothing


class Allowed:
    """Which versions each cell of a file may have, and which sizes the file."""

    def __init__(self, content, synced):
        self._content = content
        self.base = {index: 0 for index in range(content.length)} if content.from_repository else {}
        length = content.length
        self._apply_all(content.calls, lambda row: row <= synced, length)
        self.promised_length = self._length
        self.later = {}
        lengths = [self._length]
        base, self._later_target = dict(self.base), self.later
        for call in content.calls:
            if call[0] > synced:
                self._note_later(call)
                lengths.append(self._length)
        self.base = base
        self.shortest, self.longest = min(lengths), max(lengths)

    def judge(self, index, version):
        """None if a cell may be so, else what is wrong."""
        wanted = self.base.get(index, ABSENT)
        if version == wanted or version in self.later.get(index, ()):
            return None
        return f"cell {index} holds {_words(version)} where {_words(wanted)}" + (" was promised" if wanted != ABSENT else " was")

    def is_unpromised_tail(self, index):
        return self.base.get(index, ABSENT) == ABSENT

    def _apply_all(self, calls, applies, length):
        self._length = length
        for row, kind, version, *rest in calls:
            if not applies(row):
                continue
            for index, value in self._effects(kind, version, rest):
                self.base[index] = value

    def _note_later(self, call):
        _, kind, version, *rest = call
        for index, value in self._effects(kind, version, rest):
            self.later.setdefault(index, set()).add(value)

    def _effects(self, kind, version, rest):
        """(cell, its new value) for one call; moves the length."""
        if kind == "write":
            start, count = rest
            for index in range(self._length, start):
                yield index, cells.HOLE
            for index in range(start, start + count):
                yield index, version
            self._length = max(self._length, start + count)
        elif kind == "punch":
            start, count = rest
            for index in range(start, min(start + count, self._length)):
                yield index, cells.HOLE
        else:
            (new,) = rest
            for index in range(self._length, new):
                yield index, cells.HOLE
            for index in range(new, self._length):
                yield index, ABSENT
            self._length = new


def _words(version):
    if version in (cells.HOLE, cells.GARBAGE, ABSENT):
        return {cells.HOLE: "zeros", cells.GARBAGE: "foreign bytes", ABSENT: "nothing"}[version]
    return "the repository's bytes" if version == 0 else f"write {version}"
