"""Signing keys take turns: what signs is always in DNS, as each message is asked when it arrives."""

import base64
import itertools
import json
import sqlite3

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harness import FailingServer, Instance, Refused, eventually, message
from unpack_store import put_in_place, remove_store, unpack

COUNT = itertools.count()
QUICK = {"dkim__rotate_after": "0s", "dkim__publish_wait": "0s", "dkim__keep_retired": "1s"}


@pytest.fixture
def make(zone, sink):
    """Instances that are closed at the end; test1.com is published, and gone from DNS afterwards."""
    made = []

    def start(**settings):
        instance = Instance(zone, mx_port=sink.port, **{**QUICK, **settings})
        made.append(instance)
        return Bench(instance, zone, sink)
    yield start
    for instance in made:
        instance.close()
    for name, type_ in [one for one in zone.added if one[0].endswith("test1.com")]:
        zone.remove(name, type_)
        zone.added.remove((name, type_))


class Bench:
    """A domain, what is published of it, and messages that are judged as they arrive."""

    def __init__(self, instance, zone, sink):
        self.instance, self.zone, self.sink = instance, zone, sink
        self.credential = instance.person("anybody")

    def begin(self):
        records = self.instance.add_domain("test1.com", vouch=False)["records"]
        self.zone.publish(records, "verification", "dkim")
        self.instance.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
        self.look_until(lambda keys: all(key["state"] in ("signing", "published")
                                         for key in keys))
        return self

    def restart(self, **settings):
        self.instance.stop()
        for name, value in settings.items():
            self.instance.settings[name.replace("__", ".")] = value
        self.instance.start()

    def keys(self, algorithm="rsa"):
        return [key for key in self.instance.admin("dkim.show", domain="test1.com")["keys"]
                if key["algorithm"] == algorithm]

    def states(self, algorithm="rsa"):
        return {key["selector"]: key["state"] for key in self.keys(algorithm)}

    def in_state(self, state, algorithm="rsa"):
        return [key["selector"] for key in self.keys(algorithm) if key["state"] == state]

    def signing(self, algorithm="rsa"):
        [selector] = self.in_state("signing", algorithm)
        return selector

    def look(self):
        return self.instance.admin("domain.check", domain="test1.com")["findings"]

    def look_until(self, fits, seconds=30):
        """Ask DNS again and again: the resolver keeps for a second what it heard."""
        def looked():
            self.look()
            keys = self.keys()
            return fits(keys) and keys
        return eventually(looked, seconds, "the state of the keys")

    def rotate(self, **members):
        self.instance.admin("dkim.rotate", domain="test1.com", **members)

    def records(self):
        return self.instance.admin("domain.records", domain="test1.com")

    def name(self, selector):
        return f"{selector}._domainkey.test1.com"

    def value(self, selector):
        [value] = [record["value"] for record in self.records()["records"]
                   if record["name"] == self.name(selector)]
        return value

    def unpublish(self, selector):
        self.zone.remove(self.name(selector), "TXT")

    def publish_missing(self):
        for record in self.records()["records"]:
            if record["purpose"] == "dkim" and not self.zone.txt(record["name"]):
                self.zone.add(record["name"], "TXT", record["value"])

    def accept(self):
        to = f"rotated{next(COUNT)}@example.net"
        return to, self.instance.accept(self.credential, "taro@test1.com", to, message(to=to))

    def judged(self, to, signatures=1):
        """The selectors of a message that arrived, which DNS vouches for as it stands now."""
        received = self.sink.one(to)
        fields = received.fields("DKIM-Signature")
        assert len(fields) == signatures
        verifier = dkim.DKIM(received.raw, minkey=1024)
        for index in range(signatures):
            assert verifier.verify(index, dnsfunc=lambda name, **_: self.zone.txt(
                (name.decode() if isinstance(name, bytes) else name).rstrip(".")))
        return [part.strip()[2:] for field in fields for part in field.split(";")
                if part.strip().startswith("s=")]

    def send(self, signatures=1):
        to, _ = self.accept()
        return self.judged(to, signatures)


