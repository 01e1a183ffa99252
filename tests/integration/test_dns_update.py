"""Keys that publish and delete their own records: with a real name server (knot), which knows the
secret; and with one that dnspython makes, which judges what it is sent and answers as it is told."""

import base64
import contextlib
import pathlib
import socket
import struct
import threading
import time
import unittest.mock

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.update
import pytest

import harness
from harness import Instance, Zone, eventually
from test_rotation import QUICK, Bench

SECRET = b"0123456789abcdef0123456789abcdef"
OTHER = b"another secret, of thirty-two by"
KEY = "postern.test1.com"


class TakingZone(Zone):
    """The same name server, which takes changes of test1.com and test2.com from who has the key."""

    def write_files(self):
        super().write_files()
        path = self.dir / "knot.conf"
        text = path.read_text().replace(
            "acl:\n", f"key:\n  - id: {KEY}.\n    algorithm: hmac-sha256\n"
            f"    secret: {base64.b64encode(SECRET).decode()}\n"
            f"acl:\n  - id: postern\n    key: {KEY}.\n    action: update\n", 1)
        path.write_text(text.replace("    acl: tests\n", "    acl: [tests, postern]\n"))


@pytest.fixture(scope="module")
def taking():
    zone = TakingZone()
    zone.mail_server("example.net", "mx.example.net", "127.0.0.1")
    yield zone
    zone.close()


class Judge:
    """A name server over TCP for test1.com. `how` says what becomes of a change that is well signed:
    a function of the request (None: as it was sent) that gives an answer in bytes, or None to say
    nothing. What is well signed, by dnspython, is in `taken`."""

    def __init__(self):
        self.keyring = {dns.name.from_text(KEY): dns.tsig.Key(KEY, SECRET, "hmac-sha256")}
        self.taken, self.asked, self.how = [], [], self.agree
        self.listener = socket.create_server(("127.0.0.1", harness.free_port()))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.hear, args=(connection,), daemon=True).start()

    def hear(self, connection):
        with connection, contextlib.suppress(OSError):
            stream = connection.makefile("rb")
            while head := stream.read(2):
                wire = stream.read(struct.unpack(">H", head)[0])
                answer = self.answer(wire)
                if answer is None:
                    stream.read(1)  # until the other side has had enough
                    return
                connection.sendall(struct.pack(">H", len(answer)) + answer)

    def answer(self, wire):
        request = dns.message.from_wire(wire, keyring=self.keyring)
        if request.opcode() == dns.opcode.QUERY:
            self.asked.append(request.question[0].name.to_text())
            reply = dns.message.make_response(request)
            reply.set_rcode(dns.rcode.NXDOMAIN)
            reply.authority.append(dns.rrset.from_text(
                "test1.com.", 60, "IN", "SOA", "ns.test1.com. a.test1.com. 1 1 1 1 1"))
            return reply.to_wire()
        assert request.had_tsig
        self.taken.append(request)
        return self.how(request)

    @staticmethod
    def agree(request, rcode=dns.rcode.NOERROR):
        reply = dns.message.make_response(request)
        reply.set_rcode(rcode)
        return reply.to_wire()


class Updating(Bench):
    """A domain whose first keys are published by hand, and what is put into DNS from then on."""

    def __init__(self, zone, sink, server, secret=SECRET, mode=0o600, **settings):
        self.directory = pathlib.Path(harness.tempfile.mkdtemp(prefix="postern-secret-"))
        self.secret_file = self.directory / "secret"
        self.secret_file.write_text(base64.b64encode(secret).decode() + "\n")
        self.secret_file.chmod(mode)
        instance = Instance(
            zone, mx_port=sink.port, dns_update__server=f"127.0.0.1@{server.port}",
            dns_update__key_name=KEY, dns_update__secret_file=str(self.secret_file),
            **{"dns_update__ttl": "1s", **QUICK, **settings})
        super().__init__(instance, zone, sink)

    def in_dns(self, selector):
        return self.zone.txt(self.name(selector))

    def close(self):
        self.instance.close()
        harness.shutil.rmtree(self.directory)


