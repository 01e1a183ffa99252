/* What the administrator does at the console. */
import { assert, choose, heading, open, sees, signIn, table } from "./steps.mjs";

/* The value that the settings show under a name. */
async function setting(page, name) {
  const term = page.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) });
  return (await term.locator("xpath=following-sibling::dd[1]").innerText()).trim();
}

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
