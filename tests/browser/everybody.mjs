/* In and out, and the page of somebody who administers nothing. */
import { assert, call, choose, fillSignIn, heading, open, sees, setting, signIn, signInAgain } from "./steps.mjs";

export async function refusedThenInThenOut(page, given) {
  await page.goto(given.url);
  await fillSignIn(page, { ...given, password: "wrong" });
  await sees(page, "The user name, the password or the code is not right.");
  assert.equal(await page.getByRole("textbox", { name: "User name" }).inputValue(), given.user);
  await fillSignIn(page, given);
  await page.getByRole("button", { name: given.user }).first().waitFor();
  assert.equal(await page.evaluate("document.cookie"), "");
  await choose(page, given.user, "Sign out");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  const [status, answer] = await call(page, "postern", "own.show", {});
  assert.equal(`${status} ${answer.code}`, "401 NotSignedIn");
  await open(page, "#/people");
  await page.reload();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
}

/* Everything of `others` stays away: on every page, by its URL, and by the API. */
export async function ownPageOnly(page, given) {
  await signIn(page, given);
  await heading(page, "My page").waitFor();
  for (const own of given.own) await sees(page, own);
  const links = await page.getByRole("navigation").getByRole("link").allInnerTexts();
  assert.ok(!links.some((text) => /People|Access|Overview|Policies/.test(text)), String(links));
  for (const place of given.places) {
    await open(page, place);
    await page.reload();
    await sees(page, "is not authorized to perform");
    const text = await page.locator("body").innerText();
    for (const other of given.others) assert.ok(!text.includes(other) || place.includes(other), `${place}: ${other}`);
  }
  for (const [operation, input] of given.calls) {
    const [status, answer] = await call(page, "postern", operation, input);
    assert.equal(status, 403, `${operation}: ${JSON.stringify(answer)}`);
    for (const other of given.others.slice(1)) assert.ok(!JSON.stringify(answer).includes(other), operation);
  }
}

/* Every item of the menu says something in Japanese, and the choice of a language is kept. */
export async function inJapanese(page, given) {
  await page.goto(given.url);
  await heading(page, "postern にサインイン").waitFor();
  assert.equal(await page.evaluate("document.documentElement.lang"), "ja");
  await page.getByRole("textbox", { name: "ユーザー名" }).fill(given.user);
  await page.getByLabel("パスワード", { exact: true }).fill(given.password);
  await page.getByRole("button", { name: "サインイン" }).click();
  await page.getByRole("navigation").getByRole("link", { name: "ユーザー", exact: true }).click();
  await page.getByRole("button", { name: "アドレスを配布" }).waitFor();
  const links = await page.getByRole("navigation").getByRole("link").allInnerTexts();
  assert.ok(links.length > 10);
  for (const text of links.slice(1)) assert.match(text, /[ぁ-んァ-ン一-龠]/);
  await open(page, `#/queue/${given.message}`);
  await page.getByRole("tab", { name: "表示" }).click();
  await sees(page, given.words);
  await page.getByRole("button", { name: "English" }).first().click();
  await page.getByRole("tab", { name: "Rendered" }).waitFor();
  await page.reload();
  await page.getByRole("tab", { name: "Rendered" }).waitFor();
}

/* Tab until the focus is on what has this name. */
async function tabTo(page, name) {
  for (let steps = 0; steps < 100; steps++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { activeElement: it } = document;
      return it?.getAttribute("aria-label") ?? it?.textContent?.trim();
    });
    if (focused === name) return;
  }
  throw new Error(`the tabulator does not lead to ${name}`);
}

export async function byKeyboard(page, given) {
  await page.goto(given.url);
  await page.getByRole("textbox", { name: "User name" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.type(given.user);
  await page.keyboard.press("Tab");
  await page.keyboard.type(given.password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: given.user }).first().waitFor();
  await tabTo(page, "People");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Hand out an address" }).waitFor();
  await tabTo(page, "Hand out an address");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Address", exact: true }).and(page.locator(":focus")).waitFor();
  await page.keyboard.type(given.address);
  await page.keyboard.press("Enter");
  await sees(page, `${given.address} may now send as ${given.address}`);
}

/* The key is asked about before it is replaced, and the new one is shown once. */
export async function rotatesTheirOwnKey(page, given) {
  await signIn(page, given, "#/own");
  await page.getByRole("row").filter({ hasText: given.key }).getByRole("button", { name: "Make a new one" }).click();
  const question = page.getByRole("dialog");
  await question.getByText(given.key).waitFor();
  await question.getByRole("button", { name: "Make a new one" }).click();
  await sees(page, "These are shown once.");
  return { smtp_user_name: await setting(page, "User name"), smtp_password: await setting(page, "Password") };
}

/* Who was signed out meanwhile signs in again and goes on with what was typed. */
export async function goesOnAfterTheSessionEnded(page, given) {
  await page.goto(`${given.url}#/hand-out`);
  await fillSignIn(page, given);
  const address = page.getByRole("textbox", { name: "Address", exact: true });
  await address.fill(given.address);
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Hand out", exact: true }).click();
  await signInAgain(page, given);
  await sees(page, `${given.address} may now send as ${given.address}`);
  await open(page, `#/people/${encodeURIComponent(given.address)}`);
  await choose(page, "Actions", "Suspend");
  await page.getByRole("textbox", { name: "Reason" }).fill("in a question too");
  await page.context().clearCookies();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend", exact: true }).click();
  await signInAgain(page, given);
  await sees(page, "Suspended: in a question too");
}
