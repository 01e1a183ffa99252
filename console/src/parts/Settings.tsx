/* A credential, shown once: values to copy, a file to keep, and what to enter where. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import type { Credential } from "../answers";
import { t } from "../i18n";
import { programs } from "../words/programs";
import { settingsWords as w } from "../words/people";
import { Copy } from "./Copy";
import { download } from "./download";

/* What would end the line would begin an option of its own. */
function oneLine(text: string | undefined): string {
  return (text ?? "").replace(/[\r\n]+/g, " ");
}

function msmtp(credential: Credential, address: string): string {
  return [
    "account postern",
    `host ${credential.smtp_host}`,
    `port ${credential.smtp_port_starttls}`,
    "tls on",
    "tls_starttls on",
    "auth on",
    `user ${credential.smtp_user_name}`,
    `password ${credential.smtp_password}`,
    `from ${oneLine(address)}`,
    "account default : postern",
    "",
  ].join("\n");
}

function asText(pairs: [string, string][]): string {
  return pairs.map(([label, value]) => `${label}: ${oneLine(value)}`).join("\n") + "\n";
}

export function Settings({ credential, address }: { credential: Credential; address: string }) {
  const pairs: [string, string][] = [
    [t(w.server), credential.smtp_host],
    [t(w.portStarttls), String(credential.smtp_port_starttls)],
    [t(w.portTls), String(credential.smtp_port_tls)],
    [t(w.userName), credential.smtp_user_name ?? ""],
    [t(w.password), credential.smtp_password ?? ""],
  ];
  const forPrograms: [string, string][] = [
    [t(w.accessKey), credential.access_key_id],
    [t(w.secret), credential.secret_access_key ?? ""],
  ];
  const name = address || credential.user || credential.access_key_id;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button iconName="download" onClick={() => download(`${name}.txt`, asText([...pairs, ...forPrograms]))}>
              {t(w.downloadAll)}
            </Button>
          }
        >
          {t(w.title)}
          {address && `: ${address}`}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Alert type="warning">{t(w.once)}</Alert>
        <KeyValuePairs
          columns={3}
          items={[...pairs, ...forPrograms].map(([label, value]) => ({ label, value: <Copy text={value} /> }))}
        />
        <Box variant="h3">{t(w.instructions)}</Box>
        <Tabs
          tabs={programs.map((program) => ({
            id: program.id,
            label: program.name,
            content: (
              <SpaceBetween size="s">
                <ol>
                  {program.steps.map((step) => (
                    <li key={step[0]}>
                      {t(step, credential.smtp_host, credential.smtp_port_starttls, credential.smtp_port_tls, name)}
                    </li>
                  ))}
                </ol>
                {program.id === "msmtp" && (
                  <>
                    <pre className="source">{msmtp(credential, address)}</pre>
                    <Button iconName="download" onClick={() => download("msmtprc", msmtp(credential, address))}>
                      {t(w.downloadMsmtp)}
                    </Button>
                  </>
                )}
              </SpaceBetween>
            ),
          }))}
        />
      </SpaceBetween>
    </Container>
  );
}
