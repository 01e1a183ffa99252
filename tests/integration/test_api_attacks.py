"""Attacks on sending through the API, with Taro's credential, after jiro@test1.com.

Whatever is tried and over whichever operation, what arrives shows no address but taro@test1.com
where a reader looks for who wrote it, and no field that a parameter smuggled in.
"""

import email
import email.policy
import itertools
import json
import re

import botocore.exceptions
import pytest

from attacks import OWN, POLICY, REFUSED_HEADERS, assert_only_taro, spellings
from harness import Instance, api_request, message

TARO, JIRO = "taro@test1.com", "jiro@test1.com"
SENDING = ["ses:SendEmail", "ses:SendRawEmail", "ses:SendTemplatedEmail",
           "ses:SendBulkTemplatedEmail", "ses:SendBulkEmail"]
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
BODY = {"Text": {"Data": "Hello."}}
FILLED = '{"s": "a", "b": "c"}'


def arn(instance, rest):
    return f"arn:aws:ses:us-east-1:{instance.administrator['account']}:{rest}"


class Person:
    """One credential over both generations; each attempt has a recipient that nobody had."""

    numbers = itertools.count()

    def __init__(self, instance, credential):
        self.credential, self.instance = credential, instance
        self.v1, self.v2 = (instance.api(service, credential) for service in ("ses", "sesv2"))

    @classmethod
    def to(cls):
        return f"attack{next(cls.numbers)}@example.net"

    def raw_request(self, method, path, body=None):
        return api_request(self.credential["access_key_id"], self.credential["secret_access_key"],
                           self.instance, method, path, body)

    # Each returns the recipient.

    def simple_v1(self, from_=TARO, to=None, subject="a", body=None, **more):
        to = to or self.to()
        self.v1.send_email(Source=from_, Destination={"ToAddresses": [to]},
                           Message={"Subject": {"Data": subject}, "Body": body or BODY}, **more)
        return to

    def simple_v2(self, from_=TARO, to=None, subject="a", body=None, content=None, **more):
        to = to or self.to()
        simple = {"Subject": {"Data": subject}, "Body": body or BODY, **(content or {})}
        status, answer = self.raw_request("POST", "/v2/email/outbound-emails", {
            "FromEmailAddress": from_, "Destination": {"ToAddresses": [to]},
            "Content": {"Simple": simple}, **more})
        self.check(status, answer)
        return to

    def raw_v1(self, raw, to=None, **more):
        to = to or self.to()
        self.v1.send_raw_email(RawMessage={"Data": raw}, Destinations=[to], **more)
        return to

    def raw_v2(self, raw, to=None, **more):
        to = to or self.to()
        self.v2.send_email(Content={"Raw": {"Data": raw}}, Destination={"ToAddresses": [to]},
                           **more)
        return to

    def templated_v1(self, from_=TARO, to=None, data=FILLED, **more):
        to = to or self.to()
        self.v1.send_templated_email(Source=from_, Destination={"ToAddresses": [to]},
                                     Template="t", TemplateData=data, **more)
        return to

    def templated_v2(self, from_=TARO, to=None, data=FILLED, **more):
        to = to or self.to()
        self.v2.send_email(FromEmailAddress=from_, Destination={"ToAddresses": [to]},
                           Content={"Template": {"TemplateName": "t", "TemplateData": data}},
                           **more)
        return to

    def bulk_v1(self, from_=TARO, to=None, data=FILLED, **more):
        to = to or self.to()
        answer = self.v1.send_bulk_templated_email(
            Source=from_, Template="t", DefaultTemplateData=data,
            Destinations=[{"Destination": {"ToAddresses": [to]}}], **more)
        self.check(200 if answer["Status"][0]["Status"] == "Success" else 400, answer["Status"][0])
        return to

    def bulk_v2(self, from_=TARO, to=None, data=FILLED, **more):
        to = to or self.to()
        answer = self.v2.send_bulk_email(
            FromEmailAddress=from_,
            DefaultContent={"Template": {"TemplateName": "t", "TemplateData": data}},
            BulkEmailEntries=[{"Destination": {"ToAddresses": [to]}}], **more)
        result = answer["BulkEmailEntryResults"][0]
        self.check(200 if result["Status"] == "SUCCESS" else 400, result)
        return to

    @staticmethod
    def check(status, answer):
        if status != 200:
            raise botocore.exceptions.ClientError({"Error": {
                "Code": str(status), "Message": answer.get("message", answer.get("Error"))}}, "x")


