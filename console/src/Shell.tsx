/* Frame of all pages: menus, notes of what was done, and the page that the hash names. */
import AppLayout from "@cloudscape-design/components/app-layout-toolbar";
import Box from "@cloudscape-design/components/box";
import Flashbar from "@cloudscape-design/components/flashbar";
import Link from "@cloudscape-design/components/link";
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import Spinner from "@cloudscape-design/components/spinner";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { type Session, signOut } from "./api";
import { t } from "./i18n";
import { pages } from "./pages/table";
import { Broken } from "./parts/Broken";
import { dismiss, notify, useNotes } from "./parts/notify";
import { link, useRoute } from "./route";
import { SessionProvider } from "./session";
import { common } from "./words/common";
import { shell } from "./words/shell";

function item(page: string, text: string): SideNavigationProps.Link {
  return { type: "link", text, href: link(page) };
}

function menu(session: Session): SideNavigationProps.Item[] {
  if (!session.administrator) return [item("own", t(shell.own))];
  return [
    item("overview", t(shell.overview)),
    item("setup", t(shell.setup)),
    {
      type: "section",
      text: t(shell.whoMaySend),
      items: [
        item("people", t(shell.people)),
        item("identities", t(shell.identities)),
        item("access", t(shell.access)),
        item("simulator", t(shell.simulator)),
        item("policies", t(shell.policies)),
        item("decisions", t(shell.decisions)),
        item("ledger", t(shell.ledger)),
      ],
    },
    {
      type: "section",
      text: t(shell.mail),
      items: [
        item("messages", t(shell.messages)),
        item("queue", t(shell.queue)),
        item("suppression", t(shell.suppression)),
        item("sets", t(shell.sets)),
        item("templates", t(shell.templates)),
        item("contacts", t(shell.contacts)),
        item("verification", t(shell.verification)),
      ],
    },
    {
      type: "section",
      text: t(shell.more),
      items: [
        item("keys", t(shell.keys)),
        item("settings", t(shell.settings)),
        item("api", t(shell.api)),
        item("own", t(shell.own)),
      ],
    },
  ];
}

/* As the menu calls the page; one that the menu does not have has no name of its own. */
function titleOf(session: Session, page: string): string {
  const links = menu(session).flatMap((entry) => (entry.type === "section" ? [...entry.items] : [entry]));
  const found = links.find((entry) => entry.type === "link" && entry.href === link(page));
  return found?.type === "link" ? found.text : "";
}

function Content({ session }: { session: Session }) {
  const route = useRoute();
  const name = route[0] ?? (session.administrator ? "overview" : "own");
  const Page = Object.hasOwn(pages, name) ? pages[name] : undefined;
  const title = [...route.slice(1), titleOf(session, name), t(shell.title)].filter(Boolean).join(" - ");
  useEffect(() => {
    document.title = title;
    scrollTo(0, 0); // another page begins at its top
  }, [title]);
  if (!Page)
    return (
      <Box textAlign="center" padding="xxl">
        <Box variant="h1">{t(shell.missing)}</Box>
        <Link href="#/">{t(shell.toStart)}</Link>
      </Box>
    );
  return (
    <Broken key={route.join("/")}>
      <Suspense
        fallback={
          <Box textAlign="center" padding="xxl">
            <Spinner size="large" /> {t(common.loading)}
          </Box>
        }
      >
        <Page parts={route.slice(1)} />
      </Suspense>
    </Broken>
  );
}

/* From here on the menu stands beside the page; below it covers the page. */
const wide = matchMedia("(min-width: 700px)");

function useWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      wide.addEventListener("change", changed);
      return () => wide.removeEventListener("change", changed);
    },
    () => wide.matches,
  );
}

/* The item of the menu that a page belongs to. */
function listOf([page = "overview", part]: string[]): string {
  if (page === "hand-out") return "people";
  return page === "queue" && part !== undefined ? "messages" : page;
}

interface ShellProps {
  session: Session;
  left: () => void;
  switchLanguage: () => void;
}

export function Shell({ session, left, switchLanguage }: ShellProps) {
  const beside = useWide();
  const [open, setOpen] = useState(beside);
  useEffect(() => setOpen(beside), [beside]);
  const notes = useNotes();
  const route = useRoute();
  const leave = (everywhere: boolean) =>
    signOut(everywhere).then(left, (error) => notify(String(error.message), "warning"));
  return (
    <>
      <div id="top">
        <TopNavigation
          identity={{ href: "#/", title: t(shell.title) }}
          utilities={[
            { type: "button", text: t(shell.language), onClick: switchLanguage },
            {
              type: "menu-dropdown",
              text: session.user,
              iconName: "user-profile",
              ariaLabel: session.user,
              description: `${session.account} · ${session.region}`,
              items: [
                { id: "own", text: t(shell.own), href: link("own") },
                { id: "out", text: t(shell.signOut) },
                { id: "everywhere", text: t(shell.signOutEverywhere) },
              ],
              onItemClick: ({ detail }) => {
                if (detail.id !== "own") void leave(detail.id === "everywhere");
              },
            },
          ]}
        />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationOpen={open}
        navigationTriggerHide={open && beside}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        ariaLabels={{
          navigation: t(shell.navigation),
          navigationToggle: t(shell.openNavigation),
          navigationClose: t(shell.closeNavigation),
          notifications: t(shell.notifications),
        }}
        navigation={
          <SideNavigation
            header={{ text: session.hostname, href: "#/" }}
            activeHref={link(listOf(route))}
            items={menu(session)}
            onFollow={() => {
              if (!beside) setOpen(false);
            }}
          />
        }
        notifications={
          <Flashbar
            items={notes.map((note) => ({
              id: note.id,
              type: note.type,
              content: note.text,
              dismissible: true,
              dismissLabel: t(common.close),
              onDismiss: () => dismiss(note.id),
            }))}
          />
        }
        content={
          <SessionProvider value={session}>
            <Content session={session} />
          </SessionProvider>
        }
      />
    </>
  );
}
