"""The brake: a credential that sends as its owner never did is held until somebody has looked."""

import re

import pytest

from harness import Instance, Refused, Sink, eventually, failure, message

ALARMS = "alarms@example.org"
BOUNDS = {
    "brake.recipients_per_hour": 20,
    "brake.least_per_hour": 10,
    "brake.times_baseline": 2,
    "brake.new_domains_per_hour": 3,
    "brake.new_networks_per_day": 2,
    "brake.failure_share": 40,
    "brake.failure_count": 5,
    "alarm.to": ALARMS,
    "alarm.interval": "0s",
}


def domains(zone):
    """Where mail goes: domains enough to be new."""
    for number in range(30):
        zone.add(f"d{number}.example.net", "MX", "10 mx.example.net.")


@pytest.fixture(scope="module")
def places(zone):
    domains(zone)


@pytest.fixture(scope="module")
def instance(zone, places, sink):
    """Credentials are never without a past here: those of `learning` are elsewhere."""
    with Instance(zone, mx_port=sink.port, **{**BOUNDS, "brake.learning": "0s"}) as instance:
        instance.add_domain("test1.com")
        yield instance


PEOPLE = iter(range(1000))


class Person:
    """Somebody with an address, and what they send."""

    def __init__(self, instance):
        self.instance = instance
        self.address = f"person{next(PEOPLE)}@test1.com"
        self.credential = instance.grant(self.address)
        self.key = self.credential["access_key_id"]

    def send(self, *recipients, source=None):
        with self.instance.session(self.credential, source=source) as session:
            reply = session.submit(self.address, recipients or ["ana@example.net"],
                                   message(self.address, "ana@example.net"))
        assert reply.code == 250, reply
        return reply.text.removeprefix("Ok ")

    def brake(self):
        (brake,) = self.instance.admin("brake.show", target=self.key)["brakes"]
        return brake


@pytest.fixture
def person(instance):
    return Person(instance)


def crowd(count, domain="example.net"):
    return [f"r{number}@{domain}" for number in range(count)]


def braked(instance):
    return {brake["key"]: brake for brake in instance.admin("brake.list")["brakes"]}


def alarms_about(sink, key):
    return [mail for mail in sink.received
            if ALARMS in mail.recipients and key.encode() in mail.raw]


def held_by(instance, id_):
    return {row.get("held_by") for row in instance.queue(id_)["recipients"]}


def learn(person):
    """It has a past: two recipients in an hour, from here."""
    person.instance.wait_state(person.send("ana@example.net", "bea@example.net"), "delivered")


def trip_by_recipients(person):
    return person.send(*crowd(11))


def trip_by_new_domains(person):
    return person.send(*(f"ana@d{number}.example.net" for number in range(4)))


def trip_by_new_networks(person):
    for number in (1, 2):
        person.send(source=f"127.0.{number}.1")
    return person.send(source="127.0.3.1")


def trip_by_failures(person):
    person.instance.wait_state(
        person.send(*(f"nobody{number}@example.net" for number in range(6))), "bounced")
    return person.send()


@pytest.fixture
def refusing(sink):
    def rule(step, argument, _):
        return "550 5.1.1 no such user" if step == "rcpt" and argument.startswith("nobody") \
            else None
    sink.rules.insert(0, rule)
    yield
    sink.rules.remove(rule)


@pytest.mark.parametrize("reason, trip", [
    ("recipients", trip_by_recipients), ("new_domains", trip_by_new_domains),
    ("new_networks", trip_by_new_networks), ("failures", trip_by_failures)])
def test_beyond_a_bound_mail_is_accepted_and_held(instance, sink, refusing, person, reason, trip):
    """Told once, by mail, log and metric; another credential goes on."""
    learn(person)
    tripped = instance.metric("postern_brake_tripped_total")
    credentials = instance.metric("postern_braked_credentials")
    first = trip(person)
    second = person.send("carl@example.net")
    for id_ in (first, second):
        assert set(instance.state(id_).values()) == {"held"}
        assert held_by(instance, id_) == {"brake"}
        assert instance.queue(id_)["brake"]
    assert braked(instance)[person.key]["reason"] == reason
    assert instance.metric("postern_brake_tripped_total") == tripped + 1
    assert instance.metric("postern_braked_credentials") == credentials + 1
    eventually(lambda: alarms_about(sink, person.key), what="an alarm")
    other = Person(instance)
    instance.wait_state(other.send(), "delivered")
    assert len(alarms_about(sink, person.key)) == 1
    assert [line for line in instance.events("brake.tripped") if person.key in line and
            f"reason={reason}" in line and " warn " in line]
    instance.admin("brake.drop", target=person.key)


