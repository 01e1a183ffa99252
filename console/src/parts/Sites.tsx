/* What waits, by the domain it goes to, and what can be done about all of it. */
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { verb } from "../api";
import type { WaitingSite } from "../answers";
import { count, sortable, t, when } from "../i18n";
import { useLoad } from "../load";
import { common } from "../words/common";
import { queueWords as w } from "../words/mail";
import { List } from "./List";
import { type Change, changes, QueueQuestion } from "./QueueQuestion";

const SITES = 200; // with the most that waits

interface SitesProps {
  version?: number; // of what waits: another is read anew
  choose?: (site: string) => void;
  changed?: () => void;
}

export function Sites({ version, choose, changed }: SitesProps) {
  const loaded = useLoad(
    async () => (await verb<{ sites: WaitingSite[] }>("queue.sites", { limit: SITES })).sites,
    [version],
  );
  const [question, setQuestion] = useState<{ change: Change; site: string } | null>(null);
  return (
    <>
      <List<WaitingSite>
        title={t(w.bySite)}
        loaded={loaded}
        rows={(row) => row.site}
        text={(row) => `${row.site} ${row.reply}`}
        empty={t(w.empty)}
        pageSize={10}
        columns={[
          {
            id: "site",
            header: t(w.site),
            sort: (row) => row.site,
            cell: (row) =>
              choose ? (
                <Link
                  href="#/queue"
                  onFollow={(event) => {
                    event.preventDefault();
                    choose(row.site);
                  }}
                >
                  {row.site}
                </Link>
              ) : (
                row.site
              ),
          },
          { id: "queued", header: t(w.queued), cell: (row) => count(row.queued), sort: (row) => row.queued },
          { id: "held", header: t(w.held), cell: (row) => count(row.held), sort: (row) => row.held },
          { id: "next", header: t(w.next), cell: (row) => when(row.next), sort: (row) => sortable(row.next), width: 130 },
          { id: "reply", header: t(w.reply), cell: (row) => row.reply || "–", width: 240 },
          ...(choose
            ? [
                {
                  id: "act",
                  header: t(common.actions),
                  cell: (row: WaitingSite) => (
                    <ButtonDropdown
                      variant="inline-icon"
                      ariaLabel={`${t(common.actions)}: ${row.site}`}
                      expandToViewport
                      items={(Object.keys(changes) as Change[]).map((id) => ({ id, text: t(changes[id]) }))}
                      onItemClick={({ detail }) => setQuestion({ change: detail.id as Change, site: row.site })}
                    />
                  ),
                },
              ]
            : []),
        ]}
      />
      {question && (
        <QueueQuestion
          change={question.change}
          of={{ site: question.site }}
          leave={() => setQuestion(null)}
          changed={() => changed?.()}
        />
      )}
    </>
  );
}
