/* One verification mail: edited, looked at, and how it is sent. */
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { call } from "../api";
import { t, type Words } from "../i18n";
import { useDoing, useLoad } from "../load";
import { Ask } from "../parts/Ask";
import { awsCommand } from "../parts/command";
import { Copy } from "../parts/Copy";
import { Failed } from "../parts/Failed";
import { notify } from "../parts/notify";
import { Rendered } from "../parts/Rendered";
import { Tags } from "../parts/Tags";
import { go, link } from "../route";
import { useSession } from "../session";
import { common } from "../words/common";
import { verificationWords as w } from "../words/verification";

const empty = {
  TemplateName: "",
  FromEmailAddress: "",
  TemplateSubject: "",
  TemplateContent: "",
  SuccessRedirectionURL: "",
  FailureRedirectionURL: "",
};
type Template = typeof empty;

const lines: [Exclude<keyof Template, "TemplateContent">, Words, Words?][] = [
  ["TemplateName", common.name],
  ["FromEmailAddress", w.from, w.fromHint],
  ["TemplateSubject", w.subject],
  ["SuccessRedirectionURL", w.success],
  ["FailureRedirectionURL", w.failure],
];

function Preview({ content }: { content: string }) {
  const [shown, setShown] = useState<string | null>(null);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t(w.previewHint)}
          actions={<Button onClick={() => setShown(content)}>{t(w.preview)}</Button>}
        >
          {t(w.preview)}
        </Header>
      }
    >
      {shown !== null && <Rendered header="Content-Type: text/html; charset=utf-8" body={shown} />}
    </Container>
  );
}

function Send({ name }: { name: string }) {
  const [recipient, setRecipient] = useState("");
  const session = useSession();
  const input = { EmailAddress: recipient.trim() || "name@example.com", TemplateName: name };
  return (
    <Container header={<Header variant="h2">{t(w.send)}</Header>}>
      <SpaceBetween size="m">
        <FormField label={t(w.recipient)}>
          <Input
            value={recipient}
            inputMode="email"
            placeholder="name@example.com"
            onChange={({ detail }) => setRecipient(detail.value)}
          />
        </FormField>
        <div>{t(w.sendHint)}</div>
        <Copy text={awsCommand(session, "sesv2", "SendCustomVerificationEmail", input)} />
      </SpaceBetween>
    </Container>
  );
}

function Editor({ known, stored }: { known: string; stored: Template }) {
  const [template, setTemplate] = useState(stored);
  const doing = useDoing();
  const name = template.TemplateName.trim();
  const set = (member: keyof Template) => (event: { detail: { value: string } }) =>
    setTemplate({ ...template, [member]: event.detail.value });
  const save = () =>
    void doing.run(async () => {
      const operation = known ? "UpdateCustomVerificationEmailTemplate" : "CreateCustomVerificationEmailTemplate";
      await call("sesv2", operation, { ...template, TemplateName: name });
      notify(t(w.saved, name));
      if (!known) go("verification", name);
    });
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
            {lines.slice(known ? 1 : 0).map(([member, label, hint]) => (
              <FormField key={member} label={t(label)} description={hint && t(hint)} stretch>
                <Input value={template[member]} name={member} onChange={set(member)} />
              </FormField>
            ))}
            <FormField label={t(w.content)} stretch>
              <div className="editor">
                <Textarea
                  value={template.TemplateContent}
                  rows={10}
                  spellcheck={false}
                  onChange={set("TemplateContent")}
                />
              </div>
            </FormField>
            <Button variant="primary" loading={doing.busy} disabled={!name}>
              {t(common.save)}
            </Button>
          </SpaceBetween>
        </Container>
      </form>
      <Preview content={template.TemplateContent} />
    </SpaceBetween>
  );
}

async function readTemplate(name: string): Promise<Template> {
  if (!name) return empty;
  const { Tags: _, ...template } = await call<Template & { Tags?: unknown }>(
    "sesv2",
    "GetCustomVerificationEmailTemplate",
    { TemplateName: name },
  );
  return template;
}

export default function VerificationTemplate({ name }: { name: string }) {
  const stored = useLoad(() => readTemplate(name), [name]);
  const [removing, setRemoving] = useState(false);
  const doing = useDoing();
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        ariaLabel={t(w.title)}
        items={[
          { text: t(w.title), href: link("verification") },
          { text: name || t(w.create), href: link("verification", name) },
        ]}
      />
      <Header
        variant="h1"
        actions={name && stored.value && <Button onClick={() => setRemoving(true)}>{t(common.remove)}</Button>}
      >
        <span className="name">{name || t(w.create)}</span>
      </Header>
      <Failed error={stored.error} again={() => void stored.reload()} />
      {stored.value ? (
        <Editor known={name} stored={stored.value} />
      ) : (
        stored.loading && <StatusIndicator type="loading">{t(common.loading)}</StatusIndicator>
      )}
      {name && stored.value && (
        <>
          <Send name={name} />
          <Tags type="custom-verification-email-template" name={name} />
        </>
      )}
      {removing && (
        <Ask
          title={`${t(common.remove)}: ${name}`}
          yes={t(common.remove)}
          doing={doing}
          leave={() => setRemoving(false)}
          act={async () => {
            await call("sesv2", "DeleteCustomVerificationEmailTemplate", { TemplateName: name });
            go("verification");
          }}
        >
          {t(w.removeAsk, name)}
        </Ask>
      )}
    </SpaceBetween>
  );
}
