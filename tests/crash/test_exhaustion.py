"""What a process may take is used up: those who are inside go on, and nothing is lost."""

import contextlib
import os
import pathlib
import re
import resource
import socket
import subprocess
import sys

import pytest

from harness import Instance, Session, eventually, sanitized
from load import Field, Findings, Load


def status(pid, name):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"^{name}:\s+(\d+)", text, re.M)[1])


def limit(pid, kind, soft):
    """Its own user may do that, and root need not: it is done in the process's name."""
    _, hard = resource.getrlimit(kind)
    words = f"import resource; resource.prlimit({pid}, {kind}, ({soft}, {hard}))"
    own = os.geteuid() != 0
    subprocess.run([sys.executable, "-c", words], check=True,
                   user=None if own else status(pid, "Uid"),
                   group=None if own else status(pid, "Gid"), extra_groups=None if own else [])


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def leave_descriptors(pid, count):
    limit(pid, resource.RLIMIT_NOFILE, descriptors(pid) + count)


@pytest.fixture
def field(zone):
    with Field(zone, Instance, submission__connections_per_address=2000) as field:
        field.instance.expected_deaths = 0
        yield field


class Acknowledged:
    """Messages of one session after the other, beside what Load sends."""

    def __init__(self):
        self.acknowledged, self.offered, self.repeated = {}, set(), set()

    def send(self, field, session, key, domains=("ready",)):
        reply, recipients = field.submit(session, key, domains)
        self.offered.update(recipients)
        assert reply.code == 250, reply
        self.acknowledged[reply.text.removeprefix("Ok ")] = recipients


def test_connections_that_take_all_descriptors_leave_those_inside_alone(field):
    sent = Acknowledged()
    with field.instance.session(field.taro) as inside, contextlib.ExitStack() as crowd:
        full = {pid: descriptors(pid) + 10 for pid in field.instance.pids("front")}
        for pid in full:
            leave_descriptors(pid, 10)
        port = field.instance.ports["submission"]
        for _ in range(60):
            crowd.enter_context(socket.create_connection(("127.0.0.1", port)))
        eventually(lambda: all(descriptors(pid) == count for pid, count in full.items()))
        for number in range(20):
            sent.send(field, inside, f"inside{number}")
    with field.instance.session(field.taro) as session:
        sent.send(field, session, "after")
    field.at_rest()
    assert not list(Findings(field, [sent]).faults())


def test_a_courier_without_descriptors_delivers_later(field):
    courier, = field.instance.pids("courier")
    leave_descriptors(courier, 0)
    with Load(field) as load:
        eventually(lambda: len(load.acknowledged) > 30, 30, "mail taken")
    leave_descriptors(courier, 500)
    field.at_rest()
    assert not list(Findings(field, [load]).faults())


def front_of(field, session):
    """The front that has the other end of this connection."""
    port = session.socket.getsockname()[1]
    inode = next(line.split()[9] for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()
                 if line.split()[2].endswith(f":{port:04X}"))
    return next(pid for pid in field.instance.pids("front")
                for name in pathlib.Path(f"/proc/{pid}/fd").iterdir()
                if os.readlink(name) == f"socket:[{inode}]")


@pytest.mark.skipif(sanitized(), reason="sanitizers take more address space than there is")
def test_a_front_without_memory_takes_only_its_own_sessions_along(field):
    field.instance.expected_deaths = 10
    sent = Acknowledged()
    with contextlib.ExitStack() as stack:
        def session():
            return stack.enter_context(field.instance.session(field.taro))
        by_front = {}
        for _ in range(200):
            one = session()
            by_front.setdefault(front_of(field, one), one)
            if len(by_front) == 2:
                break
        (poor, _), (_, inside) = by_front.items()
        limit(poor, resource.RLIMIT_AS, status(poor, "VmSize") * 1024 + (1 << 19))
        for number in range(1000):
            with contextlib.suppress(OSError, AssertionError):
                Session.command(session(), "NOOP")
            if poor not in field.instance.pids("front"):
                break
            sent.send(field, inside, f"inside{number}")
        sent.send(field, inside, "inside")
    eventually(lambda: len(field.instance.pids("front")) == 2)
    with field.instance.session(field.taro) as after:
        sent.send(field, after, "after")
    field.at_rest()
    assert not list(Findings(field, [sent]).faults())
    print(number, field.instance.events("process.ended"))
