/*
 * A mail sent with a credential while its secret is on the page: by the public API, signed as any client
 * would, so that what was handed out is what is tried. The secret stays in this page's memory.
 */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { send } from "../api";
import type { Credential } from "../answers";
import { t } from "../i18n";
import { useDoing } from "../load";
import { useSession } from "../session";
import { canSign } from "../sigv4";
import { testMailWords as w } from "../words/test-mail";
import { Failed } from "./Failed";
import { MailFate, useFate } from "./MailFate";

interface SenderProps {
  addresses: string[];
  from: string;
  change: (from: string) => void;
}

/* One that was handed out is given; who has an address by policies alone says it. */
function Sender({ addresses, from, change }: SenderProps) {
  const options = addresses.map((value) => ({ value, label: value }));
  return (
    <FormField label={t(w.from)}>
      {options.length > 1 ? (
        <Select
          options={options}
          selectedOption={{ value: from, label: from }}
          onChange={({ detail }) => change(detail.selectedOption.value!)}
        />
      ) : (
        <Input
          value={from}
          readOnly={options.length === 1}
          inputMode="email"
          spellcheck={false}
          onChange={({ detail }) => change(detail.value)}
        />
      )}
    </FormField>
  );
}

interface FormProps {
  credential: Credential;
  addresses: string[];
  sent: (message: string) => void; // empty: another is being sent
}

export function TestMailForm({ credential, addresses, sent }: FormProps) {
  const { region, hostname } = useSession();
  const [from, setFrom] = useState(addresses[0] ?? "");
  const [typed, setTyped] = useState<string | null>(null);
  const [taken, setTaken] = useState("");
  const doing = useDoing();
  const to = typed ?? from;
  const run = () =>
    doing.run(async () => {
      setTaken("");
      sent("");
      const mail = { from: from.trim(), to: to.trim(), subject: t(w.subject), text: t(w.text, from.trim()) };
      const id = await send(mail, { id: credential.access_key_id, secret: credential.secret_access_key!, region });
      setTaken(id);
      sent(id);
    });
  if (!canSign()) return <Alert type="warning">{t(w.cannotSign)}</Alert>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <SpaceBetween size="m">
        <Sender addresses={addresses} from={from} change={setFrom} />
        <FormField label={t(w.to)} description={t(w.toHint)}>
          <Input
            value={to}
            inputMode="email"
            spellcheck={false}
            autoComplete={false}
            name="recipient"
            onChange={({ detail }) => setTyped(detail.value)}
          />
        </FormField>
        <SpaceBetween size="xxs">
          <Button variant="inline-link" formAction="none" onClick={() => setTyped(null)}>
            {t(w.toItself)}
          </Button>
          <Button variant="inline-link" formAction="none" onClick={() => setTyped(`success@simulator.${hostname}`)}>
            {t(w.toSimulator)}
          </Button>
        </SpaceBetween>
        <Button loading={doing.busy} disabled={!from.trim() || !to.trim()}>
          {t(w.send)}
        </Button>
        <div aria-live="polite">
          <Failed error={doing.error} />
          {taken && <StatusIndicator>{t(w.taken, taken)}</StatusIndicator>}
        </div>
      </SpaceBetween>
    </form>
  );
}

/* `mine`: whose credential it is looks at it. */
export function TestMail({ mine = false, ...form }: Omit<FormProps, "sent"> & { mine?: boolean }) {
  const [message, setMessage] = useState("");
  const fate = useFate(message, mine);
  return (
    <Container
      header={
        <Header variant="h2" description={t(w.description)}>
          {t(w.title)}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <TestMailForm {...form} sent={setMessage} />
        {message && <MailFate message={message} fate={fate} />}
      </SpaceBetween>
    </Container>
  );
}
