"""What is tried against the gate, and how what came of it is judged.

Everything here is after jiro@test1.com, with the credential of Taro, whose policy is the one of
the design, word for word.
"""

import contextlib
import email
import email.header
import email.policy
import email.utils
import itertools
import re
import unicodedata

POLICY = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
          "Condition": {"ForAnyValue:StringLike": {"ses:FromAddress": ["taro@test1.com"]}}}

ORIGIN = ("from", "sender", "resent-from", "resent-sender", "return-path")


# ---- the oracle ----

def addresses_shown(value):
    """Everything that a careless reader of any kind could take for an address."""
    seen = {value}
    with contextlib.suppress(Exception):  # a broken word is shown as it stands
        seen.add(str(email.header.make_header(email.header.decode_header(value))))
    found = set()
    for text in seen:
        text = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
        found.update(re.findall(r"[^\s<>(),:;@]+@[^\s<>(),:;@]+", text))
        found.update(address for _, address in email.utils.getaddresses([text]) if address)
    return {re.sub(r'["\\\\]', "", one).lower() for one in found}


def assert_only_taro(received):
    assert received.mail_from == "taro@test1.com", received
    # Some readers end a line at a bare CR or LF, and some take white space before the colon.
    head = re.sub(r"\r\n?", "\n", received.raw.decode("utf-8", "replace")).split("\n\n", 1)[0]
    froms = 0
    for line in re.sub(r"\n[ \t]+", " ", head).split("\n"):
        name, _, value = line.partition(":")
        name = name.strip("\0 \t").lower()
        froms += name == "from"
        if name in ORIGIN:
            assert addresses_shown(value) == {"taro@test1.com"}, (line, received)
    assert froms == 1, received
    parsed = email.message_from_bytes(received.raw, policy=email.policy.default)
    mailboxes = [one.addr_spec.lower() for one in parsed["From"].addresses]
    assert mailboxes == ["taro@test1.com"], received


# ---- the tables ----

def spellings(text):
    """As bytes: in UTF-8, and in Latin-1 where that can say it."""
    yield text.encode()
    if not text.isascii() and all(ord(letter) < 256 for letter in text):
        yield text.encode("latin-1")


OWN = "From: taro@test1.com\r\n"

