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
  reputationOn: ["Bounces and complaints of this set are counted", "この設定セットのバウンスと苦情を集計する"],
  freshStart: ["Counted since {0}", "集計開始: {0}"],
  suppression: ["Suppressed recipients", "宛先の抑制"],
  accountDefault: ["As the account says", "アカウントの設定に従う"],
  ownReasons: ["Suppressed for", "抑制の理由"],
  delivery: ["Delivery", "配送"],
  giveUp: ["Give up after (seconds)", "再送をやめるまでの秒数"],
  giveUpHint: ["300 to 50400; empty: as the service does", "300〜50400。空欄の場合はサービスの設定に従います"],
  saveDelivery: ["Save delivery", "配送の設定を保存"],
  tracking: ["Tracking", "トラッキング"],
  redirect: ["Domain of links", "リンクのドメイン"],
  redirectHint: ["A verified domain; empty: none", "検証済みのドメイン。空欄の場合は使用しません"],
  httpsPolicy: ["HTTPS in links", "リンクの HTTPS"],
  saveTracking: ["Save tracking", "トラッキングの設定を保存"],
  destinations: ["Event destinations", "イベントの送信先"],
  noDestinations: ["No event destination", "イベントの送信先はありません"],
  events: ["Events", "イベント"],
  target: ["Goes to", "送信先"],
} satisfies Record<string, Words>;

export const httpsPolicies: Record<string, Words> = {
  OPTIONAL: ["as the link was", "元のリンクに従う"],
  REQUIRE_OPEN_ONLY: ["for opens only", "開封のみ HTTPS"],
  REQUIRE: ["always", "常に HTTPS"],
};

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
  details: ["Use of the account", "アカウントの用途"],
  review: ["Request for production access: {0}", "本番環境の申請: {0}"],
  mailType: ["Kind of mail", "メールの種類"],
  website: ["Web site", "ウェブサイト"],
  useCase: ["What is sent, and to whom", "送信の内容と宛先"],
  contactLanguage: ["Language of answers", "連絡時の言語"],
  contacts: ["Who else is told", "追加の連絡先"],
  contactsHint: ["Addresses, one a line", "アドレスを 1 行に 1 件ずつ"],
  askProduction: ["Ask for production access", "本番環境を申請する"],
  saveDetails: ["Save these details", "用途を保存"],
} satisfies Record<string, Words>;

export const mailTypes: Record<string, Words> = {
  TRANSACTIONAL: ["transactional", "トランザクション"],
  MARKETING: ["marketing", "マーケティング"],
};

export const languages: Record<string, Words> = {
  EN: ["English", "英語"],
  JA: ["Japanese", "日本語"],
};

export const reviewStates: Record<string, Words> = {
  PENDING: ["pending: the administrator decides", "審査中 (管理者が判断します)"],
  GRANTED: ["granted", "承認済み"],
  DENIED: ["denied", "却下"],
};
