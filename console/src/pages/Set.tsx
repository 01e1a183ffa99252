/* One configuration set: what it says of mail, its event destinations and its tags. */
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call } from "../api";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { Deviation } from "../parts/Deviation";
import { Failed } from "../parts/Failed";
import { List } from "../parts/List";
import { type ConfigurationSet, Delivery, Switches, Tracking } from "../parts/SetOptions";
import { Tags } from "../parts/Tags";
import { go, link } from "../route";
import { common } from "../words/common";
import { setWords as w } from "../words/more";

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

export default function OneSet({ name }: { name: string }) {
  const set = useLoad(
    () => call<ConfigurationSet>("sesv2", "GetConfigurationSet", { ConfigurationSetName: name }),
    [name],
  );
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
  const asking = useDoing();
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
      {set.value ? (
        <>
          <Switches name={name} set={set.value} changed={set.reload} />
          <Delivery name={name} set={set.value} changed={set.reload} />
          <Tracking name={name} set={set.value} changed={set.reload} />
        </>
      ) : (
        set.loading && <StatusIndicator type="loading">{t(common.loading)}</StatusIndicator>
      )}
      {!set.error && (
        <List<Destination>
          title={t(w.destinations)}
          description={<Deviation service="sesv2" operation="CreateConfigurationSetEventDestination" />}
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
