/* What the verbs answer, as far as the console reads it. Times are ISO text or null. */
export * from "./mail-answers";

export type Time = string | number | null | undefined;

export interface Key {
  id: string;
  status: "Active" | "Inactive";
  created: Time;
  last_used: Time;
  last_used_service: string;
  last_used_address: string;
}
export interface PolicyName {
  name: string;
  kind: "inline" | "managed" | "boundary";
  user?: string;
  group?: string;
}
export interface User {
  user: string;
  id: string;
  arn: string;
  created: Time;
  suspended?: string;
  suspended_until?: Time;
  keys: Key[];
  policies: PolicyName[];
  grants?: Grant[]; // of user.list
  sent?: number;
}
export interface Grant {
  address: string;
  user: string;
  state: "active" | "expired" | "edited";
  kind?: "own" | "delegation";
  until?: Time;
  from_network?: string;
}

/* Shown once: no verb answers a secret a second time. */
export interface Credential {
  user?: string;
  address?: string;
  access_key_id: string;
  secret_access_key?: string;
  smtp_user_name?: string;
  smtp_password?: string;
  smtp_host: string;
  smtp_port_starttls: number;
  smtp_port_tls: number;
  registered?: boolean;
  verified?: boolean;
  production?: boolean;
}
export interface ConsolePassword {
  user: string;
  password: string;
  console: string;
}
export interface Revoked {
  keys?: { id: string; user: string }[];
  held: number;
  delegates: string[];
  others: string[];
}
export interface Suspension {
  kind: "user" | "identity";
  name: string;
  reason: string;
  since: Time;
  until: Time;
}

export interface Identity {
  name: string;
  kind: "domain" | "address";
  verification?: string;
  dkim?: string;
  mail_from_domain?: string;
  mail_from?: string;
  dkim_enabled?: boolean;
  only_itself?: boolean;
  vouched: boolean;
  suspended?: string;
  suspended_until?: Time;
}
export interface DnsRecord {
  purpose: string;
  name: string;
  type: string;
  value: string;
  state?: string;
}
export interface DnsFinding {
  purpose: string;
  type: string;
  name: string;
  found: "present" | "absent" | "wrong" | "unknown";
  seen: string;
  secure: boolean;
  through_cname: boolean;
}
export interface DomainCheck {
  domain: string;
  vouched: boolean;
  verification: string;
  dkim: string;
  findings: DnsFinding[];
}
export interface SigningKey {
  selector: string;
  algorithm: string;
  bits: number;
  state: string;
  since: Time;
  waits_for: string;
}
export interface Dkim {
  domain: string;
  enabled: boolean;
  status: string;
  external: boolean;
  keys: SigningKey[];
}
export interface ExaminationFinding {
  verdict: "red" | "amber" | "green" | "note";
  subject: string;
  words: string;
  publish?: { name: string; type: string; value: string };
  run?: string;
}
export interface Examination {
  domain: string;
  verdict: string;
  user?: string;
  from?: string;
  message?: string;
  findings: ExaminationFinding[];
}

export interface AccessGrant {
  addresses: string;
  identity: string;
  limited: boolean;
  address?: string;
  policy: string;
  statement: number;
  actions: string[];
  conditional: boolean;
  conditions: string;
}
export interface Holder {
  user: string;
  active_keys: number;
  suspended: boolean;
  suspended_until: Time;
  complete: boolean;
  grants: AccessGrant[];
}
export interface AccessReport {
  sandbox: boolean;
  paused: boolean;
  users: Holder[];
}
export interface AccessFinding {
  kind: string;
  text: string;
  address: string;
  users: string[];
}
export interface AccessCheck {
  holds: boolean;
  senders: number; // users who can send now
  identities: number; // that are verified
  findings: AccessFinding[];
}
export interface AccessChange extends AccessGrant {
  change: "gained" | "lost";
  user: string;
}
export interface Explanation {
  allowed: boolean;
  reason: string;
  check: string;
  reply: string;
  address: string;
  resource: string;
  policy?: string;
  statement?: number;
  statement_text?: string;
  dkim_domain: string;
  active_keys: number;
}
export interface PolicyDocument {
  name: string;
  arn?: string;
  document: string;
}
export interface PolicyFinding {
  findingDetails: string;
  findingType: "ERROR" | "SECURITY_WARNING" | "WARNING" | "SUGGESTION";
  issueCode: string;
  learnMoreLink: string;
  locations: { span: { start: Position; end: Position } }[];
}
export interface Position {
  line: number;
  column: number;
  offset: number;
}

export interface Brake {
  key: string;
  user: string;
  status: string;
  braked: Time;
  reason: string;
  why: string;
  held: number;
}
export interface Canary {
  key: string;
  user: string;
  status: string;
  created: Time;
  uses: number;
  last_used: Time;
  last_use: string;
  permitted: boolean;
}
export interface Account {
  account: string;
  region: string;
  hostname: string;
  production: boolean;
  paused: boolean;
  signing_keys_ready: number;
  provider_records: { name: string; type: string; value: string }[];
  smtp_host: string;
  smtp_port_starttls: number;
  smtp_port_tls: number;
}

export interface Own {
  user: string;
  addresses: { address: string; state: "active" | "expired"; until?: Time }[];
  keys: { access_key_id: string; active: boolean; created: Time; used: Time; used_from: string }[];
  smtp_host: string;
  smtp_port_starttls: number;
  smtp_port_tls: number;
  second_factor: boolean;
  sent_24h: number;
}

export interface LedgerRecord {
  number: number;
  time: Time;
  kind: string;
  what?: string;
  result?: string;
  principal?: string;
  message?: string;
  dialogue?: string;
  erased?: number;
}
export interface Verified {
  whole: boolean;
  why?: string;
  next?: string;
  first: number;
  verified: number;
  last: number;
  heads: number;
  erased: number;
  key: string;
}
