"""The store as one file, and stores of postern before this one."""

import json
import os
import sqlite3
import stat
import threading

import pytest

from harness import Instance, Sink, eventually, message
from unpack_store import put_in_place, remove_store, unpack


@pytest.fixture
def service(zone):
    with Sink() as sink, Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        for domain in ("waits", "arrives"):
            zone.mail_server(f"{domain}.example.net", f"mx.{domain}.example.net", sink.address)
        sink.rules.append(lambda step, argument, _: "450 4.2.0 later" if step == "rcpt"
                          and argument.endswith("@waits.example.net") else None)
        yield instance, sink


def files(directory):
    return sorted(path.name for path in directory.iterdir())


def test_a_backup_under_load_restores_what_was_acknowledged_before_it(service, open_dir):
    instance, sink = service
    taro = instance.grant("taro@test1.com")
    hanako = instance.grant("hanako@test1.com")
    instance.run("revoke", "hanako@test1.com", check=True)
    waiting = instance.accept(taro, "taro@test1.com", "ana@waits.example.net",
                              message(to="ana@waits.example.net", subject="Waits"))
    eventually(lambda: instance.queue(waiting)["recipients"][0]["attempts"], what="an attempt")
    before, ended = [], threading.Event()

    def send():
        number = 0
        while not ended.is_set() and number < 400:
            to = f"b{number}@arrives.example.net"
            before.append((instance.accept(taro, "taro@test1.com", to, message(to=to)), to))
            number += 1
    sender = threading.Thread(target=send)
    sender.start()
    try:
        eventually(lambda: len(before) > 5, what="mail under way")
        acknowledged = list(before)
        backup = open_dir / "backup.db"
        made = instance.run("backup", backup)
    finally:
        ended.set()
        sender.join()
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert files(open_dir) == ["backup.db"]
    instance.stop()
    remove_store(instance)

    restored = instance.run("restore-backup", backup)
    assert restored.returncode == 0, restored.stderr
    assert "recipients waited then" in restored.stdout and "revoke again" in restored.stdout
    assert files(open_dir) == ["backup.db"]
    names = files(instance.dir)
    assert "postern.db" in names and "ballast" in names
    assert not [name for name in names if "part" in name]
    instance.start()
    assert instance.state(waiting) == {"ana@waits.example.net": "held"}
    for id_, to in acknowledged:
        assert instance.state(id_)[to] in ("held", "delivered")
    with instance.session() as session:
                assert session.login(taro).code == 235
    with instance.session() as session:
                assert session.login(hanako).code == 535, "it was revoked before the backup"
    sink.rules.clear()
    released = instance.run("queue", "release", "all")
    assert released.returncode == 0, released.stderr
    instance.wait_state(waiting, "delivered")
    assert sink.one("ana@waits.example.net").fields("Subject") == ["Waits"]


def test_time_between_backup_and_restore_ages_no_mail(service, open_dir):
    instance, sink = service
    taro = instance.grant("taro@test1.com")
    waiting = instance.accept(taro, "taro@test1.com", "eva@waits.example.net",
                              message(to="eva@waits.example.net"))
    eventually(lambda: instance.queue(waiting)["recipients"][0]["attempts"], what="an attempt")
    backup = open_dir / "backup.db"
    instance.run("backup", backup, check=True)
    instance.stop()
    remove_store(instance)
    week = 7 * 86400 * 1000
    with sqlite3.connect(backup) as old:  # as if it had been a week ago
        old.execute("UPDATE setting SET value = value - ? WHERE name = 'backed_up_ms'", (week,))
        old.execute("UPDATE message SET accepted_ms = accepted_ms - ?", (week,))
        old.execute("UPDATE recipient SET expires_ms = expires_ms - ?, next_ms = next_ms - ?",
                    (week, week))
    instance.run("restore-backup", backup, check=True)
    instance.start()
    sink.rules.clear()
    instance.run("queue", "release", "all", check=True)
    instance.wait_state(waiting, "delivered")


def test_of_delivered_mail_no_body_and_of_credentials_no_secret_is_in_a_backup(service, open_dir):
    instance, _ = service
    taro = instance.grant("taro@test1.com")
    secret_words = "the-takeover-is-on-friday"
    raw = message(to="ana@arrives.example.net", body=secret_words)
    id_ = instance.accept(taro, "taro@test1.com", "ana@arrives.example.net", raw)
    instance.wait_state(id_, "delivered")
    backup = open_dir / "backup.db"
    instance.run("backup", backup, check=True)
    held = backup.read_bytes()
    assert secret_words.encode() not in held
    assert taro["secret_access_key"].encode() not in held
    assert id_.encode() in held


