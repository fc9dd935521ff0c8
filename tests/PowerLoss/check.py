"""
Takes the recorded disk to many moments at which power may have been lost, mounts each as after a reboot, and compares what is there with what was
promised before that moment. Runs in mount and process namespaces of its own (scripts/power-loss makes them), which end with it.

usage: check.py --fsxfuse EXECUTABLE --work DIRECTORY --points N --seed N [--only MOMENT[L]]
"""
import argparse
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
import uuid

import cells
import journal
import logwrites
import workload
from model import Allowed, Found, WorkerModel

PLACE = "/run/fsxfuse-power-loss"
STATE, MOUNT = f"{PLACE}/state", f"{PLACE}/mount"
TIMEOUT = 120


class Point:
    """One moment: the disk as it was, mounted and looked at."""

    def __init__(self, checker, moment, lost):
        self.checker, self.moment, self.lost = checker, moment, lost
        self.violations, self.tails = [], 0
        self.promises = 0

    def run(self):
        rows = self.checker.rows
        marks = [entry.mark for entry in self.checker.log.entries[: self.moment] if entry.mark]
        promised = max((int(mark[1:]) for mark in marks if mark[0] == "p"), default=-1)
        if "stopped" in marks:
            promised = len(rows)
        self.promises = sum(1 for row in rows[: promised + 1] if row[1] == "promise")
        subprocess.run(["mount", "-o", "loop", self.checker.image, STATE], check=True)
        try:
            self._mounted(promised, started="begin" in marks)
        finally:
            _unmount(STATE)

    def _mounted(self, promised, started):
        if not os.path.isdir(f"{STATE}/repository"):
            self._fail("the repository is gone")
            return
        for _ in range(5):
            mount = _fsxfuse("mount", f"file://{STATE}/repository", MOUNT)
            if "was not ready after" not in mount.stderr:
                break
            # The command waits for seconds only: on a busy machine that may be too short, and nothing is lost by it.
        if mount.returncode != 0:
            self._fail(f"it does not mount: {mount.stderr.strip() or mount.stdout.strip()}")
            return
        try:
            states = {worker: self._check_worker(worker, promised) for worker in range(workload.WORKERS)}
            # What the exporter makes of it, when it goes on after the loss, must not take anything away again.
            export = _fsxfuse("export", MOUNT)
            if export.returncode != 0:
                self._fail(f"the export after it fails: {export.stderr.strip()[-300:] or export.stdout.strip()[-300:]}")
            for worker in range(workload.WORKERS):
                self._check_worker(worker, promised, expected=states[worker])
                self._check_objects(worker)
        finally:
            if _fsxfuse("umount", MOUNT).returncode != 0:
                self._fail("it does not unmount")
                _fsxfuse("umount", MOUNT, "--force")
        self._check_metadata()

    def _check_worker(self, worker, promised, expected=None):
        model = self.checker.models[worker]
        when = "" if expected is None else "after the export "
        try:
            found = self._look(f"{MOUNT}/w{worker}")
        except OSError as failure:
            self._fail(f"{when}w{worker} cannot be listed: {failure}")
            return None
        row, differences = model.find_state(found, promised)
        if row is None:
            self._fail(f"{when}w{worker}: {'; '.join(sorted(differences))}")
            return None
        if expected is not None and row != expected[0]:
            self._fail(f"{when}w{worker} went from the state of row {expected[0]} to that of row {row}")
        contents = {}
        state = dict(model.states)[row]
        for name, entry in state.items():
            if entry.file_id is not None:
                contents[name] = self._check_content(model, f"w{worker}/{name}", entry.file_id, promised, row, when)
                if expected is not None and expected[1].get(name) not in (None, contents[name]):
                    self._fail(f"{when}w{worker}/{name} has other content than before")
        return row, contents

    def _check_content(self, model, path, file_id, promised, state_row, when):
        content = model.contents[file_id]
        synced = model.synced_until(file_id, promised, state_row)
        allowed = Allowed(content, synced)
        try:
            with open(f"{MOUNT}/{path}", "rb") as file:
                data = file.read()
            size = os.stat(f"{MOUNT}/{path}").st_size
        except OSError as failure:
            self._fail(f"{when}{path} cannot be read: {failure}")
            return None
        length = (size + cells.SIZE - 1) // cells.SIZE
        if size != len(data):
            self._fail(f"{when}{path} has {size} bytes and gives {len(data)}")
        if size % cells.SIZE or not allowed.shortest <= length <= allowed.longest:
            self._fail(f"{when}{path} has {size} bytes, not {allowed.shortest * cells.SIZE} to {allowed.longest * cells.SIZE}")
        wrong = []
        for index in range(length):
            version = cells.read(data[index * cells.SIZE : (index + 1) * cells.SIZE], file_id, index)
            fault = allowed.judge(index, version)
            if fault and version == cells.HOLE and allowed.is_unpromised_tail(index):
                self.tails += 1
            elif fault:
                wrong.append(fault)
        if wrong:
            self._fail(f"{when}{path} (file {file_id}, synced up to row {synced}): {wrong[0]}" + (f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""))
        return data

    def _check_objects(self, worker):
        """No object holds zeros that nobody wrote, or another file's bytes."""
        directory = f"{STATE}/repository/w{worker}"
        paths = [os.path.join(parent, name) for parent, _, names in os.walk(directory) for name in names]
        for path in sorted(paths):
            name = os.path.relpath(path, directory)
            if os.path.islink(path):
                continue
            if ".conflict-" in name:
                self._fail(f"there is a conflict where nobody else wrote: {path}")
                continue
            with open(path, "rb") as file:
                data = file.read()
            try:
                with open(f"{MOUNT}/w{worker}/{name}", "rb") as file:
                    if file.read() != data:
                        self._fail(f"the object w{worker}/{name} differs from its file after the export")
            except IsADirectoryError:
                pass
            except OSError:
                if not os.path.islink(f"{MOUNT}/w{worker}/{name}"):
                    self._fail(f"the object w{worker}/{name} has no file that can be read")

    def _check_metadata(self):
        for name in os.listdir(f"{STATE}/fsxfuse"):
            path = f"{STATE}/fsxfuse/{name}/metadata.db"
            if os.path.exists(path):
                with sqlite3.connect(path) as database:
                    problems = [row[0] for row in database.execute("PRAGMA integrity_check")]
                    conflicts = [row[0] for row in database.execute("SELECT message FROM event WHERE code = 'S3ExportConflict'")]
                database.close()
                if conflicts:
                    self._fail(f"there is a conflict where nobody else wrote: {conflicts[0]}" + (f" ({len(conflicts)} in all)" if len(conflicts) > 1 else ""))
                if problems != ["ok"]:
                    self._fail(f"the metadata is damaged: {'; '.join(problems)[:300]}")

    def _look(self, directory, prefix=""):
        found = {}
        for name in (prefix + name for name in os.listdir(f"{directory}/{prefix}")):
            path = f"{directory}/{name}"
            status = os.lstat(path)
            if stat.S_ISDIR(status.st_mode):
                found[name] = Found(status.st_ino, status.st_mode & 0o7777, None, is_directory=True)
                found.update(self._look(directory, name + "/"))
                continue
            if os.path.islink(path):
                found[name] = Found(status.st_ino, 0, None, os.readlink(path))
                continue
            try:
                attribute = os.getxattr(path, "user.power").decode()
            except OSError:
                attribute = None
            try:
                with open(path, "rb") as file:
                    owner = cells.owner(file.read())
            except OSError:
                # Reported when the content is checked.
                owner = None
            found[name] = Found(status.st_ino, status.st_mode & 0o7777, attribute, owner=owner)
        return found

    def _fail(self, what):
        self.violations.append(what)