def test_a_whole_rotation(make):
    bench = make().begin()
    before = bench.signing()
    first = bench.keys()
    assert bench.send() == [before]
    bench.rotate()
    bench.look_until(lambda keys: bench.signing() != before)
    after = bench.signing()
    assert after == first[1]["selector"], "the first of those that waited"
    assert bench.send() == [after]

    # The old one is still to be published; then it is not, and a new one is.
    assert bench.states()[before] in ("retiring", "gone")
    bench.look_until(lambda keys: before in bench.in_state("gone"))
    [deletable] = bench.records()["deletable"]
    assert deletable["name"] == bench.name(before)
    current = [record for record in bench.records()["records"] if record["purpose"] == "dkim"]
    assert before not in str(current) and len(current) == 3
    [fresh] = bench.in_state("waiting")
    assert fresh not in [key["selector"] for key in first]
    assert sorted(record["state"] for record in current) == ["published", "signing", "waiting"]

    # What was deleted is forgotten; what is published becomes the next but one.
    bench.unpublish(before)
    bench.publish_missing()
    keys = bench.look_until(lambda keys: len(keys) == 3 and not bench.in_state("waiting"))
    assert [key["selector"] for key in keys] == [after, first[2]["selector"], fresh]
    assert bench.instance.identity("test1.com")["dkim"] == "SUCCESS"
    assert bench.send() == [after]


def test_all_keys_take_their_turn_and_no_message_is_signed_by_what_dns_does_not_show(make):
    bench = make().begin()
    used = [bench.signing()]
    for _ in range(5):
        before = bench.signing()
        bench.rotate(now=True)
        bench.look_until(lambda keys: bench.signing() != before)
        assert bench.send() == [bench.signing()]
        used.append(bench.signing())
        bench.look_until(lambda keys: before in bench.in_state("gone"))
        bench.unpublish(before)
        bench.publish_missing()
        bench.look_until(lambda keys: len(keys) == 3 and not bench.in_state("waiting"))
    assert len(set(used)) == 6


def test_a_key_that_is_not_published_never_signs(make):
    bench = make().begin()
    before = bench.signing()
    waiting = bench.in_state("published")
    for selector in waiting:
        bench.unpublish(selector)
    bench.look_until(lambda keys: len(bench.in_state("waiting")) == 2)
    bench.rotate(now=True)
    for _ in range(3):
        bench.look()
        assert bench.send() == [before]
    [signing] = [key for key in bench.keys() if key["state"] == "signing"]
    assert signing["waits_for"].startswith("the next key in DNS, since ")
    bench.publish_missing()
    bench.look_until(lambda keys: bench.signing() != before)
    assert bench.send() == [bench.signing()]


def test_a_key_that_vanished_while_it_waited_is_passed_over(make):
    bench = make().begin()
    first, second = bench.in_state("published")
    bench.unpublish(first)
    bench.look_until(lambda keys: bench.states()[first] == "waiting")
    assert "dkim.key" in bench.instance.log() and "was=published is=waiting" in bench.instance.log()
    before = bench.signing()
    bench.rotate()
    bench.look_until(lambda keys: bench.signing() != before)
    assert bench.signing() == second
    assert bench.send() == [second]


def test_a_wrong_record_is_no_record(make):
    bench = make().begin()
    first, second = bench.in_state("published")
    bench.unpublish(first)
    bench.zone.add(bench.name(first), "TXT", bench.value(second))
    bench.unpublish(second)
    bench.look_until(lambda keys: len(bench.in_state("waiting")) == 2)
    before = bench.signing()
    bench.rotate(now=True)
    bench.look()
    assert bench.send() == [before]


def test_a_key_must_have_been_published_for_a_while_unless_told(make):
    bench = make(dkim__publish_wait="30d").begin()
    before = bench.signing()
    bench.rotate()
    bench.look()
    assert bench.send() == [before]
    bench.rotate(now=True)
    bench.look_until(lambda keys: bench.signing() != before)
    assert bench.send() == [bench.signing()]


