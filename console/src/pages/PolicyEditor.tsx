/* One policy: edited, validated while it is typed, and compared before it is stored. */
import Box from "@cloudscape-design/components/box";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Textarea from "@cloudscape-design/components/textarea";
import { useEffect, useRef, useState } from "react";
import { verb } from "../api";
import type { AccessChange, PolicyDocument, PolicyFinding } from "../answers";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { Changes } from "../parts/Changes";
import { Failed } from "../parts/Failed";
import { notify } from "../parts/notify";
import { type PlaceKind, placeInput } from "../parts/place";
import { PolicyFindings } from "../parts/PolicyFindings";
import { pretty } from "../parts/pretty";
import { go, link } from "../route";
import { common } from "../words/common";
import { policyWords as w } from "../words/access";

const empty = pretty(
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["ses:SendEmail", "ses:SendRawEmail"],
        Resource: "*",
        Condition: { StringEquals: { "ses:FromAddress": "name@example.com" } },
      },
    ],
  }),
);
const PAUSE_MS = 400; // of typing, before the server is asked again

function useFindings(document: string, kind: PlaceKind) {
  const [settled, setSettled] = useState(document);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(document), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [document]);
  return useLoad(
    async () =>
      (
        await verb<{ findings: PolicyFinding[] }>("policy.validate", {
          document: settled,
          type: kind === "identity" ? "RESOURCE_POLICY" : "IDENTITY_POLICY",
        })
      ).findings,
    [settled, kind],
  );
}

interface EditorProps {
  kind: PlaceKind;
  owner: string;
  name: string;
}

function Editor({ kind, owner, name: known, stored }: EditorProps & { stored: string }) {
  const [name, setName] = useState(known);
  const [document, setDocument] = useState(stored);
  const [question, setQuestion] = useState<"save" | "remove" | null>(null);
  const [compared, setCompared] = useState<string | null>(null);
  const area = useRef<HTMLDivElement>(null);
  const findings = useFindings(document, kind);
  const doing = useDoing();
  const place = placeInput(kind, owner);
  const put = { name: name.trim(), document, ...place };
  const wanted =
    question === "remove" ? { operation: "policy.delete", name, ...place } : { operation: "policy.put", ...put };
  const changes = useLoad(
    async () =>
      !question && compared === null
        ? undefined
        : (await verb<{ changes: AccessChange[] }>("access.compare", { changes: [wanted] })).changes,
    [question, compared],
  );

  /* Offsets are of bytes, what a text area counts is UTF-16: lines and columns fit both for ASCII. */
  const select = (finding: PolicyFinding) => {
    const field = area.current?.querySelector("textarea");
    const span = finding.locations[0]?.span;
    if (!field || !span) return;
    const lines = document.split("\n");
    const offset = (line: number, column: number) =>
      lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column;
    field.focus();
    field.setSelectionRange(offset(span.start.line, span.start.column), offset(span.end.line, span.end.column));
  };
  /* What an earlier text would have changed says nothing of this one. */
  const shown = { ...changes, value: changes.loading ? undefined : changes.value };
  return (
    <SpaceBetween size="l">
      <Container>
        <SpaceBetween size="m">
          {!known && (
            <FormField label={t(w.name)} constraintText={!name.trim() && t(w.needName)}>
              <Input value={name} name="name" onChange={({ detail }) => setName(detail.value)} />
            </FormField>
          )}
          <FormField label={t(w.document)} stretch>
            <div className="editor" ref={area}>
              <Textarea
                value={document}
                rows={18}
                spellcheck={false}
                ariaLabel={t(w.document)}
                onChange={({ detail }) => setDocument(detail.value)}
              />
            </div>
          </FormField>
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={!name.trim()} onClick={() => setCompared(document + name)}>
              {t(w.compare)}
            </Button>
            <Button variant="primary" disabled={!name.trim()} onClick={() => setQuestion("save")}>
              {t(common.save)}
            </Button>
          </SpaceBetween>
        </SpaceBetween>
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            actions={known && <Button onClick={() => setQuestion("remove")}>{t(common.remove)}</Button>}
          >
            {t(w.findings)} {findings.loading && <Spinner />}
          </Header>
        }
      >
        <div aria-live="polite">
          <Failed error={findings.error} />
          {findings.value && <PolicyFindings document={document} findings={findings.value} select={select} />}
        </div>
      </Container>
      {compared !== null && !question && <Changes changes={shown} />}
      {question && (
        <Ask
          title={t(question === "save" ? w.save : w.remove)}
          yes={t(question === "save" ? common.save : common.remove)}
          doing={doing}
          leave={() => setQuestion(null)}
          act={async () => {
            await verb(
              question === "save" ? "policy.put" : "policy.delete",
              question === "save" ? put : { name, ...place },
            );
            notify(t(common.done, `${t(question === "save" ? w.save : w.remove)}: ${name}`));
            if (question === "remove") go("policies", kind, owner);
            else if (!known) go("policies", kind, owner, name.trim());
          }}
        >
          <Box>{question === "save" ? t(w.saveAsk) : t(w.removeAsk, name)}</Box>
          <Changes changes={shown} />
        </Ask>
      )}
    </SpaceBetween>
  );
}

export default function PolicyEditor({ kind, owner, name }: EditorProps) {
  const stored = useLoad(async () => {
    if (!name) return empty;
    const { policies } = await verb<{ policies: PolicyDocument[] }>("policy.show", {
      name,
      ...placeInput(kind, owner),
    });
    return pretty(policies[0]?.document ?? "");
  }, [kind, owner, name]);
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={t(w.title)}
        items={[
          { text: t(w.title), href: link("policies") },
          { text: owner || t(w.managed), href: link("policies", kind, owner) },
          { text: name || t(w.create), href: link("policies", kind, owner, name) },
        ]}
      />
      <Header variant="h1">
        <span className="name">{name || t(w.create)}</span>
      </Header>
      <Failed error={stored.error} again={() => void stored.reload()} />
      {stored.value !== undefined && <Editor kind={kind} owner={owner} name={name} stored={stored.value} />}
      {stored.loading && (
        <Box>
          <Spinner /> {t(common.loading)}
        </Box>
      )}
    </SpaceBetween>
  );
}
