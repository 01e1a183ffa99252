"""What strangers and users write is text in the console, wherever it comes up, and does nothing."""

import socket
import urllib.parse

import pytest

from browser import CHIEF, PASSWORD, TARO
from harness import Refused, eventually, message

SHORT_EVIL = '<img src=x onerror="globalThis.hit=1">login'  # as much as is kept of a login name


def evil(place):
    """Does something wherever it is taken for HTML; ends with what tells it from others."""
    return f'"><img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>{place}'


@pytest.fixture(scope="module", autouse=True)
def waiting_mail(sink):
    """What goes to later@example.net stays in the queue, with the words of a hostile server."""
    sink.answer("rcpt", f"451 4.3.0 {evil('later')}", only="later@example.net")


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


@pytest.mark.parametrize("operation, members", [
    ("user.create", {"user": "<b onclick=hit>"}), ("group.create", {"group": "<b onclick=hit>"}),
    ("policy.put", {"user": "chief", "name": "<b onclick=hit>", "document": "{}"}),
    ("grant.create", {"address": "ana@test1.com", "user": "<b onclick=hit>"})])
def test_names_are_no_markup(instance, operation, members):
    with pytest.raises(Refused, match="letters, digits and _.=,.@- only: character 1 is not"):
        instance.admin(operation, **members)


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
    everywhere = [f"#/{page}/{name}" for page in
                  ("people", "policies/user", f"policies/user/{name}", "queue", "identities",
                   "templates", "sets", "contacts", f"contacts/{name}", "verification",
                   "api", "api/sesv2")]
    browser.tell("showsAsText", **CHIEF, places=[
        ("#/settings", evil("reason")), ("#/people", evil("reason")),
        ("#/people/mallory", evil("reason")), ("#/policies/user/mallory/sending", "onerror="),
        ("#/access", evil("condition"), "By person"), ("#/queue", evil("later")),
        (f"#/queue/{later}", evil("subject")), (f"#/queue/{gone}", evil("gone")),
        ("#/messages", evil("subject")), ("#/messages", evil("gone")),
        ("#/ledger/gone@example.net", evil("gone")), ("#/overview", evil("later")),
        ("#/identities/test1.com", evil("record")), ("#/decisions", SHORT_EVIL),
        *((place, evil("hash")) for place in everywhere), (f"#/{name}", "There is no such page")])
    browser.tell("showsAsText", user=TARO, password=PASSWORD, places=[
        ("#/own", evil("later")), ("#/own", evil("gone")), ("#/own", evil("subject"))])
    address = '"<img/src=x/onerror=globalThis.hit=1>"@test9.com'
    browser.tell("simulatesHostileWords", sender=TARO, words=address, **CHIEF, **{"from": address})


def test_what_is_kept_for_readers_and_owners_is_shown_and_does_nothing(instance, browser):
    sesv2 = instance.api("sesv2")
    address = '"<img/src=x/onerror=hit=1>"@test9.com'
    name = "<img src=x onerror=hit=1>"
    sesv2.create_contact_list(ContactListName="evil", Description=evil("description"), Topics=[
        {"TopicName": "topic", "DisplayName": evil("display"), "Description": evil("about"),
         "DefaultSubscriptionStatus": "OPT_IN"}],
        Tags=[{"Key": evil("key"), "Value": evil("value")}])
    sesv2.create_contact(ContactListName="evil", EmailAddress=address,
                         AttributesData=evil("attributes"))
    instance.api("iam").tag_user(UserName=TARO, Tags=[{"Key": "img", "Value": "src=x onerror=hit=1"}])
    sesv2.create_custom_verification_email_template(
        TemplateName="evil", FromEmailAddress=f'"{name}" <{TARO}>',
        TemplateSubject=evil("subject"), TemplateContent="<p>Hello</p>",
        SuccessRedirectionURL="https://test1.com/", FailureRedirectionURL="https://test1.com/")
    contact = f"#/contacts/evil/{urllib.parse.quote(address, safe='')}"
    browser.tell("showsAsText", **CHIEF, places=[
        *(("#/contacts/evil", text) for text in (
            evil("description"), evil("display"), evil("about"), evil("key"), evil("value"), address)),
        *((contact, text) for text in (address, evil("display"), evil("about"))),
        *(("#/verification", text) for text in (name, evil("subject"))),
        (f"#/people/{TARO}", "src=x onerror=hit=1")])


LETTER = """<!doctype html><base href="{trap}/">
<meta http-equiv=refresh content="0;url={trap}/refresh">
<link rel=preconnect href="{trap}"><link rel=stylesheet href="{trap}/style">
<style>body {{ background: url({trap}/background) }}</style>
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
        TARO, body=letter.replace("\n", "\r\n"),
        headers=["Content-Type: text/html; charset=utf-8"]))
    browser.tell("rendersInAClosedFrame", message=id_, words="Dear reader", **CHIEF)
    instance.api("sesv2").create_email_template(TemplateName="hostile", TemplateContent={
        "Subject": evil("subject"), "Html": letter})
    browser.tell("previewsATemplate", template="hostile", words="Dear reader", **CHIEF)
    browser.tell("previewsWhatIsTyped", content=letter, words="Dear reader", **CHIEF)