def test_keys_rotate_by_themselves(make):
    bench = make().begin()
    bench.restart(dkim__rotate_after="2s")
    first = {key["selector"] for key in bench.keys()}
    bench.look_until(lambda keys: bench.instance.events("dkim.next_key"))
    assert bench.send() == [bench.signing()]
    # Nobody publishes: in the end all that DNS shows have signed, and the last goes on.
    bench.look_until(lambda keys: len(bench.in_state("waiting")) == 2
                     and set(bench.in_state("gone")) < first)
    assert bench.signing() in first
    assert bench.send() == [bench.signing()]


def test_a_rotation_that_nobody_looks_at_is_found_by_itself(make):
    """No verb asks DNS here: the timer does."""
    bench = make().begin()
    before = bench.signing()
    bench.rotate(now=True)
    eventually(lambda: bench.signing() != before, 20, "another key to sign")
    eventually(lambda: bench.in_state("gone") == [before], 20, "the old key to be gone")
    eventually(lambda: bench.in_state("waiting"), 20, "a new key")


def test_servfail_starts_and_advances_nothing(make, zone):
    bench = make().begin()
    instance, before = bench.instance, bench.signing()
    with FailingServer() as broken:
        bench.restart(dns__resolver=f"127.0.0.1@{broken.port}")
        held = bench.keys()
        bench.rotate(now=True)
        assert {finding["found"] for finding in bench.look()} == {"unknown"}
        assert bench.signing() == before
        assert bench.in_state("published") == [key["selector"] for key in held[1:]]
        instance.stop()
    instance.use_zone(zone)
    instance.start()
    bench.look_until(lambda keys: bench.signing() != before)
    assert bench.states()[before] == "retiring"
    with FailingServer() as broken:
        bench.restart(dns__resolver=f"127.0.0.1@{broken.port}")
        for _ in range(4):
            bench.look()
        assert bench.states()[before] == "retiring"
        instance.stop()
    instance.use_zone(zone)
    instance.start()
    bench.look_until(lambda keys: before in bench.in_state("gone"))


def without_times(keys):
    return [{name: value for name, value in key.items() if name != "waits_for"} for key in keys]


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_every_state_survives_a_restart(make, how):
    bench = make(dkim__keep_retired="1d").begin()
    instance = bench.instance

    def restart():
        before = without_times(bench.keys())
        if how == "stopped":
            instance.stop()
            instance.start()
        else:
            ready = instance.kill("core")
            eventually(lambda: len(instance.events("postern.ready")) > ready, 30, "core again")
        assert without_times(bench.keys()) == before

    restart()
    before, waiting = bench.signing(), bench.in_state("published")
    for selector in waiting:
        bench.unpublish(selector)
    bench.look_until(lambda keys: len(bench.in_state("waiting")) == 2)
    bench.rotate(now=True)
    restart()  # while the rotation waits
    assert bench.signing() == before
    bench.publish_missing()
    bench.look_until(lambda keys: bench.signing() != before)
    assert bench.states()[before] == "retiring"
    restart()
    assert bench.send() == [bench.signing()]
    bench.restart(dkim__keep_retired="1s")
    bench.look_until(lambda keys: before in bench.in_state("gone"))
    restart()
    bench.unpublish(before)
    bench.look_until(lambda keys: before not in bench.states())
    restart()


