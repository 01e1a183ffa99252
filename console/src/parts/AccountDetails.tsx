/* What the account says of its use, and the request for production access. */
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { call } from "../api";
import { named, t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { common } from "../words/common";
import { accountWords as w, languages, mailTypes, reviewStates } from "../words/more";
import { Deviation } from "./Deviation";
import { Failed } from "./Failed";
import { notify } from "./notify";

interface Details {
  MailType?: string;
  WebsiteURL?: string;
  ContactLanguage?: string;
  UseCaseDescription?: string;
  AdditionalContactEmailAddresses?: string[];
}
interface Answer {
  ProductionAccessEnabled?: boolean;
  Details?: Details & { ReviewDetails?: { Status?: string } };
}

type Names = Parameters<typeof named>[0];

function Choice({ names, value, choose }: { names: Names; value?: string; choose: (value: string) => void }) {
  const options = Object.keys(names).map((one) => ({ value: one, label: named(names, one) }));
  return (
    <Select
      options={options}
      selectedOption={options.find((one) => one.value === value) ?? null}
      placeholder={t(common.none)}
      onChange={({ detail }) => choose(detail.selectedOption.value!)}
    />
  );
}

function Editor({ stored, production, saved }: { stored: Details; production: boolean; saved: () => Promise<void> }) {
  const [details, setDetails] = useState(stored);
  const [contacts, setContacts] = useState(stored.AdditionalContactEmailAddresses?.join("\n") ?? "");
  const [ask, setAsk] = useState(false);
  const doing = useDoing();
  const addresses = contacts.split(/[\s,]+/).filter(Boolean);
  const save = () =>
    void doing.run(async () => {
      const { MailType = "", WebsiteURL = "", ContactLanguage, UseCaseDescription } = details;
      await call("sesv2", "PutAccountDetails", {
        MailType,
        WebsiteURL: WebsiteURL.trim(),
        ...(ContactLanguage && { ContactLanguage }),
        ...(UseCaseDescription && { UseCaseDescription }),
        ...(addresses.length && { AdditionalContactEmailAddresses: addresses }),
        ...(ask && { ProductionAccessEnabled: true }),
      });
      notify(t(common.done, t(w.details)));
      await saved();
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <SpaceBetween size="m">
        <Failed error={doing.error} />
        <FormField label={t(w.mailType)}>
          <Choice
            names={mailTypes}
            value={details.MailType}
            choose={(MailType) => setDetails({ ...details, MailType })}
          />
        </FormField>
        <FormField label={t(w.website)}>
          <Input
            value={details.WebsiteURL ?? ""}
            inputMode="url"
            placeholder="https://"
            onChange={({ detail }) => setDetails({ ...details, WebsiteURL: detail.value })}
          />
        </FormField>
        <FormField label={t(w.useCase)} stretch>
          <Textarea
            value={details.UseCaseDescription ?? ""}
            rows={3}
            onChange={({ detail }) => setDetails({ ...details, UseCaseDescription: detail.value })}
          />
        </FormField>
        <FormField label={t(w.contactLanguage)}>
          <Choice
            names={languages}
            value={details.ContactLanguage}
            choose={(ContactLanguage) => setDetails({ ...details, ContactLanguage })}
          />
        </FormField>
        <FormField label={t(w.contacts)} description={t(w.contactsHint)} stretch>
          <Textarea value={contacts} rows={2} spellcheck={false} onChange={({ detail }) => setContacts(detail.value)} />
        </FormField>
        {!production && (
          <Checkbox
            checked={ask}
            description={<Deviation service="sesv2" operation="PutAccountDetails" />}
            onChange={({ detail }) => setAsk(detail.checked)}
          >
            {t(w.askProduction)}
          </Checkbox>
        )}
        <Button loading={doing.busy}>{t(w.saveDetails)}</Button>
      </SpaceBetween>
    </form>
  );
}

/* `production`: known elsewhere on the page, which may change it. */
export function AccountDetails({ production }: { production: boolean }) {
  const loaded = useLoad(() => call<Answer>("sesv2", "GetAccount"), [production]);
  const { ReviewDetails, ...stored } = loaded.value?.Details ?? {};
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={ReviewDetails?.Status && t(w.review, named(reviewStates, ReviewDetails.Status))}
        >
          {t(w.details)}
        </Header>
      }
    >
      <Failed error={loaded.error} again={() => void loaded.reload()} />
      {loaded.value && (
        <Editor
          key={JSON.stringify(loaded.value.Details ?? null)}
          stored={stored}
          production={production}
          saved={loaded.reload}
        />
      )}
    </Container>
  );
}