@pytest.fixture
def make(taking, sink):
    made = []

    def start(server=taking, **settings):
        bench = Updating(taking, sink, server, **settings)
        made.append(bench)
        return bench
    yield start
    for bench in made:
        bench.close()
    for name, type_ in [one for one in taking.added if one[0].endswith("test1.com")]:
        taking.remove(name, type_)
        taking.added.remove((name, type_))


@pytest.mark.parametrize("zone_option", ["test1.com", ""], ids=["told", "found by SOA"])
def test_a_rotation_without_anybodys_hand(make, zone_option):
    bench = make(dns_update__zone=zone_option).begin()
    used = []
    for _ in range(4):
        before = bench.signing()
        bench.rotate(now=True)
        bench.look_until(lambda keys: bench.signing() != before)
        used.append(bench.signing())
        assert bench.send() == [bench.signing()]
        # The old record goes, a new one comes, and both are seen.
        bench.look_until(lambda keys: len(keys) == 3 and before not in bench.states()
                         and len(bench.in_state("published")) == 2, 60)
        assert bench.in_dns(before) is None
    assert len(set(used)) == 4
    assert bench.instance.events("dkim.dns_updated")
    assert not bench.instance.events("dkim.dns_update_failed")
    assert base64.b64encode(SECRET).decode() not in bench.instance.log()


def test_the_first_keys_are_the_owners_to_publish(make):
    """They prove that the domain may be used: who can make an identity must not prove it so."""
    bench = make()
    bench.instance.add_domain("test1.com", vouch=False)
    for _ in range(5):
        bench.look()
    assert bench.instance.identity("test1.com")["dkim"] == "PENDING"
    assert all(bench.in_dns(key["selector"]) is None for key in bench.keys())


def test_who_takes_the_signing_key_out_of_dns_finds_none_put_there(make):
    with Judge() as judge:
        bench = make(judge).begin()
        for selector in bench.states():
            bench.unpublish(selector)
        eventually(lambda: {one["found"] for one in bench.look() if one["purpose"] == "dkim"}
                   == {"absent"})
        for _ in range(5):
            bench.look()
        assert judge.taken == []


def test_a_waiting_key_that_vanished_is_put_back_while_the_domain_signs(make):
    bench = make().begin()
    [first, _] = bench.in_state("published")
    bench.unpublish(first)
    bench.look_until(lambda keys: bench.states()[first] == "waiting")
    bench.look_until(lambda keys: bench.states()[first] == "published")
    assert bench.in_dns(first).decode() == bench.value(first)


def test_keys_that_the_owner_brought_and_dkim_that_is_off_change_nothing(make):
    with Judge() as judge:
        bench = make(judge).begin()
        bench.instance.admin("dkim.set", domain="test1.com", enabled=False)
        bench.unpublish(bench.in_state("published")[0])
        bench.look_until(lambda keys: bench.in_state("waiting"))
        for _ in range(5):
            bench.look()
        assert judge.taken == []


def begin_with_a_missing_record(bench):
    """One change is due; the name of its record."""
    bench.begin()
    selector = bench.in_state("published")[0]
    bench.unpublish(selector)
    bench.look_until(lambda keys: bench.states()[selector] == "waiting")
    return bench.name(selector)


def test_what_is_sent_is_one_record_signed(make):
    with Judge() as judge:
        bench = make(judge)
        name = begin_with_a_missing_record(bench)
        request = eventually(lambda: judge.taken and judge.taken[0])
        assert judge.asked == [name + "."]
        [zone] = request.question
        assert (zone.name.to_text(), zone.rdtype) == ("test1.com.", dns.rdatatype.SOA)
        gone, come = request.authority
        assert gone.name.to_text() == come.name.to_text() == name + "."
        assert (gone.deleting, len(gone)) == (dns.rdataclass.ANY, 0)
        assert b"".join(come[0].strings).decode() == bench.value(name.split(".")[0])
        assert come.ttl == 1
        assert request.keyname.to_text() == KEY + "."


