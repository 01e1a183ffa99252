import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { Component, type ReactNode } from "react";
import { t } from "../i18n";
import { common } from "../words/common";
import { shell } from "../words/shell";

/* A fault of one page leaves the others. Also what a page that could not be fetched becomes, as
 * after the server was replaced by one with other files. */
export class Broken extends Component<{ children: ReactNode }, { error?: unknown }> {
  state: { error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Alert
        type="error"
        header={t(shell.broken)}
        action={<Button onClick={() => window.location.reload()}>{t(common.reload)}</Button>}
      >
        {t(shell.brokenWords, String(this.state.error))}
      </Alert>
    );
  }
}
