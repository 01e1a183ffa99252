"""Messages as they arrived, before other implementations, with the keys that DNS serves."""

import itertools
import os
import subprocess

import dkim
import pytest

from harness import Instance, eventually, message
from test_dkim_judges import dkimpy, opendkim

PERL = r"""
use strict; use warnings;
use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS;
Mail::DKIM::DNS::resolver(Net::DNS::Resolver->new(
    nameservers => ['127.0.0.1'], port => $ENV{DNS_PORT}, recurse => 0));
my $verifier = Mail::DKIM::Verifier->new;
binmode STDIN;
while (read STDIN, my $piece, 8192) { $verifier->PRINT($piece); }
$verifier->CLOSE;
print join ',', map { $_->domain . '=' . $_->result } $verifier->signatures;
"""


COUNT = itertools.count()


class Published:
    """What the judges ask for keys: the name server itself."""

    def __init__(self, zone):
        self.zone, self.records = zone, self

    def __getitem__(self, name):
        return self.zone.txt(name).decode()


def mail_dkim(raw, zone):
    done = subprocess.run(["perl", "-e", PERL], input=raw, capture_output=True, timeout=60,
                          env={**os.environ, "DNS_PORT": str(zone.port)})
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode().split(",")


class Bench:
    def __init__(self, instance, zone, sink):
        self.instance, self.zone, self.sink = instance, zone, sink
        self.credential = instance.person("anybody")
        records = instance.add_domain("test1.com", vouch=False)["records"]
        # Those of the second signature too, which the domain does not wait for.
        publish(instance, zone, "test1.com", [one for one in records if one["purpose"] == "dkim"])
        instance.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
        for record in instance.admin("account.show")["provider_records"]:
            zone.add(record["name"], record["type"], record["value"])

    def arrived(self, raw, from_="taro@test1.com"):
        to = f"judged{next(COUNT)}@example.net"
        self.instance.accept(self.credential, from_, to, raw)
        return self.sink.one(to)

    def judge(self, received, domain):
        published = Published(self.zone)
        signers = [part.strip()[2:] for value in received.fields("DKIM-Signature")
                   for part in value.split(";") if part.strip().startswith("d=")]
        assert set(signers) == {domain}
        assert dkimpy(received.raw, published)
        assert opendkim(received.raw, published)
        return mail_dkim(received.raw, self.zone)


@pytest.fixture(scope="module", params=["rsa", "rsa and ed25519"])
def bench(request, zone, sink):
    second = "yes" if "ed25519" in request.param else "no"
    with Instance(zone, mx_port=sink.port, dkim__key_bits=2048,
                  dkim__second_ed25519=second) as instance:
        bench = Bench(instance, zone, sink)
        bench.signatures = 2 if second == "yes" else 1
        yield bench


MIME = ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit"]

MESSAGES = {
    "ordinary": message(),
    "folded": message(headers=["Subject-Of-Mine: a\r\n b\r\n\tc", "References: <a@b>\r\n <c@d>"]),
    "odd spaces": message(from_='"Taro"  \t <taro@test1.com>', subject=" \t a   subject \t "),
    "8-bit": message(body="日本語\r\n\r\n", headers=MIME),
    "dots": message(body=".\r\n..\r\n.dot\r\n"),
    "trailing blank lines": message(body="\r\n\r\nHello \t\r\n\r\n\r\n\r\n"),
    "empty body": message(body=""),
    "no end of line": message(body="Hello"),
    "large body": message(body="0123456789 abcdef\r\n\r\n" * 50000),
    "many recipients": message(to=",\r\n ".join(f"r{i}@example.net" for i in range(200))),
    "lists": message(headers=["List-Unsubscribe: <https://test1.com/u>", "Reply-To: a@test1.com",
                              "Cc: b@example.net", "Sender: taro@test1.com"]),
}


