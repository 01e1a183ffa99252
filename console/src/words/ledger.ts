import type { Words } from "../i18n";

export const ledgerWords = {
  title: ["Ledger", "台帳"],
  description: [
    "Everything that was done, and what came of it. Each record is chained to the one before it, so that none is changed or taken away unseen.",
    "行われたすべてのこととその結果の記録です。各記録は前の記録に連鎖しており、気付かれずに変更・削除することはできません。",
  ],
  verification: ["Is it whole?", "完全性の検証"],
  verificationHint: [
    "Every record is read and held against the chain and the signed heads.",
    "全記録を読み取り、連鎖と署名済みの先頭に照らして検証します。",
  ],
  verify: ["Verify", "検証"],
  sign: ["Sign a head now", "今の先頭に署名"],
  verifying: ["Verifying", "検証中"],
  soFar: ["record {0} of {1}", "記録 {0} / {1}"],
  whole: ["The ledger is whole", "台帳は完全です"],
  wholeWords: [
    "Records {0} to {1}. Signed heads: {2}. Records whose details were erased: {3}.",
    "記録 {0} から {1} まで、署名済みの先頭 {2} 件、詳細が消去された記録 {3} 件。",
  ],
  signedWith: ["Key that signs heads:", "先頭の署名鍵:"],
  damaged: ["The ledger is not whole", "台帳に異常があります"],
  heads: ["Heads that you kept elsewhere", "別の場所に保管した先頭の署名"],
  headsHint: [
    "Whoever owns the host can write another chain, but not a head that you kept: paste them here, and the ledger must fit them too.",
    "サーバーを乗っ取った者は連鎖を作り直せますが、別に保管した先頭の署名は作り直せません。ここに貼り付けると、それとの一致も検証します。",
  ],
  records: ["Records", "記録"],
  number: ["No.", "番号"],
  what: ["What", "内容"],
  who: ["Who", "誰が"],
  details: ["Details", "詳細"],
  more: ["More", "その他"],
  erased: ["Its details were erased (record {0})", "詳細は消去されました (記録 {0})"],
  about: ["About", "対象"],
  aboutHint: ["a user, address, key or message id", "ユーザー・アドレス・キー・メッセージ ID"],
  kind: ["Kind", "種類"],
  anyKind: ["any", "すべて"],
  since: ["From this day", "開始日"],
  until: ["To this day", "終了日"],
} satisfies Record<string, Words>;

export const ledgerKinds: Record<string, Words> = {
  decision: ["decision", "判定"],
  outcome: ["outcome", "配送結果"],
  call: ["call", "操作"],
  login: ["login", "ログイン"],
  service: ["service", "サービス"],
  erasure: ["erasure", "消去"],
};