COMPOSED = ["simple_v1", "simple_v2", "templated_v1", "templated_v2", "bulk_v1", "bulk_v2"]
RAW = ["raw_v1", "raw_v2"]


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.sink = sink
        instance.add_domain("test1.com")
        instance.owner = instance.person("owner", ALL)
        instance.api("ses", instance.owner).create_template(Template={
            "TemplateName": "t", "SubjectPart": "{{{s}}}", "TextPart": "text {{{b}}}",
            "HtmlPart": "<p>{{b}}</p>"})
        yield instance


@pytest.fixture(scope="module")
def taro(instance):
    return Person(instance, instance.person("taro", {**POLICY, "Action": SENDING}))


@pytest.fixture(scope="module")
def owner(instance):
    return Person(instance, instance.owner)


def refused(call, *arguments, **members):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        call(*arguments, **members)
    return raised.value.response["Error"]


def try_it(call, *arguments, **members):
    """The recipient when it was taken."""
    try:
        return call(*arguments, **members)
    except botocore.exceptions.ClientError as error:
        assert not error.response["Error"]["Code"].startswith(("5", "Internal")), error
        return None


def accepted(instance):
    return instance.account()["accepted"]


def assert_nothing_but_taro(instance, taro, recipients=()):
    """What was taken arrived as Taro's, and the service goes on."""
    for to in [*filter(None, recipients), taro.simple_v1()]:
        assert_only_taro(instance.sink.one(to))


# ---- names ----

SPELLINGS = {
    "another": [JIRO, f"<{JIRO}>", f"Jiro <{JIRO}>", f"Taro <{JIRO}>", "JIRO@TEST1.COM",
                '"jiro"@test1.com', f'"{TARO}" <{JIRO}>', f"{JIRO} ({TARO})", f"({TARO}) {JIRO}"],
    "display names": [f'"{JIRO}" <{TARO}>', f"{JIRO} <{TARO}>",
                      f"=?utf-8?q?jiro=40test1.com?= <{TARO}>",
                      f"=?utf-8?b?amlyb0B0ZXN0MS5jb20=?= <{TARO}>",
                      f"=?utf-8?q?jiro=40?= =?utf-8?q?test1.com?= <{TARO}>",
                      f'"=?utf-8?b?amlyb0B0ZXN0MS5jb20=?=" <{TARO}>',
                      f"jiro\uff20test1.com <{TARO}>", f"jiro@test1\u3002com <{TARO}>",
                      f"ji\u200bro@test1.com <{TARO}>", f"\u202emoc.1tset@orij\u202c <{TARO}>",
                      f'"jiro@test1.com\t" <{TARO}>', f"\u2066x\u2069 <{TARO}>"],
    "several": [f"{TARO}, {JIRO}", f"{JIRO},{TARO}", f"{TARO};{JIRO}", f"{TARO} {JIRO}",
                f"<{TARO}><{JIRO}>", f"us:{JIRO};", f"us:{TARO};", f"us:{TARO},{JIRO};",
                f"{TARO}\n{JIRO}", f"{TARO}\r\nSender: {JIRO}", f"{TARO}\0{JIRO}"],
    "look-alikes": ["t\u0430ro@test1.com", "taro@t\u0435st1.com", "taro@xn--tst1-jpa.com",
                    "taro@test1.com.", "taro@.test1.com", "taro@test1..com", "taro@test1.com.test2",
                    "taro@test1.co", "taro@x.test1.com", "taro\uff20test1.com",
                    "\u0301taro@test1.com", "taro@[127.0.0.1]"],
    "case and labels": ["TARO@test1.com", "taro+x@test1.com", "jiro+taro@test1.com", "ta.ro@test1.com",
                        "tarO <taRo@test1.com>", '" taro"@test1.com', "taro%test1.com@test1.com"],
    "routes": [f"<@a:{JIRO}>", f"<@test1.com:{TARO}>", f"@test1.com:{JIRO}"],
}


