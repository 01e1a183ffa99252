/* Addresses gained and lost, by user: what a change would do before it is made. */
import Alert from "@cloudscape-design/components/alert";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { AccessChange } from "../answers";
import { t } from "../i18n";
import type { Loaded } from "../load";
import { common } from "../words/common";
import { accessWords, policyWords as w } from "../words/access";
import { GrantWords } from "./AccessMatrix";
import { List } from "./List";

export function Changes({ changes }: { changes: Loaded<AccessChange[]> }) {
  if (changes.value?.length === 0) return <Alert type="success">{t(w.noChange)}</Alert>;
  return (
    <List<AccessChange>
      title={t(w.changes)}
      loaded={changes}
      pageSize={10}
      text={(change) => `${change.user} ${change.addresses}`}
      rows={(change) => [change.change, change.user, change.addresses, change.policy].join("\n")}
      columns={[
        { id: "user", header: t(common.user), cell: (change) => change.user, sort: (change) => change.user },
        {
          id: "change",
          header: t(w.change),
          sort: (change) => change.change,
          cell: (change) =>
            change.change === "gained" ? (
              <StatusIndicator type="warning">{t(w.gained)}</StatusIndicator>
            ) : (
              <StatusIndicator type="stopped">{t(w.lost)}</StatusIndicator>
            ),
        },
        { id: "addresses", header: t(common.address), width: 180, cell: (change) => <GrantWords grant={change} /> },
        { id: "conditions", header: t(accessWords.conditions), width: 160, cell: (change) => change.conditions || "–" },
      ]}
    />
  );
}
