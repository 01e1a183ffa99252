"""Mail is found by who sent it, as what, to whom and what became of it; what waits is seen by site; and
what there is of it is read page by page."""

import base64
import datetime
import json

import pytest

from harness import Instance, Refused, eventually, message

TARO, JIRO = "taro@test1.com", "jiro@test1.com"
ALL = ["queued", "held", "delivered", "bounced", "expired", "suppressed", "dropped"]


def found(instance, **members):
    """(recipient, state) of what is found, to the end."""
    rows, before = [], {}
    while True:
        answer = instance.admin("message.list", **members, **before)
        rows += answer["messages"]
        if "next" not in answer:
            return [(row["recipient"], row["state"]) for row in rows]
        before = {"before": answer["next"]}


@pytest.fixture(scope="module")
def instance(zone, sink):
    for domain in ("later.example.net", "refuses.example.net"):
        zone.mail_server(domain, f"mx.{domain}", sink.address)
    sink.rules.append(lambda step, argument, _: "451 4.3.2 come back"
                      if step == "rcpt" and argument.endswith("@later.example.net") else None)
    sink.rules.append(lambda step, argument, _: f"550 5.1.1 <{argument}> unknown"
                      if step == "rcpt" and argument.endswith("@refuses.example.net") else None)
    with Instance(zone, mx_port=sink.port, delivery__retry_first="1s",
                  delivery__retry_max="1s") as instance:
        instance.add_domain("test1.com")
        instance.keys = {name: instance.grant(name) for name in (TARO, JIRO)}
        instance.ids = {}
        for name, recipient, state in ((TARO, "ana@example.net", "delivered"),
                                       (TARO, "bob@refuses.example.net", "bounced"),
                                       (TARO, "cy@later.example.net", "queued"),
                                       (JIRO, "ana@example.net", "delivered"),
                                       (JIRO, "juliana@example.net", "delivered")):
            raw = message(f"{name.split('@')[0].title()} <{name}>", recipient,
                          "=?utf-8?q?Gr=C3=BC=C3=9Fe?=")
            id_ = instance.accept(instance.keys[name], name, [recipient], raw)
            instance.ids[name, recipient] = id_
            instance.wait_state(id_, state)
        yield instance


@pytest.mark.parametrize("members, expected", [
    ({"as": TARO, "state": "delivered"}, [("ana@example.net", "delivered")]),
    ({"as": TARO.upper()}, [("cy@later.example.net", "queued"),
                            ("bob@refuses.example.net", "bounced"),
                            ("ana@example.net", "delivered")]),
    ({"from": JIRO, "to": "ana@example.net"}, [("ana@example.net", "delivered")]),
    ({"from": "@test1.com", "to": "ANA@"}, [("juliana@example.net", "delivered"),
                                            ("ana@example.net", "delivered"),
                                            ("ana@example.net", "delivered")]),
    ({"to": "@later.example.net"}, [("cy@later.example.net", "queued")]),
    ({"state": "bounced", "as": TARO}, [("bob@refuses.example.net", "bounced")]),
    ({"state": "held"}, []),
    ({"to": "nobody@example.net"}, []),
    ({"as": "nobody"}, []),
    ({"to": "%"}, []),
    ({"to": "' OR 1=1 --"}, []),
    ({"until": "2020-01-01T00:00Z"}, []),
    ({"until": "1970-01-01T00:00Z"}, []),
    ({"since": "2100-01-01T00:00Z"}, []),
])
def test_mail_is_found(instance, members, expected):
    assert found(instance, **members) == expected


def test_mail_is_found_by_its_key(instance):
    key = instance.keys[JIRO]["access_key_id"]
    assert len(found(instance, key=key)) == 2
    assert found(instance, key=key.lower()) == []


def test_a_page_goes_on_where_the_one_before_ended(instance):
    whole = found(instance, **{"from": "@test1.com"})
    assert found(instance, limit=1, **{"from": "@test1.com"}) == whole
    assert found(instance, limit=2, **{"from": "@test1.com"}) == whole
    assert len(whole) == 5


def test_what_is_found_tells_subject_and_sender(instance):
    row, = instance.admin("message.list", to="cy@later.example.net")["messages"]
    assert (row["subject"], row["from"], row["user"]) == ("Grüße", TARO, TARO)
    assert row["reply"].startswith("451 4.3.2") and row["next"] and row["attempts"] >= 1