def test_the_old_key_is_kept_while_mail_that_it_signed_waits(make):
    bench = make(delivery__retry_first="1s", delivery__retry_max="1s").begin()
    before = bench.signing()
    bench.sink.answer("rcpt", "451 4.2.0 later", only="slow@example.net")
    queued = bench.instance.accept(bench.credential, "taro@test1.com", "slow@example.net",
                                   message(to="slow@example.net"))
    bench.instance.wait_state(queued, "queued")
    bench.rotate()
    bench.look_until(lambda keys: bench.signing() != before)
    [retiring] = [key for key in bench.keys() if key["state"] == "retiring"]
    assert retiring["waits_for"] == "mail in the queue that it signed"
    for _ in range(30):  # more looks than keep_retired would need
        bench.look()
    assert bench.states()[before] == "retiring"

    bench.instance.admin("queue.change", message=queued, change="hold")
    for _ in range(10):
        bench.look()
    assert bench.states()[before] == "retiring", "held mail is mail"
    assert bench.records()["deletable"] == []

    bench.sink.rules.clear()
    bench.instance.admin("queue.change", message=queued, change="release")
    assert bench.judged("slow@example.net") == [before], "a receiver still verifies it"
    bench.look_until(lambda keys: before in bench.in_state("gone"))


def test_who_names_the_selector_in_a_header_keeps_no_key(make):
    bench = make(delivery__retry_first="1h").begin()
    before = bench.signing()
    bench.rotate()
    bench.look_until(lambda keys: bench.signing() != before)
    bench.sink.answer("rcpt", "451 4.2.0 later", only="slow@example.net")
    try:
        forged = message(to="slow@example.net", headers=[
            f"DKIM-Signature: v=1; a=rsa-sha256; s={before}; d=test1.com; b=AAAA",
            f"X-Selector: s={before};"])
        queued = bench.instance.accept(bench.credential, "taro@test1.com", "slow@example.net",
                                       forged)
        bench.look_until(lambda keys: before in bench.in_state("gone"))
        assert bench.instance.state(queued) == {"slow@example.net": "queued"}
    finally:
        bench.sink.rules.clear()


def test_mail_of_others_keeps_no_key(make, zone):
    bench = make().begin()
    bench.instance.add_domain("test2.com")
    before = bench.signing()
    bench.sink.answer("rcpt", "451 4.2.0 later", only="slow@example.net")
    try:
        bench.instance.accept(bench.credential, "taro@test2.com", "slow@example.net",
                              message("taro@test2.com", to="slow@example.net"))
        bench.rotate()
        bench.look_until(lambda keys: before in bench.in_state("gone"))
    finally:
        bench.sink.rules.clear()


def test_a_key_that_is_gone_is_destroyed(make):
    bench = make().begin()
    before = bench.signing()
    bench.rotate()
    bench.look_until(lambda keys: before in bench.in_state("gone"))
    store = sqlite3.connect(f"file:{bench.instance.dir}/postern.db?mode=ro", uri=True)
    with store:
        left = dict(store.execute("SELECT selector, length(private) FROM signing_key "
                                  "WHERE domain = 'test1.com'"))
    store.close()
    assert left.pop(before) == 0
    assert all(left.values()) and len(left) == 3


# ---- what happens to the domain in between ----

def of_the_store(bench, question):
    store = sqlite3.connect(f"file:{bench.instance.dir}/postern.db?mode=ro", uri=True)
    try:
        return store.execute(question).fetchall()
    finally:
        store.close()


def begin_a_rotation_that_waits(bench):
    """A key retires while mail that it signed waits, and what is to sign next is not in DNS."""
    bench.begin()
    bench.sink.answer("rcpt", "451 4.2.0 later")
    to, queued = bench.accept()
    bench.instance.wait_state(queued, "queued")
    before = bench.signing()
    bench.rotate()
    bench.look_until(lambda keys: bench.signing() != before)
    for selector in bench.in_state("published"):
        bench.unpublish(selector)
    bench.look_until(lambda keys: not bench.in_state("published"))
    bench.rotate(now=True)
    bench.look()
    assert sorted(bench.states().values()) == ["retiring", "signing", "waiting"]
    return before, to


def wanted(bench):
    return of_the_store(bench, "SELECT algorithm FROM key_rotation WHERE wanted_ms <> 0")