@pytest.mark.parametrize("family", SPELLINGS)
@pytest.mark.parametrize("form", COMPOSED)
def test_no_source_shows_another_than_the_policy_allows(instance, taro, form, family):
    before = accepted(instance)
    for source in SPELLINGS[family]:
        error = refused(getattr(taro, form), source)
        assert not error["Code"].startswith(("5", "Internal")), (source, error)
    assert accepted(instance) == before
    assert_nothing_but_taro(instance, taro)


@pytest.mark.parametrize("form", COMPOSED)
def test_what_is_another_spelling_of_the_own_address_is_written_in_one(instance, taro, form):
    for source in ("taro@TEST1.com", "taro@test1\uff0ecom", "\"taro\"@test1.com", f"<{TARO}>",
                   f'"us:;,<>" <{TARO}>', f"=?utf-8?q?taro=40test1.com?= <{TARO}>"):
        assert_only_taro(instance.sink.one(getattr(taro, form)(source)))


@pytest.mark.parametrize("family", SPELLINGS)
def test_no_report_goes_where_the_policy_does_not_allow(instance, taro, family):
    """The reverse-path is a name under which mail goes out."""
    before = accepted(instance)
    for path in SPELLINGS[family]:
        if "<taro@test1.com>" in path and not path.startswith(("us:", "<")):
            continue  # what is shown before it goes nowhere
        for form in ("simple_v1", "templated_v1", "bulk_v1"):
            refused(getattr(taro, form), ReturnPath=path)
        for form in ("simple_v2", "templated_v2", "bulk_v2"):
            refused(getattr(taro, form), FeedbackForwardingEmailAddress=path)
        refused(taro.raw_v2, message(TARO), FromEmailAddress=TARO,
                FeedbackForwardingEmailAddress=path)
    assert accepted(instance) == before


def test_replies_may_go_to_anybody(instance, taro):
    for form in COMPOSED:
        to = getattr(taro, form)(ReplyToAddresses=[f"Jiro <{JIRO}>", "ana@example.net"])
        received = instance.sink.one(to)
        assert_only_taro(received)
        assert received.fields("Reply-To") == [f"Jiro <{JIRO}>, ana@example.net"]


@pytest.mark.parametrize("family", REFUSED_HEADERS)
def test_no_raw_header_shows_another(instance, taro, family):
    taken = []
    for header in itertools.chain.from_iterable(map(spellings, REFUSED_HEADERS[family])):
        for end in (b"\r\nHello.\r\n", b"\nHello.\n", b"\rHello.\r"):
            taken.append(try_it(taro.raw_v1, header + end))
        taken.append(try_it(taro.raw_v2, header + b"\r\nHello.\r\n", FromEmailAddress=TARO))
        # A bare CR ends a line here, so one beside CRLF ends the header: the rest is text.
        assert not any(taken[-4:]) or re.search(rb"\r\r\n|\r\n\r", header), header
    assert_nothing_but_taro(instance, taro, taken)


