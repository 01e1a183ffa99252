/* What was done is said at the top of whichever page is shown. */
import { useSyncExternalStore } from "react";

export interface Note {
  id: string;
  text: string;
  type: "success" | "warning" | "info";
  seen?: boolean;
}

let notes: readonly Note[] = [];
let number = 0;
const listeners = new Set<() => void>();

function put(next: readonly Note[]): void {
  notes = next;
  listeners.forEach((listener) => listener());
}

/* A note may be about what led to another page, and is shown there; not on the one after. */
addEventListener("hashchange", () => put(notes.filter((note) => !note.seen).map((note) => ({ ...note, seen: true }))));

export function notify(text: string, type: Note["type"] = "success"): void {
  put([...notes.slice(-2), { id: String(++number), text, type }]);
}

export function dismiss(id: string): void {
  put(notes.filter((note) => note.id !== id));
}

export function useNotes(): readonly Note[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notes,
  );
}
