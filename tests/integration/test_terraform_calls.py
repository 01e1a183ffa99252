"""The calls of docs/terraform.md, in the order in which Terraform's provider for AWS makes them.

Terraform itself is not in Debian. Each class is a resource: what `create`, `update` and `delete`
call, and what `read` makes of the answers is the state that a plan is compared with. A second apply
that finds another state than the first one left would change something: it must not.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
import threading
import urllib.parse

import boto3
import botocore.config
import botocore.exceptions
import pytest

from harness import ROOT, Instance, eventually, message

REGION = "eu-west-1"  # not the one that IAM and many defaults have
NUMBERS = itertools.count(1)


class Provider:
    """Clients of one address and one region, as the provider block has them; what they called."""

    def __init__(self, instance, credential):
        self.calls, self.resource = {}, None
        self.clients = {}
        for service in ("ses", "sesv2", "iam", "sts"):
            client = boto3.client(
                service, region_name=REGION,
                endpoint_url=f"http://127.0.0.1:{instance.ports['http']}",
                aws_access_key_id=credential["access_key_id"],
                aws_secret_access_key=credential["secret_access_key"],
                # 25 is the provider's max_retries: signing keys are made in the background
                config=botocore.config.Config(retries={"total_max_attempts": 25,
                                                       "mode": "standard"}))
            client.meta.events.register("before-call", self.note)
            self.clients[service] = client
        self.account = self.clients["sts"].get_caller_identity()["Account"]

    def note(self, model, **_):
        if self.resource:
            self.calls.setdefault(self.resource, set()).add(model.name)


class Resource:
    """`values` are the arguments in the configuration."""

    def __init__(self, provider, **values):
        self.provider, self.values = provider, values
        self.ses, self.sesv2 = provider.clients["ses"], provider.clients["sesv2"]
        self.iam = provider.clients["iam"]

    def arn(self, identity):
        return f"arn:aws:ses:{REGION}:{self.provider.account}:identity/{identity}"

    def step(self, name, *arguments):
        self.provider.resource = self.TYPE
        try:
            return getattr(self, name)(*arguments)
        finally:
            self.provider.resource = None

    def apply(self):
        """As `terraform apply` of a new resource: the state."""
        self.step("create")
        return self.step("read")

    def refresh(self):
        return self.step("read")

    def change(self, **values):
        before, self.values = self.values, {**self.values, **values}
        self.step("update", before)
        return self.step("read")

    def destroy(self):
        self.step("delete")
        assert self.step("read") is None


def or_none(code, call, **members):
    """The answer, or nothing where the provider takes this error for one."""
    try:
        return call(**members)
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise
        return None


def as_map(tags):
    return {tag["Key"]: tag["Value"] for tag in tags}


def as_list(tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


class DomainIdentity(Resource):
    TYPE = "aws_ses_domain_identity"

    def create(self):
        self.ses.verify_domain_identity(Domain=self.values["domain"])

    def read(self):
        domain = self.values["domain"]
        found = self.ses.get_identity_verification_attributes(Identities=[domain])[
            "VerificationAttributes"].get(domain)
        return found and {"arn": self.arn(domain), "domain": domain,
                          "verification_token": found["VerificationToken"]}

    def delete(self):
        self.ses.delete_identity(Identity=self.values["domain"])


class DomainIdentityVerification(Resource):
    """Created when DNS has the token: `terraform apply` waits for it."""
    TYPE = "aws_ses_domain_identity_verification"

    def read(self):
        domain = self.values["domain"]
        found = self.ses.get_identity_verification_attributes(Identities=[domain])[
            "VerificationAttributes"].get(domain)
        return found and {"arn": self.arn(domain), "status": found["VerificationStatus"]}

    def create(self):
        eventually(lambda: self.read()["status"] == "Success", 30, "a verified domain")

    def delete(self):
        """Calls nothing."""


class DomainDkim(Resource):
    TYPE = "aws_ses_domain_dkim"

    def create(self):
        self.ses.verify_domain_dkim(Domain=self.values["domain"])

    def read(self):
        domain = self.values["domain"]
        found = self.ses.get_identity_dkim_attributes(Identities=[domain])[
            "DkimAttributes"].get(domain)
        return found and {"domain": domain, "dkim_tokens": found["DkimTokens"]}

    def delete(self):
        """Calls nothing."""


class EmailIdentity(Resource):
    TYPE = "aws_sesv2_email_identity"

    def create(self):
        self.sesv2.create_email_identity(
            EmailIdentity=self.values["email_identity"], Tags=as_list(self.values["tags"]),
            **self.configuration_set())

    def configuration_set(self):
        name = self.values.get("configuration_set_name")
        return {"ConfigurationSetName": name} if name else {}

    def read(self):
        name = self.values["email_identity"]
        found = or_none("NotFoundException", self.sesv2.get_email_identity, EmailIdentity=name)
        if not found:
            return None
        tags = self.sesv2.list_tags_for_resource(ResourceArn=self.arn(name))["Tags"]
        dkim = found["DkimAttributes"]
        return {"arn": self.arn(name), "email_identity": name, "tags": as_map(tags),
                "configuration_set_name": found.get("ConfigurationSetName"),
                "identity_type": found["IdentityType"],
                "verified_for_sending_status": found["VerifiedForSendingStatus"],
                "dkim_signing_attributes": {
                    "tokens": dkim.get("Tokens"), "status": dkim["Status"],
                    "signing_attributes_origin": dkim.get("SigningAttributesOrigin"),
                    "next_signing_key_length": dkim.get("NextSigningKeyLength"),
                    "last_key_generation_timestamp": dkim.get("LastKeyGenerationTimestamp")}}

    def update(self, before):
        name = self.values["email_identity"]
        if before.get("configuration_set_name") != self.values.get("configuration_set_name"):
            self.sesv2.put_email_identity_configuration_set_attributes(
                EmailIdentity=name, **self.configuration_set())
        removed = before["tags"].keys() - self.values["tags"].keys()
        if removed:
            self.sesv2.untag_resource(ResourceArn=self.arn(name), TagKeys=list(removed))
        if self.values["tags"]:
            self.sesv2.tag_resource(ResourceArn=self.arn(name), Tags=as_list(self.values["tags"]))

    def delete(self):
        or_none("NotFoundException", self.sesv2.delete_email_identity,
                EmailIdentity=self.values["email_identity"])


class User(Resource):
    TYPE = "aws_iam_user"

    def create(self):
        boundary = self.values.get("permissions_boundary")
        self.iam.create_user(UserName=self.values["name"], Path=self.values["path"],
                             Tags=as_list(self.values["tags"]),
                             **({"PermissionsBoundary": boundary} if boundary else {}))

    def read(self):
        found = or_none("NoSuchEntity", self.iam.get_user, UserName=self.values["name"])
        if not found:
            return None
        user = found["User"]
        return {"arn": user["Arn"], "name": user["UserName"], "path": user["Path"],
                "unique_id": user["UserId"], "tags": as_map(user.get("Tags", [])),
                "permissions_boundary": user.get("PermissionsBoundary", {}).get(
                    "PermissionsBoundaryArn")}

    def update(self, before):
        name = {"UserName": self.values["name"]}
        if any(before[part] != self.values[part] for part in ("name", "path")):
            self.iam.update_user(UserName=before["name"], NewUserName=self.values["name"],
                                 NewPath=self.values["path"])
        boundary = self.values.get("permissions_boundary")
        if boundary != before.get("permissions_boundary"):
            if boundary:
                self.iam.put_user_permissions_boundary(**name, PermissionsBoundary=boundary)
            else:
                self.iam.delete_user_permissions_boundary(**name)
        removed = before["tags"].keys() - self.values["tags"].keys()
        if removed:
            self.iam.untag_user(**name, TagKeys=list(removed))
        if self.values["tags"] != before["tags"]:
            self.iam.tag_user(**name, Tags=as_list(self.values["tags"]))

    def delete(self):
        name = {"UserName": self.values["name"]}
        for group in self.iam.list_groups_for_user(**name)["Groups"]:
            self.iam.remove_user_from_group(**name, GroupName=group["GroupName"])
        if self.values["force_destroy"]:
            self.take_everything(name)
        or_none("NoSuchEntity", self.iam.delete_user, **name)


    def take_everything(self, name):
        for key in self.iam.list_access_keys(**name)["AccessKeyMetadata"]:
            self.iam.delete_access_key(**name, AccessKeyId=key["AccessKeyId"])
        assert self.iam.list_ssh_public_keys(**name)["SSHPublicKeys"] == []
        assert self.iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")[
            "VirtualMFADevices"] == []
        assert self.iam.list_mfa_devices(**name)["MFADevices"] == []
        or_none("NoSuchEntity", self.iam.delete_login_profile, **name)
        assert self.iam.list_signing_certificates(**name)["Certificates"] == []
        assert self.iam.list_service_specific_credentials(**name)[
            "ServiceSpecificCredentials"] == []


class AccessKey(Resource):
    TYPE = "aws_iam_access_key"

    def create(self):
        made = self.iam.create_access_key(UserName=self.values["user"])["AccessKey"]
        self.id, self.secret = made["AccessKeyId"], made["SecretAccessKey"]
        self.ses_smtp_password_v4 = ses_smtp_password_v4(self.secret)
        if self.values["status"] == "Inactive":
            self.set_status()

    def set_status(self):
        self.iam.update_access_key(UserName=self.values["user"], AccessKeyId=self.id,
                                   Status=self.values["status"])

    def read(self):
        listed = or_none("NoSuchEntity", self.iam.list_access_keys, UserName=self.values["user"])
        for key in (listed or {"AccessKeyMetadata": []})["AccessKeyMetadata"]:
            if key["AccessKeyId"] == self.id:
                return {"id": self.id, "user": key["UserName"], "status": key["Status"],
                        "create_date": key["CreateDate"]}
        return None

    def update(self, before):
        self.set_status()

    def delete(self):
        or_none("NoSuchEntity", self.iam.delete_access_key, UserName=self.values["user"],
                AccessKeyId=self.id)


class UserPolicy(Resource):
    TYPE = "aws_iam_user_policy"

    def create(self):
        self.iam.put_user_policy(UserName=self.values["user"], PolicyName=self.values["name"],
                                 PolicyDocument=json.dumps(self.values["policy"]))

    def update(self, before):
        self.create()

    def read(self):
        raw = []
        events = self.iam.meta.events
        events.register("after-call.iam.GetUserPolicy",
                        lambda http_response, **_: raw.append(http_response.text), "raw")
        try:
            found = or_none("NoSuchEntity", self.iam.get_user_policy,
                            UserName=self.values["user"], PolicyName=self.values["name"])
        finally:
            events.unregister("after-call.iam.GetUserPolicy", unique_id="raw")
        if not found:
            return None
        # The provider decodes it as a form's value, where + is a blank; boto3 does not.
        encoded = re.search("<PolicyDocument>(.*)</PolicyDocument>", raw[0], re.DOTALL)[1]
        return {"user": found["UserName"], "name": found["PolicyName"],
                "policy": json.loads(urllib.parse.unquote_plus(encoded))}

    def delete(self):
        or_none("NoSuchEntity", self.iam.delete_user_policy, UserName=self.values["user"],
                PolicyName=self.values["name"])


def ses_smtp_password_v4(secret):
    """What the provider computes by itself of the secret and its region."""
    key = b"AWS4" + secret.encode()
    for word in ("11111111", REGION, "ses", "aws4_request", "SendRawEmail"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return base64.b64encode(b"\x04" + key).decode()


def sending_as(*addresses):
    return {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
        "Condition": {"StringEquals": {"ses:FromAddress": list(addresses)}}}]}


@pytest.fixture(scope="module")
def instance(zone, sink):
    with Instance(zone, mx_port=sink.port, region=REGION) as instance:
        instance.add_domain("test1.com")
        yield instance


@pytest.fixture(scope="module")
def provider(instance):
    """Of a user who may do anything: the provider's own key."""
    return Provider(instance, instance.person("terraform", {"Effect": "Allow", "Action": "*",
                                                            "Resource": "*"}))


