"""From the queue to the next hop: routes, TLS, what is said there, retries, bounces, and deaths."""

import contextlib
import email
import email.policy
import itertools
import json
import os
import re
import shutil
import sqlite3
import subprocess
import threading
import time
import urllib.request

import pytest

from harness import (PROGRAM, FailingServer, Instance, Refused, Sink, Table, eventually, free_port,
                     message, self_signed_certificate)

HOSTS = itertools.count(1)  # the last byte of an address
NAMES = itertools.count(1)


class Bench:
    """A service, and receiving servers as many as wanted: all on one port, each at its address."""

    def __init__(self, zone, home=False, **settings):
        self.zone, self.port, self.sinks = zone, free_port(), []
        if home:
            # Of the person who sends: bounces come here. Published before anybody asks for it,
            # since an absence is remembered.
            self.home = self.sink()
            zone.mail_server("test1.com", "mx.test1.com", self.home.address)
        settings = {"delivery.retry_first": "100ms", "delivery.retry_max": "300ms", **settings}
        self.instance = Instance(zone, mx_port=self.port,
                                 **{key.replace(".", "__"): value
                                    for key, value in settings.items()})
        self.instance.add_domain("test1.com")
        self.taro = self.instance.grant("taro@test1.com")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            self.instance.close(failed=kind is not None)
        finally:
            for sink in self.sinks:
                sink.close()

    def sink(self, **options):
        sink = Sink(address=f"127.0.2.{next(HOSTS)}", port=self.port, **options)
        self.sinks.append(sink)
        return sink

    def domain(self, *sinks):
        """A domain whose mail exchangers are these, in this order."""
        name = f"d{next(NAMES)}.example.net"
        for number, sink in enumerate(sinks):
            address = sink if isinstance(sink, str) else sink.address
            self.zone.mail_server(name, f"mx{number}.{name}", address, 10 * (number + 1))
        return name

    def send(self, *recipients, mail_from="taro@test1.com", body="Hello\r\n", headers=()):
        return self.instance.accept(self.taro, mail_from, list(recipients),
                                    message(to=recipients[0], body=body, headers=headers))

    def waiting(self, id_):
        """The one recipient of a message, after an attempt that failed for now."""
        def tried():
            row = self.instance.queue(id_)["recipients"][0]
            return row if row["attempts"] > 0 else None
        return eventually(tried, what="an attempt")

    def send_many(self, domain, count, **parts):
        """Messages over one session, each to a recipient of its own: the recipients."""
        recipients = [f"r{next(NAMES)}@{domain}" for _ in range(count)]
        with self.instance.session(self.taro) as session:
            for to in recipients:
                reply = session.submit("taro@test1.com", to, message(to=to, **parts))
                assert reply.code == 250, reply
        return recipients


@pytest.fixture(scope="module")
def bench(zone):
    with Bench(zone, home=True) as bench:
        yield bench


@pytest.fixture(scope="module")
def patient(zone):
    """Where what is tried again is tried an hour later: what arrives did not need that."""
    with Bench(zone, **{"delivery.retry_first": "1h", "delivery.retry_max": "1h",
                        "submission.recipients": 300}) as bench:
        yield bench


class Gate:
    """A rule that lets nobody past a step until it is opened; `reached` when somebody stands
    before it. It may be only for the first connection."""

    def __init__(self, step, connection=None):
        self.step, self.connection = step, connection
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, step, _, connection):
        if step == self.step and self.connection in (None, connection.number):
            self.reached.set()
            self.opened.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.opened.set()

    def wait(self):
        assert self.reached.wait(20), f"nobody came to {self.step}"


def data_commands(sink):
    """How often somebody began to send a message."""
    return sum(line == b"DATA" for _, line in sink.lines)


def to_all(sink):
    """The recipients of everything that came, as often as it came."""
    return sorted(to for one in list(sink.received) for to in one.recipients)


def one_bounce(home, id_, seconds=20):
    """The report about a message, parsed: the message itself, and a field list a recipient."""
    def about():
        return [one for one in list(home.received) if id_.encode() in one.raw]
    found = eventually(about, seconds, "a bounce")
    assert len(found) == 1
    received = found[0]
    assert received.mail_from == "" and received.recipients == ("taro@test1.com",)
    report = email.message_from_bytes(received.raw, policy=email.policy.default)
    assert report.get_content_type() == "multipart/report"
    assert report["Content-Type"].params["report-type"] == "delivery-status"
    assert report["From"].addresses[0].domain == "postern.localhost"
    assert report["Auto-Submitted"] in ("auto-replied", "auto-generated")
    text, status, original = report.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert status.get_content_type() == "message/delivery-status"
    assert original.get_content_type() == "text/rfc822-headers"
    assert "Subject: Hello" in original.get_content()
    per_message, *per_recipient = status.get_payload()
    assert per_message["Reporting-MTA"] == "dns; postern.localhost"
    return per_recipient


# ---- where to ----

def test_the_best_mail_exchanger_comes_first(bench):
    first, second = bench.sink(), bench.sink()
    domain = bench.domain(first, second)
    for i in range(5):
        bench.send(f"ana{i}@{domain}")
    first.wait(5)
    assert not second.received


@pytest.mark.parametrize("fault", ["refuses connections", "greets with 421", "hangs up",
                                   "has no address"])
def test_the_next_mail_exchanger_stands_in(bench, fault):
    second = bench.sink()
    if fault == "refuses connections":
        first = f"127.0.2.{next(HOSTS)}"
    else:
        first = bench.sink()
        first.answer("connect", "421 4.3.2 not now" if fault == "greets with 421" else Sink.HANG_UP)
    if fault == "has no address":
        domain = bench.domain("127.0.2.250", second)
        bench.zone.remove(f"mx0.{domain}", "A")
    else:
        domain = bench.domain(first, second)
    id_ = bench.send(f"ana@{domain}")
    assert second.one(f"ana@{domain}")
    shown = bench.instance.wait_state(id_, "delivered")["recipients"][0]
    assert f"mx1.{domain} [{second.address}]" in shown["remote"]


