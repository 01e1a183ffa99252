/* #/identities: domains and addresses that may send. #/identities/NAME is one of them. */
import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { verb } from "../api";
import type { Identity } from "../answers";
import { t } from "../i18n";
import { usePages } from "../load";
import { AddIdentity } from "../parts/AddIdentity";
import { asked, type Filter, Filters } from "../parts/Filters";
import { PagedList } from "../parts/List";
import { ProofState } from "../parts/ProofState";
import { go, link } from "../route";
import { common } from "../words/common";
import { identityWords as w } from "../words/identities";
import OneIdentity from "./Identity";

const PAGE = 50;

function All() {
  const [filter, setFilter] = useState<Filter>({ find: "" });
  const pages = usePages<Identity>(
    async (after) => {
      const { identities, next } = await verb<{ identities: Identity[]; next?: string }>("identity.list", {
        ...asked(filter),
        limit: PAGE,
        ...(after && { after }),
      });
      return { items: identities, next };
    },
    [filter],
  );
  const [adding, setAdding] = useState<"domain" | "address" | null>(null);
  return (
    <>
      <PagedList<Identity>
        title={t(w.title)}
        description={t(w.description)}
        pages={pages}
        rows={(one) => one.name}
        filters={<Filters value={filter} apply={setFilter} fields={[{ id: "find", label: t(w.find) }]} />}
        empty={t(w.empty)}
        variant="full-page"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setAdding("address")}>{t(w.addAddress)}</Button>
            <Button variant="primary" onClick={() => setAdding("domain")}>
              {t(w.addDomain)}
            </Button>
          </SpaceBetween>
        }
        columns={[
          {
            id: "name",
            header: t(common.name),
            width: 160,
            cell: (one) => (
              <>
                <Link href={link("identities", one.name)}>{one.name}</Link>
                {one.suspended !== undefined && (
                  <div>
                    <StatusIndicator type="error">{t(w.suspended, one.suspended)}</StatusIndicator>
                  </div>
                )}
              </>
            ),
          },
          {
            id: "kind",
            header: t(w.kind),
            cell: (one) => t(one.kind === "domain" ? w.domain : w.address),
          },
          {
            id: "verification",
            header: t(w.verification),
            width: 160,
            cell: (one) => (
              <SpaceBetween size="xxs">
                <ProofState state={one.verification} />
                {one.vouched && <Badge color="blue">{t(w.vouched)}</Badge>}
              </SpaceBetween>
            ),
          },
          {
            id: "dkim",
            header: t(w.dkim),
            cell: (one) => (one.dkim_enabled === false ? t(common.off) : <ProofState state={one.dkim} />),
            width: 140,
          },
          {
            id: "mailFrom",
            header: t(w.mailFrom),
            cell: (one) =>
              one.mail_from_domain ? (
                <>
                  {one.mail_from_domain}
                  <div>
                    <ProofState state={one.mail_from} />
                  </div>
                </>
              ) : (
                "–"
              ),
            width: 150,
          },
        ]}
      />
      {adding && <AddIdentity kind={adding} leave={() => setAdding(null)} added={(name) => go("identities", name)} />}
    </>
  );
}

export default function Identities({ parts }: { parts: string[] }) {
  return parts[0] === undefined ? <All /> : <OneIdentity name={parts[0]} />;
}
