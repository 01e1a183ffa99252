import type { Words } from "../i18n";

export const contactWords = {
  title: ["Contact lists", "連絡先リスト"],
  description: [
    "Who wants mail about what. Mail that names the list carries a link to unsubscribe.",
    "誰がどの話題のメールを受け取りたいかの一覧。リストを指定したメールには配信停止のリンクが付きます。",
  ],
  empty: ["There is no contact list", "連絡先リストはありません"],
  create: ["Create a contact list", "連絡先リストを作成"],
  words: ["Description", "説明"],
  edit: ["Edit the description", "説明を編集"],
  removeAsk: [
    "{0} is removed with all its topics and contacts. It cannot be restored.",
    "{0} をトピックと連絡先ごと削除します。元に戻せません。",
  ],
  updated: ["Changed", "更新日時"],

  topics: ["Topics", "トピック"],
  noTopics: [
    "No topic: contacts want all mail of the list, or none",
    "トピックはありません。リスト全体の購読か配信停止のみです",
  ],
  addTopic: ["Add a topic", "トピックを追加"],
  editTopic: ["Edit {0}", "{0} を編集"],
  displayName: ["Name for readers", "表示名"],
  byDefault: ["Who says nothing", "未回答の連絡先"],
  removeTopicAsk: [
    "The topic {0} is removed, and what contacts said of it is forgotten.",
    "トピック {0} を削除します。連絡先ごとの設定も失われます。",
  ],

  contacts: ["Contacts", "連絡先"],
  noContacts: ["No contact", "連絡先はありません"],
  addContact: ["Add a contact", "連絡先を追加"],
  status: ["Subscription", "購読の状態"],
  any: ["any", "すべて"],
  subscribed: ["gets mail", "購読中"],
  unsubscribed: ["gets none", "配信停止"],
  topic: ["Topic", "トピック"],
  wholeList: ["the whole list", "リスト全体"],
  wants: ["Wants", "購読中のトピック"],
  openContact: ["Open the contact of an address", "アドレスを指定して開く"],
  open: ["Open", "開く"],

  preferences: ["What they want", "購読の設定"],
  unsubscribeAll: ["Unsubscribed from everything", "すべて配信停止"],
  unsubscribeAllHint: [
    "No mail of this list goes to them, whatever they said of its topics.",
    "トピックの設定にかかわらず、このリストのメールは送信されません。",
  ],
  optIn: ["wants it", "購読する"],
  optOut: ["does not want it", "購読しない"],
  defaultOptIn: ["said nothing: wants it", "未回答 (購読する)"],
  defaultOptOut: ["said nothing: does not want it", "未回答 (購読しない)"],
  attributes: ["Attributes", "属性"],
  attributesHint: ["For your own use, at most 1000 bytes", "用途は自由です (1000 バイトまで)"],
  saved: ["{0} was saved", "{0} を保存しました"],
  created: ["Added", "追加日時"],
  removeContactAsk: [
    "{0} is removed from the list, with what they said. Mail to them is not stopped by this.",
    "{0} を設定ごとリストから削除します。このアドレス宛ての送信は停止されません。",
  ],
} satisfies Record<string, Words>;
