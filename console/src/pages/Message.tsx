/* One message: its life, recipient by recipient, and what it says. */
import Alert from "@cloudscape-design/components/alert";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { verb } from "../api";
import type { Message as Mail, Recipient } from "../answers";
import { count, named, t, when } from "../i18n";
import { useLoad } from "../load";
import { Copy } from "../parts/Copy";
import { Failed } from "../parts/Failed";
import { List } from "../parts/List";
import { type Change, changes, QueueQuestion } from "../parts/QueueQuestion";
import { RecipientState } from "../parts/RecipientState";
import { Rendered } from "../parts/Rendered";
import { link } from "../route";
import { common } from "../words/common";
import { messageWords as w, queueWords, recipientStates } from "../words/mail";

const outcome: Record<string, StepsProps.Status> = {
  delivered: "success",
  bounced: "error",
  expired: "error",
  suppressed: "warning",
  dropped: "stopped",
  held: "stopped",
  queued: "in-progress",
};

/* What is known of a recipient: the state now and the last reply; earlier attempts are a number. */
function stepsOf(recipient: Recipient): StepsProps.Step[] {
  const tried = recipient.attempts > 0 ? `${t(queueWords.attempts)}: ${count(recipient.attempts)}` : "";
  const steps: StepsProps.Step[] = [
    {
      status: outcome[recipient.state] ?? "info",
      header: `${recipient.recipient}: ${named(recipientStates, recipient.state)}${recipient.finished ? `, ${when(recipient.finished)}` : ""}`,
      details: (
        <>
          {[recipient.status, recipient.reply].filter(Boolean).join(" ")}
          <div>{[recipient.remote, tried].filter(Boolean).join(" · ")}</div>
        </>
      ),
    },
  ];
  if (recipient.next) steps.push({ status: "pending", header: `${t(w.willTry)}: ${when(recipient.next)}` });
  if (recipient.expires) steps.push({ status: "pending", header: `${t(w.willExpire)}: ${when(recipient.expires)}` });
  return steps;
}

function Life({ mail }: { mail: Mail }) {
  const policy =
    mail.policy && `${t(w.decidedBy, mail.policy)}${mail.statement >= 0 ? `, ${t(w.statement, mail.statement)}` : ""}`;
  return (
    <Container header={<Header variant="h2">{t(w.life)}</Header>}>
      <Steps
        ariaLabel={t(w.life)}
        steps={[
          {
            status: "success",
            header: `${when(mail.accepted)}: ${t(w.acceptedFrom, mail.user)}`,
            details: (
              <>
                {[mail.source, mail.client].filter(Boolean).join(" · ")}
                <div>{policy}</div>
              </>
            ),
          },
          ...(mail.brake ? [{ status: "warning" as const, header: t(w.braked, mail.brake) }] : []),
          ...mail.recipients.slice(0, 50).flatMap(stepsOf),
        ]}
      />
    </Container>
  );
}

function Details({ mail }: { mail: Mail }) {
  const shown = (text: string) => (text ? <span className="code">{text}</span> : "–");
  return (
    <Container header={<Header variant="h2">{t(w.details)}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: t(common.user), value: mail.user ? <Link href={link("people", mail.user)}>{mail.user}</Link> : "–" },
          { label: t(queueWords.from), value: shown(mail.from) },
          { label: t(w.mailFrom), value: shown(mail.mail_from || "<>") },
          { label: t(w.onTheWire), value: shown(mail.mail_from_on_the_wire || "<>") },
          { label: t(w.key), value: shown(mail.key) },
          { label: t(w.client), value: shown([mail.source, mail.client].filter(Boolean).join(" · ")) },
          { label: t(w.tls), value: shown(mail.tls) },
          { label: t(w.size), value: count(mail.bytes) },
          { label: t(w.set), value: shown(mail.configuration_set) },
          { label: t(w.tags), value: shown(mail.tags) },
          { label: t(w.hidden), value: t(mail.provider_hidden ? common.yes : common.no) },
        ]}
      />
    </Container>
  );
}

function Source({ mail }: { mail: Mail }) {
  const body =
    mail.body === undefined ? (
      <Alert type="info">{t(w.noBody)}</Alert>
    ) : (
      <>
        {mail.body_cut && <Alert type="info">{t(w.cut)}</Alert>}
        <pre className="source">{mail.body}</pre>
      </>
    );
  return (
    <Container header={<Header variant="h2">{t(w.source)}</Header>}>
      <Tabs
        tabs={[
          { id: "headers", label: t(w.headers), content: <pre className="source">{mail.header}</pre> },
          { id: "body", label: t(w.body), content: body },
          {
            id: "rendered",
            label: t(w.rendered),
            content: mail.body === undefined ? body : <Rendered header={mail.header} body={mail.body} />,
          },
        ]}
      />
    </Container>
  );
}

export default function Message({ id }: { id: string }) {
  const loaded = useLoad(() => verb<Mail>("queue.show", { message: id }), [id]);
  const [chosen, setChosen] = useState<Recipient[]>([]);
  const [change, setChange] = useState<Change | null>(null);
  const mail = loaded.value;
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={t(queueWords.title)}
        items={[
          { text: t(queueWords.title), href: link("queue") },
          { text: t(w.title), href: link("queue", id) },
        ]}
      />
      <Header variant="h1" description={<Copy text={id} />}>
        {t(w.title)}
      </Header>
      <Failed error={loaded.error} again={() => void loaded.reload()} />
      {!mail && loaded.loading && <StatusIndicator type="loading">{t(common.loading)}</StatusIndicator>}
      {mail && (
        <>
          <Life mail={mail} />
          <List<Recipient>
            title={t(w.recipients)}
            loaded={{ ...loaded, value: mail.recipients }}
            rows={(row) => row.recipient}
            text={(row) => `${row.recipient} ${row.state} ${row.reply}`}
            multiple
            selected={chosen}
            select={setChosen}
            actions={
              <ButtonDropdown
                disabled={chosen.length === 0}
                items={(Object.keys(changes) as Change[]).map((id) => ({ id, text: t(changes[id]) }))}
                onItemClick={({ detail }) => setChange(detail.id as Change)}
              >
                {t(common.actions)}
              </ButtonDropdown>
            }
            columns={[
              {
                id: "recipient",
                header: t(queueWords.recipient),
                cell: (row) => row.recipient,
                sort: (row) => row.recipient,
              },
              {
                id: "state",
                header: t(common.state),
                cell: (row) => <RecipientState recipient={row} />,
                sort: (row) => row.state,
                width: 140,
              },
              {
                id: "reply",
                header: t(queueWords.reply),
                cell: (row) => [row.status, row.reply].filter(Boolean).join(" ") || "–",
                width: 220,
              },
              { id: "finished", header: t(common.time), cell: (row) => when(row.finished ?? row.next), width: 130 },
            ]}
          />
          <Details mail={mail} />
          <Source mail={mail} />
        </>
      )}
      {change && (
        <QueueQuestion
          change={change}
          of={chosen.map(({ recipient }) => ({ message: id, recipient }))}
          leave={() => setChange(null)}
          changed={() => {
            setChosen([]);
            void loaded.reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}
