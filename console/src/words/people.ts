import type { Counted, Words } from "../i18n";

export const people = {
  title: ["People", "ユーザー"],
  description: [
    "One row a person: who holds which address, with which credential.",
    "1 行に 1 人: どのアドレスをどの認証情報で持っているか。",
  ],
  handOut: ["Hand out an address", "アドレスを配布"],
  empty: [
    "Nobody has an address yet. Hand out the first one.",
    "まだ誰もアドレスを持っていません。最初のアドレスを配布してください。",
  ],
  addresses: ["Addresses", "アドレス"],
  credential: ["Credential", "認証情報"],
  lastUsed: ["Last used", "最終使用"],
  find: ["Find a person", "ユーザーを検索"],
  findHint: ["part of a name, an address or a key", "名前・アドレス・キーの一部"],
  sentToday: ["Recipients today", "本日の宛先数"],
  active: ["Active", "有効"],
  inactive: ["Switched off", "停止"],
  noKey: ["No key", "キーなし"],
  suspendedFor: ["Suspended: {0}", "一時停止中: {0}"],
  own: ["own", "本人"],
  delegation: ["delegation", "委任"],
  edited: ["its policy was edited", "ポリシーが編集済み"],
  expired: ["expired", "期限切れ"],
  byPolicy: ["by policies only", "ポリシーのみ"],
  back: ["All people", "ユーザー一覧"],
  keys: ["Access keys", "アクセスキー"],
  key: ["Access key", "アクセスキー"],
  created: ["Created", "作成"],
  usedFrom: ["Used from", "使用元"],
  policies: ["Policies", "ポリシー"],
  kind: ["Kind", "種類"],
  decisions: ["Latest decisions", "最近の判定"],
  addAddress: ["Give another address", "アドレスを追加"],
  addPolicy: ["New policy", "ポリシーを追加"],
  rotate: ["Rotate the credential", "認証情報を更新"],
  newKey: ["Make a second key", "キーを追加"],
  newKeyAsk: [
    "{0} gets one more key, shown once. The other stays as it is.",
    "{0} にキーを追加し、一度だけ表示します。既存のキーはそのまま使えます。",
  ],
  password: ["Make a console password", "コンソールのパスワードを作成"],
  passwordAsk: [
    "{0} signs in to this console with it and must change it then. An older one stops working, and who is signed in with it is signed out.",
    "{0} がこのコンソールへのサインインに使い、その際に変更します。以前のパスワードは使えなくなり、それでサインインした人はサインアウトされます。",
  ],
  passwordOff: ["Take the console password away", "コンソールのパスワードを削除"],
  passwordOffAsk: [
    "{0} signs in to this console no more; the second factor goes too. Sending is not touched.",
    "{0} はこのコンソールにサインインできなくなり、二要素認証も解除されます。送信には影響しません。",
  ],
  passwordOnce: [
    "Password of {0} for {1}, shown once; it must be changed at the first sign-in",
    "{0} の {1} 用パスワード。一度だけ表示されます。初回サインイン時に変更が必要です",
  ],
  createUser: ["Create a user", "ユーザーを作成"],
  createUserWords: [
    "Without an address, a policy or a key. To hand out an address makes a user of its own.",
    "アドレス・ポリシー・キーなしで作成します。アドレスの配布ではユーザーも自動で作成されます。",
  ],
  revoke: ["Revoke", "失効"],
  restore: ["Restore", "復元"],
  suspend: ["Suspend", "一時停止"],
  resume: ["Resume", "再開"],
  remove: ["Delete the user", "ユーザーを削除"],
  removeKey: ["Delete", "削除"],
  rotateAsk: [
    "A new key is made and shown once. The old one stops working at once: mail programs of {0} need the new password.",
    "新しいキーを作成し、一度だけ表示します。古いキーはただちに使えなくなります。{0} のメールソフトには新しいパスワードが必要です。",
  ],
  revokeAsk: [
    "{0} is switched off at once, on open connections too. It can be restored.",
    "{0} をただちに停止します。開いている接続も切断されます。後で復元できます。",
  ],
  hold: ["Also hold the mail that waits in the queue", "キューで待機中のメールも保留する"],
  revokedHeld: [
    "Switched off. {0} recipient is held.",
    "Switched off. {0} recipients are held.",
    "停止しました。{0} 件の宛先を保留しました。",
  ],
  revokedOthers: [
    "Still able to use the address by a wildcard: {0}",
    "ワイルドカードでまだこのアドレスを使えるユーザー: {0}",
  ],
  suspendAsk: [
    "Sending stops; credential, policy and proof stay as they are.",
    "送信を停止します。認証情報・ポリシー・検証はそのまま残ります。",
  ],
  suspendReason: ["Reason (senders are told it)", "理由 (送信者に伝えられます)"],
  suspendUser: ["the user: no login at all", "ユーザー: ログインできません"],
  suspendIdentity: ["the address: nobody sends as it", "アドレス: 誰もこのアドレスで送信できません"],
  suspendBoth: ["both, where both exist", "両方 (存在する場合)"],
  suspendWhat: ["What is suspended", "停止の対象"],
  removeAsk: [
    "The user {0} is deleted. Keys and policies must be gone first.",
    "ユーザー {0} を削除します。キーとポリシーを先に削除しておく必要があります。",
  ],
  removeKeyAsk: [
    "The key {0} is deleted and stops working at once. It cannot be restored.",
    "キー {0} を削除します。ただちに使えなくなり、復元できません。",
  ],
  takeBack: ["Take back", "回収"],
  noGrants: ["No address was handed out to this user.", "このユーザーに配布されたアドレスはありません。"],
} satisfies Record<string, Words | Counted>;

