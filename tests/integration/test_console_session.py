"""The console's doors: who gets in, what a session may do, what ends it, and that no other site and no
other user gets anything by it."""

import json
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from console_client import Console, totp
from harness import Instance, free_port, message

PASSWORD = "correct horse 7"
EVERYTHING = {"Effect": "Allow", "Action": ["iam:*", "ses:*", "postern:*"], "Resource": "*"}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port) as instance:
        instance.add_domain("test1.com")
        instance.iam = instance.api("iam")
        instance.person("chief", EVERYTHING)
        for name in ("taro@test1.com", "jiro@test1.com"):
            instance.keys = {**getattr(instance, "keys", {}), name: instance.grant(name)}
        for name in ("chief", "taro@test1.com", "jiro@test1.com"):
            instance.iam.create_login_profile(UserName=name, Password=PASSWORD)
        yield instance


@pytest.fixture
def chief(instance):
    return signed_in(instance, "chief")


@pytest.fixture
def taro(instance):
    return signed_in(instance, "taro@test1.com")


def signed_in(instance, user, password=PASSWORD, code=None):
    console = Console(instance)
    assert console.sign_in(user, password, code)[0] == 200
    return console


def other_address():
    """Of this machine, and not loopback."""
    addresses = subprocess.run(["hostname", "-I"], check=True, capture_output=True, text=True).stdout
    found = [address for address in addresses.split() if "." in address]
    return found[0] if found else pytest.skip("this machine has no address but loopback")


def is_out(console):
    status, answer = console.call("postern", "own.show")
    return status == 401 and answer["code"] == "NotSignedIn"


# ---- in ----

def test_a_cookie_that_no_script_reads_and_no_other_site_sends(instance):
    console = Console(instance)
    assert console.sign_in("CHIEF", PASSWORD) == (200, {})
    name, *attributes = console.answer_headers["Set-Cookie"].split("; ")
    assert name.startswith("postern_console=") and len(name) > 50
    assert {"HttpOnly", "SameSite=Strict", "Path=/console"} <= set(attributes)
    assert "Secure" not in attributes, "in the clear, and from this machine: the browser would drop it"
    assert console.answer_headers["Cache-Control"] == "no-store"
    status, who = console.request("GET", "/console/session")
    assert status == 200 and who["user"] == "chief" and who["administrator"] is True
    assert who["region"] == "us-east-1" and who["arn"].endswith(":user/chief")


def test_over_a_network_only_inside_tls(zone, sink):
    port = free_port()
    with Instance(zone, mx_port=sink.port, **{"listen.https": f"127.0.0.1:{port}"}) as instance:
        instance.api("iam").create_login_profile(UserName="admin", Password=PASSWORD)
        elsewhere = other_address()
        inside = Console(instance, source=elsewhere, tls_port=port)
        assert inside.sign_in("admin", PASSWORD)[0] == 200
        assert "Secure" in inside.answer_headers["Set-Cookie"].split("; ")
        assert inside.call("postern", "own.show")[1]["user"] == "admin"
        clear = Console(instance, source=elsewhere)
        clear.cookie = inside.cookie
        for status, answer in (clear.sign_in("admin", PASSWORD), clear.call("postern", "own.show")):
            assert status == 403 and "https only" in answer["message"]
        assert inside.request("DELETE", "/console/session")[0] == 204
        assert {"Secure", "Max-Age=0"} <= set(inside.answer_headers["Set-Cookie"].split("; "))


@pytest.mark.parametrize("user, password", [
    ("chief", "wrong"), ("chief", ""), ("nobody", PASSWORD), ("admin", PASSWORD), ("", ""),
    ("chief'--", PASSWORD)])
def test_who_does_not_get_in_hears_the_same(instance, user, password):
    console = Console(instance, {"X-Forwarded-For": "192.0.2.1"})
    assert console.sign_in(user, password) == (401, {
        "code": "SignInFailed", "message": "The user name, the password or the code is not right."})
    assert console.cookie is None


def test_guessing_is_slowed_down(zone, sink):
    with Instance(zone, mx_port=sink.port, **{"login.failures": 5}) as instance:
        answers = [Console(instance).sign_in("admin", f"guess{i}")[0] for i in range(12)]
        assert answers[0] == 401 and answers[-1] == 429


