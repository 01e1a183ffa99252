import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { named } from "../i18n";
import { proofStates } from "../words/identities";

const types: Record<string, StatusIndicatorProps.Type> = {
  SUCCESS: "success",
  PENDING: "pending",
  FAILED: "error",
  TEMPORARY_FAILURE: "warning",
  NOT_STARTED: "stopped",
};

/* Of a domain or address, or of a part of its proof. */
export function ProofState({ state }: { state?: string }) {
  if (!state) return <>–</>;
  return <StatusIndicator type={types[state] ?? "info"}>{named(proofStates, state)}</StatusIndicator>;
}
