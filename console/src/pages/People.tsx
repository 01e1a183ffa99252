/* #/people: one row a person. #/people/USER is that person. */
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { verb } from "../api";
import type { Decisions, Grant, User } from "../answers";
import { count, sortable, t, when } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { CredentialState, GrantTerms, lastUsed } from "../parts/person";
import { type Column, List } from "../parts/List";
import { go, link } from "../route";
import { people as w } from "../words/people";
import { common } from "../words/common";
import Person from "./Person";

interface Row {
  user: User;
  grants: Grant[];
}

const DECISIONS_READ = 1000;

/* Recipients that were let through since midnight here, by user; "+" when there is more than was read. */
async function readToday(): Promise<{ sent: Map<string, number>; all: boolean }> {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  const { decisions } = await verb<Decisions>("decision.list", {
    since: midnight.toISOString().slice(0, 16) + "Z",
    limit: DECISIONS_READ,
  });
  const sent = new Map<string, number>();
  for (const decision of decisions)
    if (decision.message) sent.set(decision.user, (sent.get(decision.user) ?? 0) + decision.recipients);
  return { sent, all: decisions.length < DECISIONS_READ };
}

async function readRows(): Promise<Row[]> {
  const [{ users }, { grants }] = await Promise.all([
    verb<{ users: User[] }>("user.list"),
    verb<{ grants: Grant[] }>("grant.list"),
  ]);
  return users.map((user) => ({ user, grants: grants.filter((grant) => grant.user === user.user) }));
}

function Everybody() {
  const rows = useLoad(readRows);
  const today = useLoad(readToday);
  const [creating, setCreating] = useState<string | null>(null);
  const doing = useDoing();
  const columns: Column<Row>[] = [
    {
      id: "user",
      header: t(common.user),
      sort: ({ user }) => user.user,
      cell: ({ user }) => <Link href={link("people", user.user)}>{user.user}</Link>,
    },
    {
      id: "addresses",
      header: t(w.addresses),
      sort: ({ grants }) => grants[0]?.address ?? "",
      width: 200,
      cell: ({ user, grants }) =>
        grants.length ? (
          <SpaceBetween size="xxs">
            {grants.map((grant) => (
              <div key={grant.address}>
                <span className="code">{grant.address}</span> <GrantTerms grant={grant} />
              </div>
            ))}
          </SpaceBetween>
        ) : user.policies.length ? (
          <Badge>{t(w.byPolicy)}</Badge>
        ) : (
          "–"
        ),
    },
    { id: "credential", header: t(w.credential), cell: ({ user }) => <CredentialState user={user} />, width: 190 },
    {
      id: "used",
      header: t(w.lastUsed),
      sort: ({ user }) => sortable(lastUsed(user)?.last_used),
      cell: ({ user }) => {
        const key = lastUsed(user);
        return (
          <>
            {when(key?.last_used, t(common.never))}
            {key?.last_used_address && (
              <Box color="text-body-secondary" fontSize="body-s">
                {key.last_used_address}
              </Box>
            )}
          </>
        );
      },
    },
    {
      id: "today",
      header: t(w.sentToday),
      cell: ({ user }) =>
        today.value ? count(today.value.sent.get(user.user) ?? 0) + (today.value.all ? "" : "+") : "–",
    },
  ];
  return (
    <>
      <List
        title={t(w.title)}
        description={t(w.description)}
        loaded={rows}
        columns={columns}
        rows={({ user }) => user.user}
        text={({ user, grants }) =>
          [user.user, ...grants.map((grant) => grant.address), ...user.keys.map((key) => key.id)].join(" ")
        }
        empty={t(w.empty)}
        variant="full-page"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setCreating("")}>{t(w.createUser)}</Button>
            <Button variant="primary" onClick={() => go("hand-out")}>
              {t(w.handOut)}
            </Button>
          </SpaceBetween>
        }
      />
      {creating !== null && (
        <Ask
          title={t(w.createUser)}
          yes={t(common.create)}
          doing={doing}
          disabled={!creating.trim()}
          leave={() => setCreating(null)}
          act={async () => {
            await verb("user.create", { user: creating.trim() });
            go("people", creating.trim());
          }}
        >
          <FormField label={t(common.name)} description={t(w.createUserWords)}>
            <Input
              value={creating}
              autoFocus
              name="user"
              spellcheck={false}
              onChange={({ detail }) => setCreating(detail.value)}
            />
          </FormField>
        </Ask>
      )}
    </>
  );
}

export default function People({ parts }: { parts: string[] }) {
  return parts[0] === undefined ? <Everybody /> : <Person name={parts[0]} />;
}
