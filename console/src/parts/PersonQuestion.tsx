/* What is asked before a person, a key or an address is changed; all of it acts at once. */
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { verb } from "../api";
import type { ConsolePassword, Credential, Revoked } from "../answers";
import { counted, t, type Words } from "../i18n";
import { useDoing } from "../load";
import { common } from "../words/common";
import { people as w } from "../words/people";
import { Ask } from "./Ask";
import { EndField, endText, noEnd } from "./EndField";
import { notify } from "./notify";

export interface Question {
  kind:
    | "rotate"
    | "newKey"
    | "password"
    | "passwordOff"
    | "revoke"
    | "restore"
    | "suspend"
    | "resume"
    | "remove"
    | "removeKey";
  target: string;
  only?: "user" | "identity";
}

interface QuestionProps {
  question: Question;
  leave: () => void;
  changed: () => void;
  keyMade?: (credential: Credential) => void;
  passwordMade?: (password: ConsolePassword) => void;
}

const titles: Record<Question["kind"], Words> = {
  rotate: w.rotate,
  newKey: w.newKey,
  password: w.password,
  passwordOff: w.passwordOff,
  revoke: w.revoke,
  restore: w.restore,
  suspend: w.suspend,
  resume: w.resume,
  remove: w.remove,
  removeKey: w.removeKey,
};
const words: Partial<Record<Question["kind"], Words>> = {
  rotate: w.rotateAsk,
  newKey: w.newKeyAsk,
  password: w.passwordAsk,
  passwordOff: w.passwordOffAsk,
  revoke: w.revokeAsk,
  suspend: w.suspendAsk,
  remove: w.removeAsk,
  removeKey: w.removeKeyAsk,
};
const simple: Partial<Record<Question["kind"], [name: string, member: string]>> = {
  restore: ["grant.restore", "target"],
  remove: ["user.delete", "user"],
  removeKey: ["credential.delete", "key"],
};

async function revoke(target: string, hold: boolean): Promise<void> {
  const revoked = await verb<Revoked>("grant.revoke", { target, hold });
  notify(counted(w.revokedHeld, revoked.held));
  if (revoked.others.length) notify(t(w.revokedOthers, revoked.others.join(", ")), "warning");
}

export function PersonQuestion({ question, leave, changed, keyMade, passwordMade }: QuestionProps) {
  const { kind, target } = question;
  const [hold, setHold] = useState(false);
  const [reason, setReason] = useState("");
  const [end, setEnd] = useState(noEnd);
  const [only, setOnly] = useState<string>(question.only ?? "");
  const doing = useDoing();
  const until = endText(end);

  const act = async () => {
    if (kind === "rotate") keyMade?.(await verb<Credential>("credential.rotate", { user: target }));
    else if (kind === "newKey") keyMade?.(await verb<Credential>("credential.create", { user: target }));
    else if (kind === "password") passwordMade?.(await verb<ConsolePassword>("user.password", { user: target }));
    else if (kind === "passwordOff") await verb("user.password", { user: target, off: true });
    else if (kind === "revoke") await revoke(target, hold);
    else if (kind === "suspend")
      await verb("suspension.put", { target, reason, hold, ...(only && { only }), ...(until && { until }) });
    else if (kind === "resume") await verb("suspension.end", { target, ...(only && { only }) });
    else await verb(simple[kind]![0], { [simple[kind]![1]]: target });
    if (kind !== "revoke") notify(t(common.done, `${t(titles[kind])}: ${target}`));
    changed();
  };
  const whats = [
    { value: "", label: t(w.suspendBoth) },
    { value: "user", label: t(w.suspendUser) },
    { value: "identity", label: t(w.suspendIdentity) },
  ];
  const ask = words[kind];
  return (
    <Ask
      title={`${t(titles[kind])}: ${target}`}
      yes={t(titles[kind])}
      doing={doing}
      act={act}
      leave={leave}
      disabled={kind === "suspend" && (!reason.trim() || until === null)}
    >
      {ask && <div>{t(ask, target)}</div>}
      {(kind === "suspend" || kind === "resume") && !question.only && target.includes("@") && (
        <FormField label={t(w.suspendWhat)}>
          <Select
            options={whats}
            selectedOption={whats.find((what) => what.value === only)!}
            onChange={({ detail }) => setOnly(detail.selectedOption.value!)}
          />
        </FormField>
      )}
      {kind === "suspend" && (
        <FormField label={t(w.suspendReason)}>
          <Input value={reason} onChange={({ detail }) => setReason(detail.value)} />
        </FormField>
      )}
      {kind === "suspend" && <EndField end={end} change={setEnd} tried />}
      {(kind === "suspend" || kind === "revoke") && (
        <Checkbox checked={hold} onChange={({ detail }) => setHold(detail.checked)}>
          {t(w.hold)}
        </Checkbox>
      )}
    </Ask>
  );
}
