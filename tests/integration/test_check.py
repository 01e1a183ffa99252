"""`postern check`: a domain as it should be is green; each fault by itself is named, with the line that
mends it, and the domain is green again once that line is published."""

import json
import os
import signal
import sqlite3
import subprocess

import pytest

from harness import Instance, eventually

DOMAIN = "test1.com"
HOST = "mail.test1.com"
ADDRESS = "192.0.2.10"
REVERSE = "10.2.0.192.in-addr.arpa"
STATUS = {"green": 0, "red": 1, "amber": 3}


@pytest.fixture(scope="module")
def instance(name_server):
    # A 2048 bit key is what receivers want, and the name of the host lies under the domain.
    with Instance(name_server, hostname=HOST, **{"dkim__key_bits": 2048}) as instance:
        instance.add_domain(DOMAIN, vouch=False)
        instance.grant(f"taro@{DOMAIN}")
        instance.admin("domain.mail_from", domain=DOMAIN, mail_from=f"bounce.{DOMAIN}")
        yield instance
    name_server.clear()


MAILER = "mx.example.net"  # takes the domain's mail


@pytest.fixture(scope="module")
def green(instance, name_server):
    """Everything is published, and seen."""
    name_server.publish(instance.admin("domain.records", domain=DOMAIN)["records"])
    name_server.add(HOST, "A", ADDRESS)
    name_server.add(DOMAIN, "MX", f"10 {MAILER}.")
    name_server.add(REVERSE, "PTR", f"{HOST}.")
    instance.check_until(DOMAIN, verification="SUCCESS", dkim="SUCCESS", mail_from="SUCCESS")
    return instance


def examine(instance, domain=DOMAIN, *words):
    ran = instance.run("check", domain, "--json", *words)
    answer = json.loads(ran.stdout)
    assert ran.returncode == STATUS[answer["verdict"]], (ran.stdout, ran.stderr)
    return answer


def faults(answer, subject=None):
    return [one for one in answer["findings"] if one["verdict"] in ("red", "amber")
            and subject in (None, one["subject"])]


def examine_until(instance, verdict, domain=DOMAIN, *words):
    """What DNS answered lives for a second."""
    answers = []

    def fits():
        answers[:] = [examine(instance, domain, *words)]
        return answers[0]["verdict"] == verdict
    try:
        eventually(fits, 30, f"{verdict} for {domain}")
    except AssertionError as late:
        raise AssertionError(faults(answers[0])) from late
    return answers[0]


def records_of(zone, name, type_):
    return [(name, type_, value.to_text().strip('"').replace('" "', ""))
            for rrset in zone.ask(name, type_).answer for value in rrset]


def publish(zone, line):
    """The line of a finding, in the place of what was there."""
    zone.remove(line["name"], line["type"])
    zone.add(line["name"], line["type"],
             line["value"] + ("." if line["type"] in ("MX", "PTR") else ""))


@pytest.fixture
def mended(green, name_server):
    """Whatever a test did to DNS, the next begins with a domain that is as it should be."""
    yield green
    wanted = green.admin("domain.records", domain=DOMAIN)["records"]
    wanted += [{"name": HOST, "type": "A", "value": ADDRESS},
               {"name": DOMAIN, "type": "MX", "value": f"10 {MAILER}"},
               {"name": REVERSE, "type": "PTR", "value": HOST}]
    for name, type_ in {(one["name"], one["type"]) for one in wanted} | {
            (one["name"], "CNAME") for one in wanted}:
        name_server.remove(name, type_)
    for one in wanted:
        publish(name_server, one)
    examine_until(green, "green")


# ---- as it should be ----

def test_a_domain_with_all_its_records_is_green(green):
    answer = examine_until(green, "green")
    assert faults(answer) == []
    said = {(one["subject"], one["verdict"]) for one in answer["findings"]}
    for subject in ("identity", "gate", "DKIM", "key", "SPF", "MAIL FROM", "MX", "DMARC", "PTR",
                    "trace"):
        assert (subject, "green") in said, subject
    assert (answer["user"], answer["from"]) == (f"taro@{DOMAIN}", f"taro@{DOMAIN}")


def test_the_message_is_a_real_one_and_its_decision_is_recorded(green, sink):
    received = len(sink.received)
    answer = examine_until(green, "green")
    mail = green.admin("queue.show", message=answer["message"])
    text = json.dumps(mail)
    assert "success@simulator." + HOST in text and "delivered" in text
    recorded = [one for one in green.decisions() if answer["message"] in json.dumps(one)]
    assert len(recorded) == 1 and recorded[0]["user"] == f"taro@{DOMAIN}"
    assert "grant-taro" in json.dumps(recorded[0])
    assert len(sink.received) == received, "it leaves for nobody"
    green.check_accounting()


