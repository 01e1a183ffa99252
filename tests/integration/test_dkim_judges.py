"""Our signatures before other implementations: dkimpy, Mail::DKIM (Perl) and OpenDKIM's library.

Keys and DNS records are made by the openssl command, so that nothing of ours vouches for itself.
A judge that is not installed fails its tests; none is skipped.

Mail::DKIM in Debian 12 does not know ed25519-sha256. It judges the RSA signature of messages that
carry both, as its users do; dkimpy and OpenDKIM judge ed25519.
"""

import base64
import ctypes
import os
import pathlib
import subprocess

import pytest

DOMAIN = "test1.com"
KEYS = {"rsa": "rsaselector", "ed25519": "edselector"}

HEADER = (
    b"Received: from submitter ([192.0.2.1]) by relay\r\n"
    b"From: Taro  Yamada \t<taro@test1.com>\r\n"
    b"to:hanako@example.com,\r\n\t  jiro@example.com  \r\n"
    b"SUBJECT: \t a   subject\r\n that is\t folded \r\n"
    b"Reply-To: taro@test1.com\r\n"
    b"X-Mailer: ours\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain;\r\n charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"Comments:\r\n"
    b"List-Unsubscribe: <https://test1.com/u>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"Message-ID: <0100018c40f0e6d8-e9683548-4dde-4320-8ff3-3fd4103c7274-000000@test1.com>\r\n"
    b"Date: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
    b"Feedback-ID: ::1.us-east-1.LF00NED762KFuBsfzrtoqw+Brn/qlF9OYdxWukAhsl8=:test1.com\r\n"
)

REPEATED = (
    b"Resent-To: first@example.com\r\n"
    b"Resent-From: taro@test1.com\r\n"
    b"From: taro@test1.com\r\n"
    b"Resent-To: second@example.com\r\n"
    b"Subject:\r\n"
    b"Resent-From: jiro@test1.com\r\n"
    b"Date: Wed, 6 Dec 2023 21:02:58 +0000\r\n"
    b"To: \r\n"
)

MESSAGES = {
    "ordinary": HEADER + b"\r\nHello,\r\n\r\n.dot \t \r\n  space\r\n\xe3\x81\x82\r\n",
    "trailing blank lines": HEADER + b"\r\n\r\n\r\nHello\r\n\r\n\r\n\r\n",
    "blank lines only": HEADER + b"\r\n\r\n\r\n\r\n",
    "empty body": HEADER + b"\r\n",
    "large body": HEADER + b"\r\n" + b"0123456789 abcdef\r\n\r\n" * 20000,
    "repeated fields": REPEATED + b"\r\nHello\r\n",
    "many fields": HEADER + b"Resent-Cc: somebody@example.com\r\n" * 200 + b"\r\nHello\r\n",
}


def after_header(message, field):
    head, body = message.split(b"\r\n\r\n", 1)
    return head + b"\r\n" + field + b"\r\n\r\n" + body


TO = b"to:hanako@example.com,\r\n\t  jiro@example.com  \r\n"

FORGERIES = {
    "second From above": lambda m: b"From: evil@example.net\r\n" + m,
    "second From below": lambda m: after_header(m, b"From: evil@example.net"),
    "From changed": lambda m: m.replace(b"<taro@test1.com>", b"<jiro@test1.com>", 1),
    "Subject changed": lambda m: m.replace(b"a   subject", b"another subject", 1),
    "second Subject above": lambda m: b"Subject: other\r\n" + m,
    "second Subject below": lambda m: after_header(m, b"Subject: other"),
    "second To below": lambda m: after_header(m, b"To: more@example.net"),
    "second Reply-To above": lambda m: b"Reply-To: evil@example.net\r\n" + m,
    "second Content-Type above": lambda m: b"Content-Type: text/html\r\n" + m,
    "first Cc above": lambda m: b"Cc: more@example.net\r\n" + m,
    "first Sender below": lambda m: after_header(m, b"Sender: evil@example.net"),
    "second List-Unsubscribe above": lambda m: b"List-Unsubscribe: <https://evil/>\r\n" + m,
    "To removed": lambda m: m.replace(TO, b"", 1),
    "body changed": lambda m: m.replace(b"Hello", b"hello", 1),
    "body space added": lambda m: m.replace(b"Hello,", b"Hello, ", 1),
    "body extended": lambda m: m + b"more\r\n",
}