def test_a_release_sends_what_was_held_and_the_same_is_ordinary_then(instance, sink, person):
    learn(person)
    id_ = trip_by_recipients(person)
    later = person.send("dora@example.net")
    answer = instance.admin("brake.release", target=person.address)
    assert answer["brakes"] == [{"key": person.key, "user": person.address, "released": 12}]
    instance.wait_state(id_, "delivered")
    instance.wait_state(later, "delivered")
    assert person.key not in braked(instance)
    instance.wait_state(trip_by_recipients(person), "delivered")
    assert person.brake()["braked"] is None
    with pytest.raises(Refused) as refused:
        instance.admin("brake.release", target=person.key)
    assert refused.value.error == "conflict"


def test_mail_that_waits_is_held_with_the_trip(instance, sink, person):
    learn(person)
    sink.answer("rcpt", "450 4.2.0 later", only="slow@example.net")
    waits = person.send("slow@example.net")
    eventually(lambda: instance.queue(waits)["recipients"][0]["attempts"] > 0)
    trip_by_recipients(person)
    assert instance.state(waits) == {"slow@example.net": "held"}
    instance.admin("brake.drop", target=person.key)
    assert instance.state(waits) == {"slow@example.net": "dropped"}
    assert person.key in braked(instance)


def test_what_the_administrator_holds_is_not_freed_by_a_release(instance, sink, person):
    learn(person)
    sink.answer("rcpt", "450 4.2.0 later", only="kept@example.net")
    kept = person.send("kept@example.net")
    eventually(lambda: instance.queue(kept)["recipients"][0]["attempts"] > 0)
    instance.admin("queue.change", change="hold", message=kept)
    id_ = trip_by_recipients(person)
    taken = person.send("emil@example.net")
    instance.admin("queue.change", change="hold", message=taken)
    assert held_by(instance, kept) == held_by(instance, taken) == {"administrator"}
    instance.admin("brake.release", target=person.key)
    instance.wait_state(id_, "delivered")
    assert set(instance.state(kept).values()) == set(instance.state(taken).values()) == {"held"}
    instance.admin("queue.change", change="drop", message=kept)
    instance.admin("queue.change", change="drop", message=taken)


def test_who_holds_and_releases_all_frees_nothing_that_the_brake_holds(instance, sink, person):
    learn(person)
    id_ = trip_by_recipients(person)
    for change in ("hold", "release"):
        instance.admin("queue.change", change=change, message="all")
        assert set(instance.state(id_).values()) == {"held"}
        assert held_by(instance, id_) == {"brake"}
    instance.admin("queue.change", change="release", message="all", key=person.key)
    instance.wait_state(id_, "delivered")
    assert person.key in braked(instance)
    instance.admin("brake.release", target=person.key)


def test_revoking_is_the_other_way(instance, sink, person):
    learn(person)
    credentials = instance.metric("postern_braked_credentials")
    id_ = trip_by_recipients(person)
    with instance.session(person.credential) as session:
        instance.admin("grant.revoke", target=person.key, hold=True)
        assert session.command("MAIL FROM:<x@test1.com>").code == 535
    assert set(instance.state(id_).values()) == {"held"}
    assert braked(instance)[person.key]["status"] == "Inactive"
    assert braked(instance)[person.key]["held"] == 11
    assert instance.metric("postern_braked_credentials") == credentials
    assert instance.admin("brake.drop", target=person.key)["brakes"][0]["dropped"] == 11
    assert person.key not in braked(instance)
    assert set(instance.state(id_).values()) == {"dropped"}
    instance.check_accounting()


