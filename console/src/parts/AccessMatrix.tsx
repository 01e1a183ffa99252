/*
 * Users down, single addresses across. A user whose grant names no single address may still use one of
 * them: that is then shared, and the check names everybody who shares it.
 */
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import Icon from "@cloudscape-design/components/icon";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import type { AccessCheck, AccessGrant, Holder } from "../answers";
import { t } from "../i18n";
import type { Loaded } from "../load";
import { link } from "../route";
import { common } from "../words/common";
import { accessWords as w } from "../words/access";
import { type Column, List } from "./List";

const SHOWN_MAX = 15;

function singleAddresses(holders: Holder[]): string[] {
  const all = new Set<string>();
  for (const holder of holders) for (const grant of holder.grants) if (grant.address) all.add(grant.address);
  return [...all].sort();
}

function sharers(check: Pick<AccessCheck, "findings">): Map<string, Set<string>> {
  return new Map(
    check.findings
      .filter((finding) => finding.kind === "shared")
      .map((finding) => [finding.address, new Set(finding.users)]),
  );
}

/* Every mark has its words: colour alone tells nothing to who cannot see it. */
function Cell({ grant, shared }: { grant?: AccessGrant; shared: boolean }) {
  if (shared) return <StatusIndicator type="error">{t(w.sharedCell)}</StatusIndicator>;
  if (!grant) return <span aria-label={t(common.no)}>·</span>;
  return grant.conditional ? (
    <StatusIndicator type="warning">{t(w.conditional)}</StatusIndicator>
  ) : (
    <StatusIndicator>{t(w.mayUse)}</StatusIndicator>
  );
}

export function GrantWords({ grant }: { grant: AccessGrant }) {
  const words = <span className="code">{grant.addresses}</span>;
  return grant.limited ? (
    words
  ) : (
    <Box color="text-status-error">
      <Icon name="status-negative" ariaLabel={t(w.unlimited)} /> {grant.addresses} ({t(w.unlimited)})
    </Box>
  );
}

export function HolderName({ holder }: { holder: Holder }) {
  return (
    <>
      <Link href={link("people", holder.user)}>{holder.user}</Link>
      {holder.complete === false && (
        <div>
          <StatusIndicator type="warning">{t(w.incomplete)}</StatusIndicator>
        </div>
      )}
      {holder.active_keys === 0 && (
        <div>
          <StatusIndicator type="stopped">{t(w.cannot)}</StatusIndicator>
        </div>
      )}
      {holder.suspended && (
        <div>
          <StatusIndicator type="stopped">{t(w.suspended)}</StatusIndicator>
        </div>
      )}
    </>
  );
}

export function AccessMatrix({ holders, check }: { holders: Loaded<Holder[]>; check: Pick<AccessCheck, "findings"> }) {
  const [wanted, setWanted] = useState("");
  const all = singleAddresses(holders.value ?? []);
  const matching = all.filter((address) => address.includes(wanted.toLowerCase()));
  const shown = matching.slice(0, SHOWN_MAX);
  const shared = sharers(check);
  const columns: Column<Holder>[] = [
    {
      id: "user",
      header: t(common.user),
      cell: (holder) => <HolderName holder={holder} />,
      sort: (holder) => holder.user,
      width: 150,
    },
    {
      id: "others",
      header: t(w.others),
      width: 190,
      cell: (holder) => {
        const sets = holder.grants.filter((grant) => !grant.address);
        return sets.length
          ? sets.map((grant) => (
              <div key={grant.addresses + grant.policy}>
                <GrantWords grant={grant} />
              </div>
            ))
          : "–";
      },
    },
    ...shown.map((address) => ({
      id: address,
      header: address,
      width: 150,
      cell: (holder: Holder) => (
        <Cell
          grant={holder.grants.find((grant) => grant.address === address)}
          shared={!!shared.get(address)?.has(holder.user)}
        />
      ),
    })),
  ];
  return (
    <List
      title={t(w.matrix)}
      loaded={holders}
      columns={columns}
      rows={(holder) => holder.user}
      empty={t(w.nobody)}
      text={(holder) => [holder.user, ...holder.grants.map((grant) => grant.addresses)].join(" ")}
      filters={
        all.length > SHOWN_MAX && (
          <FormField
            label={t(w.addressFilter)}
            constraintText={matching.length > SHOWN_MAX && t(w.tooMany, SHOWN_MAX, matching.length)}
          >
            <Input value={wanted} type="search" onChange={({ detail }) => setWanted(detail.value)} />
          </FormField>
        )
      }
    />
  );
}
