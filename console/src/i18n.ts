/*
 * Every visible text is a pair, English and Japanese, in words/, so that neither can be forgotten.
 * What comes from the server, its reasons above all, is shown as it came.
 */
import type { Time } from "./answers";

export type Words = readonly [english: string, japanese: string];
/* Of something that is counted, {0}: English has words of its own for one, Japanese has not. */
export type Counted = readonly [one: string, others: string, japanese: string];
export type Language = "en" | "ja";

const remembered = "postern.language";

function firstLanguage(): Language {
  const chosen = localStorage.getItem(remembered);
  if (chosen === "en" || chosen === "ja") return chosen;
  return navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en";
}

let language = firstLanguage();

export function currentLanguage(): Language {
  return language;
}

/* What shows the texts is drawn anew by who calls this. */
export function chooseLanguage(wanted: Language): void {
  language = wanted;
  localStorage.setItem(remembered, wanted);
  document.documentElement.lang = wanted;
}

/* The text, with `values` in place of {0}, {1}... */
export function t(words: Words, ...values: (string | number)[]): string {
  const text = words[language === "ja" ? 1 : 0];
  return text.replace(/\{(\d)\}/g, (whole, at) => String(values[Number(at)] ?? whole));
}

/* The text about so many, with `values` in place of {1}, {2}... */
export function counted([one, others, japanese]: Counted, number: number, ...values: (string | number)[]): string {
  return t([number === 1 ? one : others, japanese], count(number), ...values);
}

/* A value of the server that has a name of its own; one that is new is shown as it is. */
export function named(names: Record<string, Words>, value: string): string {
  return Object.hasOwn(names, value) ? t(names[value]!) : value;
}

function dateOf(time: Time): Date | null {
  if (time === null || time === undefined || time === "") return null;
  return new Date(typeof time === "number" ? time * 1000 : time);
}

export function when(time: Time, otherwise = "–"): string {
  const date = dateOf(time);
  return date ? date.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }) : otherwise;
}

export function sortable(time: Time): number {
  return dateOf(time)?.getTime() ?? 0;
}

export function count(number: number): string {
  return number.toLocaleString(language);
}
