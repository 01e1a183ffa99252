/* #/verification: templates of verification mails. #/verification/NAME is one, #/verification/ a new one. */
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { call } from "../api";
import { t } from "../i18n";
import { usePages } from "../load";
import { PagedList } from "../parts/List";
import { go, link } from "../route";
import { common } from "../words/common";
import { verificationWords as w } from "../words/verification";
import VerificationTemplate from "./VerificationTemplate";

interface Summary {
  TemplateName: string;
  FromEmailAddress: string;
  TemplateSubject: string;
}
interface Answer {
  CustomVerificationEmailTemplates?: Summary[];
  NextToken?: string;
}

function All() {
  const pages = usePages<Summary>(async (token) => {
    const answer = await call<Answer>("sesv2", "ListCustomVerificationEmailTemplates", {
      PageSize: 50,
      ...(token && { NextToken: token }),
    });
    return { items: answer.CustomVerificationEmailTemplates ?? [], next: answer.NextToken };
  });
  return (
    <PagedList<Summary>
      title={t(w.title)}
      description={t(w.description)}
      pages={pages}
      rows={(row) => row.TemplateName}
      empty={t(w.empty)}
      variant="full-page"
      actions={
        <Button variant="primary" onClick={() => go("verification", "")}>
          {t(w.create)}
        </Button>
      }
      columns={[
        {
          id: "name",
          header: t(common.name),
          cell: (row) => <Link href={link("verification", row.TemplateName)}>{row.TemplateName}</Link>,
        },
        { id: "from", header: t(w.from), cell: (row) => <span className="name">{row.FromEmailAddress}</span> },
        { id: "subject", header: t(w.subject), cell: (row) => <span className="name">{row.TemplateSubject}</span> },
      ]}
    />
  );
}

export default function VerificationTemplates({ parts: [name] }: { parts: string[] }) {
  return name === undefined ? <All /> : <VerificationTemplate name={name} />;
}
