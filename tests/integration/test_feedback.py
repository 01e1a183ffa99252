"""Bounces that come back to a reverse-path of ours reach the person who sent the message; nothing
else gets in by that door."""

import base64
import email
import email.policy
import re

import pytest

from harness import Instance, Session, Sink, eventually, free_port, message

PROVIDER = "postern.localhost"
RETURN = re.compile(r"[a-z2-7]{29}@" + re.escape(PROVIDER))

BOUNCE = (b"From: Mail Delivery System <mailer-daemon@mx.example.net>\r\n"
          b"To: <return@postern.localhost>\r\n"
          b"Subject: Undelivered\r\n"
          b"Auto-Submitted: auto-replied\r\n"
          b"MIME-Version: 1.0\r\n"
          b"Content-Type: text/plain\r\n\r\n"
          b"The mailbox is full.\r\n.\r\n..\r\n")


class Bench:
    def __init__(self, instance, sink, port):
        self.instance, self.sink, self.port = instance, sink, port
        instance.add_domain("test1.com", dkim=False)
        self.credential = instance.person("anybody")
        self.count = 0

    def send(self, subject="Hello"):
        """A message of a person of his own: the id, the person, the reverse-path on the wire."""
        self.count += 1
        person, to = f"person{self.count}@test1.com", f"to{self.count}@example.net"
        id_ = self.instance.accept(self.credential, person, to,
                                   message(from_=person, to=to, subject=subject))
        return id_, person, self.sink.one(to).mail_from

    def give(self, to, raw, mail_from=""):
        with Session(self.port) as session:
            assert session.command("EHLO mx.example.net").code == 250
            return session.submit(mail_from, to, raw)

    def forwarded(self, person, count=1):
        received = self.sink.wait(count, to=person)
        return email.message_from_bytes(received[-1].raw, policy=email.policy.default), received


@pytest.fixture(scope="module")
def bench():
    port = free_port()
    with Sink() as sink:
        routes = {"*": {"via": f"smarthost 127.0.0.1:{sink.port}", "tls": "never",
                        "allow_private": "yes"}}
        with Instance(routes=routes, listen__feedback=f"127.0.0.1:{port}") as instance:
            yield Bench(instance, sink, port)


def tampered(address):
    """The same with another first character of the MAC."""
    return address[:13] + ("a" if address[13] != "a" else "b") + address[14:]


def test_a_bounce_reaches_the_person_who_sent_the_message(bench):
    id_, person, back = bench.send("About the meeting")
    assert RETURN.fullmatch(back)
    assert bench.give(back, BOUNCE).line == "250 2.0.0 Ok"
    parsed, received = bench.forwarded(person)
    assert received[0].mail_from == ""
    assert parsed["Subject"] == "Delivery problem: About the meeting"
    assert parsed["From"].addresses[0].addr_spec == f"MAILER-DAEMON@{PROVIDER}"
    assert parsed["To"].addresses[0].addr_spec == person
    assert parsed["Auto-Submitted"] == "auto-replied"
    text, report = parsed.iter_parts()
    assert id_ in text.get_content() and "@example.net>" in text.get_content()
    assert report.get_content_type() == "message/rfc822"
    assert BOUNCE in received[0].raw
    event = bench.instance.events("feedback.forwarded")[-1]
    assert f"message={id_}" in event and f"to={person}" in event


def test_a_return_address_is_known_in_capitals_and_at_any_domain(bench):
    _, person, back = bench.send()
    local = back.split("@")[0].upper()
    assert bench.give(f"{local}@bounce.test1.com", BOUNCE).code == 250
    bench.forwarded(person)


def test_a_forged_return_address_is_refused(bench):
    _, person, back = bench.send()
    assert bench.give(tampered(back), BOUNCE).line.startswith("550 5.1.1 ")
    assert "no return address of ours" in bench.instance.events("feedback.refused")[-1]
    assert not [one for one in bench.sink.received if person in one.recipients]


def test_nothing_is_relayed(bench):
    with Session(bench.port) as session:
        assert session.command("EHLO mx.example.net").code == 250
        assert session.command("MAIL FROM:<>").code == 250
        for address in ("taro@test1.com", "postmaster@" + PROVIDER, "a" * 28 + "@" + PROVIDER):
            assert session.command(f"RCPT TO:<{address}>").line.startswith("550 5.1.1 ")
        assert session.command("STARTTLS").code == 500
        assert session.command("QUIT").code == 221 and session.closed()