def test_a_domain_that_is_removed_takes_its_rotation_along(make):
    bench = make(delivery__retry_first="1s", delivery__retry_max="1s")
    before, to = begin_a_rotation_that_waits(bench)
    old = set(bench.states())
    bench.instance.admin("identity.remove", identity="test1.com")
    assert of_the_store(bench, "SELECT * FROM key_rotation") == []
    assert of_the_store(bench, "SELECT * FROM signing_key WHERE domain = 'test1.com'") == []

    # What it signed leaves as it is; whoever makes the domain anew begins at the beginning.
    bench.sink.rules.clear()
    assert bench.judged(to) == [before]
    bench.instance.add_domain("test1.com", vouch=False)
    bench.look()
    assert [key["state"] for key in bench.keys()] == ["signing", "waiting", "waiting"]
    assert not old & set(bench.states())
    assert wanted(bench) == []
    assert bench.instance.identity("test1.com")["dkim"] == "PENDING"


def test_an_owner_who_brings_a_key_ends_the_rotation(make):
    bench = make(delivery__retry_first="1s", delivery__retry_max="1s")
    before, to = begin_a_rotation_that_waits(bench)
    private, public = owners_key()
    bench.zone.add("mine._domainkey.test1.com", "TXT", f"v=DKIM1; k=rsa; p={public}")
    api = bench.instance.api("sesv2")
    api.put_email_identity_dkim_signing_attributes(
        EmailIdentity="test1.com", SigningAttributesOrigin="EXTERNAL", SigningAttributes={
            "DomainSigningSelector": "mine", "DomainSigningPrivateKey": private})
    bench.instance.check_until("test1.com", dkim="SUCCESS")
    for _ in range(3):
        bench.look()
        assert bench.states() == {"mine": "signing"}
    assert wanted(bench) == []
    bench.sink.rules.clear()
    assert bench.judged(to) == [before], "signed when it was accepted"
    assert bench.send() == ["mine"]

    api.put_email_identity_dkim_signing_attributes(
        EmailIdentity="test1.com", SigningAttributesOrigin="AWS_SES")
    bench.look()
    assert [key["state"] for key in bench.keys()] == ["signing", "waiting", "waiting"]
    assert before not in bench.states() and "mine" not in bench.states()
    bench.publish_missing()
    bench.instance.check_until("test1.com", dkim="SUCCESS")
    assert bench.send() == [bench.signing()]
    assert wanted(bench) == [], "what was asked for was asked of other keys"


def test_a_domain_whose_dkim_is_switched_off_wants_no_other_key(make):
    bench = make(delivery__retry_first="1s", delivery__retry_max="1s")
    before, to = begin_a_rotation_that_waits(bench)
    signing = bench.signing()
    bench.instance.admin("dkim.set", domain="test1.com", enabled=False)
    bench.look()
    assert wanted(bench) == []
    bench.publish_missing()
    bench.look_until(lambda keys: bench.in_state("published"))
    bench.instance.admin("dkim.set", domain="test1.com", enabled=True)
    bench.look()
    assert bench.signing() == signing
    bench.sink.rules.clear()
    assert bench.judged(to) == [before], "it was kept meanwhile"


def test_dns_that_shows_a_key_and_loses_it_again(make):
    """As name servers do that do not agree: each time it is lost, it begins anew."""
    bench = make(dkim__publish_wait="30d").begin()
    before, [first, second] = bench.signing(), bench.in_state("published")
    bench.rotate()
    for _ in range(3):
        bench.unpublish(first)
        bench.look_until(lambda keys: bench.states()[first] == "waiting")
        assert bench.send() == [before]
        bench.publish_missing()
        keys = bench.look_until(lambda keys: bench.states()[first] == "published")
        since = {key["selector"]: key["published_since"] for key in keys}
        assert since[first] > since[second]
    assert bench.signing() == before
    # The last is lost in the very moment in which it is to sign.
    bench.unpublish(first)
    bench.unpublish(second)
    bench.look_until(lambda keys: not bench.in_state("published"))
    bench.rotate(now=True)
    bench.look()
    assert bench.send() == [before]


