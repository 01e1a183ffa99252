/* #/setup: from nothing to the first signed mail. Each step reads from the server whether it is done. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type ReactNode, useEffect, useState } from "react";
import { verb } from "../api";
import type { Account, Decisions, Grant, Identity, Message } from "../answers";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { AddIdentity } from "../parts/AddIdentity";
import { Copy } from "../parts/Copy";
import { Examine } from "../parts/Examine";
import { Failed } from "../parts/Failed";
import { RecipientState } from "../parts/RecipientState";
import { Records, useDomainCheck } from "../parts/Records";
import { link } from "../route";
import { identityWords } from "../words/identities";
import { setupWords as w } from "../words/identities";
import { HandOutForm } from "./HandOut";

const LOOK_S = 5;

function Step({ title, done, children }: { title: string; done: boolean; children?: ReactNode }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            done ? (
              <StatusIndicator>{t(w.done)}</StatusIndicator>
            ) : (
              <StatusIndicator type="pending">{t(w.open)}</StatusIndicator>
            )
          }
        >
          {title}
        </Header>
      }
    >
      <SpaceBetween size="m">{children}</SpaceBetween>
    </Container>
  );
}

/* Looks until a message of the domain was let through, and then at what became of it. */
function useFirstMail(domain: string) {
  const first = useLoad(async () => {
    const { decisions } = await verb<Decisions>("decision.list", { limit: 200 });
    const sent = decisions.find((decision) => decision.message && decision.from.toLowerCase().endsWith(`@${domain}`));
    return sent ? verb<Message>("queue.show", { message: sent.message }) : null;
  }, [domain]);
  const settled = !!first.value?.recipients.every((recipient) => recipient.finished);
  useEffect(() => {
    if (settled || first.error) return;
    const timer = setInterval(() => {
      if (!document.hidden) void first.reload();
    }, LOOK_S * 1000);
    return () => clearInterval(timer);
  }, [settled, first.error, first.reload]);
  return first;
}

interface SendProps {
  domain: string;
  account: Account;
  from: string;
  login: string;
}

function SendAndSee({ domain, account, from, login }: SendProps) {
  const [to, setTo] = useState("");
  const first = useFirstMail(domain);
  const word = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`;
  const command =
    `printf 'From: %s\\nTo: %s\\nSubject: Test\\n\\nHello\\n' ${word(from)} ${word(to || "you@example.net")} | curl --ssl-reqd ` +
    `smtp://${account.smtp_host}:${account.smtp_port_starttls} --user ${login} --mail-from ${word(from)} --mail-rcpt ${word(to || "you@example.net")} -T -`;
  return (
    <SpaceBetween size="l">
      <Step title={t(w.send)} done={!!first.value}>
        <FormField label={t(w.recipient)}>
          <Input
            value={to}
            inputMode="email"
            placeholder="you@example.net"
            onChange={({ detail }) => setTo(detail.value)}
          />
        </FormField>
        <div>{t(w.sendWords)}</div>
        <Copy text={command} />
        <div>{t(w.orExamine)}</div>
        <Examine domain={domain} />
      </Step>
      <Step title={t(w.arrive)} done={!!first.value?.recipients.every((recipient) => recipient.state === "delivered")}>
        <Failed error={first.error} again={() => void first.reload()} />
        {first.value ? (
          <>
            {first.value.recipients.map((recipient) => (
              <div key={recipient.recipient}>
                {recipient.recipient}: <RecipientState recipient={recipient} /> {recipient.reply}
              </div>
            ))}
            <Link href={link("queue", first.value.message)}>{t(w.show)}</Link>
          </>
        ) : (
          <StatusIndicator type="in-progress">{t(w.waiting, domain)}</StatusIndicator>
        )}
      </Step>
    </SpaceBetween>
  );
}

function RecordsStep({ domain, verified }: { domain: string; verified: boolean }) {
  const check = useDomainCheck(domain);
  const done = verified || (check.value?.verification === "SUCCESS" && check.value.dkim === "SUCCESS");
  return (
    <Step title={t(w.records)} done={done}>
      <Records domain={domain} check={check} />
    </Step>
  );
}

export default function SetUp() {
  const told = useLoad(async () => {
    const [account, { identities }, { grants }] = await Promise.all([
      verb<Account>("account.show"),
      verb<{ identities: Identity[] }>("identity.list"),
      verb<{ grants: Grant[] }>("grant.list"),
    ]);
    return { account, domains: identities.filter((identity) => identity.kind === "domain"), grants };
  });
  const [chosen, setChosen] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const [login, setLogin] = useState("AKIA...");
  const leaving = useDoing();
  const domains = told.value?.domains ?? [];
  const domain =
    domains.find((one) => one.name === chosen) ?? domains.find((one) => one.verification !== "SUCCESS") ?? domains[0];
  const grants = domain ? told.value!.grants.filter((grant) => grant.address.endsWith(`@${domain.name}`)) : [];
  const options = domains.map(({ name }) => ({ value: name, label: name }));
  if (!told.value)
    return told.error ? (
      <Failed error={told.error} again={() => void told.reload()} />
    ) : (
      <StatusIndicator type="loading">{t(w.title)}</StatusIndicator>
    );
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t(w.description)}>
        {t(w.title)}
      </Header>
      <Step title={t(w.domain)} done={!!domain}>
        {domain &&
          (options.length > 1 ? (
            <FormField label={t(w.choose)}>
              <Select
                options={options}
                selectedOption={{ value: domain.name, label: domain.name }}
                onChange={({ detail }) => setChosen(detail.selectedOption.value!)}
              />
            </FormField>
          ) : (
            <div>{t(w.domainDone, domain.name)}</div>
          ))}
        <Button variant={domain ? "normal" : "primary"} onClick={() => setAdding(true)}>
          {t(identityWords.addDomain)}
        </Button>
      </Step>
      {domain && (
        <RecordsStep
          key={domain.name}
          domain={domain.name}
          verified={domain.verification === "SUCCESS" && domain.dkim === "SUCCESS"}
        />
      )}
      <Step title={t(w.sandbox)} done={told.value.account.production}>
        <Failed error={leaving.error} />
        {told.value.account.production ? (
          <div>{t(w.left)}</div>
        ) : (
          <>
            <div>{t(w.sandboxWords)}</div>
            <Button
              loading={leaving.busy}
              onClick={() =>
                void leaving.run(async () => {
                  await verb("account.production", { on: true });
                  await told.reload();
                })
              }
            >
              {t(w.leave)}
            </Button>
          </>
        )}
      </Step>
      {domain && (
        <Step title={t(w.handOut)} done={grants.length > 0}>
          {grants.length > 0 && <Link href={link("people")}>{t(w.handedOut, grants.length)}</Link>}
          <HandOutForm
            key={domain.name}
            within
            address={`@${domain.name}`}
            done={(grant) => {
              setLogin(grant.access_key_id);
              void told.reload();
            }}
          />
        </Step>
      )}
      {domain && (
        <SendAndSee
          key={`mail ${domain.name}`}
          domain={domain.name}
          account={told.value.account}
          from={grants[0]?.address ?? `name@${domain.name}`}
          login={login}
        />
      )}
      {adding && (
        <AddIdentity
          kind="domain"
          leave={() => setAdding(false)}
          added={(name) => {
            setChosen(name);
            void told.reload();
          }}
        />
      )}
    </SpaceBetween>
  );
}
