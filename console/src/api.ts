/*
 * The only place that talks to the server. Every answer is an object; every failure an ApiError with
 * the server's own words. When the session is over, the caller waits for the sign-in that the shell
 * shows and the call is made again, so that nothing that was typed is lost.
 */
import { type Signer, sign } from "./sigv4";

export interface Session {
  user: string;
  arn: string;
  administrator: boolean;
  must_change_password?: boolean;
  region: string;
  account: string;
  hostname: string;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Json = Record<string, unknown>;
export type Service = "ses" | "sesv2" | "iam" | "sts" | "accessanalyzer" | "cloudtrail" | "postern";

async function reach(path: string, how: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...how, cache: "no-store" });
  } catch {
    throw new ApiError(0, "Unreachable", "");
  }
}

/* The header is what a form of another site cannot send: the session cookie alone proves nothing. */
async function request(method: string, path: string, body?: Json): Promise<Response> {
  const headers: Record<string, string> = { "X-Postern-Console": "1" };
  if (body) headers["Content-Type"] = "application/json";
  return reach(path, { method, headers, body: body && JSON.stringify(body) });
}

async function failure(response: Response): Promise<ApiError> {
  const words: Json = await response.json().catch(() => ({}));
  return new ApiError(
    response.status,
    String(words.code ?? response.headers.get("x-amzn-errortype") ?? response.status),
    String(words.message ?? response.statusText),
  );
}

/* An answer that cannot be read, as a proxy's page, is an error like any other. */
async function answer<T>(response: Response): Promise<T> {
  if (!response.ok) throw await failure(response);
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError(response.status, "Unreadable", "");
  }
}

/* ---- the session ---- */

export async function readSession(): Promise<Session | null> {
  const response = await request("GET", "/console/session");
  if (response.status !== 401) return answer<Session>(response);
  await response.body?.cancel(); // one that nobody reads holds its connection
  return null;
}

export async function signIn(user: string, password: string, code?: string): Promise<Session> {
  const body: Json = { user, password };
  if (code) body.code = code;
  await answer(await request("POST", "/console/session", body));
  const session = await readSession();
  if (!session) throw new ApiError(401, "NotSignedIn", "");
  return session;
}

export async function signOut(everywhere: boolean): Promise<void> {
  const response = await request("DELETE", "/console/session" + (everywhere ? "?everywhere" : ""));
  if (!response.ok && response.status !== 401) throw await failure(response);
}

let askToSignIn: (() => Promise<void>) | null = null;
let asked: Promise<void> | null = null;

/* The shell says how to ask; however many calls find the session over, it is asked once. */
export function whenSessionIsOver(ask: () => Promise<void>): void {
  askToSignIn = ask;
}

/* ---- calls ---- */

export async function call<T = Json>(service: Service, operation: string, input: Json = {}): Promise<T> {
  const path = `/console/api/${service}/${operation}`;
  let response = await request("POST", path, input);
  if (response.status === 401 && askToSignIn) {
    await response.body?.cancel();
    asked ??= askToSignIn().finally(() => {
      asked = null;
    });
    await asked;
    response = await request("POST", path, input);
  }
  return answer<T>(response);
}

/* A verb of the administrator, or one that acts on who is signed in (`own.`). */
export function verb<T = Json>(name: string, input: Json = {}): Promise<T> {
  return call<T>("postern", name, input);
}

/* ---- as anybody ---- */

export interface Mail {
  from: string;
  to: string;
  subject: string;
  text: string;
}

/* Through the public API, by an access key alone: a session sends no mail. The message's id. */
export async function send(mail: Mail, signer: Omit<Signer, "service">): Promise<string> {
  const path = "/v2/email/outbound-emails";
  const body = JSON.stringify({
    FromEmailAddress: mail.from,
    Destination: { ToAddresses: [mail.to] },
    Content: {
      Simple: {
        Subject: { Data: mail.subject, Charset: "UTF-8" },
        Body: { Text: { Data: mail.text, Charset: "UTF-8" } },
      },
    },
  });
  const headers = await sign(
    { method: "POST", host: location.host, path, headers: { "content-type": "application/json" }, body },
    { ...signer, service: "ses" },
    new Date(),
  );
  const response = await reach(path, { method: "POST", headers, body, credentials: "omit" });
  return (await answer<{ MessageId: string }>(response)).MessageId;
}
