/* One domain or address: its proof, records, signing, MAIL FROM, and what a message tells. */
import Badge from "@cloudscape-design/components/badge";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useState } from "react";
import { ApiError, verb } from "../api";
import type { Identity } from "../answers";
import { t, type Words } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { Examine } from "../parts/Examine";
import { Failed } from "../parts/Failed";
import { DefaultSet, MailFrom } from "../parts/MailFrom";
import { notify } from "../parts/notify";
import { PersonQuestion } from "../parts/PersonQuestion";
import { ProofState } from "../parts/ProofState";
import { Records, useDomainCheck } from "../parts/Records";
import { Signing } from "../parts/Signing";
import { Tags } from "../parts/Tags";
import { go, link } from "../route";
import { common } from "../words/common";
import { identityWords as w } from "../words/identities";
import { people } from "../words/people";

type Act = "vouch" | "remove" | "sendAgain";
const acts: Record<Act, { title: Words; ask: Words; verb: string; member: string }> = {
  vouch: { title: w.vouch, ask: w.vouchAsk, verb: "identity.vouch", member: "identity" },
  remove: { title: w.remove, ask: w.removeAsk, verb: "identity.remove", member: "identity" },
  sendAgain: { title: w.sendAgain, ask: w.addAddressWords, verb: "address.add", member: "address" },
};

/* What DNS shows may change the proof: then the head of the page is read again. */
function DomainParts({ identity, changed }: { identity: Identity; changed: () => void }) {
  const check = useDomainCheck(identity.name);
  const proof = check.value && `${check.value.verification} ${check.value.dkim}`;
  useEffect(() => {
    if (proof && proof !== `${identity.verification} ${identity.dkim}`) changed();
  }, [proof]);
  return (
    <SpaceBetween size="l">
      <Records key={`${identity.mail_from_domain}`} domain={identity.name} check={check} />
      <Signing domain={identity.name} changed={changed} />
      <MailFrom
        identity={identity}
        changed={() => {
          changed();
          void check.reload();
        }}
      />
      <Examine domain={identity.name} />
    </SpaceBetween>
  );
}

export default function OneIdentity({ name }: { name: string }) {
  const loaded = useLoad(async () => {
    const { identities } = await verb<{ identities: Identity[] }>("identity.list");
    const found = identities.find((identity) => identity.name === name.toLowerCase() || identity.name === name);
    if (!found) throw new ApiError(404, "NotFoundException", name);
    return found;
  }, [name]);
  const [act, setAct] = useState<Act | null>(null);
  const [suspending, setSuspending] = useState(false);
  const doing = useDoing();
  const identity = loaded.value;
  const chosen = act && acts[act];
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={t(w.title)}
        items={[
          { text: t(w.title), href: link("identities") },
          { text: name, href: link("identities", name) },
        ]}
      />
      <Header
        variant="h1"
        actions={
          identity && (
            <SpaceBetween direction="horizontal" size="xs">
              <Button href={link("policies", "identity", name)}>{t(w.policies)}</Button>
              <ButtonDropdown
                items={[
                  ...(identity.kind === "address" ? [{ id: "sendAgain", text: t(w.sendAgain) }] : []),
                  { id: "vouch", text: t(w.vouch), disabled: identity.vouched },
                  { id: "suspend", text: t(identity.suspended === undefined ? people.suspend : people.resume) },
                  { id: "remove", text: t(w.remove) },
                ]}
                onItemClick={({ detail }) => (detail.id === "suspend" ? setSuspending(true) : setAct(detail.id as Act))}
              >
                {t(common.actions)}
              </ButtonDropdown>
            </SpaceBetween>
          )
        }
        description={
          identity && (
            <SpaceBetween direction="horizontal" size="xs">
              <ProofState state={identity.verification} />
              {identity.vouched && <Badge color="blue">{t(w.vouched)}</Badge>}
              {identity.only_itself && <Badge>{t(w.onlyItself)}</Badge>}
              {identity.suspended !== undefined && (
                <StatusIndicator type="error">{t(w.suspended, identity.suspended)}</StatusIndicator>
              )}
            </SpaceBetween>
          )
        }
      >
        <span className="name">{name}</span>
      </Header>
      <Failed error={loaded.error} again={() => void loaded.reload()} />
      {!identity && loaded.loading && <StatusIndicator type="loading">{t(common.loading)}</StatusIndicator>}
      {identity?.kind === "domain" && <DomainParts identity={identity} changed={() => void loaded.reload()} />}
      {identity && <DefaultSet name={identity.name} />}
      {identity && <Tags type="identity" name={identity.name} />}
      {chosen && (
        <Ask
          title={`${t(chosen.title)}: ${name}`}
          yes={t(chosen.title)}
          doing={doing}
          leave={() => setAct(null)}
          act={async () => {
            await verb(chosen.verb, { [chosen.member]: name });
            notify(t(common.done, `${t(chosen.title)}: ${name}`));
            if (act === "remove") go("identities");
            else await loaded.reload();
          }}
        >
          {t(chosen.ask, name)}
        </Ask>
      )}
      {suspending && identity && (
        <PersonQuestion
          leave={() => setSuspending(false)}
          changed={() => void loaded.reload()}
          question={{ kind: identity.suspended === undefined ? "suspend" : "resume", target: name, only: "identity" }}
        />
      )}
    </SpaceBetween>
  );
}
