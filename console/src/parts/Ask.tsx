import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { t } from "../i18n";
import type { Doing } from "../load";
import { common } from "../words/common";
import { Failed } from "./Failed";

interface AskProps {
  title: string;
  children?: ReactNode;
  yes: string;
  doing: Doing;
  disabled?: boolean;
  act: () => Promise<void>;
  leave: () => void;
}

/* A question before something is done. It stays open when the server refuses, with its words. */
export function Ask({ title, children, yes, doing, disabled, act, leave }: AskProps) {
  const close = () => {
    if (!doing.busy) {
      doing.clear();
      leave();
    }
  };
  return (
    <Modal
      visible
      header={title}
      onDismiss={close}
      closeAriaLabel={t(common.close)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {t(common.cancel)}
            </Button>
            <Button
              variant="primary"
              loading={doing.busy}
              disabled={disabled}
              onClick={() =>
                void doing.run(act).then((done) => {
                  if (done) leave();
                })
              }
            >
              {yes}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Failed error={doing.error} />
        {children}
      </SpaceBetween>
    </Modal>
  );
}
