/* What the stories are made of, by roles and names as a person, or who reads the screen to them, finds it. */
import assert from "node:assert/strict";

export async function fillSignIn(page, { user, password }) {
  await page.getByRole("textbox", { name: "User name" }).fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/* A password takes the server long to check, as it should: who was in once stays in, as with a tab left open. */
const sessions = new Map();

/* Signs in, and waits until the menu has the user's name. */
export async function signIn(page, given, place = "") {
  const kept = sessions.get(given.user);
  if (kept) await page.context().addCookies(kept);
  await page.goto(given.url + place);
  if (!kept) await fillSignIn(page, given);
  await page.getByRole("button", { name: given.user }).first().waitFor();
  sessions.set(given.user, await page.context().cookies());
}

/* Another page of the same console, without loading it anew; what was there before is gone. */
export async function open(page, place) {
  await page.evaluate(
    (hash) =>
      new Promise((done) => {
        if (location.hash === hash) return done();
        addEventListener("hashchange", () => requestAnimationFrame(() => requestAnimationFrame(done)), { once: true });
        location.hash = hash;
      }),
    place,
  );
}

export async function choose(page, menu, item) {
  await page.getByRole("button", { name: menu, exact: true }).first().click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

/* Somebody whose session ended is asked, above whatever stands open. */
export async function signInAgain(page, given) {
  const again = page.getByRole("dialog", { name: "Sign in again" });
  await again.getByText("Your session is over.").waitFor();
  await again.getByLabel("Password", { exact: true }).fill(given.password);
  await again.getByRole("button", { name: "Sign in" }).click();
}

/* A table, by its heading. */
export function table(page, title) {
  return page.getByRole("table", { name: title });
}

/* What the table under a heading has in its cells. */
export async function cells(page, title) {
  const rows = await table(page, title).getByRole("row").all();
  const texts = await Promise.all(rows.map((row) => row.getByRole("cell").allInnerTexts()));
  return texts.filter((row) => row.length).map((row) => row.map((text) => text.trim()));
}

export function heading(page, name, level) {
  return page.getByRole("heading", { name, level });
}

export async function sees(page, text) {
  await page.getByText(text).filter({ visible: true }).first().waitFor();
}

/* From #/hand-out to the settings, which are shown once. */
export async function handsOut(page, address) {
  await page.getByRole("textbox", { name: "Address", exact: true }).fill(address);
  await page.getByRole("button", { name: "Hand out", exact: true }).click();
  await sees(page, `${address} may now send as ${address}`);
}

/* The value that the settings, which stand first, show under a name. */
export async function setting(page, name) {
  const term = page.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) });
  return (await term.locator("xpath=following-sibling::dd[1]").first().innerText()).trim();
}

/* The console's API as the page itself can call it: with its cookie and header. */
export function call(page, service, operation, input) {
  return page.evaluate(
    async ([path, body]) => {
      const answer = await fetch(path, {
        method: "POST",
        headers: { "X-Postern-Console": "1", "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.json()];
    },
    [`/console/api/${service}/${operation}`, input],
  );
}

export { assert };