REFUSED_HEADERS = {
    "two From headers": [
        OWN + "X-A: b\r\n" * 500 + "From: jiro@test1.com\r\n",
        "FROM: jiro@test1.com\r\n" + OWN,
        OWN + "From:\r\n jiro@test1.com\r\n",
        OWN + "From:\r\n",
        OWN + "From\t: jiro@test1.com\r\n",
        OWN + "From\r\n : jiro@test1.com\r\n",
        OWN + "From\0: jiro@test1.com\r\n",
        OWN + "From\xa0: jiro@test1.com\r\n",
        OWN + ": From: jiro@test1.com\r\n",
        " From: jiro@test1.com\r\n" + OWN,
        "\r\nFrom: jiro@test1.com\r\n",
        "From jiro@test1.com Thu Nov 26 00:00:00 2026\r\n" + OWN,
        OWN + "Subject: x\nFrom: jiro@test1.com\r\n",
        OWN + "Subject: x\rFrom: jiro@test1.com\r\n",
        OWN + "Subject: x\r\r\nFrom: jiro@test1.com\r\n",
        OWN + "Subject: x\r\n\rFrom: jiro@test1.com\r\n",
        "From: jiro@test1.com\r\n\rFrom: taro@test1.com\r\n",
    ],
    "groups": [f"From: {value}\r\n" for value in (
        "us:jiro@test1.com;", "us:;", "us:taro@test1.com,jiro@test1.com;", "us: (c) ;",
        "taro@test1.com, us:jiro@test1.com;", "us:taro@test1.com;, jiro@test1.com",
        "(c)us(d):taro@test1.com;", '"us":taro@test1.com;', "a:b:taro@test1.com;;",
        "=?utf-8?q?us=3A?= taro@test1.com;", ":taro@test1.com;", "us:taro@test1.com",
        "taro@test1.com;")],
    "several mailboxes": [f"From: {value}\r\n" for value in (
        "jiro@test1.com, taro@test1.com", "<taro@test1.com>,<jiro@test1.com>",
        "taro@test1.com; jiro@test1.com", "taro@test1.com jiro@test1.com",
        "<taro@test1.com> <jiro@test1.com>", "<taro@test1.com><jiro@test1.com>",
        "<jiro@test1.com> taro@test1.com", "jiro@test1.com <taro@test1.com>",
        "taro@test1.com <jiro@test1.com>", "taro@test1.com,,jiro@test1.com", ",jiro@test1.com",
        "taro@test1.com,", "<<jiro@test1.com> taro@test1.com>", "<taro@test1.com,jiro@test1.com>",
        ", ".join(["taro@test1.com"] * 99 + ["jiro@test1.com"]))],
    "comments": [f"From: {value}\r\n" for value in (
        "jiro@test1.com (taro@test1.com)", "(taro@test1.com) jiro@test1.com",
        "taro@test1.com (jiro@test1.com)", "taro@test1.com (by way of (jiro@test1.com))",
        "(jiro@test1.com) taro@test1.com", "jiro(taro)@test1.com", "jiro@(taro@test1.com)test1.com",
        "taro@test1.com (\\), jiro@test1.com (x)", "(\\) taro@test1.com", "taro@test1.com (",
        "taro@test1.com )", "(\") jiro@test1.com (\") <taro@test1.com>",
        "(" * 5000 + "x" + ")" * 5000 + " jiro@test1.com")],
    "encoded words": [f"From: {value}\r\n" for value in (
        "=?utf-8?q?jiro=40test1.com?=", "=?utf-8?b?PGppcm9AdGVzdDEuY29tPg==?=",
        "=?utf-8?q?jiro?=@test1.com", "<=?utf-8?q?jiro?=@test1.com>",
        "=?utf-8?q?=3Cjiro=40test1.com=3E=2C?= <taro@test1.com>",
        "=?utf-8?q?jiro=40?= =?utf-8?q?test1.com?= <taro@test1.com>",
        "=?utf-8?b?amlyb0B0ZXN0MS5jb20?= <taro@test1.com>",
        "=?utf-8*en?q?jiro=40test1.com?= <taro@test1.com>",
        "=?us-ascii?Q?jiro=40test1=2Ecom?= <taro@test1.com>",
        "=?utf-8?q?jiro=EF=BC=A0test1.com?= <taro@test1.com>",
        "=?utf-8?q?jiro=40test1=E3=80=82com?= <taro@test1.com>",
        "=?utf-8?q?jiro=E2=80=8B=40test1.com?= <taro@test1.com>",
        "=?utf-8?q?=E2=80=AEmoc.1tset=40orij?= <taro@test1.com>",
        "=?utf-8?q?x=0D=0AFrom:_jiro=40test1.com?= <taro@test1.com>",
        '"=?utf-8?b?amlyb0B0ZXN0MS5jb20=?=" <taro@test1.com>',
        "(=?utf-8?q?jiro=40test1.com?=) taro@test1.com")],
    "folded lines": [f"From:{value}\r\n" for value in (
        "\r\n jiro@test1.com", " taro@test1.com\r\n ,jiro@test1.com", " ji\r\n ro@test1.com",
        " taro@test1.com\r\n jiro@test1.com", " taro@\r\n test2.com",
        " taro@test1.com\r\n\t\r\n ,jiro@test1.com", " \r\n\r\n jiro@test1.com",
        ' "x\r\n From: y" <jiro@test1.com>', " taro@test1.com (\r\n )\r\n , jiro@test1.com",
        " taro\r\n\t@test1.com, jiro\r\n\t@test1.com")],
    "NUL and 8-bit": [f"From: {value}\r\n" for value in (
        "taro@test1.com\0", "\0taro@test1.com", "taro@test1.com\0, jiro@test1.com",
        "Taro\0 <taro@test1.com>", "jiro@test1.com\0@test1.com", "ta\0ro@test1.com",
        "\0", "Jir\u014d <taro@test1.com>", "j\xe4ro@test1.com", "taro@t\xebst1.com",
        '"\xff" <taro@test1.com>', "taro@test1.com (\xe9)", "taro\uff20test1.com",
        "taro@test1\u3002com", "taro@test1.com\u200b", "\ufefftaro@test1.com",
        "taro@test1.com\x7f", "\x1b[2Ktaro@test1.com")],
    "obsolete forms": [f"From: {value}\r\n" for value in (
        "jiro @ test1 . com", "taro @ test1 . com", "jiro . x @test1.com",
        "Taro . Yamada <jiro@test1.com>",
        "<@test1.com:jiro@test1.com>", "<@a,@b:taro@test1.com>", "Taro <@a:taro@test1.com>",
        "taro@[127.0.0.1]", "taro@[test1.com]", "taro", "taro at test1.com", "<taro>", "<>", "@",
        '"taro"."jiro"@test1.com', 'jiro."taro"@test1.com', "Taro <taro@test1.com",
        "taro@test1.com>", "mailto:taro@test1.com", "Taro [taro@test1.com]")],
    "other headers": [OWN + line + "\r\n" for line in (
        "SENDER: jiro@test1.com", "Sender: Jiro <jiro@test1.com>", "Sender:\r\n jiro@test1.com",
        "Sender: taro@test1.com, jiro@test1.com", "Sender: us:jiro@test1.com;", "Sender:",
        "Sender : jiro@test1.com", "Sender: taro@test1.com\r\nSender: jiro@test1.com",
        "Sender: taro@test1.com (jiro@test1.com)", "Sender: j\xe4ro@test1.com",
        "Sender: \"jiro@test1.com\" <taro@test1.com>",
        "Resent-From: taro@test1.com, jiro@test1.com",
        "Resent-From: taro@test1.com\r\nResent-From: jiro@test1.com",
        "Resent-From: us:jiro@test1.com;", "resent-sender: jiro@test1.com",
        "Resent-From: taro@test1.com\r\nResent-Sender: jiro@test1.com",
        "Resent-From: =?utf-8?q?jiro=40test1.com?= <taro@test1.com>",
        "Return-Path: <@test1.com:taro@test1.com>", "Return-Path: jiro@test1.com",
        "RETURN-PATH:\r\n <jiro@test1.com>", "Return-Path: <taro@test1.com> <jiro@test1.com>",
        "Return-Path: <taro@test1.com>\r\nReturn-Path: <jiro@test1.com>",
        "Return-Path: <jiro@test1.com> (taro@test1.com)", "Return-Path: <jiro@test2.com>")],
    "case and labels": [f"From: {value}\r\n" for value in (
        "TARO@test1.com", "tarO@test1.com", "taro+jiro@test1.com", "jiro+taro@test1.com",
        "taro+@test1.com", '"taro+x"@test1.com', "taro-x@test1.com", "ta.ro@test1.com",
        "taro.@test1.com", ".taro@test1.com", '"taro "@test1.com', '" taro"@test1.com',
        '""@test1.com', '"taro@test1.com"@test2.com', '"taro@test1.com,jiro"@test1.com',
        "taro%test2.com@test1.com", "test1.com!taro@test2.com", "taro/x@test1.com",
        "taro@test1.com@test1.com", "taro*@test1.com", "t?ro@test1.com", "*@test1.com")],
    "look-alike domains": [f"From: taro@{domain}\r\n" for domain in (
        "test1.com.example.net", "test1.com.", ".test1.com", "test1..com", "test1.com-",
        "xtest1.com", "test1.co", "test1.c0m", "testl.com", "tst1.com", "x.test1.com", "TEST2.com",
        "xn--tst1-jpa.com", "xn--tst1-jva.com", "xn--test1-.com", "test1.xn--com-", "test1_com",
        "test1,com", "test1 .com", "test1\u2024com", "test1\uff0ecom", "test1\uff61com",
        "te\xadst1.com", "t\u0435st1.com", "test1.com\\@example.net", "test1.com%00.example.net",
        "[IPv6:::1]", "2130706433", "test1.com:25", "test1.com/x")],
}

