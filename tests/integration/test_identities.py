"""Identities, proved by a real and signed DNS, by a link, or by the administrator's word."""

import contextlib
import email
import email.policy
import re
import socket
import sqlite3
import time
import urllib.error
import urllib.request

import dns.message
import pytest

from harness import FailingServer, Instance, NameServer, Refused, eventually, message


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.anybody = instance.person("anybody")
        yield instance


@pytest.fixture
def fresh(instance, zone):
    """No identities, and no records of any."""
    for identity in instance.admin("identity.list")["identities"]:
        instance.admin("identity.remove", identity=identity["name"])
    published = list(zone.added)
    yield instance
    for name, type_ in zone.added:
        if (name, type_) not in published:
            zone.remove(name, type_)
    zone.added[:] = published


def reply_to(instance, from_, to="ana@example.net", mail_from=None):
    return instance.submit(instance.anybody, mail_from or from_, to, message(from_, to))


def may_send(instance, from_):
    reply = reply_to(instance, from_)
    if reply.code == 250:
        return True
    assert "Email address is not verified" in reply.text, reply
    return False


def proofs(instance, domain):
    """The findings that decide; others are advice."""
    return [one for one in instance.admin("domain.check", domain=domain)["findings"]
            if one["purpose"] in ("verification", "dkim")]


# ---- domains ----

def test_a_domain_is_verified_by_its_txt_record(fresh, zone):
    records = fresh.add_domain("test1.com", vouch=False)["records"]
    assert not may_send(fresh, "taro@test1.com")
    assert fresh.identity("test1.com")["verification"] == "PENDING"
    zone.publish(records, "verification")
    identity = fresh.check_until("test1.com", verification="SUCCESS")
    assert identity["dkim"] == "PENDING" and not identity["vouched"]
    assert may_send(fresh, "taro@test1.com")


def test_a_domain_is_verified_by_its_dkim_records_alone(fresh, zone, sink):
    zone.publish(fresh.add_domain("test1.com", vouch=False)["records"], "dkim")
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    assert reply_to(fresh, "taro@test1.com", "by-dkim@example.net").code == 250
    signature = sink.one("by-dkim@example.net").fields("DKIM-Signature")
    assert len(signature) == 1 and "d=test1.com;" in signature[0]


def test_two_of_three_dkim_records_prove_nothing(fresh, zone):
    records = fresh.add_domain("test1.com", vouch=False)["records"]
    zone.publish([one for one in records if one["purpose"] == "dkim"][:2])
    findings = fresh.admin("domain.check", domain="test1.com")["findings"]
    assert [one["purpose"] for one in findings] == ["verification", *["dkim"] * 3, "spf", "dmarc"]
    assert not may_send(fresh, "taro@test1.com")


def test_the_answers_of_a_signed_zone_are_marked_secure(fresh, zone):
    records = fresh.add_domain("test1.com", vouch=False)["records"]
    zone.publish(records, "verification", "dkim")
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    findings = fresh.admin("domain.check", domain="test1.com")["findings"]
    assert {(one["found"], one["secure"]) for one in findings[:4]} == {("present", True)}
    zone.publish(fresh.add_domain("test2.com", vouch=False)["records"], "verification", "dkim")
    fresh.check_until("test2.com", verification="SUCCESS", dkim="SUCCESS")
    findings = fresh.admin("domain.check", domain="test2.com")["findings"]
    assert {(one["found"], one["secure"]) for one in findings[:4]} == {("present", False)}


def test_a_wrong_value_proves_nothing_and_is_shown(fresh, zone):
    fresh.add_domain("test1.com", vouch=False)
    zone.add("_amazonses.test1.com", "TXT", "another account's token")

    def seen():
        findings = fresh.admin("domain.check", domain="test1.com")["findings"]
        finding = next(one for one in findings if one["purpose"] == "verification")
        return (finding["found"], finding["seen"]) == ("wrong", "another account's token")
    eventually(seen)
    assert fresh.identity("test1.com")["verification"] == "PENDING"
    assert not may_send(fresh, "taro@test1.com")