export const policyKinds = {
  inline: ["inline", "インライン"],
  managed: ["managed", "管理ポリシー"],
  boundary: ["boundary", "アクセス許可の境界"],
} satisfies Record<string, Words>;

export const handOutWords = {
  title: ["Hand out an address", "アドレスを配布"],
  description: [
    "Makes the user, a policy for exactly this address, and a credential.",
    "ユーザー、このアドレス専用のポリシー、認証情報を作成します。",
  ],
  address: ["Address", "アドレス"],
  addressHint: [
    "Its domain, or the address itself, must be verified before it can send",
    "送信するには、ドメインまたはアドレスの検証が必要です",
  ],
  user: ["User", "ユーザー"],
  userHint: ["Empty: a user named as the address", "空欄の場合、アドレスと同名のユーザーになります"],
  also: [
    "Even if the address or the user has one already (--also)",
    "アドレスまたはユーザーに既存の割り当てがあっても追加する (--also)",
  ],
  alsoHint: [
    "Two people may then use one address, or one person two: a delegation",
    "1 つのアドレスを 2 人で、または 1 人が 2 つを使う「委任」になります",
  ],
  end: ["Ends", "期限"],
  noEnd: ["Never", "なし"],
  days: ["In {0} day", "In {0} days", "{0} 日後"],
  atDate: ["At the end of a day", "指定日の終わり"],
  date: ["Last day", "最終日"],
  dateHint: ["In your time zone", "お使いのタイムゾーン"],
  network: ["Only from networks", "接続元ネットワークの制限"],
  networkHint: [
    "As 192.0.2.0/24, 2001:db8::/32; empty: from anywhere",
    "例: 192.0.2.0/24, 2001:db8::/32。空欄の場合は制限なし",
  ],
  handOut: ["Hand out", "配布する"],
  needAddress: [
    "Enter an address with a domain, as taro@test1.com",
    "taro@test1.com のようにドメイン付きのアドレスを入力してください",
  ],
  needDate: ["Choose a day that is not over", "今日以降の日を選んでください"],
  granted: ["{0} may now send as {1}", "{0} は {1} として送信できます"],
  sameKey: ["The credential that the user has already serves for it too: {0}", "既存の認証情報 {0} をそのまま使えます"],
  notRegistered: [
    "{0} is not registered: nothing can be sent as it until its domain is added and verified.",
    "{0} は未登録です。ドメインを追加・検証するまで送信できません。",
  ],
  notVerified: [
    "{0} is not verified yet: publish the records of its domain.",
    "{0} はまだ検証されていません。ドメインのレコードを公開してください。",
  ],
  sandbox: [
    "The account is in the sandbox: mail goes to verified recipients only.",
    "アカウントはサンドボックス内です。検証済みの宛先にのみ送信されます。",
  ],
  another: ["Hand out another", "続けて配布する"],
} satisfies Record<string, Words | Counted>;

export const settingsWords = {
  title: ["SMTP settings", "SMTP 設定"],
  once: [
    "These are shown once. Copy or download them now: nobody can show the password again, only make a new one.",
    "この画面は一度だけ表示されます。今すぐコピーまたはダウンロードしてください。パスワードは再表示できず、作り直すことしかできません。",
  ],
  server: ["Server", "サーバー"],
  portStarttls: ["Port (STARTTLS)", "ポート (STARTTLS)"],
  portTls: ["Port (TLS)", "ポート (TLS)"],
  userName: ["User name", "ユーザー名"],
  password: ["Password", "パスワード"],
  accessKey: ["Access key of the API", "API アクセスキー"],
  secret: ["Secret access key of the API", "API シークレットアクセスキー"],
  instructions: ["How to enter them", "設定方法"],
  downloadAll: ["Download the settings", "設定をダウンロード"],
  downloadMsmtp: ["Download as msmtprc", "msmtprc をダウンロード"],
} satisfies Record<string, Words>;