@pytest.fixture
def name():
    return f"name{next(NUMBERS)}"


@pytest.fixture
def user(provider, name):
    user = User(provider, name=name, path="/", tags={}, force_destroy=False)
    user.apply()
    yield user
    user.destroy()


# ---- identities ----

def test_a_domain_is_applied_twice_verified_and_destroyed(provider, instance, zone):
    domain = DomainIdentity(provider, domain="test2.com")
    state = domain.apply()
    assert domain.refresh() == state
    dkim = DomainDkim(provider, domain="test2.com")
    tokens = dkim.apply()
    assert len(tokens["dkim_tokens"]) == 3 and dkim.refresh() == tokens
    zone.add("_amazonses.test2.com", "TXT", state["verification_token"])
    verification = DomainIdentityVerification(provider, domain="test2.com")
    asked = threading.Thread(target=instance.check_until, args=["test2.com"],
                             kwargs={"verification": "SUCCESS"})
    asked.start()  # it asks DNS by itself once a minute
    assert verification.apply() == {"arn": state["arn"], "status": "Success"}
    asked.join()
    assert domain.refresh() == state and dkim.refresh() == tokens
    domain.destroy()
    assert domain.apply()["arn"] == state["arn"]  # deleted behind its back, it is made again
    domain.destroy()