def test_several_tokens_beside_each_other_do_no_harm(fresh, zone):
    records = fresh.add_domain("test1.com", vouch=False)["records"]
    zone.add("_amazonses.test1.com", "TXT", "another account's token")
    zone.publish(records, "verification")
    fresh.check_until("test1.com", verification="SUCCESS")


def test_removed_records_begin_the_grace_time_in_which_mail_goes_on_signed(fresh, zone, sink):
    records = fresh.add_domain("test1.com", vouch=False)["records"]
    zone.publish(records, "verification", "dkim")
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    for record in records:
        if record["purpose"] in ("verification", "dkim"):
            zone.remove(record["name"], record["type"])
    fresh.check_until("test1.com", verification="TEMPORARY_FAILURE", dkim="TEMPORARY_FAILURE")
    assert reply_to(fresh, "taro@test1.com", "grace@example.net").code == 250
    signature = sink.one("grace@example.net").fields("DKIM-Signature")
    assert len(signature) == 1 and "d=test1.com;" in signature[0]
    zone.publish(records, "verification", "dkim")
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")


def test_when_the_grace_time_is_over_mail_is_refused_and_never_signed_by_another(zone, sink):
    with Instance(zone, mx_port=sink.port, dkim__grace="1s") as instance:
        instance.anybody = instance.person("anybody")
        records = instance.add_domain("test3.com", vouch=False)["records"]
        zone.publish(records, "verification", "dkim")
        instance.check_until("test3.com", verification="SUCCESS", dkim="SUCCESS")
        for record in records:
            if record["purpose"] == "dkim":
                zone.remove(record["name"], record["type"])
        instance.check_until("test3.com", verification="SUCCESS", dkim="TEMPORARY_FAILURE")

        def refused():
            # Absence is counted from one look to the next.
            instance.admin("domain.check", domain="test3.com")
            reply = reply_to(instance, "taro@test3.com")
            return reply.line == ("554 Message rejected: the DKIM records of test3.com are missing "
                                  "from DNS")
        eventually(refused)
        zone.remove("_amazonses.test3.com", "TXT")


