/* #/decisions: the record, searched on the server. */
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { t } from "../i18n";
import { DecisionList } from "../parts/DecisionList";
import { decisionWords as w } from "../words/decisions";

const LIMIT = 500;
const spans = [1, 24, 72, 24 * 7, 24 * 30];

export default function Decisions() {
  const [typed, setTyped] = useState({ user: "", from: "", hours: 24 });
  const [asked, setAsked] = useState({ ...typed, at: Date.now() });
  const since = useMemo(() => new Date(asked.at - asked.hours * 3600_000).toISOString().slice(0, 16) + "Z", [asked]);
  const options = spans.map((hours) => ({
    value: String(hours),
    label: hours <= 24 ? t(w.lastHours, hours) : t(w.lastDays, hours / 24),
  }));
  return (
    <DecisionList
      page
      title={t(w.title)}
      description={t(w.description)}
      limit={LIMIT}
      since={since}
      user={asked.user}
      from={asked.from}
      filters={
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setAsked({ ...typed, at: Date.now() });
          }}
        >
          <SpaceBetween size="s">
            <ColumnLayout columns={3}>
              <FormField label={t(w.anyUser)}>
                <Input value={typed.user} onChange={({ detail }) => setTyped({ ...typed, user: detail.value })} />
              </FormField>
              <FormField label={t(w.anyFrom)}>
                <Input value={typed.from} onChange={({ detail }) => setTyped({ ...typed, from: detail.value })} />
              </FormField>
              <FormField label={t(w.since)}>
                <Select
                  options={options}
                  selectedOption={options.find((option) => option.value === String(typed.hours))!}
                  onChange={({ detail }) => setTyped({ ...typed, hours: Number(detail.selectedOption.value) })}
                />
              </FormField>
            </ColumnLayout>
            <Button>{t(w.search)}</Button>
          </SpaceBetween>
        </form>
      }
    />
  );
}
