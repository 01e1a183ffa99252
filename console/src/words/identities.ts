import type { Counted, Words } from "../i18n";

export const identityWords = {
  find: ["Find by name", "名前で検索"],
  title: ["Identities", "ID (ドメインとアドレス)"],
  description: ["Only verified domains and addresses may send.", "検証済みのドメインとアドレスだけが送信できます。"],
  empty: [
    "Nothing is registered yet. Add the first domain.",
    "まだ登録がありません。最初のドメインを追加してください。",
  ],
  addDomain: ["Add a domain", "ドメインを追加"],
  addAddress: ["Add an address", "アドレスを追加"],
  domain: ["Domain", "ドメイン"],
  address: ["Address", "アドレス"],
  kind: ["Kind", "種類"],
  verification: ["Verification", "検証"],
  dkim: ["DKIM", "DKIM"],
  mailFrom: ["MAIL FROM", "MAIL FROM"],
  vouched: ["vouched for", "管理者が保証"],
  suspended: ["Suspended: {0}", "一時停止中: {0}"],
  onlyItself: ["Without its subdomains", "サブドメインを含めない"],
  addAddressWords: [
    "A link is mailed to it; it works once, for 24 hours.",
    "確認リンクをメールで送ります。24 時間以内に一度だけ使えます。",
  ],
  linkSent: ["A link was mailed to {0}", "{0} に確認リンクを送信しました"],
  sendAgain: ["Mail the link again", "リンクを再送"],
  domainHint: ["As test1.com", "例: test1.com"],
  vouch: ["Vouch for it", "検証済みとして保証"],
  vouchAsk: [
    "{0} counts as verified without proof by DNS or link. This is for closed networks and tests, and shown wherever it appears.",
    "{0} を DNS やリンクによる証明なしに検証済みとして扱います。閉じたネットワークやテスト向けで、表示される場所すべてに明示されます。",
  ],
  remove: ["Remove", "削除"],
  removeAsk: [
    "{0} is removed: nobody can send as it any more, and its keys are destroyed.",
    "{0} を削除します。このアドレスでは誰も送信できなくなり、鍵も破棄されます。",
  ],
  records: ["DNS records", "DNS レコード"],
  recordsHint: [
    "Publish these where the DNS of {0} is kept. What DNS answers is looked up when the page opens, and again every {1} seconds until all are there.",
    "{0} の DNS に以下を公開してください。DNS の応答はページを開いたときと、すべて揃うまで {1} 秒ごとに確認します。",
  ],
  checkNow: ["Ask DNS now", "今すぐ DNS を確認"],
  purpose: ["For", "用途"],
  type: ["Type", "種類"],
  value: ["Value", "値"],
  inDns: ["In DNS", "DNS の状態"],
  throughCname: [
    "stands behind a CNAME, which shows the name it leads to",
    "CNAME の先にあります。参照先の名前が見えます",
  ],
  seen: ["seen: {0}", "現在の値: {0}"],
  secure: ["DNSSEC", "DNSSEC"],
  zone: ["Download as a zone file", "ゾーンファイルとしてダウンロード"],
  deletable: ["Records that may be deleted", "削除してよいレコード"],
  signing: ["Signing (DKIM)", "署名 (DKIM)"],
  signAs: ["Sign as the domain, which hides this service", "ドメインとして署名し、このサービスを隠す"],
  dkimOffAsk: [
    "Mail of {0} is then signed as this service: receivers can tell through whom it was sent.",
    "{0} のメールはこのサービスとして署名されます。受信者はどこを経由したか分かるようになります。",
  ],
  turnOff: ["Turn DKIM off", "DKIM をオフにする"],
  selector: ["Selector", "セレクター"],
  since: ["Since", "開始"],
  waitsFor: ["Waits for", "待機理由"],
  rotate: ["Rotate", "鍵を更新"],
  rotateAsk: [
    "The next key signs as soon as DNS shows it. Nothing needs to be published if its record is there.",
    "次の鍵が DNS に見えしだい署名に使われます。レコードが公開済みなら作業は不要です。",
  ],
  rotateNow: ["Without waiting for the usual time", "通常の待ち時間を省く"],
  mailFromTitle: ["MAIL FROM domain", "MAIL FROM ドメイン"],
  mailFromHint: [
    "A subdomain to which bounces go, as bounce.test1.com; empty: none",
    "バウンスを受けるサブドメイン (例: bounce.test1.com)。空欄の場合はなし",
  ],
  reject: ["Refuse mail while its MX record is missing", "MX レコードがない間はメールを拒否する"],
  defaultSet: ["Default configuration set", "デフォルトの設定セット"],
  examine: ["As a receiver sees it", "受信者から見た状態"],
  examineHint: [
    "Sends a message of the domain to the mailbox simulator and reads it: signatures, SPF, DMARC, and what tells of this service. Nobody receives it.",
    "ドメインのメッセージをメールボックスシミュレーターに送り、署名・SPF・DMARC・このサービスが分かる箇所を調べます。誰にも届きません。",
  ],
  examineRun: ["Examine", "検査する"],
  examineAs: ["Sent by {0} as {1}", "{0} が {1} として送信"],
  finding: ["Finding", "検出内容"],
  remedy: ["What to do", "対処"],
  subject: ["About", "項目"],
  policies: ["Policies of the identity", "ID のポリシー"],
} satisfies Record<string, Words>;

