/* The pages, each fetched when it is first asked for. */
import { type ComponentType, lazy, type LazyExoticComponent } from "react";

/* `parts` is what stands behind the page's name in the hash. */
export type Page = ComponentType<{ parts: string[] }>;

export const pages: Record<string, LazyExoticComponent<Page>> = {
  people: lazy(() => import("./People")),
  "hand-out": lazy(() => import("./HandOut")),
  access: lazy(() => import("./Access")),
  simulator: lazy(() => import("./Simulator")),
  policies: lazy(() => import("./Policies")),
  identities: lazy(() => import("./Identities")),
  setup: lazy(() => import("./SetUp")),
  messages: lazy(() => import("./Messages")),
  queue: lazy(() => import("./Queue")),
  ledger: lazy(() => import("./Ledger")),
  suppression: lazy(() => import("./Suppression")),
  overview: lazy(() => import("./Overview")),
  own: lazy(() => import("./Own")),
  sets: lazy(() => import("./Sets")),
  templates: lazy(() => import("./Templates")),
  contacts: lazy(() => import("./ContactLists")),
  verification: lazy(() => import("./VerificationTemplates")),
  keys: lazy(() => import("./Keys")),
  api: lazy(() => import("./Operations")),
  settings: lazy(() => import("./AccountSettings")),
  decisions: lazy(() => import("./Decisions")),
};
