/* The records of a domain, with buttons that copy them and the state of each as DNS answers now. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useEffect } from "react";
import { verb } from "../api";
import type { DnsFinding, DnsRecord, DomainCheck } from "../answers";
import { named, t } from "../i18n";
import { type Loaded, useLoad } from "../load";
import { foundStates, identityWords as w, keyStates, purposes } from "../words/identities";
import { Copy } from "./Copy";
import { download } from "./download";
import { Failed } from "./Failed";
import { List } from "./List";

const AGAIN_S = 20;
const types: Record<DnsFinding["found"], StatusIndicatorProps.Type> = {
  present: "success",
  absent: "pending",
  wrong: "error",
  unknown: "warning",
};

function keyOf(record: { purpose: string; type: string; name: string }): string {
  return `${record.purpose} ${record.type} ${record.name}`;
}

/* Strings of a TXT record have at most 255 bytes each (RFC 1035 section 3.3.14). */
function zoneLine({ name, type, value }: DnsRecord): string {
  const quoted = (value.match(/.{1,255}/g) ?? [""]).map((part) => `"${part.replace(/["\\]/g, "\\$&")}"`).join(" ");
  return `${name}. IN ${type} ${type === "TXT" ? quoted : `${value}.`}`;
}

function InDns({ finding, loading }: { finding?: DnsFinding; loading: boolean }) {
  if (!finding) return loading ? <StatusIndicator type="loading">DNS</StatusIndicator> : <>–</>;
  return (
    <SpaceBetween size="xxs">
      <StatusIndicator type={types[finding.found]}>
        {named(foundStates, finding.found)}
        {finding.secure && ` · ${t(w.secure)}`}
      </StatusIndicator>
      {finding.found === "wrong" && (
        <Box fontSize="body-s">
          <span className="code">{t(w.seen, finding.seen)}</span>
        </Box>
      )}
      {finding.through_cname && <StatusIndicator type="warning">{t(w.throughCname)}</StatusIndicator>}
    </SpaceBetween>
  );
}

/* Asks DNS at once, and again while something is missing and somebody looks. */
export function useDomainCheck(domain: string): Loaded<DomainCheck> {
  const check = useLoad(() => verb<DomainCheck>("domain.check", { domain }), [domain]);
  const complete = !!check.value?.findings.every((finding) => finding.found === "present");
  useEffect(() => {
    if (complete || check.error) return;
    const timer = setInterval(() => {
      if (!document.hidden) void check.reload();
    }, AGAIN_S * 1000);
    return () => clearInterval(timer);
  }, [complete, check.error, check.reload]);
  return check;
}

export function Records({ domain, check }: { domain: string; check: Loaded<DomainCheck> }) {
  const loaded = useLoad(
    () => verb<{ records: DnsRecord[]; deletable: DnsRecord[] }>("domain.records", { domain }),
    [domain],
  );
  const findings = new Map(check.value?.findings.map((finding) => [keyOf(finding), finding]));
  const records = loaded.value?.records ?? [];
  const row = (record: DnsRecord) => `${keyOf(record)} ${record.value}`;
  return (
    <SpaceBetween size="m">
      <Failed error={check.error} again={() => void check.reload()} />
      <List<DnsRecord>
        title={t(w.records)}
        description={t(w.recordsHint, domain, AGAIN_S)}
        loaded={{ ...loaded, value: loaded.value?.records }}
        rows={row}
        text={row}
        pageSize={50}
        actions={
          <>
            <Button
              iconName="download"
              ariaLabel={t(w.zone)}
              onClick={() => download(`${domain}.zone`, records.map(zoneLine).join("\n") + "\n")}
            />{" "}
            <Button loading={check.loading} onClick={() => void check.reload()}>
              {t(w.checkNow)}
            </Button>
          </>
        }
        columns={[
          {
            id: "state",
            header: t(w.inDns),
            width: 150,
            cell: (record) => <InDns finding={findings.get(keyOf(record))} loading={check.loading} />,
          },
          {
            id: "purpose",
            header: t(w.purpose),
            cell: (record) => (
              <>
                {named(purposes, record.purpose)}
                {record.state && (
                  <Box fontSize="body-s" color="text-body-secondary">
                    {named(keyStates, record.state)}
                  </Box>
                )}
              </>
            ),
            width: 100,
          },
          { id: "type", header: t(w.type), cell: (record) => record.type, width: 70 },
          { id: "name", header: t(w.domain), cell: (record) => <Copy text={record.name} />, width: 200 },
          { id: "value", header: t(w.value), cell: (record) => <Copy text={record.value} />, width: 300 },
        ]}
      />
      {!!loaded.value?.deletable.length && (
        <List<DnsRecord>
          title={t(w.deletable)}
          loaded={{ ...loaded, value: loaded.value.deletable }}
          rows={row}
          text={row}
          columns={[{ id: "name", header: t(w.domain), cell: (record) => <Copy text={record.name} /> }]}
        />
      )}
    </SpaceBetween>
  );
}