def test_equal_mail_exchangers_share_the_load(bench):
    sinks = [bench.sink(), bench.sink()]
    domains = [bench.domain() for _ in range(12)]
    for number, domain in enumerate(domains):
        for index, sink in enumerate(sinks):
            bench.zone.mail_server(domain, f"equal{index}.{domain}", sink.address)
        bench.send(f"ana{number}@{domain}")
    eventually(lambda: sum(len(sink.received) for sink in sinks) == 12)
    assert all(sink.received for sink in sinks), "one of 4096 runs may come to this"


def test_without_mx_the_address_of_the_domain_is_taken(bench):
    sink = bench.sink()
    domain = bench.domain()
    bench.zone.add(domain, "A", sink.address)
    bench.send(f"ana@{domain}")
    sink.one(f"ana@{domain}")


def test_a_domain_that_accepts_no_mail_bounces_at_once(bench):
    domain = bench.domain()
    bench.zone.add(domain, "MX", "0 .")
    id_ = bench.send(f"ana@{domain}")
    (fields,) = one_bounce(bench.home, id_)
    assert (fields["Action"], fields["Status"]) == ("failed", "5.1.10")
    bench.instance.wait_state(id_, "bounced")


def test_a_domain_that_does_not_exist_is_tried_for_a_while_and_then_bounces(zone):
    with Bench(zone, **{"delivery.unknown_domain": "2s"}) as bench:
        id_ = bench.send("ana@nowhere.example.net")
        row = bench.waiting(id_)
        assert (row["state"], row["status"]) == ("queued", "5.1.2")
        bench.instance.wait_state(id_, "bounced")
        row = bench.instance.queue(id_)["recipients"][0]
        assert row["reply"] == "550 5.1.2 The domain nowhere.example.net does not exist"


def test_a_domain_that_loops_back_to_us_bounces(bench):
    domain = bench.domain()
    bench.zone.add(domain, "MX", "10 postern.localhost.")
    (fields,) = one_bounce(bench.home, bench.send(f"ana@{domain}"))
    assert fields["Status"] == "5.4.6"


def test_while_dns_fails_mail_waits(zone):
    with FailingServer() as failing, Bench(zone) as bench:
        sink = bench.sink()
        domain = bench.domain(sink)
        bench.instance.stop()
        bench.instance.use_zone(failing)
        bench.instance.start()
        row = bench.waiting(id_ := bench.send(f"ana@{domain}"))
        assert row["state"] == "queued"
        assert row["reply"] == f"421 4.4.0 Unable to lookup DNS for {domain}"
        bench.instance.stop()
        bench.instance.use_zone(zone)
        bench.instance.start()
        bench.instance.wait_state(id_, "delivered")


def test_while_dns_only_refers_to_others_mail_waits():
    with Table() as table, Bench(table) as bench:
        table.refer("elsewhere.example.net")
        row = bench.waiting(bench.send("ana@elsewhere.example.net"))
        assert row["state"] == "queued"
        assert row["reply"] == "421 4.4.0 Unable to lookup DNS for elsewhere.example.net"


def test_a_domain_with_forged_records_gets_no_mail(zone):
    with Bench(zone) as bench:
        bench.instance.stop()
        bench.instance.use_zone(zone, anchor=zone.wrong_anchors())
        bench.instance.start()
        sink = bench.sink()
        zone.mail_server("test3.com", "mx.test3.com", sink.address)
        id_ = bench.send("ana@test3.com")
        row = bench.waiting(id_)
        assert row["reply"] == "451 4.4.3 DNSSEC validation failed for the MX of test3.com"
        assert not sink.connections


def test_private_addresses_are_refused_unless_a_route_allows_them(zone):
    with Bench(zone, routes={"open.example.net": {"via": "mx", "allow_private": "yes"}}) as bench:
        sink = bench.sink()
        zone.mail_server("open.example.net", "mx.open.example.net", sink.address)
        for address in (sink.address, "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"):
            domain = bench.domain(address)
            id_ = bench.send(f"ana@{domain}")
            row = bench.instance.wait_state(id_, "bounced")["recipients"][0]
            assert row["reply"] == f"550 5.4.4 The host mx0.{domain} has only private addresses"
        domain = bench.domain()
        zone.add(domain, "MX", f"10 six.{domain}.")
        zone.add(f"six.{domain}", "AAAA", "::ffff:127.0.0.1")
        bench.instance.wait_state(bench.send(f"ana@{domain}"), "bounced")
        assert not sink.connections
        bench.send("ana@open.example.net")
        sink.one("ana@open.example.net")


def test_recipients_of_one_domain_share_a_transaction_and_others_do_not(bench):
    sink = bench.sink()
    one, two = bench.domain(sink), bench.domain(sink)
    id_ = bench.send(f"a@{one}", f"b@{one}", f"c@{two}", f"d@{one}")
    bench.instance.wait_state(id_, "delivered")
    assert sorted(received.recipients for received in sink.received) == sorted(
        [(f"a@{one}", f"b@{one}", f"d@{one}"), (f"c@{two}",)])


# ---- routes ----

def test_a_smarthost_is_spoken_to_with_tls_and_password(zone, open_dir):
    with Sink(starttls=True, login=("relay-user", "relay # password")) as relay:
        zone.add("relay.example.net", "A", "127.0.0.1")
        bench = Bench(zone, routes={"*": {
            "via": f"smarthost relay.example.net:{relay.port}", "user_name": "relay-user",
            "password": "relay # password"}}, **{"delivery.tls_ca": authority(open_dir)})
        with bench:
            id_ = bench.send("ana@example.com", "jiro@example.org")
            bench.instance.wait_state(id_, "delivered")
            assert {one.recipients for one in relay.received} == {("ana@example.com",),
                                                                  ("jiro@example.org",)}
            assert all(one.tls and one.user == "relay-user" for one in relay.received)
            assert "relay # password" not in bench.instance.log()


