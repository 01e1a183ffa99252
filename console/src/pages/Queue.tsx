/* #/queue: what waits, why, and what can be done about it. #/queue/MESSAGE is one message. */
import ButtonDropdown, { type ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { verb } from "../api";
import type { Queue as QueueAnswer, Queued } from "../answers";
import { count, t, when } from "../i18n";
import { useLoad, usePages } from "../load";
import { asked, type Filter, Filters } from "../parts/Filters";
import { PagedList } from "../parts/List";
import { type Change, changes, QueueQuestion } from "../parts/QueueQuestion";
import { RecipientState } from "../parts/RecipientState";
import { Sites } from "../parts/Sites";
import { link } from "../route";
import { common } from "../words/common";
import { queueWords as w } from "../words/mail";
import Message from "./Message";

const PAGE = 50;
const nothing: Filter = { as: "", key: "", site: "" };
const keyOf = (row: Queued) => `${row.message} ${row.recipient}`;

function Waiting() {
  const [filter, setFilter] = useState(nothing);
  const [chosen, setChosen] = useState<Queued[]>([]);
  const [question, setQuestion] = useState<{ change: Change; of: Queued[] | Filter } | null>(null);
  const [version, setVersion] = useState(0);
  const counts = useLoad(async () => (await verb<QueueAnswer>("queue.list", { limit: 1 })).counts, [version]);
  const pages = usePages<Queued>(
    async (after) => {
      const { queue, next } = await verb<QueueAnswer>("queue.list", {
        ...asked(filter),
        limit: PAGE,
        ...(after && { after }),
      });
      return { items: queue, next };
    },
    [filter, version],
  );
  const changed = () => {
    setChosen([]);
    setVersion(version + 1);
  };
  const look = (next: Filter) => {
    setChosen([]);
    setFilter(next);
  };
  const items: ButtonDropdownProps.Items = (Object.keys(changes) as Change[]).map((id) => ({
    id,
    text: t(changes[id]),
    disabled: chosen.length === 0,
  }));
  const all: ButtonDropdownProps.Items = (Object.keys(changes) as Change[]).map((id) => ({
    id: `all ${id}`,
    text: t(changes[id]),
  }));
  return (
    <SpaceBetween size="l">
      <PagedList<Queued>
        page
        title={t(w.title)}
        description={counts.value && t(w.description, count(counts.value.queued), count(counts.value.held))}
        pages={pages}
        rows={keyOf}
        label={(row) => row.recipient}
        empty={t(w.empty)}
        multiple
        selected={chosen}
        select={setChosen}
        filters={
          <Filters
            key={filter.site}
            value={filter}
            apply={look}
            fields={[
              { id: "as", label: t(w.of) },
              { id: "key", label: t(w.ofKey) },
              { id: "site", label: t(w.site) },
            ]}
          />
        }
        actions={
          <ButtonDropdown
            items={[...items, { id: "everything", text: t(w.all), items: all }]}
            onItemClick={({ detail }) =>
              setQuestion({
                change: detail.id.replace("all ", "") as Change,
                of: detail.id.startsWith("all ") ? asked(filter) : chosen,
              })
            }
          >
            {t(common.actions)}
          </ButtonDropdown>
        }
        columns={[
          { id: "recipient", header: t(w.recipient), cell: (row) => row.recipient, width: 150 },
          { id: "state", header: t(common.state), cell: (row) => <RecipientState recipient={row} />, width: 150 },
          { id: "reply", header: t(w.reply), cell: (row) => row.reply || "–", width: 200 },
          {
            id: "from",
            header: t(w.from),
            width: 150,
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
          },
          { id: "attempts", header: t(w.attempts), cell: (row) => count(row.attempts) },
          { id: "next", header: t(w.next), cell: (row) => when(row.next), width: 130 },
          { id: "accepted", header: t(w.accepted), cell: (row) => when(row.accepted), width: 130 },
        ]}
      />
      <Sites version={version} choose={(site) => look({ ...nothing, site })} changed={changed} />
      {question && (
        <QueueQuestion
          change={question.change}
          of={question.of}
          leave={() => setQuestion(null)}
          changed={changed}
        />
      )}
    </SpaceBetween>
  );
}

export default function Queue({ parts }: { parts: string[] }) {
  return parts[0] === undefined ? <Waiting /> : <Message id={parts[0]} />;
}
