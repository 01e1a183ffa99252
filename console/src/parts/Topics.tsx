/* The topics of a contact list. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { changeContactList, type OneContactList, type Subscription, type Topic } from "../contact-answers";
import { t } from "../i18n";
import { type Loaded, useDoing } from "../load";
import { common } from "../words/common";
import { contactWords as w } from "../words/contacts";
import { Ask } from "./Ask";
import { List } from "./List";

const empty: Topic = { TopicName: "", DisplayName: "", Description: "", DefaultSubscriptionStatus: "OPT_OUT" };

const defaults = () =>
  (["OPT_OUT", "OPT_IN"] as const).map((value) => ({ value, label: t(value === "OPT_IN" ? w.optIn : w.optOut) }));

interface QuestionProps {
  list: string;
  known?: Topic;
  leave: () => void;
  changed: () => void;
}

function TopicQuestion({ list, known, leave, changed }: QuestionProps) {
  const [topic, setTopic] = useState(known ?? empty);
  const doing = useDoing();
  const title = known ? t(w.editTopic, known.TopicName) : t(w.addTopic);
  const name = topic.TopicName.trim();
  const wanted = { ...topic, TopicName: name, DisplayName: topic.DisplayName.trim() || name };
  return (
    <Ask
      title={title}
      yes={known ? t(common.save) : t(w.addTopic)}
      doing={doing}
      disabled={!name}
      leave={leave}
      act={async () => {
        await changeContactList(list, ({ Topics = [] }) => ({
          Topics: known ? Topics.map((one) => (one.TopicName === name ? wanted : one)) : [...Topics, wanted],
        }));
        changed();
      }}
    >
      {!known && (
        <FormField label={t(common.name)}>
          <Input
            value={topic.TopicName}
            autoFocus
            onChange={({ detail }) => setTopic({ ...topic, TopicName: detail.value })}
          />
        </FormField>
      )}
      <FormField label={t(w.displayName)}>
        <Input value={topic.DisplayName} onChange={({ detail }) => setTopic({ ...topic, DisplayName: detail.value })} />
      </FormField>
      <FormField label={t(w.words)}>
        <Input
          value={topic.Description ?? ""}
          onChange={({ detail }) => setTopic({ ...topic, Description: detail.value })}
        />
      </FormField>
      <FormField label={t(w.byDefault)}>
        <Select
          options={defaults()}
          selectedOption={defaults().find((one) => one.value === topic.DefaultSubscriptionStatus)!}
          onChange={({ detail }) =>
            setTopic({ ...topic, DefaultSubscriptionStatus: detail.selectedOption.value as Subscription })
          }
        />
      </FormField>
    </Ask>
  );
}

export function Topics({ list, loaded }: { list: string; loaded: Loaded<OneContactList> }) {
  const [question, setQuestion] = useState<{ kind: "add" | "edit" | "remove"; topic?: Topic } | null>(null);
  const doing = useDoing();
  const leave = () => setQuestion(null);
  const changed = () => void loaded.reload();
  const name = question?.topic?.TopicName ?? "";
  return (
    <>
      <List<Topic>
        title={t(w.topics)}
        loaded={{ ...loaded, value: loaded.value && (loaded.value.Topics ?? []) }}
        rows={(topic) => topic.TopicName}
        text={(topic) => `${topic.TopicName} ${topic.DisplayName} ${topic.Description}`}
        empty={t(w.noTopics)}
        actions={<Button onClick={() => setQuestion({ kind: "add" })}>{t(w.addTopic)}</Button>}
        columns={[
          { id: "name", header: t(common.name), cell: (topic) => <span className="name">{topic.TopicName}</span> },
          {
            id: "display",
            header: t(w.displayName),
            cell: (topic) => (
              <span className="name">
                {topic.DisplayName}
                {topic.Description && <div>{topic.Description}</div>}
              </span>
            ),
            width: 160,
          },
          {
            id: "default",
            header: t(w.byDefault),
            cell: (topic) => t(topic.DefaultSubscriptionStatus === "OPT_IN" ? w.optIn : w.optOut),
          },
          {
            id: "act",
            header: t(common.actions),
            cell: (topic) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  variant="inline-link"
                  ariaLabel={t(w.editTopic, topic.TopicName)}
                  onClick={() => setQuestion({ kind: "edit", topic })}
                >
                  {t(common.edit)}
                </Button>
                <Button
                  variant="inline-link"
                  ariaLabel={`${t(common.remove)}: ${topic.TopicName}`}
                  onClick={() => setQuestion({ kind: "remove", topic })}
                >
                  {t(common.remove)}
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {question && question.kind !== "remove" && (
        <TopicQuestion list={list} known={question.topic} leave={leave} changed={changed} />
      )}
      {question?.kind === "remove" && (
        <Ask
          title={`${t(common.remove)}: ${name}`}
          yes={t(common.remove)}
          doing={doing}
          leave={leave}
          act={async () => {
            await changeContactList(list, ({ Topics = [] }) => ({
              Topics: Topics.filter((topic) => topic.TopicName !== name),
            }));
            changed();
          }}
        >
          {t(w.removeTopicAsk, name)}
        </Ask>
      )}
    </>
  );
}
