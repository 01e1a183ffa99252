/* One message: its life, recipient by recipient, and what it says. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { verb } from "../api";
import type { Happened, Message as Mail, Recipient } from "../answers";
import { count, named, t, when } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Copy } from "../parts/Copy";
import { saveAs } from "../parts/download";
import { Failed } from "../parts/Failed";
import { List } from "../parts/List";
import { type Change, changes, QueueQuestion } from "../parts/QueueQuestion";
import { RecipientState } from "../parts/RecipientState";
import { Rendered } from "../parts/Rendered";
import { said } from "../parts/said";
import { link } from "../route";
import { common } from "../words/common";
import { messageWords as w, messagesWords, queueWords, recipientStates, whatHappened } from "../words/mail";

const LIVES = 50; // recipients whose lives are drawn

const outcome: Record<string, StepsProps.Status> = {
  delivered: "success",
  bounced: "error",
  expired: "error",
  suppressed: "warning",
  dropped: "stopped",
  held: "stopped",
  queued: "in-progress",
};

const happened: Record<string, StepsProps.Status> = { ...outcome, deferred: "warning", failed: "error" };

function Dialogue({ text }: { text: string }) {
  return (
    <ExpandableSection headerText={t(w.dialogue)} variant="footer">
      <pre className="source">{text}</pre>
    </ExpandableSection>
  );
}

function happenedStep(recipient: string, one: Happened): StepsProps.Step {
  const attempt = one.attempt ? `${t(w.attempt, one.attempt)}` : "";
  return {
    status: happened[one.what] ?? "info",
    header: `${when(one.time)}: ${recipient}: ${named(whatHappened, one.what)}`,
    details: (
      <>
        {said(one)}
        <div>{[attempt, one.remote, one.tls && `${t(w.tls)}: ${one.tls}`].filter(Boolean).join(" · ")}</div>
        {one.dialogue && <Dialogue text={one.dialogue} />}
      </>
    ),
  };
}

/* What is before its end is the ledger's; how it stands now is the queue's. */
function stepsOf(recipient: Mail["recipients"][number]): StepsProps.Step[] {
  const tried = recipient.attempts > 0 ? `${t(queueWords.attempts)}: ${count(recipient.attempts)}` : "";
  const end = recipient.finished ? recipient.history.find((one) => one.what === recipient.state) : undefined;
  const told = recipient.history.filter((one) => one !== end);
  const news = recipient.finished || told.length === 0; // what was said is not above already
  const steps: StepsProps.Step[] = [
    ...told.map((one) => happenedStep(recipient.recipient, one)),
    {
      status: outcome[recipient.state] ?? "info",
      header: `${recipient.finished ? `${when(recipient.finished)}: ` : ""}${recipient.recipient}: ${named(recipientStates, recipient.state)}`,
      details: (
        <>
          {news && said(recipient)}
          <div>{[news && recipient.remote, tried].filter(Boolean).join(" · ")}</div>
          {end?.dialogue && <Dialogue text={end.dialogue} />}
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
          ...mail.recipients.slice(0, LIVES).flatMap(stepsOf),
        ]}
      />
      {mail.recipients.length > LIVES && <Alert type="info">{t(w.onlyFirst, LIVES)}</Alert>}
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
          { label: t(common.user), value: mail.key ? <Link href={link("people", mail.user)}>{mail.user}</Link> : mail.user },
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

/* All of it, as it leaves: the body in pieces. */
async function readWhole(mail: Mail): Promise<Blob> {
  const pieces: BlobPart[] = [mail.header];
  for (let chunk = 0, more = true; more; chunk++) {
    const got = await verb<{ bytes: string; more: boolean }>("message.body", { message: mail.message, chunk });
    pieces.push(Uint8Array.from(atob(got.bytes), (letter) => letter.charCodeAt(0)));
    more = got.more;
  }
  return new Blob(pieces, { type: "message/rfc822" });
}

function DownloadWhole({ mail }: { mail: Mail }) {
  const doing = useDoing();
  return (
    <SpaceBetween size="xs">
      <Button
        iconName="download"
        loading={doing.busy}
        onClick={() => void doing.run(async () => saveAs(`${mail.message}.eml`, await readWhole(mail)))}
      >
        {t(w.wholeMessage)}
      </Button>
      <Failed error={doing.error} />
    </SpaceBetween>
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
    <Container
      header={
        <Header variant="h2" actions={mail.body !== undefined && <DownloadWhole mail={mail} />}>
          {t(w.source)}
        </Header>
      }
    >
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
        ariaLabel={t(messagesWords.title)}
        items={[
          { text: t(messagesWords.title), href: link("messages") },
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
                cell: (row) => said(row) || "–",
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
