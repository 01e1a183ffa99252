/*
 * AWS Signature Version 4 by the browser's own cryptography, for what the console sends as anybody would:
 * with an access key. One reading of a request is signed: a path that needs no encoding, and no query.
 */
export interface Signer {
  id: string;
  secret: string;
  region: string;
  service: string;
}
export interface Unsigned {
  method: string;
  host: string; // as the browser names it: with the port, unless that is the scheme's own
  path: string;
  headers: Record<string, string>; // names in lower case
  body: string;
}

const bytes = new TextEncoder();

function hexadecimal(buffer: ArrayBuffer): string {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function hash(text: string): Promise<string> {
  return hexadecimal(await crypto.subtle.digest("SHA-256", bytes.encode(text)));
}

async function authenticator(key: BufferSource, text: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return crypto.subtle.sign("HMAC", imported, bytes.encode(text));
}

/* A browser gives this to pages over https and to those of the machine itself. */
export function canSign(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

/* The headers to send, all but Host, which the browser writes. */
export async function sign(request: Unsigned, signer: Signer, now: Date): Promise<Record<string, string>> {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const sent: Record<string, string> = { ...request.headers, "x-amz-date": time };
  const signed: [string, string][] = Object.entries({ ...sent, host: request.host });
  signed.sort(([one], [other]) => (one < other ? -1 : 1));
  const names = signed.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    request.path,
    "",
    ...signed.map(([name, value]) => `${name}:${value.trim()}`),
    "",
    names,
    await hash(request.body),
  ].join("\n");

  const scope = [time.slice(0, 8), signer.region, signer.service, "aws4_request"];
  let key: BufferSource = bytes.encode(`AWS4${signer.secret}`);
  for (const part of scope) key = await authenticator(key, part);
  const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), await hash(canonical)].join("\n");
  const signature = hexadecimal(await authenticator(key, toSign));
  const authorization = `AWS4-HMAC-SHA256 Credential=${signer.id}/${scope.join("/")}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...sent, authorization };
}