def authority(open_dir):
    """The certificate of the sinks as a file that the courier's user may read."""
    copy = open_dir / "authority.pem"
    shutil.copy(self_signed_certificate(), copy)
    copy.chmod(0o644)
    return copy


def test_a_password_is_not_told_to_a_host_that_cannot_be_verified(zone, open_dir):
    with Sink(starttls=True, login=("u", "p")) as relay:
        zone.add("other.example.net", "A", "127.0.0.1")  # not in the certificate
        routes = {"*": {"via": f"smarthost other.example.net:{relay.port}", "user_name": "u",
                        "password": "p"}}
        with Bench(zone, routes=routes, **{"delivery.tls_ca": authority(open_dir)}) as bench:
            row = bench.waiting(bench.send("ana@example.com"))
            assert row["state"] == "queued" and row["reply"].startswith("454 4.7.5 TLS failed"), row
            assert not relay.received
            assert not [line for _, line in relay.lines if b"AUTH" in line]


@contextlib.contextmanager
def relays(zone, asked, **options):
    """A service with one route for each of these demands on TLS, to a relay that asks for a
    password and whose certificate is for another name and signed by nobody: the relays."""
    zone.add("other.example.net", "A", "127.0.0.1")
    with contextlib.ExitStack() as stack:
        sinks, routes = {}, {}
        for tls in asked:
            sinks[tls] = stack.enter_context(
                Sink(tls=tls == "implicit", starttls=tls != "implicit", login=("u", "the secret")))
            routes[f"{tls}.example.net"] = {
                "via": f"smarthost other.example.net:{sinks[tls].port}", "tls": tls,
                "user_name": "u", "password": "the secret", **options}
        yield stack.enter_context(Bench(zone, routes=routes)), sinks


def test_a_relay_that_speaks_tls_from_the_start_is_verified(zone):
    with relays(zone, ["implicit"]) as (bench, sinks):
        row = bench.waiting(bench.send("ana@implicit.example.net"))
        assert row["state"] == "queued" and row["reply"].startswith("454 4.7.5 "), row
        assert "certificate" in row["reply"].lower(), row
        assert not sinks["implicit"].received
        assert not [line for _, line in sinks["implicit"].lines if b"AUTH" in line]


def test_a_password_is_told_to_anybody_where_the_route_says_so(zone):
    asked = ("implicit", "opportunistic", "require", "never")
    with relays(zone, asked, verify="no") as (bench, sinks):
        ids = {tls: bench.send(f"ana@{tls}.example.net") for tls in sinks}
        for tls, relay in sinks.items():
            bench.instance.wait_state(ids[tls], "delivered")
            received = relay.one(f"ana@{tls}.example.net")
            assert (received.tls, received.user) == (tls != "never", "u"), tls


def test_a_password_without_tls_is_a_mistake_unless_the_route_says_that_it_is_meant(tmp_path):
    data = tmp_path / "data"
    subprocess.run([PROGRAM, "init", "--dir", data], check=True, capture_output=True)
    with open(data / "postern.conf", "a") as file:
        file.write("[route *]\nvia = smarthost relay.example.net:25\ntls = never\n"
                   "user_name = u\npassword = p\n")
    ran = subprocess.run([PROGRAM, "serve", "--dir", data], capture_output=True, text=True,
                         timeout=10)
    assert ran.returncode == 1 and "verify" in ran.stderr, ran.stderr


def test_a_wrong_password_keeps_mail_waiting(zone, open_dir):
    with Sink(starttls=True, login=("u", "right")) as relay:
        zone.add("relay.example.net", "A", "127.0.0.1")
        routes = {"*": {"via": f"smarthost relay.example.net:{relay.port}", "user_name": "u",
                        "password": "wrong"}}
        with Bench(zone, routes=routes, **{"delivery.tls_ca": authority(open_dir)}) as bench:
            row = bench.waiting(bench.send("ana@example.com"))
            assert row["state"] == "queued" and "5.7.8" in row["reply"], row
            assert not relay.received


def test_captured_mail_is_kept_to_be_read_and_goes_nowhere(zone):
    routes = {"*": {"via": "capture"}}
    with Bench(zone, routes=routes) as bench:
        sink = bench.sink()
        id_ = bench.send(f"ana@{bench.domain(sink)}", body="kept here\r\n")
        shown = bench.instance.wait_state(id_, "delivered")
        assert "From: Taro Yamada <taro@test1.com>" in shown["header"]
        assert shown["body"] == "kept here\r\n"
        assert shown["provider_hidden"] and shown["mail_from_on_the_wire"] == "taro@test1.com"
        assert not sink.connections
        ran = bench.instance.run("queue", "show", id_)
        assert ran.returncode == 0 and "kept here" in ran.stdout


def captured(instance, recipient):
    """The one message to this recipient, which went into the store."""
    def delivered():
        return [line for line in instance.events("delivery.delivered")
                if f" rcpt={recipient} " in line]
    (event,) = eventually(delivered)
    return re.search(r" message=(\S+)", event)[1]


def test_a_captured_link_is_shown_and_can_be_followed(zone):
    with Instance(zone, routes={"*": {"via": "capture"}}) as instance:
        instance.patiently("address.add", address="hana@example.org")
        shown = instance.queue(captured(instance, "hana@example.org"))
        parsed = email.message_from_string(shown["header"] + "\r\n" + shown.get("body", ""),
                                           policy=email.policy.default)
        link = re.search(r"http://127\.0\.0\.1:\d+/verify\?token=\S+", parsed.get_content())
        assert link, shown
        ran = instance.run("queue", "show", shown["message"])
        assert ran.returncode == 0 and "/verify?token=" in ran.stdout, ran.stdout
        with urllib.request.urlopen(link[0], timeout=20) as answer:
            assert answer.status == 200
        assert instance.identity("hana@example.org")["verification"] == "SUCCESS"


