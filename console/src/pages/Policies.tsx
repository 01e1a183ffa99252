/* #/policies[/KIND/OWNER[/NAME]]: the policies of a place; a name, or none for a new one, is the editor. */
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { verb } from "../api";
import type { PolicyDocument } from "../answers";
import { t, type Words } from "../i18n";
import { useLoad } from "../load";
import { List } from "../parts/List";
import { type PlaceKind, placeInput, placeKind } from "../parts/place";
import { go, link } from "../route";
import { common } from "../words/common";
import { policyWords as w } from "../words/access";
import PolicyEditor from "./PolicyEditor";

const kinds: [PlaceKind, Words][] = [
  ["managed", w.managed],
  ["user", w.user],
  ["group", w.group],
  ["identity", w.identity],
];

function statements(document: string): string {
  try {
    const list = (JSON.parse(document) as { Statement?: unknown }).Statement;
    return Array.isArray(list) ? String(list.length) : "1";
  } catch {
    return "–";
  }
}

function Place({ kind, owner }: { kind: PlaceKind; owner: string }) {
  const [wanted, setWanted] = useState<PlaceKind>(kind);
  const [name, setName] = useState(owner);
  const loaded = useLoad(
    async () => (await verb<{ policies: PolicyDocument[] }>("policy.list", placeInput(kind, owner))).policies,
    [kind, owner],
  );
  const options = kinds.map(([value, words]) => ({ value, label: t(words) }));
  return (
    <List<PolicyDocument>
      title={t(w.title)}
      description={t(w.description)}
      loaded={loaded}
      rows={(policy) => policy.name}
      variant="full-page"
      text={(policy) => policy.name}
      actions={
        <Button variant="primary" onClick={() => go("policies", kind, owner, "")}>
          {t(w.create)}
        </Button>
      }
      filters={
        <form
          onSubmit={(event) => {
            event.preventDefault();
            go("policies", wanted, wanted === "managed" ? "" : name.trim());
          }}
        >
          <ColumnLayout columns={3}>
            <FormField label={t(w.of)}>
              <Select
                options={options}
                selectedOption={options.find((option) => option.value === wanted)!}
                onChange={({ detail }) => setWanted(detail.selectedOption.value as PlaceKind)}
              />
            </FormField>
            {wanted !== "managed" && (
              <FormField label={t(w.owner)}>
                <Input value={name} onChange={({ detail }) => setName(detail.value)} />
              </FormField>
            )}
            <FormField label={"\u00a0"}>
              <Button>{t(w.show)}</Button>
            </FormField>
          </ColumnLayout>
        </form>
      }
      columns={[
        {
          id: "name",
          header: t(common.name),
          sort: (policy) => policy.name,
          cell: (policy) => <Link href={link("policies", kind, owner, policy.name)}>{policy.name}</Link>,
        },
        { id: "arn", header: "ARN", cell: (policy) => <span className="code">{policy.arn ?? "–"}</span>, width: 240 },
        { id: "statements", header: t(w.statements), cell: (policy) => statements(policy.document) },
      ]}
    />
  );
}

export default function Policies({ parts }: { parts: string[] }) {
  const kind = placeKind(parts[0]),
    owner = parts[1] ?? "";
  if (parts.length >= 3) return <PolicyEditor kind={kind} owner={owner} name={parts[2] ?? ""} />;
  return <Place kind={kind} owner={owner} />;
}
