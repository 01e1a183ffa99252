/* What the administrator does at the console. */
import { assert, cells, choose, heading, sees, setting, signIn, table } from "./steps.mjs";

export async function handOut(page, given) {
  await signIn(page, given, "#/people");
  await page.getByRole("button", { name: "Hand out an address" }).click();
  await page.getByRole("textbox", { name: "Address", exact: true }).fill(given.address);
  await page.getByRole("button", { name: "Hand out", exact: true }).click();
  await sees(page, `${given.address} may now send as ${given.address}`);
  await sees(page, "These are shown once.");
  const shown = {
    smtp_user_name: await setting(page, "User name"),
    smtp_password: await setting(page, "Password"),
    port: await setting(page, "Port \\(STARTTLS\\)"),
  };
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the settings" }).click(),
  ]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  assert.ok(Buffer.concat(chunks).toString().includes(shown.smtp_password));
  await page.getByRole("button", { name: "All people" }).click();
  await page.getByRole("row").filter({ hasText: given.address }).getByText("Active").waitFor();
  assert.ok(!(await page.content()).includes(shown.smtp_password));
  return shown;
}

export async function revoke(page, given) {
  await signIn(page, given, `#/people/${encodeURIComponent(given.address)}`);
  await heading(page, given.address, 1).waitFor();
  await choose(page, "Actions", "Revoke");
  const question = page.getByRole("dialog");
  await question.getByRole("button", { name: "Revoke" }).click();
  await sees(page, "Switched off. 0 recipients are held.");
  await table(page, "Access keys").getByText("Switched off").waitFor();
}

/* The matrix, and for each address who can send as it. */
export async function matrix(page, given) {
  await signIn(page, given, "#/access");
  await heading(page, "Who may send as whom").waitFor();
  await table(page, "Matrix").getByRole("row").nth(1).waitFor();
  await table(page, "Matrix").getByText("Loading").waitFor({ state: "hidden" });
  const titles = await table(page, "Matrix").getByRole("columnheader").allInnerTexts();
  const rows = await cells(page, "Matrix");
  const holders = {};
  await page.getByRole("tab", { name: "By address" }).click();
  for (const address of given.addresses) {
    await page.getByRole("textbox", { name: "Who can send as" }).fill(address);
    await page.getByRole("button", { name: "Look" }).click();
    await table(page, address).getByRole("row").nth(1).waitFor();
    await table(page, address).getByText("Loading").waitFor({ state: "hidden" });
    const found = await table(page, address).getByRole("row").allInnerTexts();
    holders[address] = found
      .slice(1)
      .map((row) => row.split(/\s/)[0])
      .filter((user) => given.users.includes(user));
    if (holders[address].length === 0) await table(page, address).getByText("Nobody can send").waitFor();
  }
  return { titles: titles.map((text) => text.trim()), rows, holders };
}

export async function simulate(page, given) {
  await signIn(page, given, `#/simulator/${encodeURIComponent(given.sender)}`);
  const shown = [];
  for (const from of given.from) {
    await page.getByRole("textbox", { name: "From header" }).fill(from);
    await page.getByRole("button", { name: "Decide" }).click();
    await heading(page, /^It would be/, 2).waitFor();
    shown.push(await page.locator("main").innerText());
  }
  return shown;
}

/* What an edited policy would change, before it is stored; nothing is stored. */
export async function comparesAnEditedPolicy(page, given) {
  await signIn(page, given, `#/policies/user/${given.owner}/${given.name}`);
  const editor = page.getByRole("textbox", { name: "Policy document" });
  await sees(page, /^Suggestion: The condition key ses:FromAddress/);
  await editor.fill(given.broken);
  await page
    .getByText(/^Error:/)
    .first()
    .waitFor();
  await editor.fill(given.edited);
  await sees(page, "No findings");
  await page.getByRole("button", { name: "What would change" }).click();
  await table(page, "What this changes").getByRole("row").nth(2).waitFor();
  return cells(page, "What this changes");
}

export async function timeline(page, given) {
  await signIn(page, given, `#/queue/${given.message}`);
  const life = page.getByRole("list", { name: "Its life" });
  await life.waitFor();
  return life.getByRole("listitem").allInnerTexts();
}
