import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type ReactNode, useState } from "react";
import { verb } from "../api";
import type { Decision, Decisions } from "../answers";
import { count, sortable, t, when } from "../i18n";
import { usePages } from "../load";
import { link } from "../route";
import { common } from "../words/common";
import { decisionWords as w } from "../words/decisions";
import { type Column, List, PagedList } from "./List";

const failedLoginColumns = (): Column<NonNullable<Decisions["failed_logins"]>[number]>[] => [
  { id: "hour", header: t(common.time), cell: (row) => when(row.hour), sort: (row) => sortable(row.hour) },
  { id: "network", header: t(w.network), cell: (row) => row.network, sort: (row) => row.network },
  { id: "reason", header: t(common.reason), cell: (row) => row.reason },
  { id: "attempts", header: t(w.attempts), cell: (row) => count(row.attempts), sort: (row) => row.attempts },
  { id: "last", header: t(w.last), cell: (row) => when(row.last) },
  { id: "user", header: t(w.lastUser), cell: (row) => row.last_user },
];

const decisionColumns = (): Column<Decision>[] => [
  { id: "at", header: t(common.time), cell: (row) => when(row.at), sort: (row) => sortable(row.at), width: 130 },
  {
    id: "user",
    header: t(common.user),
    cell: (row) => (row.user === "system" ? row.user : <Link href={link("people", row.user)}>{row.user}</Link>),
    sort: (row) => row.user,
  },
  {
    id: "from",
    header: t(w.from),
    cell: (row) => (
      <>
        {row.from}
        {row.mail_from !== row.from && <div>{row.mail_from || "<>"}</div>}
      </>
    ),
    sort: (row) => row.from,
  },
  {
    id: "decision",
    header: t(w.decision),
    sort: (row) => row.reason,
    width: 175,
    cell: (row) => (
      <StatusIndicator type={row.reason === "allowed" ? "success" : "error"}>
        {row.reason === "allowed" ? t(w.allowed) : row.reason}
      </StatusIndicator>
    ),
  },
  {
    id: "reply",
    header: t(w.reply),
    width: 220,
    cell: (row) =>
      row.message ? (
        <Link href={link("queue", row.message)}>
          <span className="code">{row.message}</span>
        </Link>
      ) : (
        <>
          {row.reply}
          {row.policy && <div>{row.policy}</div>}
        </>
      ),
  },
  { id: "source", header: t(w.source), cell: (row) => row.source },
  { id: "recipients", header: t(w.recipients), cell: (row) => count(row.recipients), sort: (row) => row.recipients },
];

interface DecisionListProps {
  user?: string;
  from?: string;
  since?: string;
  outcome?: string;
  title: string;
  page?: boolean;
  description?: string;
  filters?: ReactNode;
}

const PAGE = 50;

/* Newest first; what the server was not asked for is not there. */
export function DecisionList({ title, page, description, filters, ...asked }: DecisionListProps) {
  const { user, from, since, outcome } = asked;
  const [logins, setLogins] = useState<NonNullable<Decisions["failed_logins"]>>([]);
  const wanted = Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
  const pages = usePages<Decision & { row: number }>(
    async (before) => {
      const told = await verb<Decisions>("decision.list", { ...wanted, limit: PAGE, ...(before && { before }) });
      setLogins(told.failed_logins ?? []);
      return { items: told.decisions.map((decision, row) => ({ ...decision, row })), next: told.next };
    },
    [user, from, since, outcome],
  );
  return (
    <SpaceBetween size="l">
      <PagedList<Decision & { row: number }>
        page={page}
        title={title}
        description={description}
        filters={filters}
        columns={decisionColumns()}
        rows={(row) => String(row.row)}
        pages={pages}
      />
      {logins.length > 0 && (
        <List
          title={t(w.logins)}
          columns={failedLoginColumns()}
          rows={(row) => `${row.hour} ${row.network} ${row.reason}`}
          text={(row) => Object.values(row).join(" ")}
          loaded={{ ...pages, value: logins }}
        />
      )}
    </SpaceBetween>
  );
}
