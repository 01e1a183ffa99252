/* #/overview: what needs somebody, how much was sent, and what waits. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useState } from "react";
import { call, verb } from "../api";
import type { AccessCheck, Account, Brake, Canary, LedgerRecord, Queue } from "../answers";
import { count, counted, named, t, when } from "../i18n";
import { type Loaded, useDoing, useLoad } from "../load";
import { Failed } from "../parts/Failed";
import { Sites } from "../parts/Sites";
import { TopSites } from "../parts/TopSites";
import { go, link } from "../route";
import { common } from "../words/common";
import { ledgerWords } from "../words/ledger";
import { recipientStates } from "../words/mail";
import { overviewWords as w } from "../words/overview";

const Statistics = lazy(() => import("../parts/Statistics")); // charts are the heaviest part

interface Quota {
  SendQuota: { Max24HourSend: number; MaxSendRate: number; SentLast24Hours: number };
}

/* What an administrator would want to be told first. */
function Alarms({ access }: { access: Loaded<AccessCheck> }) {
  const told = useLoad(async () => {
    const [account, { brakes }, { canaries }] = await Promise.all([
      verb<Account>("account.show"),
      verb<{ brakes: Brake[] }>("brake.list"),
      verb<{ canaries: Canary[] }>("canary.list"),
    ]);
    return { account, brakes, canaries: canaries.filter((canary) => canary.uses > 0) };
  });
  const failed = [told, access].find(({ error }) => error);
  if (failed) return <Failed error={failed.error} again={() => void failed.reload()} />;
  if (!told.value)
    return (
      <Box>
        <Spinner /> {t(common.loading)}
      </Box>
    );
  const { account, brakes, canaries } = told.value;
  const check = access.value;
  const toKeys = <Button onClick={() => go("keys")}>{t(w.toKeys)}</Button>;
  return (
    <SpaceBetween size="s">
      {canaries.map((canary) => (
        <Alert key={canary.key} type="error" action={toKeys}>
          {counted(w.canary, canary.uses, canary.key, canary.user)}
        </Alert>
      ))}
      {brakes.map((brake) => (
        <Alert key={brake.key} type="error" header={t(w.braked, brake.user || brake.key)} action={toKeys}>
          {brake.why}
        </Alert>
      ))}
      {account.paused && <Alert type="error">{t(w.paused)}</Alert>}
      {!account.production && (
        <Alert type="info" action={<Button onClick={() => go("setup")}>{t(w.toSetup)}</Button>}>
          {t(w.sandbox)}
        </Alert>
      )}
      {check && !check.holds && (
        <Alert type="warning" action={<Button onClick={() => go("access")}>{t(w.toAccess)}</Button>}>
          {counted(w.broken, check.findings.length)}
        </Alert>
      )}
    </SpaceBetween>
  );
}

function Numbers({ queue, access }: { queue?: Queue; access?: AccessCheck }) {
  const told = useLoad(async () => (await call<Quota>("sesv2", "GetAccount")).SendQuota);
  const big = (text: string, href: string) => (
    <Link href={href} fontSize="display-l">
      {text}
    </Link>
  );
  if (told.error) return <Failed error={told.error} again={() => void told.reload()} />;
  const value = told.value;
  const sent = value && count(Math.round(value.SentLast24Hours));
  return (
    <Container header={<Header variant="h2">{t(w.quota)}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: t(w.sent24),
            value: !value ? (
              <Spinner />
            ) : value.Max24HourSend < 0 ? (
              t(w.noMax, sent!)
            ) : (
              t(w.ofMax, sent!, count(value.Max24HourSend))
            ),
          },
          { label: t(w.rate), value: value ? count(value.MaxSendRate) : <Spinner /> },
          { label: t(w.queued), value: queue ? big(count(queue.counts.queued), link("queue")) : <Spinner /> },
          { label: t(w.held), value: queue ? big(count(queue.counts.held), link("queue")) : <Spinner /> },
          { label: t(w.people), value: access ? big(count(access.senders), link("people")) : <Spinner /> },
          { label: t(w.domains), value: access ? big(count(access.identities), link("identities")) : <Spinner /> },
        ]}
      />
    </Container>
  );
}

/* Promise 2 of the spool, looked at when somebody asks: it reads everything. */
function AllKept() {
  const [counts, setCounts] = useState<Record<string, number> | null>(null);
  const doing = useDoing();
  const label = (name: string) =>
    name === "accepted" ? t(w.acceptedAll) : name === "missing" ? t(w.missing) : named(recipientStates, name);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t(w.accountHint)}
          actions={
            <Button
              loading={doing.busy}
              onClick={() => void doing.run(async () => setCounts(await verb<Record<string, number>>("queue.account")))}
            >
              {t(w.accountRead)}
            </Button>
          }
        >
          {t(w.account)}
        </Header>
      }
    >
      <div aria-live="polite">
        <Failed error={doing.error} />
        {counts && (
          <KeyValuePairs
            columns={3}
            items={Object.entries(counts).map(([name, number]) => ({ label: label(name), value: count(number) }))}
          />
        )}
      </div>
    </Container>
  );
}

/* The newest record, and where to see whether all of them are whole. */
function LedgerState() {
  const loaded = useLoad(
    async () => (await verb<{ records: LedgerRecord[] }>("ledger.list", { limit: 1 })).records[0],
  );
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={() => go("ledger")}>{t(w.toLedger)}</Button>}>
          {t(ledgerWords.title)}
        </Header>
      }
    >
      <Failed error={loaded.error} again={() => void loaded.reload()} />
      {loaded.value && (
        <KeyValuePairs
          columns={2}
          items={[
            { label: t(w.records), value: count(loaded.value.number) },
            { label: t(w.newestRecord), value: when(loaded.value.time) },
          ]}
        />
      )}
    </Container>
  );
}

export default function Overview() {
  const queue = useLoad(() => verb<Queue>("queue.list", { limit: 1 }));
  const access = useLoad(() => verb<AccessCheck>("access.check"));
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{t(w.title)}</Header>
      <Alarms access={access} />
      <Numbers queue={queue.value} access={access.value} />
      <Suspense fallback={<Spinner />}>
        <Statistics />
      </Suspense>
      <ColumnLayout columns={2}>
        <TopSites />
        <Sites />
      </ColumnLayout>
      <ColumnLayout columns={2}>
        <LedgerState />
        <AllKept />
      </ColumnLayout>
    </SpaceBetween>
  );
}