@pytest.mark.parametrize("form", RAW)
def test_a_raw_from_that_is_not_the_source_is_refused_and_so_is_the_other_way(instance, taro, form):
    source = "Source" if form == "raw_v1" else "FromEmailAddress"
    before = accepted(instance)
    refused(getattr(taro, form), message(JIRO))
    refused(getattr(taro, form), message(JIRO), **{source: TARO})
    refused(getattr(taro, form), message(TARO), **{source: JIRO})
    refused(getattr(taro, form), message(TARO), **{source: f'"{JIRO}" <{TARO}>'})
    assert accepted(instance) == before


@pytest.mark.parametrize("form", RAW)
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\r\r\n", "\n\r"])
def test_whatever_ends_a_line_ends_it_before_the_gate_looks(instance, taro, form, line_end):
    lines = [f"From: {TARO}", "To: ana@example.net", "Subject: a", "", "Hello."]
    for smuggled in (f"From: {JIRO}", f"Sender: {JIRO}", f"Resent-From: {JIRO}",
                     f"Return-Path: <{JIRO}>"):
        raw = "\r\n".join(lines).replace("Subject: a\r\n", f"Subject: a{line_end}{smuggled}\r\n")
        to = try_it(getattr(taro, form), raw.encode())
        if to:  # an empty line came before: it is in the body
            assert_only_taro(instance.sink.one(to))
            assert smuggled.encode() not in instance.sink.one(to).raw.split(b"\r\n\r\n")[0]
        else:
            assert line_end in ("\r\n", "\n", "\r")


def test_what_a_raw_message_says_to_us_is_asked_about_and_goes_no_further(instance, taro):
    """X-SES headers do what the parameters do, under the same permissions."""
    other = arn(instance, "identity/test2.com")
    for field in (f"X-SES-SOURCE-ARN: {other}", f"X-SES-FROM-ARN: {other}",
                  f"X-SES-RETURN-PATH-ARN: {other}", "X-SES-CONFIGURATION-SET: none",
                  "X-SES-CONFIGURATION-SET: a\r\nX-SES-CONFIGURATION-SET: b"):
        refused(taro.raw_v1, message(TARO, headers=[field]))
    to = taro.raw_v1(message(TARO, headers=["X-SES-MESSAGE-TAGS: a=b",
                                            f"X-SES-SOURCE-ARN: {arn(instance, 'identity/test1.com')}"]))
    assert "x-ses-" not in instance.sink.one(to).header.lower()


@pytest.mark.parametrize("form, member", [
    ("simple_v1", "SourceArn"), ("simple_v1", "ReturnPathArn"), ("templated_v1", "SourceArn"),
    ("bulk_v1", "SourceArn"), ("simple_v2", "FromEmailAddressIdentityArn"),
    ("bulk_v2", "FromEmailAddressIdentityArn"),
    ("simple_v2", "FeedbackForwardingEmailAddressIdentityArn")])
def test_an_arn_gives_no_name_that_it_does_not_cover(instance, taro, form, member):
    own = arn(instance, "identity/test1.com")
    others = [arn(instance, "identity/test2.com"), own.replace("us-east-1", "eu-west-1"),
              own.replace("arn:aws:ses", "arn:aws:sns"), own + "/x", own + " ", "*", "arn:*",
              arn(instance, "identity/*"), arn(instance, f"identity/{JIRO}")]
    before = accepted(instance)
    for other in others:
        refused(getattr(taro, form), **{member: other})
    assert accepted(instance) == before
    refused(getattr(taro, form), JIRO, **{member: own})
    assert_only_taro(instance.sink.one(getattr(taro, form)(**{member: own})))


def test_one_entry_of_a_bulk_call_is_decided_about_like_the_others(instance, taro):
    """An entry has no From of its own; what its headers say is not written."""
    for name in ("From", "from", "Sender", "Resent-From", "Return-Path", "Reply-To", "X-SES-A",
                 "Content-Type", "Bcc", "To", "DKIM-Signature"):
        status, _ = taro.raw_request("POST", "/v2/email/outbound-bulk-emails", {
            "FromEmailAddress": TARO,
            "DefaultContent": {"Template": {"TemplateName": "t", "TemplateData": FILLED}},
            "BulkEmailEntries": [
                {"Destination": {"ToAddresses": [taro.to()]}},
                {"Destination": {"ToAddresses": [taro.to()]},
                 "ReplacementHeaders": [{"Name": name, "Value": JIRO}]}]})
        assert status == 400, name
    assert_nothing_but_taro(instance, taro)


