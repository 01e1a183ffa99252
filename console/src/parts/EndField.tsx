/* When something ends: never, in some days, or at the end of a day of the reader's own zone. */
import DatePicker from "@cloudscape-design/components/date-picker";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { counted, t } from "../i18n";
import { handOutWords as w } from "../words/people";

export interface End {
  kind: "never" | "1d" | "3d" | "7d" | "30d" | "date";
  date: string;
}

export const noEnd: End = { kind: "never", date: "" };

/* As the verbs take it: "" for no end, null when no valid day was chosen. */
export function endText(end: End): string | null {
  if (end.kind === "never") return "";
  if (end.kind !== "date") return end.kind;
  const [year, month, day] = end.date.split("-").map(Number);
  if (!year || !month || !day) return null;
  const over = new Date(year, month - 1, day + 1);
  return over.getTime() > Date.now() ? over.toISOString().slice(0, 16) + "Z" : null;
}

export function EndField({ end, change, tried }: { end: End; change: (end: End) => void; tried: boolean }) {
  const options = [
    { value: "never", label: t(w.noEnd) },
    ...[1, 3, 7, 30].map((days) => ({ value: `${days}d`, label: counted(w.days, days) })),
    { value: "date", label: t(w.atDate) },
  ];
  return (
    <SpaceBetween size="s">
      <FormField label={t(w.end)}>
        <Select
          options={options}
          selectedOption={options.find((option) => option.value === end.kind)!}
          onChange={({ detail }) => change({ ...end, kind: detail.selectedOption.value as End["kind"] })}
        />
      </FormField>
      {end.kind === "date" && (
        <FormField
          label={t(w.date)}
          description={t(w.dateHint)}
          errorText={tried && endText(end) === null && t(w.needDate)}
        >
          <DatePicker value={end.date} onChange={({ detail }) => change({ ...end, date: detail.value })} />
        </FormField>
      )}
    </SpaceBetween>
  );
}
