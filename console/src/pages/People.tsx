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
import type { User } from "../answers";
import { count, t, when } from "../i18n";
import { useDoing, usePages } from "../load";
import { Ask } from "../parts/Ask";
import { asked, type Filter, Filters } from "../parts/Filters";
import { CredentialState, GrantTerms, lastUsed } from "../parts/person";
import { type Column, PagedList } from "../parts/List";
import { go, link } from "../route";
import { people as w } from "../words/people";
import { common } from "../words/common";
import Person from "./Person";

const PAGE = 50;

function midnight(): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  return day.toISOString().slice(0, 16) + "Z";
}

function Everybody() {
  const [filter, setFilter] = useState<Filter>({ find: "" });
  const pages = usePages<User>(
    async (after) => {
      const { users, next } = await verb<{ users: User[]; next?: string }>("user.list", {
        ...asked(filter),
        limit: PAGE,
        sent_since: midnight(),
        ...(after && { after }),
      });
      return { items: users, next };
    },
    [filter],
  );
  const [creating, setCreating] = useState<string | null>(null);
  const doing = useDoing();
  const columns: Column<User>[] = [
    {
      id: "user",
      header: t(common.user),
      cell: (user) => <Link href={link("people", user.user)}>{user.user}</Link>,
    },
    {
      id: "addresses",
      header: t(w.addresses),
      width: 200,
      cell: (user) =>
        user.grants?.length ? (
          <SpaceBetween size="xxs">
            {user.grants.map((grant) => (
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
    { id: "credential", header: t(w.credential), cell: (user) => <CredentialState user={user} />, width: 190 },
    {
      id: "used",
      header: t(w.lastUsed),
      cell: (user) => {
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
      cell: (user) => count(user.sent ?? 0),
    },
  ];
  return (
    <>
      <PagedList<User>
        title={t(w.title)}
        description={t(w.description)}
        pages={pages}
        columns={columns}
        rows={(user) => user.user}
        filters={
          <Filters value={filter} apply={setFilter} fields={[{ id: "find", label: t(w.find), hint: t(w.findHint) }]} />
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
