/* A message of a domain, sent to nobody and read as a receiver would read it. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { verb } from "../api";
import type { Examination, ExaminationFinding } from "../answers";
import { named, t } from "../i18n";
import { useDoing } from "../load";
import { link } from "../route";
import { identityWords as w, verdicts } from "../words/identities";
import { queueWords } from "../words/mail";
import { Copy } from "./Copy";
import { Failed } from "./Failed";
import { List } from "./List";

const types: Record<ExaminationFinding["verdict"], StatusIndicatorProps.Type> = {
  red: "error",
  amber: "warning",
  green: "success",
  note: "info",
};
const order = Object.keys(types);

function Remedy({ finding }: { finding: ExaminationFinding }) {
  if (finding.publish)
    return (
      <>
        <Copy text={finding.publish.name} /> {finding.publish.type} <Copy text={finding.publish.value} />
      </>
    );
  return finding.run ? <Copy text={finding.run} /> : <>–</>;
}

function Findings({ said, again }: { said: Examination; again: () => Promise<void> }) {
  return (
    <SpaceBetween size="m">
      {said.message && (
        <Alert type="info">
          {t(w.examineAs, said.user ?? "", said.from ?? "")}{" "}
          <Link href={link("queue", said.message)}>{t(queueWords.message)}</Link>
        </Alert>
      )}
      <List<ExaminationFinding & { row: number }>
        title={t(w.finding)}
        variant="embedded"
        rows={(finding) => String(finding.row)}
        text={(finding) => `${finding.subject} ${finding.words}`}
        loaded={{
          value: said.findings.map((finding, row) => ({ ...finding, row })),
          error: null,
          loading: false,
          reload: again,
        }}
        columns={[
          {
            id: "verdict",
            header: t(w.verification),
            sort: (finding) => order.indexOf(finding.verdict),
            cell: (finding) => (
              <StatusIndicator type={types[finding.verdict] ?? "info"}>
                {named(verdicts, finding.verdict)}
              </StatusIndicator>
            ),
          },
          {
            id: "subject",
            header: t(w.subject),
            cell: (finding) => finding.subject,
            sort: (finding) => finding.subject,
          },
          {
            id: "words",
            header: t(w.finding),
            cell: (finding) => <span className="name">{finding.words}</span>,
            width: 260,
          },
          { id: "remedy", header: t(w.remedy), cell: (finding) => <Remedy finding={finding} />, width: 240 },
        ]}
      />
    </SpaceBetween>
  );
}

export function Examine({ domain }: { domain: string }) {
  const [said, setSaid] = useState<Examination | null>(null);
  const doing = useDoing();
  const run = async () => {
    await doing.run(async () => setSaid(await verb<Examination>("domain.examine", { domain })));
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t(w.examineHint)}
          actions={
            <Button loading={doing.busy} onClick={() => void run()}>
              {t(w.examineRun)}
            </Button>
          }
        >
          {t(w.examine)}
        </Header>
      }
    >
      <div aria-live="polite">
        <Failed error={doing.error} />
        {said && <Findings said={said} again={run} />}
      </div>
    </Container>
  );
}
