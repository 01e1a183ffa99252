"""Submission over SMTP, by the programs that people use and by one that says the forbidden."""

import base64
import contextlib
import email
import email.policy
import hashlib
import json
import smtplib
import socket
import sqlite3
import subprocess
import time

import pytest

from harness import (ROOT, Instance, Session, believing_context, free_port, message, sanitized)

MEGABYTE = 1024 * 1024


class Bench:
    def __init__(self, instance, sink):
        self.instance, self.sink = instance, sink
        instance.add_domain("test1.com")
        self.taro = instance.grant("taro@test1.com")
        self.anybody = instance.person("anybody")
        self.port = instance.ports["submission"]
        self.tls_port = instance.ports["submissions"]


@pytest.fixture(scope="module")
def bench(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        yield Bench(instance, sink)


@pytest.fixture
def to(request):
    """A recipient of this test's own."""
    return f"{hashlib.sha256(request.node.name.encode()).hexdigest()[:16]}@example.net"


def arrived_text(bench, to):
    found = bench.sink.one(to)
    assert found.mail_from == "taro@test1.com"
    parsed = email.message_from_bytes(found.raw, policy=email.policy.default)
    return parsed["From"].addresses[0].addr_spec, parsed.get_content().strip()


# ---- programs ----

@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_smtplib_submits(bench, to, implicit):
    if implicit:
        client = smtplib.SMTP_SSL("127.0.0.1", bench.tls_port, context=believing_context())
    else:
        client = smtplib.SMTP("127.0.0.1", bench.port)
        client.starttls(context=believing_context())
    with client:
        client.login(bench.taro["smtp_user_name"], bench.taro["smtp_password"])
        assert client.sendmail("taro@test1.com", [to], message(to=to)) == {}
    assert arrived_text(bench, to)[0] == "taro@test1.com"


@pytest.mark.parametrize("mechanism", ["LOGIN", "PLAIN"])
@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_swaks_submits(bench, to, implicit, mechanism):
    to = f"{mechanism}-{to}"
    ran = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{bench.tls_port if implicit else bench.port}",
         "--tls-on-connect" if implicit else "--tls", "--auth", mechanism,
         "--auth-user", bench.taro["smtp_user_name"],
         "--auth-password", bench.taro["smtp_password"], "--from", "taro@test1.com", "--to", to,
         "--header", "From: Taro Yamada <taro@test1.com>", "--body", "sent by swaks"],
        capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stdout
    assert arrived_text(bench, to) == ("taro@test1.com", "sent by swaks")


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_msmtp_submits(bench, to, implicit):
    ran = subprocess.run(
        ["msmtp", "--host=127.0.0.1", f"--port={bench.tls_port if implicit else bench.port}",
         "--tls=on", f"--tls-starttls={'off' if implicit else 'on'}", "--tls-certcheck=off",
         "--auth=on", f"--user={bench.taro['smtp_user_name']}",
         f"--passwordeval=printf %s '{bench.taro['smtp_password']}'", "--from=taro@test1.com", to],
        input=message(to=to, body="sent by msmtp\n").replace(b"\r\n", b"\n"), capture_output=True,
        timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert arrived_text(bench, to) == ("taro@test1.com", "sent by msmtp")


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_curl_submits(bench, to, tmp_path, implicit):
    file = tmp_path / "message"
    file.write_bytes(message(to=to, body="sent by curl\r\n"))
    ran = subprocess.run(
        ["curl", "--silent", "--show-error", "--insecure", "--ssl-reqd", "--url",
         f"smtps://127.0.0.1:{bench.tls_port}" if implicit else f"smtp://127.0.0.1:{bench.port}",
         "--user", f"{bench.taro['smtp_user_name']}:{bench.taro['smtp_password']}",
         "--mail-from", "taro@test1.com", "--mail-rcpt", to, "--upload-file", file],
        capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert arrived_text(bench, to) == ("taro@test1.com", "sent by curl")


def nodemailer(bench, implicit, **mail):
    job = {"port": bench.tls_port if implicit else bench.port, "secure": implicit,
           "user": bench.taro["smtp_user_name"], "password": bench.taro["smtp_password"],
           "message": mail}
    ran = subprocess.run(["node", "send.js"], cwd=ROOT / "tests/integration/node",
                         input=json.dumps(job), capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_nodemailer_submits(bench, to, implicit):
    answer = nodemailer(bench, implicit, to=to, subject="こんにちは", text="sent by nodemailer",
                        **{"from": "山田太郎 <taro@test1.com>"})
    assert answer["response"].startswith("250 Ok "), answer
    assert arrived_text(bench, to) == ("taro@test1.com", "sent by nodemailer")


def test_nodemailer_is_told_why_it_may_not_send_as_another(bench, to):
    answer = nodemailer(bench, False, to=to, subject="x", text="x", **{"from": "jiro@test1.com"})
    assert answer["code"] == 554 and "Access denied" in answer["response"]


class Postfix:
    """A Postfix of its own, which relays everything through postern."""

    def __init__(self, base, relay, implicit, credential):
        self.port = free_port()
        self.config = base / "etc"
        self.queue, data = base / "queue", base / "data"
        for directory in (self.config, self.queue, data):
            directory.mkdir()
            directory.chmod(0o755)
        subprocess.run(["chown", "postfix", data], check=True)
        self.log = base / "log"
        settings = {
            "compatibility_level": "3.6",
            "queue_directory": self.queue, "data_directory": data,
            "maillog_file": self.log, "maillog_file_prefixes": base,
            "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4",
            "myhostname": "relay.client.example", "mydestination": "", "local_recipient_maps": "",
            "mynetworks": "127.0.0.0/8", "relayhost": f"[127.0.0.1]:{relay}",
            "alias_maps": "", "alias_database": "",
            "smtp_sasl_auth_enable": "yes", "smtp_sasl_security_options": "noanonymous",
            "smtp_sasl_password_maps": f"inline:{{{{ [127.0.0.1]:{relay} = "
                                       f"{credential['smtp_user_name']}:"
                                       f"{credential['smtp_password']} }}}}",
            "smtp_tls_security_level": "encrypt",
            "smtp_tls_wrappermode": "yes" if implicit else "no",
        }
        (self.config / "main.cf").write_text(
            "".join(f"{name} = {value}\n" for name, value in settings.items()))
        (self.config / "master.cf").write_text(
            f"127.0.0.1:{self.port} inet n - n - - smtpd\n"
            "pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\n"
            "qmgr unix n - n 300 1 qmgr\ntlsmgr unix - - n 1000? 1 tlsmgr\n"
            "rewrite unix - - n - - trivial-rewrite\nbounce unix - - n - 0 bounce\n"
            "defer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\n"
            "smtp unix - - n - - smtp\nerror unix - - n - - error\nretry unix - - n - - error\n"
            "scache unix - - n - 1 scache\npostlog unix-dgram n - n - 1 postlogd\n"
            "proxymap unix - - n - - proxymap\nanvil unix - - n - 1 anvil\n")
        self.run("start")

    def run(self, verb):
        return subprocess.run(["postfix", "-c", self.config, verb], check=verb != "status",
                              capture_output=True, text=True, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run("stop")
        end = time.monotonic() + 20
        while self.run("status").returncode == 0:
            assert time.monotonic() < end, "Postfix does not stop"
            time.sleep(0.2)


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_postfix_relays_and_its_traces_do_not_arrive(bench, to, open_dir, implicit):
    relay = bench.tls_port if implicit else bench.port
    with Postfix(open_dir, relay, implicit, bench.taro) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.port) as client:
            client.sendmail("taro@test1.com", [to], message(to=to, body="through Postfix\r\n"))
        try:
            bench.sink.wait(1, 30, to)
        except AssertionError:
            pytest.fail(postfix.log.read_text())
    assert arrived_text(bench, to) == ("taro@test1.com", "through Postfix")
    assert b"relay.client.example" not in bench.sink.one(to).raw


def test_postfix_splits_what_has_too_many_recipients(bench, open_dir):
    many = [f"many{i}@example.net" for i in range(120)]
    with Postfix(open_dir, bench.port, False, bench.taro) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.port) as client:
            client.sendmail("taro@test1.com", many, message(subject="to many"))
        for recipient in many:
            try:
                bench.sink.wait(1, 60, recipient)
            except AssertionError:
                pytest.fail(postfix.log.read_text())
    got = [one for received in bench.sink.received for one in received.recipients if one in many]
    assert sorted(got) == sorted(many)


# ---- the session ----

def test_the_greeting_and_ehlo_are_as_on_ses(bench):
    with Session(bench.port) as session:
        assert session.greeting.code == 220
        assert "ESMTP SimpleEmailService-d-" in session.greeting.text
        lines = session.command("EHLO client.example").text.split("\n")
        assert lines[1:] == ["8BITMIME", "STARTTLS", "AUTH PLAIN LOGIN", "Ok"]
    with bench.instance.session() as session:
        lines = session.command("EHLO client.example").text.split("\n")
        assert lines[1:] == ["8BITMIME", "AUTH PLAIN LOGIN", "Ok"]


def test_nothing_is_said_before_tls(bench):
    with Session(bench.port) as session:
        session.command("EHLO client.example")
        for command in ("AUTH PLAIN AGEAYg==", "MAIL FROM:<taro@test1.com>"):
            assert session.command(command).line == "530 Must issue a STARTTLS command first"


def test_mail_needs_a_login(bench):
    with bench.instance.session() as session:
        assert session.command("MAIL FROM:<taro@test1.com>").line == "530 Authentication required"


@pytest.mark.parametrize("change", [
    {"smtp_password": "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"}, {"smtp_password": ""},
    {"smtp_user_name": "AKIAIOSFODNN7EXAMPLE"}, {"smtp_user_name": "taro@test1.com"}])
def test_a_wrong_user_or_password_is_refused_alike(bench, change):
    with bench.instance.session() as session:
        reply = session.login({**bench.taro, **change})
        assert reply.line == "535 Authentication Credentials Invalid"


def test_the_secret_key_is_no_password(bench):
    secret = bench.taro["secret_access_key"]
    with bench.instance.session() as session:
        assert session.login({**bench.taro, "smtp_password": secret}).code == 535


def test_login_by_steps_uses_the_challenges_of_ses(bench):
    with bench.instance.session() as session:
        assert session.command("AUTH LOGIN").line == "334 VXNlcm5hbWU6"
        user = base64.b64encode(bench.taro["smtp_user_name"].encode())
        assert session.command(user).line == "334 UGFzc3dvcmQ6"
        password = base64.b64encode(bench.taro["smtp_password"].encode())
        assert session.command(password).line == "235 Authentication successful."


def test_commands_sent_before_tls_are_thrown_away(bench):
    with Session(bench.port) as session:
        session.command("EHLO client.example")
        session.send(b"STARTTLS\r\nRSET\r\nNOOP\r\n")
        assert session.reply().code == 220
        session.secure()
        assert session.command("EHLO again.example").code == 250
        session.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            session.reply()


def test_the_null_reverse_path_is_refused(bench):
    with bench.instance.session(bench.taro) as session:
        assert session.command("MAIL FROM:<>").line == "501 Invalid MAIL FROM address provided"
        assert session.command("MAIL FROM:<taro@test1.com>").code == 250


@pytest.mark.parametrize("pipelined", [False, True], ids=["one by one", "at once"])
def test_who_only_errs_is_told_so_before_the_connection_ends(bench, pipelined):
    with Session(bench.port) as session:
        if pipelined:
            session.send(b"NONSENSE\r\n" * 20)
        for _ in range(20):
            reply = session.reply() if pipelined else session.command("NONSENSE")
            assert reply.code == 500
        assert session.reply().code == 421
        assert session.closed()


def test_an_orderly_stop_tells_who_is_connected(bench):
    """And it does not wait for those who say nothing, or are still shaking hands."""
    with Session(bench.port) as session, Session(bench.instance.ports["submission"]) as other, \
            socket.create_connection(("127.0.0.1", bench.instance.ports["submissions"])):
        session.command("EHLO client.example")
        bench.instance.stop()
        assert session.reply().code == 421 and session.closed()
        assert other.reply().code == 421
    bench.instance.start()


def test_fifty_recipients_are_taken_and_one_more_is_not(bench):
    people = [f"fifty{i}@example.net" for i in range(51)]
    with bench.instance.session(bench.taro) as session:
        session.command("MAIL FROM:<taro@test1.com>")
        for one in people[:50]:
            assert session.command(f"RCPT TO:<{one}>").code == 250
        assert session.command(f"RCPT TO:<{people[50]}>").line == "452 4.5.3 Too many recipients"
        session.command("DATA")
        assert session.data(message()).code == 250
    received = bench.sink.wait(1, to=people[49])[0]
    assert list(received.recipients) == people[:50]


def test_a_bad_recipient_is_refused_alone(bench, to):
    with bench.instance.session(bench.taro) as session:
        session.command("MAIL FROM:<taro@test1.com>")
        assert session.command("RCPT TO:<nobody>").line == "553 <nobody> address unknown"
        assert session.command(f"RCPT TO:<{to}>").code == 250
        session.command("DATA")
        assert session.data(message(to=to)).code == 250
    bench.sink.one(to)


def test_one_session_carries_many_messages(bench, to):
    with bench.instance.session(bench.taro) as session:
        for i in range(20):
            assert session.submit("taro@test1.com", to, message(subject=f"{i}")).code == 250
    assert len(bench.sink.wait(20, to=to)) == 20


# ---- size ----

def test_the_largest_message_passes_byte_for_byte_in_bounded_memory(bench, to):
    line = bytes(range(33, 109)) + b"\r\n"
    body = b".\r\n..\r\n" + line * ((40 * MEGABYTE - 4096) // len(line)) + b"end\r\n"
    raw = message(to=to, body="") + body
    assert 40 * MEGABYTE - 8192 < len(raw) <= 40 * MEGABYTE
    assert bench.instance.submit(bench.taro, "taro@test1.com", to, raw).code == 250
    received = bench.sink.wait(1, 120, to)[0]
    assert received.body == body
    # Sanitizers hold back what was freed, and shadow what is used.
    limit = (64 if not sanitized() else 512) * MEGABYTE
    for role in ("core", "front", "courier"):
        peak = bench.instance.peak_memory(role)
        assert peak < limit, f"{role} had {peak // MEGABYTE} MiB"


def test_one_byte_too_many_is_refused_and_the_session_goes_on(bench, to):
    head = message(to=to, body="")
    line = b"x" * 62 + b"\r\n"
    room = 40 * MEGABYTE - len(head)
    body = line * (room // 64) + b"y" * (room % 64 + 1 - 2) + b"\r\n"
    with bench.instance.session(bench.taro) as session:
        reply = session.submit("taro@test1.com", to, head + body)
        assert reply.line == "552 Message is too long."
        assert session.submit("taro@test1.com", to, message(to=to)).code == 250
    assert bench.sink.one(to).body == b"Hello,\r\nthis is Taro.\r\n"


# ---- what a message may not be ----

OTHERS = {
    "two From headers": (b"From: taro@test1.com\r\nFrom: jiro@test1.com\r\n\r\nx\r\n", "'From'"),
    "two equal From headers": (b"From: taro@test1.com\r\nFrom: taro@test1.com\r\n\r\nx\r\n",
                               "'From'"),
    "From in two spellings": (b"From: taro@test1.com\r\nfRoM: jiro@test1.com\r\n\r\nx\r\n",
                              "'From'"),
    "no From header": (b"To: ana@example.net\r\n\r\nx\r\n", "'From'"),
    "empty From": (b"From:\r\n\r\nx\r\n", "'From'"),
    "a group in From": (b"From: us: taro@test1.com;\r\n\r\nx\r\n", "'From'"),
    "space before the colon": (b"From : taro@test1.com\r\n\r\nx\r\n", "'From'"),
    "second From with a space": (b"From: taro@test1.com\r\nFrom : jiro@test1.com\r\n\r\nx\r\n",
                                 "'From'"),
    "source route in From": (b"From: <@test2.com:taro@test1.com>\r\n\r\nx\r\n", "'From'"),
    "open quote in From": (b'From: "taro <taro@test1.com>\r\n\r\nx\r\n', "'From'"),
    "open comment in From": (b"From: (taro <taro@test1.com>\r\n\r\nx\r\n", "'From'"),
    "8-bit in From": (b"From: t\xc3\xa4ro <taro@test1.com>\r\n\r\nx\r\n", "'From'"),
    "NUL in Subject": (b"From: taro@test1.com\r\nSubject: a\0b\r\n\r\nx\r\n", ""),
    "bare LF in the header": (b"From: taro@test1.com\nFrom: jiro@test1.com\r\n\r\nx\r\n", ""),
    "bare CR in the header": (b"From: taro@test1.com\rFrom: jiro@test1.com\r\n\r\nx\r\n", ""),
    "bare LF in the body": (b"From: taro@test1.com\r\n\r\nx\ny\r\n", ""),
    "a line without a colon": (b"From: taro@test1.com\r\nnonsense\r\n\r\nx\r\n", "header line 2"),
    "a blank continuation": (b"From: taro@test1.com\r\n \r\n jiro@test1.com\r\n\r\nx\r\n",
                             "'From'"),
    "two Subject headers": (b"From: taro@test1.com\r\nSubject: a\r\nSubject: b\r\n\r\nx\r\n",
                            "Duplicate header 'Subject'."),
    "two signatures": (b"DKIM-Signature: a\r\nDKIM-Signature: b\r\nFrom: taro@test1.com\r\n\r\n"
                       b"x\r\n", "Duplicate header 'DKIM-Signature'."),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_two_readers_could_read_differently_is_refused_and_named(bench, to, what):
    raw, named = OTHERS[what]
    with bench.instance.session(bench.taro) as session:
        session.envelope("taro@test1.com", [to])
        session.send(raw + b".\r\n")
        reply = session.reply()
        assert reply.code == 554 and named in reply.text, reply
        assert session.submit("taro@test1.com", to, message(to=to)).code == 250
    bench.sink.one(to)


ANOTHERS = {
    "From of another": "From: jiro@test1.com\r\n",
    "a second mailbox in From": "From: taro@test1.com, jiro@test1.com\r\n",
    "names alone": "From: taro, jiro\r\n",
    "a folded second mailbox": "From: taro@test1.com,\r\n jiro@test1.com\r\n",
    "Sender of another": "From: taro@test1.com\r\nSender: jiro@test1.com\r\n",
    "Resent-From of another": "From: taro@test1.com\r\nResent-From: jiro@test1.com\r\n",
    "Resent-Sender of another": "From: taro@test1.com\r\nResent-Sender: jiro@test1.com\r\n",
    "Return-Path of another": "From: taro@test1.com\r\nReturn-Path: <jiro@test1.com>\r\n",
    "another spelling": "From: Taro@test1.com\r\n",
    "a comment in the address": "From: taro@test1.com (jiro@test1.com), jiro@test1.com\r\n",
    "a subdomain": "From: taro@sub.test1.com\r\n",
    "a label": "From: taro+x@test1.com\r\n",
}


@pytest.mark.parametrize("what", ANOTHERS)
def test_nobody_writes_under_the_address_of_another(bench, to, what):
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to,
                                  (ANOTHERS[what] + "\r\nx\r\n").encode())
    assert reply.code == 554, reply
    assert "Access denied" in reply.text or "header 'From'" in reply.text


def test_the_reverse_path_of_another_is_refused(bench, to):
    assert "Access denied" in bench.instance.submit(bench.taro, "jiro@test1.com", to,
                                                    message(to=to)).text


LIES = {
    "plain": '"jiro@test1.com" <taro@test1.com>',
    "base64": "=?utf-8?B?amlyb0B0ZXN0MS5jb20=?= <taro@test1.com>",
    "quoted": "=?utf-8?Q?jiro=40test1.com?= <taro@test1.com>",
    "in words": '"Jiro (jiro@test1.com)" <taro@test1.com>',
}


@pytest.mark.parametrize("lie", LIES)
def test_a_display_name_that_shows_another_address_is_refused(bench, to, lie):
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to, message(LIES[lie], to))
    assert reply.code == 554 and "the display name in header 'From'" in reply.text, reply


def test_a_display_name_may_show_its_own_address(bench, to):
    assert bench.instance.submit(bench.taro, "taro@test1.com", to, message(
        '"taro@test1.com" <taro@test1.com>', to)).code == 250


def test_a_quoted_local_part_is_the_same_address(bench, to):
    assert bench.instance.submit(bench.taro, "taro@test1.com", to,
                                 message('Taro <"taro"@TEST1.com>', to)).code == 250


def test_a_false_end_of_data_begins_no_second_message(bench, to):
    smuggled = (b"From: taro@test1.com\r\n\r\nfirst\n.\nMAIL FROM:<taro@test1.com>\r\n"
                b"RCPT TO:<smuggled@example.net>\r\nDATA\r\nFrom: jiro@test1.com\r\n\r\nx\r\n")
    with bench.instance.session(bench.taro) as session:
        session.envelope("taro@test1.com", [to])
        session.send(smuggled + b".\r\n")
        assert session.reply().code == 554
        assert session.command("NOOP").code == 250
    assert not [one for one in bench.sink.received if "smuggled@example.net" in one.recipients]


@pytest.mark.parametrize("name", ["invoice.exe", "Invoice.EXE", "x.pdf.js"])
def test_programs_are_not_taken_as_attachments(bench, to, name):
    mail = email.message.EmailMessage()
    mail["From"], mail["To"] = "taro@test1.com", to
    mail.set_content("see attachment")
    mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename=name)
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to,
                                  mail.as_bytes(policy=email.policy.SMTP))
    assert reply.line == f"554 Transaction failed: Illegal filename '{name}'."


@pytest.mark.parametrize("parameter", [
    'filename(c)="x.exe"', 'filename (c) = "x.exe"', 'filename=(c)"x.exe"', "filename='x.exe'"])
def test_a_program_is_found_however_its_name_is_written(bench, to, parameter):
    raw = message(to=to, headers=[f"Content-Disposition: attachment; {parameter}"])
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to, raw)
    assert reply.line.startswith("554 Transaction failed: Illegal filename '"), reply
    assert "x.exe" in reply.text


