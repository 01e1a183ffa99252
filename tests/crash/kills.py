"""SIGKILL for one process after the other, at random moments."""

import collections
import contextlib
import os
import pathlib
import random
import signal
import time

from harness import ROLES, eventually
from load import Death


def living(instance):
    """Its processes, whoever has become their parent."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            _, _, rest = path.read_text().rpartition(") ")
            state, _, group = rest.split()[:3]
            if int(group) == instance.process.pid and state not in "ZX":
                found.append(int(path.parent.name))
    return found


class Killer:
    """`deaths` are of those after which something may be delivered again: core and courier know
    what was sent, and everybody ends with the parent."""

    def __init__(self, instance, seed, roles=ROLES):
        self.instance, self.random, self.roles = instance, random.Random(seed), roles
        self.killed, self.deaths, self.gave_up = collections.Counter(), [], 0
        # The latter of who was killed before it read what it had been sent.
        instance.allowed_errors += ["core died too often within a minute"]

    def running(self, role):
        """Of this service, now: the log may name what ended long ago."""
        instance = self.instance
        if role == "parent":
            return [instance.process.pid]
        found = []
        for pid in instance.pids(role):
            with contextlib.suppress(OSError, IndexError):
                _, _, rest = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")
                state, parent = rest.split()[:2]
                if int(parent) == instance.process.pid and state != "Z":
                    found.append(pid)
        return found

    def revive(self):
        """Who supervises the service starts it again when it gave up."""
        if self.instance.process.poll() is None:
            return
        self.deaths.append(Death(time.monotonic(), time.monotonic()))
        self.gave_up += 1
        self.start()

    def start(self):
        eventually(lambda: not living(self.instance), 30, "the end of all processes")
        self.instance.start()

    def kill_one(self):
        """A process of a role that is there."""
        for role in self.random.sample(self.roles, len(self.roles)):
            pids = self.running(role)
            if not pids:
                continue
            couriers, began = self.running("courier"), time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.random.choice(pids), signal.SIGKILL)
                self.killed[role] += 1
            if role in ("core", "courier", "parent"):
                eventually(lambda: not set(couriers) & set(living(self.instance)),
                           what="the end of courier")
                self.deaths.append(Death(began, time.monotonic()))
            if role == "parent":
                self.instance.process.wait(30)
                self.start()
            return

    def kill(self, count, longest=1.5, each=lambda number: None):
        for number in range(count):
            time.sleep(self.random.uniform(0, longest))
            self.revive()
            while self.killed.total() == number:
                self.kill_one()
                self.revive()
                time.sleep(0.01)
            each(number + 1)

    def wait_for_all(self):
        """The service is whole again."""
        def whole():
            self.revive()
            return all(self.running(role) for role in ROLES)
        eventually(whole, 60, "all processes")
