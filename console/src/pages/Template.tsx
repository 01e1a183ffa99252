/* One template: edited, and tried with words of one's own. */
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Tabs from "@cloudscape-design/components/tabs";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { call } from "../api";
import { t } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { Failed } from "../parts/Failed";
import { notify } from "../parts/notify";
import { Rendered } from "../parts/Rendered";
import { Tags } from "../parts/Tags";
import { go, link } from "../route";
import { common } from "../words/common";
import { templateWords as w } from "../words/more";

interface Content {
  Subject?: string;
  Text?: string;
  Html?: string;
}

function Preview({ name }: { name: string }) {
  const [data, setData] = useState("{}");
  const [message, setMessage] = useState<string | null>(null);
  const doing = useDoing();
  const render = () =>
    void doing.run(async () =>
      setMessage(
        (
          await call<{ RenderedTemplate: string }>("sesv2", "TestRenderEmailTemplate", {
            TemplateName: name,
            TemplateData: data,
          })
        ).RenderedTemplate,
      ),
    );
  const end = message === null ? 0 : message.search(/\r?\n\r?\n/);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t(w.previewHint)}
          actions={
            <Button loading={doing.busy} onClick={render}>
              {t(w.preview)}
            </Button>
          }
        >
          {t(w.preview)}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField label={t(w.data)} description={t(w.dataHint)} stretch>
          <div className="editor">
            <Textarea value={data} rows={3} spellcheck={false} onChange={({ detail }) => setData(detail.value)} />
          </div>
        </FormField>
        <Failed error={doing.error} />
        {message !== null && (
          <Tabs
            tabs={[
              {
                id: "rendered",
                label: t(w.preview),
                content: (
                  <Rendered header={message.slice(0, end)} body={message.slice(end).replace(/^\r?\n\r?\n/, "")} />
                ),
              },
              { id: "source", label: t(w.source), content: <pre className="source">{message}</pre> },
            ]}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

function Editor({ name: known, stored }: { name: string; stored: Content }) {
  const [name, setName] = useState(known);
  const [content, setContent] = useState(stored);
  const [removing, setRemoving] = useState(false);
  const doing = useDoing();
  const asking = useDoing();
  const save = () =>
    void doing.run(async () => {
      const filled = Object.fromEntries(Object.entries(content).filter(([, text]) => text));
      await call("sesv2", known ? "UpdateEmailTemplate" : "CreateEmailTemplate", {
        TemplateName: name.trim(),
        TemplateContent: filled,
      });
      notify(t(w.saved, name));
      if (!known) go("templates", name.trim());
    });
  const area = (member: "Text" | "Html", rows: number) => (
    <div className="editor">
      <Textarea
        value={content[member] ?? ""}
        rows={rows}
        onChange={({ detail }) => setContent({ ...content, [member]: detail.value })}
      />
    </div>
  );
  return (
    <SpaceBetween size="l">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Container>
          <SpaceBetween size="m">
            <Failed error={doing.error} />
            {!known && (
              <FormField label={t(common.name)}>
                <Input value={name} autoFocus name="name" onChange={({ detail }) => setName(detail.value)} />
              </FormField>
            )}
            <FormField label={t(w.subject)} stretch>
              <Input
                value={content.Subject ?? ""}
                name="subject"
                onChange={({ detail }) => setContent({ ...content, Subject: detail.value })}
              />
            </FormField>
            <FormField label={t(w.text)} stretch>
              {area("Text", 8)}
            </FormField>
            <FormField label={t(w.html)} stretch>
              {area("Html", 10)}
            </FormField>
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="primary" loading={doing.busy} disabled={!name.trim()}>
                {t(common.save)}
              </Button>
              {known && (
                <Button formAction="none" onClick={() => setRemoving(true)}>
                  {t(common.remove)}
                </Button>
              )}
            </SpaceBetween>
          </SpaceBetween>
        </Container>
      </form>
      {known && <Preview name={known} />}
      {known && <Tags type="template" name={known} />}
      {removing && (
        <Ask
          title={`${t(common.remove)}: ${known}`}
          yes={t(common.remove)}
          doing={asking}
          leave={() => setRemoving(false)}
          act={async () => {
            await call("sesv2", "DeleteEmailTemplate", { TemplateName: known });
            go("templates");
          }}
        >
          {t(w.removeAsk, known)}
        </Ask>
      )}
    </SpaceBetween>
  );
}

export default function Template({ name }: { name: string }) {
  const stored = useLoad<Content>(
    async () =>
      name
        ? (await call<{ TemplateContent: Content }>("sesv2", "GetEmailTemplate", { TemplateName: name }))
            .TemplateContent
        : {},
    [name],
  );
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={t(w.title)}
        items={[
          { text: t(w.title), href: link("templates") },
          { text: name || t(w.create), href: link("templates", name) },
        ]}
      />
      <Header variant="h1">
        <span className="name">{name || t(w.create)}</span>
      </Header>
      <Failed error={stored.error} again={() => void stored.reload()} />
      {stored.value ? (
        <Editor name={name} stored={stored.value} />
      ) : (
        stored.loading && <StatusIndicator type="loading">{t(common.loading)}</StatusIndicator>
      )}
    </SpaceBetween>
  );
}