def enclosing(type_, encoding, part):
    """A message of one part of that type."""
    body = (f"--b\r\nContent-Type: {type_}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
            f"{part}\r\n--b--\r\n")
    return message(body=body, headers=["MIME-Version: 1.0",
                                       "Content-Type: multipart/mixed; boundary=b"])


HIDDEN = ("From: taro@test1.com\r\nContent-Disposition: attachment; filename=x.exe\r\n\r\nMZ\r\n")


@pytest.mark.parametrize("type_, encoding", [
    ("message/rfc822", "base64"), ("message/global", "base64"),
    ("message/global", "quoted-printable"), ("multipart/mixed; boundary=i", "base64")])
def test_what_is_made_of_parts_is_not_taken_encoded(bench, to, type_, encoding):
    part = base64.encodebytes(HIDDEN.encode()).decode().replace("\n", "\r\n")
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to,
                                  enclosing(type_, encoding, part))
    assert reply.code == 554 and "Content-Transfer-Encoding" in reply.text, reply


@pytest.mark.parametrize("type_", ["message/rfc822", "message/global", "message/news",
                                   "message/partial; id=i; number=1; total=1"])
def test_a_program_in_an_enclosed_message_is_found(bench, to, type_):
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to,
                                  enclosing(type_, "8bit", HIDDEN))
    assert reply.line == "554 Transaction failed: Illegal filename 'x.exe'."


