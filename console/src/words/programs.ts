/* How the settings are entered in a mail program, step by step. {0} server, {1} STARTTLS port, {2} TLS port, {3} address. */
import type { Words } from "../i18n";

interface Program {
  id: string;
  name: string;
  steps: Words[];
}

export const programs: Program[] = [
  {
    id: "thunderbird",
    name: "Thunderbird",
    steps: [
      [
        "Open Account Settings, then Outgoing Server (SMTP), then Add.",
        "「アカウント設定」→「送信 (SMTP) サーバー」→「追加」を開きます。",
      ],
      [
        "Server name {0}, port {1}, connection security STARTTLS (or port {2} with SSL/TLS).",
        "サーバー名 {0}、ポート {1}、接続の保護 STARTTLS (またはポート {2} で SSL/TLS)。",
      ],
      [
        "Authentication method: Normal password. User name: the one above. The password is asked for at the first message.",
        "認証方式は「通常のパスワード認証」。ユーザー名は上記のもの。パスワードは最初の送信時に入力します。",
      ],
      [
        "In the account of {3}, choose this server under Outgoing Server.",
        "{3} のアカウントで、送信サーバーとしてこのサーバーを選びます。",
      ],
    ],
  },
  {
    id: "outlook",
    name: "Outlook",
    steps: [
      [
        "File, Account Settings, Server Settings, then the account of {3} (or add it with Manual setup, IMAP).",
        "「ファイル」→「アカウント設定」→「サーバーの設定」で {3} のアカウントを開きます (新規の場合は手動設定の IMAP)。",
      ],
      [
        "Outgoing mail: server {0}, port {1}, encryption method STARTTLS (or port {2}, SSL/TLS).",
        "送信メール: サーバー {0}、ポート {1}、暗号化方法 STARTTLS (またはポート {2}、SSL/TLS)。",
      ],
      [
        "Tick My outgoing (SMTP) server requires authentication, and log on using the user name and password above.",
        "「送信サーバー (SMTP) は認証が必要」をオンにし、上記のユーザー名とパスワードでログオンします。",
      ],
    ],
  },
  {
    id: "apple",
    name: "Apple Mail",
    steps: [
      [
        "Mail, Settings, Accounts, the account of {3}, Server Settings, then Outgoing Mail Account, Edit SMTP Server List, and add one.",
        "「メール」→「設定」→「アカウント」→ {3} →「サーバ設定」→「送信用メールアカウント」→「SMTP サーバリストを編集」で追加します。",
      ],
      ["Host name {0}; user name and password as above.", "ホスト名 {0}、ユーザー名とパスワードは上記のもの。"],
      [
        "Turn Automatically manage connection settings off: port {1}, Use TLS/SSL, authentication Password.",
        "「接続設定を自動的に管理」をオフにし、ポート {1}、「TLS/SSL を使用」、認証は「パスワード」。",
      ],
    ],
  },
  {
    id: "gmail",
    name: "Gmail",
    steps: [
      [
        "Settings, See all settings, Accounts and Import, Send mail as, Add another email address.",
        "「設定」→「すべての設定を表示」→「アカウントとインポート」→「名前」→「他のメールアドレスを追加」。",
      ],
      [
        "Enter {3}. SMTP server {0}, port {1}, secured connection using TLS; user name and password as above.",
        "{3} を入力します。SMTP サーバー {0}、ポート {1}、「TLS を使用したセキュリティで保護された接続」、ユーザー名とパスワードは上記のもの。",
      ],
      [
        "Gmail mails a code to {3}: enter it. This works only if Google can reach {0}.",
        "{3} に確認コードが届くので入力します。Google から {0} に接続できる必要があります。",
      ],
    ],
  },
  {
    id: "msmtp",
    name: "msmtp",
    steps: [
      [
        "Put this into ~/.msmtprc and make it readable by you alone: chmod 600 ~/.msmtprc",
        "次の内容を ~/.msmtprc に保存し、自分だけが読めるようにします: chmod 600 ~/.msmtprc",
      ],
    ],
  },
];
