"""Configuration sets, their event destinations, and tags, over both generations of the SES API."""

import datetime

import pytest

from harness import Instance, Sink, eventually, failure, refused, without_metadata

ALL = {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.owner = instance.person("owner", ALL)
        instance.arn = f"arn:aws:ses:us-east-1:{instance.administrator['account']}:"
        yield instance


# ---- v1 ----

def test_v1_sets_are_made_listed_described_and_deleted(v1):
    assert without_metadata(v1.create_configuration_set(ConfigurationSet={"Name": "one"})) == {}
    assert {"Name": "one"} in v1.list_configuration_sets()["ConfigurationSets"]
    assert without_metadata(v1.describe_configuration_set(ConfigurationSetName="one")) == {
        "ConfigurationSet": {"Name": "one"}}
    shown = v1.describe_configuration_set(
        ConfigurationSetName="one", ConfigurationSetAttributeNames=[
            "eventDestinations", "trackingOptions", "deliveryOptions", "reputationOptions"])
    assert shown["DeliveryOptions"] == {"TlsPolicy": "Optional"}
    assert shown["ReputationOptions"] == {"SendingEnabled": True,
                                          "ReputationMetricsEnabled": False}
    assert shown["EventDestinations"] == []
    assert "TrackingOptions" not in shown
    v1.delete_configuration_set(ConfigurationSetName="one")
    assert {"Name": "one"} not in v1.list_configuration_sets()["ConfigurationSets"]


def test_v1_a_set_that_is_not_there_is_told_by_its_name(v1):
    text = "Configuration set <nowhere> does not exist."
    for call in (v1.delete_configuration_set, v1.describe_configuration_set):
        refused(call, "ConfigurationSetDoesNotExist", text, ConfigurationSetName="nowhere")
    error = refused(v1.update_configuration_set_sending_enabled, "ConfigurationSetDoesNotExist",
                    text, ConfigurationSetName="nowhere", Enabled=True)
    assert error["ConfigurationSetName"] == "nowhere"


def test_v1_a_set_is_made_once_and_has_a_plain_name(v1):
    v1.create_configuration_set(ConfigurationSet={"Name": "once"})
    refused(v1.create_configuration_set, "ConfigurationSetAlreadyExists",
            "Configuration set <once> already exists.", ConfigurationSet={"Name": "once"})
    for name in ("", "a b", "a/b", "ü", "a" * 65, "a\n", "../x"):
        error = failure(v1.create_configuration_set, ConfigurationSet={"Name": name})
        assert error["Code"] in ("InvalidConfigurationSet", "ValidationError"), name
    v1.create_configuration_set(ConfigurationSet={"Name": "a" * 64})


def test_v1_switches_are_kept(v1):
    v1.create_configuration_set(ConfigurationSet={"Name": "switches"})
    v1.update_configuration_set_sending_enabled(ConfigurationSetName="switches", Enabled=False)
    v1.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName="switches",
                                                           Enabled=True)
    v1.put_configuration_set_delivery_options(ConfigurationSetName="switches",
                                              DeliveryOptions={"TlsPolicy": "Require"})
    shown = v1.describe_configuration_set(
        ConfigurationSetName="switches",
        ConfigurationSetAttributeNames=["deliveryOptions", "reputationOptions"])
    assert shown["DeliveryOptions"] == {"TlsPolicy": "Require"}
    assert shown["ReputationOptions"] == {"SendingEnabled": False,
                                          "ReputationMetricsEnabled": True}
    v1.update_configuration_set_sending_enabled(ConfigurationSetName="switches", Enabled=True)
    shown = v1.describe_configuration_set(ConfigurationSetName="switches",
                                          ConfigurationSetAttributeNames=["reputationOptions"])
    assert shown["ReputationOptions"]["LastFreshStart"].year >= 2024
    refused(v1.update_configuration_set_reputation_metrics_enabled,
            "ConfigurationSetDoesNotExist", "Configuration set <nowhere> does not exist.",
            ConfigurationSetName="nowhere", Enabled=True)
    refused(v1.put_configuration_set_delivery_options, "ConfigurationSetDoesNotExist",
            "Configuration set <nowhere> does not exist.", ConfigurationSetName="nowhere")


