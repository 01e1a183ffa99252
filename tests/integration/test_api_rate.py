"""How many changes one access key may make a second; what reads is not counted."""

import botocore.exceptions
import pytest

from harness import Instance


@pytest.fixture(scope="module")
def instance():
    with Instance(quota__changes_rate=1) as instance:
        yield instance


def change(client, service):
    if service == "ses":
        client.update_account_sending_enabled(Enabled=True)
    else:
        client.put_account_sending_attributes(SendingEnabled=True)


@pytest.mark.parametrize("service, code", [("ses", "Throttling"),
                                           ("sesv2", "TooManyRequestsException")])
def test_a_loop_of_changes_is_slowed_and_nothing_else(instance, service, code):
    name = f"looper-{service}"
    looper = instance.person(name, {"Effect": "Allow", "Action": "ses:*", "Resource": "*"})
    client = instance.api(service, looper)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        for _ in range(60):
            change(client, service)
    assert caught.value.response["Error"] == {"Code": code, "Message": "Rate exceeded"} | (
        {"Type": "Sender"} if service == "ses" else {})
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == (
        400 if service == "ses" else 429)
    instance.api("ses", looper).get_send_quota()  # reading goes on
    change(instance.api(service), service)  # and so does everybody else
