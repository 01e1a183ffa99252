import "@cloudscape-design/global-styles/index.css";
import "./console.css";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import { I18nProvider, type I18nProviderProps } from "@cloudscape-design/components/i18n";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { Fragment, lazy, Suspense, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { type ApiError, readSession, type Session, whenSessionIsOver } from "./api";
import { chooseLanguage, currentLanguage, type Language, t } from "./i18n";
import { Failed } from "./parts/Failed";
import { SignIn } from "./pages/SignIn";
import { Shell } from "./Shell";
import { common } from "./words/common";
import { shell, signInWords } from "./words/shell";

const MustChange = lazy(() => import("./pages/MustChange"));

type Messages = I18nProviderProps.Messages;

/* The words of the components themselves; one language is enough for the first view. */
async function componentWords(language: Language): Promise<Messages> {
  const found =
    language === "ja"
      ? await import("@cloudscape-design/components/i18n/messages/all.ja")
      : await import("@cloudscape-design/components/i18n/messages/all.en");
  return found.default;
}

function Console() {
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const [words, setWords] = useState<{ language: Language; messages: Messages } | null>(null);
  const [over, setOver] = useState(false);
  const goOn = useRef<() => void>(() => undefined);

  const speak = async (language: Language) => {
    const messages = await componentWords(language);
    chooseLanguage(language);
    setWords({ language, messages });
  };
  useEffect(() => {
    whenSessionIsOver(
      () =>
        new Promise((resolve) => {
          goOn.current = resolve;
          setOver(true);
        }),
    );
    void speak(currentLanguage());
    readSession().then(setSession, setFailed);
  }, []);

  /* What another person typed or saw is not for this one. */
  const signedInAgain = (again: Session) => {
    if (again.user !== session?.user) return location.reload();
    setOver(false);
    goOn.current();
  };
  const other: Language = words?.language === "ja" ? "en" : "ja";
  if (failed) return <Failed error={failed} again={() => location.reload()} />;
  if (!words || session === undefined)
    return (
      <Box textAlign="center" padding="xxl">
        <Spinner size="large" /> {t(common.loading)}
      </Box>
    );
  return (
    <I18nProvider locale={words.language} messages={[words.messages]}>
      <Fragment key={words.language}>
        {session === null ? (
          <main className="page-center">
            <Container
              header={<Header variant="h1">{t(signInWords.title)}</Header>}
              footer={
                <Button variant="inline-link" onClick={() => void speak(other)}>
                  {t(shell.language)}
                </Button>
              }
            >
              <SignIn done={setSession} />
            </Container>
          </main>
        ) : session.must_change_password ? (
          <Suspense fallback={<Spinner />}>
            <MustChange user={session.user} done={setSession} />
          </Suspense>
        ) : (
          <Shell
            session={session}
            left={() => {
              location.hash = "";
              location.reload();
            }}
            switchLanguage={() => void speak(other)}
          />
        )}
      </Fragment>
      {over && (
        <Modal
          visible
          header={t(signInWords.again)}
          closeAriaLabel={t(common.close)}
          onDismiss={() => location.reload()}
        >
          <SpaceBetween size="m">
            <Box>{t(signInWords.over)}</Box>
            <SignIn user={session?.user} done={signedInAgain} />
          </SpaceBetween>
        </Modal>
      )}
    </I18nProvider>
  );
}

/* Light or dark, as the system has it, also when that changes. */
const dark = matchMedia("(prefers-color-scheme: dark)");
const followMode = () => applyMode(dark.matches ? Mode.Dark : Mode.Light);
dark.addEventListener("change", followMode);
followMode();
document.documentElement.lang = currentLanguage();

createRoot(document.getElementById("root")!).render(<Console />);
