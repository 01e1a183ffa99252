import type { Words } from "../i18n";

export const testMailWords = {
  title: ["Send a test mail", "テストメールを送信"],
  description: [
    "With the credential above, while its secret is on this page: what is tried is what was handed out.",
    "上の認証情報のシークレットが表示されている間、その認証情報を使って実際に送信します。",
  ],
  from: ["Sender", "差出人"],
  to: ["Recipient", "宛先"],
  toHint: ["A mailbox that you can look into", "受信を確認できるメールボックスを指定してください"],
  toItself: ["To the address itself", "このアドレス自身に送る"],
  toSimulator: [
    "To the mailbox simulator, which delivers to nobody",
    "メールボックスシミュレーターに送る (誰にも届きません)",
  ],
  send: ["Send the test mail", "テストメールを送信する"],
  taken: ["The server took it as {0}", "サーバーが受け付けました: {0}"],
  cannotSign: [
    "The browser signs only on pages that came over https or from its own machine. Open the console so, or send from a mail program.",
    "ブラウザーが署名できるのは、https または同じマシンから開いたページだけです。そのように開き直すか、メールソフトから送信してください。",
  ],
  subject: ["Test mail", "テストメール"],
  text: [
    "This is a test mail from {0}.\n\nWho reads it knows that the address can send.\n",
    "{0} からのテストメールです。\n\nこのメールが届いていれば、このアドレスから送信できています。\n",
  ],
  onItsWay: ["On its way", "配送しています"],
  delivered: [
    "The receiving server took it: look into the mailbox of {0}.",
    "受信側のサーバーが受け取りました。{0} のメールボックスを確認してください。",
  ],
  captured: [
    "It was captured: this service keeps it and delivers it to nobody, as its routes say.",
    "キャプチャされました。経路の設定により、配送せずにこのサービスが保管しています。",
  ],
  readIt: ["Read it", "内容を表示"],
  simulated: [
    "The mailbox simulator took it; it was delivered to nobody.",
    "メールボックスシミュレーターが受け取りました。誰にも届いていません。",
  ],
  waits: ["It was tried and waits for another attempt.", "配送を試みましたが完了せず、再試行を待っています。"],
  waitsUntil: [
    "It was tried and waits: the next attempt is at {0}.",
    "配送を試みましたが完了せず、再試行を待っています (次回: {0})。",
  ],
  saying: ["Reply: {0}", "応答: {0}"],
  lookAgain: ["Look again", "もう一度確認"],
  show: ["Show the message", "メッセージを表示"],
} satisfies Record<string, Words>;