@pytest.mark.parametrize("service", ["ses", "sesv2"])
def test_the_ids_of_a_bulk_call_are_those_of_its_messages(instance, taro, service):
    """Each message ends in its own time: what the answer says of it must outlive it."""
    for _ in range(10):
        recipients = [taro.to() for _ in range(20)]
        destinations = [{"Destination": {"ToAddresses": [to]}} for to in recipients]
        if service == "ses":
            answer = taro.v1.send_bulk_templated_email(
                Source=TARO, Template="t", DefaultTemplateData=FILLED,
                Destinations=destinations)["Status"]
        else:
            answer = taro.v2.send_bulk_email(
                FromEmailAddress=TARO, BulkEmailEntries=destinations, DefaultContent={
                    "Template": {"TemplateName": "t", "TemplateData": FILLED}}
            )["BulkEmailEntryResults"]
        for to, entry in zip(recipients, answer):
            assert instance.sink.one(to).fields("Message-ID")[0].startswith(
                f"<{entry['MessageId']}@")


# ---- what a parameter could smuggle ----

BREAKS = ["\r\n", "\n", "\r", "\0", "\u2028", "\u0085", "\x0b", "\x0c", "\r\n\r\n", "\n\n", "\r\n "]


def broken(text):
    return [f"{text}{end}X-Smuggled: {JIRO}" for end in BREAKS] + \
        [f"{text}{end}From: {JIRO}{end}{end}body" for end in BREAKS]


def attachment(**changes):
    return {"Attachments": [{"RawContent": "YQ==", "FileName": "a.txt", **changes}]}


INJECTIONS = {
    "subject": lambda taro, text: [
        (taro.simple_v1, {"subject": text}), (taro.simple_v2, {"subject": text})],
    "display name": lambda taro, text: [
        (taro.simple_v1, {"from_": f'"{text}" <{TARO}>'}),
        (taro.simple_v2, {"from_": f"{text} <{TARO}>"}),
        (taro.simple_v1, {"ReplyToAddresses": [f'"{text}" <{JIRO}>']})],
    "header": lambda taro, text: [
        (taro.simple_v2, {"content": {"Headers": [{"Name": "X-A", "Value": text}]}}),
        (taro.simple_v2, {"content": {"Headers": [{"Name": text, "Value": "a"}]}}),
        (taro.simple_v2, {"content": {"Headers": [{"Name": f"X-A: b\r\n{text}", "Value": "a"}]}})],
    "tags": lambda taro, text: [
        (taro.simple_v1, {"Tags": [{"Name": "a", "Value": text}]}),
        (taro.simple_v1, {"Tags": [{"Name": text, "Value": "a"}]}),
        (taro.simple_v2, {"EmailTags": [{"Name": "a", "Value": text}]})],
    "configuration set": lambda taro, text: [
        (taro.simple_v1, {"ConfigurationSetName": text}),
        (taro.simple_v2, {"ConfigurationSetName": text})],
    "charset": lambda taro, text: [
        (taro.simple_v1, {"body": {"Text": {"Data": "a", "Charset": text}}}),
        (taro.simple_v1, {"body": {"Html": {"Data": "\u00e9", "Charset": f"utf-8\"{text}"}}}),
        (taro.simple_v2, {"body": {"Text": {"Data": "\u00e9", "Charset": f"utf-8; {text}"}}})],
    "file name": lambda taro, text: [
        (taro.simple_v2, {"content": attachment(FileName=text)}),
        (taro.simple_v2, {"content": attachment(FileName=f'a"; x="{text}')}),
        (taro.simple_v2, {"content": attachment(ContentId=text)}),
        (taro.simple_v2, {"content": attachment(ContentDescription=text)})],
    "content type": lambda taro, text: [
        (taro.simple_v2, {"content": attachment(ContentType=text)}),
        (taro.simple_v2, {"content": attachment(ContentType=f"text/plain; a={text}")}),
        (taro.simple_v2, {"content": attachment(ContentType=f'text/plain; a="{text}"')})],
    "template data": lambda taro, text: [
        (form, {"data": json.dumps({"s": text, "b": text})})
        for form in (taro.templated_v1, taro.templated_v2, taro.bulk_v1, taro.bulk_v2)],
    "body": lambda taro, text: [
        (taro.simple_v1, {"body": {"Text": {"Data": text}, "Html": {"Data": text}}}),
        (taro.simple_v2, {"body": {"Text": {"Data": f"\r\n.\r\n{text}"}}})],
    "recipient": lambda taro, text: [
        (taro.simple_v1, {"to": f'"{text}" <{taro.to()}>'}),
        (taro.simple_v2, {"to": f"{taro.to()}{text}"})],
}


