/* One contact list: its topics, its contacts, a page of them at a time, and its tags. */
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { call } from "../api";
import { changeContactList, readContactList } from "../contact-answers";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { Contacts } from "../parts/Contacts";
import { Failed } from "../parts/Failed";
import { Tags } from "../parts/Tags";
import { Topics } from "../parts/Topics";
import { go, link } from "../route";
import { common } from "../words/common";
import { contactWords as w } from "../words/contacts";

export default function OneList({ name }: { name: string }) {
  const loaded = useLoad(() => readContactList(name), [name]);
  const [removing, setRemoving] = useState(false);
  const [description, setDescription] = useState<string | null>(null);
  const doing = useDoing();
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={t(w.title)}
        items={[
          { text: t(w.title), href: link("contacts") },
          { text: name, href: link("contacts", name) },
        ]}
      />
      <Header
        variant="h1"
        description={loaded.value?.Description && <span className="name">{loaded.value.Description}</span>}
        actions={
          loaded.value && (
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => setDescription(loaded.value?.Description ?? "")}>{t(w.edit)}</Button>
              <Button onClick={() => setRemoving(true)}>{t(common.remove)}</Button>
            </SpaceBetween>
          )
        }
      >
        <span className="name">{name}</span>
      </Header>
      {loaded.error ? (
        <Failed error={loaded.error} again={() => void loaded.reload()} />
      ) : (
        <>
          <Topics list={name} loaded={loaded} />
          <Contacts list={name} topics={loaded.value?.Topics ?? []} />
          <Tags type="contact-list" name={name} />
        </>
      )}
      {description !== null && (
        <Ask
          title={t(w.edit)}
          yes={t(common.save)}
          doing={doing}
          leave={() => setDescription(null)}
          act={async () => {
            await changeContactList(name, () => ({ Description: description.trim() }));
            await loaded.reload();
          }}
        >
          <FormField label={t(w.words)}>
            <Input value={description} autoFocus onChange={({ detail }) => setDescription(detail.value)} />
          </FormField>
        </Ask>
      )}
      {removing && (
        <Ask
          title={`${t(common.remove)}: ${name}`}
          yes={t(common.remove)}
          doing={doing}
          leave={() => setRemoving(false)}
          act={async () => {
            await call("sesv2", "DeleteContactList", { ContactListName: name });
            go("contacts");
          }}
        >
          {t(w.removeAsk, name)}
        </Ask>
      )}
    </SpaceBetween>
  );
}
