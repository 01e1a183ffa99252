/* Every page, as it is for who sees little, has a narrow screen or a slow line. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { assert, choose, fillSignIn, handsOut, heading, open, sees, signIn } from "./steps.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/* Another page, with what it loads. */
async function visit(page, place) {
  await open(page, place);
  await page.locator("main").getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(
    () =>
      ![...document.querySelectorAll("main *")].some(
        (element) => element.childElementCount === 0 && /^(Loading|Looking at it)$/.test(element.textContent ?? ""),
      ),
  );
}

async function faults(page, place, rules) {
  const { violations } = await page.evaluate(
    (only) => globalThis.axe.run(document, { resultTypes: ["violations"], ...(only && { runOnly: only }) }),
    rules,
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${place}: ${id}: ${nodes.map((node) => node.html.slice(0, 200)).join("\n    ")}`);
}

/* Colours alone differ in the dark. */
export async function axeFindsNothing(page, given) {
  await page.goto(given.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.evaluate(axe);
  const found = await faults(page, "sign-in");
  await signIn(page, given);
  await page.evaluate(axe);
  for (const place of given.places) {
    await page.emulateMedia({ colorScheme: "light" });
    await visit(page, place);
    found.push(...(await faults(page, place)));
    await page.emulateMedia({ colorScheme: "dark" });
    found.push(...(await faults(page, `${place}, dark`, ["color-contrast"])));
  }
  assert.equal(found.length, 0, found.join("\n"));
}

/* The page does not scroll sideways; a wide table does so within itself. */
export async function fitsANarrowScreen(page, given) {
  await signIn(page, given);
  const wide = [];
  for (const place of given.places) {
    await visit(page, place);
    const [width, screen] = await page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]");
    if (width > screen || screen !== 360) wide.push(`${place}: ${width} of ${screen}`);
  }
  assert.equal(wide.length, 0, wide.join("\n"));
}

/* What stands now, in light, in the dark and on a narrow screen. */
async function faultsOfWhatStands(page, place) {
  const usual = page.viewportSize();
  await page.evaluate(axe);
  const found = await faults(page, place);
  await page.emulateMedia({ colorScheme: "dark" });
  found.push(...(await faults(page, `${place}, dark`, ["color-contrast"])));
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 360, height: 740 });
  found.push(...(await faults(page, `${place}, narrow`)));
  const width = await page.evaluate("document.scrollingElement.scrollWidth");
  if (width > 360) found.push(`${place}: ${width} wide`);
  await page.setViewportSize(usual);
  return found;
}

/* What no place of its own has: settings that are shown once, the fate of a test mail, a question. */
export async function questionsAndSettingsToo(page, given) {
  await signIn(page, given, "#/hand-out");
  await handsOut(page, given.address);
  await page.getByText("These are shown once.").waitFor();
  const found = await faultsOfWhatStands(page, "settings");
  await page.getByRole("textbox", { name: "Recipient" }).fill(given.recipient);
  await page.getByRole("button", { name: "Send the test mail" }).click();
  await sees(page, `look into the mailbox of ${given.recipient}`);
  found.push(...(await faultsOfWhatStands(page, "test mail")));
  await visit(page, `#/people/${encodeURIComponent(given.address)}`);
  await choose(page, "Actions", "Suspend");
  await page.getByRole("dialog").getByRole("textbox").first().waitFor();
  found.push(...(await faultsOfWhatStands(page, "question")));
  assert.equal(found.length, 0, found.join("\n"));
}

/* Who comes with a password that was made for them, chooses their own, sets a second factor up, and comes again. */
export async function theWayInToo(page, given) {
  const { user } = given;
  await page.goto(given.url);
  await fillSignIn(page, { user, password: given.made });
  await sees(page, "Choose a password of your own");
  const found = await faultsOfWhatStands(page, "the password must change");
  await page.getByLabel("Present password").fill(given.made);
  await page.getByLabel("New password", { exact: true }).fill(given.password);
  await page.getByLabel("New password again").fill(given.password);
  await page.getByRole("button", { name: "Save" }).click();
  await heading(page, "My page", 1).waitFor();

  await page.getByRole("button", { name: "Set it up" }).click();
  const question = page.getByRole("dialog");
  const secret = await question.getByText(/^[A-Z2-7 ]{16,}$/).innerText();
  found.push(...(await faultsOfWhatStands(page, "a second factor is set up")));
  await question.getByRole("textbox", { name: "Code" }).fill(await given.meanwhile([secret, 0]));
  await question.getByRole("button", { name: "Confirm" }).click();
  await sees(page, "A code of your authenticator app is asked for");

  await choose(page, user, "Sign out");
  await fillSignIn(page, given);
  const code = page.getByRole("textbox", { name: "Code of your authenticator app" });
  await code.and(page.locator(":focus")).waitFor();
  found.push(...(await faultsOfWhatStands(page, "a code is asked for")));
  await code.fill(await given.meanwhile([secret, 1]));
  await page.getByRole("button", { name: "Sign in" }).click();
  await heading(page, "My page", 1).waitFor();
  assert.equal(found.length, 0, found.join("\n"));
}

/* Bytes over the line until the first page stands, with nothing kept from before. */
export async function firstLoad(page, given) {
  const answers = [];
  page.on("requestfinished", (request) => answers.push(request.sizes()));
  await signIn(page, given);
  await visit(page, "#/overview");
  const sizes = await Promise.all(answers);
  return sizes.reduce(
    (sum, { responseBodySize, responseHeadersSize }) => sum + responseBodySize + responseHeadersSize,
    0,
  );
}
