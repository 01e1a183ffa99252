/*
 * Enough of MIME (RFC 2045, 2046) to find the part of a message that a person reads. What it yields is
 * hostile text of a stranger: it is shown in a closed frame, or as text, and never becomes our HTML.
 */
export interface Part {
  type: "text/html" | "text/plain";
  text: string;
}

interface Entity {
  type: string;
  parameters: Map<string, string>;
  encoding: string;
  body: string;
}

const DEPTH_MAX = 8;
const PARTS_MAX = 100;

function fieldsOf(header: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of header.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}

function entityOf(header: string, body: string): Entity {
  const fields = fieldsOf(header);
  const [type = "", ...rest] = (fields.get("content-type") || "text/plain").split(";");
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf("=");
    if (equals > 0)
      parameters.set(
        parameter.slice(0, equals).trim().toLowerCase(),
        parameter
          .slice(equals + 1)
          .trim()
          .replace(/^"(.*)"$/, "$1"),
      );
  }
  return {
    type: type.trim().toLowerCase(),
    parameters,
    body,
    encoding: (fields.get("content-transfer-encoding") ?? "").toLowerCase(),
  };
}

function partsOf({ parameters, body }: Entity): Entity[] {
  const boundary = parameters.get("boundary");
  if (!boundary) return [];
  const pieces = `\n${body}`.split(`\n--${boundary}`).slice(1, PARTS_MAX);
  return pieces
    .filter((piece) => !piece.startsWith("--"))
    .map((piece) => {
      const text = piece.replace(/^[^\n]*\n/, "");
      const blank = /^\r?\n|\r?\n\r?\n/.exec(text);
      return blank
        ? entityOf(text.slice(0, blank.index), text.slice(blank.index + blank[0].length))
        : entityOf(text, "");
    });
}

function bytesOf({ encoding, body }: Entity): Uint8Array {
  if (encoding === "base64") {
    try {
      return Uint8Array.from(atob(body.replace(/[^A-Za-z0-9+/=]/g, "")), (letter) => letter.charCodeAt(0));
    } catch {
      return new TextEncoder().encode(body); // cut, or not what it says
    }
  }
  if (encoding !== "quoted-printable") return new TextEncoder().encode(body);
  const bytes: number[] = [];
  const text = body.replace(/[ \t]+(\r?\n)/g, "$1").replace(/=\r?\n/g, "");
  for (let at = 0; at < text.length; at++) {
    const hex = text[at] === "=" ? text.slice(at + 1, at + 3) : "";
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(parseInt(hex, 16));
      at += 2;
    } else bytes.push(...new TextEncoder().encode(text[at]));
  }
  return Uint8Array.from(bytes);
}

/* What was not encoded came as JSON, which has made UTF-8 of it already. */
function textOf(entity: Entity): string {
  const encoded = entity.encoding === "base64" || entity.encoding === "quoted-printable";
  try {
    return new TextDecoder(encoded ? (entity.parameters.get("charset") ?? "utf-8") : "utf-8").decode(bytesOf(entity));
  } catch {
    return new TextDecoder().decode(bytesOf(entity)); // a character set that nobody knows
  }
}

function leaves(entity: Entity, depth: number): Entity[] {
  if (!entity.type.startsWith("multipart/")) return [entity];
  return depth >= DEPTH_MAX ? [] : partsOf(entity).flatMap((part) => leaves(part, depth + 1));
}

/* HTML if there is some, else plain text, else nothing that can be shown. */
export function readable(header: string, body: string): Part | null {
  const all = leaves(entityOf(header, body), 0);
  for (const type of ["text/html", "text/plain"] as const) {
    const found = all.find((entity) => entity.type === type);
    if (found) return { type, text: textOf(found) };
  }
  return null;
}