def test_a_captured_bounce_is_kept_to_be_read(zone):
    routes = {"*.example.net": {"via": "mx", "allow_private": "yes"}, "*": {"via": "capture"}}
    with Bench(zone, routes=routes) as bench:
        sink = bench.sink()
        sink.answer("rcpt", "550 5.1.1 nobody of that name")
        id_ = bench.send(f"ana@{bench.domain(sink)}")
        shown = bench.instance.queue(captured(bench.instance, "taro@test1.com"))
        assert "multipart/report" in shown["header"]
        assert "nobody of that name" in shown["body"]
        assert "body" not in bench.instance.queue(id_), "what was not captured is not kept"


# ---- TLS ----

def test_tls_is_used_where_it_is_offered(bench):
    sink = bench.sink(starttls=True)
    domain = bench.domain(sink)
    id_ = bench.send(f"ana@{domain}")
    assert sink.one(f"ana@{domain}").tls
    assert "TLSv1.3" in bench.instance.wait_state(id_, "delivered")["recipients"][0]["remote"]


@pytest.mark.parametrize("answer", ["454 4.7.0 no TLS now", "220 but then nonsense"])
def test_tls_that_fails_is_done_without_where_nobody_requires_it(bench, answer):
    sink = bench.sink(starttls=True)
    if answer.startswith("220"):
        def nonsense(step, _, connection):
            if step == "starttls":
                connection.socket.sendall(b"220 go ahead\r\nthis is no handshake\r\n")
                return Sink.HANG_UP
        sink.rules.insert(0, nonsense)
    else:
        sink.answer("starttls", answer)
    domain = bench.domain(sink)
    bench.send(f"ana@{domain}")
    assert not sink.one(f"ana@{domain}").tls


def test_a_route_that_requires_tls_never_sends_in_clear(zone):
    routes = {"*": {"via": "mx", "allow_private": "yes", "tls": "require"}}
    with Bench(zone, routes=routes) as bench:
        clear, broken = bench.sink(), bench.sink(starttls=True)
        broken.answer("starttls", "454 4.7.0 no TLS now")
        for sink in (clear, broken):
            row = bench.waiting(bench.send(f"ana@{bench.domain(sink)}"))
            assert row["state"] == "queued" and not sink.received, row
        fine = bench.sink(starttls=True)
        domain = bench.domain(fine)
        bench.send(f"ana@{domain}")
        assert fine.one(f"ana@{domain}").tls


# ---- what the next hop says ----

def test_each_recipient_has_a_fate_of_its_own(bench):
    sink = bench.sink()
    domain = bench.domain(sink)
    good, bad, late = (f"{name}@{domain}" for name in ("good", "bad", "late"))
    sink.answer("rcpt", "550 5.1.1 no such user", only=bad)
    sink.answer("rcpt", "450 4.2.2 full", only=late, times=2)
    id_ = bench.send(good, bad, late)
    (fields,) = one_bounce(bench.home, id_)
    assert fields["Final-Recipient"] == f"rfc822; {bad}"
    assert fields["Status"] == "5.1.1"
    assert fields["Diagnostic-Code"] == "smtp; 550 5.1.1 no such user"
    assert fields["Remote-MTA"].startswith("dns; ")
    eventually(lambda: bench.instance.state(id_) == {
        good: "delivered", bad: "bounced", late: "delivered"})
    assert [one.recipients for one in sink.received] == [(good,), (late,)]


STEPS = ["connect", "ehlo", "mail", "rcpt", "data", "body"]


@pytest.mark.parametrize("step", STEPS)
def test_a_temporary_refusal_is_tried_again(bench, step):
    sink = bench.sink()
    sink.answer(step, "451 4.3.0 come back", times=2)
    domain = bench.domain(sink)
    id_ = bench.send(f"ana@{domain}")
    sink.one(f"ana@{domain}")
    row = bench.instance.wait_state(id_, "delivered")["recipients"][0]
    assert row["attempts"] == 3 and row["reply"] == "250 2.0.0 taken"


@pytest.mark.parametrize("step", ["connect", "mail", "rcpt", "data", "body"])
def test_a_permanent_refusal_is_reported_in_the_words_of_the_next_hop(bench, step):
    sink = bench.sink()
    sink.answer(step, "554 5.7.1 we do not\twant <this>")
    domain = bench.domain(sink)
    id_ = bench.send(f"ana@{domain}")
    (fields,) = one_bounce(bench.home, id_)
    assert (fields["Action"], fields["Status"]) == ("failed", "5.7.1")
    assert fields["Final-Recipient"] == f"rfc822; ana@{domain}"
    assert fields["Diagnostic-Code"] == "smtp; 554 5.7.1 we do not want <this>"
    assert bench.instance.wait_state(id_, "bounced")["recipients"][0]["attempts"] == 1
    assert not sink.received


def test_a_report_names_the_host_that_refused_and_nothing_else_of_it(bench):
    sink = bench.sink(starttls=True)
    sink.answer("rcpt", "550 5.1.1 no such user")
    domain = bench.domain(sink)
    id_ = bench.send(f"ana@{domain}")
    (fields,) = one_bounce(bench.home, id_)
    assert fields["Remote-MTA"] == f"dns; mx0.{domain}"