def run(*command, data=None):
    done = subprocess.run(command, input=data, capture_output=True, timeout=60)
    assert done.returncode == 0, (command, done.stderr.decode(errors="replace"))
    return done.stdout


class Signer:
    """Key files, the TXT records for them, and our program that signs."""

    def __init__(self, directory):
        build = pathlib.Path(os.environ["POSTERN_BUILD"])
        self.program = next(p for p in sorted(build.rglob("sign_message")) if p.is_file())
        self.directory = directory
        self.records = {}
        kinds = {"rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
                 "ed25519": ["-algorithm", "ED25519"]}
        for kind, options in kinds.items():
            path = str(directory / kind)
            run("openssl", "genpkey", *options, "-outform", "DER", "-out", path)
            spki = run("openssl", "pkey", "-inform", "DER", "-in", path, "-pubout",
                       "-outform", "DER")
            # RFC 8463 section 4: the bare 32 bytes, not the structure around them
            public = base64.b64encode(spki[-32:] if kind == "ed25519" else spki).decode()
            self.records[f"{KEYS[kind]}._domainkey.{DOMAIN}"] = f"v=DKIM1; k={kind}; p={public}"

    def sign(self, kind, message):
        return run(self.program, str(self.directory / kind), DOMAIN, KEYS[kind], data=message)


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return Signer(tmp_path_factory.mktemp("keys"))


def dkimpy(message, signer):
    """True when the uppermost signature holds."""
    import dkim

    def look_up(name, timeout=5):
        return signer.records[name.decode().rstrip(".")].encode()

    try:
        return dkim.DKIM(message).verify(dnsfunc=look_up)
    except dkim.DKIMException:
        return False


PERL = r"""
use strict; use warnings;
use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS;
my %records = map { split /\t/, $_, 2 } split /\n/, $ENV{RECORDS};
{
    no warnings 'redefine';
    *Mail::DKIM::DNS::query = sub {
        my ($name, $type) = @_;
        return exists $records{$name}
            ? Net::DNS::RR->new(name => $name, type => 'TXT', txtdata => $records{$name}) : ();
    };
}
my $verifier = Mail::DKIM::Verifier->new;
binmode STDIN;
while (read STDIN, my $piece, 8192) { $verifier->PRINT($piece); }
$verifier->CLOSE;
print join ',', map { $_->algorithm . '=' . $_->result } $verifier->signatures;
"""


def mail_dkim(message, signer):
    """What Mail::DKIM says of each signature, like "rsa-sha256=pass"."""
    records = "\n".join(f"{name}\t{text}" for name, text in signer.records.items())
    done = subprocess.run(["perl", "-e", PERL], input=message, capture_output=True, timeout=60,
                          env={**os.environ, "RECORDS": records})
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode().split(",")


LOOK_UP = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p,
                           ctypes.c_size_t)


