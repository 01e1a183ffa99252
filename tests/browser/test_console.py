"""The console in a real browser, at a real server: what people do there, and what it keeps from them."""

import base64
import socket
import urllib.parse

import pytest

from harness import Instance, eventually, message

PASSWORD = "correct horse 7"
EVERYTHING = {"Effect": "Allow", "Action": ["iam:*", "ses:*", "postern:*"], "Resource": "*"}
CHIEF = {"user": "chief", "password": PASSWORD}
TARO, JIRO = "taro@test1.com", "jiro@test1.com"


SHORT_EVIL = '<img src=x onerror="globalThis.hit=1">login'  # what is kept of a name that is none


def evil(place):
    """Does something wherever it is taken for HTML; ends with what tells it from others."""
    return f'"><img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>{place}'


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.person("chief", EVERYTHING)
        sink.answer("rcpt", f"451 4.3.0 {evil('later')}", only="later@example.net")
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
        assert session.submit("hana@test1.com", "ana@example.net", message("hana@test1.com")).code == 250
        assert sink.one("ana@example.net").mail_from == "hana@test1.com"
        browser.tell("revoke", address="hana@test1.com", **CHIEF)
        assert session.command("MAIL FROM:<hana@test1.com>").code != 250
    with instance.session() as session:
        assert session.login(shown).code == 535


# ---- what strangers write ----

@pytest.fixture(scope="module")
def trap():
    """Where hostile mail wants to be fetched from: nobody may come."""
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen()
        trap.setblocking(False)
        yield f"http://127.0.0.1:{trap.getsockname()[1]}"
        with pytest.raises(BlockingIOError):
            trap.accept()


def test_what_strangers_and_users_write_is_shown_and_does_nothing(instance, zone, sink, browser):
    statement = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
                 "Condition": {"StringEquals": {"ses:FromDisplayName": evil("condition")}}}
    instance.person("mallory", statement)
    zone.add("_dmarc.test1.com", "TXT", evil("record"))
    instance.admin("suspension.put", target="mallory", reason=evil("reason"))
    sink.answer("rcpt", f"550 5.1.1 {evil('gone')}", only="gone@example.net")
    later = instance.accept(instance.keys[TARO], TARO, "later@example.net",
                            message(TARO, subject=evil("subject")))
    gone = instance.accept(instance.keys[TARO], TARO, "gone@example.net", message(TARO))
    instance.wait_state(gone, "bounced")
    eventually(lambda: "later" in str(instance.queue(later)["recipients"][0]["reply"]))
    with instance.session() as session:
        session.login({"smtp_user_name": SHORT_EVIL, "smtp_password": "x"})
    eventually(lambda: SHORT_EVIL in [row["last_user"] for row in
                                       instance.admin("decision.list")["failed_logins"]])
    name = urllib.parse.quote(evil("hash"), safe="")
    browser.tell("showsAsText", **CHIEF, places=[
        ("#/settings", evil("reason")), ("#/people", evil("reason")), ("#/people/mallory", evil("reason")),
        ("#/policies/user/mallory/sending", "onerror="), ("#/access", evil("condition"), "By person"),
        ("#/queue", evil("later")), (f"#/queue/{later}", evil("subject")), (f"#/queue/{gone}", evil("gone")),
        ("#/identities/test1.com", evil("record")), ("#/decisions", SHORT_EVIL),
        (f"#/people/{name}", evil("hash")), (f"#/policies/user/{name}", evil("hash")), (f"#/policies/user/{name}/{name}", evil("hash")),
        (f"#/queue/{name}", evil("hash")), (f"#/identities/{name}", evil("hash")), (f"#/templates/{name}", evil("hash")),
        (f"#/sets/{name}", evil("hash")), (f"#/{name}", "There is no such page")])
    browser.tell("showsAsText", user=TARO, password=PASSWORD, places=[
        ("#/own", evil("later")), ("#/own", evil("gone"))])
    address = '"<img/src=x/onerror=globalThis.hit=1>"@test9.com'
    browser.tell("simulatesHostileWords", sender=TARO, words=address, **CHIEF, **{"from": address})


