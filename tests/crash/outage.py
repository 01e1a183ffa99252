"""The power of a service under load fails, and what the disk then has is looked at."""

import contextlib
import random
import sqlite3
import struct
import threading
import time

from faults import FaultyInstance, everything, some_of, the_last
from harness import Refused, eventually
from load import Death, Findings, Load, read_store


class Administrator:
    """Makes users, and remembers which were acknowledged."""

    def __init__(self, instance, tag):
        self.instance, self.tag, self.made = instance, tag, []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join(60)

    def run(self):
        number = 0
        while not self.stopping.is_set():
            number += 1
            name = f"{self.tag}-{number}"
            try:
                self.instance.admin("user.create", user=name)
            except (OSError, ValueError, struct.error, Refused):
                return
            self.made.append(name)
            time.sleep(0.03)


def check_store(instance):
    """What the engine finds wrong with a copy."""
    with contextlib.closing(sqlite3.connect(":memory:")) as copy:
        with contextlib.closing(read_store(instance)) as store:
            store.backup(copy)
        for words, in copy.execute("PRAGMA integrity_check"):
            if words != "ok":
                yield f"the store: {words}"


class Outage:
    def __init__(self, field, seed=0):
        self.field, self.instance, self.seed = field, field.instance, seed
        self.random = random.Random(seed)
        self.loads, self.deaths, self.users = [], [], []
        self.forgotten = 0

    def under_load(self, forgets=everything, steps=300, arm=FaultyInstance.arm):
        """The power fails while mail is taken and delivered."""
        number = len(self.loads)
        with Load(self.field, pause=0.005, seed=self.seed + number, tag=f"p{number}-") as load, \
                Administrator(self.instance, f"u{number}") as administrator:
            self.loads.append(load)
            eventually(lambda: len(load.acknowledged) > 10, 60, "a beginning")
            arm(self.instance, self.random.randint(1, steps))
            assert self.instance.wait_for_cut(120)
            self.lose(forgets)
            load.stopping.set()
        self.users += administrator.made

    def while_the_log_moves(self, forgets=everything):
        """Into the database, which happens after some hundreds of commits."""
        self.under_load(forgets, 40, FaultyInstance.arm_database)

    def while_starting(self, forgets=everything):
        """It fails again before the service has recovered, if recovery writes that much."""
        self.instance.arm(self.random.randint(1, 6))
        from_here = self.instance.launch()
        if self.instance.wait_for_cut(
                60, lambda: "postern.ready" in self.instance.log()[from_here:]):
            self.lose(forgets)
        else:
            self.instance.disarm()
            self.instance.stop(quick=True)

    def while_stopping(self, forgets=everything):
        """It fails while what is on its way still arrives, and the store is closed."""
        process = self.instance.process
        self.instance.arm(self.random.randint(1, 30))
        process.terminate()
        if self.instance.wait_for_cut(60, lambda: process.poll() is not None):
            self.lose(forgets)
        else:
            self.instance.disarm()

    def lose(self, forgets):
        began = time.monotonic()
        self.forgotten += self.instance.lose_power(forgets)
        self.deaths.append(Death(began, time.monotonic()))

    def recover(self):
        """Without anything between the service and the disk; what is wrong then."""
        self.instance.load_faults(False)
        self.instance.start()
        yield from check_store(self.instance)
        self.field.at_rest()
        yield from self.findings().faults()
        there = {user["user"] for user in self.instance.admin("user.list")["users"]}
        yield from (f"user {user} is gone" for user in self.users if user not in there)
        self.instance.stop()
        self.instance.load_faults()
        self.instance.start()

    def findings(self):
        return Findings(self.field, self.loads, self.deaths)

    def any_disk(self):
        return self.random.choice((everything, some_of(self.random), the_last(self.random)))

    def any_cut(self):
        """A cut of some kind, and the recovery; what is wrong after it."""
        kind = self.random.randrange(6)
        if kind > 4:
            self.while_the_log_moves(self.any_disk())
        else:
            self.under_load(self.any_disk(), 600)
        if kind == 0:
            self.while_starting(self.any_disk())
        if kind == 1:
            self.instance.start()
            self.while_stopping(self.any_disk())
        yield from self.recover()