# Named in h= once more than they occur: whether they do or not, and only when they do.
ALWAYS = ("From", "To", "Cc", "Subject", "Reply-To", "Date", "Message-ID", "Sender", "MIME-Version",
          "Content-Type", "Content-Transfer-Encoding")
WHEN_THERE = {
    "List-ID": "<list.test1.com>", "List-Help": "<https://test1.com/help>",
    "List-Subscribe": "<https://test1.com/s>", "List-Unsubscribe": "<https://test1.com/u>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "List-Post": "NO",
    "List-Owner": "<mailto:owner@test1.com>", "List-Archive": "<https://test1.com/a>",
    "References": "<a@b>\r\n <c@d>", "In-Reply-To": "<c@d>", "Content-Disposition": "inline",
}
MESSAGES["all that is signed"] = message(headers=[
    *MIME, *(f"{name}: {value}" for name, value in WHEN_THERE.items()), "Reply-To: a@test1.com",
    "Cc: b@example.net", "Sender: taro@test1.com"])


@pytest.mark.parametrize("what", MESSAGES)
def test_what_arrives_is_signed_by_the_domain_for_every_judge(bench, what):
    received = bench.arrived(MESSAGES[what])
    assert len(received.fields("DKIM-Signature")) == bench.signatures
    # Mail::DKIM of Debian 12 does not know ed25519; the RSA signature it judges.
    assert "test1.com=pass" in bench.judge(received, "test1.com")


def test_a_second_from_header_breaks_the_signature(bench):
    received = bench.arrived(MESSAGES["ordinary"])
    forged = b"From: evil@example.net\r\n" + received.raw
    assert not dkimpy(forged, Published(bench.zone))
    assert not opendkim(forged, Published(bench.zone))
    assert "test1.com=pass" not in mail_dkim(forged, bench.zone)


@pytest.fixture(scope="module")
def signed(bench):
    """One message with hardly a header, and one with all that is signed."""
    return [bench.arrived(MESSAGES[what]) for what in ("ordinary", "all that is signed")]


def test_each_signed_header_is_named_once_more_than_it_occurs(signed, bench):
    for received in signed:
        signatures = received.fields("DKIM-Signature")
        assert len(signatures) == bench.signatures
        for signature in signatures:
            tag = next(tag for tag in signature.split(";") if tag.strip().startswith("h="))
            named = [name.strip().lower() for name in tag.strip()[2:].split(":")]
            for name in (*ALWAYS, *WHEN_THERE, "Feedback-ID"):
                occurs = len(received.fields(name))
                expected = occurs + 1 if occurs or name in ALWAYS else 0
                assert named.count(name.lower()) == expected, (name, named)
    assert all(signed[1].fields(name) for name in WHEN_THERE)


@pytest.mark.parametrize("name", [*ALWAYS, *WHEN_THERE, "Feedback-ID"])
def test_one_more_of_a_signed_header_breaks_the_signature(signed, bench, name):
    published = Published(bench.zone)
    for received in signed:
        if name not in ALWAYS and not received.fields(name):
            continue
        assert dkimpy(received.raw, published)
        assert not dkimpy(f"{name}: evil@example.net\r\n".encode() + received.raw, published)


def test_what_is_not_signed_may_be_added(signed, bench):
    received = signed[1]
    forwarded = b"Received: by mx.example\r\nX-Spam-Status: No\r\n" + received.raw
    assert dkimpy(forwarded, Published(bench.zone))
    assert "test1.com=pass" in mail_dkim(forwarded, bench.zone)


def test_a_subdomain_is_signed_by_its_domain(bench):
    raw = message("taro@sub.test1.com")
    received = bench.arrived(raw, "taro@sub.test1.com")
    assert "test1.com=pass" in bench.judge(received, "test1.com")


def test_the_provider_signs_where_dkim_is_off(bench):
    bench.instance.admin("dkim.set", domain="test1.com", enabled=False)
    try:
        received = bench.arrived(MESSAGES["ordinary"])
        assert "postern.localhost=pass" in bench.judge(received, "postern.localhost")
        assert received.mail_from.endswith("@postern.localhost")
        assert received.fields("Message-ID")[0].endswith("@postern.localhost>")
    finally:
        bench.instance.admin("dkim.set", domain="test1.com", enabled=True)