@pytest.mark.parametrize("identity", ["test3.com", "ana+label@example.net"])
def test_an_identity_of_the_second_version_is_applied_twice_changed_and_destroyed(
        provider, instance, identity):
    provider.clients["sesv2"].create_configuration_set(ConfigurationSetName="news")
    made = EmailIdentity(provider, email_identity=identity, tags={"team": "post", "empty": ""})
    state = made.apply()
    assert state["tags"] == made.values["tags"] and state["configuration_set_name"] is None
    assert made.refresh() == state
    changed = made.change(tags={"team": "mail"}, configuration_set_name="news")
    assert changed == {**state, "tags": {"team": "mail"}, "configuration_set_name": "news"}
    assert made.refresh() == changed
    assert made.change(configuration_set_name=None)["configuration_set_name"] is None
    made.destroy()
    made.step("delete")  # gone already: no error
    provider.clients["sesv2"].delete_configuration_set(ConfigurationSetName="news")


# ---- users, keys and policies ----

def test_a_user_is_applied_twice_changed_and_destroyed(provider, instance, name):
    boundary = instance.put_policy(f"boundary-{name}", {
        "Effect": "Allow", "Action": "ses:*", "Resource": "*"})["arn"]
    user = User(provider, name=name, path="/mail/", tags={"team": "post"},
                permissions_boundary=boundary, force_destroy=True)
    state = user.apply()
    assert state["path"] == "/mail/" and state["tags"] == {"team": "post"}
    assert state["permissions_boundary"] == boundary and user.refresh() == state
    wanted = {"name": f"{name}-2", "path": "/", "tags": {"cost": "12"},
              "permissions_boundary": None}
    changed = user.change(**wanted)
    assert changed == {**state, **wanted, "arn": changed["arn"]}
    assert changed["arn"].endswith(f":user/{name}-2") and user.refresh() == changed
    assert user.change(permissions_boundary=boundary) == {**changed,
                                                          "permissions_boundary": boundary}
    instance.admin("group.create", group=f"group-{name}")
    instance.admin("group.member", group=f"group-{name}", user=f"{name}-2", member=True)
    instance.admin("credential.create", user=f"{name}-2")  # not Terraform's, nor is the group
    user.destroy()