def flood(sign_in, until):
    """Twelve who try without a pause while `until` runs; gives what it gives."""
    over = threading.Event()

    def try_on(number):
        while not over.is_set():
            sign_in(number)

    with ThreadPoolExecutor(12) as pool:
        tries = [pool.submit(try_on, number) for number in range(12)]
        try:
            return until()
        finally:
            over.set()
            for one in tries:
                one.result()


def test_one_user_holds_up_nobody_else(instance, chief):
    assert flood(lambda number: Console(instance).sign_in("taro@test1.com", PASSWORD), lambda: [
        Console(instance).sign_in("chief", PASSWORD)[0] for _ in range(5)]) == [200] * 5


def test_strangers_hold_up_nobody_who_has_been_in_from_there(instance, chief):
    def guess(number):
        """Each from a network of their own."""
        stranger = Console(instance, source=f"127.0.{number + 1}.1")
        stranger.sign_in(f"nobody{number}", "guess")

    assert flood(guess, lambda: [
        Console(instance).sign_in("chief", PASSWORD)[0] for _ in range(5)]) == [200] * 5


@pytest.mark.parametrize("body", [
    b'{"user": "chief\\u0000", "password": "x"}', b"", b"[]", b"{", b'{"user": 1, "password": "x"}', b'{"user": "chief"}',
    json.dumps({"user": "x" * 200, "password": "x"}).encode(), b'{"user":"' + b"x" * 5000])
def test_a_request_that_is_none(instance, body):
    status, answer = Console(instance).request("POST", "/console/session", body)
    assert status == 400 and answer["code"] == "MalformedInput"


def test_another_site_gets_nothing(instance, chief):
    for headers in ({"X-Postern-Console": None}, {"Sec-Fetch-Site": "cross-site"},
                    {"Sec-Fetch-Site": "same-site"}, {"X-Postern-Console": "0"}):
        for method, path in (("POST", "/console/api/postern/user.list"),
                             ("GET", "/console/session"), ("DELETE", "/console/session"),
                             ("POST", "/console/session")):
            status, answer = chief.request(method, path, {}, **headers)
            assert (status, answer["code"]) == (403, "AccessDenied") or \
                (status, answer["code"]) == (403, "AccessDeniedException")
    assert not is_out(chief)


def test_a_token_is_not_made_up_nor_put_in_twice(instance, chief):
    stolen = Console(instance)
    for cookie in ("postern_console=", "postern_console=x", "postern_console=" + "A" * 43,
                   f"{chief.cookie}; {chief.cookie}", f"other={chief.cookie[16:]}",
                   chief.cookie[:-1]):
        stolen.cookie = cookie
        assert is_out(stolen), cookie
    stolen.cookie = f"a=b; {chief.cookie}; c=d"
    assert not is_out(stolen)


def test_the_store_has_no_token(instance, chief):
    assert chief.cookie.split("=")[1].encode() not in (instance.dir / "postern.db").read_bytes()


# ---- out ----

def test_out_here_and_out_everywhere(instance):
    here, there, other = (signed_in(instance, "chief") for _ in range(3))
    assert here.request("DELETE", "/console/session") == (204, None)
    here.cookie = here.cookie or ""
    assert "Max-Age=0" in here.answer_headers["Set-Cookie"]
    assert not is_out(there)
    assert there.request("DELETE", "/console/session?everywhere")[0] == 204
    assert is_out(there) and is_out(other)


def test_a_user_has_twenty_sessions_and_the_oldest_goes(instance):
    instance.person("many", EVERYTHING)
    instance.iam.create_login_profile(UserName="many", Password=PASSWORD)
    sessions = [signed_in(instance, "many") for _ in range(22)]
    assert [is_out(session) for session in sessions] == [True] * 2 + [False] * 20


@pytest.mark.parametrize("end", ["password", "profile", "suspended", "deleted"])
def test_what_ends_every_session(instance, end):
    name = f"ends-{end}"
    instance.person(name, EVERYTHING)
    instance.iam.create_login_profile(UserName=name, Password=PASSWORD)
    console = signed_in(instance, name)
    assert console.call("postern", "user.list")[0] == 200
    if end == "password":
        instance.iam.update_login_profile(UserName=name, Password="another word 8")
    elif end == "suspended":
        instance.run("suspend", name, "--reason", "lost laptop", check=True)
    else:
        instance.iam.delete_login_profile(UserName=name)
    if end == "deleted":
        for key in instance.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            instance.iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        instance.iam.delete_user_policy(UserName=name, PolicyName="sending")
        instance.iam.delete_user(UserName=name)
    assert is_out(console)
    if end == "suspended":
        assert Console(instance).sign_in(name, PASSWORD)[0] == 401
        instance.run("resume", name, check=True)
        assert not is_out(console)


