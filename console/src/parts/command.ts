/* A call of the API as it is made from a shell. */
import type { Service, Session } from "../api";

function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/* ListMFADevices is list-mfa-devices. */
function dashed(operation: string): string {
  return operation
    .replace(/(.)([A-Z][a-z]+)/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

type Input = Record<string, unknown>;

export function awsCommand(session: Session, service: Service, operation: string, input: Input): string {
  return [
    "aws",
    service,
    dashed(operation),
    "--cli-input-json",
    word(JSON.stringify(input)),
    "--endpoint-url",
    location.origin,
    "--region",
    session.region,
  ].join(" ");
}

export function posternCommand(service: Service, operation: string, input: Input): string {
  return `postern api ${service} ${operation} ${word(JSON.stringify(input))}`;
}
