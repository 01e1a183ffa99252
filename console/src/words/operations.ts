import type { Words } from "../i18n";

export const operationWords = {
  title: ["Every operation", "すべての API 操作"],
  description: [
    "What the service serves, called under your own permissions.",
    "このサービスの全操作。自分の権限で呼び出します。",
  ],
  service: ["Service", "サービス"],
  operation: ["Operation", "操作"],
  choose: ["Choose an operation", "操作を選択"],
  notServed: ["{0} is not served here", "{0} は提供されていません"],
  permission: ["Permission asked for", "必要な権限"],
  deviation: ["Where it differs from AWS", "AWS との違い"],
  takes: ["What it takes", "入力項目"],
  takesNothing: ["Nothing", "なし"],
  required: ["required", "必須"],
  listOf: ["list of {0}", "{0} のリスト"],
  mapOf: ["map of {0}", "{0} のマップ"],
  input: ["Input", "入力"],
  inputHint: ["A JSON object. Times are seconds since 1970.", "JSON オブジェクト。時刻は 1970 年からの秒数です。"],
  noObject: ["This is no JSON object", "JSON オブジェクトではありません"],
  run: ["Run", "実行"],
  runAsk: [
    "{0} takes something away. It may not come back.",
    "{0} は削除や取り消しを行います。元に戻せない場合があります。",
  ],
  answer: ["Answer", "応答"],
  commands: ["From a shell", "コマンドラインから"],
  aws: ["AWS CLI, with an access key", "AWS CLI (アクセスキーを使用)"],
  postern: ["On the server itself, as its administrator", "サーバー上で (管理者として)"],
} satisfies Record<string, Words>;
