import type { Words } from "../i18n";

export const tagWords = {
  title: ["Tags", "タグ"],
  empty: ["No tag", "タグはありません"],
  add: ["Add a tag", "タグを追加"],
  key: ["Key", "キー"],
  value: ["Value", "値"],
  replaces: ["A key that is there already gets the new value.", "既存のキーを指定した場合、新しい値に置き換わります。"],
  removeAsk: ["The tag {0} is removed.", "タグ {0} を削除します。"],
} satisfies Record<string, Words>;
