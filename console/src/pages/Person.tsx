/* One person: addresses, keys, policies, latest decisions, and what can be done about them. */
import Alert from "@cloudscape-design/components/alert";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { verb } from "../api";
import type { ConsolePassword, Credential, Grant, Key, PolicyName, User } from "../answers";
import { t, when } from "../i18n";
import { type Loaded, useLoad } from "../load";
import { Copy } from "../parts/Copy";
import { DecisionList } from "../parts/DecisionList";
import { List } from "../parts/List";
import { CredentialState, GrantTerms } from "../parts/person";
import { PersonQuestion, type Question } from "../parts/PersonQuestion";
import { Settings } from "../parts/Settings";
import { Tags } from "../parts/Tags";
import { TestMail } from "../parts/TestMail";
import { go, link } from "../route";
import { common } from "../words/common";
import { people as w, policyKinds } from "../words/people";
import { shell } from "../words/shell";

interface Told {
  user: User;
  grants: Grant[];
}

/* The lists below show parts of what was loaded at once. */
function part<T>(loaded: Loaded<Told>, pick: (told: Told) => T[]): Loaded<T[]> {
  return { ...loaded, value: loaded.value && pick(loaded.value) };
}

function Keys({ told, ask }: { told: Loaded<Told>; ask: (question: Question) => void }) {
  return (
    <List<Key>
      title={t(w.keys)}
      loaded={part(told, ({ user }) => user.keys)}
      rows={(key) => key.id}
      text={(key) => key.id}
      columns={[
        { id: "id", header: t(w.key), cell: (key) => <span className="code">{key.id}</span>, width: 190 },
        {
          id: "status",
          header: t(common.state),
          cell: (key) =>
            key.status === "Active" ? (
              <StatusIndicator>{t(w.active)}</StatusIndicator>
            ) : (
              <StatusIndicator type="stopped">{t(w.inactive)}</StatusIndicator>
            ),
        },
        { id: "created", header: t(w.created), cell: (key) => when(key.created) },
        { id: "used", header: t(w.lastUsed), cell: (key) => when(key.last_used, t(common.never)) },
        {
          id: "from",
          header: t(w.usedFrom),
          cell: (key) => [key.last_used_service, key.last_used_address].filter(Boolean).join(" · ") || "–",
        },
        {
          id: "act",
          header: t(common.actions),
          cell: (key) => (
            <SpaceBetween direction="horizontal" size="xs">
              {key.status === "Active" ? (
                <Button variant="inline-link" onClick={() => ask({ kind: "revoke", target: key.id })}>
                  {t(w.revoke)}
                </Button>
              ) : (
                <Button variant="inline-link" onClick={() => ask({ kind: "restore", target: key.id })}>
                  {t(w.restore)}
                </Button>
              )}
              <Button variant="inline-link" onClick={() => ask({ kind: "removeKey", target: key.id })}>
                {t(w.removeKey)}
              </Button>
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}

function Addresses({ told, ask, name }: { told: Loaded<Told>; ask: (question: Question) => void; name: string }) {
  return (
    <List<Grant>
      title={t(w.addresses)}
      loaded={part(told, ({ grants }) => grants)}
      rows={(grant) => grant.address}
      text={(grant) => grant.address}
      empty={t(w.noGrants)}
      actions={<Button onClick={() => go("hand-out", "", name)}>{t(w.addAddress)}</Button>}
      columns={[
        {
          id: "address",
          header: t(common.address),
          cell: (grant) => <span className="code">{grant.address}</span>,
          width: 190,
        },
        {
          id: "terms",
          header: t(common.state),
          cell: (grant) =>
            grant.kind === "own" && grant.state === "active" && !grant.until && !grant.from_network ? (
              t(w.own)
            ) : (
              <GrantTerms grant={grant} />
            ),
        },
        {
          id: "act",
          header: t(common.actions),
          cell: (grant) => (
            <Button variant="inline-link" onClick={() => ask({ kind: "revoke", target: grant.address })}>
              {t(w.takeBack)}
            </Button>
          ),
        },
      ]}
    />
  );
}

function Policies({ told, name }: { told: Loaded<Told>; name: string }) {
  return (
    <List<PolicyName>
      title={t(w.policies)}
      loaded={part(told, ({ user }) => user.policies)}
      rows={(policy) => `${policy.kind}/${policy.group ?? ""}/${policy.name}`}
      text={(policy) => policy.name}
      actions={<Button onClick={() => go("policies", "user", name, "")}>{t(w.addPolicy)}</Button>}
      columns={[
        {
          id: "name",
          header: t(common.name),
          cell: (policy) => (
            <Link
              href={
                policy.kind !== "inline"
                  ? link("policies", "managed", "", policy.name)
                  : policy.group
                    ? link("policies", "group", policy.group, policy.name)
                    : link("policies", "user", name, policy.name)
              }
            >
              {policy.name}
            </Link>
          ),
        },
        {
          id: "kind",
          header: t(w.kind),
          cell: (policy) =>
            [t(policyKinds[policy.kind]), policy.group && `(${policy.group})`].filter(Boolean).join(" "),
        },
      ]}
    />
  );
}

export default function Person({ name }: { name: string }) {
  const told = useLoad<Told>(async () => {
    const [user, { grants }] = await Promise.all([
      verb<User>("user.show", { user: name }),
      verb<{ grants: Grant[] }>("grant.list"),
    ]);
    return { user, grants: grants.filter((grant) => grant.user === user.user) };
  }, [name]);
  const [question, setQuestion] = useState<Question | null>(null);
  const [fresh, setFresh] = useState<Credential | null>(null);
  const [password, setPassword] = useState<ConsolePassword | null>(null);
  const user = told.value?.user;
  const canRestore = !!user?.keys.length && user.keys.every((key) => key.status === "Inactive");
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: t(w.title), href: link("people") },
          { text: name, href: link("people", name) },
        ]}
        ariaLabel={t(w.title)}
      />
      <Header
        variant="h1"
        description={user && <CredentialState user={user} />}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button href={link("simulator", name)}>{t(shell.simulator)}</Button>
            <ButtonDropdown
              items={[
                { id: "rotate", text: t(w.rotate) },
                { id: "newKey", text: t(w.newKey), disabled: (user?.keys.length ?? 0) >= 2 },
                { id: canRestore ? "restore" : "revoke", text: t(canRestore ? w.restore : w.revoke) },
                {
                  id: user?.suspended !== undefined ? "resume" : "suspend",
                  text: t(user?.suspended !== undefined ? w.resume : w.suspend),
                },
                { id: "password", text: t(w.password) },
                { id: "passwordOff", text: t(w.passwordOff) },
                { id: "remove", text: t(w.remove) },
              ]}
              onItemClick={({ detail }) => setQuestion({ kind: detail.id as Question["kind"], target: name })}
            >
              {t(common.actions)}
            </ButtonDropdown>
          </SpaceBetween>
        }
      >
        <span className="name">{name}</span>
      </Header>
      {password && (
        <Alert type="warning" header={t(w.passwordOnce, password.user, password.console)}>
          <Copy text={password.password} />
        </Alert>
      )}
      {fresh && told.value && (
        <>
          <Settings credential={fresh} address={told.value.grants[0]?.address ?? ""} />
          <TestMail
            key={fresh.access_key_id}
            credential={fresh}
            addresses={told.value.grants.map(({ address }) => address)}
          />
        </>
      )}
      <Addresses told={told} ask={setQuestion} name={name} />
      {!told.error && <Keys told={told} ask={setQuestion} />}
      {!told.error && <Policies told={told} name={name} />}
      {!told.error && <Tags type="user" name={name} />}
      {!told.error && <DecisionList user={name} title={t(w.decisions)} />}
      {question && (
        <PersonQuestion
          question={question}
          leave={() => setQuestion(null)}
          keyMade={setFresh}
          passwordMade={setPassword}
          changed={() => {
            if (question.kind === "remove") go("people");
            else void told.reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}
