import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import type { ApiError } from "../api";
import { t } from "../i18n";
import { common, nextSteps, nextStepsByStatus } from "../words/common";

/* The server's words, as they came, and what to do next. */
export function Failed({ error, again }: { error: ApiError | null; again?: () => void }) {
  if (!error) return null;
  const next =
    (Object.hasOwn(nextSteps, error.code) ? nextSteps[error.code] : undefined) ??
    nextStepsByStatus[error.status] ??
    nextStepsByStatus[500]!;
  return (
    <Alert
      type="error"
      header={error.message || t(common.failed)}
      action={
        again && (
          <Button onClick={again} iconName="refresh">
            {t(common.reload)}
          </Button>
        )
      }
    >
      {t(next)} <span className="code">({error.code})</span>
    </Alert>
  );
}