def badly(error, rcode=dns.rcode.NOTAUTH):
    """As a server says it that does not know the key, or whose check fails: without a signature."""
    def answer(request):
        reply = dns.update.UpdateMessage("test1.com.", id=request.id)
        reply.flags |= dns.flags.QR
        reply.set_rcode(rcode)
        wire = reply.to_wire()
        data = (dns.name.from_text("hmac-sha256.").to_wire()
                + struct.pack(">HIHH", 0, int(time.time()), 300, 0)
                + struct.pack(">HHH", request.id, error, 0))
        record = dns.name.from_text(KEY).to_wire() + struct.pack(">HHIH", 250, 255, 0, len(data))
        return wire[:10] + b"\0\1" + wire[12:] + record + data
    return answer


def bad_time(request):
    reply = dns.message.make_response(request)
    reply.set_rcode(dns.rcode.NOTAUTH)
    reply.use_tsig(dns.tsig.Key(KEY, SECRET, "hmac-sha256"), tsig_error=18,
                   other_data=struct.pack(">HI", 0, int(time.time()) + 5000))
    reply.request_mac = request.mac
    return reply.to_wire()


def without_signature(request):
    reply = dns.update.UpdateMessage("test1.com.", id=request.id)
    reply.flags |= dns.flags.QR
    return reply.to_wire()


def signed_by_another(request):
    reply = dns.message.make_response(request)
    reply.use_tsig(dns.tsig.Key(KEY, OTHER, "hmac-sha256"))
    reply.request_mac = request.mac
    return reply.to_wire()


def cut_short(request):
    return Judge.agree(request)[:-3]


def truncated(request):
    """Well signed, and by itself said not to be all."""
    reply = dns.message.make_response(request)
    reply.flags |= dns.flags.TC
    return reply.to_wire()


class Replaying:
    """The answer to the first change, with the number of each that follows."""

    def __init__(self):
        self.first = None

    def __call__(self, request):
        if self.first is None:
            self.first = Judge.agree(request)
            return Judge.agree(request, dns.rcode.REFUSED)
        return struct.pack(">H", request.id) + self.first[2:]


def signed_long_ago(request):
    with unittest.mock.patch("time.time", return_value=time.time() - 3600):
        return Judge.agree(request)


def with_something_behind(request):
    return Judge.agree(request) + b"more"


REFUSALS = {
    "REFUSED": lambda request: Judge.agree(request, dns.rcode.REFUSED),
    "NOTAUTH": lambda request: Judge.agree(request, dns.rcode.NOTAUTH),
    "NOTZONE": lambda request: Judge.agree(request, dns.rcode.NOTZONE),
    "SERVFAIL": lambda request: Judge.agree(request, dns.rcode.SERVFAIL),
    "BADKEY": badly(17),
    "BADSIG": badly(16),
    "BADTIME: the server's clock is ": bad_time,
    "the server's answer is not signed": without_signature,
    "the signature of the server's answer is wrong": signed_by_another,
    "the server's answer is malformed": cut_short,
    "what the server sent is no answer to what was asked": lambda request: request.to_wire(),
}
FORGERIES = {
    "truncated": (truncated, "is no answer to what was asked"),
    "of another question": (
        lambda request: struct.pack(">H", request.id ^ 1) + Judge.agree(request)[2:],
        "is no answer to what was asked"),
    "signed long ago": (signed_long_ago, "was signed 3600 s ago"),
    "longer than it says": (with_something_behind, "is malformed"),
    "a few bytes": (lambda request: b"\x12\x34\x80", "has 3 bytes"),
    "nothing": (lambda request: b"", "has 0 bytes"),
    "all that TCP takes": (lambda request: b"\0" * 65535, "has 65535 bytes"),
}


@pytest.fixture(scope="module")
def refusing(taking, sink):
    """One service and one name server for all refusals."""
    with Judge() as judge:
        bench = Updating(taking, sink, judge)
        bench.instance.person("another")
        yield bench.begin(), judge
        bench.close()