def test_a_key_that_signs_and_is_lost_is_told_of_and_the_next_can_take_over(make):
    bench = make(dkim__publish_wait="30d").begin()
    before = bench.signing()
    bench.unpublish(before)
    [line] = eventually(lambda: bench.look() and bench.instance.events("dkim.record_missing"))
    assert f"record={bench.name(before)}" in line
    [signing] = [key for key in bench.keys() if key["state"] == "signing"]
    assert (signing["selector"], signing["waits_for"]) == (before, "its record in DNS")
    for _ in range(3):
        bench.look()
    assert len(bench.instance.events("dkim.record_missing")) == 1
    bench.rotate(now=True)
    bench.look_until(lambda keys: bench.signing() != before)
    bench.instance.check_until("test1.com", dkim="SUCCESS")
    assert bench.send() == [bench.signing()]


def test_a_backup_from_before_the_rotation(make):
    """It holds a private key that is destroyed and gone from DNS meanwhile."""
    bench = make(dkim__publish_wait="30d").begin()
    backup = bench.instance.base / "backup"
    bench.instance.run("backup", backup, check=True)
    before = bench.signing()
    bench.rotate(now=True)
    bench.look_until(lambda keys: before in bench.in_state("gone"))
    after = bench.signing()
    bench.unpublish(before)
    bench.look_until(lambda keys: before not in bench.states())

    bench.instance.stop()
    remove_store(bench.instance)
    bench.instance.run("restore-backup", backup, check=True)
    bench.instance.start()
    eventually(lambda: bench.look() and bench.instance.events("dkim.record_missing"))
    assert bench.signing() == before
    bench.rotate(now=True)
    bench.look_until(lambda keys: bench.signing() == after)
    assert bench.send() == [after]


def test_the_key_of_the_service_itself_is_not_a_domains(make):
    """It signs for whoever has no key yet; nobody is asked to publish another."""
    bench = make(dkim__rotate_after="1s")
    records = bench.instance.admin("account.show")["provider_records"]
    bench.instance.add_domain("test1.com", vouch=False)
    bench.instance.admin("identity.vouch", identity="taro@test1.com")
    for operation in ("dkim.rotate", "dkim.show"):
        with pytest.raises(Refused) as refused:
            bench.instance.admin(operation, domain="postern.localhost")
        assert refused.value.error == "not_found"
    for _ in range(3):
        bench.look()
    assert bench.instance.admin("account.show")["provider_records"] == records
    assert len(records) == 1


# ---- what is left alone ----

def owners_key():
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    private = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.DER,
                                           serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()


def test_a_key_that_the_owner_brought_is_left_alone(make):
    bench = make(dkim__rotate_after="1s")
    private, public = owners_key()
    bench.instance.api("sesv2").create_email_identity(
        EmailIdentity="test1.com", DkimSigningAttributes={
            "DomainSigningSelector": "mine", "DomainSigningPrivateKey": private})
    bench.zone.add("mine._domainkey.test1.com", "TXT", f"v=DKIM1; k=rsa; p={public}")
    bench.instance.check_until("test1.com", dkim="SUCCESS")
    for _ in range(3):
        bench.look()
        assert bench.states() == {"mine": "signing"}
        assert bench.send() == ["mine"]
    with pytest.raises(Refused, match="brought the key"):
        bench.rotate()


def test_a_domain_whose_dkim_is_off_is_left_alone(make):
    bench = make().begin()
    bench.instance.admin("dkim.set", domain="test1.com", enabled=False)
    bench.restart(dkim__rotate_after="1s")
    before = bench.states()
    for record in bench.instance.admin("account.show")["provider_records"]:
        bench.zone.add(record["name"], record["type"], record["value"])
    for _ in range(3):
        bench.look()
        assert bench.send()[0] not in before, "this service signs"
        assert bench.states() == before
    with pytest.raises(Refused, match="DKIM is off"):
        bench.rotate()
    bench.instance.admin("dkim.set", domain="test1.com", enabled=True)
    bench.look_until(lambda keys: bench.states() != before)


