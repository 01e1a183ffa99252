/* One configuration set: its switches and its event destinations. */
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { call } from "../api";
import { named, t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { Failed } from "../parts/Failed";
import { List } from "../parts/List";
import { Tags } from "../parts/Tags";
import { go, link } from "../route";
import { common } from "../words/common";
import { suppressionReasons } from "../words/mail";
import { setWords as w } from "../words/more";

interface Answer {
  SendingOptions?: { SendingEnabled?: boolean };
  DeliveryOptions?: { TlsPolicy?: string };
  ReputationOptions?: { ReputationMetricsEnabled?: boolean };
  SuppressionOptions?: { SuppressedReasons?: string[] };
}
interface Destination {
  Name: string;
  Enabled?: boolean;
  MatchingEventTypes?: string[];
  [kind: string]: unknown;
}

/* The member that says where it goes, as SnsDestination. */
function targetOf(destination: Destination): string {
  return (
    Object.keys(destination)
      .filter((member) => member.endsWith("Destination") && destination[member])
      .join(", ") || "–"
  );
}

const reasons = () =>
  Object.keys(suppressionReasons).map((value) => ({ value, label: named(suppressionReasons, value) }));
const policies = () => (["OPTIONAL", "REQUIRE"] as const).map((value) => ({ value, label: t(w[value]) }));

function Switches({
  set,
  change,
  busy,
}: {
  set: Answer;
  change: (operation: string, input: Record<string, unknown>) => void;
  busy: boolean;
}) {
  const suppressed = set.SuppressionOptions?.SuppressedReasons;
  const tls = policies().find((one) => one.value === set.DeliveryOptions?.TlsPolicy) ?? policies()[0]!;
  return (
    <Container>
      <SpaceBetween size="l">
        <FormField label={t(w.sending)}>
          <Toggle
            checked={set.SendingOptions?.SendingEnabled !== false}
            disabled={busy}
            onChange={({ detail }) => change("PutConfigurationSetSendingOptions", { SendingEnabled: detail.checked })}
          >
            {t(w.sendingOn)}
          </Toggle>
        </FormField>
        <FormField label={t(w.tls)}>
          <Select
            options={policies()}
            selectedOption={tls}
            disabled={busy}
            onChange={({ detail }) =>
              change("PutConfigurationSetDeliveryOptions", { TlsPolicy: detail.selectedOption.value })
            }
          />
        </FormField>
        <FormField label={t(w.reputation)}>
          <Toggle
            checked={!!set.ReputationOptions?.ReputationMetricsEnabled}
            disabled={busy}
            onChange={({ detail }) =>
              change("PutConfigurationSetReputationOptions", { ReputationMetricsEnabled: detail.checked })
            }
          >
            {t(w.reputation)}
          </Toggle>
        </FormField>
        <FormField label={t(w.suppression)}>
          <Multiselect
            options={reasons()}
            disabled={busy}
            placeholder={!suppressed ? t(w.accountDefault) : suppressed.length ? "" : t(common.none)}
            selectedOptions={reasons().filter((one) => suppressed?.includes(one.value))}
            onChange={({ detail }) =>
              change("PutConfigurationSetSuppressionOptions", {
                SuppressedReasons: detail.selectedOptions.map((one) => one.value),
              })
            }
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

export default function OneSet({ name }: { name: string }) {
  const set = useLoad(() => call<Answer>("sesv2", "GetConfigurationSet", { ConfigurationSetName: name }), [name]);
  const destinations = useLoad(
    async () =>
      (
        await call<{ EventDestinations?: Destination[] }>("sesv2", "GetConfigurationSetEventDestinations", {
          ConfigurationSetName: name,
        })
      ).EventDestinations ?? [],
    [name],
  );
  const [removing, setRemoving] = useState(false);
  const doing = useDoing();
  const asking = useDoing();
  const change = (operation: string, input: Record<string, unknown>) =>
    void doing.run(async () => {
      await call("sesv2", operation, { ConfigurationSetName: name, ...input });
      await set.reload();
    });
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={t(w.title)}
        items={[
          { text: t(w.title), href: link("sets") },
          { text: name, href: link("sets", name) },
        ]}
      />
      <Header variant="h1" actions={<Button onClick={() => setRemoving(true)}>{t(common.remove)}</Button>}>
        <span className="name">{name}</span>
      </Header>
      <Failed error={set.error} again={() => void set.reload()} />
      <Failed error={doing.error} />
      {set.value ? (
        <Switches set={set.value} change={change} busy={doing.busy} />
      ) : (
        set.loading && <StatusIndicator type="loading">{t(common.loading)}</StatusIndicator>
      )}
      {!set.error && (
        <List<Destination>
          title={t(w.destinations)}
          loaded={destinations}
          rows={(row) => row.Name}
          text={(row) => row.Name}
          empty={t(w.noDestinations)}
          columns={[
            { id: "name", header: t(common.name), cell: (row) => row.Name },
            { id: "enabled", header: t(common.state), cell: (row) => t(row.Enabled ? common.on : common.off) },
            { id: "events", header: t(w.events), cell: (row) => row.MatchingEventTypes?.join(", ") ?? "–" },
            { id: "target", header: t(w.target), cell: targetOf },
          ]}
        />
      )}
      {!set.error && <Tags type="configuration-set" name={name} />}
      {removing && (
        <Ask
          title={`${t(common.remove)}: ${name}`}
          yes={t(common.remove)}
          doing={asking}
          leave={() => setRemoving(false)}
          act={async () => {
            await call("sesv2", "DeleteConfigurationSet", { ConfigurationSetName: name });
            go("sets");
          }}
        >
          {t(w.removeAsk, name)}
        </Ask>
      )}
    </SpaceBetween>
  );
}