LETTER = """<!doctype html><base href="{trap}/"><meta http-equiv=refresh content="0;url={trap}/refresh">
<link rel=preconnect href="{trap}"><link rel=stylesheet href="{trap}/style"><style>body {{ background: url({trap}/background) }}</style>
<script>globalThis.hit=1; parent.hit=1; top.location='{trap}/top'; alert(1)</script>
<p>Dear reader</p><img src="{trap}/pixel" onerror="top.hit=1"><svg onload="top.hit=1"></svg>
<iframe src="{trap}/frame"></iframe><iframe srcdoc="<script>top.hit=1</script>"></iframe>
<div><template shadowrootmode=open><iframe src="{trap}/shadow"></iframe></template></div>
<object data="{trap}/object"></object><video src="{trap}/video" autoplay></video>
<a href="{trap}/link" target=_top ping="{trap}/ping">Click here</a>
<form action="{trap}/form" target=_top><button>Send</button></form>
"""


def test_hostile_mail_is_read_in_a_frame_that_can_do_nothing(instance, browser, trap):
    letter = LETTER.format(trap=trap)
    id_ = instance.accept(instance.keys[TARO], TARO, "later@example.net", message(
        TARO, body=letter.replace("\n", "\r\n"), headers=["Content-Type: text/html; charset=utf-8"]))
    browser.tell("rendersInAClosedFrame", message=id_, words="Dear reader", **CHIEF)
    instance.api("sesv2").create_email_template(TemplateName="hostile", TemplateContent={
        "Subject": evil("subject"), "Html": letter})
    browser.tell("previewsATemplate", template="hostile", words="Dear reader", **CHIEF)


# ---- the life of a message ----

def test_the_life_of_a_message_is_told_recipient_by_recipient(instance, sink, browser):
    sink.answer("rcpt", "550 5.1.1 no such mailbox", only="nobody@example.net")
    id_ = instance.accept(instance.keys[TARO], TARO, ["ana@example.net", "nobody@example.net"], message(TARO))
    eventually(lambda: set(instance.state(id_).values()) == {"delivered", "bounced"})
    accepted, *recipients = browser.tell("timeline", message=id_, **CHIEF)
    assert f"Accepted from {TARO}" in accepted and "127.0.0.1" in accepted
    delivered, bounced = sorted(recipients)
    assert delivered.startswith("ana@example.net: delivered") and "taken" in delivered
    assert bounced.startswith("nobody@example.net: bounced") and "no such mailbox" in bounced


# ---- for whom it is ----

PLACES = ["#/overview", "#/setup", "#/people", f"#/people/{TARO}", "#/hand-out", "#/identities", "#/identities/test1.com",
          "#/access", f"#/simulator/{TARO}", "#/policies", "#/policies/user/chief/sending", "#/decisions", "#/queue",
          "#/suppression", "#/sets", "#/templates", "#/templates/", "#/keys", "#/settings", "#/own"]


def test_in_japanese(instance, browser):
    words = "こんにちは、太郎です。"
    raw = message(TARO, body=base64.b64encode(words.encode("iso-2022-jp")).decode(), headers=[
        "Content-Type: text/plain; charset=iso-2022-jp", "Content-Transfer-Encoding: base64"])
    id_ = instance.accept(instance.keys[TARO], TARO, "later@example.net", raw)
    browser.tell("inJapanese", message=id_, words=words, context={"locale": "ja-JP"}, **CHIEF)


def test_by_keyboard_alone(browser):
    browser.tell("byKeyboard", address="keyboard@test1.com", **CHIEF)


def test_on_a_narrow_screen_no_page_scrolls_sideways(browser):
    browser.tell("fitsANarrowScreen", places=PLACES, context={"viewport": {"width": 360, "height": 740}}, **CHIEF)


def test_axe_finds_no_serious_fault_on_any_page_in_light_and_dark(browser):
    browser.tell("axeFindsNothing", places=PLACES, context={"reducedMotion": "reduce"}, **CHIEF)


def test_questions_and_settings_are_for_everybody_too(browser):
    browser.tell("questionsAndSettingsToo", address="settings@test1.com", **CHIEF,
                 context={"reducedMotion": "reduce", "viewport": {"width": 360, "height": 740}})


def test_the_first_page_comes_over_a_slow_line(browser):
    assert 50_000 < browser.tell("firstLoad", **CHIEF) <= 700_000
