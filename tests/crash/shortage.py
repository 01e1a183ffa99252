"""The disk of a service under load is full, for some writes or until somebody makes room."""

import errno
import time

from harness import eventually
from load import Findings, Load


class Shortage:
    def __init__(self, field, seed=0):
        self.field, self.instance = field, field.instance
        self.instance.expected_deaths = 0  # a full disk is no reason to die
        self.load = Load(field, clients=3, pause=0.01, seed=seed, tag="s")

    def __enter__(self):
        self.load.__enter__()
        self.taken_again()
        return self

    def __exit__(self, *_):
        self.instance.space()
        self.load.__exit__()

    def taken_again(self, seconds=30):
        """Mail is, without help."""
        before = len(self.load.acknowledged)
        eventually(lambda: len(self.load.acknowledged) > before + 2, seconds, "mail taken again")

    def for_writes(self, first, count=1, error=errno.ENOSPC):
        """From the next write but `first` on, so many fail; others may not be tried."""
        before = self.instance.faults.refused
        self.instance.no_space(first, count, error)
        eventually(lambda: self.instance.faults.refused >= before + count, 60,
                   f"{count} writes to fail")
        self.taken_again()

    def until_room_is_made(self, seconds):
        before = self.instance.faults.refused
        self.instance.no_space()
        eventually(lambda: self.instance.faults.refused > before, what="a write to fail")
        time.sleep(seconds)
        self.instance.space()
        self.taken_again()

    def faults(self, deaths=()):
        """What is wrong when everything has come to rest."""
        self.field.at_rest()
        yield from Findings(self.field, [self.load], deaths).faults()
        yield from (f"was answered with {line}" for line in self.load.refusals
                    if not line.startswith("45"))
