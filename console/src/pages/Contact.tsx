/* One contact: what they want to hear about. */
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Textarea from "@cloudscape-design/components/textarea";
import Toggle from "@cloudscape-design/components/toggle";
import { useState } from "react";
import { call } from "../api";
import { type Contact, type Preference, readContactList, type Subscription, type Topic } from "../contact-answers";
import { t, when } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { Failed } from "../parts/Failed";
import { notify } from "../parts/notify";
import { go, link } from "../route";
import { common } from "../words/common";
import { contactWords as w } from "../words/contacts";

interface TopicChoiceProps {
  topic: Topic;
  said?: Subscription;
  say: (said?: Subscription) => void;
}

function TopicChoice({ topic, said, say }: TopicChoiceProps) {
  const options = [
    { value: "", label: t(topic.DefaultSubscriptionStatus === "OPT_IN" ? w.defaultOptIn : w.defaultOptOut) },
    { value: "OPT_IN", label: t(w.optIn) },
    { value: "OPT_OUT", label: t(w.optOut) },
  ];
  return (
    <FormField
      label={<span className="name">{topic.DisplayName || topic.TopicName}</span>}
      description={<span className="name">{topic.Description}</span>}
    >
      <Select
        options={options}
        selectedOption={options.find((one) => one.value === (said ?? ""))!}
        onChange={({ detail }) => say((detail.selectedOption.value || undefined) as Subscription | undefined)}
      />
    </FormField>
  );
}

interface EditorProps {
  list: string;
  stored: Contact;
  topics: Topic[];
  saved: () => Promise<void>;
}

function Editor({ list, stored, topics, saved }: EditorProps) {
  const [preferences, setPreferences] = useState<Preference[]>(stored.TopicPreferences ?? []);
  const [all, setAll] = useState(!!stored.UnsubscribeAll);
  const [attributes, setAttributes] = useState(stored.AttributesData ?? "");
  const doing = useDoing();
  const save = () =>
    void doing.run(async () => {
      await call("sesv2", "UpdateContact", {
        ContactListName: list,
        EmailAddress: stored.EmailAddress,
        TopicPreferences: preferences,
        UnsubscribeAll: all,
        AttributesData: attributes,
      });
      notify(t(w.saved, stored.EmailAddress));
      await saved();
    });
  const say = (name: string, said?: Subscription) =>
    setPreferences([
      ...preferences.filter((one) => one.TopicName !== name),
      ...(said ? [{ TopicName: name, SubscriptionStatus: said }] : []),
    ]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Container header={<Header variant="h2">{t(w.preferences)}</Header>}>
        <SpaceBetween size="m">
          <Failed error={doing.error} />
          {topics.map((topic) => (
            <TopicChoice
              key={topic.TopicName}
              topic={topic}
              said={preferences.find((one) => one.TopicName === topic.TopicName)?.SubscriptionStatus}
              say={(said) => say(topic.TopicName, said)}
            />
          ))}
          <Toggle checked={all} description={t(w.unsubscribeAllHint)} onChange={({ detail }) => setAll(detail.checked)}>
            {t(w.unsubscribeAll)}
          </Toggle>
          <FormField label={t(w.attributes)} description={t(w.attributesHint)} stretch>
            <div className="editor">
              <Textarea
                value={attributes}
                rows={4}
                spellcheck={false}
                onChange={({ detail }) => setAttributes(detail.value)}
              />
            </div>
          </FormField>
          <Button variant="primary" loading={doing.busy}>
            {t(common.save)}
          </Button>
        </SpaceBetween>
      </Container>
    </form>
  );
}

export default function OneContact({ list, address }: { list: string; address: string }) {
  const loaded = useLoad(async () => {
    const [contact, { Topics = [] }] = await Promise.all([
      call<Contact>("sesv2", "GetContact", { ContactListName: list, EmailAddress: address }),
      readContactList(list),
    ]);
    return { contact, topics: Topics };
  }, [list, address]);
  const [removing, setRemoving] = useState(false);
  const doing = useDoing();
  const contact = loaded.value?.contact;
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={t(w.title)}
        items={[
          { text: t(w.title), href: link("contacts") },
          { text: list, href: link("contacts", list) },
          { text: address, href: link("contacts", list, address) },
        ]}
      />
      <Header
        variant="h1"
        description={
          contact &&
          `${t(w.created)}: ${when(contact.CreatedTimestamp)} · ${t(w.updated)}: ${when(contact.LastUpdatedTimestamp)}`
        }
        actions={contact && <Button onClick={() => setRemoving(true)}>{t(common.remove)}</Button>}
      >
        <span className="name">{contact?.EmailAddress ?? address}</span>
      </Header>
      <Failed error={loaded.error} again={() => void loaded.reload()} />
      {loaded.value ? (
        <Editor
          key={`${loaded.value.contact.EmailAddress} ${loaded.value.contact.LastUpdatedTimestamp}`}
          list={list}
          stored={loaded.value.contact}
          topics={loaded.value.topics}
          saved={loaded.reload}
        />
      ) : (
        loaded.loading && <StatusIndicator type="loading">{t(common.loading)}</StatusIndicator>
      )}
      {removing && contact && (
        <Ask
          title={`${t(common.remove)}: ${contact.EmailAddress}`}
          yes={t(common.remove)}
          doing={doing}
          leave={() => setRemoving(false)}
          act={async () => {
            await call("sesv2", "DeleteContact", { ContactListName: list, EmailAddress: contact.EmailAddress });
            go("contacts", list);
          }}
        >
          {t(w.removeContactAsk, contact.EmailAddress)}
        </Ask>
      )}
    </SpaceBetween>
  );
}
