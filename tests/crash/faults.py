"""A service whose disk, clock and power are at the test's command (faults.h)."""

import errno
import mmap
import os
import pathlib
import signal
import struct

from harness import BUILD, Instance, eventually
from kills import living

SHIM = BUILD / "tests" / "crash_faults.so"
NAMES = ("clock_ms", "writes", "full_from", "full_until", "full_error", "refused", "steps",
         "cut_at", "cut", "lies", "database_steps", "database_cut_at")
FILES = {1: "postern.db", 2: "postern.db-wal"}
SECTOR = 512
FOREVER = 1 << 62


class Page:
    """The page that every process of the service maps: numbers by name."""

    def __init__(self, path):
        path.write_bytes(bytes(mmap.PAGESIZE))
        path.chmod(0o666)  # each process may be a user of its own
        with open(path, "r+b") as file:
            object.__setattr__(self, "memory", mmap.mmap(file.fileno(), mmap.PAGESIZE))

    def __getattr__(self, name):
        return struct.unpack_from("q", self.memory, 8 * NAMES.index(name))[0]

    def __setattr__(self, name, value):
        struct.pack_into("q", self.memory, 8 * NAMES.index(name), value)


class FaultyInstance(Instance):
    def __init__(self, *arguments, base, **settings):
        self.page_path = pathlib.Path(base) / "faults"
        self.faults = Page(self.page_path)
        self.load_faults()
        super().__init__(*arguments, **settings)

    def load_faults(self, loaded=True):
        """From the next start on. Who ends while it starts leaves keys in memory of their own,
        where nothing looks for what they point to: leaks are told by other tests."""
        options = os.environ.get("ASAN_OPTIONS", "")
        self.environment = {
            "LD_PRELOAD": str(SHIM), "POSTERN_FAULTS": str(self.page_path),
            "ASAN_OPTIONS": f"{options}:verify_asan_link_order=0:detect_leaks=0"} if loaded else {}

    # -- the disk

    def no_space(self, first=1, count=FOREVER, error=errno.ENOSPC):
        """Of what the store writes from now on, so many writes fail from that one on."""
        self.faults.full_error = error
        self.faults.full_until = 0
        self.faults.full_from = self.faults.writes + first
        self.faults.full_until = min(self.faults.full_from + count, FOREVER)

    def space(self):
        self.faults.full_until = 0

    # -- power

    def arm(self, steps):
        """The power fails so many writes and syncs from now."""
        self.faults.cut_at = self.faults.steps + steps

    def arm_database(self, steps):
        """Or so many of the database itself, into which the log moves now and then."""
        self.faults.database_cut_at = self.faults.database_steps + steps

    def disarm(self):
        self.faults.cut_at = self.faults.database_cut_at = self.faults.cut = 0

    def wait_for_cut(self, seconds=60, otherwise=lambda: False):
        """Did the power fail? Not if what is given came first."""
        eventually(lambda: self.faults.cut or otherwise(), seconds, "the end of the power")
        return bool(self.faults.cut)

    def lose_power(self, forgets):
        """Once it failed: end all processes, and let the disk forget what was not synced."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        eventually(lambda: not living(self), what="the end of all processes")
        self.disarm()
        return forget(self.dir, self.page_path.with_name(self.page_path.name + ".journal"),
                      forgets)


def read_journal(path):
    with open(path, "rb") as file:
        while head := file.read(32):
            which, made, size, count = struct.unpack("4q", head)
            sectors = []
            for _ in range(count):
                number, length = struct.unpack("2q", file.read(16))
                sectors.append((number, file.read(SECTOR)[:length]))
            yield FILES[which], bool(made), size, sectors


def forget(directory, journal, forgets):
    """Put back the synced content of the sectors that the disk forgets: `forgets` is asked with
    how many there are, and says which. How many were forgotten."""
    total = 0
    for name, made, size, sectors in read_journal(journal):
        path = directory / name
        gone = set(forgets(len(sectors)))
        total += len(gone)
        with open(path, "r+b") as file:
            for index in gone:
                number, synced = sectors[index]
                file.seek(number * SECTOR)
                file.write(synced.ljust(SECTOR, b"\0"))
            kept = [number for index, (number, _) in enumerate(sectors) if index not in gone]
            end = max([size, *((number + 1) * SECTOR for number in kept)])
            file.truncate(end)
        if made and len(gone) == len(sectors):
            path.unlink()  # its name was never synced either
    return total


def everything(count):
    return range(count)


def some_of(random):
    """A disk that writes in any order."""
    return lambda count: [index for index in range(count) if random.random() < 0.5]


def the_last(random):
    """A disk that writes in order: the last that it wrote may be half a page."""
    return lambda count: range(random.randint(0, count), count)
