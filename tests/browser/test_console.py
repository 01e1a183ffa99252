"""The console in a real browser, at a real server: what people do there, and what it keeps from
others."""

from browser import CHIEF, JIRO, PASSWORD, TARO
from harness import eventually, message


# ---- in, out, and one's own ----

def test_in_and_out(browser):
    browser.tell("refusedThenInThenOut", **CHIEF)


def test_a_person_sees_their_own_page_and_nothing_of_another(instance, browser):
    sent = {name: instance.accept(instance.keys[name], name,
                                  f"friend-of-{name.replace('test1.com', 'example.net')}",
                                  message(name)) for name in (TARO, JIRO)}
    key = instance.keys[JIRO]["access_key_id"]
    browser.tell(
        "ownPageOnly", user=TARO, password=PASSWORD,
        own=[TARO, instance.keys[TARO]["access_key_id"], "friend-of-taro@example.net"],
        others=[JIRO, key, "friend-of-jiro"],
        places=["#/people", f"#/people/{JIRO}", "#/access", "#/decisions", "#/queue",
                f"#/queue/{sent[JIRO]}", "#/policies", "#/identities", "#/settings", "#/keys",
                "#/messages", "#/ledger", f"#/ledger/{JIRO}"],
        calls=[("user.list", {}), ("user.show", {"user": JIRO}), ("access.report", {}),
               ("queue.show", {"message": sent[JIRO]}), ("decision.list", {"user": JIRO}),
               ("credential.rotate", {"user": JIRO}), ("grant.list", {}), ("queue.sites", {}),
               ("message.list", {"as": JIRO}), ("message.body", {"message": sent[JIRO]}),
               ("ledger.list", {"about": JIRO}), ("ledger.verify", {}), ("statistics.list", {}),
               ("statistics.sites", {})])


def test_who_was_signed_out_meanwhile_goes_on_with_what_was_typed(browser):
    browser.tell("goesOnAfterTheSessionEnded", address="goes-on@test1.com", **CHIEF)


def test_a_person_makes_a_new_key_of_their_own(instance, browser):
    instance.keys["mari@test1.com"] = instance.grant("mari@test1.com")
    instance.api("iam").create_login_profile(UserName="mari@test1.com", Password=PASSWORD)
    shown = browser.tell("rotatesTheirOwnKey", user="mari@test1.com", password=PASSWORD,
                         key=instance.keys["mari@test1.com"]["access_key_id"])
    with instance.session() as session:
        assert session.login(shown).code == 235
    with instance.session() as session:
        assert session.login(instance.keys["mari@test1.com"]).code == 535


# ---- an address ----

def test_what_is_handed_out_sends_until_it_is_revoked(instance, sink, browser):
    shown = browser.tell("handOut", address="hana@test1.com", **CHIEF)
    assert int(shown["port"]) == instance.ports["submission"]
    with instance.session() as session:
        assert session.login(shown).code == 235
        raw = message("hana@test1.com")
        assert session.submit("hana@test1.com", "ana@example.net", raw).code == 250
        assert sink.one("ana@example.net").mail_from == "hana@test1.com"
        browser.tell("revoke", address="hana@test1.com", **CHIEF)
        assert session.command("MAIL FROM:<hana@test1.com>").code != 250
    with instance.session() as session:
        assert session.login(shown).code == 535


# ---- the life of a message ----

def test_the_life_of_a_message_is_told_recipient_by_recipient(instance, sink, browser):
    sink.answer("rcpt", "550 5.1.1 no such mailbox", only="nobody@example.net")
    id_ = instance.accept(instance.keys[TARO], TARO, ["bea@example.net", "nobody@example.net"],
                          message(TARO))
    eventually(lambda: set(instance.state(id_).values()) == {"delivered", "bounced"})
    accepted, *recipients = browser.tell("timeline", message=id_, **CHIEF)
    assert f"Accepted from {TARO}" in accepted and "127.0.0.1" in accepted
    delivered, bounced = recipients
    assert "bea@example.net: delivered" in delivered and "taken" in delivered
    assert "nobody@example.net: bounced" in bounced and "no such mailbox" in bounced
