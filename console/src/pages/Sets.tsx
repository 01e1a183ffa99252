/* #/sets: configuration sets. #/sets/NAME is one. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { call } from "../api";
import { t } from "../i18n";
import { useDoing, usePages } from "../load";
import { Ask } from "../parts/Ask";
import { PagedList } from "../parts/List";
import { go, link } from "../route";
import { common } from "../words/common";
import { setWords as w } from "../words/more";
import OneSet from "./Set";

function All() {
  const [name, setName] = useState<string | null>(null);
  const doing = useDoing();
  const pages = usePages<string>(async (token) => {
    const answer = await call<{ ConfigurationSets?: string[]; NextToken?: string }>("sesv2", "ListConfigurationSets", {
      PageSize: 50,
      ...(token && { NextToken: token }),
    });
    return { items: answer.ConfigurationSets ?? [], next: answer.NextToken };
  });
  return (
    <>
      <PagedList<string>
        title={t(w.title)}
        description={t(w.description)}
        pages={pages}
        rows={(row) => row}
        variant="full-page"
        actions={
          <Button variant="primary" onClick={() => setName("")}>
            {t(w.create)}
          </Button>
        }
        columns={[{ id: "name", header: t(common.name), cell: (row) => <Link href={link("sets", row)}>{row}</Link> }]}
      />
      {name !== null && (
        <Ask
          title={t(w.create)}
          yes={t(common.create)}
          doing={doing}
          disabled={!name.trim()}
          leave={() => setName(null)}
          act={async () => {
            await call("sesv2", "CreateConfigurationSet", { ConfigurationSetName: name.trim() });
            go("sets", name.trim());
          }}
        >
          <FormField label={t(common.name)}>
            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
          </FormField>
        </Ask>
      )}
    </>
  );
}

export default function Sets({ parts }: { parts: string[] }) {
  return parts[0] === undefined ? <All /> : <OneSet name={parts[0]} />;
}
