import type { Counted, Words } from "../i18n";

export const queueWords = {
  title: ["Queue", "キュー"],
  description: [
    "What waits, recipient by recipient: {0} queued, {1} held.",
    "待機中の宛先: 待機 {0} 件、保留 {1} 件。",
  ],
  empty: ["Nothing waits", "待機中のメールはありません"],
  of: ["Of user", "ユーザー"],
  ofKey: ["Of access key", "アクセスキー"],
  openMessage: ["Message id", "メッセージ ID"],
  open: ["Open", "開く"],
  message: ["Message", "メッセージ"],
  recipient: ["Recipient", "宛先"],
  from: ["From", "差出人"],
  site: ["Site", "配送先ドメイン"],
  queued: ["Queued", "待機"],
  held: ["Held", "保留"],
  bySite: ["By site", "配送先別"],
  accepted: ["Accepted", "受付"],
  attempts: ["Attempts", "試行回数"],
  next: ["Next attempt", "次の試行"],
  reply: ["Last reply", "最後の応答"],
  retry: ["Retry now", "今すぐ再試行"],
  hold: ["Hold", "保留"],
  release: ["Release", "保留解除"],
  drop: ["Drop", "破棄"],
  changeAsk: [
    "{0} recipient is changed so, if it is in a fitting state.",
    "{0} recipients are changed so, if they are in a fitting state.",
    "{0} 件の宛先に対して実行します (該当する状態のもののみ)。",
  ],
  changeAllAsk: [
    "All recipients that wait and are chosen here are changed so.",
    "ここで選ばれている待機中の宛先すべてに対して実行します。",
  ],
  dropAsk: ["What is dropped is gone: nobody is told.", "破棄したものは戻せません。送信者への通知もありません。"],
  changed: ["{0} recipient changed", "{0} recipients changed", "{0} 件の宛先を変更しました"],
  all: ["All of these", "該当するすべて"],
  heldBy: ["held by {0}", "保留: {0}"],
  underWay: ["under way", "配送中"],
} satisfies Record<string, Words | Counted>;

export const messagesWords = {
  title: ["Messages", "メッセージ"],
  description: [
    "What became of mail that was accepted, recipient by recipient, the newest first.",
    "受け付けたメールの結果を宛先ごとに、新しい順に表示します。",
  ],
  empty: ["Nothing was found", "見つかりませんでした"],
  subject: ["Subject", "件名"],
  noSubject: ["(no subject)", "(件名なし)"],
  addressHint: ["address or @example.com", "アドレスか @example.com"],
  anyState: ["any", "すべて"],
  since: ["From this day", "開始日"],
  until: ["To this day", "終了日"],
} satisfies Record<string, Words>;

export const messageWords = {
  title: ["Message", "メッセージ"],
  life: ["Its life", "経過"],
  acceptedFrom: ["Accepted from {0}", "{0} から受付"],
  decidedBy: ["Let through by {0}", "許可したポリシー: {0}"],
  statement: ["statement {0}", "ステートメント {0}"],
  braked: ["Held by the brake: {0}", "ブレーキによる保留: {0}"],
  attempt: ["attempt {0}", "{0} 回目の試行"],
  dialogue: ["What was said", "SMTP のやりとり"],
  onlyFirst: ["Only the first {0} recipients are drawn here.", "最初の {0} 件の宛先のみ図示しています。"],
  wholeMessage: ["Download (.eml)", "ダウンロード (.eml)"],
  willTry: ["Next attempt", "次の試行"],
  willExpire: ["Given up, if it fails until then", "失敗が続けば断念"],
  details: ["Details", "詳細"],
  mailFrom: ["Envelope sender", "エンベロープ送信者"],
  onTheWire: ["Envelope sender on the wire", "実際のエンベロープ送信者"],
  key: ["Access key", "アクセスキー"],
  client: ["Client", "クライアント"],
  tls: ["TLS", "TLS"],
  size: ["Bytes", "バイト数"],
  set: ["Configuration set", "設定セット"],
  tags: ["Tags", "タグ"],
  hidden: ["Provider hidden", "経由サービスの秘匿"],
  recipients: ["Recipients", "宛先"],
  source: ["Source, as it leaves", "ソース (送出時)"],
  headers: ["Headers", "ヘッダー"],
  body: ["Body", "本文"],
  noBody: ["The body is not kept any more.", "本文はもう保存されていません。"],
  cut: ["Only the start of the body is shown.", "本文の先頭のみ表示しています。"],
  rendered: ["Rendered", "表示"],
  renderedHint: [
    "In a closed frame: no script, nothing fetched from elsewhere.",
    "隔離されたフレーム内に表示します。スクリプトの実行や外部の読み込みは行いません。",
  ],
  notRendered: [
    "There is no part that can be shown. See the source.",
    "表示できる部分がありません。ソースを確認してください。",
  ],
} satisfies Record<string, Words>;

export const recipientStates: Record<string, Words> = {
  queued: ["queued", "待機中"],
  held: ["held", "保留"],
  delivered: ["delivered", "配送済み"],
  bounced: ["bounced", "バウンス"],
  expired: ["expired", "期限切れ"],
  suppressed: ["suppressed", "抑制"],
  dropped: ["dropped", "破棄"],
};

export const whatHappened: Record<string, Words> = {
  ...recipientStates,
  deferred: ["not taken for now", "一時的に受け付けられず"],
  failed: ["not taken", "受け付けられず"],
  retried: ["retried by hand", "手動で再試行"],
  released: ["released", "保留解除"],
};

export const suppressionWords = {
  title: ["Suppression list", "サプレッションリスト"],
  description: [
    "Addresses that get no more mail: a receiver said they do not exist, or a reader complained.",
    "存在しない、または苦情があったため、メールを送らないアドレスです。",
  ],
  empty: ["No address is suppressed", "抑制中のアドレスはありません"],
  add: ["Add an address", "アドレスを追加"],
  since: ["Since", "登録日時"],
  removeAsk: ["Mail goes to {0} again.", "{0} への送信を再開します。"],
  of: ["Reason", "理由"],
  all: ["all", "すべて"],
} satisfies Record<string, Words>;
export const suppressionReasons: Record<string, Words> = {
  BOUNCE: ["Bounce", "バウンス"],
  COMPLAINT: ["Complaint", "苦情"],
};