def test_an_enclosed_message_arrives(bench, to):
    raw = enclosing("message/rfc822", "7bit", message().decode())
    bench.instance.accept(bench.taro, "taro@test1.com", to, raw)
    assert bench.sink.one(to).body == raw.split(b"\r\n\r\n", 1)[1]


@pytest.mark.parametrize("tags", [
    "a", "a=", "=b", "a=b,,c=d", "a!=b", "a=b c", "a=b;c", "a b=c", "a.b=c", "a=b=c", "a=<b>",
    "n" * 256 + "=b", "a=" + "v" * 256, ",\r\n ".join(f"n{i}=v" for i in range(51)),
], ids=lambda tags: tags[:12])
def test_message_tags_that_are_none_are_refused_and_named(bench, to, tags):
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to,
                                  message(to=to, headers=[f"X-SES-MESSAGE-TAGS: {tags}"]))
    assert reply.code == 554 and "X-SES-MESSAGE-TAGS" in reply.text, reply


@pytest.mark.parametrize("tags", [
    "a=b", "a=b, c=d", "a=b,c=d", " a=b ,\r\n\tc=d ", "A_z-09=A_z.09@-",
    "n" * 255 + "=" + "v" * 255, ",\r\n ".join(f"n{i}=v" for i in range(50)),
], ids=lambda tags: tags.strip()[:12])
def test_message_tags_are_taken_and_do_not_leave(bench, to, tags):
    bench.instance.accept(bench.taro, "taro@test1.com", to,
                          message(to=to, headers=[f"X-SES-MESSAGE-TAGS: {tags}"]))
    assert b"x-ses-message-tags" not in bench.sink.one(to).raw.lower()