def opendkim(message, signer):
    """True when OpenDKIM's library verifies the message (DKIM_STAT_OK), False when it finds the
    signature bad (DKIM_STAT_BADSIG); anything else is an error of this test."""
    library = ctypes.CDLL("libopendkim.so.11")
    for name in ("dkim_init", "dkim_verify"):
        getattr(library, name).restype = ctypes.c_void_p
    for name in ("dkim_sig_getselector", "dkim_sig_getdomain", "dkim_geterror"):
        getattr(library, name).restype = ctypes.c_char_p
        getattr(library, name).argtypes = [ctypes.c_void_p]
    pointer = ctypes.c_void_p
    library.dkim_init.argtypes = [pointer, pointer]
    library.dkim_set_key_lookup.argtypes = [pointer, LOOK_UP]
    library.dkim_verify.argtypes = [pointer, ctypes.c_char_p, pointer,
                                    ctypes.POINTER(ctypes.c_int)]
    library.dkim_chunk.argtypes = [pointer, ctypes.c_char_p, ctypes.c_size_t]
    library.dkim_eom.argtypes = [pointer, ctypes.POINTER(ctypes.c_bool)]
    library.dkim_free.argtypes = library.dkim_close.argtypes = [pointer]

    @LOOK_UP
    def look_up(_session, signature, room, size):
        name = b"%s._domainkey.%s" % (library.dkim_sig_getselector(signature),
                                      library.dkim_sig_getdomain(signature))
        text = signer.records[name.decode()].encode() + b"\0"
        assert len(text) <= size
        ctypes.memmove(room, text, len(text))
        return 0

    status, test_key = ctypes.c_int(), ctypes.c_bool()
    handle = library.dkim_init(None, None)
    library.dkim_set_key_lookup(handle, look_up)
    session = library.dkim_verify(handle, b"test", None, ctypes.byref(status))
    assert session, status.value
    try:
        answers = [library.dkim_chunk(session, message, len(message)),
                   library.dkim_chunk(session, None, 0)]
        answers.append(library.dkim_eom(session, ctypes.byref(test_key)))
        first = next((a for a in answers if a), 0)
        assert first in (0, 1), (answers, library.dkim_geterror(session))
        return first == 0
    finally:
        library.dkim_free(session)
        library.dkim_close(handle)


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("name", MESSAGES)
def test_dkimpy_accepts(signer, kind, name):
    signed = signer.sign(kind, MESSAGES[name])
    assert signed.endswith(MESSAGES[name])
    assert dkimpy(signed, signer)


@pytest.mark.parametrize("name", MESSAGES)
def test_mail_dkim_accepts(signer, name):
    assert mail_dkim(signer.sign("rsa", MESSAGES[name]), signer) == ["rsa-sha256=pass"]


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("name", MESSAGES)
def test_opendkim_accepts(signer, kind, name):
    assert opendkim(signer.sign(kind, MESSAGES[name]), signer)


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_breaks_the_signature(signer, kind, name):
    signed = signer.sign(kind, MESSAGES["ordinary"])
    forged = FORGERIES[name](signed)
    assert forged != signed
    assert not dkimpy(forged, signer)
    assert not opendkim(forged, signer)
    if kind == "rsa":
        assert mail_dkim(forged, signer) == ["rsa-sha256=fail"]


def test_what_changes_on_the_way_does_not_break_the_signature(signer):
    """Trace fields are added and unsigned ones change; the judges above did look at the rest."""
    signed = signer.sign("rsa", MESSAGES["ordinary"])
    moved = b"Return-Path: <a@b.example>\r\nReceived: by mx.example\r\n" + signed
    moved = moved.replace(b"X-Mailer: ours", b"X-Mailer: theirs", 1)
    folded = b"SUBJECT: \t a   subject\r\n that is\t"
    assert folded in moved
    moved = moved.replace(folded, b"Subject: a subject that is ", 1)
    moved = moved.rstrip(b"\r\n") + b"\r\n\r\n\r\n"
    assert dkimpy(moved, signer)
    assert opendkim(moved, signer)
    assert mail_dkim(moved, signer) == ["rsa-sha256=pass"]


def test_two_signatures_hold_beside_each_other(signer):
    """RFC 8463 section 3: both kinds on one message; neither signs the other."""
    once = signer.sign("ed25519", MESSAGES["ordinary"])
    header, body = once.split(b"\r\n\r\n", 1)
    field = header[: header.index(b"Received:")]
    twice = signer.sign("rsa", MESSAGES["ordinary"]).replace(b"Received:", field + b"Received:", 1)
    assert dkimpy(twice, signer)
    assert dkimpy(field + signer.sign("rsa", MESSAGES["ordinary"]), signer)
    assert opendkim(twice, signer)
    assert "rsa-sha256=pass" in mail_dkim(twice, signer)


def test_a_key_of_another_domain_does_not_verify(signer, tmp_path):
    other = Signer(tmp_path)
    signed = signer.sign("rsa", MESSAGES["ordinary"])
    assert not dkimpy(signed, other)
    assert not opendkim(signed, other)
    assert mail_dkim(signed, other) == ["rsa-sha256=fail"]