def test_mail_is_found_by_when_it_was_accepted(instance):
    accepted = instance.admin("message.list", to="cy@later.example.net")["messages"][0]["accepted"]
    at = datetime.datetime.fromisoformat(accepted.replace("Z", "+00:00"))

    def time(seconds):
        return (at + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    wanted = {"to": "cy@later.example.net"}
    assert found(instance, since=time(-2), until=time(2), **wanted)
    assert not found(instance, until=time(-2), **wanted)
    assert not found(instance, since=time(2), **wanted)


@pytest.mark.parametrize("members, words", [
    ({"state": "lost"}, "state must be queued, held"),
    ({"since": "yesterday"}, "since: yesterday is no date"),
    ({"limit": 0}, "limit must be 1 to 1000"),
    ({"before": "x"}, "before must be what an answer called next"),
    ({"before": "-5"}, "before must be"),
    ({"to": 5}, "to"),
])
def test_a_search_that_cannot_be_read_says_why(instance, members, words):
    with pytest.raises(Refused, match=words):
        instance.admin("message.list", **members)


def test_a_message_tells_each_attempt(instance):
    def tried():
        row, = instance.queue(instance.ids[TARO, "cy@later.example.net"])["recipients"]
        return len(row["history"]) >= 2 and row["history"]
    first, second = eventually(tried, what="a second attempt")[:2]
    assert (first["what"], first["attempt"], second["attempt"]) == ("deferred", 1, 2)
    assert first["reply"].startswith("451 4.3.2") and first["tls"] and first["next"]
    assert "451 4.3.2 come back" in first["dialogue"]
    row, = instance.queue(instance.ids[TARO, "bob@refuses.example.net"])["recipients"]
    assert [record["what"] for record in row["history"]] == ["bounced"]
    row, = instance.queue(instance.ids[JIRO, "ana@example.net"])["recipients"]
    assert row["history"] == [] and row["remote"]  # its end says all of it


def test_what_is_done_to_a_message_is_told(instance):
    id_ = instance.accept(instance.keys[TARO], TARO, ["di@later.example.net"],
                          message(to="di@later.example.net"))
    eventually(lambda: instance.queue(id_)["recipients"][0]["attempts"], what="an attempt")
    for change in ("hold", "release", "drop"):
        instance.admin("queue.change", change=change, message=id_)
    row, = instance.queue(id_)["recipients"]
    done = [record["what"] for record in row["history"]]
    assert [what for what in done if what != "deferred"] == ["held", "released", "dropped"]


def test_the_queue_is_seen_by_site_and_changed_so(instance):
    ids = [instance.accept(instance.keys[JIRO], JIRO, [f"ed{i}@later.example.net"],
                           message(JIRO, f"ed{i}@later.example.net")) for i in range(3)]
    sites = instance.admin("queue.sites")["sites"]
    site, = [site for site in sites if site["site"] == "later.example.net"]
    assert site["queued"] >= 4 and site["held"] == 0 and site["next"]
    eventually(lambda: "451 4.3.2" in instance.admin("queue.sites")["sites"][0]["reply"],
               what="the reply of the site")
    whole = instance.admin("queue.list", site="later.example.net")["queue"]
    first = instance.admin("queue.list", site="LATER.example.net", limit=1)
    rest = instance.admin("queue.list", site="later.example.net", after=first["next"])
    assert [row["recipient"] for row in first["queue"] + rest["queue"]] == \
        [row["recipient"] for row in whole]
    assert instance.admin("queue.list", site="example.net")["queue"] == []
    changed = instance.admin("queue.change", change="hold", message="all",
                             site="later.example.net")["changed"]
    assert changed == len(whole)
    with pytest.raises(Refused, match="as, key and site choose among all"):
        instance.admin("queue.change", change="drop", message=ids[0], site="later.example.net")
    for id_ in ids:
        instance.admin("queue.change", change="drop", message=id_)
    instance.admin("queue.change", change="release", message="all", site="later.example.net")


def test_days_and_sites_are_counted(instance):
    def sums():
        quarters = instance.admin("statistics.list")["quarters"]
        return {name: sum(quarter[name] for quarter in quarters)
                for name in ("accepted", "delivered", "deferred", "bounced", "complained")}
    now = sums()
    assert now["delivered"] == 3 and now["bounced"] == 1 and now["deferred"] >= 2, now
    assert now["accepted"] >= 5
    sites = {site["site"]: site for site in instance.admin("statistics.sites")["sites"]}
    assert sites["example.net"]["delivered"] == 3
    assert sites["refuses.example.net"] == {"site": "refuses.example.net", "delivered": 0,
                                            "waiting": 0, "failed": 1}
    assert sites["later.example.net"]["waiting"] >= 1
    assert instance.admin("statistics.sites", since="2100-01-01T00:00Z")["sites"] == []


def test_a_body_is_read_in_pieces(instance):
    with pytest.raises(Refused, match="chunk must be 0 to 1023"):
        instance.admin("message.body", message=instance.ids[TARO, "cy@later.example.net"], chunk=-1)
    id_ = instance.ids[TARO, "cy@later.example.net"]
    answer = instance.admin("message.body", message=id_)
    body = instance.queue(id_)["body"]
    assert body and base64.b64decode(answer["bytes"]).decode() == body and not answer["more"]
    with pytest.raises(Refused):  # delivered: it is not kept
        instance.admin("message.body", message=instance.ids[TARO, "ana@example.net"])


def test_users_are_found_page_by_page(instance):
    answer = instance.admin("user.list", find="TARO@", sent_since="2020-01-01T00:00Z")
    user, = answer["users"]
    assert user["user"] == TARO and user["sent"] >= 4
    assert [grant["address"] for grant in user["grants"]] == [TARO]
    by_key = instance.admin("user.list", find=instance.keys[JIRO]["access_key_id"].lower())
    assert [user["user"] for user in by_key["users"]] == [JIRO]
    names, after = [], {}
    while True:
        answer = instance.admin("user.list", limit=1, **after)
        names += [user["user"] for user in answer["users"]]
        if "next" not in answer:
            break
        after = {"after": answer["next"]}
    assert names == [user["user"] for user in instance.admin("user.list")["users"]]
    assert {TARO, JIRO} <= set(names)
    assert instance.admin("user.list", find="grant")["users"] == []  # not a part of any address


def test_identities_are_found_page_by_page(instance):
    for name in ("a.example", "b.example"):
        instance.patiently("domain.add", domain=name)
    assert [one["name"] for one in instance.admin("identity.list", find=".EXAMPLE")["identities"]] \
        == ["a.example", "b.example"]
    first = instance.admin("identity.list", find="example", limit=1)
    assert [one["name"] for one in first["identities"]] == ["a.example"]
    rest = instance.admin("identity.list", find="example", after=first["next"])
    assert [one["name"] for one in rest["identities"]] == ["b.example"]


def test_decisions_are_read_page_by_page(instance):
    instance.submit(instance.keys[TARO], JIRO, ["ana@example.net"], message(JIRO))
    whole = instance.admin("decision.list", user=TARO)["decisions"]
    refused = instance.admin("decision.list", user=TARO, outcome="refused")["decisions"]
    allowed = instance.admin("decision.list", user=TARO, outcome="allowed")["decisions"]
    assert refused and all(row["message"] == "" for row in refused)
    assert len(refused) + len(allowed) == len(whole)
    first = instance.admin("decision.list", user=TARO, limit=2)
    rest = instance.admin("decision.list", user=TARO, before=first["next"])
    assert first["decisions"] + rest["decisions"] == whole
    with pytest.raises(Refused, match="outcome must be allowed or refused"):
        instance.admin("decision.list", outcome="maybe")


def test_the_command_line_finds_mail(instance):
    made = instance.run("queue", "find", "--to", "@refuses.example.net", "--state", "bounced")
    assert made.returncode == 0 and "bob@refuses.example.net" in made.stdout, made
    made = instance.run("queue", "find", "--from", "@test1.com", "--limit", "1", "--json")
    assert "next" in json.loads(made.stdout)
    assert "Nothing was found." in instance.run("queue", "find", "--to", "nobody@").stdout
    made = instance.run("queue", "sites")
    assert made.returncode == 0 and "later.example.net" in made.stdout, made
    shown = instance.run("queue", "show", instance.ids[TARO, "cy@later.example.net"]).stdout
    assert "deferred" in shown and "Before:" in shown
