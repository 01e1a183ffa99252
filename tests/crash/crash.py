"""The long form of tests/crash; script/crash starts it."""

import argparse
import contextlib
import functools
import pathlib
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from faults import FaultyInstance  # noqa: E402 - found by the line above
from harness import ROLES, Instance, Zone  # noqa: E402
from kills import Killer  # noqa: E402
from load import Field, Findings, Load  # noqa: E402
from outage import Outage  # noqa: E402
from shortage import Shortage  # noqa: E402


def told(faults):
    faults = list(faults)
    for fault in faults[:20]:
        print("FAULT:", fault)
    return len(faults)


@contextlib.contextmanager
def fresh_field(seed, make=None):
    base = pathlib.Path(tempfile.mkdtemp(prefix="postern-crash-"))
    base.chmod(0o755)
    zone = Zone()
    try:
        with Field(zone, make or functools.partial(FaultyInstance, base=base), seed) as field:
            yield field
    finally:
        zone.close()
        shutil.rmtree(base, ignore_errors=True)


class Progress:
    def __init__(self, what):
        self.what, self.began = what, time.monotonic()

    def seconds(self):
        return f"{time.monotonic() - self.began:.0f} s"

    def __call__(self, number, every=20):
        if number % every == 0:
            print(f"  {number} {self.what}, {self.seconds()}", flush=True)


def kills(count, seed):
    """Any process, the parent too, at any moment."""
    with fresh_field(seed, Instance) as field:
        killer, progress = Killer(field.instance, seed, (*ROLES, "parent")), Progress("kills")
        with Load(field, seed=seed) as load:
            killer.kill(count, each=progress)
            killer.wait_for_all()
        field.at_rest()
        print(f"{killer.killed.total()} kills in {progress.seconds()}:",
              ", ".join(f"{number} {role}" for role, number in sorted(killer.killed.items())))
        print(f"{killer.gave_up} times core had died too often within a minute, and the service "
              "was started again")
        for line, number in load.refusals.most_common():
            print(f"{number} times answered: {line}")
        findings = Findings(field, [load], killer.deaths)
        print(findings.summary())
        return told(findings.faults())


def cuts(count, seed):
    """Power cuts under load, and while the service starts and stops."""
    with fresh_field(seed) as field:
        outage, progress, faults = Outage(field, seed), Progress("power cuts"), 0
        for number in range(1, count + 1):
            faults += told(outage.any_cut())
            progress(number, 10)
        print(f"{len(outage.deaths)} power cuts in {progress.seconds()}, "
              f"{outage.forgotten} sectors forgotten, {len(outage.users)} users made")
        print(outage.findings().summary())
        return faults


def shortages(count, seed):
    """A full disk at every write."""
    chance = random.Random(seed)
    with fresh_field(seed) as field:
        shortage, progress = Shortage(field, seed), Progress("shortages")
        with shortage:
            for first in range(1, count + 1):
                shortage.for_writes(first, 1 if first % 2 else chance.randint(2, 20))
                progress(first)
            for seconds in (3, 10):
                shortage.until_room_is_made(seconds)
        print(f"{field.instance.faults.refused} writes failed in {progress.seconds()}")
        for line, number in shortage.load.refusals.most_common():
            print(f"{number} times answered: {line}")
        faults = told(shortage.faults())
        print(Findings(field, [shortage.load]).summary())
        return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, metavar="N")
    parser.add_argument("--cuts", type=int, default=40, metavar="N")
    parser.add_argument("--shortages", type=int, default=60, metavar="N")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), metavar="S")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    faults = 0
    for part in (kills, cuts, shortages):
        count = getattr(options, part.__name__)
        faults += part(count, options.seed) if count else 0
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
