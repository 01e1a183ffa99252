import type { Counted, Words } from "../i18n";

export const decisionWords = {
  title: ["Decisions", "判定の記録"],
  description: [
    "What was decided, when, from where and why; of the last day unless you choose otherwise.",
    "何が・いつ・どこから・なぜ判定されたか。指定がなければ直近 1 日分です。",
  ],
  decision: ["Decision", "判定"],
  allowed: ["Let through", "許可"],
  from: ["From", "差出人"],
  recipients: ["Recipients", "宛先数"],
  source: ["Source", "接続元"],
  reply: ["Reply", "応答"],
  since: ["Since", "期間"],
  lastHours: ["the last hour", "the last {0} hours", "直近 {0} 時間"],
  lastDays: ["the last day", "the last {0} days", "直近 {0} 日"],
  anyUser: ["User", "ユーザー"],
  anyFrom: ["From address", "差出人アドレス"],
  both: ["both", "両方"],
  logins: ["Failed logins", "失敗したログイン"],
  network: ["Network", "ネットワーク"],
  attempts: ["Attempts", "試行回数"],
  last: ["Last", "最後"],
  lastUser: ["Last user name", "最後のユーザー名"],
} satisfies Record<string, Words | Counted>;