def test_a_domain_that_does_not_sign_yet_is_left_alone(make):
    bench = make(dkim__rotate_after="1s")
    bench.instance.add_domain("test1.com", vouch=False)
    bench.look()
    with pytest.raises(Refused, match="is PENDING: it does not sign yet"):
        bench.rotate()
    assert [key["state"] for key in bench.keys()] == ["signing", "waiting", "waiting"]


def test_the_word_of_the_administrator_publishes_no_key(make):
    """A domain that was vouched for signs without DNS, and goes on with the key that it has."""
    bench = make(dkim__rotate_after="1s")
    bench.instance.add_domain("test1.com")
    before = bench.states()
    bench.rotate(now=True)
    for _ in range(3):
        bench.look()
    assert bench.states() == before


def test_keys_of_an_older_store_take_turns(make):
    """The age of the key that signs is that of the domain's keys, so that it is soon due, and those
    that were given with it wait."""
    bench = make(dkim__rotate_after="1s")
    bench.instance.stop()
    old = bench.instance.base / "old"
    unpack("version-3", old)
    put_in_place(bench.instance, old)
    bench.instance.start()
    before = bench.signing()
    assert len(bench.in_state("waiting")) == 2
    assert next(key["since"] for key in bench.keys() if key["state"] == "signing")
    bench.publish_missing()
    bench.look_until(lambda keys: bench.signing() != before)
    assert bench.states()[before] == "retiring"


@pytest.mark.parametrize("name, error", [("taro@test1.com", "syntax"), ("test9.com", "not_found")])
def test_only_domains_that_are_here_rotate(make, name, error):
    bench = make()
    bench.instance.admin("identity.vouch", identity="taro@test1.com")
    for operation in ("dkim.rotate", "dkim.show"):
        with pytest.raises(Refused) as refused:
            bench.instance.admin(operation, domain=name)
        assert refused.value.error == error


# ---- the second signature ----

def test_the_second_signature_rotates_too(make):
    bench = make(dkim__second_ed25519="yes").begin()
    bench.look_until(lambda keys: len(bench.in_state("published", "ed25519")) == 2)
    rsa_before, other_before = bench.signing(), bench.signing("ed25519")
    assert set(bench.send(2)) == {rsa_before, other_before}
    bench.rotate()
    bench.look_until(lambda keys: bench.signing() != rsa_before
                     and bench.signing("ed25519") != other_before)
    assert set(bench.send(2)) == {bench.signing(), bench.signing("ed25519")}
    bench.look_until(lambda keys: rsa_before in bench.in_state("gone")
                     and other_before in bench.in_state("gone", "ed25519"))
    assert len(bench.in_state("waiting", "ed25519")) == 1
    assert set(bench.send(2)) == {bench.signing(), bench.signing("ed25519")}


def test_the_second_signatures_key_is_kept_while_its_mail_waits(make):
    bench = make(dkim__second_ed25519="yes", delivery__retry_first="1h").begin()
    bench.look_until(lambda keys: len(bench.in_state("published", "ed25519")) == 2)
    before = bench.signing("ed25519")
    bench.sink.answer("rcpt", "451 4.2.0 later", only="slow@example.net")
    queued = bench.instance.accept(bench.credential, "taro@test1.com", "slow@example.net",
                                   message(to="slow@example.net"))
    bench.instance.wait_state(queued, "queued")
    bench.rotate()
    bench.look_until(lambda keys: bench.signing("ed25519") != before)
    for _ in range(30):
        bench.look()
    assert bench.states("ed25519")[before] == "retiring"
    bench.sink.rules.clear()
    bench.instance.admin("queue.change", message=queued, change="drop")
    bench.look_until(lambda keys: before in bench.in_state("gone", "ed25519"))


