"""Mail is found in the console, what waits is seen by site, the ledger is read and verified there, and
lists come from the server a page at a time."""

import sqlite3

import pytest

from browser import CHIEF, JIRO, PASSWORD, TARO, Browser
from harness import Instance, eventually, message


@pytest.fixture(scope="module", autouse=True)
def sent(instance, zone, sink):
    zone.mail_server("later.example.net", "mx.later.example.net", sink.address)
    sink.rules.append(lambda step, argument, _: "451 4.3.2 come back"
                      if step == "rcpt" and argument.endswith("@later.example.net") else None)
    sink.answer("rcpt", "550 5.1.1 no such mailbox", only="gone@example.net")
    sent = {to: instance.accept(instance.keys[who], who, [to], message(who, to))
            for who, to in ((TARO, "ana@example.net"), (TARO, "gone@example.net"),
                            (JIRO, "later@later.example.net"), (JIRO, "more@later.example.net"))}
    instance.wait_state(sent["ana@example.net"], "delivered")
    instance.wait_state(sent["gone@example.net"], "bounced")
    eventually(lambda: instance.queue(sent["later@later.example.net"])["recipients"][0]["history"])
    return sent


def test_mail_is_found(browser):
    searches = [{"to": "ana@example.net"}, {"from": JIRO}, {"state": "bounced"},
                {"to": "nobody@example.net"}, {"from": "@test1.com"}]
    ana, jiro, bounced, nobody, hers = browser.tell("findsMail", searches=searches, **CHIEF)
    assert len(ana) == 1 and "delivered" in ana[0]
    assert len(jiro) == 2 and all("come back" in row for row in jiro)
    assert any("no such mailbox" in row for row in bounced)
    assert len(nobody) == 1 and "Nothing was found" in nobody[0]
    assert len(hers) >= 4


def test_an_attempt_is_told_with_what_was_said_and_the_whole_message_is_a_file(sent, browser):
    id_ = sent["later@later.example.net"]
    told = browser.tell("looksIntoAMessage", message=id_, **CHIEF)
    assert told["name"] == f"{id_}.eml"
    header, _, body = told["text"].partition("\r\n\r\n")
    assert "\r\nFrom: " in header and JIRO in header and body


def test_what_goes_to_a_site_is_held_and_let_go(browser):
    browser.tell("holdsASite", site="later.example.net", count=2, **CHIEF)


def test_the_ledger_is_verified_and_searched(browser):
    rows = browser.tell("verifiesTheLedger", about="gone@example.net", **CHIEF)
    assert any("bounced" in row for row in rows)


def test_a_ledger_that_was_changed_is_shown_so(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.person("chief", {"Effect": "Allow", "Action": ["iam:*", "ses:*", "postern:*"],
                                  "Resource": "*"})
        instance.api("iam").create_login_profile(UserName="chief", Password=PASSWORD)
        instance.stop()
        with sqlite3.connect(instance.dir / "postern.db") as db:
            db.execute("UPDATE ledger SET details = x'' WHERE number = 2")
        db.close()
        instance.start()
        with Browser(f"http://127.0.0.1:{instance.ports['http']}") as browser:
            browser.tell("seesTheDamage", why="record 2", **CHIEF)


def test_days_and_sites_are_shown(browser):
    sites = browser.tell("seesHowTheDaysWent", **CHIEF)
    assert any(row.startswith("example.net") for row in sites)


def test_long_lists_come_in_pages(instance, browser):
    for number in range(60):
        instance.admin("user.create", user=f"page{number:02}")
    for number in range(55):
        instance.accept(instance.keys[TARO], TARO, [f"many{number}@example.net"], message(TARO))
    assert browser.tell("turnsPages", newest="many54@example.net", **CHIEF)[0] == 50
    browser.tell("findsPeopleAndIdentities", person="page59", **CHIEF)
