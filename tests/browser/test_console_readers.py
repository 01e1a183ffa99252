"""For whom the console is: who reads Japanese, has no mouse, a small screen, a slow line, or eyes
that see little."""

import base64

import pytest

from browser import CHIEF, PASSWORD, TARO
from console_client import totp
from harness import message

PLACES = ["#/overview", "#/setup", "#/people", f"#/people/{TARO}", "#/hand-out", "#/identities",
          "#/identities/test1.com", "#/access", f"#/simulator/{TARO}", "#/policies",
          "#/policies/user/chief/sending", "#/decisions", "#/ledger",
          "#/messages", "#/queue", "#/suppression", "#/sets", "#/sets/strict",
          "#/templates", "#/templates/", "#/contacts", "#/contacts/friends",
          "#/contacts/friends/ana@example.net", "#/verification", "#/verification/",
          "#/verification/welcome", "#/keys", "#/settings", "#/api", "#/api/sesv2/SendEmail",
          "#/own"]
NARROW = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module", autouse=True)
def what_has_pages(instance):
    """One of each, for the places above."""
    sesv2 = instance.api("sesv2")
    sesv2.create_contact_list(ContactListName="friends", Topics=[
        {"TopicName": "news", "DisplayName": "News", "DefaultSubscriptionStatus": "OPT_IN"}],
        Tags=[{"Key": "cost", "Value": "none"}])
    sesv2.create_contact(ContactListName="friends", EmailAddress="ana@example.net")
    sesv2.create_configuration_set(ConfigurationSetName="strict",
                                   SuppressionOptions={"SuppressedReasons": []})
    sesv2.create_custom_verification_email_template(
        TemplateName="welcome", FromEmailAddress=TARO, TemplateSubject="Is this you?",
        TemplateContent="<p>Hello</p>", SuccessRedirectionURL="https://test1.com/yes",
        FailureRedirectionURL="https://test1.com/no")


def test_in_japanese(instance, sink, browser):
    words = "こんにちは、太郎です。"
    raw = message(TARO, body=base64.b64encode(words.encode("iso-2022-jp")).decode(), headers=[
        "Content-Type: text/plain; charset=iso-2022-jp", "Content-Transfer-Encoding: base64"])
    sink.answer("rcpt", "451 4.3.0 later", only="later@example.net")  # what waits has its body
    id_ = instance.accept(instance.keys[TARO], TARO, "later@example.net", raw)
    browser.tell("inJapanese", message=id_, words=words, context={"locale": "ja-JP"}, **CHIEF)


def test_by_keyboard_alone(browser):
    browser.tell("byKeyboard", address="keyboard@test1.com", **CHIEF)


def test_on_a_narrow_screen_no_page_scrolls_sideways(browser):
    browser.tell("fitsANarrowScreen", places=PLACES, context=NARROW, **CHIEF)


def test_axe_finds_no_serious_fault_on_any_page_in_light_and_dark(browser):
    browser.tell("axeFindsNothing", places=PLACES, context={"reducedMotion": "reduce"}, **CHIEF)


def test_questions_and_settings_are_for_everybody_too(browser):
    browser.tell("questionsAndSettingsToo", address="settings@test1.com",
                 recipient="ana@example.net", context={"reducedMotion": "reduce"}, **CHIEF)


def test_the_way_in_is_for_everybody_too(instance, browser):
    instance.grant("new@test1.com")
    made = instance.admin("user.password", user="new@test1.com")
    browser.tell("theWayInToo", user=made["user"], made=made["password"], password=PASSWORD,
                 meanwhile=lambda said: totp(*said), context={"reducedMotion": "reduce"})


def test_the_first_page_comes_over_a_slow_line(browser):
    assert 50_000 < browser.tell("firstLoad", **CHIEF) <= 700_000
