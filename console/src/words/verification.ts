import type { Words } from "../i18n";

export const verificationWords = {
  title: ["Verification mails", "検証メール"],
  description: [
    "Mails in your own words that ask the owner of an address to confirm it. The service adds the link.",
    "アドレスの所有者に確認を求める、独自の文面のメール。リンクはサービスが追加します。",
  ],
  empty: ["There is no template", "テンプレートはありません"],
  create: ["Create a verification mail", "検証メールを作成"],
  from: ["From", "送信元"],
  fromHint: ["A verified address, with or without a name", "検証済みのアドレス (表示名も可)"],
  subject: ["Subject", "件名"],
  content: ["HTML", "HTML"],
  success: ["Where the link leads once confirmed", "確認後の移動先 (URL)"],
  failure: ["Where it leads if not", "確認できないときの移動先 (URL)"],
  saved: ["{0} was saved", "{0} を保存しました"],
  removeAsk: [
    "{0} is removed. Links that were sent with it still work.",
    "{0} を削除します。送信済みのリンクは引き続き有効です。",
  ],
  preview: ["Preview", "プレビュー"],
  previewHint: [
    "As it is typed above. In the mail, the link stands below.",
    "上の入力内容を表示します。メールではこの下にリンクが付きます。",
  ],
  send: ["Send one", "送信"],
  sendHint: [
    "Mail is sent with an access key, not from this page. With one, this command sends it:",
    "メールはこの画面ではなくアクセスキーで送信します。キーを設定して次のコマンドを実行してください:",
  ],
  recipient: ["Address to be confirmed", "確認するアドレス"],
} satisfies Record<string, Words>;
