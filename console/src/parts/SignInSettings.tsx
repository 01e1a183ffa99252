/* Password and second factor of who is signed in. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { type Session, signIn, verb } from "../api";
import { t } from "../i18n";
import { useDoing } from "../load";
import { common } from "../words/common";
import { ownWords as w } from "../words/own";
import { Ask } from "./Ask";
import { Copy } from "./Copy";
import { Failed } from "./Failed";
import { notify } from "./notify";
import { Qr } from "./Qr";

/* A session ends with the password that opened it, so the new one is signed in with at once. Where that
 * needs a code too, the next call asks for both. */
async function change(user: string, old: string, fresh: string): Promise<Session | null> {
  await verb("own.password", { old, new: fresh });
  return signIn(user, fresh).catch(() => null);
}

export function Password({ user, done }: { user: string; done?: (session: Session | null) => void }) {
  const [typed, setTyped] = useState({ old: "", fresh: "", again: "" });
  const doing = useDoing();
  const differs = typed.again !== "" && typed.again !== typed.fresh;
  const save = () => {
    if (!typed.old || !typed.fresh || typed.fresh !== typed.again) return;
    void doing.run(async () => {
      const session = await change(user, typed.old, typed.fresh);
      setTyped({ old: "", fresh: "", again: "" });
      notify(t(w.changed));
      done?.(session);
    });
  };
  const field = (name: keyof typeof typed, complete: string) => (
    <Input
      type="password"
      name={name}
      autoComplete={complete}
      value={typed[name]}
      onChange={({ detail }) => setTyped({ ...typed, [name]: detail.value })}
    />
  );
  return (
    <Container header={<Header variant="h2">{t(w.password)}</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <SpaceBetween size="m">
          <Failed error={doing.error} />
          <FormField label={t(w.old)}>{field("old", "current-password")}</FormField>
          <FormField label={t(w.fresh)}>{field("fresh", "new-password")}</FormField>
          <FormField label={t(w.again)} errorText={differs && t(w.differs)}>
            {field("again", "new-password")}
          </FormField>
          <Button loading={doing.busy}>{t(common.save)}</Button>
        </SpaceBetween>
      </form>
    </Container>
  );
}

function CodeField({ code, change }: { code: string; change: (code: string) => void }) {
  return (
    <FormField label={t(w.code)}>
      <Input
        value={code}
        inputMode="numeric"
        autoComplete="one-time-code"
        name="code"
        onChange={({ detail }) => change(detail.value)}
      />
    </FormField>
  );
}

export function SecondFactor({ on, changed }: { on: boolean; changed: () => void }) {
  const [begun, setBegun] = useState<{ secret: string; uri: string } | null>(null);
  const [removing, setRemoving] = useState(false);
  const [code, setCode] = useState("");
  const beginning = useDoing();
  const doing = useDoing();
  const finish = async (name: string) => {
    await verb(name, { code: code.trim() });
    setCode("");
    changed();
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            on ? (
              <Button onClick={() => setRemoving(true)}>{t(w.factorRemove)}</Button>
            ) : (
              <Button
                loading={beginning.busy}
                onClick={() =>
                  void beginning.run(async () =>
                    setBegun(await verb<{ secret: string; uri: string }>("own.factor_begin")),
                  )
                }
              >
                {t(w.factorBegin)}
              </Button>
            )
          }
        >
          {t(w.factor)}
        </Header>
      }
    >
      <Failed error={beginning.error} />
      <Box>{t(on ? w.factorOn : w.factorOff)}</Box>
      {begun && (
        <Ask
          title={t(w.factor)}
          yes={t(w.confirm)}
          doing={doing}
          disabled={!code.trim()}
          leave={() => {
            setBegun(null);
            setCode("");
          }}
          act={() => finish("own.factor_confirm")}
        >
          <Box>{t(w.scan)}</Box>
          <Qr text={begun.uri} title={t(w.qr)} />
          <FormField label={t(w.secret)}>
            <Copy text={begun.secret} />
          </FormField>
          <CodeField code={code} change={setCode} />
        </Ask>
      )}
      {removing && (
        <Ask
          title={t(w.factorRemove)}
          yes={t(w.factorRemove)}
          doing={doing}
          disabled={!code.trim()}
          leave={() => {
            setRemoving(false);
            setCode("");
          }}
          act={() => finish("own.factor_remove")}
        >
          <Box>{t(w.factorRemoveAsk)}</Box>
          <CodeField code={code} change={setCode} />
        </Ask>
      )}
    </Container>
  );
}