@pytest.mark.parametrize("reason", REFUSALS)
def test_a_refusal_is_logged_with_its_reason_and_mail_goes_on(refusing, reason):
    bench, judge = refusing
    judge.how = REFUSALS[reason]
    bench.publish_missing()
    bench.look_until(lambda keys: not bench.in_state("waiting"))
    before = len(bench.instance.events("dkim.dns_update_failed"))
    selector = bench.in_state("published")[0]
    bench.unpublish(selector)
    bench.look_until(lambda keys: bench.states()[selector] == "waiting")
    [line] = eventually(lambda: bench.instance.events("dkim.dns_update_failed")[before:])
    assert f'reason="{reason}' in line or f"reason={reason}" in line, line
    assert f"record={bench.name(selector)}" in line
    assert bench.send() == [bench.signing()]


def fails_with(bench, words):
    """One change is due, and fails with these words; mail goes on."""
    bench.publish_missing()
    bench.look_until(lambda keys: not bench.in_state("waiting"))
    before = len(bench.instance.events("dkim.dns_update_failed"))
    selector = bench.in_state("published")[0]
    bench.unpublish(selector)
    bench.look_until(lambda keys: bench.states()[selector] == "waiting")
    [line] = eventually(lambda: bench.instance.events("dkim.dns_update_failed")[before:])
    assert words in line, line
    assert not bench.instance.events("dkim.dns_updated")
    assert bench.send() == [bench.signing()]


@pytest.mark.parametrize("how", FORGERIES)
def test_what_is_no_answer_of_the_servers_is_not_believed(refusing, how):
    bench, judge = refusing
    judge.how, words = FORGERIES[how]
    fails_with(bench, words)


def test_an_answer_that_is_sent_again_is_not_believed(refusing):
    bench, judge = refusing
    judge.how = Replaying()
    fails_with(bench, "REFUSED")
    fails_with(bench, "the signature of the server's answer is wrong")


def test_a_server_that_is_silent_or_away_holds_up_nothing(make):
    with Judge() as judge:
        judge.how = lambda request: None
        bench = make(judge)
        begin_with_a_missing_record(bench)
        eventually(lambda: judge.taken)
        for _ in range(3):
            assert bench.send() == [bench.signing()]
        [line] = eventually(lambda: bench.instance.events("dkim.dns_update_failed"), 30)
        assert "no answer in time" in line
    bench.publish_missing()
    bench.look_until(lambda keys: not bench.in_state("waiting"))
    bench.unpublish(bench.in_state("published")[0])
    bench.look_until(lambda keys: bench.in_state("waiting"))
    eventually(lambda: any("refused" in line.lower()
                           for line in bench.instance.events("dkim.dns_update_failed")))


def test_what_failed_is_not_tried_again_at_once(make):
    """The waits are kept with the key: neither looks nor a restart make them shorter."""
    with Judge() as judge:
        judge.how = REFUSALS["REFUSED"]
        bench = make(judge)
        begin_with_a_missing_record(bench)
        eventually(lambda: bench.instance.events("dkim.dns_update_failed"))
        for _ in range(10):
            bench.look()
        bench.restart()
        for _ in range(10):
            bench.look()
        assert len(judge.taken) == 1


def test_success_is_believed_when_dns_shows_it(make):
    """The server says that it did, and did nothing."""
    with Judge() as judge:
        bench = make(judge)
        name = begin_with_a_missing_record(bench)
        eventually(lambda: bench.instance.events("dkim.dns_updated"))
        for _ in range(3):
            bench.look()
        assert bench.states()[name.split(".")[0]] == "waiting"


def test_a_wrong_secret_changes_nothing(make, taking):
    bench = make(secret=OTHER)
    name = begin_with_a_missing_record(bench)
    [line] = eventually(lambda: bench.instance.events("dkim.dns_update_failed"))
    assert "BADSIG" in line
    assert taking.txt(name) is None


def test_the_resolver_may_die_in_between(make):
    with Judge() as judge:
        judge.how = lambda request: None
        bench = make(judge)
        begin_with_a_missing_record(bench)
        eventually(lambda: judge.taken)
        bench.instance.kill("resolver")
        eventually(lambda: bench.look() and {one["found"] for one in bench.look()} != {"unknown"})
        assert bench.send() == [bench.signing()]