# ---- what it may ----

def test_a_session_calls_the_same_operations_under_the_same_policies(instance, chief, taro):
    status, answer = chief.call("sesv2", "ListEmailIdentities")
    assert status == 200
    assert "test1.com" in {one["IdentityName"] for one in answer["EmailIdentities"]}
    status, answer = chief.call("iam", "GetUser", UserName="taro@test1.com")
    assert status == 200 and answer["User"]["UserName"] == "taro@test1.com"
    assert chief.call("postern", "access.check") == (200, {"findings": []}) or \
        chief.call("postern", "access.check")[0] == 200
    for service, operation in (("sesv2", "ListEmailIdentities"), ("iam", "ListUsers"),
                               ("postern", "user.list"), ("postern", "access.report"),
                               ("postern", "decision.list")):
        status, answer = taro.call(service, operation)
        assert status == 403 and answer["code"].startswith("AccessDenied"), (operation, answer)
        assert "is not authorized to perform" in answer["message"]


def test_what_waits_for_dns_is_asked_too(instance, chief, taro):
    status, answer = chief.call("postern", "domain.check", domain="test1.com")
    assert status == 200 and answer["findings"]
    status, answer = chief.call("postern", "domain.examine", domain="test1.com")
    assert status == 200 and answer["findings"]
    assert chief.call("postern", "domain.check", domain="un known")[0] == 400
    assert chief.call("postern", "domain.check", domain="unknown.example")[0] == 404
    assert chief.call("postern", "domain.check")[0] == 400
    assert taro.call("postern", "domain.check", domain="test1.com")[0] == 403


def test_errors_say_what_is_wrong(instance, chief):
    status, answer = chief.call("sesv2", "GetEmailIdentity", EmailIdentity="unknown.example")
    assert (status, answer["code"]) == (404, "NotFoundException") and answer["message"]
    assert chief.call("postern", "no.such")[1]["code"] == "UnknownOperationException"
    assert chief.call("nothing", "x")[0] == 404
    assert chief.call("sesv2", "GetEmailIdentity")[0] == 400
    status, answer = chief.request("POST", "/console/api/postern/grant.create", b"[1]")
    assert status == 400 and "object" in answer["message"]
    assert chief.request("GET", "/console/api/postern/user.list")[0] == 404


def test_a_change_is_in_the_ledger_with_who_made_it(instance, chief):
    assert chief.call("postern", "suspension.put", target="jiro@test1.com", only="identity",
                      reason="test")[0] == 200
    assert chief.call("postern", "suspension.end", target="jiro@test1.com")[0] == 200
    exported = instance.run("ledger", "export", check=True).stdout
    records = [json.loads(line) for line in exported.splitlines() if line.startswith("{")]
    (made,) = [one for one in records if one["what"] == "postern:SuspensionPut"]
    assert made["principal"] == "chief" and made["service"] == "console"
    assert made["subject"] == "target=jiro@test1.com only=identity reason=test"
    assert any(one["what"] == "login" and one["service"] == "console"
               and one["principal"] == "chief" for one in records)