def test_what_is_too_many_for_one_transaction_goes_in_several_at_once(patient):
    sink, taken = patient.sink(), {}

    def a_hundred(step, _, connection):
        if step == "mail":
            taken[connection.number] = 0
        elif step == "rcpt":
            taken[connection.number] += 1
            if taken[connection.number] > 100:
                return "452 4.5.3 too many recipients"
    sink.rules.append(a_hundred)
    domain = patient.domain(sink)
    recipients = sorted(f"r{i}@{domain}" for i in range(250))
    id_ = patient.send(*recipients)
    patient.instance.wait_state(id_, "delivered")
    assert to_all(sink) == recipients
    assert len(sink.received) >= 3


@pytest.mark.parametrize("step", STEPS)
def test_a_connection_that_breaks_is_tried_again(bench, step):
    sink = bench.sink()
    sink.answer(step, Sink.HANG_UP, times=1)
    domain = bench.domain(sink)
    id_ = bench.send(f"ana@{domain}")
    sink.wait(1, to=f"ana@{domain}")
    bench.instance.wait_state(id_, "delivered")


def test_what_is_refused_for_too_long_expires_and_is_reported(zone):
    with Bench(zone, **{"delivery.lifetime": "2s"}) as bench:
        home, sink = bench.sink(), bench.sink()
        zone.remove("test1.com", "MX")
        zone.mail_server("test1.com", "mx.test1.com", home.address)
        time.sleep(1.1)  # what was asked before is forgotten
        sink.answer("rcpt", "450 4.2.0 greylisted")
        domain = bench.domain(sink)
        id_ = bench.send(f"ana@{domain}")
        (fields,) = one_bounce(home, id_)
        assert (fields["Action"], fields["Status"]) == ("failed", "4.4.7")
        row = bench.instance.wait_state(id_, "expired")["recipients"][0]
        assert row["attempts"] > 3


def test_the_wait_between_attempts_grows(zone):
    settings = {"delivery.retry_first": "200ms", "delivery.retry_max": "1h"}
    with Bench(zone, **settings) as bench:
        sink, times = bench.sink(), []

        def refuse(step, *_):
            if step == "rcpt":
                times.append(time.monotonic())
                return "450 4.2.0 later"
        sink.rules.append(refuse)
        bench.send(f"ana@{bench.domain(sink)}")
        eventually(lambda: len(times) == 5, 20)
        waits = [after - before for before, after in zip(times, times[1:])]
        for number, wait in enumerate(waits):
            assert 0.15 * 2 ** number <= wait <= 0.25 * 2 ** number + 1, waits


