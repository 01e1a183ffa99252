import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { named, t } from "../i18n";
import { queueWords as w, recipientStates } from "../words/mail";

const types: Record<string, StatusIndicatorProps.Type> = {
  queued: "pending",
  held: "stopped",
  delivered: "success",
  bounced: "error",
  expired: "error",
  suppressed: "warning",
  dropped: "stopped",
};

export function RecipientState({ recipient }: { recipient: { state: string; held_by?: string; under_way?: boolean } }) {
  const name = named(recipientStates, recipient.state);
  const words = recipient.held_by ? t(w.heldBy, recipient.held_by) : recipient.under_way ? t(w.underWay) : name;
  return (
    <StatusIndicator type={recipient.under_way ? "in-progress" : (types[recipient.state] ?? "info")}>
      {words}
    </StatusIndicator>
  );
}
