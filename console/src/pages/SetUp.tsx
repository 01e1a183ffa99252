/* #/setup: from nothing to the first signed mail. Each step reads from the server whether it is done. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type ReactNode, useEffect, useState } from "react";
import { verb } from "../api";
import type { Account, Credential, Decisions, Grant, Identity } from "../answers";
import { counted, t } from "../i18n";
import { type Loaded, useDoing, useLoad } from "../load";
import { AddIdentity } from "../parts/AddIdentity";
import { Copy } from "../parts/Copy";
import { Examine } from "../parts/Examine";
import { Failed } from "../parts/Failed";
import { MailFate, useFate } from "../parts/MailFate";
import { PersonQuestion } from "../parts/PersonQuestion";
import { Records, useDomainCheck } from "../parts/Records";
import { Settings } from "../parts/Settings";
import { TestMailForm } from "../parts/TestMail";
import { link } from "../route";
import { common } from "../words/common";
import { identityWords, setupWords as w } from "../words/identities";
import { people } from "../words/people";
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

/* The newest message of the domain that was let through, looked for until there is one. */
function useFirstMail(domain: string): Loaded<string> {
  const first = useLoad(async () => {
    const { decisions } = await verb<Decisions>("decision.list", { limit: 200, outcome: "allowed" });
    const sent = decisions.find((decision) => decision.message && decision.from.toLowerCase().endsWith(`@${domain}`));
    return sent?.message ?? "";
  }, [domain]);
  const stopped = !!first.value || !!first.error;
  useEffect(() => {
    if (stopped) return;
    const timer = setInterval(() => {
      if (!document.hidden) void first.reload();
    }, LOOK_S * 1000);
    return () => clearInterval(timer);
  }, [stopped, first.reload]);
  return first;
}

/* For whom the console is not enough: the same with a mail program, or as the service itself does it. */
function OtherWays({
  domain,
  account,
  from,
  login,
}: {
  domain: string;
  account: Account;
  from: string;
  login: string;
}) {
  const word = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`;
  const to = word("you@example.net");
  const command =
    `printf 'From: %s\\nTo: %s\\nSubject: Test\\n\\nHello\\n' ${word(from)} ${to} | curl --ssl-reqd ` +
    `smtp://${account.smtp_host}:${account.smtp_port_starttls} --user ${login} --mail-from ${word(from)} --mail-rcpt ${to} -T -`;
  return (
    <ExpandableSection headerText={t(w.otherWays)}>
      <SpaceBetween size="m">
        <div>{t(w.sendWords)}</div>
        <Copy text={command} />
        <div>{t(w.orExamine)}</div>
        <Examine domain={domain} />
      </SpaceBetween>
    </ExpandableSection>
  );
}

/* A credential whose secret is on the page, and what it was handed out for. */
interface AtHand {
  credential: Credential;
  address: string;
}

/* The secret of an older credential cannot be shown again, so only a new one can be tried here. */
function NewCredential({ grants, made }: { grants: Grant[]; made: (fresh: AtHand) => void }) {
  const [chosen, setChosen] = useState(grants[0]!);
  const [asking, setAsking] = useState(false);
  return (
    <SpaceBetween size="m">
      <div>{t(w.noSecret)}</div>
      {grants.length > 1 && (
        <FormField label={t(common.address)}>
          <Select
            options={grants.map(({ address }) => ({ value: address, label: address }))}
            selectedOption={{ value: chosen.address, label: chosen.address }}
            onChange={({ detail }) =>
              setChosen(grants.find(({ address }) => address === detail.selectedOption.value) ?? chosen)
            }
          />
        </FormField>
      )}
      <Button onClick={() => setAsking(true)}>{t(people.rotate)}</Button>
      {asking && (
        <PersonQuestion
          question={{ kind: "rotate", target: chosen.user }}
          leave={() => setAsking(false)}
          keyMade={(credential) => made({ credential, address: chosen.address })}
          changed={() => undefined}
        />
      )}
    </SpaceBetween>
  );
}

interface SendProps {
  domain: string;
  account: Account;
  grants: Grant[];
  given: AtHand | null;
}

function SendAndSee({ domain, account, grants, given }: SendProps) {
  const [rotated, setRotated] = useState<AtHand | null>(null);
  const [sent, setSent] = useState("");
  const first = useFirstMail(domain);
  const message = sent || first.value || "";
  const fate = useFate(message, false);
  const atHand = rotated ?? given;
  return (
    <SpaceBetween size="l">
      <Step title={t(w.send)} done={!!message}>
        {rotated && <Settings credential={rotated.credential} address={rotated.address} />}
        {atHand ? (
          <TestMailForm
            key={atHand.credential.access_key_id}
            credential={atHand.credential}
            addresses={[atHand.address]}
            sent={setSent}
          />
        ) : grants.length > 0 ? (
          <NewCredential grants={grants} made={setRotated} />
        ) : (
          <div>{t(w.handOutFirst)}</div>
        )}
        <OtherWays
          domain={domain}
          account={account}
          from={atHand?.address ?? grants[0]?.address ?? `name@${domain}`}
          login={atHand?.credential.smtp_user_name ?? "AKIA..."}
        />
      </Step>
      <Step title={t(w.arrive)} done={!!fate.value?.length && fate.value.every(({ state }) => state === "delivered")}>
        <Failed error={first.error} again={() => void first.reload()} />
        {message ? (
          <MailFate message={message} fate={fate} />
        ) : (
          <StatusIndicator type="in-progress">{t(w.waiting, domain)}</StatusIndicator>
        )}
      </Step>
    </SpaceBetween>
  );
}

function RecordsStep({ domain, verified }: { domain: string; verified: boolean }) {
  const check = useDomainCheck(domain);
  const told = check.value;
  const inDns = told?.verification === "SUCCESS" && told.dkim === "SUCCESS";
  const byWord = !!told?.vouched && told.findings.some(({ found }) => found !== "present");
  return (
    <Step title={t(w.records)} done={!byWord && (verified || inDns)}>
      {byWord && <Alert type="info">{t(w.byWord, domain)}</Alert>}
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
  const [given, setGiven] = useState<AtHand | null>(null);
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
          {grants.length > 0 && <Link href={link("people")}>{counted(w.handedOut, grants.length)}</Link>}
          <HandOutForm
            key={domain.name}
            within
            address={`@${domain.name}`}
            done={(grant) => {
              if (grant.secret_access_key) setGiven({ credential: grant, address: grant.address ?? "" });
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
          grants={grants}
          given={given?.address.endsWith(`@${domain.name}`) ? given : null}
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