@pytest.mark.parametrize("named, headers", [
    ("X-SES-TENANT", ["X-SES-TENANT: tenant1"]), ("X-SES-TENANT", ["x-ses-tenant: tenant1"]),
    ("X-SES-TENANT", ["X-SES-TENANT:", "X-SES-TENANT: tenant1"]),
], ids=["tenant", "small letters", "tenant after an empty one"])
def test_what_is_not_served_is_not_passed_over_in_silence(bench, to, named, headers):
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to,
                                  message(to=to, headers=headers))
    assert reply.code == 554 and named in reply.text and "not served" in reply.text, reply


def test_what_is_not_served_may_be_empty(bench, to):
    bench.instance.accept(bench.taro, "taro@test1.com", to, message(to=to, headers=[
        "X-SES-TENANT:", "X-SES-LIST-MANAGEMENT-OPTIONS: "]))
    assert "x-ses-" not in bench.sink.one(to).header.lower()


HOPS = ["Received: from a by b; Thu, 26 Nov 2026 00:00:00 +0000",
        "RECEIVED: from b\r\n by c; Thu, 26 Nov 2026 00:00:00 +0000"]


def test_fifty_hops_are_taken_and_one_more_is_a_loop(bench, to):
    reply = bench.instance.submit(bench.taro, "taro@test1.com", to,
                                  message(to=to, headers=HOPS * 25 + HOPS[:1]))
    assert reply.line.startswith("554 Transaction failed: ") and "Received" in reply.text, reply
    bench.instance.accept(bench.taro, "taro@test1.com", to, message(to=to, headers=HOPS * 25))
    assert not bench.sink.one(to).fields("Received")


