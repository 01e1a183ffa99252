/* #/ledger: what was done, in the order that nobody changes unseen, and whether it is whole. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useEffect, useRef, useState } from "react";
import { verb } from "../api";
import type { LedgerRecord, Verified } from "../answers";
import { count, named, t, when } from "../i18n";
import { useDoing, useSearch } from "../load";
import { Copy } from "../parts/Copy";
import { download } from "../parts/download";
import { Failed } from "../parts/Failed";
import { asked, type Filter, Filters, startOf } from "../parts/Filters";
import { type Column, PagedList } from "../parts/List";
import { link } from "../route";
import { common } from "../words/common";
import { ledgerKinds, ledgerWords as w } from "../words/ledger";

const PAGE = 50;
const nothing: Filter = { about: "", kind: "", since: "", until: "" };

/* ---- whether it is whole ---- */

function Result({ told }: { told: Verified }) {
  if (told.next) {
    const part = (told.verified - told.first + 1) / Math.max(1, told.last - told.first + 1);
    return (
      <ProgressBar
        value={100 * part}
        label={t(w.verifying)}
        additionalInfo={t(w.soFar, count(told.verified), count(told.last))}
      />
    );
  }
  if (!told.whole)
    return (
      <Alert type="error" header={t(w.damaged)}>
        {told.why}
      </Alert>
    );
  return (
    <Alert type="success" header={t(w.whole)}>
      {t(w.wholeWords, count(told.first), count(told.verified), count(told.heads), count(told.erased))}
      <div>
        {t(w.signedWith)} <Copy text={told.key} />
      </div>
    </Alert>
  );
}

function Verification() {
  const [heads, setHeads] = useState("");
  const [told, setTold] = useState<Verified | null>(null);
  const doing = useDoing();
  const signing = useDoing();
  const left = useRef(false);
  useEffect(
    () => () => {
      left.current = true;
    },
    [],
  );
  const verify = async () => {
    setTold(null);
    let after: string | undefined;
    do {
      const got: Verified = await verb<Verified>("ledger.verify", {
        ...(heads.trim() && { heads: `${heads.trim()}\n` }),
        ...(after && { after }),
      });
      setTold(got);
      after = got.next;
    } while (after && !left.current);
  };
  const sign = async () => {
    const { head } = await verb<{ head: string }>("ledger.head");
    download("postern-ledger-head.txt", head);
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t(w.verificationHint)}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button loading={signing.busy} onClick={() => void signing.run(sign)}>
                {t(w.sign)}
              </Button>
              <Button variant="primary" loading={doing.busy} onClick={() => void doing.run(verify)}>
                {t(w.verify)}
              </Button>
            </SpaceBetween>
          }
        >
          {t(w.verification)}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <div aria-live="polite">
          <Failed error={doing.error ?? signing.error} />
          {told && !doing.error && <Result told={told} />}
        </div>
        <ExpandableSection headerText={t(w.heads)} variant="footer">
          <FormField label={t(w.heads)} description={t(w.headsHint)}>
            <Textarea value={heads} rows={6} spellcheck={false} onChange={({ detail }) => setHeads(detail.value)} />
          </FormField>
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}

/* ---- what is in it ---- */

/* Those that have a column of their own, and those that say most, in this order. */
const columned = ["number", "time", "kind", "what", "result", "principal", "erased"];
const telling = ["message", "subject", "from", "recipient", "status", "reply", "access_key", "source"];

function Value({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Box variant="span" color="text-body-secondary" fontSize="body-s">
        {name}{" "}
      </Box>
      {name === "message" ? (
        <Link href={link("queue", value)}>
          <span className="code">{value}</span>
        </Link>
      ) : (
        <span className="code">{value}</span>
      )}
    </div>
  );
}

function Details({ record }: { record: LedgerRecord }) {
  if (record.erased) return <Box color="text-status-inactive">{t(w.erased, record.erased)}</Box>;
  const values = Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]));
  const rest = Object.keys(values).filter((name) => !columned.includes(name) && !telling.includes(name));
  return (
    <>
      {telling
        .filter((name) => values[name])
        .map((name) => (
          <Value key={name} name={name} value={values[name]!} />
        ))}
      {rest.length > 0 && (
        <ExpandableSection headerText={t(w.more)} variant="footer">
          {rest
            .filter((name) => name !== "dialogue")
            .map((name) => (
              <Value key={name} name={name} value={values[name]!} />
            ))}
          {record.dialogue && <pre className="source">{record.dialogue}</pre>}
        </ExpandableSection>
      )}
    </>
  );
}

const columns = (): Column<LedgerRecord>[] => [
  { id: "number", header: t(w.number), cell: (row) => count(row.number), width: 90 },
  { id: "time", header: t(common.time), cell: (row) => when(row.time), width: 130 },
  {
    id: "what",
    header: t(w.what),
    width: 170,
    cell: (row) => (
      <>
        <Box variant="span" color="text-body-secondary" fontSize="body-s">
          {named(ledgerKinds, row.kind)}
        </Box>
        <div>
          {row.what} {row.result && row.result !== row.what ? row.result : ""}
        </div>
      </>
    ),
  },
  { id: "who", header: t(w.who), cell: (row) => row.principal ?? "–", width: 140 },
  { id: "details", header: t(w.details), cell: (row) => <Details record={row} />, width: 260 },
];

function aboutOf(parts: string[]): Filter {
  return parts[0] === undefined ? nothing : { ...nothing, about: parts[0] };
}

export default function Ledger({ parts }: { parts: string[] }) {
  const [filter, setFilter] = useState(aboutOf(parts));
  const found = useSearch<LedgerRecord>(
    async (limit, before) => {
      const { records, next, reached } = await verb<{ records: LedgerRecord[]; next?: string; reached?: string }>(
        "ledger.list",
        {
          ...asked({ ...filter, since: startOf(filter.since!), until: startOf(filter.until!, 1) }),
          limit,
          ...(before && { before }),
        },
      );
      return { items: records, next, reached };
    },
    PAGE,
    [filter],
  );
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={t(w.description)}>
        {t(w.title)}
      </Header>
      <Verification />
      <PagedList<LedgerRecord>
        title={t(w.records)}
        pages={found}
        rows={(row) => String(row.number)}
        columns={columns()}
        filters={
          <Filters
            value={filter}
            apply={setFilter}
            fields={[
              { id: "about", label: t(w.about), hint: t(w.aboutHint) },
              {
                id: "kind",
                label: t(w.kind),
                options: [
                  { value: "", label: t(w.anyKind) },
                  ...Object.keys(ledgerKinds).map((value) => ({ value, label: named(ledgerKinds, value) })),
                ],
              },
              { id: "since", label: t(w.since), day: true, rare: true },
              { id: "until", label: t(w.until), day: true, rare: true },
            ]}
          />
        }
      />
    </SpaceBetween>
  );
}