def test_ordinary_mail_is_refused(bench):
    _, person, back = bench.send()
    reply = bench.give(back, message(to=back), mail_from="stranger@example.org")
    assert reply.line.startswith("550 5.7.1 ")
    assert not [one for one in bench.sink.received if person in one.recipients]
    raw = message(to=back, headers=["Auto-Submitted: auto-replied"])
    assert bench.give(back, raw, mail_from="stranger@example.org").code == 250
    bench.forwarded(person)


def test_of_each_message_five_reports_are_passed_on(bench):
    _, person, back = bench.send()
    replies = [bench.give(back, BOUNCE).code for _ in range(7)]
    assert replies == [250] * 5 + [550] * 2
    assert len(bench.forwarded(person, 5)[1]) == 5
    assert "too many reports" in bench.instance.events("feedback.refused")[-1]


def test_one_report_may_be_about_several_messages(bench):
    (_, one, back), (_, two, also) = bench.send(), bench.send()
    assert bench.give([tampered(back), back, also], BOUNCE).code == 250
    bench.forwarded(one)
    bench.forwarded(two)


def test_a_report_that_is_not_ascii_arrives_byte_for_byte(bench):
    _, person, back = bench.send()
    raw = b"Subject: \xff\r\n\r\n" + bytes(range(1, 10)) + b"\xe3\x81\x82\nbare\r\n" + b"a" * 2000 + b"\r\n"
    assert bench.give(back, raw).code == 250
    parsed, _ = bench.forwarded(person)
    _, report = parsed.iter_parts()
    assert report.get_content_type() == "application/octet-stream"
    assert report.get_content() == raw


def test_the_largest_report_is_taken_and_no_larger(bench):
    _, person, back = bench.send()
    with Session(bench.port) as session:
        limit = int(re.search(r"SIZE (\d+)", session.command("EHLO mx.example.net").text)[1])
        raw = b"Subject: large\r\n\r\n" + base64.b64encode(b"\0" * 57) + b"\r\n"
        line = b"\xe9" * 900 + b"\r\n"
        raw += line * ((limit - len(raw)) // len(line))
        raw += b"x" * (limit - len(raw) - 2) + b"\r\n"
        assert len(raw) == limit
        assert session.command(f"MAIL FROM:<> SIZE={limit + 1}").line.startswith("552 5.3.4 ")
        assert session.submit("", back, raw + b"y\r\n").line.startswith("552 5.3.4 ")
        assert session.submit("", back, raw).code == 250
    parsed, _ = bench.forwarded(person)
    _, report = parsed.iter_parts()
    assert report.get_content() == raw


def test_pipelined_transactions_are_answered_in_order(bench):
    _, person, back = bench.send()
    one = f"MAIL FROM:<>\r\nRCPT TO:<{back}>\r\nDATA\r\n".encode() + BOUNCE[:-9] + b"\r\n.\r\n"
    forged = one.replace(back.encode(), tampered(back).encode())
    with Session(bench.port) as session:
        session.send(b"EHLO mx.example.net\r\n" + one + forged + one + b"QUIT\r\n")
        codes = [session.reply().code for _ in range(14)]
        assert codes == [250, 250, 250, 354, 250, 250, 250, 354, 550, 250, 250, 354, 250, 221]
        assert session.closed()
    bench.forwarded(person, 2)


def test_many_commands_at_once_are_all_answered(bench):
    with Session(bench.port) as session:
        session.send(b"EHLO mx.example.net\r\n" + b"NOOP\r\n" * 20000 + b"QUIT\r\n")
        codes = [session.reply().code for _ in range(20002)]
        assert codes == [250] * 20001 + [221]


def test_of_one_address_come_twenty_connections(bench):
    sessions = [Session(bench.port) for _ in range(20)]
    try:
        late = Session(bench.port)
        assert late.greeting.code == 421 and late.closed()
    finally:
        for session in sessions:
            session.close()
    eventually(lambda: Session(bench.port).greeting.code == 220, what="room for a connection")


def test_bounces_come_in_after_a_courier_died(bench):
    _, person, back = bench.send()
    bench.instance.kill("courier")

    def again():
        try:
            return bench.give(back, BOUNCE).code == 250
        except OSError:
            return False
    eventually(again, what="the listener")
    bench.forwarded(person)
