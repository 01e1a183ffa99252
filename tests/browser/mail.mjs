/* What the administrator looks for: mail, what waits, what was done, and how the days went. */
import { assert, choose, heading, open, sees, signIn, table } from "./steps.mjs";

async function rows(page, title) {
  await table(page, title).getByRole("row").nth(1).waitFor();
  await table(page, title).getByText("Loading", { exact: true }).waitFor({ state: "hidden" });
  const texts = await table(page, title).getByRole("row").allInnerTexts();
  return texts.slice(1);
}

/* Each search as somebody types it, and what it shows. */
export async function findsMail(page, given) {
  await signIn(page, given, "#/messages");
  const shown = [];
  for (const { to = "", from = "", state = "any" } of given.searches) {
    await page.getByRole("textbox", { name: "Recipient" }).fill(to);
    await page.getByRole("textbox", { name: "From", exact: true }).fill(from);
    await page.getByRole("button", { name: /^State/ }).click();
    await page.getByRole("option", { name: new RegExp(`^(Selected )?${state}$`) }).click();
    const answered = page.waitForResponse(
      (answer) => answer.url().endsWith("/message.list") && (answer.request().postDataJSON().to ?? "") === to,
    );
    await page.getByRole("button", { name: "Search" }).click();
    await answered;
    shown.push(await rows(page, "Messages"));
  }
  await page.getByRole("link", { name: /^Message: Hello/ }).first().click();
  await page.getByRole("list", { name: "Its life" }).waitFor();
  return shown;
}

export async function turnsPages(page, given) {
  await signIn(page, given, "#/messages");
  const first = await rows(page, "Messages");
  await page.getByRole("button", { name: "Next page" }).first().click();
  await page.waitForFunction((old) => !document.querySelector("main").innerText.includes(old), given.newest);
  return [first.length, (await rows(page, "Messages")).length];
}

/* An attempt that was not taken, with what was said; the whole message as a file. */
export async function looksIntoAMessage(page, given) {
  await signIn(page, given, `#/queue/${given.message}`);
  const life = page.getByRole("list", { name: "Its life" });
  await life.getByText("not taken for now").first().waitFor();
  await life.getByRole("button", { name: "What was said" }).first().click();
  await sees(page, "C: RCPT TO:");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download (.eml)" }).click(),
  ]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return { name: download.suggestedFilename(), text: Buffer.concat(chunks).toString("latin1") };
}

/* All that goes to one site is held, and let go again. */
export async function holdsASite(page, given) {
  await signIn(page, given, "#/queue");
  const site = table(page, "By site").getByRole("row").filter({ hasText: given.site });
  const answered = page.waitForResponse(
    (answer) => answer.url().endsWith("/queue.list") && answer.request().postDataJSON().site === given.site,
  );
  await site.getByRole("link", { name: given.site }).click();
  await answered;
  for (const row of await rows(page, "Queue")) assert.ok(row.includes(`@${given.site}`), row);
  for (const change of ["Hold", "Release"]) {
    await choose(page, `Actions: ${given.site}`, change);
    const question = page.getByRole("dialog");
    await question.getByText(given.site).waitFor();
    await question.getByRole("button", { name: change }).click();
    await sees(page, `${change}: ${given.count} recipients changed`);
    /* What is released is tried at once, and may be under way. */
    await table(page, "Queue")
      .getByText(change === "Hold" ? "held by" : /^(queued|under way)$/)
      .first()
      .waitFor();
  }
}

/* The ledger is verified, with a head that was signed just now; what is about somebody is found. */
export async function verifiesTheLedger(page, given) {
  await signIn(page, given, "#/ledger");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Sign a head now" }).click(),
  ]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  await page.getByRole("button", { name: "Heads that you kept elsewhere" }).click();
  await page.getByRole("textbox", { name: "Heads that you kept elsewhere" }).fill(Buffer.concat(chunks).toString());
  await page.getByRole("button", { name: "Verify" }).click();
  await sees(page, "The ledger is whole");
  await page.getByRole("textbox", { name: "Heads that you kept elsewhere" }).fill("postern ledger head");
  await page.getByRole("button", { name: "Verify" }).click();
  await sees(page, /^heads: /);
  await page.getByRole("textbox", { name: "About" }).fill(given.about);
  await page.getByRole("button", { name: "Search" }).click();
  await table(page, "Records").getByText(given.about).first().waitFor();
  return rows(page, "Records");
}

export async function seesTheDamage(page, given) {
  await signIn(page, given, "#/ledger");
  await page.getByRole("button", { name: "Verify" }).click();
  await sees(page, "The ledger is not whole");
  await sees(page, given.why);
}

export async function seesHowTheDaysWent(page, given) {
  await signIn(page, given, "#/overview");
  await heading(page, "Mail over time", 2).waitFor();
  for (const measure of ["Sent", "Delivered", "Deferred", "Bounced", "Complained"]) await sees(page, measure);
  for (const span of ["7 days", "14 days", "24 hours"]) {
    await page.getByRole("button", { name: span }).click();
    await page.getByRole("application", { name: "Mail over time" }).waitFor();
  }
  const sites = await rows(page, "Top sites");
  await page.getByRole("button", { name: "Open the ledger" }).click();
  await heading(page, "Ledger", 1).waitFor();
  return sites;
}

/* Lists of people and identities are asked of the server, a page at a time. */
export async function findsPeopleAndIdentities(page, given) {
  await signIn(page, given, "#/people");
  assert.equal((await rows(page, "People")).length, 50);
  await page.getByRole("button", { name: "Next page" }).first().click();
  await page.getByRole("textbox", { name: "Find a person" }).fill(given.person.toUpperCase());
  await page.getByRole("button", { name: "Search" }).click();
  await table(page, "People").getByRole("link", { name: given.person, exact: true }).waitFor();
  assert.equal((await rows(page, "People")).length, 1);
  await open(page, "#/identities");
  await page.getByRole("textbox", { name: "Find by name" }).fill("TEST1");
  await page.getByRole("button", { name: "Search" }).click();
  await table(page, "Identities").getByRole("link", { name: "test1.com", exact: true }).waitFor();
}