def test_eight_bit_content_is_not_sent_to_who_cannot_take_it(bench):
    sink = bench.sink(extensions=("PIPELINING",))
    domain = bench.domain(sink)
    id_ = bench.send(f"ana@{domain}", body="日本\r\n", headers=[
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit"])
    (fields,) = one_bounce(bench.home, id_)
    assert fields["Status"] == "5.6.3"
    assert not sink.received
    bench.send(f"ana@{domain}", body="plain\r\n")
    sink.one(f"ana@{domain}")


def test_a_bounce_that_bounces_is_not_reported(zone):
    with Bench(zone) as bench:
        home = bench.sink()
        zone.remove("test1.com", "MX")
        zone.mail_server("test1.com", "mx.test1.com", home.address)
        time.sleep(2.1)  # whole seconds: what was absent is asked for again
        home.answer("rcpt", "550 5.1.1 taro has left")
        bench.zone.add(domain := bench.domain(), "MX", "0 .")
        id_ = bench.send(f"ana@{domain}")
        bench.instance.wait_state(id_, "bounced")
        eventually(lambda: home.connections >= 1)
        eventually(lambda: bench.instance.account()["bounced"] == 2)
        time.sleep(0.5)
        account = bench.instance.account()
        assert account["bounced"] == account["accepted"] == 2 and account["missing"] == 0


def test_what_was_delivered_is_not_sent_again_when_a_bounce_cannot_be_made(zone):
    with Bench(zone) as bench:
        bench.instance.allowed_errors.append("delivery.not_reported")
        bench.instance.stop()
        with contextlib.closing(sqlite3.connect(bench.instance.dir / "postern.db")) as store:
            store.execute("UPDATE signing_key SET private = x'00' WHERE domain LIKE 'postern%'")
            store.commit()
        bench.instance.start()
        sink = bench.sink()
        domain = bench.domain(sink)
        sink.answer("rcpt", "550 5.1.1 no such user", only=f"gone@{domain}")
        id_ = bench.send(f"ana@{domain}", f"gone@{domain}")
        eventually(lambda: bench.instance.state(id_)[f"ana@{domain}"] == "delivered")
        eventually(lambda: len(bench.instance.events("delivery.not_reported")) > 1)
        assert bench.instance.state(id_)[f"gone@{domain}"] == "queued"
        assert len(sink.received) == 1


# ---- connections ----

def test_one_connection_carries_many_messages(bench):
    sink = bench.sink()
    domain = bench.domain(sink)
    with bench.instance.session(bench.taro) as session:
        for i in range(30):
            assert session.submit("taro@test1.com", f"r{i}@{domain}", message()).code == 250
            sink.wait(i + 1)
    assert sink.connections == 1


def test_a_server_that_takes_one_message_a_connection_gets_all(bench):
    sink = bench.sink()
    seen = {}

    def one_only(step, _, connection):
        if step == "mail":
            seen[connection.number] = seen.get(connection.number, 0) + 1
            if seen[connection.number] > 1:
                return Sink.HANG_UP
    sink.rules.append(one_only)
    domain = bench.domain(sink)
    ids = [bench.send(f"r{i}@{domain}") for i in range(10)]
    for id_ in ids:
        bench.instance.wait_state(id_, "delivered")
    assert len(sink.received) == 10


def test_a_slow_site_does_not_hold_up_another(bench):
    slow, fast = bench.sink(), bench.sink()
    slow.rules.append(lambda step, *_: time.sleep(5) if step == "connect" else None)
    ids = [bench.send(f"r{i}@{bench.domain(slow)}") for i in range(3)]
    domain = bench.domain(fast)
    bench.send(f"ana@{domain}")
    fast.one(f"ana@{domain}")
    assert not slow.received
    for id_ in ids:
        bench.instance.wait_state(id_, "delivered", 30)


def test_a_site_that_is_sent_more_than_all_can_carry_does_not_hold_up_another(bench):
    slow, fast = bench.sink(), bench.sink()
    slow_domain, fast_domain = bench.domain(slow), bench.domain(fast)
    with Gate("connect") as gate:
        slow.rules.append(gate)
        recipients = bench.send_many(slow_domain, 230)  # of which 200 at a time are under way
        gate.wait()
        bench.send(f"ana@{fast_domain}")
        fast.one(f"ana@{fast_domain}", 15)
        assert not slow.received
    slow.wait(len(recipients))
    assert to_all(slow) == sorted(recipients)


# ---- the operator's hand ----

def test_held_mail_waits_released_mail_goes_and_dropped_mail_is_gone(bench):
    sink = bench.sink()
    domain = bench.domain(sink)
    refuse = [True]
    sink.rules.append(lambda step, *_: "450 4.2.0 later" if step == "rcpt" and refuse[0] else None)
    held, dropped = bench.send(f"held@{domain}"), bench.send(f"dropped@{domain}")
    bench.waiting(held), bench.waiting(dropped)
    listed = bench.instance.run("queue", "list")
    assert listed.returncode == 0 and held in listed.stdout and dropped in listed.stdout
    assert bench.instance.run("queue", "hold", held).returncode == 0
    assert bench.instance.run("queue", "drop", dropped).returncode == 0
    refuse[0] = False
    time.sleep(1)
    assert bench.instance.state(held) == {f"held@{domain}": "held"}
    assert bench.instance.state(dropped) == {f"dropped@{domain}": "dropped"}
    assert not sink.received
    again = bench.instance.run("queue", "retry", held)
    assert again.returncode == 1 and "can be changed so" in again.stderr
    assert bench.instance.run("queue", "release", held).returncode == 0
    sink.one(f"held@{domain}")
    bench.instance.wait_state(held, "delivered")
    assert bench.instance.run("queue", "release", dropped).returncode == 1


def test_one_recipient_of_several_is_changed_alone(bench):
    sink = bench.sink()
    sink.answer("rcpt", "450 4.2.0 later")
    domain = bench.domain(sink)
    id_ = bench.send(f"a@{domain}", f"b@{domain}")
    bench.waiting(id_)
    bench.instance.admin("queue.change", change="drop", message=id_, recipient=f"a@{domain}")
    assert bench.instance.state(id_)[f"a@{domain}"] == "dropped"
    sink.rules.clear()
    eventually(lambda: bench.instance.state(id_)[f"b@{domain}"] == "delivered")
    assert sink.one(f"b@{domain}").recipients == (f"b@{domain}",)
    assert len(sink.received) == 1


def test_holding_one_recipient_under_way_costs_the_others_nothing(patient):
    sink = patient.sink()
    domain = patient.domain(sink)
    held, other, third = (f"{name}@{domain}" for name in ("held", "other", "third"))
    with Gate("rcpt", connection=1) as gate:
        sink.rules.append(gate)
        id_ = patient.send(held, other, third)
        gate.wait()
        patient.instance.admin("queue.change", change="hold", message=id_, recipient=held)
    wanted = {held: "held", other: "delivered", third: "delivered"}
    eventually(lambda: patient.instance.state(id_) == wanted)
    assert to_all(sink) == [other, third]
    attempts = {row["recipient"]: row["attempts"]
                for row in patient.instance.queue(id_)["recipients"]}
    assert attempts[other] == attempts[third] == 1


def test_retry_of_what_is_under_way_says_so(bench):
    sink = bench.sink()
    domain = bench.domain(sink)
    with Gate("rcpt") as gate:
        sink.rules.append(gate)
        id_ = bench.send(f"ana@{domain}")
        gate.wait()
        with pytest.raises(Refused) as refused:
            bench.instance.admin("queue.change", change="retry", message=id_)
        assert refused.value.error == "conflict" and "under way" in refused.value.text
        ran = bench.instance.run("queue", "retry", id_)
        assert ran.returncode == 1 and "under way" in ran.stderr
    bench.instance.wait_state(id_, "delivered")
    assert sink.one(f"ana@{domain}")


def test_retry_tries_at_once(zone):
    with Bench(zone, **{"delivery.retry_first": "1h", "delivery.retry_max": "1h"}) as bench:
        sink = bench.sink()
        sink.answer("rcpt", "450 4.2.0 later", times=1)
        domain = bench.domain(sink)
        id_ = bench.send(f"ana@{domain}")
        bench.waiting(id_)
        time.sleep(0.5)
        assert not sink.received
        assert bench.instance.run("queue", "retry", id_, "--json").returncode == 0
        sink.one(f"ana@{domain}")


def test_an_unknown_message_is_said_to_be_unknown(bench):
    with pytest.raises(Refused) as refused:
        bench.instance.queue("0100000000000000-none")
    assert refused.value.error == "not_found"
    ran = bench.instance.run("queue", "show", "none", "--json")
    assert ran.returncode == 1 and ran.stderr.startswith("postern: ")


def test_the_list_counts_what_waits_and_the_account_every_state(patient):
    before, nowhere = patient.instance.account(), patient.domain()
    queued, held = patient.send(f"ana@{nowhere}"), patient.send(f"ana@{nowhere}")
    assert patient.instance.run("queue", "hold", held).returncode == 0

    def listed():
        return json.loads(patient.instance.run("queue", "list", "--json").stdout)["counts"]
    assert listed() == {"queued": before["queued"] + 1, "held": before["held"] + 1}
    after = patient.instance.account()
    assert {state: after[state] - before[state] for state in after if state != "ok"} == {
        "accepted": 2, "queued": 1, "held": 1, "delivered": 0, "bounced": 0, "expired": 0,
        "suppressed": 0, "dropped": 0, "missing": 0}
    for id_ in (queued, held):
        assert patient.instance.run("queue", "drop", id_).returncode == 0
    assert listed() == {"queued": before["queued"], "held": before["held"]}


def test_a_recipient_that_is_lost_is_missed(zone):
    """The account must be able to tell: a row is taken away behind core's back."""
    with Bench(zone) as bench:
        nowhere = bench.domain()
        bench.send(f"ana@{nowhere}")
        assert "missing:" in bench.instance.run("queue", "account", check=True).stdout
        with contextlib.closing(sqlite3.connect(bench.instance.dir / "postern.db")) as store:
            store.execute("DELETE FROM recipient")
            store.commit()
        ran = bench.instance.run("queue", "account", "--json")
        assert ran.returncode == 1 and json.loads(ran.stdout)["missing"] == 1
        with contextlib.closing(sqlite3.connect(bench.instance.dir / "postern.db")) as store:
            store.execute("DELETE FROM message")
            store.commit()


# ---- deaths ----

def test_a_restart_loses_nothing_that_waits(zone):
    with Bench(zone) as bench:
        sink = bench.sink()
        sink.answer("rcpt", "450 4.2.0 later")
        domain = bench.domain(sink)
        ids = [bench.send(f"r{i}@{domain}", body=f"number {i}\r\n") for i in range(20)]
        held = bench.send(f"held@{domain}")
        bench.waiting(held)
        bench.instance.admin("queue.change", change="hold", message=held)
        bench.instance.stop()
        sink.rules.clear()
        bench.instance.start()
        for id_ in ids:
            bench.instance.wait_state(id_, "delivered")
        assert sorted(one.body for one in sink.received) == sorted(
            f"number {i}\r\n".encode() for i in range(20))
        assert bench.instance.state(held) == {f"held@{domain}": "held"}


class Load:
    """Clients that submit until told to stop, and remember what was acknowledged."""

    def __init__(self, bench, domain, clients=4):
        self.bench, self.domain = bench, domain
        self.acknowledged, self.stopping = [], threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(number,))
                        for number in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, client):
        number = 0
        while not self.stopping.is_set():
            try:
                with self.bench.instance.session(self.bench.taro) as session:
                    while not self.stopping.is_set():
                        number += 1
                        to = f"c{client}-{number}@{self.domain}"
                        if session.submit("taro@test1.com", to, message(to=to)).code == 250:
                            self.acknowledged.append(to)
            except (OSError, AssertionError):
                time.sleep(0.05)

    def finish(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)