def test_a_second_signature_that_is_switched_off_is_left_alone(make):
    bench = make(dkim__second_ed25519="yes", dkim__keep_retired="1d").begin()
    bench.look_until(lambda keys: len(bench.in_state("published", "ed25519")) == 2)
    before = bench.signing("ed25519")
    bench.rotate()
    bench.look_until(lambda keys: bench.signing("ed25519") != before)
    bench.restart(dkim__second_ed25519="no", dkim__keep_retired="1s", dkim__rotate_after="1s")
    bench.look_until(lambda keys: before in bench.in_state("gone", "ed25519"))
    for _ in range(3):
        bench.look()
    assert [key["state"] for key in bench.keys("ed25519")] == ["signing", "published", "gone"]


# ---- what the API and the verbs show ----

def test_the_api_shows_the_keys_that_are_there_now(make):
    bench = make().begin()
    v2 = bench.instance.api("sesv2")
    before = v2.get_email_identity(EmailIdentity="test1.com")["DkimAttributes"]
    bench.restart(dkim__key_bits=2048)
    old = bench.signing()
    bench.rotate()
    bench.look_until(lambda keys: old in bench.in_state("gone"))
    after = v2.get_email_identity(EmailIdentity="test1.com")["DkimAttributes"]
    assert len(after["Tokens"]) == 3 and old in before["Tokens"] and old not in after["Tokens"]
    assert after["Tokens"][0] == bench.signing()
    v1 = bench.instance.api("ses")
    told = v1.get_identity_dkim_attributes(Identities=["test1.com"])["DkimAttributes"]["test1.com"]
    assert told["DkimTokens"] == after["Tokens"]
    assert told["DkimVerificationStatus"] == "Success"
    status, raw = bench.instance.rest(bench.instance.administrator, "GET",
                                      "/v2/email/identities/test1.com")
    raw = raw["DkimAttributes"]
    bits = {key["selector"]: key["bits"] for key in bench.keys()}
    assert raw["CurrentSigningKeyLength"] == f"RSA_{bits[after['Tokens'][0]]}_BIT"
    assert raw["NextSigningKeyLength"] == f"RSA_{bits[after['Tokens'][1]]}_BIT"
    shown = bench.instance.identity("test1.com")
    assert shown["dkim"] == "SUCCESS"


def test_the_time_of_the_last_key_is_that_of_the_new_one(make):
    bench = make().begin()

    def told():
        status, raw = bench.instance.rest(bench.instance.administrator, "GET",
                                          "/v2/email/identities/test1.com")
        assert status == 200
        return raw["DkimAttributes"]["LastKeyGenerationTimestamp"]
    before, old = told(), bench.signing()
    bench.rotate()
    bench.look_until(lambda keys: bench.signing() != old)
    bench.look_until(lambda keys: old in bench.in_state("gone"))
    assert told() > before


def test_the_verbs_show_it(make):
    bench = make().begin()
    run = bench.instance.run
    asked = run("dkim", "rotate", "test1.com", "--now")
    assert asked.returncode == 0 and "postern dkim show test1.com" in asked.stdout
    bench.look_until(lambda keys: bench.in_state("gone"))
    [old] = bench.in_state("gone")
    shown = run("dkim", "show", "test1.com").stdout
    assert "SELECTOR" in shown and "WAITS FOR" in shown
    for key in bench.keys():
        [line] = [line for line in shown.splitlines() if line.startswith(key["selector"])]
        assert f" {key['state']} " in line and key["waits_for"] in line
    zone_file = run("domain", "records", "test1.com").stdout
    assert f"; {bench.name(old)}." in zone_file and "; gone" in zone_file
    checked = run("domain", "check", "test1.com").stdout
    assert "dkim_gone" in checked
    assert json.loads(run("dkim", "show", "test1.com", "--json").stdout)["keys"]


def test_a_rotation_of_nothing_is_refused_in_words(make):
    bench = make()
    refused = bench.instance.run("dkim", "rotate", "test9.com")
    assert refused.returncode != 0 and "postern domain add test9.com" in refused.stderr
