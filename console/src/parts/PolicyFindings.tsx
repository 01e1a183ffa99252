/* What ValidatePolicy finds, each under the line it is about. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { PolicyFinding } from "../answers";
import { named, t } from "../i18n";
import { policyWords as w, severities } from "../words/access";

const types: Record<PolicyFinding["findingType"], StatusIndicatorProps.Type> = {
  ERROR: "error",
  SECURITY_WARNING: "error",
  WARNING: "warning",
  SUGGESTION: "info",
};

/* A finding about the document as a whole has no place of its own: it stands at the first line. */
function lineOf(finding: PolicyFinding): number {
  return finding.locations[0]?.span.start.line ?? 1;
}

/* Links lead to the documentation of the checks and nowhere else. */
function safeLink(text: string): string | undefined {
  return text.startsWith("https://") ? text : undefined;
}

function Finding({ finding, select }: { finding: PolicyFinding; select: () => void }) {
  const more = safeLink(finding.learnMoreLink);
  return (
    <div className="finding">
      <StatusIndicator type={types[finding.findingType] ?? "info"}>
        {named(severities, finding.findingType)}: {finding.findingDetails}
      </StatusIndicator>{" "}
      <Button variant="inline-link" onClick={select}>
        {t(w.line, lineOf(finding))}
      </Button>{" "}
      {more && (
        <Link external href={more} fontSize="body-s">
          {t(w.learn)}
        </Link>
      )}
    </div>
  );
}

export function PolicyFindings({
  document,
  findings,
  select,
}: {
  document: string;
  findings: PolicyFinding[];
  select: (finding: PolicyFinding) => void;
}) {
  if (findings.length === 0) return <Alert type="success">{t(w.noFindings)}</Alert>;
  return (
    <ol className="lines">
      {document.split("\n").map((line, at) => (
        <li key={at}>
          {line}
          {findings
            .filter((finding) => lineOf(finding) === at + 1)
            .map((finding, which) => (
              <Finding key={which} finding={finding} select={() => select(finding)} />
            ))}
        </li>
      ))}
    </ol>
  );
}