@pytest.mark.parametrize("role", ["core", "front", "courier", "resolver"])
def test_killing_a_process_in_full_work_loses_no_acknowledged_message(zone, role):
    with Bench(zone) as bench:
        sink = bench.sink()
        load = Load(bench, bench.domain(sink))
        try:
            eventually(lambda: len(load.acknowledged) > 20, 30)
            before = len(load.acknowledged)
            bench.instance.kill(role)
            # Others fall with core and stop with it: their number is not what is tested.
            bench.instance.expected_deaths += 10 if role == "core" else 0
            eventually(lambda: len(load.acknowledged) > before + 20, 60, "work after the death")
        finally:
            load.finish()
        arrived = eventually(
            lambda: set(load.acknowledged) <= {to for one in list(sink.received)
                                               for to in one.recipients}, 60,
            "the arrival of all that was acknowledged")
        assert arrived
        eventually(lambda: bench.instance.admin("queue.list")["counts"]["queued"] == 0, 60)
        account = bench.instance.account()
        assert account["delivered"] >= len(load.acknowledged)
        assert account["delivered"] == account["accepted"] and account["missing"] == 0


def test_mail_that_was_on_its_way_when_courier_died_arrives(zone):
    with Bench(zone) as bench:
        sink, released = bench.sink(), threading.Event()
        sink.rules.append(lambda step, *_: released.wait(20) and None if step == "data" else None)
        domain = bench.domain(sink)
        id_ = bench.send(f"ana@{domain}")
        eventually(lambda: any(line == b"DATA" for _, line in sink.lines))
        bench.instance.kill("courier")
        released.set()
        bench.instance.wait_state(id_, "delivered")
        assert sink.wait(1, to=f"ana@{domain}")


def test_an_answer_to_a_courier_that_died_is_none_for_the_next(zone):
    """Both count their questions from the start: what is asked after the death must not be told
    what was asked before it, or mail goes to strangers."""
    with Table() as table, Bench(table) as bench:
        sinks = {bench.domain(sink): sink for sink in (bench.sink() for _ in range(7))}
        known, first, *others = sinks
        bench.send(f"x@{known}")
        sinks[known].one(f"x@{known}")
        for domain in (first, *others):
            table.keep_silent(domain)
        bench.send(f"x@{first}")
        eventually(lambda: first in table.asked)
        bench.instance.kill("courier")
        ids = {}
        for domain in others:
            ids[domain] = bench.send(f"x@{domain}")
            eventually(lambda: domain in table.asked)
        table.speak(first)
        sinks[first].one(f"x@{first}")
        for domain in others:
            table.speak(domain)
            bench.instance.wait_state(ids[domain], "delivered")
        assert {domain: to_all(sink) for domain, sink in sinks.items()} == {
            domain: [f"x@{domain}"] for domain in sinks}


