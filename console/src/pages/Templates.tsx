/* #/templates: message templates. #/templates/NAME is one, #/templates/ a new one. */
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { call } from "../api";
import type { Time } from "../answers";
import { t, when } from "../i18n";
import { usePages } from "../load";
import { PagedList } from "../parts/List";
import { go, link } from "../route";
import { common } from "../words/common";
import { templateWords as w } from "../words/more";
import Template from "./Template";

interface Summary {
  TemplateName: string;
  CreatedTimestamp: Time;
}

function All() {
  const pages = usePages<Summary>(async (token) => {
    const answer = await call<{ TemplatesMetadata?: Summary[]; NextToken?: string }>("sesv2", "ListEmailTemplates", {
      PageSize: 50,
      ...(token && { NextToken: token }),
    });
    return { items: answer.TemplatesMetadata ?? [], next: answer.NextToken };
  });
  return (
    <PagedList<Summary>
      title={t(w.title)}
      description={t(w.description)}
      pages={pages}
      rows={(row) => row.TemplateName}
      variant="full-page"
      actions={
        <Button variant="primary" onClick={() => go("templates", "")}>
          {t(w.create)}
        </Button>
      }
      columns={[
        {
          id: "name",
          header: t(common.name),
          cell: (row) => <Link href={link("templates", row.TemplateName)}>{row.TemplateName}</Link>,
        },
        { id: "created", header: t(w.created), cell: (row) => when(row.CreatedTimestamp) },
      ]}
    />
  );
}

export default function Templates({ parts }: { parts: string[] }) {
  return parts[0] === undefined ? <All /> : <Template key={parts[0]} name={parts[0]} />;
}
