/* What the API answers about contact lists, as far as the console reads it. */
import { call } from "./api";
import type { Time } from "./answers";

export type Subscription = "OPT_IN" | "OPT_OUT";

export interface Topic {
  TopicName: string;
  DisplayName: string;
  Description?: string;
  DefaultSubscriptionStatus: Subscription;
}
export interface OneContactList {
  ContactListName: string;
  Description?: string;
  Topics?: Topic[];
}
export interface Preference {
  TopicName: string;
  SubscriptionStatus: Subscription;
}
export interface Contact {
  EmailAddress: string;
  TopicPreferences?: Preference[];
  TopicDefaultPreferences?: Preference[];
  UnsubscribeAll?: boolean;
  AttributesData?: string;
  CreatedTimestamp?: Time;
  LastUpdatedTimestamp?: Time;
}

export function readContactList(name: string): Promise<OneContactList> {
  return call<OneContactList>("sesv2", "GetContactList", { ContactListName: name });
}

/* An update says everything anew: what is not changed is taken as it is now. */
export async function changeContactList(
  name: string,
  change: (list: OneContactList) => Partial<OneContactList>,
): Promise<void> {
  const list = await readContactList(name);
  const { Description = "", Topics = [] } = { ...list, ...change(list) };
  await call("sesv2", "UpdateContactList", { ContactListName: name, Description, Topics });
}

/* What the contact said of each topic, or the topic's default. */
export function topicsWanted(contact: Contact): string[] {
  if (contact.UnsubscribeAll) return [];
  const said = new Map(contact.TopicPreferences?.map((one) => [one.TopicName, one.SubscriptionStatus]));
  return (contact.TopicDefaultPreferences ?? [])
    .filter((one) => (said.get(one.TopicName) ?? one.SubscriptionStatus) === "OPT_IN")
    .map((one) => one.TopicName);
}
