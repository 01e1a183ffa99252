/* One operation: its input, its answer, and the same call from a shell. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import type { Operation } from "virtual:served";
import { call } from "../api";
import { t } from "../i18n";
import { useDoing } from "../load";
import { useSession } from "../session";
import { operationWords as w } from "../words/operations";
import { Ask } from "./Ask";
import { awsCommand, posternCommand } from "./command";
import { Copy } from "./Copy";
import { Failed } from "./Failed";
import { Members, skeleton } from "./Members";

type Input = Record<string, unknown>;

/* By its name: Delete..., Detach..., queue.drop. */
const takesAway = /^(Delete|Detach|Remove|Untag)|[._](delete|drop|erase|remove|revoke|rotate)$/;

function objectOf(text: string): Input | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Input) : null;
  } catch {
    return null;
  }
}

function Commands({ operation, input }: { operation: Operation; input: Input }) {
  const session = useSession();
  const { service, name } = operation;
  return (
    <Container header={<Header variant="h2">{t(w.commands)}</Header>}>
      <KeyValuePairs
        columns={1}
        items={[
          ...(service === "postern"
            ? []
            : [{ label: t(w.aws), value: <Copy text={awsCommand(session, service, name, input)} /> }]),
          { label: t(w.postern), value: <Copy text={posternCommand(service, name, input)} /> },
        ]}
      />
    </Container>
  );
}

export function OneOperation({ operation }: { operation: Operation }) {
  const { service, name, members } = operation;
  const [text, setText] = useState(() => JSON.stringify(skeleton(members ?? []), null, 2));
  const [answer, setAnswer] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const doing = useDoing();
  const input = objectOf(text);
  const run = async () => {
    setAnswer(null);
    setAnswer(JSON.stringify(await call(service, name, input ?? {}), null, 2));
  };
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{name}</Header>}>
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={2}
            items={[
              { label: t(w.permission), value: <span className="code">{operation.action}</span> },
              ...(operation.deviation ? [{ label: t(w.deviation), value: operation.deviation }] : []),
            ]}
          />
          {members && (
            <ExpandableSection headerText={t(w.takes)}>
              {members.length ? <Members members={members} /> : t(w.takesNothing)}
            </ExpandableSection>
          )}
          <FormField label={t(w.input)} description={t(w.inputHint)} errorText={!input && t(w.noObject)} stretch>
            <div className="editor">
              <Textarea
                value={text}
                rows={10}
                autoFocus
                spellcheck={false}
                onChange={({ detail }) => setText(detail.value)}
              />
            </div>
          </FormField>
          <Button
            variant="primary"
            disabled={!input}
            loading={doing.busy}
            onClick={() => (takesAway.test(name) ? setAsking(true) : void doing.run(run))}
          >
            {t(w.run)}
          </Button>
          <div aria-live="polite">
            {!asking && <Failed error={doing.error} />}
            {answer !== null && (
              <FormField label={t(w.answer)} stretch>
                <pre className="source">{answer}</pre>
              </FormField>
            )}
          </div>
        </SpaceBetween>
      </Container>
      {input && <Commands operation={operation} input={input} />}
      {asking && (
        <Ask title={`${service} ${name}`} yes={t(w.run)} doing={doing} leave={() => setAsking(false)} act={run}>
          {t(w.runAsk, name)}
          <pre className="source">{text}</pre>
        </Ask>
      )}
    </SpaceBetween>
  );
}
