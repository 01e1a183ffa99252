"""Messages as they arrived, before other implementations, with the keys that DNS serves."""

import itertools
import os
import subprocess

import pytest

from harness import Instance, message
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
        zone.publish(instance.add_domain("test1.com", vouch=False)["records"], "dkim")
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
