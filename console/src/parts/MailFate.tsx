/* What became of a message, looked at ever less often until it is known, and not while nobody looks. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useEffect, useState } from "react";
import { verb } from "../api";
import type { Message, OwnMessage, Recipient } from "../answers";
import { t, when } from "../i18n";
import { type Loaded, useLoad } from "../load";
import { link } from "../route";
import { useSession } from "../session";
import { testMailWords as w } from "../words/test-mail";
import { Failed } from "./Failed";
import { RecipientState } from "./RecipientState";
import { said } from "./said";

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/* What the list of one's own mail says of a recipient, and what only the administrator is told. */
type Fate = OwnMessage["recipients"][number] & Partial<Recipient>;

/* An attempt was made and did not end it. */
function waits(fate: Fate): boolean {
  return fate.state === "queued" && !fate.under_way && (fate.attempts === undefined ? !!fate.reply : fate.attempts > 0);
}

function isKnown(fates: Fate[] | undefined): boolean {
  return !!fates?.length && fates.every((fate) => fate.finished || fate.state === "held" || waits(fate));
}

/* `mine`: as whoever sent it, who need not be allowed to see everybody's mail. */
async function look(message: string, mine: boolean): Promise<Fate[]> {
  if (!mine) return (await verb<Message>("queue.show", { message })).recipients;
  const { messages } = await verb<{ messages: OwnMessage[] }>("own.mail");
  return messages.find((one) => one.message === message)?.recipients ?? [];
}

type Looked = Loaded<Fate[]> & { known: boolean };

export function useFate(message: string, mine: boolean): Looked {
  const fate = useLoad<Fate[]>(async () => (message ? look(message, mine) : []), [message, mine]);
  const [looks, setLooks] = useState({ message, count: 0 });
  const count = looks.message === message ? looks.count : 0;
  const known = isKnown(fate.value);
  const stopped = !message || known || !!fate.error;
  useEffect(() => {
    if (stopped) return;
    const timer = setTimeout(
      () => {
        if (!document.hidden) void fate.reload();
        setLooks({ message, count: count + 1 });
      },
      Math.min(FIRST_MS * 1.5 ** count, LONGEST_MS),
    );
    return () => clearTimeout(timer);
  }, [stopped, message, count, fate.reload]);
  return { ...fate, known };
}

/* Where a message went that left the machine by no line. */
function Place({ fate, message }: { fate: Fate; message: string }) {
  const { administrator } = useSession();
  if (fate.state !== "delivered") return null;
  if (fate.reply.endsWith(" captured"))
    return (
      <div>
        {t(w.captured)} {administrator && <Link href={link("queue", message)}>{t(w.readIt)}</Link>}
      </div>
    );
  return <div>{fate.reply.endsWith(" simulated") ? t(w.simulated) : t(w.delivered, fate.recipient)}</div>;
}

function Recipients({ fates, message, again }: { fates: Fate[]; message: string; again: () => void }) {
  return (
    <SpaceBetween size="s">
      {fates.map((fate) => (
        <div key={fate.recipient}>
          <span className="name">{fate.recipient}</span>: <RecipientState recipient={fate} />
          <Place fate={fate} message={message} />
          {waits(fate) && <div>{fate.next ? t(w.waitsUntil, when(fate.next)) : t(w.waits)}</div>}
          {fate.reply && (
            <Box fontSize="body-s" color="text-body-secondary">
              <span className="name">{[t(w.saying, said(fate)), fate.remote].filter(Boolean).join(" · ")}</span>
            </Box>
          )}
        </div>
      ))}
      {fates.some((fate) => !fate.finished) && (
        <Button iconName="refresh" onClick={again}>
          {t(w.lookAgain)}
        </Button>
      )}
    </SpaceBetween>
  );
}

export function MailFate({ message, fate }: { message: string; fate: Looked }) {
  const { administrator } = useSession();
  return (
    <div aria-live="polite">
      <SpaceBetween size="s">
        <Failed error={fate.error} again={() => void fate.reload()} />
        {!fate.error && !fate.known && <StatusIndicator type="in-progress">{t(w.onItsWay)}</StatusIndicator>}
        {fate.value && <Recipients fates={fate.value} message={message} again={() => void fate.reload()} />}
        {administrator && <Link href={link("queue", message)}>{t(w.show)}</Link>}
      </SpaceBetween>
    </div>
  );
}
