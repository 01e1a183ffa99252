/* Retry, hold, release, drop: of chosen recipients, or of all that wait and fit a filter. */
import Box from "@cloudscape-design/components/box";
import { verb } from "../api";
import { counted, t, type Words } from "../i18n";
import { useDoing } from "../load";
import { queueWords as w } from "../words/mail";
import { Ask } from "./Ask";
import { notify } from "./notify";

export type Change = "retry" | "hold" | "release" | "drop";
export const changes: Record<Change, Words> = { retry: w.retry, hold: w.hold, release: w.release, drop: w.drop };

interface QuestionProps {
  change: Change;
  of: { message: string; recipient: string }[] | { as?: string; key?: string; site?: string };
  leave: () => void;
  changed: () => void;
}

export function QueueQuestion({ change, of, leave, changed }: QuestionProps) {
  const doing = useDoing();
  const title = t(changes[change]);
  const act = async () => {
    let done = 0;
    if (Array.isArray(of))
      for (const { message, recipient } of of)
        done += (await verb<{ changed: number }>("queue.change", { change, message, recipient })).changed;
    else done = (await verb<{ changed: number }>("queue.change", { change, message: "all", ...of })).changed;
    notify(`${title}: ${counted(w.changed, done)}`);
    changed();
  };
  return (
    <Ask title={title} yes={title} doing={doing} act={act} leave={leave}>
      <Box>{Array.isArray(of) ? counted(w.changeAsk, of.length) : t(w.changeAllAsk)}</Box>
      {!Array.isArray(of) && [of.as, of.key, of.site].some(Boolean) && (
        <Box>
          <span className="code">{[of.as, of.key, of.site].filter(Boolean).join(" · ")}</span>
        </Box>
      )}
      {change === "drop" && <Box>{t(w.dropAsk)}</Box>}
    </Ask>
  );
}