export const proofStates: Record<string, Words> = {
  SUCCESS: ["Verified", "検証済み"],
  PENDING: ["Pending", "確認待ち"],
  FAILED: ["Failed", "失敗"],
  TEMPORARY_FAILURE: ["Not found for now", "一時的に確認不可"],
  NOT_STARTED: ["Not started", "未開始"],
};
export const foundStates: Record<string, Words> = {
  present: ["there", "あり"],
  absent: ["not there", "なし"],
  wrong: ["another value", "別の値"],
  unknown: ["DNS did not answer", "DNS 応答なし"],
};
export const purposes: Record<string, Words> = {
  verification: ["verification", "検証"],
  dkim: ["DKIM", "DKIM"],
  spf: ["SPF", "SPF"],
  dmarc: ["DMARC", "DMARC"],
  mail_from: ["MAIL FROM", "MAIL FROM"],
};
export const verdicts: Record<string, Words> = {
  red: ["wrong", "問題"],
  amber: ["to mend", "要対応"],
  green: ["right", "正常"],
  note: ["note", "参考"],
};
export const keyStates: Record<string, Words> = {
  waiting: ["waiting for DNS", "DNS 待ち"],
  published: ["published", "公開済み"],
  signing: ["signing", "署名中"],
  retiring: ["retiring", "引退中"],
  gone: ["gone", "破棄済み"],
};

export const setupWords = {
  byWord: [
    "You vouched for {0}, so it may send although DNS does not show these records yet. Receivers look for them: publish them.",
    "{0} は管理者の保証により送信できますが、DNS にはまだレコードがありません。受信側が確認するため、公開してください。",
  ],
  title: ["From nothing to the first signed mail", "最初の署名付きメールまで"],
  description: [
    "Each step shows whether it is done; all of them can be done later elsewhere.",
    "各ステップの完了状態が表示されます。後で他のページからも設定できます。",
  ],
  domain: ["1. Add your domain", "1. ドメインを追加"],
  domainDone: ["{0} is registered", "{0} を登録済み"],
  records: ["2. Publish its DNS records", "2. DNS レコードを公開"],
  sandbox: ["3. Leave the sandbox", "3. サンドボックスを解除"],
  sandboxWords: [
    "In the sandbox mail goes only to verified recipients, 200 a day.",
    "サンドボックス内では検証済みの宛先にのみ、1 日 200 通まで送信できます。",
  ],
  leave: ["Leave the sandbox", "サンドボックスを解除"],
  left: ["The account is in production", "本番環境です"],
  handOut: ["4. Hand out the first address", "4. 最初のアドレスを配布"],
  handedOut: [
    "{0} address of the domain is handed out",
    "{0} addresses of the domain are handed out",
    "このドメインのアドレスを {0} 件配布済み",
  ],
  send: ["5. Send a test mail", "5. テストメールを送信"],
  handOutFirst: ["Hand out an address first.", "先にアドレスを配布してください。"],
  noSecret: [
    "To send from here takes the secret of a credential, which is shown only once. Make a new one and try it, or send with the one that is in use, from a mail program.",
    "ここから送信するには、作成時に一度だけ表示される認証情報のシークレットが必要です。新しく作成して試すか、使用中の認証情報でメールソフトから送信してください。",
  ],
  otherWays: ["Other ways to try it", "その他の確認方法"],
  sendWords: [
    "Send from the mail program that you set up, or with this command, which asks for the password:",
    "設定したメールソフトから送るか、次のコマンドを実行してください (パスワードを尋ねられます):",
  ],
  arrive: ["6. See it arrive", "6. 到着を確認"],
  waiting: ["Waiting for a message from an address of {0}", "{0} のアドレスからのメッセージを待っています"],
  choose: ["Domain", "ドメイン"],
  done: ["Done", "完了"],
  open: ["To do", "未完了"],
  orExamine: [
    "Or let the service send one to itself and read it as a receiver would:",
    "または、サービス自身にテストメールを送り、受信者として検査します:",
  ],
} satisfies Record<string, Words | Counted>;