class Checker:
    def __init__(self, work):
        self.work = work
        self.log = logwrites.WriteLog(f"{work}/log.img")
        self.rows = journal.read(f"{work}/journal.img")
        self.models = [WorkerModel(self.rows, worker, workload.repository_layout(worker)) for worker in range(workload.WORKERS)]
        self.base, self.image = f"{work}/replay.img", f"{work}/point.img"

    def run(self, chosen, seed):
        logwrites.copy_sparse(f"{self.work}/base.img", self.base)
        replay = logwrites.Replay(self.log, self.base)
        points = violating = violations = checked = tails = 0
        started = time.monotonic()
        for number, (moment, with_losses) in enumerate(chosen, 1):
            lost = replay.snapshot(moment, random.Random(seed * 1_000_003 + moment) if with_losses else None, self.image)
            point = Point(self, moment, lost)
            point.run()
            points += 1
            checked += point.promises
            tails += point.tails
            violations += len(point.violations)
            violating += bool(point.violations)
            for violation in point.violations:
                print(f"  point {moment}{'L' if with_losses else ''} ({point.promises} promises, {lost} writes lost): {violation}", flush=True)
            if point.violations:
                self._keep_logs(moment)
            if number % 10 == 0 or number == len(chosen):
                print(f"{number} of {len(chosen)} points, {violations} violations, {time.monotonic() - started:.0f} s", flush=True)
        replay.close()
        print(f"""
points replayed      {points}
promises checked     {checked} ({sum(1 for row in self.rows if row[1] == 'promise')} were made)
violations           {violations}, at {violating} points
unsynced zeros       {tails} cells at the ends of files that were never synced, as ext4 itself leaves them""")
        return violations == 0

    def _keep_logs(self, moment):
        subprocess.run(["mount", "-o", "loop", self.image, STATE], check=True)
        try:
            for name in os.listdir(f"{STATE}/fsxfuse"):
                if os.path.exists(f"{STATE}/fsxfuse/{name}/daemon.log"):
                    shutil.copy(f"{STATE}/fsxfuse/{name}/daemon.log", f"{self.work}/daemon-{moment}.log")
        except FileNotFoundError:
            pass
        finally:
            _unmount(STATE)