def test_what_a_receiver_sees_is_shown_place_by_place(green):
    shown = [one["words"] for one in examine_until(green, "green")["findings"]
             if one["subject"] == "shows"]
    for place in ("reverse-path: ", "Received: none", "Message-ID: <", "Feedback-ID: ",
                  "Content-Type: multipart/alternative; boundary=", f"EHLO: {HOST}",
                  f"address: {ADDRESS}", "certificate, to whoever connects: CN=",
                  f"greeting of the port that takes bounces: {HOST}",
                  "links to unsubscribe and to verify an address: http"):
        assert any(words.startswith(place) for words in shown), (place, shown)


def test_the_certificate_shown_is_the_one_presented_now(green):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/O=Yamada KK/CN=smtp.example.net", "-days", "2",
         "-addext", f"subjectAltName=DNS:{HOST},DNS:smtp.example.net",
         "-out", green.dir / "certificate.pem", "-keyout", green.dir / "certificate-key.pem"],
        check=True, capture_output=True)
    names = f"CN=smtp.example.net,O=Yamada KK, DNS:{HOST}, DNS:smtp.example.net"
    os.kill(green.process.pid, signal.SIGHUP)
    eventually(lambda: names in json.dumps(examine(green)), 30, "the renewed certificate")


def test_people_read_the_same_with_the_line_to_publish(mended, name_server):
    name_server.remove(f"_dmarc.{DOMAIN}", "TXT")
    examine_until(mended, "amber")
    ran = mended.run("check", DOMAIN)
    assert ran.returncode == 3
    assert f'publish    _dmarc.{DOMAIN}. IN TXT "v=DMARC1; p=quarantine"' in ran.stdout
    assert ran.stdout.rstrip().endswith(f"{DOMAIN} is amber")


# ---- one fault at a time ----

def key_names(instance):
    return [one["name"] for one in instance.admin("domain.records", domain=DOMAIN)["records"]
            if one["purpose"] == "dkim"]


def signing_name(instance):
    return next(one["words"].split(":")[0] for one in examine(instance)["findings"]
                if one["subject"] == "key")


def other_record(instance):
    return next(one["value"] for one in instance.admin("domain.records", domain=DOMAIN)["records"]
                if one["purpose"] == "dkim" and one["name"] != signing_name(instance))


MAIL_FROM = f"bounce.{DOMAIN}"
LONG = "v=spf1 " + " ".join(f"include:_{n}.{DOMAIN}" for n in range(11)) + " -all"