def test_v1_tracking_options_are_made_changed_and_deleted(v1):
    v1.create_configuration_set(ConfigurationSet={"Name": "tracking"})
    options = {"ConfigurationSetName": "tracking",
               "TrackingOptions": {"CustomRedirectDomain": "click.test1.com"}}
    error = failure(v1.update_configuration_set_tracking_options, **options)
    assert error["Code"] == "TrackingOptionsDoesNotExistException"
    assert error["ConfigurationSetName"] == "tracking"
    v1.create_configuration_set_tracking_options(**options)
    assert failure(v1.create_configuration_set_tracking_options, **options)["Code"] == \
        "TrackingOptionsAlreadyExistsException"
    options["TrackingOptions"]["CustomRedirectDomain"] = "go.test1.com"
    v1.update_configuration_set_tracking_options(**options)
    shown = v1.describe_configuration_set(ConfigurationSetName="tracking",
                                          ConfigurationSetAttributeNames=["trackingOptions"])
    assert shown["TrackingOptions"] == {"CustomRedirectDomain": "go.test1.com"}
    for domain in ("not a domain", "else.example", "com", "test1.com.example"):
        options["TrackingOptions"]["CustomRedirectDomain"] = domain
        assert failure(v1.update_configuration_set_tracking_options, **options)["Code"] == \
            "InvalidTrackingOptions", domain
    v1.delete_configuration_set_tracking_options(ConfigurationSetName="tracking")
    assert failure(v1.delete_configuration_set_tracking_options,
                   ConfigurationSetName="tracking")["Code"] == \
        "TrackingOptionsDoesNotExistException"