def test_refusals_leave_everything_as_it_was(service, open_dir):
    instance, _ = service
    backup = open_dir / "backup.db"
    instance.run("backup", backup, check=True)
    held = backup.read_bytes()

    def refused(words, *arguments):
        ran = instance.run(*arguments)
        assert ran.returncode == 1 and words in ran.stderr, ran.stderr
        assert backup.read_bytes() == held and files(open_dir) == ["backup.db"]

    refused("is there already", "backup", backup)
    refused("No such file", "backup", open_dir / "none" / "backup.db")
    refused("is there already", "restore-backup", backup)
    instance.stop()
    remove_store(instance)
    there = files(instance.dir)
    key = (instance.dir / "master.key").read_bytes()

    (instance.dir / "master.key").unlink()
    refused("master key that the backup was sealed with", "restore-backup", backup)
    other = open_dir.parent / f"{open_dir.name}-other"
    made = instance.dir
    instance.dir = other
    try:
        instance.run("init", check=True)
    finally:
        instance.dir = made
    (made / "master.key").write_bytes((other / "master.key").read_bytes())
    (made / "master.key").chmod(0o600)
    refused("sealed with another master key", "restore-backup", backup)
    (made / "master.key").write_bytes(key)

    damaged = instance.base / "damaged.db"
    damaged.write_bytes(held[:len(held) // 2])
    refused("", "restore-backup", damaged)
    damaged.write_bytes(b"not a database " * 1000)
    refused("not a database", "restore-backup", damaged)
    damaged.unlink()
    refused("unable to open", "restore-backup", instance.base / "missing.db")
    newer = instance.base / "newer.db"
    newer.write_bytes(held)
    with sqlite3.connect(newer) as store:
        store.execute("PRAGMA user_version = 99")
    store.close()
    refused("of version 99", "restore-backup", newer)
    assert files(instance.dir) == there
    os.chown(made / "master.key", (made / "postern.conf").stat().st_uid, -1)
    assert instance.run("restore-backup", backup).returncode == 0


# ---- stores of versions before ----

OF_VERSION_5 = 26  # records in its ledger

# A domain, taro, hanako who is revoked and whose mail is held, mail of taro's that waits,
# decisions; since version 3 also a configuration set, a template, a contact list, a suppressed
# address; since version 5 a ledger.
@pytest.mark.parametrize("version", ["1", "3", "5"])
@pytest.mark.parametrize("way", ["in place", "from a backup"])
def test_a_store_of_an_earlier_version_goes_on(zone, version, way):
    with Sink() as sink, Instance(zone, mx_port=sink.port) as instance:
        zone.mail_server("example.net", "mx.example.net", sink.address)
        instance.stop()
        old = instance.base / "old"
        store = unpack(f"version-{version}", old)
        if way == "in place":
            put_in_place(instance, old)
        else:
            remove_store(instance)
            (instance.dir / "master.key").write_bytes((old / "master.key").read_bytes())
            instance.run("restore-backup", old / "postern.db", check=True)
        instance.start()
        if way == "from a backup":
            assert instance.run("queue", "release", "all").returncode == 0
        arrived = sink.one("ana@example.net")
        assert arrived.fields("Subject") == [f"Waiting since version {version}"]
        with instance.session() as session:
            assert session.login(store["hanako"]).code == 535
        assert instance.submit(store["taro"], "jiro@test1.com", ["ana@example.net"],
                               message(from_="jiro@test1.com")).code == 554
        assert instance.submit(store["taro"], "taro@test1.com", ["new@example.net"],
                               message(to="new@example.net")).code == 250
        sink.one("new@example.net")
        reasons = [row["reason"] for row in instance.decisions()]
        assert reasons.count("implicit_deny") == 2, "one of then, one of now"
        instance.run("restore", "hanako@test1.com", check=True)
        with instance.session() as session:
            assert session.login(store["hanako"]).code == 235
        if way == "in place":
            held = next(row for row in instance.admin("queue.list")["queue"])
            assert (held["recipient"], held["state"]) == ("bob@example.net", "held")
            assert instance.run("queue", "release", held["message"]).returncode == 0
        assert sink.one("bob@example.net").fields("Subject") == [f"Held since version {version}"]
        assert instance.admin("account.show")["production"] is True
        ledger = instance.admin("ledger.verify")
        assert ledger["whole"] and (version != "5" or ledger["verified"] > OF_VERSION_5)
        if version != "1":
            assert kept_of_the_api(instance) == {
                "ListConfigurationSets": ["news"], "ListEmailTemplates": ["hello"],
                "ListContactLists": ["readers"], "ListSuppressedDestinations": ["gone@example.net"]}


def kept_of_the_api(instance):
    """The names in each list of SES v2."""
    names = {}
    for operation in ("ListConfigurationSets", "ListEmailTemplates", "ListContactLists",
                      "ListSuppressedDestinations"):
        answer = json.loads(instance.run("api", "sesv2", operation, check=True).stdout)
        (listed,) = (member for member in answer.values() if isinstance(member, list))
        names[operation] = [
            one if isinstance(one, str) else next(
                one[name] for name in ("TemplateName", "ContactListName", "EmailAddress")
                if name in one) for one in listed]
    return names