# ---- what becomes of a message ----

def test_headers_of_the_way_are_taken_off_and_ours_are_put_on(bench, to):
    before = int(time.time())
    raw = message(to=to, headers=[
        "Received: from secret.inside ([192.0.2.7]) by relay.inside", "Bcc: hidden@example.net",
        "X-SES-CONFIGURATION-SET: ", "X-SES-MESSAGE-TAGS: a=b", "X-Originating-IP: [192.0.2.7]",
        "Return-Path: <taro@test1.com>", "Message-ID: <mine@secret.inside>",
        "Date: Mon, 1 Jan 2001 00:00:00 +0000", "Feedback-ID: mine", "X-Mailer: kept"])
    id_ = bench.instance.accept(bench.taro, "taro@test1.com", to, raw)
    received = bench.sink.one(to)
    assert "192.0.2.7" not in received.header and "secret.inside" not in received.header
    for name in ("Received", "Bcc", "X-SES-CONFIGURATION-SET", "X-SES-MESSAGE-TAGS",
                 "X-Originating-IP", "Return-Path", "X-SES-Outgoing"):
        assert not received.fields(name), name
    assert received.fields("Message-ID") == [f"<{id_}@test1.com>"]
    assert received.fields("X-Mailer") == ["kept"]
    date = email.utils.parsedate_to_datetime(received.fields("Date")[0])
    assert before - 1 <= date.timestamp() <= time.time() + 1
    feedback = received.fields("Feedback-ID")
    assert len(feedback) == 1 and feedback[0].endswith(":test1.com")
    assert received.mail_from == "taro@test1.com"