def test_v1_lists_come_page_by_page(v1):
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        v1.create_configuration_set(ConfigurationSet={"Name": name})
    seen, token = [], {}
    while True:
        page = v1.list_configuration_sets(MaxItems=2, **token)
        assert len(page["ConfigurationSets"]) <= 2
        seen += [one["Name"] for one in page["ConfigurationSets"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert seen == sorted(seen) and set(names) <= set(seen)
    refused(v1.list_configuration_sets, "InvalidParameterValue",
            "The NextToken is not one that was given out here.", NextToken="!")


# ---- v2 ----

def test_v2_a_set_with_all_option_groups_is_shown_as_it_was_made(v2, rest):
    given = {
        "ConfigurationSetName": "full",
        "TrackingOptions": {"CustomRedirectDomain": "click.test1.com", "HttpsPolicy": "REQUIRE"},
        "DeliveryOptions": {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 600},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": True},
        "SuppressionOptions": {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]},
        "Tags": [{"Key": "team", "Value": "mail"}],
    }
    assert rest("POST", "/v2/email/configuration-sets", given) == (200, {})
    assert rest("GET", "/v2/email/configuration-sets/full") == (200, given)
    assert without_metadata(v2.get_configuration_set(ConfigurationSetName="full"))["Tags"] == \
        given["Tags"]
    v2.delete_configuration_set(ConfigurationSetName="full")
    refused(v2.get_configuration_set, "NotFoundException",
            "Configuration set <full> does not exist.", ConfigurationSetName="full")
    v2.create_configuration_set(ConfigurationSetName="full")
    shown = without_metadata(v2.get_configuration_set(ConfigurationSetName="full"))
    assert shown == {"ConfigurationSetName": "full", "Tags": [],
                     "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
                     "ReputationOptions": {"ReputationMetricsEnabled": False},
                     "SendingOptions": {"SendingEnabled": True}}


def test_v2_what_is_not_served_is_refused_and_leaves_nothing(v2):
    for member, value in (("VdmOptions", {"GuardianOptions": {}}),
                          ("DeliveryOptions", {"SendingPoolName": "mine"}),
                          ("TrackingOptions", {"CustomRedirectDomain": "else.example"}),
                          ("Tags", [{"Key": "aws:x", "Value": "y"}])):
        error = failure(v2.create_configuration_set, ConfigurationSetName="refused",
                        **{member: value})
        assert error["Code"] in ("BadRequestException", "NotFoundException"), member
        assert failure(v2.get_configuration_set, ConfigurationSetName="refused")["Code"] == \
            "NotFoundException"
    refused(v2.create_configuration_set, "BadRequestException", "VdmOptions is not served here",
            ConfigurationSetName="refused", VdmOptions={})


def test_v2_a_set_is_made_once(v2):
    v2.create_configuration_set(ConfigurationSetName="twice")
    refused(v2.create_configuration_set, "AlreadyExistsException",
            "Configuration set <twice> already exists.", ConfigurationSetName="twice")


def test_v2_option_groups_are_put_one_by_one(v2, rest):
    v2.create_configuration_set(ConfigurationSetName="groups")
    path = "/v2/email/configuration-sets/groups"
    v2.put_configuration_set_sending_options(ConfigurationSetName="groups", SendingEnabled=False)
    v2.put_configuration_set_reputation_options(ConfigurationSetName="groups",
                                                ReputationMetricsEnabled=True)
    v2.put_configuration_set_suppression_options(ConfigurationSetName="groups",
                                                 SuppressedReasons=[])
    v2.put_configuration_set_tracking_options(ConfigurationSetName="groups",
                                              CustomRedirectDomain="test1.com")
    assert rest("PUT", f"{path}/delivery-options",
                {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 300}) == (200, {})
    assert rest("GET", path) == (200, {
        "ConfigurationSetName": "groups", "Tags": [],
        "TrackingOptions": {"CustomRedirectDomain": "test1.com"},
        "DeliveryOptions": {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 300},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": False},
        "SuppressionOptions": {"SuppressedReasons": []}})
    v2.put_configuration_set_tracking_options(ConfigurationSetName="groups")
    v2.put_configuration_set_suppression_options(ConfigurationSetName="groups")
    v2.put_configuration_set_delivery_options(ConfigurationSetName="groups",
                                              TlsPolicy="OPTIONAL")
    shown = v2.get_configuration_set(ConfigurationSetName="groups")
    assert "TrackingOptions" not in shown and "SuppressionOptions" not in shown
    assert shown["DeliveryOptions"] == {"TlsPolicy": "OPTIONAL"}


def test_v2_option_groups_of_a_set_that_is_not_there_are_not_found(v2):
    for call in (v2.put_configuration_set_sending_options,
                 v2.put_configuration_set_reputation_options,
                 v2.put_configuration_set_suppression_options,
                 v2.put_configuration_set_tracking_options,
                 v2.put_configuration_set_delivery_options, v2.delete_configuration_set,
                 v2.get_configuration_set, v2.get_configuration_set_event_destinations):
        refused(call, "NotFoundException", "Configuration set <nowhere> does not exist.",
                ConfigurationSetName="nowhere")


def test_v2_option_groups_are_checked(v2, rest):
    v2.create_configuration_set(ConfigurationSetName="checked")
    path = "/v2/email/configuration-sets/checked"
    for group, body in (("delivery-options", {"TlsPolicy": "MAYBE"}),
                        ("delivery-options", {"MaxDeliverySeconds": 299}),
                        ("delivery-options", {"MaxDeliverySeconds": 50401}),
                        ("suppression-options", {"SuppressedReasons": ["SPITE"]}),
                        ("suppression-options", {"SuppressionScope": "ACCOUNT"}),
                        ("tracking-options", {"CustomRedirectDomain": "else.example"})):
        status, answer = rest("PUT", f"{path}/{group}", body)
        assert status == 400, (group, body, answer)
    status, answer = rest("PUT", f"{path}/delivery-options", {"SendingPoolName": "mine"})
    assert status == 404 and "mine" in answer["message"]
    shown = v2.get_configuration_set(ConfigurationSetName="checked")
    assert shown["DeliveryOptions"] == {"TlsPolicy": "OPTIONAL"}


def test_v2_lists_are_served_under_both_generations_of_uris(v2, rest):
    for name in ("both-1", "both-2", "both-3"):
        v2.create_configuration_set(ConfigurationSetName=name)
    old = v2.list_configuration_sets()["ConfigurationSets"]
    status, new = rest("POST", "/v2/email/list-configuration-sets", {})
    assert status == 200 and new == {"ConfigurationSets": old}
    status, page = rest("POST", "/v2/email/list-configuration-sets", {"PageSize": 1})
    assert page["ConfigurationSets"] == old[:1]
    assert v2.list_configuration_sets(PageSize=1, NextToken=page["NextToken"])[
        "ConfigurationSets"] == old[1:2]
    refused(v2.list_configuration_sets, "BadRequestException",
            "The NextToken is not one that was given out here.", NextToken="*")


# ---- what a set does ----

def simple(to, subject="Hello"):
    return {"FromEmailAddress": "taro@test1.com", "Destination": {"ToAddresses": [to]},
            "Content": {"Simple": {"Subject": {"Data": subject},
                                   "Body": {"Text": {"Data": "Hello"}}}}}


def test_a_paused_set_does_not_send(v1, v2):
    v2.create_configuration_set(ConfigurationSetName="paused",
                                SendingOptions={"SendingEnabled": False})
    assert failure(v2.send_email, ConfigurationSetName="paused", **simple("ana@example.net"))[
        "Code"] == "SendingPausedException"
    v1.update_configuration_set_sending_enabled(ConfigurationSetName="paused", Enabled=True)
    assert v2.send_email(ConfigurationSetName="paused", **simple("ana@example.net"))["MessageId"]


def test_what_is_sent_under_a_deleted_set_fails(v2):
    v2.create_configuration_set(ConfigurationSetName="gone")
    v2.delete_configuration_set(ConfigurationSetName="gone")
    assert failure(v2.send_email, ConfigurationSetName="gone", **simple("ana@example.net"))[
        "Code"] == "NotFoundException"


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def test_required_tls_is_waited_for_as_long_as_the_set_says(instance, v2, rest, sink):
    """The sink of this module offers no STARTTLS."""
    v2.create_configuration_set(ConfigurationSetName="tls",
                                DeliveryOptions={"TlsPolicy": "REQUIRE"})
    rest("PUT", "/v2/email/configuration-sets/tls/delivery-options",
         {"TlsPolicy": "REQUIRE", "MaxDeliverySeconds": 600})
    id_ = v2.send_email(ConfigurationSetName="tls", **simple("secret@example.net"))["MessageId"]
    plain = v2.send_email(**simple("open@example.net"))["MessageId"]
    instance.wait_state(plain, "delivered")

    def tried():
        row = instance.queue(id_)["recipients"][0]
        return row.get("reply") and row
    row = eventually(tried, 20, "an attempt")
    assert row["state"] == "queued" and "TLS" in row["reply"], row
    seconds = [(when(one["expires"]) - when(one["accepted"])).total_seconds()
               for one in instance.admin("queue.list")["queue"] if one["message"] == id_]
    assert seconds == [600]
    assert not [one for one in sink.received if "secret@example.net" in one.recipients]
    v2.delete_configuration_set(ConfigurationSetName="tls")  # what was accepted stays as it was
    instance.admin("queue.change", message=id_, change="retry")
    eventually(lambda: instance.queue(id_)["recipients"][0]["attempts"] >= 2, 20, "another attempt")
    assert not [one for one in sink.received if "secret@example.net" in one.recipients]


def test_required_tls_is_spoken_where_it_is_offered(instance, v2, zone):
    with Sink(starttls=True, port=None, address="127.0.0.2") as secure:
        with Instance(zone, mx_port=secure.port) as other:
            zone.mail_server("secure.example", "mx.secure.example", "127.0.0.2")
            other.add_domain("test1.com")
            client = other.api("sesv2", other.person("owner", ALL))
            client.create_configuration_set(ConfigurationSetName="tls",
                                            DeliveryOptions={"TlsPolicy": "REQUIRE"})
            id_ = client.send_email(ConfigurationSetName="tls",
                                    **simple("ana@secure.example"))["MessageId"]
            other.wait_state(id_, "delivered")
            assert secure.one("ana@secure.example").tls


# ---- event destinations ----

V1_KINDS = {
    "SNSDestination": ({"TopicARN": "arn:aws:sns:us-east-1:000000000000:t"},
                       "InvalidSNSDestination"),
    "CloudWatchDestination": ({"DimensionConfigurations": [
        {"DimensionName": "a", "DimensionValueSource": "messageTag",
         "DefaultDimensionValue": "b"}]}, "InvalidCloudWatchDestination"),
    "KinesisFirehoseDestination": ({"IAMRoleARN": "arn:aws:iam::000000000000:role/r",
                                    "DeliveryStreamARN": "arn:aws:firehose:x"},
                                   "InvalidFirehoseDestination"),
}


@pytest.mark.parametrize("kind", V1_KINDS)
def test_v1_no_destination_is_taken_that_would_never_hear_anything(v1, kind):
    value, code = V1_KINDS[kind]
    try:
        v1.create_configuration_set(ConfigurationSet={"Name": "events"})
    except v1.exceptions.ConfigurationSetAlreadyExistsException:
        pass
    destination = {"Name": "all", "Enabled": True, "MatchingEventTypes": ["send"], kind: value}
    for call in (v1.create_configuration_set_event_destination,
                 v1.update_configuration_set_event_destination):
        error = refused(call, code, f"{kind}: events cannot be published to this kind of "
                        "destination here yet.", ConfigurationSetName="events",
                        EventDestination=destination)
        assert (error["ConfigurationSetName"], error["EventDestinationName"]) == ("events", "all")
    refused(v1.create_configuration_set_event_destination, "ConfigurationSetDoesNotExist",
            "Configuration set <nowhere> does not exist.", ConfigurationSetName="nowhere",
            EventDestination=destination)


def test_v1_a_destination_is_of_exactly_one_kind(v1):
    v1.create_configuration_set(ConfigurationSet={"Name": "one-kind"})
    both = {kind: value for kind, (value, _) in V1_KINDS.items()}
    for kinds in ({}, both):
        refused(v1.create_configuration_set_event_destination, "InvalidParameterValue",
                "An event destination must have exactly one kind of destination.",
                ConfigurationSetName="one-kind",
                EventDestination={"Name": "all", "MatchingEventTypes": ["send"], **kinds})


def test_v1_deleting_a_destination_that_is_not_there_fails(v1):
    v1.create_configuration_set(ConfigurationSet={"Name": "no-events"})
    error = refused(v1.delete_configuration_set_event_destination, "EventDestinationDoesNotExist",
                    "No EventDestination found for all", ConfigurationSetName="no-events",
                    EventDestinationName="all")
    assert (error["ConfigurationSetName"], error["EventDestinationName"]) == ("no-events", "all")


def test_v2_no_destination_is_taken_shown_or_deleted(v2, rest):
    v2.create_configuration_set(ConfigurationSetName="events-2")
    set_ = {"ConfigurationSetName": "events-2"}
    sns = {"SnsDestination": {"TopicArn": "arn:aws:sns:us-east-1:000000000000:t"}}
    for call in (v2.create_configuration_set_event_destination,
                 v2.update_configuration_set_event_destination):
        refused(call, "BadRequestException", "SnsDestination: events cannot be published to this "
                "kind of destination here yet.", EventDestinationName="all", **set_,
                EventDestination={"Enabled": True, "MatchingEventTypes": ["SEND"], **sns})
    status, answer = rest(
        "POST", "/v2/email/configuration-sets/events-2/event-destinations",
        {"EventDestinationName": "all", "EventDestination": {
            "EventBridgeDestination": {"EventBusArn": "arn:aws:events:us-east-1:0:event-bus/b"}}})
    assert status == 400 and answer["message"].startswith("EventBridgeDestination: ")
    refused(v2.create_configuration_set_event_destination, "BadRequestException",
            "An event destination must have exactly one kind of destination.", **set_,
            EventDestinationName="all", EventDestination={"Enabled": True})
    assert v2.get_configuration_set_event_destinations(**set_)["EventDestinations"] == []
    refused(v2.delete_configuration_set_event_destination, "NotFoundException",
            "No EventDestination found for all", **set_, EventDestinationName="all")


# ---- tags ----

def test_tags_are_put_shown_and_taken_away(instance, v2):
    v2.create_configuration_set(ConfigurationSetName="tagged")
    arns = [instance.arn + "configuration-set/tagged", instance.arn + "identity/test1.com"]
    for arn in arns:
        assert v2.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
        v2.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "1"},
                                               {"Key": "a", "Value": "ü"}])
        v2.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": ""}])
        assert v2.list_tags_for_resource(ResourceArn=arn)["Tags"] == [
            {"Key": "a", "Value": "ü"}, {"Key": "b", "Value": ""}]
        v2.untag_resource(ResourceArn=arn, TagKeys=["a", "never"])
        assert v2.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": ""}]


