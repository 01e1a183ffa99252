/* DKIM of a domain: the switch, its keys, and another of them asked to sign. */
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { verb } from "../api";
import type { Dkim, SigningKey } from "../answers";
import { named, t, when } from "../i18n";
import { useDoing, useLoad } from "../load";
import { common } from "../words/common";
import { identityWords as w, keyStates } from "../words/identities";
import { Ask } from "./Ask";
import { Failed } from "./Failed";
import { List } from "./List";
import { notify } from "./notify";
import { ProofState } from "./ProofState";

export function Signing({ domain, changed }: { domain: string; changed: () => void }) {
  const dkim = useLoad(() => verb<Dkim>("dkim.show", { domain }), [domain]);
  const [question, setQuestion] = useState<"off" | "rotate" | null>(null);
  const [now, setNow] = useState(false);
  const switching = useDoing();
  const asking = useDoing();
  const set = async (enabled: boolean) => {
    await verb("dkim.set", { domain, enabled });
    await dkim.reload();
    changed();
  };
  const rotate = async () => {
    await verb("dkim.rotate", { domain, now });
    notify(t(common.done, `${t(w.rotate)}: ${domain}`));
    await dkim.reload();
  };
  return (
    <SpaceBetween size="s">
      <Failed error={switching.error} />
      <List<SigningKey>
        title={t(w.signing)}
        loaded={{ ...dkim, value: dkim.value?.keys }}
        rows={(key) => key.selector}
        text={(key) => key.selector}
        description={
          dkim.value && (
            <SpaceBetween size="xs">
              <Toggle
                checked={dkim.value.enabled}
                disabled={switching.busy}
                onChange={({ detail }) => {
                  if (detail.checked) void switching.run(() => set(true));
                  else setQuestion("off");
                }}
              >
                {t(w.signAs)}
              </Toggle>
              <ProofState state={dkim.value.status} />
            </SpaceBetween>
          )
        }
        actions={
          <Button disabled={!dkim.value?.enabled} onClick={() => setQuestion("rotate")}>
            {t(w.rotate)}
          </Button>
        }
        columns={[
          {
            id: "selector",
            header: t(w.selector),
            cell: (key) => <span className="code">{key.selector}</span>,
            width: 180,
          },
          { id: "state", header: t(common.state), cell: (key) => named(keyStates, key.state) },
          { id: "algorithm", header: t(w.kind), cell: (key) => `${key.algorithm} ${key.bits || ""}` },
          { id: "since", header: t(w.since), cell: (key) => when(key.since) },
          { id: "waits", header: t(w.waitsFor), cell: (key) => key.waits_for || "–", width: 180 },
        ]}
      />
      {question === "off" && (
        <Ask
          title={t(w.turnOff)}
          yes={t(w.turnOff)}
          doing={asking}
          leave={() => setQuestion(null)}
          act={() => set(false)}
        >
          {t(w.dkimOffAsk, domain)}
        </Ask>
      )}
      {question === "rotate" && (
        <Ask title={t(w.rotate)} yes={t(w.rotate)} doing={asking} leave={() => setQuestion(null)} act={rotate}>
          <div>{t(w.rotateAsk)}</div>
          <Checkbox checked={now} onChange={({ detail }) => setNow(detail.checked)}>
            {t(w.rotateNow)}
          </Checkbox>
        </Ask>
      )}
    </SpaceBetween>
  );
}
