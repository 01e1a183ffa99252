/* The contacts of a list: chosen and given out by the server, a page at a time. */
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call } from "../api";
import { type Contact, type Topic, topicsWanted } from "../contact-answers";
import { t, when } from "../i18n";
import { useDoing, usePages } from "../load";
import { go, link } from "../route";
import { common } from "../words/common";
import { contactWords as w } from "../words/contacts";
import { Ask } from "./Ask";
import { PagedList } from "./List";

interface Answer {
  Contacts?: Contact[];
  NextToken?: string;
}

function Add({ list, leave }: { list: string; leave: () => void }) {
  const [address, setAddress] = useState("");
  const doing = useDoing();
  return (
    <Ask
      title={t(w.addContact)}
      yes={t(w.addContact)}
      doing={doing}
      disabled={!address.trim()}
      leave={leave}
      act={async () => {
        await call("sesv2", "CreateContact", { ContactListName: list, EmailAddress: address.trim() });
        go("contacts", list, address.trim());
      }}
    >
      <FormField label={t(common.address)}>
        <Input value={address} autoFocus inputMode="email" onChange={({ detail }) => setAddress(detail.value)} />
      </FormField>
    </Ask>
  );
}

/* The server finds a contact by its whole address only. */
function OpenOne({ list }: { list: string }) {
  const [address, setAddress] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (address.trim()) go("contacts", list, address.trim());
      }}
    >
      <FormField label={t(w.openContact)} secondaryControl={<Button>{t(w.open)}</Button>}>
        <Input
          value={address}
          type="search"
          inputMode="email"
          clearAriaLabel={t(common.remove)}
          onChange={({ detail }) => setAddress(detail.value)}
        />
      </FormField>
    </form>
  );
}

function filterOf(status: string, topic: string): Record<string, unknown> {
  const filter = {
    ...(status && { FilteredStatus: status }),
    ...(topic && { TopicFilter: { TopicName: topic, UseDefaultIfPreferenceUnavailable: true } }),
  };
  return Object.keys(filter).length ? { Filter: filter } : {};
}

export function Contacts({ list, topics }: { list: string; topics: Topic[] }) {
  const [status, setStatus] = useState("");
  const [topic, setTopic] = useState("");
  const [adding, setAdding] = useState(false);
  const pages = usePages<Contact>(
    async (token) => {
      const answer = await call<Answer>("sesv2", "ListContacts", {
        ContactListName: list,
        PageSize: 50,
        ...filterOf(status, topic),
        ...(token && { NextToken: token }),
      });
      return { items: answer.Contacts ?? [], next: answer.NextToken };
    },
    [list, status, topic],
  );
  const statuses = [
    { value: "", label: t(w.any) },
    { value: "OPT_IN", label: t(w.subscribed) },
    { value: "OPT_OUT", label: t(w.unsubscribed) },
  ];
  const choices = [
    { value: "", label: t(w.wholeList) },
    ...topics.map(({ TopicName }) => ({ value: TopicName, label: TopicName })),
  ];
  return (
    <>
      <PagedList<Contact>
        title={t(w.contacts)}
        pages={pages}
        rows={(row) => row.EmailAddress}
        empty={t(status || topic ? common.noMatch : w.noContacts)}
        actions={<Button onClick={() => setAdding(true)}>{t(w.addContact)}</Button>}
        filters={
          <ColumnLayout columns={3}>
            <FormField label={t(w.status)}>
              <Select
                options={statuses}
                selectedOption={statuses.find((one) => one.value === status)!}
                onChange={({ detail }) => setStatus(detail.selectedOption.value!)}
              />
            </FormField>
            <FormField label={t(w.topic)}>
              <Select
                options={choices}
                selectedOption={choices.find((one) => one.value === topic) ?? choices[0]!}
                onChange={({ detail }) => setTopic(detail.selectedOption.value!)}
              />
            </FormField>
            <OpenOne list={list} />
          </ColumnLayout>
        }
        columns={[
          {
            id: "address",
            header: t(common.address),
            cell: (row) => (
              <span className="name">
                <Link href={link("contacts", list, row.EmailAddress)}>{row.EmailAddress}</Link>
              </span>
            ),
            width: 180,
          },
          {
            id: "wants",
            header: t(w.wants),
            cell: (row) =>
              row.UnsubscribeAll ? (
                <StatusIndicator type="stopped">{t(w.unsubscribeAll)}</StatusIndicator>
              ) : (
                <span className="name">{topicsWanted(row).join(", ") || "–"}</span>
              ),
            width: 160,
          },
          { id: "updated", header: t(w.updated), cell: (row) => when(row.LastUpdatedTimestamp) },
        ]}
      />
      {adding && <Add list={list} leave={() => setAdding(false)} />}
    </>
  );
}