def test_nothing_shows_where_a_message_was_written(bench, to):
    names = ["Received", "X-Originating-IP", "X-Originating-Email", "X-Originating-Client",
             "X-ORIGINATING-host", "X-Received", "x-received", "X-Forwarded-For", "X-Client-IP",
             "X-CLIENT-ip"]
    raw = message(to=to, headers=[*(f"{name}: from\r\n secret.inside [192.0.2.7]"
                                    for name in names), "X-Origin: kept", "X-Client: kept"])
    bench.instance.accept(bench.taro, "taro@test1.com", to, raw)
    received = bench.sink.one(to)
    assert [name for name in names if received.fields(name)] == []
    assert b"192.0.2.7" not in received.raw and b"secret.inside" not in received.raw
    assert received.fields("X-Origin") == received.fields("X-Client") == ["kept"]


@pytest.mark.parametrize("headers", [
    [], ["Content-Type: text/plain"], ["Content-Transfer-Encoding: 7bit"], ["mime-version: 1.0"]],
    ids=["plain", "type", "encoding", "there already"])
def test_every_message_leaves_with_one_mime_version(bench, to, headers):
    bench.instance.accept(bench.taro, "taro@test1.com", to, message(to=to, headers=headers))
    assert bench.sink.one(to).fields("MIME-Version") == ["1.0"]


