import type { Counted, Words } from "../i18n";

export const common = {
  cancel: ["Cancel", "キャンセル"],
  close: ["Close", "閉じる"],
  save: ["Save", "保存"],
  edit: ["Edit", "編集"],
  remove: ["Remove", "削除"],
  create: ["Create", "作成"],
  reload: ["Reload", "再読み込み"],
  copy: ["Copy", "コピー"],
  copied: ["Copied", "コピーしました"],
  notCopied: [
    "Could not be copied: select the text and copy it yourself",
    "コピーできません。文字を選択してコピーしてください",
  ],
  download: ["Download", "ダウンロード"],
  actions: ["Actions", "操作"],
  loading: ["Loading", "読み込み中"],
  none: ["None", "なし"],
  nothing: ["There is nothing here", "何もありません"],
  noMatch: ["Nothing matches", "一致するものがありません"],
  find: ["Find", "検索"],
  search: ["Search", "検索"],
  stop: ["Stop", "中止"],
  more: ["More", "詳細条件"],
  lookedBackTo: ["Looked back to {0}", "{0} まで確認"],
  matches: ["{0} match", "{0} matches", "{0} 件一致"],
  yes: ["Yes", "はい"],
  no: ["No", "いいえ"],
  on: ["On", "オン"],
  off: ["Off", "オフ"],
  user: ["User", "ユーザー"],
  address: ["Address", "アドレス"],
  state: ["State", "状態"],
  time: ["Time", "時刻"],
  name: ["Name", "名前"],
  reason: ["Reason", "理由"],
  until: ["Until", "期限"],
  always: ["no end", "期限なし"],
  refused: ["refused", "拒否"],
  never: ["never", "未使用"],
  optional: ["optional", "任意"],
  done: ["Done: {0}", "完了: {0}"],
  failed: ["The server refused", "サーバーに拒否されました"],
} satisfies Record<string, Words | Counted>;

/* What to do after a failure, by the name of the error; the server's words say why. */
export const nextSteps: Record<string, Words> = {
  Unreachable: [
    "The server cannot be reached. See whether it runs (postern doctor) and whether the network is there, then try again.",
    "サーバーに接続できません。稼働状態 (postern doctor) とネットワークを確認し、もう一度お試しください。",
  ],
  Unreadable: [
    "The answer could not be read. See whether a proxy stands between, then try again.",
    "応答を読み取れません。途中のプロキシを確認し、もう一度お試しください。",
  ],
  Console: [
    "This is a fault of the console. Reload the page.",
    "コンソールの不具合です。ページを再読み込みしてください。",
  ],
  AlreadyExistsException: [
    "Something else stands in the way: do first what the message says, or reload to see what changed.",
    "他のものと衝突しています。まずメッセージの指示に従うか、再読み込みして変化を確認してください。",
  ],
  LimitExceededException: [
    "Remove something first, or do it in smaller parts.",
    "先に何かを削除するか、小さく分けて実行してください。",
  ],
  UnrecognizedClientException: [
    "The access key is switched off, deleted, or its user suspended: see the page of the person.",
    "アクセスキーが停止・削除されたか、ユーザーが一時停止中です。ユーザーのページを確認してください。",
  ],
  InvalidSignatureException: [
    "See whether the clock of this computer is right, and whether a proxy in between changes the request.",
    "このコンピューターの時計と、途中のプロキシがリクエストを変更していないかを確認してください。",
  ],
  MessageRejected: [
    "See whether the sender is verified and, in the sandbox, the recipient too.",
    "差出人が検証済みか、サンドボックス内では宛先も検証済みかを確認してください。",
  ],
  UnknownOperationException: [
    "This server does not offer it here. The command line of the service may.",
    "このサーバーでは実行できません。コマンドラインから実行できる場合があります。",
  ],
};

/* The same by HTTP status, for names that are not above. */
export const nextStepsByStatus: Record<number, Words> = {
  400: ["Correct what you entered and try again.", "入力内容を修正して、もう一度お試しください。"],
  401: ["Sign in again.", "もう一度サインインしてください。"],
  403: [
    "You have no permission for this. Ask who administers this service.",
    "この操作の権限がありません。管理者に問い合わせてください。",
  ],
  404: [
    "It may have been removed meanwhile: reload the list.",
    "その間に削除された可能性があります。一覧を再読み込みしてください。",
  ],
  409: nextSteps.AlreadyExistsException!,
  429: ["Wait a little and try again.", "少し待ってからもう一度お試しください。"],
  500: [
    "Try again in a moment. If it stays so, look at the server's log.",
    "少し待ってからもう一度お試しください。続く場合はサーバーのログを確認してください。",
  ],
  503: ["It is not ready: try again in a moment.", "準備中です。少し待ってからもう一度お試しください。"],
};
