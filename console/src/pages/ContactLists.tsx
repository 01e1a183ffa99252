/* #/contacts: contact lists. #/contacts/LIST is one of them, #/contacts/LIST/ADDRESS one of its contacts. */
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";
import { call } from "../api";
import type { Time } from "../answers";
import { t, when } from "../i18n";
import { useDoing, usePages } from "../load";
import { Ask } from "../parts/Ask";
import { PagedList } from "../parts/List";
import { go, link } from "../route";
import { common } from "../words/common";
import { contactWords as w } from "../words/contacts";
import OneContact from "./Contact";
import OneList from "./ContactList";

interface Summary {
  ContactListName: string;
  LastUpdatedTimestamp: Time;
}

function Create({ leave }: { leave: () => void }) {
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const doing = useDoing();
  return (
    <Ask
      title={t(w.create)}
      yes={t(common.create)}
      doing={doing}
      disabled={!name.trim()}
      leave={leave}
      act={async () => {
        await call("sesv2", "CreateContactList", { ContactListName: name.trim(), Description: description.trim() });
        go("contacts", name.trim());
      }}
    >
      <FormField label={t(common.name)}>
        <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label={t(w.words)}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </Ask>
  );
}

function All() {
  const [creating, setCreating] = useState(false);
  const pages = usePages<Summary>(async (token) => {
    const answer = await call<{ ContactLists?: Summary[]; NextToken?: string }>("sesv2", "ListContactLists", {
      PageSize: 50,
      ...(token && { NextToken: token }),
    });
    return { items: answer.ContactLists ?? [], next: answer.NextToken };
  });
  return (
    <>
      <PagedList<Summary>
        title={t(w.title)}
        description={t(w.description)}
        pages={pages}
        rows={(row) => row.ContactListName}
        empty={t(w.empty)}
        variant="full-page"
        actions={
          <Button variant="primary" onClick={() => setCreating(true)}>
            {t(w.create)}
          </Button>
        }
        columns={[
          {
            id: "name",
            header: t(common.name),
            cell: (row) => <Link href={link("contacts", row.ContactListName)}>{row.ContactListName}</Link>,
          },
          { id: "updated", header: t(w.updated), cell: (row) => when(row.LastUpdatedTimestamp) },
        ]}
      />
      {creating && <Create leave={() => setCreating(false)} />}
    </>
  );
}

export default function ContactLists({ parts: [list, address] }: { parts: string[] }) {
  if (list === undefined) return <All />;
  return address === undefined ? <OneList name={list} /> : <OneContact list={list} address={address} />;
}
