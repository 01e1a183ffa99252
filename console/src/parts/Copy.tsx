import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import { t } from "../i18n";
import { common } from "../words/common";

/* A value with a button that copies it. The value may break anywhere: keys are longer than a screen. */
export function Copy({ text, shown }: { text: string; shown?: string }) {
  return (
    <span className="copy">
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={`${t(common.copy)}: ${shown ?? text.slice(0, 60)}`}
        copySuccessText={t(common.copied)}
        copyErrorText={t(common.notCopied)}
      />
      <span className="code">{shown ?? text}</span>
    </span>
  );
}
