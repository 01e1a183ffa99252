"""List management: the link in a message, what following it does, and who gets no more."""

import email
import email.policy
import http.client
import re
import urllib.parse

import pytest

from harness import Instance, Sink, api_refuses, eventually, message

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Bench:
    def __init__(self, instance, sink):
        self.instance, self.sink, self.count = instance, sink, 0
        instance.add_domain("test1.com")
        self.manager = instance.person("manager", EVERYTHING)
        self.sesv2 = instance.api("sesv2", self.manager)
        self.sesv2.create_contact_list(ContactListName="readers", Topics=[
            {"TopicName": "news", "DisplayName": "News", "DefaultSubscriptionStatus": "OPT_IN"},
            {"TopicName": "offers", "DisplayName": "Offers",
             "DefaultSubscriptionStatus": "OPT_OUT"}])

    def somebody(self):
        self.count += 1
        return f"reader{self.count}@example.net"

    def call(self, recipients, content, **members):
        """SendEmail: the installed boto3 does not know all of its members. Status and answer."""
        return self.instance.rest(self.manager, "POST", "/v2/email/outbound-emails", {
            "FromEmailAddress": "taro@test1.com", "Content": content,
            "Destination": {"ToAddresses": list(recipients)}, **members})

    @staticmethod
    def simple(text="Hi", html="<p>Hi"):
        return {"Simple": {
            "Subject": {"Data": "Hello"},
            "Body": {"Text": {"Data": text}, "Html": {"Data": html}},
            "Headers": [{"Name": "List-Unsubscribe", "Value": "<mailto:own@test1.com>"}]}}

    def ask_to_send(self, *recipients, content=None, topic="news", list_="readers"):
        options = {"ContactListName": list_, **({"TopicName": topic} if topic else {})}
        return self.call(recipients, content or self.simple(), ListManagementOptions=options)

    def send(self, *recipients, **members):
        status, told = self.ask_to_send(*recipients, **members)
        assert status == 200, told
        return told["MessageId"]

    def ended(self, id_):
        return eventually(lambda: not {"queued", "leased"} & set(self.instance.state(id_).values())
                          and self.instance.state(id_), what="the end of the message")

    def received(self, address):
        return self.sink.wait(1, to=address)[-1]

    def link(self, address):
        return self.received(address).fields("List-Unsubscribe")[0][1:-1]

    def ask(self, method, url, body=None, headers=()):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=20)
        connection.request(method, f"{parts.path}?{parts.query}", body, dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def contact(self, address):
        return self.sesv2.get_contact(ContactListName="readers", EmailAddress=address)


@pytest.fixture(scope="module")
def bench():
    with Sink() as sink:
        routes = {"*": {"via": f"smarthost 127.0.0.1:{sink.port}", "tls": "never",
                        "allow_private": "yes"}}
        with Instance(routes=routes) as instance:
            yield Bench(instance, sink)


def test_the_message_carries_the_link_and_its_signature_covers_it(bench):
    ana = bench.somebody()
    bench.send(ana)
    got = bench.received(ana)
    assert got.fields("List-Unsubscribe-Post") == [ONE_CLICK]
    assert len(got.fields("List-Unsubscribe")) == 1
    assert bench.link(ana).startswith(f"{bench.instance.settings['public_url']}/unsubscribe?token=")
    assert "X-SES-LIST" not in got.header.upper()
    signed = re.search(r"h=([^;]+);", got.fields("DKIM-Signature")[0])[1].replace(" ", "").lower()
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed.split(":"))


def test_the_placeholder_becomes_the_link_twice_in_each_part(bench):
    ana = bench.somebody()
    three = " ".join(["{{amazonSESUnsubscribeUrl}}"] * 3)
    bench.send(ana, content=bench.simple(three, f"<a href=\"{three}\">"))
    parsed = email.message_from_bytes(bench.received(ana).raw, policy=email.policy.default)
    for kind in ("plain", "html"):
        text = parsed.get_body((kind,)).get_content()
        assert text.count(bench.link(ana)) == 2
        assert text.count("{{amazonSESUnsubscribeUrl}}") == 1


def test_the_placeholder_stands_in_templates_too(bench):
    ana = bench.somebody()
    bench.send(ana, content={"Template": {
        "TemplateContent": {"Subject": "Hello", "Text": "{{name}}: {{amazonSESUnsubscribeUrl}}"},
        "TemplateData": '{"name": "Ana"}'}})
    parsed = email.message_from_bytes(bench.received(ana).raw, policy=email.policy.default)
    assert f"Ana: {bench.link(ana)}" in parsed.get_body().get_content()


def test_without_a_list_nothing_is_touched(bench):
    ana = bench.somebody()
    assert bench.call([ana], bench.simple("{{amazonSESUnsubscribeUrl}}"))[0] == 200
    got = bench.received(ana)
    assert got.fields("List-Unsubscribe") == ["<mailto:own@test1.com>"]
    assert got.fields("List-Unsubscribe-Post") == [] and b"{{amazonSES" in got.body