# name of the fault: what is done to DNS, subject, verdict, words
FAULTS = {
    "DKIM record missing": (lambda i, z: z.remove(signing_name(i), "TXT"),
                            "DKIM", "red", "there is no key record"),
    "DKIM record with another key": (
        lambda i, z: publish(z, {"name": signing_name(i), "type": "TXT", "value": other_record(i)}),
        "DKIM", "red", "did not sign it"),
    "DKIM key revoked": (
        lambda i, z: publish(z, {"name": signing_name(i), "type": "TXT",
                                 "value": "v=DKIM1; k=rsa; p="}),
        "DKIM", "red", "revoked"),
    "DKIM record in testing": (
        lambda i, z: publish(z, {"name": signing_name(i), "type": "TXT",
                                 "value": records_of(z, signing_name(i), "TXT")[0][2] + "; t=y"}),
        "key", "amber", "testing"),
    "DKIM selector that waits missing": (
        lambda i, z: z.remove(next(n for n in key_names(i) if n != signing_name(i)), "TXT"),
        "DKIM", "amber", "which waits for its turn"),
    "SPF missing": (lambda i, z: z.remove(MAIL_FROM, "TXT"), "SPF", "amber", "there is no record"),
    "SPF without us": (
        lambda i, z: publish(z, {"name": MAIL_FROM, "type": "TXT", "value": "v=spf1 mx:no.example "
                                 "ip4:198.51.100.0/24 -all"}),
        "SPF", "red", ": fail: -all"),
    "SPF that asks too much": (
        lambda i, z: ([z.add(f"_{n}.{DOMAIN}", "TXT", "v=spf1 ?all") for n in range(11)],
                      publish(z, {"name": MAIL_FROM, "type": "TXT", "value": LONG})),
        "SPF", "red", "more than 10 terms"),
    "SPF twice": (lambda i, z: z.add(MAIL_FROM, "TXT", "v=spf1 -all"),
                  "SPF", "red", "2 SPF records"),
    "SPF that cannot be read": (
        lambda i, z: publish(z, {"name": MAIL_FROM, "type": "TXT", "value": "v=spf1 ipv4:1 -all"}),
        "SPF", "red", "cannot be read"),
    "DMARC missing": (lambda i, z: z.remove(f"_dmarc.{DOMAIN}", "TXT"),
                      "DMARC", "amber", "there is no record"),
    "DMARC without a policy": (
        lambda i, z: publish(z, {"name": f"_dmarc.{DOMAIN}", "type": "TXT", "value": "v=DMARC1"}),
        "DMARC", "red", "p= is not one of"),
    "DMARC that wants strict alignment": (
        lambda i, z: publish(z, {"name": f"_dmarc.{DOMAIN}", "type": "TXT",
                                 "value": "v=DMARC1; p=reject; aspf=s; pct=50"}),
        "DMARC", "amber", "aspf=s"),
    "MAIL FROM missing": (lambda i, z: z.remove(MAIL_FROM, "MX"),
                          "MAIL FROM", "amber", "no MX record"),
    "MAIL FROM that leads elsewhere": (
        lambda i, z: publish(z, {"name": MAIL_FROM, "type": "MX", "value": "10 mx.example.net"}),
        "MAIL FROM", "amber", "another MX record"),
    "PTR missing": (lambda i, z: z.remove(REVERSE, "PTR"), "PTR", "amber", "has none"),
    "PTR that leads elsewhere": (
        lambda i, z: publish(z, {"name": REVERSE, "type": "PTR", "value": "x.example.net"}),
        "PTR", "amber", "x.example.net"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_and_green_after_what_is_to_be_published(mended, name_server, name):
    spoil, subject, verdict, words = FAULTS[name]
    spoil(mended, name_server)
    answer = examine_until(mended, verdict)
    fault = next(one for one in faults(answer, subject) if words in one["words"])
    assert fault["verdict"] == verdict
    assert fault["publish"]["type"] in ("TXT", "MX", "PTR")
    for one in faults(answer):
        publish(name_server, one["publish"])
    examine_until(mended, "green")


def test_what_strangers_publish_reaches_no_terminal_as_it_is(mended, name_server):
    publish(name_server, {"name": MAIL_FROM, "type": "TXT",
                          "value": "v=spf1 \\027[2J\\007\\000\\255 -all"})
    answer = examine_until(mended, "red")
    assert any("cannot be read" in one["words"] for one in faults(answer, "SPF"))
    shown = mended.run("check", DOMAIN).stdout
    assert "cannot be read" in shown and not set(shown) & set("\0\a\x1b\xff")


def test_the_spf_line_keeps_what_the_record_had(mended, name_server):
    publish(name_server, {"name": MAIL_FROM, "type": "TXT",
                          "value": "v=spf1 ip4:198.51.100.0/24 -all"})
    fault = faults(examine_until(mended, "red"), "SPF")[0]
    assert fault["publish"]["value"] == f"v=spf1 a:{HOST} ip4:198.51.100.0/24 -all"


@pytest.mark.parametrize("record, words", [("0 .", "null MX"), (None, "neither MX nor address")])
def test_who_could_not_be_answered_is_refused_by_receivers(mended, name_server, record, words):
    name_server.remove(DOMAIN, "MX")
    if record:
        name_server.add(DOMAIN, "MX", record)
    fault, = faults(examine_until(mended, "amber"))
    assert fault["subject"] == "MX" and words in fault["words"]


def test_a_cname_into_the_zone_of_the_provider_shows_it(name_server):
    with Instance(name_server, hostname="mail.example.org",
                  **{"dkim__key_bits": 2048}) as instance:
        records = instance.add_domain("test2.com", vouch=False)["records"]
        instance.grant("taro@test2.com")
        name_server.publish([one for one in records if one["purpose"] != "dkim"])
        for one in records:
            if one["purpose"] == "dkim":
                target = f"{one['name'].split('.')[0]}.dkim.mail.example.org"
                name_server.add(target, "TXT", one["value"])
                name_server.add(one["name"], "CNAME", f"{target}.")
        name_server.add("mail.example.org", "A", "192.0.2.20")
        name_server.add("test2.com", "A", "192.0.2.21")
        name_server.add("20.2.0.192.in-addr.arpa", "PTR", "mail.example.org.")
        instance.check_until("test2.com", verification="SUCCESS", dkim="SUCCESS")
        answer = examine_until(instance, "amber", "test2.com")
        traces = faults(answer)
        assert len(traces) == 3 and all("is a CNAME to" in one["words"] for one in traces)
        shown = [one["words"] for one in answer["findings"] if one["subject"] == "shows"]
        assert any("SPF record" in words and "mail.example.org" in words for words in shown)
        for one in traces:
            name_server.remove(one["publish"]["name"], "CNAME")
            publish(name_server, one["publish"])
        examine_until(instance, "green", "test2.com")
        # The provider's name is nowhere in the domain, so all of it must be found.
        instance.run("dkim", "off", "test2.com", check=True)
        answer = examine(instance, "test2.com")
        places = [one["words"] for one in faults(answer, "trace")]
        for place in ("reverse-path", "header Message-ID", "header Feedback-ID",
                      "header DKIM-Signature"):
            assert any(words.startswith(place) for words in places), (place, places)
        assert all("mail.example.org" in words for words in places)
        assert {one["run"] for one in faults(answer, "trace")} == {"postern dkim on test2.com"}
        instance.run("dkim", "on", "test2.com", check=True)
        examine_until(instance, "green", "test2.com")


def test_a_short_key_and_an_old_one_are_amber(name_server):
    with Instance(name_server, hostname="mail.test3.com") as instance:
        records = instance.add_domain("test3.com", vouch=False)["records"]
        instance.grant("taro@test3.com")
        name_server.publish(records)
        name_server.add("mail.test3.com", "A", "192.0.2.30")
        name_server.add("test3.com", "A", "192.0.2.31")
        name_server.add("30.2.0.192.in-addr.arpa", "PTR", "mail.test3.com.")
        instance.check_until("test3.com", verification="SUCCESS", dkim="SUCCESS")
        found = faults(examine_until(instance, "amber", "test3.com"))
        assert len(found) == 3 and all(one["subject"] == "key" and "has 1024 bits" in one["words"]
                                       for one in found)
        # A key of its own that is long enough, and then a year and more passes.
        instance.settings["dkim.key_bits"] = 2048
        instance.stop()
        with sqlite3.connect(instance.dir / "postern.db") as store:
            store.execute("DELETE FROM signing_key WHERE domain IS NULL")
        instance.start()
        instance.run("domain", "remove", "test3.com", check=True)
        records = instance.add_domain("test3.com", vouch=False)["records"]
        for one in records:
            publish(name_server, one)
        instance.check_until("test3.com", verification="SUCCESS", dkim="SUCCESS")
        examine_until(instance, "green", "test3.com")
        instance.stop()
        with sqlite3.connect(instance.dir / "postern.db") as store:
            store.execute("UPDATE signing_key SET created_ms = created_ms - ?1, signing_ms = "
                          "max(signing_ms - ?1, 0)", (400 * 86400000,))
        instance.settings["dkim.rotate_after"] = "0s"
        instance.start()
        fault, = faults(examine_until(instance, "amber", "test3.com"))
        assert fault["subject"] == "key" and "has signed for 400 days" in fault["words"]
        # What is to be run makes it green: another key, which is in DNS, signs from now on.
        assert fault["run"] == "postern dkim rotate test3.com"
        instance.run(*fault["run"].split()[1:], "--now", check=True)
        examine_until(instance, "green", "test3.com")


def test_a_second_signature_is_judged_and_what_it_lacks_is_amber(name_server):
    with Instance(name_server, hostname="mail.test4.com",
                  **{"dkim__key_bits": 2048, "dkim__second_ed25519": "yes"}) as instance:
        records = instance.add_domain("test4.com", vouch=False)["records"]
        instance.grant("taro@test4.com")
        name_server.publish(records)
        name_server.add("mail.test4.com", "A", "192.0.2.40")
        name_server.add("test4.com", "A", "192.0.2.41")
        name_server.add("40.2.0.192.in-addr.arpa", "PTR", "mail.test4.com.")
        instance.check_until("test4.com", verification="SUCCESS", dkim="SUCCESS")
        answer = examine_until(instance, "green", "test4.com")
        signed = {one["words"] for one in answer["findings"] if one["subject"] == "DKIM"}
        assert signed == {f"the {kind}-sha256 signature of test4.com holds"
                          for kind in ("rsa", "ed25519")}
        signing = next(one["words"].split(":")[0] for one in answer["findings"]
                       if one["subject"] == "key" and "ed25519, signs" in one["words"])
        name_server.remove(signing, "TXT")
        fault, = faults(examine_until(instance, "amber", "test4.com"))
        assert fault["subject"] == "DKIM" and fault["publish"]["name"] == signing
        publish(name_server, fault["publish"])
        examine_until(instance, "green", "test4.com")


# ---- who sends it ----

def test_a_user_who_may_not_send_is_refused_and_the_refusal_recorded(green):
    green.person("jiro", {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
                          "Condition": {"StringEquals": {"ses:FromAddress": f"x@{DOMAIN}"}}})
    answer = examine(green, DOMAIN, "--as", "jiro", "--from", f"jiro@{DOMAIN}")
    fault, = faults(answer, "gate")
    assert (answer["verdict"], fault["verdict"]) == ("red", "red")
    assert "not authorized" in fault["words"] and answer["message"] == ""
    recorded, = [one for one in green.decisions() if one["user"] == "jiro"]
    assert (recorded["from"], recorded["message"]) == (f"jiro@{DOMAIN}", "")


def test_a_revoked_key_sends_no_check(green):
    green.grant(f"saburo@{DOMAIN}")
    examine_until(green, "green", DOMAIN, "--as", f"saburo@{DOMAIN}")
    green.run("revoke", f"saburo@{DOMAIN}", check=True)
    fault, = faults(examine(green, DOMAIN, "--as", f"saburo@{DOMAIN}"), "gate")
    assert "no access key is active" in fault["words"]
    assert examine(green)["from"] == f"taro@{DOMAIN}", "another who may is found"


def test_a_canary_is_left_alone(green):
    canary = green.admin("canary.create", user=f"akiko@{DOMAIN}")
    green.put_policy("sending", {"Effect": "Allow", "Action": "ses:*", "Resource": "*"},
                     user=f"akiko@{DOMAIN}")
    fault, = faults(examine(green, DOMAIN, "--as", f"akiko@{DOMAIN}"), "gate")
    assert "no access key is active" in fault["words"]
    row, = [one for one in green.admin("canary.list")["canaries"]
            if one["key"] == canary["access_key_id"]]
    assert row["uses"] == 0


def test_the_check_is_no_use_of_the_users(green):
    """It says nothing about what the user does: neither to the brake nor to who looks for permissions
    that nobody uses."""
    green.grant(f"shiro@{DOMAIN}")
    answer = examine_until(green, "green", DOMAIN, "--as", f"shiro@{DOMAIN}")
    assert answer["user"] == f"shiro@{DOMAIN}" and answer["message"]
    with sqlite3.connect(green.dir / "postern.db") as store:
        used = store.execute("SELECT count(*) FROM permission_use WHERE user_id IN (SELECT id FROM "
                             "iam_user WHERE name = ?)", (f"shiro@{DOMAIN}",)).fetchone()
        weighed = store.execute("SELECT count(*) FROM brake WHERE user_name = ? AND memory <> x''",
                                (f"shiro@{DOMAIN}",)).fetchone()
    assert (used, weighed) == ((0,), (0,))


def test_a_user_whose_mail_is_held_is_told_of(green):
    key = green.grant(f"kenji@{DOMAIN}")["access_key_id"]
    green.stop()
    with sqlite3.connect(green.dir / "postern.db") as store:
        store.execute("INSERT INTO brake VALUES (?, ?, x'', 0, 1, 'rate', 'too much at once', 0)",
                      (key, f"kenji@{DOMAIN}"))
    green.start()
    fault, = faults(examine_until(green, "amber", DOMAIN, "--as", f"kenji@{DOMAIN}"))
    assert fault["subject"] == "brake" and "too much at once" in fault["words"]
    assert "kenji" in green.run(*fault["run"].split()[1:], check=True).stdout


@pytest.mark.parametrize("words, named", [
    (("unknown.example",), "unknown.example"),
    ((DOMAIN, "--as", "nobody"), "nobody"),
    ((DOMAIN, "--from", "taro@test2.com"), "not an address of test1.com"),
    ((DOMAIN, "--from-ip", "192.0.2"), "is no address"),
    ((DOMAIN, "--from-ip", "192.0.2.0/24"), "is no address"),
])
def test_what_cannot_be_checked_is_told(green, words, named):
    ran = green.run("check", *words)
    assert ran.returncode == 1 and named in ran.stderr


def test_another_address_may_be_asked_about(green):
    answer = examine(green, DOMAIN, "--from-ip", "2001:db8::5")
    fault = faults(answer, "SPF")[0]
    assert fault["publish"]["value"] == f"v=spf1 ip6:2001:db8::5 a:{HOST} ~all"
    assert "leads to" not in fault["words"] and answer["verdict"] != "green"


def test_without_dns_nothing_is_green_and_nothing_is_called_missing(green):
    green.use_zone(None)
    green.stop()
    green.start()
    try:
        answer = examine(green, DOMAIN)
        assert answer["verdict"] == "amber", faults(answer)
        assert not any("publish" in one for one in faults(answer))
    finally:
        green.stop()