def test_a_key_that_was_deleted_is_released_all_the_same(instance, sink, person):
    learn(person)
    id_ = trip_by_recipients(person)
    instance.admin("credential.delete", key=person.key)
    assert person.key in braked(instance)
    instance.admin("brake.release", target=person.key)
    instance.wait_state(id_, "delivered")
    with pytest.raises(Refused) as refused:
        instance.admin("brake.show", target=person.key)
    assert refused.value.error == "not_found"


@pytest.mark.parametrize("service", ["ses", "sesv2"])
def test_the_apis_are_braked_alike_and_see_success(instance, sink, service):
    person = Person(instance)
    learn(person)
    client = instance.api(service, person.credential)
    if service == "ses":
        def send(to):
            return client.send_email(
                Source=person.address, Destination={"ToAddresses": to},
                Message={"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}})["MessageId"]
    else:
        def send(to):
            return client.send_email(
                FromEmailAddress=person.address, Destination={"ToAddresses": to},
                Content={"Simple": {"Subject": {"Data": "x"},
                                    "Body": {"Text": {"Data": "x"}}}})["MessageId"]
    instance.wait_state(send(["ana@example.net"]), "delivered")
    id_ = send(crowd(11))
    assert set(instance.state(id_).values()) == {"held"}
    instance.admin("brake.release", target=person.key)
    instance.wait_state(id_, "delivered")


def test_a_kill_in_the_middle_forgets_no_trip_and_tells_it_once(zone, places):
    with Sink() as sink, Instance(zone, mx_port=sink.port,
                                  **{**BOUNDS, "brake.learning": "0s"}) as instance:
        instance.add_domain("test1.com")
        person = Person(instance)
        id_ = trip_by_recipients(person)
        instance.expected_deaths += 10  # who falls with core
        ready = instance.kill("core")
        eventually(lambda: len(instance.events("postern.ready")) > ready, 30, "a new start")
        assert set(instance.state(id_).values()) == {"held"}
        instance.stop()
        instance.start()
        later = person.send()
        assert set(instance.state(later).values()) == {"held"}
        eventually(lambda: alarms_about(sink, person.key), what="an alarm")
        instance.admin("brake.release", target=person.key)
        instance.wait_state(later, "delivered")
        instance.wait_state(id_, "delivered")
        assert len(alarms_about(sink, person.key)) == 1
        assert instance.metric("postern_braked_credentials") == 0


def test_without_a_past_the_absolute_bounds_hold(zone, places):
    with Sink() as sink, Instance(zone, mx_port=sink.port, **BOUNDS) as instance:
        instance.add_domain("test1.com")
        person = Person(instance)
        instance.wait_state(
            person.send(*(f"ana@d{number}.example.net" for number in range(20))), "delivered")
        id_ = person.send()
        assert braked(instance)[person.key]["reason"] == "recipients"
        assert person.brake()["learning"] is True
        assert set(instance.state(id_).values()) == {"held"}


def test_switched_off_nothing_is_held_and_what_was_stays(zone, places):
    with Sink() as sink, Instance(zone, mx_port=sink.port,
                                  **{**BOUNDS, "brake.learning": "0s"}) as instance:
        instance.add_domain("test1.com")
        tripped, free = Person(instance), Person(instance)
        held = trip_by_recipients(tripped)
        instance.stop()
        instance.settings["brake.enabled"] = "no"
        instance.start()
        instance.wait_state(trip_by_recipients(free), "delivered")
        assert set(instance.state(held).values()) == {"held"}
        assert set(instance.state(tripped.send()).values()) == {"held"}
        instance.admin("brake.release", target=tripped.key)
        instance.wait_state(held, "delivered")


def told(sink):
    """How many trips the mails tell of: those in full, and others by number."""
    mails = [mail.raw for mail in sink.received if ALARMS in mail.recipients]
    return sum(raw.count(b"Mail from the access key") +
               int((re.search(rb"And (\d+) others", raw) or [0, 0])[1]) for raw in mails)


def test_a_flood_of_trips_is_no_flood_of_mail(zone, places):
    with Sink() as sink, Instance(zone, mx_port=sink.port, **{
            **BOUNDS, "brake.learning": "0s", "alarm.interval": "5s"}) as instance:
        instance.add_domain("test1.com")
        people = [Person(instance) for _ in range(30)]
        for person in people:
            trip_by_recipients(person)
        eventually(lambda: told(sink) == len(people), 60, "every alarm")
        assert all(len(alarms_about(sink, person.key)) <= 1 for person in people)
        assert len([mail for mail in sink.received if ALARMS in mail.recipients]) < len(people)


def test_the_verbs_show_release_and_drop(instance, sink, person):
    learn(person)
    id_ = trip_by_recipients(person)
    listed = instance.run("brake", "list", check=True).stdout
    assert person.key in listed and "recipients within an hour" in listed
    shown = instance.run("brake", "show", person.address, check=True).stdout
    assert "recipients within the hour" in shown and "127.0.0.0/24" in shown
    queued = instance.run("queue", "show", id_, check=True).stdout
    assert "brake" in queued and "recipients within an hour" in queued
    released = instance.run("brake", "release", person.key, check=True).stdout
    assert person.key in released
    refused = instance.run("brake", "release", person.key)
    assert refused.returncode == 1 and "is not braked" in refused.stderr
    instance.wait_state(id_, "delivered")


def test_what_is_known_of_a_credential_outlives_a_kill(zone, places):
    with Sink() as sink, Instance(zone, mx_port=sink.port,
                                  **{**BOUNDS, "brake.learning": "0s"}) as instance:
        instance.add_domain("test1.com")
        person = Person(instance)
        for number in range(3):
            instance.wait_state(person.send(*crowd(2, f"d{number}.example.net")), "delivered")
        before = person.brake()
        assert before["known_domains"] == 3 and before["last_recipients"] == 6
        instance.expected_deaths += 10  # who falls with core
        ready = instance.kill("core")
        eventually(lambda: len(instance.events("postern.ready")) > ready, 30, "a new start")
        after = person.brake()
        assert {name: after[name] for name in ("first_used", "known_domains", "last_recipients",
                                               "networks")} == \
            {name: before[name] for name in ("first_used", "known_domains", "last_recipients",
                                             "networks")}
        person.send(*crowd(5))
        assert person.brake()["braked"]  # with the six of before


def test_a_key_that_is_rotated_keeps_what_is_usual_for_its_owner(instance, sink, person):
    learn(person)
    trip_by_recipients(person)
    instance.admin("brake.release", target=person.key)
    usual = [measure.get("usual") for measure in person.brake()["measures"]]
    assert max(filter(None, usual)) >= 11
    made = instance.admin("credential.rotate", user=person.address)
    (brake,) = instance.admin("brake.show", target=made["access_key_id"])["brakes"]
    assert [measure.get("usual") for measure in brake["measures"]] == usual


def test_one_that_is_braked_is_not_inherited_by_the_next_key(instance, sink, person):
    learn(person)
    trip_by_recipients(person)
    person.credential = instance.admin("credential.rotate", user=person.address)
    instance.wait_state(person.send(), "delivered")
    assert person.key in braked(instance)
    assert person.credential["access_key_id"] not in braked(instance)
    instance.admin("brake.drop", target=person.key)
    assert person.key not in braked(instance)


def test_a_thief_does_not_fill_the_disk_with_what_is_held(zone, places):
    with Sink() as sink, Instance(zone, mx_port=sink.port, **{
            **BOUNDS, "brake.learning": "0s", "brake.held_bytes": "20k"}) as instance:
        instance.add_domain("test1.com")
        person, other = Person(instance), Person(instance)
        large = message(person.address, "ana@example.net", body="x\r\n" * 3000)
        with instance.session(person.credential) as session:
            assert session.submit(person.address, crowd(11), large).code == 250
            assert session.submit(person.address, crowd(1), large).code == 250
            reply = session.submit(person.address, crowd(1), large)
        assert reply.code == 451
        assert braked(instance)[person.key]["held"] == 12
        client = instance.api("sesv2", person.credential)
        error = failure(client.send_email, FromEmailAddress=person.address,
                        Destination={"ToAddresses": ["ana@example.net"]},
                        Content={"Raw": {"Data": large}})
        assert error["Code"] in ("ServiceUnavailable", "InternalServiceErrorException",
                                 "ServiceUnavailableException"), error
        instance.wait_state(other.send(), "delivered")
        instance.admin("brake.release", target=person.key)
        instance.wait_state(person.send(), "delivered")
