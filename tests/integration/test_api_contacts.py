"""The contact list over the API: topics, contacts and their preferences, filters and pages."""

import time

import pytest

from harness import Instance, api_refuses

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
NEWS = {"TopicName": "news", "DisplayName": "News", "Description": "Each week",
        "DefaultSubscriptionStatus": "OPT_IN"}
OFFERS = {"TopicName": "offers", "DisplayName": "Offers", "Description": "",
          "DefaultSubscriptionStatus": "OPT_OUT"}


@pytest.fixture(scope="module")
def instance():
    with Instance() as instance:
        yield instance


@pytest.fixture(scope="module")
def manager(instance):
    return instance.person("manager", EVERYTHING)


@pytest.fixture(scope="module")
def sesv2(instance, manager):
    return instance.api("sesv2", manager)


@pytest.fixture
def readers(sesv2):
    """A list of that name with two topics."""
    sesv2.create_contact_list(ContactListName="readers", Description="All", Topics=[NEWS, OFFERS])
    yield "readers"
    sesv2.delete_contact_list(ContactListName="readers")


def preference(topic, status):
    return {"TopicName": topic, "SubscriptionStatus": status}


def add(sesv2, address, **members):
    sesv2.create_contact(ContactListName="readers", EmailAddress=address, **members)


def addresses(sesv2, **members):
    found = sesv2.list_contacts(ContactListName="readers", **members)
    return [contact["EmailAddress"] for contact in found["Contacts"]]


def test_a_list_is_made_shown_changed_and_deleted(sesv2):
    sesv2.create_contact_list(ContactListName="readers", Description="All", Topics=[NEWS, OFFERS])
    shown = sesv2.get_contact_list(ContactListName="readers")
    assert shown["Topics"] == [NEWS, OFFERS] and shown["Description"] == "All"
    assert abs(shown["CreatedTimestamp"].timestamp() - time.time()) < 60
    assert [one["ContactListName"] for one in sesv2.list_contact_lists()["ContactLists"]] == [
        "readers"]
    sesv2.update_contact_list(ContactListName="readers", Topics=[OFFERS])
    shown = sesv2.get_contact_list(ContactListName="readers")
    assert shown["Topics"] == [OFFERS] and "Description" not in shown
    sesv2.delete_contact_list(ContactListName="readers")
    assert sesv2.list_contact_lists()["ContactLists"] == []
    for call in (sesv2.get_contact_list, sesv2.delete_contact_list, sesv2.update_contact_list,
                 sesv2.list_contacts):
        with api_refuses("NotFoundException", "List with name: readers doesn't exist."):
            call(ContactListName="readers")


def test_an_account_has_one_list(sesv2, readers):
    with api_refuses("AlreadyExistsException", "List with name: readers already exists."):
        sesv2.create_contact_list(ContactListName="readers")
    with api_refuses("LimitExceededException"):
        sesv2.create_contact_list(ContactListName="writers")


def test_what_a_list_cannot_be_is_refused(sesv2, instance, manager):
    many = [{**NEWS, "TopicName": f"t{number}"} for number in range(21)]
    with api_refuses("LimitExceededException", "20 topics"):
        sesv2.create_contact_list(ContactListName="readers", Topics=many)
    for code, members in (
            ("BadRequestException", {"ContactListName": "two words"}),
            ("BadRequestException", {"ContactListName": "x" * 65}),
            ("BadRequestException", {"ContactListName": "readers", "Topics": [NEWS, NEWS]}),
            ("BadRequestException", {"ContactListName": "readers", "Description": "x" * 501}),
            ("BadRequestException", {"ContactListName": "readers",
                                     "Topics": [{**NEWS, "TopicName": "a/b"}]}),
            ("BadRequestException", {"ContactListName": "readers",
                                     "Tags": [{"Key": "aws:a", "Value": "b"}]})):
        with api_refuses(code):
            sesv2.create_contact_list(**members)
    assert sesv2.list_contact_lists()["ContactLists"] == []
    sesv2.create_contact_list(ContactListName="readers", Topics=many[:20])
    assert len(sesv2.get_contact_list(ContactListName="readers")["Topics"]) == 20
    sesv2.delete_contact_list(ContactListName="readers")


def test_a_contact_is_made_shown_changed_and_deleted(sesv2, readers):
    add(sesv2, "Ana@example.net", AttributesData='{"name":"Ana"}',
        TopicPreferences=[preference("offers", "OPT_IN")])
    shown = sesv2.get_contact(ContactListName="readers", EmailAddress="ANA@example.net")
    assert shown["EmailAddress"] == "ana@example.net" and shown["ContactListName"] == "readers"
    assert shown["TopicPreferences"] == [preference("offers", "OPT_IN")]
    assert shown["TopicDefaultPreferences"] == [preference("news", "OPT_IN"),
                                                preference("offers", "OPT_OUT")]
    assert shown["UnsubscribeAll"] is False and shown["AttributesData"] == '{"name":"Ana"}'
    with api_refuses("AlreadyExistsException", "ana@example.net already exists in List."):
        add(sesv2, "ana@EXAMPLE.net")
    sesv2.update_contact(ContactListName="readers", EmailAddress="ana@example.net",
                         TopicPreferences=[preference("news", "OPT_OUT")], UnsubscribeAll=True)
    shown = sesv2.get_contact(ContactListName="readers", EmailAddress="ana@example.net")
    assert shown["TopicPreferences"] == [preference("news", "OPT_OUT")] and shown["UnsubscribeAll"]
    assert shown["AttributesData"] == '{"name":"Ana"}'
    assert shown["LastUpdatedTimestamp"] >= shown["CreatedTimestamp"]
    sesv2.delete_contact(ContactListName="readers", EmailAddress="ana@example.net")
    for call in (sesv2.get_contact, sesv2.delete_contact, sesv2.update_contact):
        with api_refuses("NotFoundException", "ana@example.net doesn't exist in List."):
            call(ContactListName="readers", EmailAddress="ana@example.net")


