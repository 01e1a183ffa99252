/* What a list is asked for: typed or chosen, and asked of the server when somebody says so. */
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import DatePicker from "@cloudscape-design/components/date-picker";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { t } from "../i18n";
import { common } from "../words/common";

export type Filter = Record<string, string>;

export interface Field {
  id: string;
  label: string;
  hint?: string; // what may be typed
  options?: { value: string; label: string }[];
  day?: boolean; // a day of the local calendar, 2026-01-31
  rare?: boolean; // shown when somebody asks for it
}

/* The members that are not empty, as a verb takes them. */
export function asked(filter: Filter): Filter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
}

/* When a day of the local calendar begins, or the one after it. */
export function startOf(day: string, later = 0): string {
  if (!day) return "";
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year!, month! - 1, date! + later).toISOString().slice(0, 16) + "Z";
}

function Entry({ field, value, change }: { field: Field; value: string; change: (value: string) => void }) {
  if (field.options)
    return (
      <Select
        options={field.options}
        selectedOption={field.options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => change(detail.selectedOption.value!)}
      />
    );
  if (field.day)
    return (
      <DatePicker
        value={value}
        placeholder="YYYY/MM/DD"
        onChange={({ detail }) => change(/^\d{4}-\d\d-\d\d$/.test(detail.value) ? detail.value : "")}
      />
    );
  return (
    <Input
      value={value}
      name={field.id}
      spellcheck={false}
      placeholder={field.hint}
      onChange={({ detail }) => change(detail.value)}
    />
  );
}

interface FiltersProps {
  fields: Field[];
  value: Filter;
  apply: (filter: Filter) => void;
}

export function Filters({ fields, value, apply }: FiltersProps) {
  const [typed, setTyped] = useState(value);
  const entry = (field: Field) => (
    <Entry field={field} value={typed[field.id] ?? ""} change={(text) => setTyped({ ...typed, [field.id]: text })} />
  );
  const entries = (some: Field[]) => (
    <ColumnLayout columns={Math.min(some.length, 4)}>
      {some.map((field) => (
        <FormField key={field.id} label={field.label}>
          {entry(field)}
        </FormField>
      ))}
    </ColumnLayout>
  );
  const search = <Button>{t(common.search)}</Button>;
  const rare = fields.filter((field) => field.rare);
  const [only] = fields;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply(Object.fromEntries(Object.entries(typed).map(([id, text]) => [id, text.trim()])));
      }}
    >
      {fields.length === 1 ? (
        <FormField label={only!.label} secondaryControl={search}>
          {entry(only!)}
        </FormField>
      ) : (
        <SpaceBetween size="s">
          {entries(fields.filter((field) => !field.rare))}
          {rare.length > 0 && (
            <ExpandableSection headerText={t(common.more)} variant="footer">
              {entries(rare)}
            </ExpandableSection>
          )}
          {search}
        </SpaceBetween>
      )}
    </form>
  );
}
