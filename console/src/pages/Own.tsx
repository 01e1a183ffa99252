/* #/own: what somebody who administers nothing sees: their own address, credential, mail and sign-in. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { verb } from "../api";
import type { Credential, Own as Told, OwnMessage } from "../answers";
import { count, t, when } from "../i18n";
import { useDoing, useLoad, usePages } from "../load";
import { Ask } from "../parts/Ask";
import { Copy } from "../parts/Copy";
import { Failed } from "../parts/Failed";
import { List, PagedList } from "../parts/List";
import { RecipientState } from "../parts/RecipientState";
import { said } from "../parts/said";
import { Settings } from "../parts/Settings";
import { Password, SecondFactor } from "../parts/SignInSettings";
import { TestMail } from "../parts/TestMail";
import { common } from "../words/common";
import { messagesWords, messageWords, queueWords } from "../words/mail";
import { ownWords as w } from "../words/own";
import { people, settingsWords } from "../words/people";

type OwnKey = Told["keys"][number];
type OwnAddress = Told["addresses"][number];

const PAGE = 25;

function Fate({ message }: { message: OwnMessage }) {
  if (!message.message)
    return (
      <StatusIndicator type="error">
        {t(common.refused)}: {message.reply}
      </StatusIndicator>
    );
  return (
    <SpaceBetween size="xxs">
      {message.recipients.map((recipient) => (
        <div key={recipient.recipient}>
          {recipient.recipient}: <RecipientState recipient={recipient} />
          <Box fontSize="body-s" color="text-body-secondary">
            {[
              recipient.finished && when(recipient.finished),
              said(recipient),
              recipient.next && `${t(messageWords.willTry)}: ${when(recipient.next)}`,
            ]
              .filter(Boolean)
              .join(" · ")}
          </Box>
        </div>
      ))}
    </SpaceBetween>
  );
}

function Mail() {
  const pages = usePages<OwnMessage & { row: number }>(async (before) => {
    const { messages, next } = await verb<{ messages: OwnMessage[]; next?: string }>("own.mail", {
      limit: PAGE,
      ...(before && { before }),
    });
    return { items: messages.map((message, row) => ({ ...message, row })), next };
  });
  return (
    <PagedList<OwnMessage & { row: number }>
      title={t(w.mail)}
      description={t(w.mailHint)}
      pages={pages}
      rows={(row) => String(row.row)}
      empty={t(w.noMail)}
      columns={[
        { id: "time", header: t(common.time), cell: (row) => when(row.time), width: 130 },
        { id: "from", header: t(queueWords.from), cell: (row) => row.from, width: 150 },
        { id: "subject", header: t(messagesWords.subject), cell: (row) => row.subject || "–", width: 150 },
        { id: "recipients", header: t(w.recipients), cell: (row) => <Fate message={row} />, width: 260 },
        { id: "source", header: t(people.usedFrom), cell: (row) => row.source },
      ]}
    />
  );
}

function Rotate({ id, leave, rotated }: { id: string; leave: () => void; rotated: (credential: Credential) => void }) {
  const doing = useDoing();
  const act = async () => rotated(await verb<Credential>("own.rotate", { access_key_id: id }));
  return (
    <Ask title={t(w.rotate)} yes={t(w.rotate)} doing={doing} leave={leave} act={act}>
      {t(w.rotateAsk, id)}
    </Ask>
  );
}

export default function Own() {
  const told = useLoad(() => verb<Told>("own.show"));
  const [rotating, setRotating] = useState<string | null>(null);
  const [fresh, setFresh] = useState<Credential | null>(null);
  const own = told.value;
  if (told.error) return <Failed error={told.error} again={() => void told.reload()} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={own?.user}>
        {t(w.title)}
      </Header>
      {fresh && own && (
        <>
          <Settings credential={fresh} address={own.addresses[0]?.address ?? ""} />
          <TestMail
            key={fresh.access_key_id}
            credential={fresh}
            addresses={own.addresses.map(({ address }) => address)}
            mine
          />
        </>
      )}
      <List<OwnAddress>
        title={t(w.addresses)}
        loaded={{ ...told, value: own?.addresses }}
        rows={(row) => row.address}
        text={(row) => row.address}
        empty={t(w.noAddress)}
        columns={[
          { id: "address", header: t(common.address), cell: (row) => <Copy text={row.address} />, width: 200 },
          {
            id: "until",
            header: t(common.until),
            cell: (row) =>
              row.state === "expired" ? (
                <StatusIndicator type="stopped">{when(row.until)}</StatusIndicator>
              ) : (
                when(row.until, t(common.always))
              ),
          },
        ]}
      />
      {own && (
        <Container
          header={
            <Header variant="h2" description={t(w.settingsHint)}>
              {t(w.settings)}
            </Header>
          }
        >
          <KeyValuePairs
            columns={3}
            items={[
              { label: t(w.sent24), value: count(own.sent_24h) },
              { label: t(settingsWords.server), value: <Copy text={own.smtp_host} /> },
              { label: t(settingsWords.portStarttls), value: String(own.smtp_port_starttls) },
              { label: t(settingsWords.portTls), value: String(own.smtp_port_tls) },
              {
                label: t(settingsWords.userName),
                value: own.keys
                  .filter((key) => key.active)
                  .map((key) => (
                    <div key={key.access_key_id}>
                      <Copy text={key.access_key_id} />
                    </div>
                  )),
              },
            ]}
          />
        </Container>
      )}
      <List<OwnKey>
        title={t(w.keys)}
        loaded={{ ...told, value: own?.keys }}
        rows={(key) => key.access_key_id}
        text={(key) => key.access_key_id}
        columns={[
          {
            id: "id",
            header: t(people.key),
            cell: (key) => <span className="code">{key.access_key_id}</span>,
            width: 190,
          },
          {
            id: "state",
            header: t(common.state),
            cell: (key) =>
              key.active ? (
                <StatusIndicator>{t(people.active)}</StatusIndicator>
              ) : (
                <StatusIndicator type="stopped">{t(people.inactive)}</StatusIndicator>
              ),
          },
          { id: "created", header: t(people.created), cell: (key) => when(key.created) },
          {
            id: "used",
            header: t(people.lastUsed),
            cell: (key) => (
              <>
                {when(key.used, t(common.never))} {key.used_from}
              </>
            ),
          },
          {
            id: "act",
            header: t(common.actions),
            cell: (key) =>
              key.active && (
                <Button variant="inline-link" onClick={() => setRotating(key.access_key_id)}>
                  {t(w.rotate)}
                </Button>
              ),
          },
        ]}
      />
      <Mail />
      {own && <Password user={own.user} />}
      {own && <SecondFactor on={own.second_factor} changed={() => void told.reload()} />}
      {rotating !== null && (
        <Rotate
          id={rotating}
          leave={() => setRotating(null)}
          rotated={(credential) => {
            setFresh(credential);
            scrollTo(0, 0);
            void told.reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}
