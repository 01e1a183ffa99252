import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef, useState } from "react";
import { type Session, signIn } from "../api";
import { t } from "../i18n";
import { useDoing } from "../load";
import { Failed } from "../parts/Failed";
import { signInWords } from "../words/shell";

/* User and password, and the code of the second factor once the server asks for it. */
export function SignIn({ user: known, done }: { user?: string; done: (session: Session) => void }) {
  const [user, setUser] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const codeField = useRef<InputProps.Ref>(null);
  const asksForCode = doing.error?.code === "CodeRequired";
  useEffect(() => {
    if (asksForCode) setCode((before) => before ?? "");
  }, [asksForCode]);
  useEffect(() => {
    if (code !== null) codeField.current?.focus();
  }, [code === null]);

  const submit = () => {
    setTried(true);
    if (user && password) void doing.run(async () => done(await signIn(user, password, code ?? undefined)));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SpaceBetween size="m">
        {doing.error &&
          !asksForCode &&
          (doing.error.message ? (
            <Alert type="error" header={t(signInWords.refused)}>
              {doing.error.message}
            </Alert>
          ) : (
            <Failed error={doing.error} />
          ))}
        <FormField label={t(signInWords.user)} errorText={tried && !user && t(signInWords.needUser)}>
          <Input
            value={user}
            autoFocus={!known}
            autoComplete="username"
            spellcheck={false}
            name="user"
            onChange={({ detail }) => setUser(detail.value)}
          />
        </FormField>
        <FormField label={t(signInWords.password)} errorText={tried && !password && t(signInWords.needPassword)}>
          <Input
            value={password}
            type="password"
            autoFocus={!!known}
            autoComplete="current-password"
            name="password"
            onChange={({ detail }) => setPassword(detail.value)}
          />
        </FormField>
        {code !== null && (
          <FormField label={t(signInWords.code)} description={t(signInWords.codeHint)}>
            <Input
              ref={codeField}
              value={code}
              inputMode="numeric"
              autoComplete="one-time-code"
              name="code"
              onChange={({ detail }) => setCode(detail.value)}
            />
          </FormField>
        )}
        <Box float="right">
          <Button variant="primary" formAction="submit" loading={doing.busy}>
            {t(signInWords.signIn)}
          </Button>
        </Box>
      </SpaceBetween>
    </form>
  );
}