def test_a_key_has_a_password_for_smtp_that_its_policy_confines(provider, instance, user, name):
    key = AccessKey(provider, user=name, status="Active")
    state = key.apply()
    assert state["status"] == "Active" and key.refresh() == state
    policy = UserPolicy(provider, user=name, name="sending",
                        policy=sending_as("taro+label@test1.com"))
    assert policy.apply() == policy.values == policy.refresh()
    credential = {"smtp_user_name": key.id, "smtp_password": key.ses_smtp_password_v4}
    raw = message("taro+label@test1.com", "ana@example.net")
    instance.accept(credential, "taro+label@test1.com", "ana@example.net", raw)
    other = message("jiro@test1.com", "ana@example.net")
    reply = instance.submit(credential, "jiro@test1.com", "ana@example.net", other)
    assert reply.code == 554 and reply.text.startswith("Access denied: ")
    assert policy.change(policy=sending_as("jiro@test1.com")) == policy.values == policy.refresh()
    instance.accept(credential, "jiro@test1.com", "ana@example.net", other)
    assert instance.submit(credential, "taro+label@test1.com", "ana@example.net", raw).code == 554
    assert key.change(status="Inactive")["status"] == "Inactive"
    with instance.session() as session:
        assert session.login(credential).code == 535
    policy.destroy()
    key.destroy()
    policy.step("delete")
    key.step("delete")


def test_a_key_may_begin_inactive(provider, user, name):
    key = AccessKey(provider, user=name, status="Inactive")
    assert key.apply()["status"] == "Inactive"
    key.destroy()


def test_what_goes_with_its_user_is_made_again(provider, instance, name):
    user = User(provider, name=name, path="/", tags={}, force_destroy=False)
    user.apply()
    key = AccessKey(provider, user=name, status="Active")
    policy = UserPolicy(provider, user=name, name="sending", policy=sending_as("a@test1.com"))
    key.apply(), policy.apply()
    instance.admin("credential.delete", key=key.id)
    instance.admin("policy.delete", user=name, name="sending")
    instance.admin("user.delete", user=name)
    assert user.refresh() is key.refresh() is policy.refresh() is None
    user.apply(), key.apply()
    assert policy.apply() == policy.values
    for resource in (policy, key, user):
        resource.destroy()


# ---- the page ----

def test_the_page_names_the_calls_that_were_made_here(request, provider):
    told = {item.originalname for item in request.session.items if item.path == request.path}
    if told != {name for name in globals() if name.startswith("test_")}:
        pytest.skip("not every test was run")
    page = (ROOT / "docs/terraform.md").read_text()
    named = {row[1]: set(re.findall("[A-Z][a-z]+[A-Z][A-Za-z]+", row[2]))
             for row in re.finditer(r"^\| `(aws_\w+)` \|(.*?)\|$", page, re.MULTILINE)}
    assert named == provider.calls
