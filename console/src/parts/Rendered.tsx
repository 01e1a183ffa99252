/*
 * A message as its reader sees it, in a frame that can do nothing: its own origin, no script, no form, no
 * link that leads out of it, and a policy of its own by which nothing is fetched, not even a picture that
 * tells who looked.
 */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import { useEffect, useMemo, useState } from "react";
import { t } from "../i18n";
import { readable } from "../mime";
import { messageWords as w } from "../words/mail";

const closed =
  `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">` +
  `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'">`;

/*
 * No policy covers what only prepares a connection: <link rel="preconnect">, and an inner frame, to whose
 * server a browser connects before it asks the policy. That tells who looked. A tag is told by these letters
 * and what ends them (WHATWG HTML, tag name state); under another name it means nothing. A parsed document
 * to take them out of would break the console's own policy by its styles, and hide what is in templates.
 */
const connecting = /<(\/?)(?=(?:link|meta|base|iframe|frame|frameset|fencedframe|object|embed)[\s/>])/gi;

function useFrame(html: string): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(
      new Blob([closed, html.replace(connecting, "<$1x-")], { type: "text/html;charset=utf-8" }),
    );
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [html]);
  return url;
}

function Frame({ html }: { html: string }) {
  const url = useFrame(html);
  return url ? (
    <iframe className="mail" sandbox="" referrerPolicy="no-referrer" src={url} title={t(w.rendered)} />
  ) : null;
}

export function Rendered({ header, body }: { header: string; body: string }) {
  const part = useMemo(() => readable(header, body), [header, body]);
  if (!part) return <Alert type="info">{t(w.notRendered)}</Alert>;
  if (part.type === "text/plain") return <pre className="source">{part.text}</pre>;
  return (
    <>
      <Box color="text-body-secondary" margin={{ bottom: "xs" }}>
        {t(w.renderedHint)}
      </Box>
      <Frame html={part.text} />
    </>
  );
}
