"""Templates over both generations of the SES API: made, changed, listed, rendered, sent."""

import email
import email.policy
import json

import pytest

from harness import Instance, failure, refused

ALL = {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.owner = instance.person("owner", ALL)
        yield instance


def v1_parts(name, subject="Hi {{name}}", text="Dear {{name}}", html="<p>{{name}}"):
    return {"TemplateName": name, "SubjectPart": subject, "TextPart": text, "HtmlPart": html}


def v2_parts(subject="Hi {{name}}", text="Dear {{name}}", html="<p>{{name}}"):
    return {"Subject": subject, "Text": text, "Html": html}


# ---- v1 ----

def test_v1_a_template_is_made_read_changed_and_deleted(v1):
    v1.create_template(Template=v1_parts("one"))
    assert v1.get_template(TemplateName="one")["Template"] == v1_parts("one")
    v1.update_template(Template={"TemplateName": "one", "SubjectPart": "S", "TextPart": "<&>\r\n"})
    assert v1.get_template(TemplateName="one")["Template"] == {
        "TemplateName": "one", "SubjectPart": "S", "TextPart": "<&>\r\n"}
    v1.delete_template(TemplateName="one")
    v1.delete_template(TemplateName="one")  # idempotent
    error = refused(v1.get_template, "TemplateDoesNotExist", "Template one does not exist",
                    TemplateName="one")
    assert error["TemplateName"] == "one"


def test_v1_what_cannot_be_a_template_is_refused(v1):
    def create(**parts):
        return failure(v1.create_template, Template={"TemplateName": "bad", **parts})
    assert create(TextPart="x")["Message"] == "The subject must be specified."
    assert create(TextPart="x")["Code"] == "InvalidParameterValue"
    assert create(SubjectPart="x")["Message"] == "The text or the HTML part must be specified."
    assert failure(v1.create_template, Template={"SubjectPart": "x", "TextPart": "x"})[
        "Code"] == "ValidationError"
    broken = create(SubjectPart="x", TextPart="{{#if a}}\n{{/each}}")
    assert broken["Code"] == "InvalidTemplate" and broken["TemplateName"] == "bad"
    assert broken["Message"].startswith("TextPart: line 2, column ")
    for name in ("", "a b", "a/b", "ä", "x" * 65):
        assert failure(v1.create_template, Template=v1_parts(name))["Code"] in (
            "InvalidParameterValue", "ValidationError"), name
    large = create(SubjectPart="x", TextPart="t" * 300_000, HtmlPart="h" * 250_000)
    assert large["Message"] == "A template has at most 500 KB."
    assert failure(v1.get_template, TemplateName="bad")["Code"] == "TemplateDoesNotExist"


def test_v1_a_name_is_taken_once_and_only_what_is_there_is_changed(v1):
    v1.create_template(Template=v1_parts("taken"))
    error = refused(v1.create_template, "AlreadyExists", "Template taken already exists",
                    Template=v1_parts("taken"))
    assert error["Name"] == "taken"
    refused(v1.update_template, "TemplateDoesNotExist", "Template nowhere does not exist",
            Template=v1_parts("nowhere"))
    assert failure(v1.update_template, Template=v1_parts("taken", text="{{"))["Code"] == \
        "InvalidTemplate"
    assert v1.get_template(TemplateName="taken")["Template"] == v1_parts("taken")


def test_v1_a_template_of_full_size_is_kept(v1):
    text = "0123456789abcde\n" * (499 * 64)
    v1.create_template(Template={"TemplateName": "large", "SubjectPart": "x", "TextPart": text})
    assert v1.get_template(TemplateName="large")["Template"]["TextPart"] == text


def test_v1_ten_are_listed_where_no_number_is_given(v1, v2):
    for number in range(12):
        v1.create_template(Template=v1_parts(f"list-{number:02}"))
    first = v1.list_templates()
    assert len(first["TemplatesMetadata"]) == 10
    assert first["TemplatesMetadata"][0]["CreatedTimestamp"].year >= 2024
    seen, token = [], {}
    while True:
        page = v1.list_templates(MaxItems=5, **token)
        seen += [one["Name"] for one in page["TemplatesMetadata"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == sorted(set(seen)) and {f"list-{n:02}" for n in range(12)} <= set(seen)
    assert [one["TemplateName"] for one in v2.list_email_templates(PageSize=100)[
        "TemplatesMetadata"]] == seen
    refused(v1.list_templates, "InvalidParameterValue",
            "The NextToken is not one that was given out here.", NextToken="?")
    refused(v2.list_email_templates, "BadRequestException",
            "The NextToken is not one that was given out here.", NextToken="?")


# ---- v2 ----

def test_v2_a_template_is_made_read_changed_and_deleted(v2, rest):
    given = {"TemplateName": "two", "TemplateContent": v2_parts(),
             "Tags": [{"Key": "a", "Value": "b"}]}
    assert rest("POST", "/v2/email/templates", given) == (200, {})
    assert rest("GET", "/v2/email/templates/two") == (200, given)
    v2.update_email_template(TemplateName="two", TemplateContent={"Subject": "S", "Html": "H"})
    assert v2.get_email_template(TemplateName="two")["TemplateContent"] == {
        "Subject": "S", "Html": "H"}
    v2.delete_email_template(TemplateName="two")
    for call in (v2.get_email_template, v2.delete_email_template):
        refused(call, "NotFoundException", "Template two does not exist", TemplateName="two")
    v2.create_email_template(TemplateName="two", TemplateContent=v2_parts())
    assert rest("GET", "/v2/email/templates/two")[1]["Tags"] == []


def test_v2_what_cannot_be_a_template_is_refused(v2):
    refused(v2.create_email_template, "BadRequestException", "The subject must be specified.",
            TemplateName="bad", TemplateContent={"Text": "x"})
    error = failure(v2.create_email_template, TemplateName="bad",
                    TemplateContent=v2_parts(html="{{> nobody}}"))
    assert error["Code"] == "BadRequestException" and error["Message"].startswith("Html: line 1")
    v2.create_email_template(TemplateName="taken-2", TemplateContent=v2_parts())
    refused(v2.create_email_template, "AlreadyExistsException", "Template taken-2 already exists",
            TemplateName="taken-2", TemplateContent=v2_parts())
    refused(v2.update_email_template, "NotFoundException", "Template bad does not exist",
            TemplateName="bad", TemplateContent=v2_parts())


# ---- rendering ----

def rendered(text):
    return email.message_from_string(text, policy=email.policy.default)


def test_rendering_shows_the_message_that_would_be_made(v1, v2):
    v1.create_template(Template=v1_parts("render", subject="Grüße, {{name}}"))
    data = json.dumps({"name": "Zoë <b>"})
    for text in (v1.test_render_template(TemplateName="render", TemplateData=data),
                 v2.test_render_email_template(TemplateName="render", TemplateData=data)):
        message = rendered(text["RenderedTemplate"])
        assert list(message.keys())[:2] == ["Date", "Message-ID"]
        assert message["Subject"] == "Grüße, Zoë <b>"
        assert message["MIME-Version"] == "1.0" and message["From"] is None
        assert message.get_content_type() == "multipart/alternative"
        plain, html = message.iter_parts()
        assert plain.get_content().strip() == "Dear Zoë <b>"
        assert html.get_content().strip() == "<p>Zoë <b>"


def test_rendering_fails_at_once_and_says_why(v1, v2):
    v1.create_template(Template=v1_parts("incomplete"))
    error = refused(v1.test_render_template, "MissingRenderingAttribute",
                    "Attribute 'name' is not present in the rendering data.",
                    TemplateName="incomplete", TemplateData="{}")
    assert error["TemplateName"] == "incomplete"
    refused(v2.test_render_email_template, "BadRequestException",
            "Attribute 'name' is not present in the rendering data.",
            TemplateName="incomplete", TemplateData="{}")
    for data in ("[]", "no", '{"name": 1', '"x"'):
        error = failure(v1.test_render_template, TemplateName="incomplete", TemplateData=data)
        assert error["Code"] == "InvalidRenderingParameter", data
        assert error["Message"].startswith("Template rendering data is invalid")
    refused(v1.test_render_template, "TemplateDoesNotExist", "Template nowhere does not exist",
            TemplateName="nowhere", TemplateData="{}")
    refused(v2.test_render_email_template, "NotFoundException", "Template nowhere does not exist",
            TemplateName="nowhere", TemplateData="{}")


def test_a_subject_that_would_inject_a_header_is_refused(v1):
    v1.create_template(Template=v1_parts("inject"))
    error = failure(v1.test_render_template, TemplateName="inject",
                    TemplateData=json.dumps({"name": "x\r\nBcc: y@example.net"}))
    assert error["Code"] == "InvalidRenderingParameter"


def test_what_a_template_makes_of_a_small_text_is_bounded(v1):
    body = "{{#each a}}{{#each ../a}}{{#each ../../a}}0123456789{{/each}}{{/each}}{{/each}}"
    v1.create_template(Template={"TemplateName": "bomb", "SubjectPart": "x", "TextPart": body})
    error = failure(v1.test_render_template, TemplateName="bomb",
                    TemplateData=json.dumps({"a": [0] * 300}))
    assert error["Code"] in ("InvalidRenderingParameter", "LimitExceeded")


def test_what_was_made_is_what_is_sent(instance, v1, v2, sink):
    v2.create_email_template(TemplateName="sent", TemplateContent=v2_parts())
    data = json.dumps({"name": "Ana"})
    ids = [v1.send_templated_email(Source="taro@test1.com", Template="sent", TemplateData=data,
                                   Destination={"ToAddresses": ["v1@example.net"]}),
           v2.send_email(FromEmailAddress="taro@test1.com",
                         Destination={"ToAddresses": ["v2@example.net"]},
                         Content={"Template": {"TemplateName": "sent", "TemplateData": data}})]
    for to, answer in zip(("v1@example.net", "v2@example.net"), ids):
        instance.wait_state(answer["MessageId"], "delivered")
        message = rendered(sink.one(to).raw.decode())
        assert message["Subject"] == "Hi Ana"
        assert message.get_body(("plain",)).get_content().strip() == "Dear Ana"
    # What cannot be rendered is accepted and never sent (reference 9).
    assert v1.send_templated_email(Source="taro@test1.com", Template="sent", TemplateData="{}",
                                   Destination={"ToAddresses": ["never@example.net"]})["MessageId"]


def test_a_bulk_call_tells_the_id_of_each_message(instance, v1, v2):
    """The first have ended, and what they were made of is gone, when the last is accepted."""
    v2.create_email_template(TemplateName="bulk", TemplateContent=v2_parts())
    to = [f"bulk-{number}@example.net" for number in range(20)]
    data = json.dumps({"name": "you"})
    told = v1.send_bulk_templated_email(
        Source="taro@test1.com", Template="bulk", DefaultTemplateData=data,
        Destinations=[{"Destination": {"ToAddresses": [one]}} for one in to])["Status"]
    told += v2.send_bulk_email(
        FromEmailAddress="taro@test1.com",
        DefaultContent={"Template": {"TemplateName": "bulk", "TemplateData": data}},
        BulkEmailEntries=[{"Destination": {"ToAddresses": [one]}} for one in to])[
            "BulkEmailEntryResults"]
    assert [list(instance.state(one["MessageId"])) for one in told] == [[one] for one in to * 2]


# ---- who may ----

def test_permission_is_asked_for_the_template_that_is_named(instance, v2):
    arn = f"arn:aws:ses:us-east-1:{instance.administrator['account']}:template/mine"
    v2.create_email_template(TemplateName="mine", TemplateContent=v2_parts())
    v2.create_email_template(TemplateName="yours", TemplateContent=v2_parts())
    partly = instance.person("partly", {"Effect": "Allow", "Action": "ses:*", "Resource": arn})
    client = instance.api("sesv2", partly)
    assert client.get_email_template(TemplateName="mine")
    for call in (client.get_email_template, client.delete_email_template):
        assert failure(call, TemplateName="yours")["Code"] == "AccessDeniedException"
    assert failure(client.test_render_email_template, TemplateName="yours", TemplateData="{}")[
        "Code"] == "AccessDeniedException"
    assert failure(instance.api("ses", partly).get_template, TemplateName="mine")[
        "Code"] == "AccessDenied"
