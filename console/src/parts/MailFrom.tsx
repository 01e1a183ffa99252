import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState } from "react";
import { call, verb } from "../api";
import type { Identity } from "../answers";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { common } from "../words/common";
import { identityWords as w } from "../words/identities";
import { Failed } from "./Failed";
import { notify } from "./notify";
import { ProofState } from "./ProofState";

/* Where bounces of a domain go. */
export function MailFrom({ identity, changed }: { identity: Identity; changed: () => void }) {
  const [name, setName] = useState(identity.mail_from_domain ?? "");
  const [reject, setReject] = useState(false);
  const doing = useDoing();
  const save = () =>
    void doing.run(async () => {
      await verb("domain.mail_from", { domain: identity.name, reject, ...(name.trim() && { mail_from: name.trim() }) });
      notify(t(common.done, t(w.mailFromTitle)));
      changed();
    });
  return (
    <Container
      header={
        <Header variant="h2" description={<ProofState state={identity.mail_from} />}>
          {t(w.mailFromTitle)}
        </Header>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <SpaceBetween size="m">
          <Failed error={doing.error} />
          <FormField label={t(w.mailFrom)} description={t(w.mailFromHint)}>
            <Input value={name} spellcheck={false} inputMode="url" onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <Checkbox checked={reject} onChange={({ detail }) => setReject(detail.checked)}>
            {t(w.reject)}
          </Checkbox>
          <Button loading={doing.busy}>{t(common.save)}</Button>
        </SpaceBetween>
      </form>
    </Container>
  );
}

/* What applies to mail of the identity that names no configuration set itself. */
export function DefaultSet({ name }: { name: string }) {
  const loaded = useLoad(async () => {
    const [identity, sets] = await Promise.all([
      call<{ ConfigurationSetName?: string }>("sesv2", "GetEmailIdentity", { EmailIdentity: name }),
      call<{ ConfigurationSets?: string[] }>("sesv2", "ListConfigurationSets", { PageSize: 1000 }),
    ]);
    return { chosen: identity.ConfigurationSetName ?? "", sets: sets.ConfigurationSets ?? [] };
  }, [name]);
  const [chosen, setChosen] = useState("");
  const doing = useDoing();
  useEffect(() => {
    if (loaded.value) setChosen(loaded.value.chosen);
  }, [loaded.value]);
  const options = [
    { value: "", label: t(common.none) },
    ...(loaded.value?.sets ?? []).map((value) => ({ value, label: value })),
  ];
  const save = (value: string) =>
    void doing.run(async () => {
      await call("sesv2", "PutEmailIdentityConfigurationSetAttributes", {
        EmailIdentity: name,
        ...(value && { ConfigurationSetName: value }),
      });
      setChosen(value);
      notify(t(common.done, t(w.defaultSet)));
    });
  return (
    <Container header={<Header variant="h2">{t(w.defaultSet)}</Header>}>
      <Failed error={loaded.error ?? doing.error} again={loaded.error ? () => void loaded.reload() : undefined} />
      {!loaded.error && (
        <Select
          options={options}
          selectedOption={options.find((option) => option.value === chosen) ?? options[0]!}
          disabled={doing.busy || !loaded.value}
          ariaLabel={t(w.defaultSet)}
          onChange={({ detail }) => save(detail.selectedOption.value!)}
        />
      )}
    </Container>
  );
}
