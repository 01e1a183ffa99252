/* What the verbs answer about messages and what was decided on them. */
import type { Time } from "./answers";

export interface Recipient {
  recipient: string;
  state: string;
  attempts: number;
  under_way: boolean;
  next?: Time;
  expires?: Time;
  held_by?: string;
  finished: Time;
  status: string;
  reply: string;
  remote: string;
}

export interface Queued extends Recipient {
  message: string;
  from: string;
  user: string;
  accepted: Time;
}

export interface Queue {
  queue: Queued[];
  counts: { queued: number; held: number };
  next?: string;
}

export interface WaitingSite {
  site: string;
  queued: number;
  held: number;
  next: Time;
  reply: string;
}

export interface Found extends Recipient {
  message: string;
  accepted: Time;
  user: string;
  from: string;
  subject: string;
}

export interface FoundMail {
  messages: Found[];
  next?: string;
  reached?: Time;
}

/* What happened to a recipient before its end, as the ledger has it. */
export interface Happened {
  number: number;
  time: Time;
  what: string;
  attempt?: number;
  status?: string;
  reply?: string;
  remote?: string;
  tls?: string;
  next?: Time;
  dialogue?: string;
}

export interface Message {
  message: string;
  accepted: Time;
  user: string;
  key: string;
  source: string;
  client: string;
  tls: string;
  mail_from: string;
  mail_from_on_the_wire: string;
  from: string;
  configuration_set: string;
  tags: string;
  provider_hidden: boolean;
  bytes: number;
  policy: string;
  statement: number;
  brake?: string;
  recipients: (Recipient & { history: Happened[] })[];
  header: string;
  body?: string;
  body_cut?: boolean;
}

export interface Decision {
  at: Time;
  user: string;
  key: string;
  source: string;
  action: string;
  mail_from: string;
  from: string;
  address: string;
  recipients: number;
  reason: string;
  policy: string;
  statement: number;
  resource: string;
  reply: string;
  message: string;
}

export interface Decisions {
  decisions: Decision[];
  next?: string;
  failed_logins?: { hour: Time; network: string; reason: string; attempts: number; last: Time; last_user: string }[];
}

export interface OwnMessage {
  message: string;
  time: Time;
  from: string;
  subject: string;
  source: string;
  reason: string;
  reply: string; // no message: refused
  recipients: { recipient: string; state: string; status: string; reply: string; finished: Time; next?: Time }[];
}
