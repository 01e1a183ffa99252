"""The pages of what else the APIs have: contact lists, verification mails, tags, configuration sets, and
every operation."""

import json
import shlex

import pytest
from botocore import xform_name

from browser import CHIEF, TARO


@pytest.fixture(scope="module")
def sesv2(instance):
    return instance.api("sesv2")


def shell_input(instance, command, service, operation):
    """What a command of the AWS CLI that a page shows calls the operation with."""
    words = shlex.split(command)
    assert words[:4] == ["aws", service, xform_name(operation, "-"), "--cli-input-json"]
    assert words[5:] == ["--endpoint-url", f"http://127.0.0.1:{instance.ports['http']}",
                         "--region", "us-east-1"]
    return json.loads(words[4])


# ---- contact lists ----

def contact(sesv2, address):
    return sesv2.get_contact(ContactListName="friends", EmailAddress=address)


def said(sesv2, address):
    return {one["TopicName"]: one["SubscriptionStatus"]
            for one in contact(sesv2, address)["TopicPreferences"]}


def test_a_contact_list_from_its_beginning_to_its_end(sesv2, browser):
    browser.tell("makesAContactList", list="friends", **CHIEF,
                 topics=[("news", "does not want it"), ("sales", "wants it")])
    made = sesv2.get_contact_list(ContactListName="friends")
    assert made["Description"] == "Friends"
    assert [(topic["TopicName"], topic["DisplayName"], topic["DefaultSubscriptionStatus"])
            for topic in made["Topics"]] == [("news", "All about news", "OPT_OUT"),
                                             ("sales", "All about sales", "OPT_IN")]
    browser.tell("addsAContact", list="friends", address="Ana@Example.net", attributes='{"town":"Nara"}',
                 says=[("All about news", "wants it")], **CHIEF)
    assert said(sesv2, "ana@example.net") == {"news": "OPT_IN"}
    assert contact(sesv2, "ana@example.net")["AttributesData"] == '{"town":"Nara"}'

    others = [f"contact-{number:02}@example.net" for number in range(60)]
    for address in others:
        sesv2.create_contact(ContactListName="friends", EmailAddress=address)
    found = browser.tell("findsContacts", list="friends", status="any", topic="the whole list", **CHIEF)
    assert [len(page) for page in found] == [50, 11] and sum(found, []) == ["ana@example.net", *others]
    assert browser.tell("findsContacts", list="friends", status="gets mail", topic="news", **CHIEF) == [
        ["ana@example.net"]]
    assert browser.tell("findsContacts", list="friends", status="gets none", topic="sales",
                        **CHIEF) == [[]]

    browser.tell("unsubscribesAndRemoves", list="friends", address="ana@example.net", other=others[0],
                 topic="news", **CHIEF)
    assert contact(sesv2, "ana@example.net")["UnsubscribeAll"] is True
    assert said(sesv2, "ana@example.net") == {}  # of a topic that is gone
    assert contact(sesv2, "ana@example.net")["AttributesData"] == '{"town":"Nara"}'
    with pytest.raises(sesv2.exceptions.NotFoundException):
        contact(sesv2, others[0])
    browser.tell("oneListAlone", list="friends", **CHIEF)
    assert sesv2.list_contact_lists()["ContactLists"] == []


# ---- tags ----

def test_tags_of_whatever_has_them(instance, sesv2, browser):
    arn = f"arn:aws:ses:us-east-1:{instance.administrator['account']}:"
    sesv2.create_configuration_set(ConfigurationSetName="tagged")
    sesv2.create_email_template(TemplateName="tagged", TemplateContent={
        "Subject": "Hello", "Text": "Hello"})
    sesv2.create_contact_list(ContactListName="tagged")
    browser.tell("tags", places=["#/identities/test1.com", "#/sets/tagged", "#/templates/tagged",
                                 "#/contacts/tagged", f"#/people/{TARO}"], **CHIEF)
    for name in ("identity/test1.com", "configuration-set/tagged", "template/tagged",
                 "contact-list/tagged"):
        tags = sesv2.list_tags_for_resource(ResourceArn=arn + name)["Tags"]
        assert tags == [{"Key": "stays", "Value": "here"}], name
    assert instance.api("iam").list_user_tags(UserName=TARO)["Tags"] == [
        {"Key": "stays", "Value": "here"}]
    sesv2.delete_contact_list(ContactListName="tagged")


# ---- verification mails ----

def test_a_verification_mail_is_written_looked_at_and_sent(instance, sesv2, sink, browser):
    browser.tell("makesAVerificationMail", name="welcome", content="<p>Hello</p>", **CHIEF,
                 **{"from": TARO})
    command = browser.tell("editsAVerificationMail", name="welcome", words="Good day",
                           content="<p>Good day</p>", recipient="o'brien@example.net", **CHIEF)
    stored = sesv2.get_custom_verification_email_template(TemplateName="welcome")
    assert stored["TemplateContent"] == "<p>Good day</p>"
    assert stored["SuccessRedirectionURL"] == "https://test1.com/yes"
    input_ = shell_input(instance, command, "sesv2", "SendCustomVerificationEmail")
    sender = instance.api("sesv2", instance.keys[TARO])
    instance.put_policy("verifies", {"Effect": "Allow", "Resource": "*",
                                     "Action": "ses:SendCustomVerificationEmail"}, user=TARO)
    sender.send_custom_verification_email(**input_)
    assert "Good day" in sink.one("o'brien@example.net").raw.decode()
    browser.tell("removesAVerificationMail", name="welcome", **CHIEF)
    assert sesv2.list_custom_verification_email_templates()[
        "CustomVerificationEmailTemplates"] == []


