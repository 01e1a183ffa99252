import type { Words } from "../i18n";

export const setWords = {
  title: ["Configuration sets", "設定セット"],
  description: [
    "How mail that names one, or whose identity has one as default, is treated.",
    "メールまたは ID のデフォルトで指定された設定の扱い。",
  ],
  create: ["Create a configuration set", "設定セットを作成"],
  removeAsk: [
    "{0} is removed. Mail that names it is refused from then on.",
    "{0} を削除します。以後、これを指定したメールは拒否されます。",
  ],
  sending: ["Sending", "送信"],
  sendingOn: ["Mail with this set is sent", "この設定セットのメールを送信する"],
  tls: ["TLS to receivers", "受信側との TLS"],
  OPTIONAL: ["when offered", "可能な場合"],
  REQUIRE: ["required", "必須"],
  reputation: ["Reputation metrics", "評価メトリクス"],
  suppression: ["Suppressed for", "抑制の理由"],
  accountDefault: ["as the account", "アカウントの設定に従う"],
  destinations: ["Event destinations", "イベントの送信先"],
  noDestinations: ["No event destination", "イベントの送信先はありません"],
  events: ["Events", "イベント"],
  target: ["Goes to", "送信先"],
} satisfies Record<string, Words>;

export const templateWords = {
  title: ["Templates", "テンプレート"],
  description: ["Messages with places for words, as {{name}}.", "{{name}} のような差し込みを持つメッセージ。"],
  create: ["Create a template", "テンプレートを作成"],
  created: ["Created", "作成"],
  subject: ["Subject", "件名"],
  text: ["Text", "テキスト"],
  html: ["HTML", "HTML"],
  data: ["Words for the preview", "プレビューに使う値"],
  dataHint: ["A JSON object", "JSON オブジェクト"],
  preview: ["Preview", "プレビュー"],
  previewHint: ["As it is stored: save first.", "保存済みの内容で表示します。先に保存してください。"],
  removeAsk: ["{0} is removed. It cannot be restored.", "{0} を削除します。元に戻せません。"],
  saved: ["{0} was saved", "{0} を保存しました"],
  source: ["Source", "ソース"],
} satisfies Record<string, Words>;

export const keyWords = {
  title: ["Keys and canaries", "キーとカナリア"],
  keys: ["Access keys", "アクセスキー"],
  brakes: ["Stopped by the brake", "ブレーキによる停止"],
  brakesHint: [
    "Credentials that sent as never before: their mail is held until somebody looks.",
    "普段と異なる送信をした認証情報です。確認されるまでメールを保留します。",
  ],
  noBrakes: ["No credential is stopped", "停止中の認証情報はありません"],
  why: ["Why", "理由"],
  held: ["Held", "保留"],
  release: ["It was the owner: release", "本人の送信: 解除"],
  releaseAsk: [
    "What the brake holds of {0} is sent, and what it did counts as ordinary from now on.",
    "{0} の保留メールを送信し、今後は通常の送信とみなします。",
  ],
  drop: ["Drop the mail", "メールを破棄"],
  dropAsk: [
    "What the brake holds of {0} is dropped. The credential stays stopped.",
    "{0} の保留メールを破棄します。認証情報は停止したままです。",
  ],
  canaries: ["Canaries", "カナリア"],
  canariesHint: [
    "Keys that nobody has a reason to use. Whoever uses one has found it where a thief looks.",
    "誰も使う理由のないキーです。使われたら、盗み見られた証拠です。",
  ],
  noCanaries: ["No canary is laid", "カナリアはありません"],
  uses: ["Uses", "使用回数"],
  lastUse: ["Last use", "最後の使用"],
  createCanary: ["Lay a canary", "カナリアを作成"],
  createCanaryAsk: [
    "A key is made that may do nothing, and shown once. Put it where a thief will look.",
    "何の権限もないキーを作成し、一度だけ表示します。盗む者が探しそうな場所に置いてください。",
  ],
  userHint: ["Empty: a name as the SES console gives", "空欄の場合、SES コンソール風の名前になります"],
  permitted: ["its user was given a permission", "ユーザーに権限が付与されています"],
  removeAsk: ["The canary {0} is deleted.", "カナリア {0} を削除します。"],
} satisfies Record<string, Words>;

export const accountWords = {
  title: ["Settings", "設定"],
  account: ["Account", "アカウント"],
  region: ["Region", "リージョン"],
  hostname: ["Name of the service", "サービスのホスト名"],
  starttls: ["SMTP with STARTTLS", "SMTP (STARTTLS)"],
  tls: ["SMTP with TLS", "SMTP (TLS)"],
  signingKeys: ["Signing keys in store", "準備済みの署名鍵"],
  production: ["In production", "本番環境"],
  productionHint: [
    "Off: the sandbox, in which mail goes only to verified recipients, 200 a day",
    "オフ: サンドボックス (検証済みの宛先のみ、1 日 200 通)",
  ],
  productionAsk: [
    "Back in the sandbox mail goes only to verified recipients.",
    "サンドボックスに戻すと、検証済みの宛先にのみ送信されます。",
  ],
  paused: ["Paused", "停止中"],
  pausedHint: ["All mail of the account is refused", "アカウントのすべてのメールを拒否します"],
  pausedAsk: [
    "From now on everybody's mail is refused, until it is turned off again.",
    "オフにするまで、全員のメールを拒否します。",
  ],
  suppression: ["Suppress recipients after", "宛先を抑制する条件"],
  provider: ["DNS records of the service's own name", "サービス自身の DNS レコード"],
  suspensions: ["Suspended now", "現在の一時停止"],
  noSuspensions: ["Nobody and nothing is suspended", "一時停止中のものはありません"],
  since: ["Since", "開始"],
  kind: ["Kind", "種類"],
  identity: ["Identity", "ID"],
  groups: ["Groups", "グループ"],
  noGroups: ["There is no group", "グループはありません"],
  createGroup: ["Create a group", "グループを作成"],
  members: ["Members", "メンバー"],
  membersAsk: ["Members of {0}", "{0} のメンバー"],
  removeGroupAsk: [
    "The group {0} is deleted. Members and policies must be gone first.",
    "グループ {0} を削除します。メンバーとポリシーを先に外してください。",
  ],
  policies: ["Policies", "ポリシー"],
} satisfies Record<string, Words>;