def test_bogus_answers_and_failures_of_dns_change_nothing(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.anybody = instance.person("anybody")
        zone.publish(instance.add_domain("test3.com", vouch=False)["records"], "verification",
                     "dkim")
        instance.check_until("test3.com", verification="SUCCESS", dkim="SUCCESS")
        instance.stop()
        instance.use_zone(zone, anchor=zone.wrong_anchors())
        instance.start()
        findings = instance.admin("domain.check", domain="test3.com")["findings"]
        assert {one["found"] for one in findings} == {"unknown"}
        assert {one["seen"] for one in findings} == {"DNSSEC validation failed"}
        identity = instance.identity("test3.com")
        assert (identity["verification"], identity["dkim"]) == ("SUCCESS", "SUCCESS")
        assert may_send(instance, "taro@test3.com")
        instance.stop()
        with FailingServer() as failing:
            instance.use_zone(failing)
            instance.start()
            findings = instance.admin("domain.check", domain="test3.com")["findings"]
            assert {one["found"] for one in findings} == {"unknown"}
            identity = instance.identity("test3.com")
            assert (identity["verification"], identity["dkim"]) == ("SUCCESS", "SUCCESS")
            assert may_send(instance, "taro@test3.com")


def test_a_bogus_answer_verifies_nobody(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.stop()
        instance.use_zone(zone, anchor=zone.wrong_anchors())
        instance.start()
        zone.publish(instance.add_domain("test3.com", vouch=False)["records"], "verification",
                     "dkim")
        findings = instance.admin("domain.check", domain="test3.com")["findings"]
        assert {one["found"] for one in findings} == {"unknown"}
        assert instance.identity("test3.com")["verification"] == "PENDING"


def test_subdomains_inherit_and_neighbours_do_not(fresh):
    fresh.add_domain("test1.com")
    assert may_send(fresh, "taro@test1.com")
    assert may_send(fresh, "taro@a.b.test1.com")
    for other in ("taro@xtest1.com", "taro@test1.com.example.net", "taro@com", "taro@est1.com"):
        assert not may_send(fresh, other), other


def test_a_domain_can_be_kept_to_itself(fresh):
    fresh.add_domain("test1.com", only_itself=True)
    assert may_send(fresh, "taro@test1.com")
    assert not may_send(fresh, "taro@a.test1.com")


def test_a_subdomain_does_not_verify_its_parent(fresh):
    fresh.add_domain("a.test1.com")
    assert may_send(fresh, "taro@a.test1.com")
    assert not may_send(fresh, "taro@test1.com")


def test_the_case_of_a_domain_does_not_matter(fresh):
    answer = fresh.add_domain("TEST1.com")
    assert answer["domain"] == "test1.com"
    assert may_send(fresh, "taro@Test1.COM")


@pytest.mark.parametrize("name", ["com", "co.jp", "github.io", "CO.UK"])
def test_a_public_suffix_is_nobodys(fresh, name):
    with pytest.raises(Refused, match="is a public suffix and cannot be an identity"):
        fresh.add_domain(name)


@pytest.mark.parametrize("name", ["", "test1..com", ".test1.com", "-x.com", "x" * 64 + ".com",
                                  "a b.com", "test1.com/x", "*.test1.com", "test1.com\n"])
def test_what_is_no_domain_is_refused(fresh, name):
    with pytest.raises(Refused):
        fresh.add_domain(name)


def test_a_domain_made_again_has_new_tokens(fresh):
    def values(answer):
        return {one["value"] for one in answer["records"]
                if one["purpose"] in ("verification", "dkim")}
    first = values(fresh.add_domain("test1.com", vouch=False))
    with pytest.raises(Refused):
        fresh.add_domain("test1.com", vouch=False)
    fresh.admin("identity.remove", identity="test1.com")
    assert not first & values(fresh.add_domain("test1.com", vouch=False))


def published(records):
    return [(one["name"], one["type"], one["value"]) for one in records]


def test_a_domain_that_failed_is_started_again_with_what_is_published(zone, sink):
    name = "failed.test2.com"
    with Instance(zone, mx_port=sink.port) as instance:
        records = instance.add_domain(name, vouch=False)["records"]
        instance.stop()
        with contextlib.closing(sqlite3.connect(instance.dir / "postern.db")) as store:
            failed, never = 3, 2 ** 63 - 1
            store.execute("UPDATE proof SET status = ?, next_ms = ? WHERE identity = ?",
                          (failed, never, name))
            store.commit()
        zone.publish(records, "verification", "dkim")
        instance.start()
        assert {one["found"] for one in proofs(instance, name)} == {"present"}
        identity = instance.identity(name)
        assert (identity["verification"], identity["dkim"]) == ("FAILED", "FAILED")
        ran = instance.run("domain", "check", name)
        assert ran.returncode == 1 and "is verified" not in ran.stdout, ran.stdout
        assert published(instance.add_domain(name, vouch=False)["records"]) == published(records)
        instance.check_until(name, verification="SUCCESS", dkim="SUCCESS")
        ran = instance.run("domain", "check", name)
        assert ran.returncode == 0 and "The domain is verified." in ran.stdout, ran.stdout


class Holding(NameServer):
    """Asks the zone, but holds back what is asked of one name."""

    def __init__(self, zone, name):
        self.zone, self.name, self.held = zone, name + ".", []
        super().__init__()

    def hear(self, packet, peer):
        name = dns.message.from_wire(packet).question[0].name.to_text()
        with self.lock:
            if name.lower() == self.name:
                self.held.append((packet, peer))
                return
        self.pass_on(packet, peer)

    def pass_on(self, question, peer):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as onward:
            onward.settimeout(5)
            onward.sendto(question, ("127.0.0.1", self.zone.port))
            self.socket.sendto(onward.recv(65535), peer)

    def release(self):
        with self.lock:
            held, self.held, self.name = self.held, [], None
        for question, peer in held:
            self.pass_on(question, peer)


def test_what_dns_said_of_a_removed_domain_is_not_said_of_its_successor(zone, sink):
    name = "successor.test2.com"
    with Holding(zone, f"_amazonses.{name}") as slow, Instance(slow, mx_port=sink.port) as instance:
        instance.anybody = instance.person("anybody")
        zone.publish(instance.add_domain(name, vouch=False)["records"], "verification")
        eventually(lambda: slow.held, what="a question about the first")
        instance.admin("identity.remove", identity=name)
        instance.add_domain(name, vouch=False)
        slow.release()
        for _ in range(2):  # the first may still be of those that began before
            findings = proofs(instance, name)
        assert findings[0]["found"] == "wrong", findings
        assert instance.identity(name)["verification"] == "PENDING"
        assert not may_send(instance, f"taro@{name}")


@pytest.mark.parametrize("name", ["postern.localhost", "POSTERN.localhost"])
def test_the_domain_of_the_provider_is_no_identity(fresh, name):
    with pytest.raises(Refused, match="provider_domain"):
        fresh.add_domain(name)
    assert not fresh.admin("identity.list")["identities"]


def test_a_vouched_domain_with_a_mail_from_domain_lets_core_rest(fresh, zone):
    fresh.add_domain("test1.com")
    records = fresh.admin("domain.mail_from", domain="test1.com",
                          mail_from="vouched.test1.com")["records"]
    zone.publish(records, "mail_from")
    before = fresh.metric("postern_commits_total")
    time.sleep(2)
    assert fresh.metric("postern_commits_total") - before < 20
    zone.publish(fresh.add_domain("test2.com", vouch=False)["records"], "verification")
    fresh.check_until("test2.com", verification="SUCCESS")
    fresh.check_until("test1.com", mail_from="SUCCESS")
    assert fresh.identity("test1.com")["vouched"]


def test_the_word_of_the_administrator_is_shown_as_such(fresh):
    fresh.add_domain("test1.com")
    assert fresh.identity("test1.com")["vouched"]
    fresh.admin("identity.vouch", identity="jiro@test2.com")
    assert fresh.identity("jiro@test2.com")["vouched"]


def test_a_removed_domain_sends_no_more_on_an_open_session(fresh):
    fresh.add_domain("test1.com")
    with fresh.session(fresh.anybody) as session:
        raw = message("taro@test1.com")
        assert session.submit("taro@test1.com", "ana@example.net", raw).code == 250
        fresh.admin("identity.remove", identity="test1.com")
        assert session.submit("taro@test1.com", "ana@example.net", raw).code == 554


# ---- addresses ----

@pytest.fixture
def mailbox(fresh, zone, sink):
    """taro@test2.com receives at the sink."""
    zone.mail_server("test2.com", "mx.test2.com", "127.0.0.1")
    return sink


def link_in(received):
    text = email.message_from_bytes(received.raw, policy=email.policy.default).get_content()
    return re.search(r"http://127\.0\.0\.1:\d+/verify\?token=\S+", text)[0]


def follow(link):
    try:
        with urllib.request.urlopen(link, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_an_address_is_verified_by_its_link_which_works_once(fresh, mailbox):
    fresh.patiently("address.add", address="once@test2.com")
    assert fresh.identity("once@test2.com")["verification"] == "PENDING"
    assert not may_send(fresh, "once@test2.com")
    received = mailbox.one("once@test2.com")
    assert received.mail_from == ""
    link = link_in(received)
    status, page = follow(link)
    assert status == 200 and "The address is confirmed" in page
    assert fresh.identity("once@test2.com")["verification"] == "SUCCESS"
    assert may_send(fresh, "once@test2.com")
    assert not may_send(fresh, "other@test2.com")
    # A program may follow a link ahead of the person, who hears the same; it does nothing twice.
    assert follow(link)[0] == 200
    fresh.admin("identity.remove", identity="once@test2.com")
    status, page = follow(link)
    assert status == 404 and "was not confirmed" in page


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "%00", "<script>", "a&token=b"])
def test_an_unknown_token_is_not_found(fresh, token):
    status, page = follow(f"http://127.0.0.1:{fresh.ports['http']}/verify?token={token}")
    assert status == 404 and "<script>" not in page


def test_a_link_of_a_removed_address_confirms_nothing(fresh, mailbox):
    fresh.patiently("address.add", address="removed@test2.com")
    link = link_in(mailbox.one("removed@test2.com"))
    fresh.admin("identity.remove", identity="removed@test2.com")
    assert follow(link)[0] == 404
    fresh.patiently("address.add", address="removed@test2.com")
    assert follow(link)[0] == 404
    assert not may_send(fresh, "removed@test2.com")


def test_a_link_may_have_other_parameters(fresh, mailbox):
    fresh.patiently("address.add", address="utm@test2.com")
    status, page = follow(link_in(mailbox.one("utm@test2.com")) + "&utm=1")
    assert status == 200 and "The address is confirmed" in page
    assert fresh.identity("utm@test2.com")["verification"] == "SUCCESS"


def test_a_used_link_says_so_until_its_address_is_removed(fresh, mailbox):
    fresh.patiently("address.add", address="used@test2.com")
    link = link_in(mailbox.one("used@test2.com"))
    assert follow(link)[0] == 200
    status, page = follow(link)
    assert status == 200 and re.search("is confirmed|confirmed already", page), (
        "people click twice, and their programs click before them")
    fresh.admin("identity.remove", identity="used@test2.com")
    assert follow(link)[0] == 404
    fresh.patiently("address.add", address="used@test2.com")
    assert follow(link)[0] == 404
    assert fresh.identity("used@test2.com")["verification"] == "PENDING"


def test_an_asked_again_address_gets_a_new_link_and_a_verified_one_none(fresh, mailbox):
    fresh.patiently("address.add", address="again@test2.com")
    fresh.patiently("address.add", address="again@test2.com")
    links = {link_in(one) for one in mailbox.wait(2, to="again@test2.com")}
    assert len(links) == 2
    assert sorted(follow(link)[0] == 200 for link in links) == [False, True]  # in any order
    with pytest.raises(Refused, match="is verified already"):
        fresh.admin("address.add", address="again@test2.com")


def test_a_label_needs_no_verification_of_its_own_and_case_does(fresh):
    fresh.admin("identity.vouch", identity="taro@test2.com")
    assert may_send(fresh, "taro@test2.com")
    assert may_send(fresh, "taro+label@test2.com")
    assert may_send(fresh, "taro@TEST2.com")
    assert not may_send(fresh, "Taro@test2.com")
    assert not may_send(fresh, "jiro+taro@test2.com")
    assert not may_send(fresh, "taro@sub.test2.com")


# ---- custom MAIL FROM ----

def test_a_proved_mail_from_domain_is_on_the_wire_with_an_id_that_tells_nothing(fresh, zone, sink):
    fresh.add_domain("test1.com", vouch=False)
    zone.publish(fresh.admin("domain.records", domain="test1.com")["records"], "verification",
                 "dkim")
    records = fresh.admin("domain.mail_from", domain="test1.com",
                          mail_from="bounce.test1.com")["records"]
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS", mail_from="PENDING")
    assert reply_to(fresh, "taro@test1.com", "before@example.net").code == 250
    assert sink.one("before@example.net").mail_from == "taro@test1.com"
    zone.publish(records, "mail_from")
    fresh.check_until("test1.com", mail_from="SUCCESS")
    assert reply_to(fresh, "taro@test1.com", "after@example.net").code == 250
    local, domain = sink.one("after@example.net").mail_from.split("@")
    assert domain == "bounce.test1.com"
    assert re.fullmatch(r"[a-z2-7]+", local)
    assert local not in sink.one("after@example.net").raw.decode()


def test_mail_waits_for_its_mail_from_domain_where_that_is_wished(fresh, zone):
    fresh.add_domain("test1.com", vouch=False)
    zone.publish(fresh.admin("domain.records", domain="test1.com")["records"], "verification",
                 "dkim")
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS")
    fresh.admin("domain.mail_from", domain="test1.com", mail_from="wanted.test1.com", reject=True)
    assert reply_to(fresh, "taro@test1.com").line == (
        "554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.")


def test_two_mx_records_do_not_prove_a_mail_from_domain(fresh, zone):
    fresh.add_domain("test1.com", vouch=False)
    zone.add("two.test1.com", "MX", "20 mx.example.org.")
    records = fresh.admin("domain.mail_from", domain="test1.com",
                          mail_from="two.test1.com")["records"]
    zone.publish(records, "mail_from")

    def wrong():
        findings = fresh.admin("domain.check", domain="test1.com")["findings"]
        return [one for one in findings if one["purpose"] == "mail_from" and
                one["found"] == "wrong" and " | " in one["seen"]]
    eventually(wrong)
    assert fresh.identity("test1.com")["mail_from"] == "PENDING"


@pytest.mark.parametrize("name", ["test1.com", "test2.com", "xtest1.com", "a.test2.com"])
def test_a_mail_from_domain_lies_below_its_identity(fresh, name):
    fresh.add_domain("test1.com")
    with pytest.raises(Refused, match="must be a subdomain of test1.com"):
        fresh.admin("domain.mail_from", domain="test1.com", mail_from=name)


# ---- advice ----

def found_in_txt(instance, domain):
    return {one["name"]: one["found"]
            for one in instance.admin("domain.check", domain=domain)["findings"]
            if one["type"] == "TXT" and one["purpose"] not in ("verification", "dkim")}


def test_spf_and_dmarc_are_shown_and_decide_nothing(fresh, zone):
    fresh.add_domain("test1.com", vouch=False)
    records = fresh.admin("domain.mail_from", domain="test1.com",
                          mail_from="advice.test1.com")["records"]
    zone.publish(records, "verification", "dkim")
    zone.publish([one for one in records if one["type"] == "MX"])
    fresh.check_until("test1.com", verification="SUCCESS", dkim="SUCCESS", mail_from="SUCCESS")
    names = ("test1.com", "advice.test1.com", "_dmarc.test1.com")
    assert found_in_txt(fresh, "test1.com") == dict.fromkeys(names, "absent")
    ran = fresh.run("domain", "check", "test1.com")
    assert ran.returncode == 0 and "The domain is verified." in ran.stdout, ran.stdout
    for name in names:
        assert re.search(rf"(^|\s){re.escape(name)}\s+absent\b", ran.stdout, re.M), ran.stdout
    zone.publish([one for one in records if one["type"] == "TXT"], "spf", "dmarc", "mail_from")
    eventually(lambda: found_in_txt(fresh, "test1.com") == dict.fromkeys(names, "present"))
    assert fresh.run("domain", "check", "test1.com").returncode == 0


def test_spf_and_dmarc_prove_nothing(fresh, zone):
    zone.add("test2.com", "TXT", "v=spf1 -all")
    records = fresh.add_domain("test2.com", vouch=False)["records"]
    zone.publish(records, "dmarc")
    eventually(lambda: found_in_txt(fresh, "test2.com") == {"test2.com": "wrong",
                                                           "_dmarc.test2.com": "present"})
    ran = fresh.run("domain", "check", "test2.com")
    assert ran.returncode == 1 and "The domain is verified." not in ran.stdout
    zone.remove("test2.com", "TXT")
    zone.publish(records, "spf")
    eventually(lambda: found_in_txt(fresh, "test2.com")["test2.com"] == "present")
    assert fresh.run("domain", "check", "test2.com").returncode == 1
    assert fresh.identity("test2.com")["verification"] == "PENDING"


# ---- records ----

def test_records_are_what_to_publish(fresh):
    records = fresh.add_domain("test1.com", vouch=False)["records"]
    purposes = [one["purpose"] for one in records]
    assert purposes == ["verification", "dkim", "dkim", "dkim", "spf", "dmarc"]
    assert records == fresh.admin("domain.records", domain="test1.com")["records"]
    assert records[0]["name"] == "_amazonses.test1.com" and len(records[0]["value"]) == 44
    for record in records[1:4]:
        assert re.fullmatch(r"[a-z2-7]{32}\._domainkey\.test1\.com", record["name"])
        assert "p=" in record["value"]
