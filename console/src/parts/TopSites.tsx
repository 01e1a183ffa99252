/* Where the mail of the last day went. */
import Link from "@cloudscape-design/components/link";
import { verb } from "../api";
import type { Time } from "../answers";
import { count, t, when } from "../i18n";
import { useLoad } from "../load";
import { link } from "../route";
import { overviewWords as w } from "../words/overview";
import { queueWords } from "../words/mail";
import { List } from "./List";

interface Site {
  site: string;
  delivered: number;
  waiting: number;
  failed: number;
}

export function TopSites() {
  const loaded = useLoad(() => verb<{ since: Time; sites: Site[] }>("statistics.sites"));
  return (
    <List<Site>
      title={t(w.topSites)}
      description={loaded.value && t(w.topSitesHint, when(loaded.value.since))}
      loaded={{ ...loaded, value: loaded.value?.sites }}
      rows={(row) => row.site}
      text={(row) => row.site}
      pageSize={10}
      columns={[
        {
          id: "site",
          header: t(queueWords.site),
          cell: (row) => <Link href={link("messages", "to", `@${row.site}`)}>{row.site}</Link>,
          sort: (row) => row.site,
        },
        { id: "delivered", header: t(w.delivered), cell: (row) => count(row.delivered), sort: (row) => row.delivered },
        { id: "waiting", header: t(w.waiting), cell: (row) => count(row.waiting), sort: (row) => row.waiting },
        { id: "failed", header: t(w.bounces), cell: (row) => count(row.failed), sort: (row) => row.failed },
      ]}
    />
  );
}
