/* #/simulator[/USER]: the decision on a message, the statement behind it and the words, without sending. */
import Alert from "@cloudscape-design/components/alert";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { verb } from "../api";
import type { Explanation, User } from "../answers";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Failed } from "../parts/Failed";
import { pretty } from "../parts/pretty";
import { common } from "../words/common";
import { simulatorWords as w } from "../words/access";

const actions = [
  "ses:SendRawEmail",
  "ses:SendEmail",
  "ses:SendTemplatedEmail",
  "ses:SendBulkTemplatedEmail",
  "ses:SendBounce",
].map((value) => ({ value, label: value }));

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

function Decided({ said }: { said: Explanation }) {
  return (
    <Container header={<Header variant="h2">{t(said.allowed ? w.allowed : w.refused)}</Header>}>
      <SpaceBetween size="m">
        <Alert type={said.allowed ? "success" : "error"} header={said.reason}>
          {said.reply}
        </Alert>
        {said.active_keys === 0 && <Alert type="warning">{t(w.noKeys)}</Alert>}
        <KeyValuePairs
          columns={2}
          items={[
            { label: t(w.check), value: said.check || "–" },
            { label: t(w.address), value: said.address || "–" },
            { label: t(w.resource), value: <span className="code">{said.resource || "–"}</span> },
            { label: t(w.signedBy), value: said.dkim_domain || "–" },
            { label: t(w.policy), value: said.policy ?? "–" },
          ]}
        />
        {said.statement_text !== undefined && (
          <div>
            <Header variant="h3">{t(w.statement, said.statement ?? 0)}</Header>
            <pre className="source">{pretty(said.statement_text)}</pre>
          </div>
        )}
      </SpaceBetween>
    </Container>
  );
}

export default function Simulator({ parts }: { parts: string[] }) {
  const [user, setUser] = useState(parts[0] ?? "");
  const [from, setFrom] = useState(parts[0]?.includes("@") ? parts[0] : "");
  const [mailFrom, setMailFrom] = useState("");
  const [to, setTo] = useState("");
  const [headers, setHeaders] = useState("");
  const [action, setAction] = useState(actions[0]!);
  const [sourceIp, setSourceIp] = useState("");
  const [tried, setTried] = useState(false);
  const [said, setSaid] = useState<Explanation | null>(null);
  const users = useLoad(() => verb<{ users: User[] }>("user.list"));
  const doing = useDoing();

  const decide = () => {
    setTried(true);
    setSaid(null);
    if (user && from)
      void doing.run(async () =>
        setSaid(
          await verb<Explanation>("decision.explain", {
            user,
            from,
            to: lines(to),
            header: lines(headers),
            action: action.value,
            ...(mailFrom && { mail_from: mailFrom }),
            ...(sourceIp && { source_ip: sourceIp }),
          }),
        ),
      );
  };
  return (
    <SpaceBetween size="l">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          decide();
        }}
      >
        <Form
          header={
            <Header variant="h1" description={t(w.description)}>
              {t(w.title)}
            </Header>
          }
          actions={
            <Button variant="primary" loading={doing.busy}>
              {t(w.decide)}
            </Button>
          }
        >
          <Container>
            <ColumnLayout columns={2}>
              <FormField label={t(w.user)} errorText={tried && !user && t(w.needUser)}>
                <Autosuggest
                  value={user}
                  onChange={({ detail }) => setUser(detail.value)}
                  enteredTextLabel={(value) => value}
                  statusType={users.loading ? "loading" : users.error ? "error" : "finished"}
                  loadingText={t(common.loading)}
                  errorText={users.error?.message}
                  empty={t(common.noMatch)}
                  options={(users.value?.users ?? []).map((one) => ({ value: one.user }))}
                />
              </FormField>
              <FormField label={t(w.from)} description={t(w.fromHint)} errorText={tried && !from && t(w.needFrom)}>
                <Input value={from} name="from" onChange={({ detail }) => setFrom(detail.value)} />
              </FormField>
              <FormField label={t(w.mailFrom)} description={t(w.mailFromHint)}>
                <Input value={mailFrom} name="mail_from" onChange={({ detail }) => setMailFrom(detail.value)} />
              </FormField>
              <FormField label={t(w.sourceIp)}>
                <Input value={sourceIp} name="source_ip" onChange={({ detail }) => setSourceIp(detail.value)} />
              </FormField>
              <FormField label={t(w.to)} description={t(w.toHint)}>
                <Textarea value={to} rows={2} onChange={({ detail }) => setTo(detail.value)} />
              </FormField>
              <FormField label={t(w.headers)} description={t(w.headersHint)}>
                <Textarea value={headers} rows={2} onChange={({ detail }) => setHeaders(detail.value)} />
              </FormField>
              <FormField label={t(w.action)}>
                <Select
                  selectedOption={action}
                  options={actions}
                  onChange={({ detail }) =>
                    setAction(actions.find((one) => one.value === detail.selectedOption.value)!)
                  }
                />
              </FormField>
            </ColumnLayout>
          </Container>
        </Form>
      </form>
      <div aria-live="polite">
        <Failed error={doing.error} />
        {said && <Decided said={said} />}
      </div>
    </SpaceBetween>
  );
}
