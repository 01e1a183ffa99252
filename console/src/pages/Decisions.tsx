/* #/decisions: the record, searched on the server. */
import { useMemo, useState } from "react";
import { counted, t } from "../i18n";
import { DecisionList } from "../parts/DecisionList";
import { type Filter, Filters } from "../parts/Filters";
import { common } from "../words/common";
import { decisionWords as w } from "../words/decisions";

const spans = [1, 24, 72, 24 * 7, 24 * 30];

export default function Decisions() {
  const [filter, setFilter] = useState<Filter>({ user: "", from: "", outcome: "", hours: "24" });
  const since = useMemo(
    () => new Date(Date.now() - Number(filter.hours) * 3600_000).toISOString().slice(0, 16) + "Z",
    [filter],
  );
  return (
    <DecisionList
      page
      title={t(w.title)}
      description={t(w.description)}
      since={since}
      user={filter.user}
      from={filter.from}
      outcome={filter.outcome}
      filters={
        <Filters
          value={filter}
          apply={setFilter}
          fields={[
            { id: "user", label: t(w.anyUser) },
            { id: "from", label: t(w.anyFrom) },
            {
              id: "outcome",
              label: t(w.decision),
              options: [
                { value: "", label: t(w.both) },
                { value: "allowed", label: t(w.allowed) },
                { value: "refused", label: t(common.refused) },
              ],
            },
            {
              id: "hours",
              label: t(w.since),
              options: spans.map((hours) => ({
                value: String(hours),
                label: hours <= 24 ? counted(w.lastHours, hours) : counted(w.lastDays, hours / 24),
              })),
            },
          ]}
        />
      }
    />
  );
}
