/* #/messages: what became of mail that was accepted, found on the server. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { verb } from "../api";
import type { Found, FoundMail } from "../answers";
import { named, t, when } from "../i18n";
import { useSearch } from "../load";
import { asked, Filters, type Filter, startOf } from "../parts/Filters";
import { type Column, PagedList } from "../parts/List";
import { RecipientState } from "../parts/RecipientState";
import { said } from "../parts/said";
import { go, link } from "../route";
import { common } from "../words/common";
import { messagesWords as w, queueWords, recipientStates } from "../words/mail";

const PAGE = 50;
const nothing: Filter = { to: "", from: "", as: "", state: "", key: "", since: "", until: "" };

function OpenById() {
  const [id, setId] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim()) go("queue", id.trim());
      }}
    >
      <FormField label={t(queueWords.openMessage)} secondaryControl={<Button>{t(queueWords.open)}</Button>}>
        <Input value={id} spellcheck={false} onChange={({ detail }) => setId(detail.value)} />
      </FormField>
    </form>
  );
}

const columns = (): Column<Found>[] => [
  { id: "accepted", header: t(queueWords.accepted), cell: (row) => when(row.accepted), width: 120 },
  {
    id: "from",
    header: t(queueWords.from),
    width: 150,
    cell: (row) => (
      <>
        {row.from}
        {row.user !== row.from && <div>{row.user}</div>}
      </>
    ),
  },
  { id: "to", header: t(queueWords.recipient), cell: (row) => row.recipient, width: 150 },
  {
    id: "subject",
    header: t(w.subject),
    width: 140,
    cell: (row) => (
      <Link href={link("queue", row.message)} ariaLabel={`${t(queueWords.message)}: ${row.subject}, ${row.recipient}`}>
        {row.subject || t(w.noSubject)}
      </Link>
    ),
  },
  { id: "state", header: t(common.state), cell: (row) => <RecipientState recipient={row} />, width: 125 },
  {
    id: "reply",
    header: t(queueWords.reply),
    cell: (row) => said(row) || "–",
    width: 180,
  },
];

/* A state that a link names, as #/messages/state/bounced. */
function filterOf(parts: string[]): Filter {
  const [name, value] = parts;
  return name !== undefined && value !== undefined && name in nothing ? { ...nothing, [name]: value } : nothing;
}

export default function Messages({ parts }: { parts: string[] }) {
  const [filter, setFilter] = useState(filterOf(parts));
  const found = useSearch<Found>(
    async (limit, before) => {
      const { messages, next, reached } = await verb<FoundMail>("message.list", {
        ...asked({ ...filter, since: startOf(filter.since!), until: startOf(filter.until!, 1) }),
        limit,
        ...(before && { before }),
      });
      return { items: messages, next, reached };
    },
    PAGE,
    [filter],
  );
  return (
    <PagedList<Found>
      page
      title={t(w.title)}
      description={t(w.description)}
      pages={found}
      rows={(row) => `${row.message} ${row.recipient}`}
      empty={t(w.empty)}
      columns={columns()}
      filters={
        <SpaceBetween size="s">
          <Filters
            value={filter}
            apply={setFilter}
            fields={[
              { id: "to", label: t(queueWords.recipient), hint: t(w.addressHint) },
              { id: "from", label: t(queueWords.from), hint: t(w.addressHint) },
              { id: "as", label: t(common.user) },
              {
                id: "state",
                label: t(common.state),
                options: [
                  { value: "", label: t(w.anyState) },
                  ...Object.keys(recipientStates).map((value) => ({ value, label: named(recipientStates, value) })),
                ],
              },
              { id: "since", label: t(w.since), day: true, rare: true },
              { id: "until", label: t(w.until), day: true, rare: true },
              { id: "key", label: t(queueWords.ofKey), rare: true },
            ]}
          />
          <OpenById />
        </SpaceBetween>
      }
    />
  );
}
