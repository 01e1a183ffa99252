"""What each process could still do if it were taken: by a probe that is confined as the role is,
and by looking at the processes of a service as it is installed, since sanitizers are not."""

import os
import pathlib
import re
import subprocess

import pytest

import harness
from harness import BUILD, ROLES, Instance, Sink, message

RELEASE = harness.ROOT / "build" / "release"
PROBE = BUILD / "tests" / "confinement_probe"

# Nobody may do these.
NEVER = {"run-program", "make-process", "signal-parent", "trace-parent", "read-parent",
         "writable-code", "new-namespace", "write-outside", "connect-unix"}
MAY = {
    "front": set(),
    "core": {"open-database", "open-key", "read-passwd", "unix-socket", "thread"},
    "courier": {"network-socket", "connect-out"},
    "resolver": {"read-passwd", "network-socket", "connect-out"},
}


def attempts(role, directory):
    ran = subprocess.run([PROBE, role], cwd=directory, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return dict(line.split() for line in ran.stdout.splitlines())


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("confined") / "data"
    subprocess.run([harness.PROGRAM, "init", "--dir", path], check=True, capture_output=True)
    return path


@pytest.mark.parametrize("role", ROLES)
def test_a_taken_process_can_do_what_its_role_needs_and_nothing_else(directory, role):
    found = attempts(role, directory)
    assert {name for name, can in found.items() if can == "yes"} == MAY[role]
    assert NEVER <= set(found)


@pytest.fixture(scope="module")
def installed(zone):
    """A service of the programs that people install."""
    before = harness.PROGRAM
    harness.PROGRAM = RELEASE / "src" / "postern"
    try:
        with Sink() as sink, Instance(zone, mx_port=sink.port) as instance:
            instance.add_domain("test1.com")
            zone.mail_server("confined.example.net", "mx.confined.example.net", sink.address)
            yield instance, sink
    finally:
        harness.PROGRAM = before


def status(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return dict(re.findall(r"^(\w+):\s+(.*)$", text, re.M))


def test_mail_goes_through_confined_processes(installed):
    instance, sink = installed
    taro = instance.grant("taro@test1.com")
    to = "ana@confined.example.net"
    instance.accept(taro, "taro@test1.com", to, message(to=to))
    sink.one(to)


@pytest.mark.parametrize("role", ROLES)
def test_each_process_of_a_service_is_confined(installed, role):
    instance, _ = installed
    for pid in instance.pids(role):
        found = status(pid)
        assert (found["Seccomp"], found["NoNewPrivs"]) == ("2", "1"), role
        limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max core file size\s+0\s+0\s", limits)
        if os.geteuid() == 0:
            assert "0" not in found["Uid"].split(), f"{role} runs as root"
            assert int(found["CapEff"], 16) == 0


def test_what_holds_keys_is_locked_in_memory_or_said_not_to_be(installed):
    instance, _ = installed
    for role in ("core", "front"):
        for pid in instance.pids(role):
            found = status(pid)
            locked, resident = (int(found[name].split()[0]) for name in ("VmLck", "VmRSS"))
            limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
            if re.search(r"Max locked memory\s+unlimited", limits):
                assert locked >= resident, role
            else:
                assert f"{role} info process.swappable" in instance.log(), role


def test_no_process_of_another_user_may_look_into_one(installed):
    if os.geteuid() != 0:
        pytest.skip("another user can only be played by root")
    instance, _ = installed
    for role in ROLES:
        for pid in instance.pids(role):
            ran = subprocess.run(["cat", f"/proc/{pid}/environ"], capture_output=True,
                                 user=f"postern{'' if role == 'core' else '-' + role}",
                                 timeout=60)
            assert ran.returncode != 0, f"{role} can be looked into by its own user"