PATHS = [
    "<jiro@test1.com>", "<JIRO@test1.com>", '<"jiro"@test1.com>', "jiro@test1.com",
    "<@test1.com:jiro@test1.com>", "<@a,@b:taro@test1.com>", "<@[127.0.0.1]:taro@test1.com>",
    "<TARO@test1.com>", "<taro+x@test1.com>", "<taro@test1.com>,<jiro@test1.com>",
    "<taro@test1.com> <jiro@test1.com>", "<taro@test1.com><jiro@test1.com>",
    "<taro@test1.com", "taro@test1.com>", "<<taro@test1.com>>", "<taro@test1.com >x",
    "<taro@test1.com> AUTH=<jiro@test1.com>", "<taro@test1.com> FROM=<jiro@test1.com>",
    "<taro@test1.com> SMTPUTF8", "<taro@test1.com>\0", "<taro@test1.com\0jiro@test1.com>",
    "<ta\0ro@test1.com>", "<taro@test1\u3002com>", "<taro@test1\uff0ecom>", "<t\xe4ro@test1.com>",
    "<taro@xn--tst1-jpa.com>", "<taro@test1.com.>", "<taro@test1..com>", "<taro@test1.com.test2>",
    "<taro%test1.com@test2.com>", "<test1.com!taro@test2.com>", '<"taro@test1.com"@test2.com>',
    "<Taro <taro@test1.com>>", "<taro@test1.com (jiro@test1.com)>", "<(c)jiro@test1.com>",
    "<us:taro@test1.com;>", "<taro@[127.0.0.1]>", "<taro>", "<@>", "<@test1.com>", "< >", "<>", "",
    "<taro@test1.com\r>", "<" + "a" * 65 + "@test1.com>",
    "<taro@" + "test1." * 50 + "com>", "<" + "x" * 10000 + "@test1.com>",
]

BREAKS = (b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\0\r\n", b"\r\n\0", b"\r\0\n")
ENDINGS = [ending for ending in map(b"".join, itertools.product(
               BREAKS, (b".", b"..", b".\0"), BREAKS))
           # Neither the true end, nor a line of text like any other.
           if b"\r\n.\r\n" not in ending and re.search(rb"[\r\n\0]", ending.replace(b"\r\n", b""))]

SMUGGLED = (b"MAIL FROM:<jiro@test1.com>\r\nRCPT TO:<smuggled@example.net>\r\nDATA\r\n"
            b"From: jiro@test1.com\r\nSubject: smuggled\r\n\r\nFrom Jiro, believe me.\r\n")
