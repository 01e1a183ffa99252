/* In and out, and the page of somebody who administers nothing. */
import { assert, call, choose, fillSignIn, heading, open, sees, signIn } from "./steps.mjs";

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
