/* #/access: who may send as whom, what breaks one person one address, and who can use one address. */
import Alert from "@cloudscape-design/components/alert";
import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { verb } from "../api";
import type { AccessCheck, AccessFinding, AccessGrant, AccessReport, Holder } from "../answers";
import { counted, named, t } from "../i18n";
import { type Loaded, useLoad } from "../load";
import { AccessMatrix, GrantWords, HolderName } from "../parts/AccessMatrix";
import { Failed } from "../parts/Failed";
import { List } from "../parts/List";
import { link } from "../route";
import { common } from "../words/common";
import { accessWords as w, findingKinds } from "../words/access";

interface Told {
  report: AccessReport;
  check: AccessCheck;
}
type Row = { holder: Holder; grant: AccessGrant };

function Findings({ told }: { told: Loaded<Told> }) {
  return (
    <List<AccessFinding>
      title={t(w.findings)}
      rows={(finding) => finding.kind + finding.text}
      text={(finding) => finding.text}
      loaded={{ ...told, value: told.value?.check.findings }}
      pageSize={10}
      empty={t(w.holds)}
      columns={[
        {
          id: "kind",
          header: t(w.kind),
          cell: (finding) => <Badge color="red">{named(findingKinds, finding.kind)}</Badge>,
          sort: (finding) => finding.kind,
        },
        { id: "text", header: t(w.what), cell: (finding) => finding.text, width: 240, sort: (finding) => finding.text },
        {
          id: "users",
          header: t(w.users),
          width: 140,
          cell: (finding) =>
            finding.users.map((user) => (
              <div key={user}>
                <Link href={link("people", user)}>{user}</Link>
              </div>
            )),
        },
      ]}
    />
  );
}

const rowsOf = (holders: Holder[]): Row[] =>
  holders.flatMap((holder) => holder.grants.map((grant) => ({ holder, grant })));

function ByPerson({ title, rows }: { title: string; rows: Loaded<Row[]> }) {
  return (
    <List<Row>
      title={title}
      loaded={rows}
      empty={t(w.nobody)}
      rows={({ holder, grant }) => [holder.user, grant.addresses, grant.policy, grant.statement].join("\n")}
      text={({ holder, grant }) => `${holder.user} ${grant.addresses} ${grant.policy}`}
      columns={[
        {
          id: "user",
          header: t(common.user),
          cell: ({ holder }) => <HolderName holder={holder} />,
          sort: ({ holder }) => holder.user,
          width: 140,
        },
        {
          id: "addresses",
          header: t(common.address),
          cell: ({ grant }) => <GrantWords grant={grant} />,
          sort: ({ grant }) => grant.addresses,
          width: 180,
        },
        { id: "conditions", header: t(w.conditions), cell: ({ grant }) => grant.conditions || "–", width: 180 },
        { id: "policy", header: t(w.policy), cell: ({ grant }) => grant.policy, width: 180 },
      ]}
    />
  );
}

function Holders({ address }: { address: string }) {
  const found = useLoad<Row[]>(async () => {
    const { holders } = await verb<{ holders: (Holder & AccessGrant)[] }>("access.holders", { address });
    return holders.map((one) => ({ holder: one, grant: one }));
  });
  return <ByPerson title={address} rows={found} />;
}

/* The holders of one address never stand under the name of the next, not even until the answer comes. */
function ByAddress() {
  const [typed, setTyped] = useState("");
  const [address, setAddress] = useState("");
  return (
    <SpaceBetween size="l">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAddress(typed.trim());
        }}
      >
        <FormField label={t(w.whoCan)} secondaryControl={<Button>{t(w.look)}</Button>}>
          <Input
            value={typed}
            inputMode="email"
            placeholder="taro@test1.com"
            onChange={({ detail }) => setTyped(detail.value)}
          />
        </FormField>
      </form>
      {address && <Holders key={address} address={address} />}
    </SpaceBetween>
  );
}

export default function Access() {
  const told = useLoad<Told>(async () => {
    const [report, check] = await Promise.all([verb<AccessReport>("access.report"), verb<AccessCheck>("access.check")]);
    return { report, check };
  });
  const value = told.value;
  const holders = { ...told, value: value?.report.users.filter((holder) => holder.grants.length > 0) };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t(w.description)}>
        {t(w.title)}
      </Header>
      <Failed error={told.error} again={() => void told.reload()} />
      {value?.report.paused && <Alert type="warning">{t(w.paused)}</Alert>}
      {value?.report.sandbox && <Alert type="info">{t(w.sandbox)}</Alert>}
      {value &&
        (value.check.holds ? (
          <Alert type="success">{t(w.holds)}</Alert>
        ) : (
          <Alert type="error">{counted(w.broken, value.check.findings.length)}</Alert>
        ))}
      {!told.error && (
        <>
          {!value?.check.holds && <Findings told={told} />}
          <Tabs
            tabs={[
              {
                id: "matrix",
                label: t(w.matrix),
                content: <AccessMatrix holders={holders} check={value?.check ?? { findings: [] }} />,
              },
              {
                id: "person",
                label: t(w.byPerson),
                content: (
                  <ByPerson title={t(w.byPerson)} rows={{ ...told, value: holders.value && rowsOf(holders.value) }} />
                ),
              },
              { id: "address", label: t(w.byAddress), content: <ByAddress /> },
            ]}
          />
        </>
      )}
    </SpaceBetween>
  );
}
