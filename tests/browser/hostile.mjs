/* What strangers and users write is shown as they wrote it, and does nothing. */
import { assert, open, sees, signIn } from "./steps.mjs";

/* Each place with the words that must be read there, and the tab behind which they are. */
export async function showsAsText(page, given) {
  await signIn(page, given);
  for (const [place, text, tab] of given.places) {
    await open(page, place);
    if (tab) await page.getByRole("tab", { name: tab }).click();
    await sees(page, text);
  }
}

/* A message of a stranger, rendered, looked at and clicked. */
export async function rendersInAClosedFrame(page, given) {
  await signIn(page, given, `#/queue/${given.message}`);
  await page.getByRole("tab", { name: "Rendered" }).click();
  const frame = page.frameLocator('iframe[title="Rendered"]');
  await frame.getByText(given.words).waitFor();
  await frame.getByText("Click here").click();
  await frame.getByRole("button", { name: "Send" }).click();
  await frame.getByText(given.words).waitFor();
  assert.ok(page.url().endsWith(given.message), page.url());
  await page.getByRole("tab", { name: "Body" }).click();
  await sees(page, "<script>");
}

export async function previewsATemplate(page, given) {
  await signIn(page, given, `#/templates/${given.template}`);
  await page.getByRole("button", { name: "Preview" }).click();
  const frame = page.frameLocator('iframe[title="Rendered"]');
  await frame.getByText(given.words).waitFor();
}

/* A verification mail, before the server has seen it. */
export async function previewsWhatIsTyped(page, given) {
  await signIn(page, given, "#/verification/");
  await page.getByLabel("HTML").fill(given.content);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.frameLocator('iframe[title="Rendered"]').getByText(given.words).waitFor();
}

/* The simulator answers what was typed. */
export async function simulatesHostileWords(page, given) {
  await signIn(page, given, "#/simulator");
  await page.getByRole("combobox", { name: "User" }).fill(given.sender);
  await page.getByRole("textbox", { name: "From header" }).fill(given.from);
  await page.getByRole("button", { name: "Decide" }).click();
  await sees(page, given.words);
}