def test_a_session_sends_no_mail(instance, chief):
    status, answer = chief.call(
        "sesv2", "SendEmail", FromEmailAddress="chief@test1.com",
        Destination={"ToAddresses": ["ana@example.net"]},
        Content={"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}})
    assert status == 403 and "access key" in answer["message"]


# ---- one's own ----

def test_a_person_sees_their_own_and_nobody_elses(instance, taro):
    instance.accept(instance.keys["taro@test1.com"], "taro@test1.com", "ana@example.net",
                    message())
    instance.accept(instance.keys["jiro@test1.com"], "jiro@test1.com", "bea@example.net",
                    message("jiro@test1.com"))
    status, own = taro.call("postern", "own.show", user="jiro@test1.com")
    assert status == 200 and own["user"] == "taro@test1.com"
    assert [one["address"] for one in own["addresses"]] == ["taro@test1.com"]
    assert [one["access_key_id"] for one in own["keys"]] == [
        instance.keys["taro@test1.com"]["access_key_id"]]
    assert "secret" not in json.dumps(own)
    status, mail = taro.call("postern", "own.mail", user="jiro@test1.com")
    assert status == 200 and mail["messages"]
    assert {one["from"] for one in mail["messages"]} == {"taro@test1.com"}
    assert "bea@example.net" not in json.dumps(mail) and "ana@example.net" in json.dumps(mail)
    assert taro.call("postern", "own.mail", limit=0)[0] == 400
    status, answer = taro.call("postern", "own.rotate", access_key_id=instance.keys[
        "jiro@test1.com"]["access_key_id"])
    assert status == 404 and "you have no access key" in answer["message"]


def test_who_gets_a_name_that_was_somebodys_does_not_get_their_mail(instance):
    name = "yuki@test1.com"
    for recipient in ("first@example.net", "second@example.net"):
        credential = instance.grant(name)
        instance.iam.create_login_profile(UserName=name, Password=PASSWORD)
        instance.accept(credential, name, recipient, message(name))
        yuki = signed_in(instance, name)
        sent = yuki.call("postern", "own.mail")[1]["messages"]
        assert [one["recipients"][0]["recipient"] for one in sent] == [recipient]
        instance.iam.delete_access_key(UserName=name, AccessKeyId=credential["access_key_id"])
        for policy in instance.iam.list_user_policies(UserName=name)["PolicyNames"]:
            instance.iam.delete_user_policy(UserName=name, PolicyName=policy)
        instance.iam.delete_login_profile(UserName=name)
        instance.iam.delete_user(UserName=name)
        assert is_out(yuki)
    # Nor who is renamed so.
    credential = instance.grant("yuri@test1.com")
    instance.iam.create_login_profile(UserName="yuri@test1.com", Password=PASSWORD)
    instance.iam.update_user(UserName="yuri@test1.com", NewUserName=name)
    yuki = signed_in(instance, name)
    assert yuki.call("postern", "own.mail")[1]["messages"] == []
    assert yuki.call("postern", "own.show")[1]["sent_24h"] == 0


def test_what_was_switched_off_is_not_brought_back(instance):
    credential = instance.grant("mari@test1.com")
    instance.iam.create_login_profile(UserName="mari@test1.com", Password=PASSWORD)
    mari = signed_in(instance, "mari@test1.com")
    status, made = mari.call("postern", "own.rotate", access_key_id=credential["access_key_id"])
    assert status == 200 and made["access_key_id"] != credential["access_key_id"]
    with instance.session() as session:
        assert session.login(credential).code == 535
    with instance.session() as session:
        assert session.login(made).code == 235
    instance.run("revoke", "mari@test1.com", check=True)
    status, answer = mari.call("postern", "own.rotate", access_key_id=made["access_key_id"])
    assert status == 400 and "switched off" in answer["message"]
    assert [one["active"] for one in mari.call("postern", "own.show")[1]["keys"]] == [False]


def test_a_deny_takes_even_ones_own_away(instance):
    instance.person("denied", {"Effect": "Deny", "Action": "postern:OwnRotate", "Resource": "*"})
    instance.iam.create_login_profile(UserName="denied", Password=PASSWORD)
    denied = signed_in(instance, "denied")
    own = denied.call("postern", "own.show")[1]
    status, answer = denied.call("postern", "own.rotate",
                                 access_key_id=own["keys"][0]["access_key_id"])
    assert status == 403 and "explicit deny" in answer["message"]


def test_the_administrator_at_the_socket_has_nothing_of_their_own(instance):
    ran = instance.run("api", "postern", "own.show", "{}")
    assert ran.returncode != 0 and "nobody is" in ran.stderr


# ---- password and second factor ----

def test_the_administrator_makes_a_first_password_and_takes_it_away(instance):
    made = instance.admin("user.password", user="admin")
    assert made["console"].endswith("/console/") and len(made["password"]) == 23
    console = signed_in(instance, "admin", made["password"])
    assert console.call("iam", "ListUsers")[0] == 403, "it must be changed first"
    assert console.call("postern", "own.password", old=made["password"], new=PASSWORD)[0] == 200
    console = signed_in(instance, "admin")
    assert console.call("iam", "ListUsers")[0] == 200
    shown = instance.run("user", "password", "admin", check=True).stdout
    assert "password:" in shown and made["password"] not in shown
    assert is_out(console)
    instance.run("user", "password", "admin", "--off", check=True)
    assert console.sign_in("admin", PASSWORD)[0] == 401
    assert instance.run("user", "password", "admin", "--off").returncode == 1
    assert instance.run("user", "password", "nobody").returncode == 1


def test_a_new_password_ends_what_the_old_one_opened(instance):
    instance.person("changes", EVERYTHING)
    instance.iam.create_login_profile(UserName="changes", Password=PASSWORD,
                                      PasswordResetRequired=True)
    console, other = signed_in(instance, "changes"), signed_in(instance, "changes")
    for service, operation in (("postern", "user.list"), ("postern", "own.rotate"),
                               ("postern", "own.factor_begin"), ("postern", "own.mail"),
                               ("iam", "CreateAccessKey")):
        status, answer = console.call(service, operation)
        assert status == 403 and "changed first" in answer["message"], operation
    assert console.call("postern", "own.password", old="wrong", new="another word 8")[0] == 400
    assert console.call("postern", "own.password", old=PASSWORD, new="short")[0] == 400
    assert not is_out(console)
    assert console.call("postern", "own.password", old=PASSWORD, new="another word 8")[0] == 200
    assert is_out(console) and is_out(other)
    assert console.sign_in("changes", PASSWORD)[0] == 401
    assert signed_in(instance, "changes", "another word 8").call("postern", "user.list")[0] == 200


def test_a_second_factor(instance):
    instance.person("careful", EVERYTHING)
    instance.iam.create_login_profile(UserName="careful", Password=PASSWORD)
    console = signed_in(instance, "careful")
    status, begun = console.call("postern", "own.factor_begin")
    assert status == 200 and begun["secret"] in begun["uri"]
    assert begun["uri"].startswith("otpauth://totp/postern%20")
    signed_in(instance, "careful")  # it does not count before it is confirmed
    assert console.call("postern", "own.factor_confirm", code="000000")[0] == 400
    assert console.call("postern", "own.factor_confirm", code=totp(begun["secret"], -1))[0] == 200
    assert console.call("postern", "own.factor_begin")[0] == 400

    status, answer = Console(instance).sign_in("careful", PASSWORD)
    assert (status, answer["code"]) == (401, "CodeRequired")
    status, answer = Console(instance).sign_in("careful", "wrong")
    assert (status, answer["code"]) == (401, "SignInFailed"), "the password comes first"
    code = totp(begun["secret"])
    signed_in(instance, "careful", code=f"{code[:3]} {code[3:]}")
    assert Console(instance).sign_in("careful", PASSWORD, code)[0] == 401, "a code is taken once"
    assert Console(instance).sign_in("careful", PASSWORD, "12345")[0] == 401
    assert console.call("postern", "own.factor_remove", code=code)[0] == 400
    assert console.call("postern", "own.factor_remove", code=totp(begun["secret"], 1))[0] == 200
    signed_in(instance, "careful")


def test_a_session_guesses_no_faster_than_who_is_at_the_door(zone, sink):
    """Who sits at somebody's browser, or has their cookie, knows neither password nor code."""
    with Instance(zone, mx_port=sink.port, **{"login.failures": 3}) as instance:
        instance.iam = instance.api("iam")
        for name in ("ana", "bea"):
            instance.person(name)
            instance.iam.create_login_profile(UserName=name, Password=PASSWORD)
        ana, bea = signed_in(instance, "ana"), signed_in(instance, "bea")

        with ThreadPoolExecutor(12) as pool:
            guesses = [status for status, _ in pool.map(lambda number: ana.call(
                "postern", "own.password", old=f"guess {number}", new="another word 8"), range(12))]
        assert set(guesses) <= {400, 429, 503}
        assert guesses.count(400) <= 4, "one more may be under way"
        for _ in range(4):
            status, answer = ana.call("postern", "own.password", old="guess", new="another word 8")
        assert (status, answer["code"]) == (429, "TooManyRequestsException")
        assert answer["message"] == "There were too many attempts. Wait some minutes."
        assert ana.call("postern", "own.password", old=PASSWORD, new="another word 8")[0] == 429
        assert Console(instance).sign_in("ana", PASSWORD)[0] == 429
        assert ana.call("postern", "own.show")[0] == 200

        secret = bea.call("postern", "own.factor_begin")[1]["secret"]
        assert bea.call("postern", "own.factor_confirm", code=totp(secret, -1))[0] == 200
        answers = [bea.call("postern", "own.factor_remove", code="12345")[0] for _ in range(4)]
        assert answers == [400, 400, 400, 429]
        assert bea.call("postern", "own.factor_remove", code=totp(secret))[0] == 429
        assert bea.call("postern", "own.show")[1]["second_factor"]