def test_following_the_link_asks_and_one_click_ends_it(bench):
    ana = bench.somebody()
    assert bench.ended(bench.send(ana)) == {ana: "delivered"}
    url = bench.link(ana)
    answer, page = bench.ask("GET", url)
    assert answer.status == 200 and "<form method=post>" in page and "<script" not in page
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    with api_refuses("NotFoundException"):
        bench.contact(ana)  # asking changed nothing
    answer, page = bench.ask("POST", url, ONE_CLICK, FORM)
    assert answer.status == 200 and "You are unsubscribed" in page
    shown = bench.contact(ana)
    assert shown["TopicPreferences"] == [{"TopicName": "news", "SubscriptionStatus": "OPT_OUT"}]
    assert shown["UnsubscribeAll"] is False
    assert bench.ask("POST", url, ONE_CLICK, FORM)[0].status == 200  # once more does no harm
    second = bench.send(ana)
    assert bench.instance.state(second) == {ana: "suppressed"}
    row = bench.instance.queue(second)["recipients"][0]
    assert row["status"] == "5.7.1" and "unsubscribed" in row["reply"]
    report = bench.received("taro@test1.com")
    assert ana in report.raw.decode() and report.mail_from == ""
    # Of the list as a whole, and of no list, Ana still gets mail.
    assert bench.ended(bench.send(ana, topic=None)) == {ana: "delivered"}
    bench.instance.check_accounting()


def test_without_a_topic_all_of_the_list_ends(bench):
    ana = bench.somebody()
    bench.send(ana, topic=None)
    boundary = ('--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
                'One-Click\r\n--x--\r\n')
    answer, _ = bench.ask("POST", bench.link(ana), boundary,
                          {"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status == 200 and bench.contact(ana)["UnsubscribeAll"] is True
    for topic in (None, "news"):
        assert bench.instance.state(bench.send(ana, topic=topic)) == {ana: "suppressed"}
    bench.sesv2.update_contact(ContactListName="readers", EmailAddress=ana, UnsubscribeAll=False)
    assert bench.ended(bench.send(ana)) == {ana: "delivered"}


def test_a_topic_that_nobody_asked_for_is_not_sent(bench):
    ana = bench.somebody()
    assert bench.instance.state(bench.send(ana, topic="offers")) == {ana: "suppressed"}
    bench.sesv2.create_contact(ContactListName="readers", EmailAddress=ana, TopicPreferences=[
        {"TopicName": "offers", "SubscriptionStatus": "OPT_IN"}])
    assert bench.ended(bench.send(ana, topic="offers")) == {ana: "delivered"}


def test_a_link_that_was_changed_ends_nothing(bench):
    ana = bench.somebody()
    bench.send(ana)
    url = bench.link(ana)
    path = url.split("?")[0]
    for wrong in (url[:-1] + ("A" if url[-1] != "A" else "B"), url[:-20], path + "?x=1",
                  path + "?token="):
        for method in ("GET", "POST"):
            answer, _ = bench.ask(method, wrong, ONE_CLICK if method == "POST" else None, FORM)
            assert answer.status == 404
    for body in ("", "List-Unsubscribe=No", "x=y"):
        assert bench.ask("POST", url, body, FORM)[0].status == 400
    assert bench.ask("PUT", url, ONE_CLICK, FORM)[0].status == 405
    with api_refuses("NotFoundException"):
        bench.contact(ana)
    assert bench.ask("POST", url + "&utm_source=x", ONE_CLICK, FORM)[0].status == 200
    bench.contact(ana)


@pytest.mark.parametrize("recipients, members, words", [
    (2, {}, "exactly one recipient"),
    (1, {"list_": "writers"}, "List with name: writers doesn't exist."),
    (1, {"topic": "gossip"}, "Topic gossip is not one of the list readers"),
])
def test_what_cannot_be_managed_is_refused(bench, recipients, members, words):
    status, told = bench.ask_to_send(*[bench.somebody() for _ in range(recipients)], **members)
    assert status == 400 and words in told["message"]


# ---- over SMTP ----

def submit(bench, header, *recipients):
    return bench.instance.submit(bench.manager, "taro@test1.com", list(recipients), message(
        to=recipients[0], headers=[f"X-SES-LIST-MANAGEMENT-OPTIONS: {header}",
                                   "List-Unsubscribe: <mailto:own@test1.com>"]))


def test_the_header_does_the_same(bench):
    ana = bench.somebody()
    assert submit(bench, "readers; topic=news", ana).code == 250
    got = bench.received(ana)
    assert got.fields("List-Unsubscribe-Post") == [ONE_CLICK]
    assert got.fields("List-Unsubscribe") == [f"<{bench.link(ana)}>"]
    assert got.fields("X-SES-LIST-MANAGEMENT-OPTIONS") == []
    assert bench.ask("POST", bench.link(ana), ONE_CLICK, FORM)[0].status == 200
    reply = submit(bench, "readers; topic=news", ana.upper())
    assert reply.code == 250
    assert set(bench.instance.state(reply.text.removeprefix("Ok ")).values()) == {"suppressed"}
    assert submit(bench, "readers", ana).code == 250


@pytest.mark.parametrize("header, words", [
    ("writers", "List with name: writers doesn't exist."),
    ("readers; topic=gossip", "Topic gossip is not one of the list readers"),
    ("readers; news", "'X-SES-LIST-MANAGEMENT-OPTIONS'"),
    ("; topic=news", "'X-SES-LIST-MANAGEMENT-OPTIONS'"),
    ("readers; topic=", "'X-SES-LIST-MANAGEMENT-OPTIONS'"),
])
def test_a_header_that_names_nothing_is_refused(bench, header, words):
    reply = submit(bench, header, bench.somebody())
    assert reply.code == 554 and words in reply.text


def test_the_header_is_for_one_recipient(bench):
    reply = submit(bench, "readers", bench.somebody(), bench.somebody())
    assert reply.code == 554 and "exactly one recipient" in reply.text


def test_a_link_of_a_list_that_is_gone_is_not_known(bench):
    """The last: it takes the list away."""
    ana = bench.somebody()
    bench.send(ana)
    bench.sesv2.delete_contact_list(ContactListName="readers")
    assert bench.ask("POST", bench.link(ana), ONE_CLICK, FORM)[0].status == 404