def fields_of(raw):
    """Names of all header fields of all parts, as a lenient reader finds them."""
    parsed = email.message_from_bytes(re.sub(rb"\r\n?", b"\n", raw), policy=email.policy.compat32)
    return [(part is parsed, name.lower()) for part in parsed.walk() for name in part.keys()]


@pytest.mark.parametrize("where", INJECTIONS)
def test_no_parameter_writes_a_header_of_its_own(instance, taro, where):
    taken = []
    for text in [*broken("a"), f"a\u560d\u560aX-Smuggled: {JIRO}", f"=?utf-8?q?a=0D=0AX-Smuggled:_{JIRO}?=",
                 "x" * 3000, "\u00e9" * 1200 + f"\r\nX-Smuggled: {JIRO}"]:
        for form, members in INJECTIONS[where](taro, text):
            taken.append(try_it(form, **members))
    for to in filter(None, taken):
        to = re.search(r"attack\d+@example\.net", to)[0]
        for received in instance.sink.wait(1, to=to):
            assert_only_taro(received)
            names = fields_of(received.raw)
            assert (True, "x-smuggled") not in names and (False, "x-smuggled") not in names, \
                received.raw
            assert (False, "from") not in names, received.raw
    assert_nothing_but_taro(instance, taro)


def test_template_data_does_not_end_a_part(instance, taro):
    """A boundary is made for each message, after the data is known."""
    to = taro.templated_v1(data=json.dumps({"s": "a", "b": "x"}))
    boundary = re.search(r'boundary="?([^";\s]+)', instance.sink.one(to).header)[1]
    guesses = [f"\r\n--{boundary}\r\nContent-Type: text/html\r\n\r\nSmuggled\r\n--{boundary}--\r\n",
               "\r\n--\r\nContent-Type: text/html\r\n\r\nSmuggled\r\n----\r\n"]
    for data in guesses:
        to = taro.templated_v1(data=json.dumps({"s": "a", "b": data}))
        parsed = email.message_from_bytes(instance.sink.one(to).raw, policy=email.policy.default)
        assert [part.get_content_type() for part in parsed.walk()] == \
            ["multipart/alternative", "text/plain", "text/html"]


# ---- policies ----

def person(instance, name, *statements):
    return Person(instance, instance.person(name, *statements))


def allow(**condition):
    return {"Effect": "Allow", "Action": SENDING, "Resource": "*", "Condition": condition}


def deny(**condition):
    return {**allow(**condition), "Effect": "Deny"}


SEND_ALL = {"Effect": "Allow", "Action": SENDING, "Resource": "*"}