# ---- configuration sets and the account ----

def options(instance, name):
    """By the command line: boto3 may be older than some members."""
    told = instance.run("api", "sesv2", "GetConfigurationSet",
                        json.dumps({"ConfigurationSetName": name}), check=True)
    return json.loads(told.stdout)


def test_the_options_of_a_configuration_set(instance, sesv2, browser):
    sesv2.create_configuration_set(ConfigurationSetName="strict")
    browser.tell("setsOptions", name="strict", **CHIEF, words=[
        "Events are not published yet", "opens and clicks are not tracked",
        "reputation metrics are not exported"])
    stored = options(instance, "strict")
    assert stored["SendingOptions"] == {"SendingEnabled": False}
    assert stored["ReputationOptions"]["ReputationMetricsEnabled"] is True
    assert stored["SuppressionOptions"] == {"SuppressedReasons": ["BOUNCE"]}
    assert stored["DeliveryOptions"] == {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 600}
    assert stored["TrackingOptions"] == {"CustomRedirectDomain": "test1.com",
                                         "HttpsPolicy": "REQUIRE"}
    browser.tell("takesOptionsBack", name="strict", **CHIEF)
    stored = options(instance, "strict")
    assert "SuppressionOptions" not in stored and "TrackingOptions" not in stored
    assert stored["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}


def test_what_the_account_is_for_and_a_request_for_production(instance, sesv2, browser):
    instance.admin("account.production", on=False)
    browser.tell("asksForProduction", **CHIEF)
    details = sesv2.get_account()["Details"]
    assert details.pop("ReviewDetails") == {"Status": "PENDING"}
    assert details == {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://test1.com/",
                       "ContactLanguage": "JA", "UseCaseDescription": "Letters to friends",
                       "AdditionalContactEmailAddresses": ["ana@example.net", "bea@example.net"]}
    instance.admin("account.production", on=True)


# ---- every operation ----

def test_every_operation_that_is_served_is_there_and_no_other(instance, browser):
    listed = browser.tell("listsEveryOperation", **CHIEF)
    assert set(listed) == {"sesv2", "ses", "iam", "sts", "accessanalyzer", "cloudtrail", "postern"}
    there = [(service, name) for service, names in listed.items() for name in names]
    known = [(service, name) for service in ("sesv2", "ses", "iam", "sts", "accessanalyzer")
             for name in instance.api(service).meta.service_model.operation_names]
    codes = browser.tell("callsWithAnImpossibleInput", operations=sorted({*there, *known}), **CHIEF)
    unserved = {name for name, (_, code) in codes.items()
                if code in ("InvalidAction", "UnknownOperationException")}
    assert set(codes) - unserved == {f"{service} {name}" for service, name in there}
    assert len(unserved) > 100


def test_an_operation_is_found_filled_in_and_run(browser):
    browser.tell("runsAnOperation", **CHIEF)
    browser.tell("asksBeforeItRemoves", **CHIEF)


def test_what_the_server_answers_is_shown_as_it_came(instance, browser):
    mail = {"FromEmailAddress": TARO, "Destination": {"ToAddresses": ["ana@example.net"]},
            "Content": {"Simple": {"Subject": {"Data": "Hello"}, "Body": {}}}}
    browser.tell("saysWhatTheServerSays", **CHIEF, calls=[
        ("#/api/sts/GetCallerIdentity", "{}", '"Arn": "arn:aws:iam::'),
        ("#/api/postern/user.show", json.dumps({"user": TARO}), f'"user": "{TARO}"'),
        ("#/api/sesv2/SendEmail", json.dumps(mail), "mail is sent with an access key")])


def test_the_same_call_from_a_shell(instance, browser):
    name = "it's & $HOME"
    calls = [("iam", "ListMFADevices", {"UserName": TARO}),
             ("accessanalyzer", "ListFindingsV2", {"analyzerArn": "arn"}),
             ("sesv2", "ListTagsForResource", {"ResourceArn": name}),
             ("iam", "ListSSHPublicKeys", {}), ("ses", "GetIdentityDkimAttributes", {}),
             ("postern", "user.show", {"user": TARO})]
    shown = browser.tell("commands", calls=calls, **CHIEF)
    for (service, operation, input_), commands in zip(calls, shown):
        words = shlex.split(commands[-1])
        assert words[:4] == ["postern", "api", service, operation]
        assert json.loads(words[4]) == input_
        if service != "postern":
            assert shell_input(instance, commands[0], service, operation) == input_
    assert len(shown[-1]) == 1  # the AWS CLI does not know the service's own verbs
    told = instance.run(*shlex.split(shown[-1][0])[1:])
    assert json.loads(told.stdout)["user"] == TARO