@pytest.mark.parametrize("arn", [
    "MINE:configuration-set/nowhere", "MINE:identity/else.example", "MINE:table/test1.com",
    "MINE:identity", "MINE:", "x",
    "arn:aws:ses:us-east-1:111111111111:identity/test1.com",
    "arn:aws:ses:eu-west-1:{account}:identity/test1.com"])
def test_tags_of_what_is_not_there_are_not_found(instance, v2, arn):
    arn = arn.replace("MINE:", instance.arn).replace("{account}", instance.administrator["account"])
    text = f"Resource {arn} does not exist."
    refused(v2.list_tags_for_resource, "NotFoundException", text, ResourceArn=arn)
    refused(v2.tag_resource, "NotFoundException", text, ResourceArn=arn,
            Tags=[{"Key": "a", "Value": "b"}])
    refused(v2.untag_resource, "NotFoundException", text, ResourceArn=arn, TagKeys=["a"])


def test_tags_are_checked_and_counted(instance, v2):
    v2.create_configuration_set(ConfigurationSetName="counted")
    arn = instance.arn + "configuration-set/counted"
    for tags in ([{"Key": "aws:mine", "Value": "1"}], [{"Key": "", "Value": "1"}],
                 [{"Key": "k" * 129, "Value": "1"}], [{"Key": "k", "Value": "v" * 257}],
                 [{"Key": "a\nb", "Value": "1"}],
                 [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]):
        assert failure(v2.tag_resource, ResourceArn=arn, Tags=tags)["Code"] == \
            "BadRequestException", tags
    many = [{"Key": f"key-{number}", "Value": "1"} for number in range(50)]
    v2.tag_resource(ResourceArn=arn, Tags=many)
    refused(v2.tag_resource, "BadRequestException", "A resource has at most 50 tags",
            ResourceArn=arn, Tags=[{"Key": "one more", "Value": "1"}])
    v2.tag_resource(ResourceArn=arn, Tags=[{"Key": "key-1", "Value": "2"}])
    assert len(v2.list_tags_for_resource(ResourceArn=arn)["Tags"]) == 50


# ---- who may ----

def test_permission_is_asked_for_the_set_that_is_named(instance):
    credential = instance.person("partly", {
        "Effect": "Allow", "Action": ["ses:GetConfigurationSet", "ses:ListTagsForResource"],
        "Resource": instance.arn + "configuration-set/tagged"})
    partly = instance.api("sesv2", credential)
    assert failure(partly.get_configuration_set, ConfigurationSetName="groups")["Code"] == \
        "AccessDeniedException"
    assert partly.get_configuration_set(ConfigurationSetName="tagged")
    assert partly.list_tags_for_resource(ResourceArn=instance.arn + "configuration-set/tagged")
    assert failure(partly.list_tags_for_resource, ResourceArn=instance.arn + "identity/test1.com")[
        "Code"] == "AccessDeniedException"
    assert failure(partly.delete_configuration_set, ConfigurationSetName="tagged")["Code"] == \
        "AccessDeniedException"
    assert failure(instance.api("ses", credential).delete_configuration_set,
                   ConfigurationSetName="tagged")["Code"] == "AccessDenied"
