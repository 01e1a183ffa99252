/* What a configuration set says of the mail that names it, each group as the API takes it. */
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { type FormEvent, useState } from "react";
import { call } from "../api";
import type { Time } from "../answers";
import { named, t, when } from "../i18n";
import { type Doing, useDoing } from "../load";
import { common } from "../words/common";
import { suppressionReasons } from "../words/mail";
import { httpsPolicies, setWords as w } from "../words/more";
import { Deviation } from "./Deviation";
import { Failed } from "./Failed";
import { notify } from "./notify";

export interface ConfigurationSet {
  SendingOptions?: { SendingEnabled?: boolean };
  DeliveryOptions?: { TlsPolicy?: string; MaxDeliverySeconds?: number };
  ReputationOptions?: { ReputationMetricsEnabled?: boolean; LastFreshStart?: Time };
  SuppressionOptions?: { SuppressedReasons?: string[] };
  TrackingOptions?: { CustomRedirectDomain?: string; HttpsPolicy?: string };
}

interface PartProps {
  name: string;
  set: ConfigurationSet;
  changed: () => Promise<void>;
}

function useChange({
  name,
  changed,
}: PartProps): Doing & { change: (what: string, input: object, title?: string) => void } {
  const doing = useDoing();
  return {
    ...doing,
    change: (what, input, title) =>
      void doing.run(async () => {
        await call("sesv2", `PutConfigurationSet${what}Options`, { ConfigurationSetName: name, ...input });
        if (title) notify(t(common.done, title));
        await changed();
      }),
  };
}

function submitted(act: () => void) {
  return (event: FormEvent) => {
    event.preventDefault();
    act();
  };
}

const reasons = () =>
  Object.keys(suppressionReasons).map((value) => ({ value, label: named(suppressionReasons, value) }));

/* Without reasons of its own the set has those of the account. */
function SuppressedReasons({
  set,
  busy,
  change,
}: {
  set: ConfigurationSet;
  busy: boolean;
  change: (input: object) => void;
}) {
  const suppressed = set.SuppressionOptions?.SuppressedReasons;
  return (
    <SpaceBetween size="xs">
      <FormField label={t(w.suppression)}>
        <Toggle
          checked={!suppressed}
          disabled={busy}
          onChange={({ detail }) => change(detail.checked ? {} : { SuppressedReasons: [] })}
        >
          {t(w.accountDefault)}
        </Toggle>
      </FormField>
      {suppressed && (
        <FormField label={t(w.ownReasons)}>
          <Multiselect
            options={reasons()}
            disabled={busy}
            placeholder={suppressed.length ? "" : t(common.none)}
            selectedOptions={reasons().filter((one) => suppressed.includes(one.value))}
            onChange={({ detail }) => change({ SuppressedReasons: detail.selectedOptions.map((one) => one.value) })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}

export function Switches(props: PartProps) {
  const { set } = props;
  const { busy, error, change } = useChange(props);
  return (
    <Container>
      <SpaceBetween size="l">
        <Failed error={error} />
        <FormField label={t(w.sending)}>
          <Toggle
            checked={set.SendingOptions?.SendingEnabled !== false}
            disabled={busy}
            onChange={({ detail }) => change("Sending", { SendingEnabled: detail.checked })}
          >
            {t(w.sendingOn)}
          </Toggle>
        </FormField>
        <FormField
          label={t(w.reputation)}
          description={<Deviation service="sesv2" operation="PutConfigurationSetReputationOptions" />}
        >
          <Toggle
            checked={!!set.ReputationOptions?.ReputationMetricsEnabled}
            disabled={busy}
            description={
              set.ReputationOptions?.LastFreshStart && t(w.freshStart, when(set.ReputationOptions.LastFreshStart))
            }
            onChange={({ detail }) => change("Reputation", { ReputationMetricsEnabled: detail.checked })}
          >
            {t(w.reputationOn)}
          </Toggle>
        </FormField>
        <SuppressedReasons set={set} busy={busy} change={(input) => change("Suppression", input)} />
      </SpaceBetween>
    </Container>
  );
}

const policies = () => (["OPTIONAL", "REQUIRE"] as const).map((value) => ({ value, label: t(w[value]) }));

/* The two are put together: one that is left out is as if it had never been said. */
export function Delivery(props: PartProps) {
  const stored = props.set.DeliveryOptions;
  const [tls, setTls] = useState(stored?.TlsPolicy ?? "OPTIONAL");
  const [seconds, setSeconds] = useState(String(stored?.MaxDeliverySeconds ?? ""));
  const { busy, error, change } = useChange(props);
  const save = () =>
    change(
      "Delivery",
      { TlsPolicy: tls, ...(seconds.trim() && { MaxDeliverySeconds: Number(seconds) }) },
      t(w.delivery),
    );
  return (
    <Container header={<Header variant="h2">{t(w.delivery)}</Header>}>
      <form onSubmit={submitted(save)}>
        <SpaceBetween size="m">
          <Failed error={error} />
          <FormField label={t(w.tls)}>
            <Select
              options={policies()}
              selectedOption={policies().find((one) => one.value === tls) ?? policies()[0]!}
              onChange={({ detail }) => setTls(detail.selectedOption.value!)}
            />
          </FormField>
          <FormField label={t(w.giveUp)} description={t(w.giveUpHint)}>
            <Input value={seconds} type="number" onChange={({ detail }) => setSeconds(detail.value)} />
          </FormField>
          <Button loading={busy}>{t(w.saveDelivery)}</Button>
        </SpaceBetween>
      </form>
    </Container>
  );
}

const schemes = () => Object.keys(httpsPolicies).map((value) => ({ value, label: named(httpsPolicies, value) }));

export function Tracking(props: PartProps) {
  const stored = props.set.TrackingOptions;
  const [domain, setDomain] = useState(stored?.CustomRedirectDomain ?? "");
  const [https, setHttps] = useState(stored?.HttpsPolicy ?? "OPTIONAL");
  const { busy, error, change } = useChange(props);
  const save = () =>
    change("Tracking", domain.trim() ? { CustomRedirectDomain: domain.trim(), HttpsPolicy: https } : {}, t(w.tracking));
  return (
    <Container
      header={
        <Header variant="h2" description={<Deviation service="sesv2" operation="PutConfigurationSetTrackingOptions" />}>
          {t(w.tracking)}
        </Header>
      }
    >
      <form onSubmit={submitted(save)}>
        <SpaceBetween size="m">
          <Failed error={error} />
          <FormField label={t(w.redirect)} description={t(w.redirectHint)}>
            <Input value={domain} inputMode="url" onChange={({ detail }) => setDomain(detail.value)} />
          </FormField>
          <FormField label={t(w.httpsPolicy)}>
            <Select
              options={schemes()}
              selectedOption={schemes().find((one) => one.value === https) ?? schemes()[0]!}
              onChange={({ detail }) => setHttps(detail.selectedOption.value!)}
            />
          </FormField>
          <Button loading={busy}>{t(w.saveTracking)}</Button>
        </SpaceBetween>
      </form>
    </Container>
  );
}