def _fsxfuse(*arguments):
    command = [options.fsxfuse, *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"no answer within {TIMEOUT} s")


def _unmount(path):
    for _ in range(100):
        if subprocess.run(["umount", path], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.1)
    subprocess.run(["umount", "-l", path], check=True)


def _another_boot(work):
    """After a power loss the machine has another boot id: that is how FsxFuse knows."""
    with open(f"{work}/boot-id", "w") as file:
        file.write(f"{uuid.uuid4()}\n")
    subprocess.run(["mount", "--bind", f"{work}/boot-id", "/proc/sys/kernel/random/boot_id"], check=True)


def _arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fsxfuse", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--points", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--only")
    return parser.parse_args()


def main():
    os.environ.update(FSXFUSE_STATE_DIR=f"{STATE}/fsxfuse", FSXFUSE_RUN_DIR=f"{PLACE}/run")
    subprocess.run(["mount", "-t", "tmpfs", "power-loss", PLACE], check=True)
    for directory in (STATE, MOUNT, f"{PLACE}/run"):
        os.mkdir(directory)
    _another_boot(options.work)
    checker = Checker(options.work)
    if not checker.rows or checker.rows[-1] != [-1, "end"]:
        sys.exit("the workload did not reach its end")
    if options.only:
        chosen = [(int(options.only.rstrip("L")), options.only.endswith("L"))]
    else:
        chosen = logwrites.choose(checker.log, 0, options.points, options.seed)
    print(f"{len(checker.log.entries)} entries in the log of writes, {len(checker.rows)} rows in the journal; {len(chosen)} points to try", flush=True)
    sys.exit(0 if checker.run(chosen, options.seed) else 1)


if __name__ == "__main__":
    options = _arguments()
    main()