def test_a_domain_outside_of_the_zone_is_not_asked_for(make):
    """Who told the zone is not told every hour that a domain is elsewhere."""
    with Judge() as judge:
        bench = make(judge, dns_update__zone="est1.com")
        begin_with_a_missing_record(bench)
        for _ in range(5):
            bench.look()
        assert judge.taken == judge.asked == []
        assert not bench.instance.events("dkim.dns_update_failed")


def test_a_domain_that_is_removed_while_its_record_is_written(make):
    """Whatever the server says then is of no domain; the next one of that name begins anew."""
    with Judge() as judge:
        answers = threading.Event()
        judge.how = lambda request: answers.wait(5) and Judge.agree(request)
        bench = make(judge)
        begin_with_a_missing_record(bench)
        eventually(lambda: judge.taken)
        bench.instance.admin("identity.remove", identity="test1.com")
        bench.instance.add_domain("test1.com", vouch=False)
        answers.set()
        eventually(lambda: bench.instance.events("dkim.dns_updated"))
        for _ in range(3):
            bench.look()
        assert [key["state"] for key in bench.keys()] == ["signing", "waiting", "waiting"]
        assert len(judge.taken) == 1, "the first keys are the owner's to publish"


# ---- the secret ----

def serve(bench_dir, *sets):
    data = bench_dir / "data"
    harness.subprocess.run([harness.PROGRAM, "init", "--dir", data], check=True,
                           capture_output=True)
    pairs = [word for one in ("listen.submission=off", "listen.submissions=off", "listen.http=off",
                              "listen.feedback=off", *sets) for word in ("--set", one)]
    return harness.subprocess.run([harness.PROGRAM, "serve", "--dir", data, *pairs],
                                  capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("content, mode, words", [
    (base64.b64encode(SECRET), 0o640, "chmod 600"),
    (base64.b64encode(SECRET), 0o604, "chmod 600"),
    (b"not base64!", 0o600, "secret: "),
    (base64.b64encode(b"short"), 0o600, "a secret of 5 bytes; 16 to 128 are taken"),
    (b"", 0o600, "a secret of 0 bytes"),
    (None, 0o600, "No such file"),
])
def test_a_secret_that_cannot_be_used_stops_the_start(open_dir, content, mode, words):
    path = open_dir / "secret"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    ended = serve(open_dir, "dns_update.server=127.0.0.1@9", "dns_update.key_name=k",
                  f"dns_update.secret_file={path}")
    assert ended.returncode != 0 and words in ended.stderr


@pytest.mark.parametrize("sets, words", [
    (["dns_update.server=127.0.0.1@9"], "dns_update.key_name: is needed"),
    (["dns_update.server=127.0.0.1@9", "dns_update.key_name=k"],
     "dns_update.secret_file: is needed"),
    (["dns_update.server=ns.test1.com@53"], "must be address@port"),
    (["dns_update.server=127.0.0.1"], "must be address@port"),
    (["dns_update.algorithm=hmac-md5"], "must be hmac-sha256"),
])
def test_half_a_configuration_is_refused(open_dir, sets, words):
    ended = serve(open_dir, *sets)
    assert ended.returncode != 0 and words in ended.stderr


def test_core_does_not_hold_the_secret(make):
    """Only the resolver is given it: a whole copy of the memory of the others has it nowhere."""
    bench = make()
    held = {}
    for role in harness.ROLES:
        [pid] = bench.instance.pids(role)
        held[role] = SECRET in readable_memory(pid)
    assert held == {"front": False, "core": False, "courier": False, "resolver": True}


def readable_memory(pid):
    found = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            first, last = (int(end, 16) for end in span.split("-"))
            if rights[:2] != "rw" or last - first > 1 << 30:
                continue
            with contextlib.suppress(OSError, ValueError):
                memory.seek(first)
                found.append(memory.read(last - first))
    return b"".join(found)
