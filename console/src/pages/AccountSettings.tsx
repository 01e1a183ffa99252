/* #/settings: the account, its switches, groups, who is suspended, and records of the service's own name. */
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Multiselect from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Button from "@cloudscape-design/components/button";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { call, verb } from "../api";
import type { Account, Suspension } from "../answers";
import { count, named, t, when } from "../i18n";
import { type Loaded, useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { AccountDetails } from "../parts/AccountDetails";
import { Copy } from "../parts/Copy";
import { Failed } from "../parts/Failed";
import { Groups } from "../parts/Groups";
import { List } from "../parts/List";
import { PersonQuestion } from "../parts/PersonQuestion";
import { common } from "../words/common";
import { suppressionReasons } from "../words/mail";
import { accountWords as w } from "../words/more";
import { people } from "../words/people";

type Danger = "sandbox" | "pause";

function Switches({ account, reload }: { account: Account; reload: () => Promise<void> }) {
  const [danger, setDanger] = useState<Danger | null>(null);
  const switching = useDoing();
  const asking = useDoing();
  const set = async (name: string, on: boolean) => {
    await verb(name, { on });
    await reload();
  };
  return (
    <Container>
      <SpaceBetween size="l">
        <Failed error={switching.error} />
        <KeyValuePairs
          columns={3}
          items={[
            { label: t(w.account), value: <Copy text={account.account} /> },
            { label: t(w.region), value: account.region },
            { label: t(w.hostname), value: <Copy text={account.hostname} /> },
            { label: t(w.starttls), value: <Copy text={`${account.smtp_host}:${account.smtp_port_starttls}`} /> },
            { label: t(w.tls), value: <Copy text={`${account.smtp_host}:${account.smtp_port_tls}`} /> },
            { label: t(w.signingKeys), value: count(account.signing_keys_ready) },
          ]}
        />
        <Toggle
          checked={account.production}
          description={t(w.productionHint)}
          disabled={switching.busy}
          onChange={({ detail }) => {
            if (detail.checked) void switching.run(() => set("account.production", true));
            else setDanger("sandbox");
          }}
        >
          {t(w.production)}
        </Toggle>
        <Toggle
          checked={account.paused}
          description={t(w.pausedHint)}
          disabled={switching.busy}
          onChange={({ detail }) => {
            if (!detail.checked) void switching.run(() => set("account.pause", false));
            else setDanger("pause");
          }}
        >
          {t(w.paused)}
        </Toggle>
      </SpaceBetween>
      {danger && (
        <Ask
          title={t(danger === "pause" ? w.paused : w.production)}
          yes={t(danger === "pause" ? common.on : common.off)}
          doing={asking}
          leave={() => setDanger(null)}
          act={() => (danger === "pause" ? set("account.pause", true) : set("account.production", false))}
        >
          {t(danger === "pause" ? w.pausedAsk : w.productionAsk)}
        </Ask>
      )}
    </Container>
  );
}

function SuppressionReasons() {
  const loaded = useLoad(
    async () =>
      (await call<{ SuppressionAttributes?: { SuppressedReasons?: string[] } }>("sesv2", "GetAccount"))
        .SuppressionAttributes?.SuppressedReasons ?? [],
  );
  const doing = useDoing();
  const options = Object.keys(suppressionReasons).map((value) => ({ value, label: named(suppressionReasons, value) }));
  return (
    <Container header={<Header variant="h2">{t(w.suppression)}</Header>}>
      <Failed error={loaded.error ?? doing.error} />
      <FormField label={t(common.reason)}>
        <Multiselect
          options={options}
          disabled={doing.busy || !loaded.value}
          placeholder={loaded.value?.length ? "" : t(common.none)}
          selectedOptions={options.filter((one) => loaded.value?.includes(one.value))}
          onChange={({ detail }) =>
            void doing.run(async () => {
              await call("sesv2", "PutAccountSuppressionAttributes", {
                SuppressedReasons: detail.selectedOptions.map((one) => one.value),
              });
              await loaded.reload();
            })
          }
        />
      </FormField>
    </Container>
  );
}

function Suspensions() {
  const loaded = useLoad(async () => (await verb<{ suspended: Suspension[] }>("suspension.list")).suspended);
  const [ending, setEnding] = useState<Suspension | null>(null);
  return (
    <>
      <List<Suspension>
        title={t(w.suspensions)}
        loaded={loaded}
        rows={(row) => `${row.kind} ${row.name}`}
        text={(row) => `${row.name} ${row.reason}`}
        empty={t(w.noSuspensions)}
        columns={[
          { id: "name", header: t(common.name), cell: (row) => row.name, sort: (row) => row.name, width: 150 },
          { id: "kind", header: t(w.kind), cell: (row) => t(row.kind === "user" ? common.user : w.identity) },
          { id: "reason", header: t(common.reason), cell: (row) => row.reason, width: 150 },
          { id: "since", header: t(w.since), cell: (row) => when(row.since) },
          { id: "until", header: t(common.until), cell: (row) => when(row.until, t(common.always)) },
          {
            id: "act",
            header: t(common.actions),
            cell: (row) => (
              <Button
                variant="inline-link"
                ariaLabel={`${t(people.resume)}: ${row.name}`}
                onClick={() => setEnding(row)}
              >
                {t(people.resume)}
              </Button>
            ),
          },
        ]}
      />
      {ending && (
        <PersonQuestion
          question={{ kind: "resume", target: ending.name, only: ending.kind }}
          leave={() => setEnding(null)}
          changed={() => void loaded.reload()}
        />
      )}
    </>
  );
}

function ProviderRecords({ account }: { account: Loaded<Account> }) {
  return (
    <List
      title={t(w.provider)}
      loaded={{ ...account, value: account.value?.provider_records }}
      rows={(row) => row.name}
      text={(row) => row.name}
      columns={[
        { id: "name", header: t(common.name), cell: (row) => <Copy text={row.name} />, width: 220 },
        { id: "type", header: t(w.kind), cell: (row) => row.type, width: 70 },
        { id: "value", header: "TXT", cell: (row) => <Copy text={row.value} />, width: 240 },
      ]}
    />
  );
}

export default function AccountSettings() {
  const account = useLoad(() => verb<Account>("account.show"));
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{t(w.title)}</Header>
      <Failed error={account.error} again={() => void account.reload()} />
      {account.value ? (
        <Switches account={account.value} reload={account.reload} />
      ) : (
        account.loading && <StatusIndicator type="loading">{t(common.loading)}</StatusIndicator>
      )}
      <SuppressionReasons />
      {account.value && <AccountDetails production={account.value.production} />}
      <Groups />
      <Suspensions />
      {!account.error && <ProviderRecords account={account} />}
    </SpaceBetween>
  );
}
