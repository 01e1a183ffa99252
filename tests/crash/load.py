"""Who submits and who receives while the service is attacked, and whether nothing was lost.

    Receiver   an MX host that remembers who got what and when: ready, slow, or moody
    Field      a service and its receivers
    Load       clients that submit until told to stop, and remember what was acknowledged
    Findings   what became of all that was acknowledged
"""

import collections
import contextlib
import json
import random
import re
import sqlite3
import threading
import time

from harness import Sink, eventually, free_port, message

DOMAINS = ("ready", "slow", "moody", "strict")
STATES = ("queued", "held", "delivered", "bounced", "expired", "suppressed", "dropped")

Copy = collections.namedtuple("Copy", "begun received")  # from DATA to the last reply
# Of courier, of core and courier with it, or of all: from the signal until courier was gone.
Death = collections.namedtuple("Death", "began over")
LAG_S = 0.5  # what a receiver may be late in reading what was sent to it


def read_store(instance):
    return sqlite3.connect(f"file:{instance.dir}/postern.db?mode=ro", uri=True, timeout=30)


class Receiver(Sink):
    """Copies by recipient; a report counts for its Message-ID."""

    def __init__(self, kind, seed, **options):
        super().__init__(**options)
        self.kind, self.random = kind, random.Random(seed)
        self.received = collections.deque(maxlen=1)
        self.lines = collections.deque(maxlen=1)
        self.copies = collections.defaultdict(list)
        self.refused, self.reports, self.begun = set(), collections.defaultdict(set), {}
        self.rules.append(self.rule)

    def rule(self, step, argument, connection):
        chance = self.random.random()
        if step == "data":
            self.begun[connection.number] = time.monotonic()
        if self.kind == "moody":
            if step == "mail" and chance < 0.05:
                return self.HANG_UP
            if step in ("rcpt", "body") and chance < 0.15:
                return "451 4.3.0 not now"
        if self.kind == "strict" and step == "rcpt" and chance < 0.2:
            self.refused.add(argument)
            return "550 5.1.1 nobody"
        if step == "body":
            if self.kind == "slow":
                time.sleep(0.3 * chance)
            self.take(argument)
        return None

    def take(self, received):
        copy = Copy(self.begun.pop(received.connection), time.monotonic())
        if self.kind == "home":
            name = received.fields("Message-ID")[0]
            self.copies[name].append(copy)
            for to in re.findall(rb"^Final-Recipient: rfc822; ?(.*?)\r$", received.raw, re.M):
                self.reports[to.decode()].add(name)
            return
        for to in received.recipients:
            self.copies[to].append(copy)


class Field:
    """A service with receivers, one for each kind, and one to which reports go."""

    def __init__(self, zone, make_instance, seed=0, **settings):
        port = free_port()
        self.receivers = {}
        for number, kind in enumerate((*DOMAINS, "home")):
            receiver = Receiver(kind, seed + number, address=f"127.0.3.{number + 1}", port=port)
            domain = "test1.com" if kind == "home" else f"{kind}.example.net"
            zone.mail_server(domain, f"mx.{domain}", receiver.address)
            self.receivers[kind] = receiver
        settings = {"delivery__retry_first": "100ms", "delivery__retry_max": "500ms",
                    "process__fronts": 2, **settings}
        self.instance = make_instance(zone, mx_port=port, **settings)
        self.instance.expected_deaths = 1 << 30  # they are what is tested
        self.instance.add_domain("test1.com")
        self.taro = self.instance.grant("taro@test1.com")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            self.instance.close(failed=kind is not None)
        finally:
            for receiver in self.receivers.values():
                receiver.close()

    def submit(self, session, key, domains=("ready",), body="Hello\r\n"):
        """One message: the last reply, and its recipients."""
        recipients = [f"{key}@{domain}.example.net" for domain in domains]
        for command in ("MAIL FROM:<taro@test1.com>", *(f"RCPT TO:<{to}>" for to in recipients),
                        "DATA"):
            reply = session.command(command)
            if reply.code >= 400:
                return reply, recipients
        return session.data(message(to=recipients[0], body=body)), recipients

    def at_rest(self, seconds=120):
        """Nothing is on its way any more."""
        def rests():
            with contextlib.suppress(OSError):
                return self.instance.admin("queue.list")["counts"]["queued"] == 0
        eventually(rests, seconds, "the end of the queue")


class Load:
    def __init__(self, field, clients=4, pause=0.02, seed=0, tag="c", domains=DOMAINS):
        self.field, self.pause, self.tag, self.domains = field, pause, tag, domains
        self.acknowledged, self.offered, self.refusals = {}, set(), collections.Counter()
        self.repeated = set()
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(client, random.Random(
            f"{seed}-{client}"))) for client in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(120)

    def run(self, client, chance):
        number = 0
        while not self.stopping.is_set():
            try:
                with self.field.instance.session(self.field.taro) as session:
                    for _ in range(chance.randint(1, 20)):
                        if self.stopping.is_set():
                            return
                        number += 1
                        self.one(session, f"{self.tag}{client}-{number}", chance)
                        time.sleep(self.pause * chance.random())
            except (OSError, AssertionError):
                # The connection broke, or the login was not to be had just now.
                time.sleep(0.05)

    def one(self, session, key, chance):
        many = min(len(self.domains), chance.choice((1, 1, 1, 2, 3)))
        domains = chance.sample(self.domains, many)
        # Some are more than a chunk of the store, and written before they are decided on.
        lines = 9000 if chance.random() < 0.04 else chance.randint(1, 60)
        self.offered.update(f"{key}@{domain}.example.net" for domain in domains)
        reply, recipients = self.field.submit(session, key, domains, ("x" * 70 + "\r\n") * lines)
        if reply.code == 250:
            id_ = reply.text.removeprefix("Ok ")
            self.repeated.update({id_} & self.acknowledged.keys())
            self.acknowledged[id_] = recipients
        else:
            self.refusals[reply.line] += 1