def test_a_deny_holds_for_every_spelling_of_what_it_names(instance):
    one = person(instance, "denied", SEND_ALL,
                 deny(StringEquals={"ses:FromAddress": "jiro@test1.com"}))
    for source in (JIRO, "Jiro@test1.com", "JIRO@TEST1.COM", "jiro+x@test1.com",
                   '"jiro"@test1.com', "JiRo+y@test1.com"):
        for form in COMPOSED:
            assert "AccessDenied" in refused(getattr(one, form), source)["Code"] or \
                "not authorized" in refused(getattr(one, form), source)["Message"], source
        refused(one.raw_v1, message(source))
        refused(one.simple_v1, ReturnPath=source)
    assert one.simple_v1()


def test_recipients_are_all_asked_about(instance):
    """ForAllValues: each must be at home; Cc and Bcc are recipients too."""
    one = person(instance, "home", allow(**{"ForAllValues:StringLike": {
        "ses:Recipients": ["*@example.net"]}}))
    assert one.simple_v1()
    for destination in ({"ToAddresses": ["a@example.org"]},
                        {"ToAddresses": ["a@example.net"], "BccAddresses": ["a@example.org"]},
                        {"ToAddresses": ["a@example.net"], "CcAddresses": ["A <a@example.org>"]},
                        {"ToAddresses": ['"a@example.net" <a@example.org>']}):
        refused(one.v1.send_email, Source=TARO, Destination=destination,
                Message={"Subject": {"Data": "a"}, "Body": BODY})
        refused(one.v2.send_email, FromEmailAddress=TARO, Destination=destination,
                Content={"Simple": {"Subject": {"Data": "a"}, "Body": BODY}})
    raw = message(TARO, to="a@example.org")
    refused(one.v1.send_raw_email, RawMessage={"Data": raw})
    refused(one.v1.send_raw_email, RawMessage={"Data": message(
        TARO, headers=["Bcc: a@example.org"])})
    answer = one.v1.send_bulk_templated_email(
        Source=TARO, Template="t", DefaultTemplateData='{"s": "a", "b": "c"}',
        Destinations=[{"Destination": {"ToAddresses": [to]}}
                      for to in (one.to(), "a@example.org")])
    assert [entry["Status"] for entry in answer["Status"]] == ["Success", "Failed"]


def test_conditions_see_the_call_as_it_was(instance):
    address = person(instance, "path", allow(StringEquals={"ses:FeedbackAddress": TARO}))
    assert address.simple_v1() and address.simple_v1(JIRO, ReturnPath=TARO)
    refused(address.simple_v1, ReturnPath=JIRO)
    first = person(instance, "first", allow(StringEquals={"ses:ApiVersion": "1"}))
    assert first.simple_v1()
    refused(first.simple_v2)
    near = person(instance, "near", allow(IpAddress={"aws:SourceIp": "127.0.0.0/8"}))
    far = person(instance, "far", allow(IpAddress={"aws:SourceIp": "192.0.2.0/24"}))
    assert near.simple_v1()
    refused(far.simple_v1)
    secure = person(instance, "secure", allow(Bool={"aws:SecureTransport": "true"}))
    refused(secure.simple_v1)
    agent = person(instance, "agent", allow(StringLike={"aws:UserAgent": "Boto3/*"}))
    assert agent.simple_v1()
    refused(person(instance, "curl", allow(StringLike={"aws:UserAgent": "curl/*"})).simple_v1)


def test_a_configuration_set_is_asked_about_whether_named_or_the_identitys_own(instance, owner):
    owner.v2.create_configuration_set(ConfigurationSetName="set")
    statement = {"Effect": "Allow", "Action": SENDING,
                 "Resource": arn(instance, "identity/*")}
    one = person(instance, "unset", statement)
    assert one.simple_v1()
    assert "configuration-set/set" in refused(one.simple_v1, ConfigurationSetName="set")["Message"]
    assert "configuration-set/set" in refused(
        one.raw_v1, message(TARO, headers=["X-SES-CONFIGURATION-SET: set"]))["Message"]
    owner.v2.put_email_identity_configuration_set_attributes(EmailIdentity="test1.com",
                                                             ConfigurationSetName="set")
    for form in COMPOSED:
        error = refused(getattr(one, form))
        assert "configuration-set/set" in error["Message"]
    refused(one.raw_v1, message(TARO))
    owner.v2.put_email_identity_configuration_set_attributes(EmailIdentity="test1.com")
    assert one.simple_v1()


