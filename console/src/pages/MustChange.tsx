/* Instead of all pages, until who signs in with a password that was made for them has chosen their own. */
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Session } from "../api";
import { t } from "../i18n";
import { Password } from "../parts/SignInSettings";
import { ownWords as w } from "../words/own";

export default function MustChange({ user, done }: { user: string; done: (session: Session | null) => void }) {
  return (
    <main className="page-center">
      <SpaceBetween size="m">
        <Alert type="info" header={t(w.mustChange)}>
          {t(w.mustChangeWords)}
        </Alert>
        <Password user={user} done={done} />
      </SpaceBetween>
    </main>
  );
}