def test_what_a_contact_cannot_be_is_refused(sesv2, readers):
    with api_refuses("BadRequestException", "Illegal address"):
        add(sesv2, "ana")
    with api_refuses("BadRequestException", "Topic gossip is not one of the list readers"):
        add(sesv2, "ana@example.net", TopicPreferences=[preference("gossip", "OPT_IN")])
    with api_refuses("BadRequestException", "twice"):
        add(sesv2, "ana@example.net", TopicPreferences=[preference("news", "OPT_IN")] * 2)
    with api_refuses("BadRequestException", "AttributesData"):
        add(sesv2, "ana@example.net", AttributesData="x" * 1001)
    with api_refuses("NotFoundException", "List with name: writers doesn't exist."):
        sesv2.create_contact(ContactListName="writers", EmailAddress="ana@example.net")
    assert addresses(sesv2) == []


def test_preferences_go_with_their_topic(sesv2, readers):
    add(sesv2, "ana@example.net", TopicPreferences=[preference("news", "OPT_OUT"),
                                                    preference("offers", "OPT_IN")])
    sesv2.update_contact_list(ContactListName="readers", Topics=[OFFERS])
    sesv2.update_contact_list(ContactListName="readers", Topics=[OFFERS, NEWS])
    shown = sesv2.get_contact(ContactListName="readers", EmailAddress="ana@example.net")
    assert shown["TopicPreferences"] == [preference("offers", "OPT_IN")]


def test_contacts_are_filtered(sesv2, readers):
    add(sesv2, "silent@example.net")
    add(sesv2, "in@example.net", TopicPreferences=[preference("news", "OPT_IN")])
    add(sesv2, "out@example.net", TopicPreferences=[preference("news", "OPT_OUT")])
    add(sesv2, "gone@example.net", UnsubscribeAll=True,
        TopicPreferences=[preference("news", "OPT_IN")])

    def of(status, default):
        return addresses(sesv2, Filter={
            "FilteredStatus": status,
            "TopicFilter": {"TopicName": "news", "UseDefaultIfPreferenceUnavailable": default}})

    assert of("OPT_IN", False) == ["in@example.net"]
    assert of("OPT_IN", True) == ["in@example.net", "silent@example.net"]
    assert of("OPT_OUT", True) == ["gone@example.net", "out@example.net"]
    assert addresses(sesv2, Filter={"FilteredStatus": "OPT_OUT"}) == ["gone@example.net"]
    assert len(addresses(sesv2)) == 4
    with api_refuses("BadRequestException", "Topic gossip"):
        addresses(sesv2, Filter={"TopicFilter": {"TopicName": "gossip"}})


def test_contacts_come_in_pages_by_both_uris(sesv2, readers, instance, manager):
    everybody = [f"a{number}@example.net" for number in range(5)]
    for address in everybody:
        add(sesv2, address)
    seen, more = [], {}
    while more is not None:
        page = sesv2.list_contacts(ContactListName="readers", PageSize=2, **more)
        seen += [contact["EmailAddress"] for contact in page["Contacts"]]
        more = {"NextToken": page["NextToken"]} if "NextToken" in page else None
    assert seen == everybody

    def call(body):
        return instance.rest(manager, "POST", "/v2/email/contact-lists/readers/contacts/list", body)

    status, page = call({"PageSize": 3})
    assert status == 200 and len(page["Contacts"]) == 3
    status, page = call({"PageSize": 3, "NextToken": page["NextToken"]})
    assert [one["EmailAddress"] for one in page["Contacts"]] == everybody[3:]
    assert "NextToken" not in page
    with api_refuses("BadRequestException", "NextToken"):
        sesv2.list_contacts(ContactListName="readers", NextToken="!")


def test_a_list_takes_its_contacts_and_tags_along(sesv2):
    tags = [{"Key": "team", "Value": "press"}]
    sesv2.create_contact_list(ContactListName="readers", Topics=[NEWS], Tags=tags)
    assert sesv2.get_contact_list(ContactListName="readers")["Tags"] == tags
    add(sesv2, "ana@example.net", TopicPreferences=[preference("news", "OPT_OUT")])
    sesv2.delete_contact_list(ContactListName="readers")
    sesv2.create_contact_list(ContactListName="readers", Topics=[NEWS])
    assert addresses(sesv2) == []
    assert sesv2.get_contact_list(ContactListName="readers")["Tags"] == []
    sesv2.delete_contact_list(ContactListName="readers")


def test_permission_is_for_the_list_named(sesv2, readers, instance):
    account = instance.admin("account.show")
    arn = f"arn:aws:ses:{account['region']}:{account['account']}:contact-list/writers"
    other = instance.api("sesv2", instance.person(
        "writer", {"Effect": "Allow", "Action": "ses:*", "Resource": arn}))
    with api_refuses("NotFoundException"):
        other.get_contact_list(ContactListName="writers")
    for call in (other.get_contact_list, other.update_contact_list, other.delete_contact_list,
                 other.list_contacts):
        with api_refuses("AccessDeniedException", "contact-list/readers"):
            call(ContactListName="readers")
    for call in (other.create_contact, other.get_contact, other.update_contact,
                 other.delete_contact):
        with api_refuses("AccessDeniedException", "contact-list/readers"):
            call(ContactListName="readers", EmailAddress="ana@example.net")
    with api_refuses("AccessDeniedException"):
        other.list_contact_lists()