def test_a_template_is_asked_about(instance):
    one = person(instance, "plain", {"Effect": "Allow", "Action": SENDING,
                                     "Resource": arn(instance, "identity/*")})
    for form in ("templated_v1", "templated_v2", "bulk_v1", "bulk_v2"):
        assert "template/t" in refused(getattr(one, form))["Message"]


# ---- verification mail ----

def custom_template(name, from_):
    return {"TemplateName": name, "FromEmailAddress": from_, "TemplateSubject": "a",
            "TemplateContent": "<p>b</p>", "SuccessRedirectionURL": "https://example.com/",
            "FailureRedirectionURL": "https://example.com/"}


@pytest.mark.parametrize("service", ["ses", "sesv2"])
def test_verification_mail_is_asked_about_under_the_name_that_its_template_has(instance, owner,
                                                                              service):
    name = f"asker-{service}"
    client = instance.api(service, instance.person(name, {
        **POLICY, "Action": "ses:SendCustomVerificationEmail"}))
    owner.v1.create_custom_verification_email_template(**custom_template(f"{name}-own", TARO))
    owner.v1.create_custom_verification_email_template(**custom_template(f"{name}-other", JIRO))
    to = Person.to()
    error = refused(client.send_custom_verification_email, EmailAddress=to,
                    TemplateName=f"{name}-other")
    assert error["Code"].startswith("AccessDenied"), error
    assert to not in owner.v1.list_identities()["Identities"]
    client.send_custom_verification_email(EmailAddress=to, TemplateName=f"{name}-own")
    received = instance.sink.one(to)
    assert received.fields("From") == [TARO] and received.mail_from == ""


def ways_to_be_asked(owner):
    """Each sends one verification mail to the address."""
    def v1(address):
        owner.v1.verify_email_identity(EmailAddress=address)

    def v2(address):
        owner.v2.create_email_identity(EmailIdentity=address)

    def custom_v1(address):
        owner.v1.send_custom_verification_email(EmailAddress=address, TemplateName="confirm")

    def custom_v2(address):
        owner.v2.send_custom_verification_email(EmailAddress=address, TemplateName="confirm")
    return v1, v2, custom_v1, custom_v2


@pytest.mark.parametrize("way", range(4))
def test_a_mailbox_gets_ten_verification_mails_a_day_whatever_is_deleted(instance, owner, way):
    if way == 0:
        owner.v1.create_custom_verification_email_template(**custom_template("confirm", TARO))
    ask = ways_to_be_asked(owner)[way]
    addresses = [f"victim{way}{label}@example.net"
                 for label in ("", "", "", "+a", "+b", "+c", "+d", "+e", "+f+g")]
    addresses.append(f"Victim{way}@EXAMPLE.net")
    for address in addresses:
        ask(address)
        owner.v1.delete_identity(Identity=address)
    for address in (addresses[0], f"victim{way}+new@example.net", f"VICTIM{way}@example.net"):
        for other in ways_to_be_asked(owner):
            error = refused(other, address)
            assert error["Code"] in ("LimitExceeded", "LimitExceededException"), error
            assert "10 verification mails within a day" in error["Message"]
        assert address not in owner.v1.list_identities()["Identities"]
    arrived = [one for one in list(instance.sink.received)
               if re.match(f"victim{way}[+@]", one.recipients[0].lower())]
    assert len(arrived) <= 10
    ask(f"other{way}@example.net")