def test_our_own_mail_is_signed_by_the_provider(bench, zone):
    zone.mail_server("test2.com", "mx.test2.com", "127.0.0.1")
    address = f"own{next(COUNT)}@test2.com"
    bench.instance.patiently("address.add", address=address)
    received = bench.sink.one(address)
    assert "postern.localhost=pass" in bench.judge(received, "postern.localhost")


# ---- the second signature, switched on and off ----

def switch_ed25519(instance, value):
    instance.stop()
    instance.settings["dkim.second_ed25519"] = value
    instance.start()


def claimed_for(instance, domain):
    """The records of a domain's three ed25519 keys, once there are."""
    def claimed():
        records = [one for one in instance.admin("domain.records", domain=domain)["records"]
                   if "k=ed25519" in one["value"]]
        return records if len(records) == 3 else None
    return eventually(claimed, what=f"ed25519 keys of {domain}")


def algorithms(received):
    """Of the signatures, from the top."""
    return [next(tag.strip()[2:] for tag in value.split(";") if tag.strip().startswith("a="))
            for value in received.fields("DKIM-Signature")]


def holds(received, index, zone):
    return dkim.DKIM(received.raw).verify(
        index, dnsfunc=lambda name, timeout=5: zone.txt(name.decode().rstrip(".")))


def publish(instance, zone, domain, records):
    """Until the service has seen them, too."""
    zone.publish(records)
    names = {one["name"] for one in records}

    def seen():
        findings = instance.admin("domain.check", domain=domain)["findings"]
        return {one["name"] for one in findings if one["found"] == "present"} >= names
    eventually(seen, what=f"records of {domain}")


@pytest.fixture(scope="module")
def switched(zone, sink):
    """A service that was made without the second signature; its two domains exist already."""
    with Instance(zone, mx_port=sink.port) as instance:
        instance.credential = instance.person("anybody")
        for domain in ("test3.com", "test2.com"):
            zone.publish(instance.add_domain(domain)["records"], "dkim")
        yield instance


def arrived(instance, sink, from_):
    to = f"switched{next(COUNT)}@example.net"
    instance.accept(instance.credential, from_, to, message(from_, to))
    return sink.one(to)


def test_the_second_signature_is_switched_on_for_domains_that_exist(switched, zone, sink):
    before = {domain: switched.admin("domain.records", domain=domain)["records"]
              for domain in ("test3.com", "test2.com")}
    assert algorithms(arrived(switched, sink, "taro@test3.com")) == ["rsa-sha256"]
    switch_ed25519(switched, "yes")
    for domain, records in before.items():
        added = claimed_for(switched, domain)
        now = switched.admin("domain.records", domain=domain)["records"]
        assert [one for one in now if one not in added] == records, "nothing else has changed"
        publish(switched, zone, domain, added)
        received = arrived(switched, sink, f"taro@{domain}")
        assert sorted(algorithms(received)) == ["ed25519-sha256", "rsa-sha256"]
        assert holds(received, 0, zone) and holds(received, 1, zone)
        assert f"{domain}=pass" in mail_dkim(received.raw, zone)


def test_keys_of_the_second_signature_are_claimed_once(switched):
    switch_ed25519(switched, "yes")
    claimed = claimed_for(switched, "test3.com")
    switch_ed25519(switched, "yes")
    assert claimed_for(switched, "test3.com") == claimed


def test_the_second_signature_is_switched_off_again(switched, zone, sink):
    switch_ed25519(switched, "no")
    for domain in ("test3.com", "test2.com"):
        received = arrived(switched, sink, f"taro@{domain}")
        assert algorithms(received) == ["rsa-sha256"]
        assert holds(received, 0, zone)
