import type { Words } from "../i18n";

export const ownWords = {
  title: ["My page", "マイページ"],
  addresses: ["My addresses", "自分のアドレス"],
  noAddress: [
    "No address was handed out to you. Ask who administers this service.",
    "配布されたアドレスはありません。管理者に問い合わせてください。",
  ],
  sent24: ["Sent in the last 24 hours", "直近 24 時間の送信数"],
  settings: ["My SMTP settings", "自分の SMTP 設定"],
  settingsHint: [
    "The password was shown when the credential was made. If it is lost, make a new one.",
    "パスワードは作成時に一度だけ表示されました。紛失した場合は新しく作成してください。",
  ],
  keys: ["My credentials", "自分の認証情報"],
  rotate: ["Make a new one", "新しく作成"],
  rotateAsk: [
    "A new credential is made and shown once. The old one, {0}, stops working at once: enter the new password in your mail programs.",
    "新しい認証情報を作成し、一度だけ表示します。古いもの ({0}) はただちに使えなくなります。メールソフトに新しいパスワードを入力してください。",
  ],
  mail: ["My mail", "自分のメール"],
  mailHint: ["What became of it in the last 30 days, newest first", "直近 30 日間の配送結果 (新しい順)"],
  recipients: ["Recipients", "宛先"],
  noMail: ["You have sent nothing yet", "まだ送信していません"],
  password: ["Change the password", "パスワードを変更"],
  old: ["Present password", "現在のパスワード"],
  fresh: ["New password", "新しいパスワード"],
  again: ["New password again", "新しいパスワード (確認)"],
  differs: ["The two do not agree", "一致していません"],
  mustChange: ["Choose a password of your own", "パスワードを設定してください"],
  mustChangeWords: [
    "The present one was made for you, and whoever made it may know it.",
    "現在のパスワードは管理者が作成したもので、他の人が知っている可能性があります。",
  ],
  changed: ["The password was changed", "パスワードを変更しました"],
  factor: ["Second factor", "二要素認証"],
  factorOn: [
    "A code of your authenticator app is asked for at each sign-in.",
    "サインインのたびに認証アプリのコードを求めます。",
  ],
  factorOff: ["Only the password protects your account.", "パスワードだけで保護されています。"],
  factorBegin: ["Set it up", "設定する"],
  factorRemove: ["Turn it off", "オフにする"],
  scan: [
    "Scan this with your authenticator app, or enter the secret there. Then enter the code it shows.",
    "認証アプリで読み取るか、シークレットを入力してください。表示されたコードを下に入力します。",
  ],
  secret: ["Secret", "シークレット"],
  code: ["Code", "コード"],
  confirm: ["Confirm", "確認"],
  factorRemoveAsk: ["Enter a code of your app to turn it off.", "オフにするには、アプリのコードを入力してください。"],
  qr: ["QR code of the secret", "シークレットの QR コード"],
} satisfies Record<string, Words>;
