/* #/queue: what waits, why, and what can be done about it. #/queue/MESSAGE is one message. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { verb } from "../api";
import type { Queue as QueueAnswer, Queued } from "../answers";
import { count, sortable, t, when } from "../i18n";
import { type Loaded, useLoad } from "../load";
import { List } from "../parts/List";
import { type Change, changes, QueueQuestion } from "../parts/QueueQuestion";
import { RecipientState } from "../parts/RecipientState";
import { go, link } from "../route";
import { common } from "../words/common";
import { queueWords as w } from "../words/mail";
import Message from "./Message";

interface Filter {
  as: string;
  key: string;
  limit: string;
}
interface Site {
  name: string;
  recipients: number;
  reply: string;
}
const limits = ["200", "1000", "5000"].map((value) => ({ value, label: value }));
const keyOf = (row: Queued) => `${row.message} ${row.recipient}`;

function sitesOf(rows: Queued[]): Site[] {
  const sites = new Map<string, Site>();
  for (const row of rows) {
    const name = row.recipient.slice(row.recipient.lastIndexOf("@") + 1);
    const site = sites.get(name) ?? { name, recipients: 0, reply: "" };
    sites.set(name, { name, recipients: site.recipients + 1, reply: row.reply || site.reply });
  }
  return [...sites.values()].sort((one, other) => other.recipients - one.recipients);
}

export function Sites({ loaded }: { loaded: Loaded<Queued[]> }) {
  return (
    <List<Site>
      title={t(w.bySite)}
      loaded={{ ...loaded, value: loaded.value && sitesOf(loaded.value) }}
      rows={(site) => site.name}
      text={(site) => `${site.name} ${site.reply}`}
      empty={t(w.empty)}
      pageSize={10}
      columns={[
        { id: "site", header: t(w.site), cell: (site) => site.name, sort: (site) => site.name },
        {
          id: "recipients",
          header: t(w.waiting),
          cell: (site) => count(site.recipients),
          sort: (site) => site.recipients,
        },
        { id: "reply", header: t(w.reply), cell: (site) => site.reply || "–", width: 240 },
      ]}
    />
  );
}

function Filters({ filter, apply }: { filter: Filter; apply: (filter: Filter) => void }) {
  const [typed, setTyped] = useState(filter);
  const [message, setMessage] = useState("");
  return (
    <SpaceBetween size="s">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          apply(typed);
        }}
      >
        <ColumnLayout columns={4}>
          <FormField label={t(w.of)}>
            <Input value={typed.as} onChange={({ detail }) => setTyped({ ...typed, as: detail.value.trim() })} />
          </FormField>
          <FormField label={t(w.ofKey)}>
            <Input value={typed.key} onChange={({ detail }) => setTyped({ ...typed, key: detail.value.trim() })} />
          </FormField>
          <FormField label={t(w.atMost)}>
            <Select
              options={limits}
              selectedOption={limits.find((limit) => limit.value === typed.limit)!}
              onChange={({ detail }) => setTyped({ ...typed, limit: detail.selectedOption.value! })}
            />
          </FormField>
          <FormField label={"\u00a0"}>
            <Button>{t(w.search)}</Button>
          </FormField>
        </ColumnLayout>
      </form>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (message.trim()) go("queue", message.trim());
        }}
      >
        <FormField label={t(w.openMessage)} secondaryControl={<Button>{t(w.open)}</Button>}>
          <Input value={message} spellcheck={false} onChange={({ detail }) => setMessage(detail.value)} />
        </FormField>
      </form>
    </SpaceBetween>
  );
}

function Waiting() {
  const [filter, setFilter] = useState<Filter>({ as: "", key: "", limit: "200" });
  const [chosen, setChosen] = useState<Queued[]>([]);
  const [question, setQuestion] = useState<{ change: Change; all: boolean } | null>(null);
  const loaded = useLoad(
    () =>
      verb<QueueAnswer>("queue.list", {
        limit: Number(filter.limit),
        ...(filter.as && { as: filter.as }),
        ...(filter.key && { key: filter.key }),
      }),
    [filter],
  );
  const counts = loaded.value?.counts;
  const rows = { ...loaded, value: loaded.value?.queue };
  const narrowed = { ...(filter.as && { as: filter.as }), ...(filter.key && { key: filter.key }) };
  const items = (Object.keys(changes) as Change[]).map((id) => ({
    id,
    text: t(changes[id]),
    disabled: chosen.length === 0,
  }));
  return (
    <SpaceBetween size="l">
      <List<Queued>
        page
        title={t(w.title)}
        description={counts && t(w.description, count(counts.queued), count(counts.held))}
        loaded={rows}
        rows={keyOf}
        label={(row) => row.recipient}
        text={(row) => Object.values(row).join(" ")}
        empty={t(w.empty)}
        multiple
        selected={chosen}
        select={setChosen}
        filters={
          <Filters
            filter={filter}
            apply={(next) => {
              setChosen([]);
              setFilter(next);
            }}
          />
        }
        actions={
          <ButtonDropdown
            items={[
              ...items,
              {
                id: "everything",
                text: t(w.all),
                items: (Object.keys(changes) as Change[]).map((id) => ({ id: `all ${id}`, text: t(changes[id]) })),
              },
            ]}
            onItemClick={({ detail }) =>
              setQuestion({ change: detail.id.replace("all ", "") as Change, all: detail.id.startsWith("all ") })
            }
          >
            {t(common.actions)}
          </ButtonDropdown>
        }
        columns={[
          {
            id: "recipient",
            header: t(w.recipient),
            cell: (row) => row.recipient,
            sort: (row) => row.recipient,
            width: 150,
          },
          {
            id: "state",
            header: t(common.state),
            cell: (row) => <RecipientState recipient={row} />,
            sort: (row) => row.state,
            width: 150,
          },
          { id: "reply", header: t(w.reply), cell: (row) => row.reply || "–", width: 200 },
          {
            id: "from",
            header: t(w.from),
            cell: (row) => (
              <>
                {row.from}
                <div>
                  <Link href={link("queue", row.message)} ariaLabel={`${t(w.message)}: ${row.from}, ${row.recipient}`}>
                    {t(w.message)}
                  </Link>
                </div>
              </>
            ),
            sort: (row) => row.from,
            width: 150,
          },
          { id: "attempts", header: t(w.attempts), cell: (row) => count(row.attempts), sort: (row) => row.attempts },
          {
            id: "next",
            header: t(w.next),
            cell: (row) => when(row.next),
            sort: (row) => sortable(row.next),
            width: 130,
          },
          {
            id: "accepted",
            header: t(w.accepted),
            cell: (row) => when(row.accepted),
            sort: (row) => sortable(row.accepted),
            width: 130,
          },
        ]}
      />
      {rows.value?.length === Number(filter.limit) && <Alert type="info">{t(w.onlyFirst, filter.limit)}</Alert>}
      {!loaded.error && <Sites loaded={rows} />}
      {question && (
        <QueueQuestion
          change={question.change}
          of={question.all ? narrowed : chosen}
          leave={() => setQuestion(null)}
          changed={() => {
            setChosen([]);
            void loaded.reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}

export default function Queue({ parts }: { parts: string[] }) {
  return parts[0] === undefined ? <Waiting /> : <Message id={parts[0]} />;
}