def test_the_remote_host_is_shown_without_a_space_behind_it(bench, to):
    id_ = bench.instance.accept(bench.taro, "taro@test1.com", to, message(to=to))
    shown = bench.instance.wait_state(id_, "delivered")["recipients"][0]["remote"]
    assert shown == "mx.example.net [127.0.0.1]"


def test_the_configuration_set_of_a_message_is_shown(bench, to):
    bench.instance.stop()
    with contextlib.closing(sqlite3.connect(bench.instance.dir / "postern.db")) as store:
        store.execute("INSERT INTO configuration_set (name, created_ms, sending_enabled)"
                      " VALUES ('news', 0, 1)")
        store.commit()
    bench.instance.start()
    named = message(to=to, headers=["X-SES-CONFIGURATION-SET: news"])
    id_ = bench.instance.accept(bench.anybody, "taro@test1.com", to, named)
    assert bench.instance.queue(id_)["configuration_set"] == "news"
    id_ = bench.instance.accept(bench.anybody, "taro@test1.com", to, message(to=to))
    assert not bench.instance.queue(id_).get("configuration_set")
    assert b"news" not in bench.sink.wait(2, to=to)[0].raw
    missing = message(to=to, headers=["X-SES-CONFIGURATION-SET: olds"])
    reply = bench.instance.submit(bench.anybody, "taro@test1.com", to, missing)
    assert reply.line == "554 Configuration set <olds> does not exist."


def test_the_message_id_is_of_the_form_ses_gives(bench, to):
    id_ = bench.instance.accept(bench.taro, "taro@test1.com", to, message(to=to))
    assert len(id_) == 60 and id_.startswith("0100") and id_.endswith("-000000")
    assert abs(int(id_[4:16], 16) / 1000 - time.time()) < 60


def test_a_body_arrives_as_it_was_sent(bench, to):
    body = ".\r\n..\r\n.dot\r\n\r\n  spaces  \r\n\ttab\r\n\r\n\r\n"
    bench.instance.accept(bench.taro, "taro@test1.com", to, message(to=to, body=body))
    assert bench.sink.one(to).body == body.encode()


