"""The console in a real browser, at a real server: what people do there, and what it keeps from them."""

import pytest

from harness import Instance, message

PASSWORD = "correct horse 7"
EVERYTHING = {"Effect": "Allow", "Action": ["iam:*", "ses:*", "postern:*"], "Resource": "*"}
CHIEF = {"user": "chief", "password": PASSWORD}
TARO, JIRO = "taro@test1.com", "jiro@test1.com"


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.person("chief", EVERYTHING)
        instance.keys = {name: instance.grant(name) for name in (TARO, JIRO)}
        iam = instance.api("iam")
        for name in ("chief", TARO, JIRO):
            iam.create_login_profile(UserName=name, Password=PASSWORD)
        yield instance


# ---- in, out, and one's own ----

def test_in_and_out(browser):
    browser.tell("refusedThenInThenOut", **CHIEF)


def test_a_person_sees_their_own_page_and_nothing_of_another(instance, browser):
    sent = {name: instance.accept(instance.keys[name], name, f"friend-of-{name.split('@')[0]}@example.net",
                                  message(name)) for name in (TARO, JIRO)}
    key = instance.keys[JIRO]["access_key_id"]
    browser.tell(
        "ownPageOnly", user=TARO, password=PASSWORD,
        own=[TARO, instance.keys[TARO]["access_key_id"], "friend-of-taro@example.net"],
        others=[JIRO, key, "friend-of-jiro"],
        places=["#/people", f"#/people/{JIRO}", "#/access", "#/decisions", f"#/queue/{sent[JIRO]}", "#/queue",
                "#/policies", "#/identities", "#/settings", "#/keys"],
        calls=[("user.list", {}), ("user.show", {"user": JIRO}), ("access.report", {}),
               ("queue.show", {"message": sent[JIRO]}), ("decision.list", {"user": JIRO}),
               ("credential.rotate", {"user": JIRO}), ("grant.list", {})])


# ---- an address ----

def test_what_is_handed_out_sends_until_it_is_revoked(instance, sink, browser):
    shown = browser.tell("handOut", address="hana@test1.com", **CHIEF)
    assert int(shown["port"]) == instance.ports["submission"]
    with instance.session() as session:
        assert session.login(shown).code == 235
        assert session.submit("hana@test1.com", "ana@example.net", message("hana@test1.com")).code == 250
        assert sink.one("ana@example.net").mail_from == "hana@test1.com"
        browser.tell("revoke", address="hana@test1.com", **CHIEF)
        assert session.command("MAIL FROM:<hana@test1.com>").code != 250
    with instance.session() as session:
        assert session.login(shown).code == 535
