/* #/hand-out[/ADDRESS[/USER]]: user, policy and credential in one step; the settings are shown once. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { verb } from "../api";
import type { Credential } from "../answers";
import { t } from "../i18n";
import { useDoing } from "../load";
import { EndField, endText, noEnd } from "../parts/EndField";
import { Failed } from "../parts/Failed";
import { Settings } from "../parts/Settings";
import { TestMail } from "../parts/TestMail";
import { go } from "../route";
import { common } from "../words/common";
import { handOutWords as w, people } from "../words/people";

function Given({ grant, within }: { grant: Credential; within?: boolean }) {
  const address = grant.address ?? "";
  return (
    <SpaceBetween size="m">
      <Alert type="success">{t(w.granted, grant.user ?? "", address)}</Alert>
      {grant.registered === false ? (
        <Alert type="warning">{t(w.notRegistered, address)}</Alert>
      ) : (
        grant.verified === false && <Alert type="warning">{t(w.notVerified, address)}</Alert>
      )}
      {grant.production === false && <Alert type="info">{t(w.sandbox)}</Alert>}
      {grant.smtp_password ? (
        <>
          <Settings credential={grant} address={address} />
          {!within && <TestMail credential={grant} addresses={[address]} />}
        </>
      ) : (
        <Alert type="info">{t(w.sameKey, grant.access_key_id)}</Alert>
      )}
    </SpaceBetween>
  );
}

interface HandOutProps {
  address?: string;
  user?: string;
  within?: boolean;
  done?: (grant: Credential) => void;
}

/* `within`: as a part of another page, which goes on when it is `done`. */
export function HandOutForm({ address: first = "", user: holder = "", within, done }: HandOutProps) {
  const [address, setAddress] = useState(first);
  const [user, setUser] = useState(holder);
  const [also, setAlso] = useState(!!holder);
  const [end, setEnd] = useState(noEnd);
  const [network, setNetwork] = useState("");
  const [tried, setTried] = useState(false);
  const [grant, setGrant] = useState<Credential | null>(null);
  const doing = useDoing();
  const addressIsBad = !/^[^@\s].*@[^@\s]+$/.test(address.trim());

  const submit = () => {
    setTried(true);
    const until = endText(end);
    if (addressIsBad || until === null) return;
    void doing.run(async () => {
      const given = await verb<Credential>("grant.create", {
        address: address.trim(),
        also,
        ...(user.trim() && { user: user.trim() }),
        ...(until && { until }),
        ...(network.trim() && { from_network: network.replace(/\s/g, "") }),
      });
      setGrant(given);
      done?.(given);
    });
  };
  if (grant)
    return (
      <SpaceBetween size="l">
        <Given grant={grant} within={within} />
        {!within && (
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              onClick={() => {
                setGrant(null);
                setAddress("");
                setUser("");
                setTried(false);
              }}
            >
              {t(w.another)}
            </Button>
            <Button variant="primary" onClick={() => go("people")}>
              {t(people.back)}
            </Button>
          </SpaceBetween>
        )}
      </SpaceBetween>
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Form
        header={
          !within && (
            <Header variant="h1" description={t(w.description)}>
              {t(w.title)}
            </Header>
          )
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {!within && (
              <Button variant="link" formAction="none" onClick={() => go("people")}>
                {t(common.cancel)}
              </Button>
            )}
            <Button variant="primary" loading={doing.busy}>
              {t(w.handOut)}
            </Button>
          </SpaceBetween>
        }
      >
        <Container>
          <SpaceBetween size="l">
            <Failed error={doing.error} />
            <FormField
              label={t(w.address)}
              description={t(w.addressHint)}
              errorText={tried && addressIsBad && t(w.needAddress)}
            >
              <Input
                value={address}
                autoFocus={!within}
                inputMode="email"
                spellcheck={false}
                autoComplete={false}
                name="address"
                placeholder="taro@test1.com"
                onChange={({ detail }) => setAddress(detail.value)}
              />
            </FormField>
            <FormField
              label={
                <>
                  {t(w.user)} <i>– {t(common.optional)}</i>
                </>
              }
              description={t(w.userHint)}
            >
              <Input
                value={user}
                spellcheck={false}
                autoComplete={false}
                name="user"
                onChange={({ detail }) => setUser(detail.value)}
              />
            </FormField>
            <Checkbox checked={also} description={t(w.alsoHint)} onChange={({ detail }) => setAlso(detail.checked)}>
              {t(w.also)}
            </Checkbox>
            <EndField end={end} change={setEnd} tried={tried} />
            <FormField
              label={
                <>
                  {t(w.network)} <i>– {t(common.optional)}</i>
                </>
              }
              description={t(w.networkHint)}
            >
              <Input
                value={network}
                spellcheck={false}
                name="network"
                onChange={({ detail }) => setNetwork(detail.value)}
              />
            </FormField>
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}

export default function HandOut({ parts }: { parts: string[] }) {
  return <HandOutForm address={parts[0]} user={parts[1]} />;
}