def test_an_orderly_stop_waits_for_the_reply_to_what_was_sent(zone):
    with Bench(zone) as bench:
        sink, asked = bench.sink(), threading.Event()

        def late(step, *_):
            if step == "body":
                asked.set()
                eventually(lambda: bench.instance.events("postern.stopping"))
                time.sleep(2)
        sink.rules.append(late)
        id_ = bench.send(f"ana@{bench.domain(sink)}")
        assert asked.wait(20)
        bench.instance.stop()
        sink.rules.clear()
        bench.instance.start()
        bench.instance.wait_state(id_, "delivered")
        assert data_commands(sink) == 1


def test_courier_ends_in_order_however_core_dies_in_full_work(zone):
    with Bench(zone) as bench:
        sink = bench.sink(starttls=True)
        sink.rules.append(lambda step, *_: time.sleep(0.05) if step in ("mail", "body") else None)
        domain, sent = bench.domain(sink), set()
        for _ in range(3):
            before = len(sink.received)
            sent.update(bench.send_many(domain, 30, body=("x" * 70 + "\r\n") * 500))
            sink.wait(before + 5)
            ready = bench.instance.kill("core")
            bench.instance.expected_deaths += 10  # who falls with core
            eventually(lambda: len(bench.instance.events("postern.ready")) > ready
                       or bench.instance.process.poll() is not None, 30)
        eventually(lambda: sent <= set(to_all(sink)), 30, "the arrival of all")
        ends = re.findall(r"process\.ended role=courier pid=\d+ (\S+)", bench.instance.log())
        assert ends and set(ends) <= {"status=0", "signal=9"}, ends


def test_an_outcome_that_cannot_be_written_at_once_is_written_later(zone):
    with Bench(zone) as bench, Gate("body") as gate:
        bench.instance.allowed_errors.append("delivery.")
        sink = bench.sink()
        sink.rules.append(gate)
        id_ = bench.send(f"ana@{bench.domain(sink)}")
        gate.wait()
        other = sqlite3.connect(bench.instance.dir / "postern.db", isolation_level=None)
        with contextlib.closing(other):
            other.execute("BEGIN IMMEDIATE")
            gate.opened.set()
            time.sleep(6)  # longer than core waits for the lock
            assert len(sink.received) == 1
            assert set(bench.instance.state(id_).values()) == {"queued"}
            other.execute("ROLLBACK")
        bench.instance.wait_state(id_, "delivered")
        assert data_commands(sink) == 1


@pytest.fixture
def small_disk(open_dir):
    """A file system of 48 MiB."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m,mode=755", "tmpfs", open_dir],
                             capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("only root may mount a file system")
    yield open_dir
    subprocess.run(["umount", "-l", open_dir], check=True)


def free_bytes(directory):
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize


def offer(session, to, body):
    """A message, up to the first reply that refuses it: the last reply."""
    for command in ("MAIL FROM:<taro@test1.com>", f"RCPT TO:<{to}>", "DATA"):
        reply = session.command(command)
        if reply.code >= 400:
            return reply
    return session.data(message(to=to, body=body))


@pytest.mark.parametrize("low_water", ["0", "1m"])
def test_a_full_disk_loses_and_repeats_nothing_and_is_got_over(zone, small_disk, low_water):
    with Bench(zone, directory=small_disk / "data", **{"store.low_water": low_water}) as bench:
        bench.instance.allowed_errors += ["store.", "delivery."]
        sink, acknowledged = bench.sink(), []
        domain = bench.domain(sink)
        filler = small_disk / "filler"
        with open(filler, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, free_bytes(small_disk) - 4 * 1024 * 1024)
        body = ("x" * 70 + "\r\n") * (64 * 1024 // 72)
        with Gate("connect") as gate:
            sink.rules.append(gate)
            with bench.instance.session(bench.taro) as session:
                for i in range(300):
                    reply = offer(session, to := f"r{i}@{domain}", body)
                    if reply.code != 250:
                        break
                    acknowledged.append(to)
            assert reply.code == 452 and acknowledged, reply
        sink.wait(1)
        filler.unlink()

        def taken():
            with bench.instance.session(bench.taro) as session:
                return offer(session, f"after@{domain}", "Hello\r\n").code == 250
        eventually(taken, 20, "submission after space came")
        eventually(lambda: bench.instance.admin("queue.list")["counts"]["queued"] == 0)
        assert to_all(sink) == sorted([*acknowledged, f"after@{domain}"])


# ---- one that hangs ----

def test_a_backlog_goes_on_beside_a_destination_that_hangs(zone):
    with Bench(zone, **{"delivery.retry_first": "1h", "delivery.retry_max": "1h"}) as bench:
        dead, live = bench.sink(), bench.sink()
        to_dead, to_live = bench.domain(dead), bench.domain(live)
        with Gate("connect") as silence, Gate("connect") as before:
            dead.rules.append(silence)
            live.rules.append(before)
            bench.send_many(to_dead, 70)
            several = [bench.send(*(f"r{next(NAMES)}@{to_live}" for _ in range(50)))
                       for _ in range(12)]
            before.wait()
            live.rules.clear()
            bench.instance.expected_deaths += 10
            bench.instance.allowed_errors += [""]
            bench.instance.kill("core")
            eventually(lambda: len(set(to_all(live))) == 600, 20, "all of the backlog")
        assert len(several) == 12


def test_bodies_for_a_destination_that_hangs_leave_room_for_others(zone):
    with Bench(zone, **{"delivery.retry_first": "1h", "delivery.retry_max": "1h"}) as bench:
        dead, live = bench.sink(), bench.sink()
        to_dead, to_live = bench.domain(dead), bench.domain(live)
        with Gate("connect") as silence:
            dead.rules.append(silence)
            bench.send_many(to_dead, 160, body=("x" * 70 + "\r\n") * (250 * 1024 // 72))
            to = bench.send_many(to_live, 3)
            eventually(lambda: to_all(live) == sorted(to), 15, "mail for the healthy one")
