import Badge from "@cloudscape-design/components/badge";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Grant, Key, User } from "../answers";
import { sortable, t, when } from "../i18n";
import { common } from "../words/common";
import { people as w } from "../words/people";

export function lastUsed(user: User): Key | undefined {
  return [...user.keys].sort((one, other) => sortable(other.last_used) - sortable(one.last_used))[0];
}

/* Whether the person can log in now. */
export function CredentialState({ user }: { user: User }) {
  const state = user.keys.some((key) => key.status === "Active") ? (
    <StatusIndicator>{t(w.active)}</StatusIndicator>
  ) : user.keys.length ? (
    <StatusIndicator type="stopped">{t(w.inactive)}</StatusIndicator>
  ) : (
    <StatusIndicator type="pending">{t(w.noKey)}</StatusIndicator>
  );
  return (
    <SpaceBetween size="xxs">
      {state}
      {user.suspended !== undefined && (
        <StatusIndicator type="error">{t(w.suspendedFor, user.suspended)}</StatusIndicator>
      )}
    </SpaceBetween>
  );
}

/* What limits a grant, if anything does. */
export function GrantTerms({ grant }: { grant: Grant }) {
  return (
    <>
      {grant.kind === "delegation" && <Badge color="blue">{t(w.delegation)}</Badge>}{" "}
      {grant.state === "edited" && <Badge color="red">{t(w.edited)}</Badge>}
      {grant.state === "expired" ? (
        <Badge color="grey">{t(w.expired)}</Badge>
      ) : (
        grant.until && (
          <Badge color="grey">
            {t(common.until)} {when(grant.until)}
          </Badge>
        )
      )}{" "}
      {grant.from_network && <Badge color="grey">{grant.from_network}</Badge>}
    </>
  );
}
