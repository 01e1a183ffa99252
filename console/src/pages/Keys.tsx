/* #/keys: every access key, what the brake has stopped, and canaries. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { verb } from "../api";
import type { Brake, Canary, Credential, Key, User } from "../answers";
import { count, sortable, t, type Words, when } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { List } from "../parts/List";
import { notify } from "../parts/notify";
import { Settings } from "../parts/Settings";
import { link } from "../route";
import { common } from "../words/common";
import { keyWords as w } from "../words/more";
import { people } from "../words/people";

type Act = "release" | "drop" | "createCanary" | "removeCanary";
const acts: Record<Act, { title: Words; ask: Words; verb: string; member: string }> = {
  release: { title: w.release, ask: w.releaseAsk, verb: "brake.release", member: "target" },
  drop: { title: w.drop, ask: w.dropAsk, verb: "brake.drop", member: "target" },
  createCanary: { title: w.createCanary, ask: w.createCanaryAsk, verb: "canary.create", member: "user" },
  removeCanary: { title: common.remove, ask: w.removeAsk, verb: "canary.delete", member: "key" },
};

function KeyState({ active }: { active: boolean }) {
  return active ? (
    <StatusIndicator>{t(people.active)}</StatusIndicator>
  ) : (
    <StatusIndicator type="stopped">{t(people.inactive)}</StatusIndicator>
  );
}

function AllKeys() {
  const loaded = useLoad(async () =>
    (await verb<{ users: User[] }>("user.list")).users.flatMap((user) =>
      user.keys.map((key) => ({ ...key, user: user.user })),
    ),
  );
  return (
    <List<Key & { user: string }>
      title={t(w.keys)}
      loaded={loaded}
      rows={(key) => key.id}
      text={(key) => `${key.id} ${key.user} ${key.last_used_address}`}
      columns={[
        {
          id: "id",
          header: t(people.key),
          cell: (key) => <span className="code">{key.id}</span>,
          sort: (key) => key.id,
          width: 190,
        },
        {
          id: "user",
          header: t(common.user),
          cell: (key) => <Link href={link("people", key.user)}>{key.user}</Link>,
          sort: (key) => key.user,
        },
        {
          id: "state",
          header: t(common.state),
          cell: (key) => <KeyState active={key.status === "Active"} />,
          sort: (key) => key.status,
          width: 140,
        },
        {
          id: "created",
          header: t(people.created),
          cell: (key) => when(key.created),
          sort: (key) => sortable(key.created),
        },
        {
          id: "used",
          header: t(people.lastUsed),
          cell: (key) => when(key.last_used, t(common.never)),
          sort: (key) => sortable(key.last_used),
        },
        { id: "from", header: t(people.usedFrom), cell: (key) => key.last_used_address || "–" },
      ]}
    />
  );
}

export default function Keys() {
  const brakes = useLoad(async () => (await verb<{ brakes: Brake[] }>("brake.list")).brakes);
  const canaries = useLoad(async () => (await verb<{ canaries: Canary[] }>("canary.list")).canaries);
  const [question, setQuestion] = useState<{ act: Act; target: string } | null>(null);
  const [user, setUser] = useState("");
  const [fresh, setFresh] = useState<Credential | null>(null);
  const doing = useDoing();
  const chosen = question && acts[question.act];
  const ask = (act: Act, target = "") => setQuestion({ act, target });
  const run = async () => {
    const target = question!.act === "createCanary" ? user.trim() : question!.target;
    const answer = await verb<Credential>(chosen!.verb, target ? { [chosen!.member]: target } : {});
    if (question!.act === "createCanary") setFresh(answer);
    else notify(t(common.done, `${t(chosen!.title)}: ${target}`));
    await Promise.all([brakes.reload(), canaries.reload()]);
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{t(w.title)}</Header>
      {fresh && <Settings credential={fresh} address="" />}
      <List<Brake>
        title={t(w.brakes)}
        description={t(w.brakesHint)}
        loaded={brakes}
        rows={(row) => row.key}
        text={(row) => `${row.key} ${row.user}`}
        empty={t(w.noBrakes)}
        columns={[
          { id: "key", header: t(people.key), cell: (row) => <span className="code">{row.key}</span>, width: 190 },
          {
            id: "user",
            header: t(common.user),
            cell: (row) => <Link href={link("people", row.user)}>{row.user}</Link>,
          },
          {
            id: "why",
            header: t(w.why),
            cell: (row) => (
              <>
                {row.why}
                <div>{when(row.braked)}</div>
              </>
            ),
            width: 220,
          },
          { id: "held", header: t(w.held), cell: (row) => count(row.held) },
          {
            id: "act",
            header: t(common.actions),
            width: 180,
            cell: (row) => (
              <SpaceBetween size="xs">
                <Button variant="inline-link" onClick={() => ask("release", row.key)}>
                  {t(w.release)}
                </Button>
                <Button variant="inline-link" onClick={() => ask("drop", row.key)}>
                  {t(w.drop)}
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
      />
      <List<Canary>
        title={t(w.canaries)}
        description={t(w.canariesHint)}
        loaded={canaries}
        rows={(row) => row.key}
        text={(row) => `${row.key} ${row.user}`}
        empty={t(w.noCanaries)}
        actions={
          <Button
            onClick={() => {
              setUser("");
              ask("createCanary");
            }}
          >
            {t(w.createCanary)}
          </Button>
        }
        columns={[
          { id: "key", header: t(people.key), cell: (row) => <span className="code">{row.key}</span>, width: 190 },
          {
            id: "user",
            header: t(common.user),
            cell: (row) => (
              <>
                {row.user}
                {row.permitted && (
                  <div>
                    <StatusIndicator type="error">{t(w.permitted)}</StatusIndicator>
                  </div>
                )}
              </>
            ),
          },
          {
            id: "uses",
            header: t(w.uses),
            cell: (row) => (row.uses ? <StatusIndicator type="error">{count(row.uses)}</StatusIndicator> : "0"),
          },
          {
            id: "last",
            header: t(w.lastUse),
            cell: (row) => (
              <>
                {when(row.last_used, t(common.never))} {row.last_use}
              </>
            ),
          },
          { id: "created", header: t(people.created), cell: (row) => when(row.created) },
          {
            id: "act",
            header: t(common.actions),
            cell: (row) => (
              <Button
                variant="inline-link"
                ariaLabel={`${t(common.remove)}: ${row.key}`}
                onClick={() => ask("removeCanary", row.key)}
              >
                {t(common.remove)}
              </Button>
            ),
          },
        ]}
      />
      <AllKeys />
      {question && chosen && (
        <Ask title={t(chosen.title)} yes={t(chosen.title)} doing={doing} leave={() => setQuestion(null)} act={run}>
          <div>{t(chosen.ask, question.target)}</div>
          {question.act === "createCanary" && (
            <FormField label={t(common.user)} description={t(w.userHint)}>
              <Input value={user} onChange={({ detail }) => setUser(detail.value)} />
            </FormField>
          )}
        </Ask>
      )}
    </SpaceBetween>
  );
}