class Findings:
    """What became of all mail, told by the store and by those who received it; `deaths` may have
    made copies."""

    def __init__(self, field, loads, deaths=()):
        self.states = self.read_states(field.instance)
        self.copies, self.refused = {}, set()
        for receiver in field.receivers.values():
            self.copies.update(receiver.copies)
            self.refused |= receiver.refused
        self.reports = field.receivers["home"].reports
        self.acknowledged, self.offered = {}, set()
        self.repeated = set().union(*(load.repeated for load in loads))
        for load in loads:
            self.acknowledged.update(load.acknowledged)
            self.offered |= load.offered
        self.deaths = sorted(deaths)
        self.difference = field.instance.account()["missing"]
        self.ledger = field.instance.run("ledger", "verify")
        self.records = [json.loads(line) for line
                        in field.instance.run("ledger", "export", check=True).stdout.splitlines()]

    @staticmethod
    def read_states(instance):
        """States of recipients by the id of their message: {id: {address: state}}."""
        found = collections.defaultdict(dict)
        with contextlib.closing(read_store(instance)) as store:
            for id_, address, state in store.execute(
                    "SELECT message.id, address, state FROM recipient JOIN message "
                    "ON message.key = recipient.key / 1024"):
                assert address not in found[id_], f"{address} of {id_} is there twice"
                found[id_][address] = STATES[state]
        return found

    def faults(self):
        """Everything that should not be, in words."""
        if self.difference != 0:
            yield f"the accounting differs by {self.difference}"
        for id_ in self.repeated:
            yield f"{id_} is the id of two messages"
        for id_, recipients in self.acknowledged.items():
            if id_ not in self.states:
                yield f"{id_} was acknowledged and is gone"
            elif set(self.states[id_]) != set(recipients):
                yield f"{id_} went to {recipients} and is kept for {list(self.states[id_])}"
        for id_, states in self.states.items():
            for to, state in states.items():
                yield from self.faults_of(id_, to, state)
        yield from self.faults_of_ledger()
        for to in self.copies.keys() - self.offered:
            if not to.startswith("<"):
                yield f"{to} got mail that nobody submitted"
        for name, copies in self.copies.items():
            for first, second in zip(copies, copies[1:]):
                if not self.explaining(first, second):
                    yield f"{name} came twice, at {first} and {second}, and nothing had died"

    def faults_of_ledger(self):
        """What is in the store is in the ledger, what is not is not, and the ledger is whole."""
        if self.ledger.returncode != 0:
            yield f"the ledger is not whole: {self.ledger.stderr}"
        allowed = collections.Counter(record["message"] for record in self.records
                                      if record["kind"] == "decision"
                                      and record["result"] == "allowed")
        ended = {(record["message"], record["recipient"], record["what"])
                 for record in self.records if record["kind"] == "outcome"}
        for id_ in self.states.keys() | allowed.keys():
            if allowed[id_] != 1 or id_ not in self.states:
                yield f"{id_} has {allowed[id_]} records, and the states {self.states.get(id_)}"
        for id_, states in self.states.items():
            for to, state in states.items():
                if state != "queued" and (id_, to, state) not in ended:
                    yield f"{to} of {id_} is {state}, of which there is no record"

    def faults_of(self, id_, to, state):
        if state not in ("queued", "held", "delivered", "bounced"):
            yield f"{to} of {id_} is {state}"
        if state == "delivered" and to in self.offered and not self.copies.get(to):
            yield f"{to} of {id_} is delivered and did not arrive"
        if state == "bounced" and to not in self.refused:
            yield f"{to} of {id_} bounced and was not refused"
        if state == "bounced" and len(self.reports[to]) != 1:
            yield f"{to} of {id_} bounced, with reports {self.reports[to]}"

    def explaining(self, first, second):
        """The deaths since the first was begun, of which no outcome was written then. A courier
        without core may begin one more, whose outcome nobody takes, before it hears of that."""
        return [death for death in self.deaths
                if first.begun <= death.over + LAG_S and death.began <= second.received]

    def summary(self):
        pairs = [(first, second) for copies in self.copies.values()
                 for first, second in zip(copies, copies[1:])]
        after = [self.explaining(first, second)[0].began - first.received
                 for first, second in pairs if self.explaining(first, second)]
        known = {to for recipients in self.acknowledged.values() for to in recipients}
        counts = collections.Counter(state for states in self.states.values()
                                     for state in states.values())
        lines = [
            f"{len(self.acknowledged)} messages acknowledged, to {len(known)} recipients",
            f"{sum(bool(self.copies.get(to)) for to in known)} of these arrived, "
            f"{len(known & self.refused)} were refused by their hosts at least once",
            f"{len({to for to in self.copies if not to.startswith('<')} - known)} arrived whose "
            "submitter had lost the connection before the reply",
            f"{len(pairs)} copies too many, each over a death of core, courier or all"]
        if after:
            before = sum(gap >= 0 for gap in after)
            lines.append(
                f"  {before} had been received at most {max(after) * 1000:.0f} ms before the death "
                f"began, {len(after) - before} at most {-min(after) * 1000:.0f} ms after that")
        lines.append("states: " + ", ".join(f"{count} {state}"
                                            for state, count in sorted(counts.items())))
        return "\n".join(lines)
