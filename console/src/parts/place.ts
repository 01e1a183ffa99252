/* Where a policy is: managed, or of a user, a group or an identity, as the verbs take it. */
export type PlaceKind = "managed" | "user" | "group" | "identity";

export function placeKind(text: string | undefined): PlaceKind {
  return text === "user" || text === "group" || text === "identity" ? text : "managed";
}

export function placeInput(kind: PlaceKind, owner: string): Record<string, string> {
  return kind === "managed" ? {} : { [kind]: owner };
}
