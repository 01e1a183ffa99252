import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { verb } from "../api";
import { t } from "../i18n";
import { useDoing } from "../load";
import { identityWords as w } from "../words/identities";
import { Ask } from "./Ask";
import { notify } from "./notify";

/* A domain, whose records are shown next, or an address, to which a link is mailed. */
export function AddIdentity({
  kind,
  leave,
  added,
}: {
  kind: "domain" | "address";
  leave: () => void;
  added: (name: string) => void;
}) {
  const [name, setName] = useState("");
  const [onlyItself, setOnlyItself] = useState(false);
  const doing = useDoing();
  const domain = kind === "domain";
  const title = t(domain ? w.addDomain : w.addAddress);
  const act = async () => {
    if (domain) {
      const answer = await verb<{ domain: string }>("domain.add", { domain: name.trim(), only_itself: onlyItself });
      added(answer.domain);
    } else {
      const answer = await verb<{ address: string }>("address.add", { address: name.trim() });
      notify(t(w.linkSent, answer.address), "info");
      added(answer.address);
    }
  };
  return (
    <Ask title={title} yes={title} doing={doing} act={act} leave={leave} disabled={!name.trim()}>
      <FormField label={t(domain ? w.domain : w.address)} description={t(domain ? w.domainHint : w.addAddressWords)}>
        <Input
          value={name}
          autoFocus
          name="identity"
          spellcheck={false}
          inputMode={domain ? "url" : "email"}
          onChange={({ detail }) => setName(detail.value)}
        />
      </FormField>
      {domain && (
        <Checkbox checked={onlyItself} onChange={({ detail }) => setOnlyItself(detail.checked)}>
          {t(w.onlyItself)}
        </Checkbox>
      )}
    </Ask>
  );
}