def test_eight_bit_bodies_arrive(bench, to):
    body = "日本語\r\n"
    raw = message(to=to, body=body, headers=["MIME-Version: 1.0",
                                             "Content-Type: text/plain; charset=utf-8",
                                             "Content-Transfer-Encoding: 8bit"])
    bench.instance.accept(bench.taro, "taro@test1.com", to, raw)
    assert bench.sink.one(to).body == body.encode()


def test_a_message_of_a_header_alone_is_taken(bench, to):
    with bench.instance.session(bench.taro) as session:
        session.envelope("taro@test1.com", [to])
        session.send(b"From: taro@test1.com\r\n.\r\n")
        assert session.reply().code == 250
    assert bench.sink.one(to).body == b""


def test_every_refusal_is_recorded_with_its_reason(bench):
    since = [one["reason"] for one in bench.instance.decisions(user="taro@test1.com")]
    assert {"implicit_deny", "misleading_name", "malformed", "allowed"} <= set(since)


@pytest.mark.parametrize("raw", [
    b"From : taro@test1.com\r\n\r\nx\r\n", b"From: taro@test1.com\r\n\r\nx\0\r\n",
    message(headers=["Content-Type: text/plain; name=x.exe"]), message(body="x" * 70000 + "\r\n"),
], ids=["header", "body", "attachment", "size"])
def test_a_refusal_before_the_gate_is_recorded_with_who_and_whence(zone, raw):
    with Instance(zone, submission__message_bytes="64k") as instance:
        instance.add_domain("test1.com")
        taro = instance.grant("taro@test1.com")
        reply = instance.submit(taro, "taro@test1.com", "ana@example.net", raw)
        assert reply.code in (552, 554)
        (row,) = instance.decisions(user="taro@test1.com")
        assert row["reason"] in ("malformed", "too_long")
        assert row["key"] == taro["access_key_id"] and row["source"] == "127.0.0.1"
        assert row["reply"] == reply.line


@pytest.mark.parametrize("count", [999, 1000, 1001])
def test_too_many_header_fields_are_refused_for_good(bench, count):
    raw = message(headers=[f"X-{i}: x" for i in range(count - 3)])
    reply = bench.instance.submit(bench.taro, "taro@test1.com", "ana@example.net", raw)
    assert reply.line == "554 Transaction failed: more than 1000 header fields"


# ---- the sandbox, quotas, the pause ----

@pytest.fixture
def small(zone, sink):
    with Instance(zone, mx_port=sink.port, production=False, quota__sandbox_per_day=3) as instance:
        instance.add_domain("test1.com")
        instance.taro = instance.grant("taro@test1.com")
        yield instance


def test_in_the_sandbox_mail_goes_to_verified_people_and_the_simulator_only(small):
    assert "ana@example.net" in small.submit(small.taro, "taro@test1.com", "ana@example.net",
                                             message()).text
    for recipient in ("taro@test1.com", "success@simulator.amazonses.com"):
        reply = small.submit(small.taro, "taro@test1.com", recipient, message(to=recipient))
        assert reply.code == 250, reply


def test_quota_and_pause_are_told_in_the_words_of_ses(small):
    own = "success@simulator.amazonses.com"
    replies = [small.submit(small.taro, "taro@test1.com", "taro@test1.com", message(to=own)).line
               for _ in range(4)]
    assert [one[:3] for one in replies] == ["250", "250", "250", "454"]
    assert replies[3] == "454 Throttling failure: Daily message quota exceeded"
    small.admin("account.production", on=True)
    small.admin("account.pause", on=True)
    paused = small.submit(small.taro, "taro@test1.com", "ana@example.net", message())
    assert paused.line.startswith("554 Message rejected: Sending paused for this account.")
    small.admin("account.pause", on=False)
    assert small.submit(small.taro, "taro@test1.com", "ana@example.net", message()).code == 250


def test_the_mailbox_simulator_takes_nothing_of_the_daily_quota(small):
    simulated, own = "success@simulator.amazonses.com", "taro@test1.com"

    def send(*to):
        return small.submit(small.taro, own, list(to), message(to=own)).line
    for _ in range(5):
        assert send(simulated).startswith("250 ")
    assert send(simulated, own).startswith("250 ")
    assert small.metric("postern_sent_24h") == 1
    small.stop()
    small.start()
    assert small.metric("postern_sent_24h") == 1, "counted again from the store"
    assert [send(own)[:3] for _ in range(3)] == ["250", "250", "454"]
    assert send(simulated).startswith("250 "), "though the day's mail is sent"


def test_a_silent_connection_is_closed_with_the_words_of_ses(zone):
    with Instance(zone, submission__idle="1s") as instance:
        with instance.session() as session:
            assert session.reply().line == "451 4.4.2 Timeout waiting for data from client."
            assert session.closed()
