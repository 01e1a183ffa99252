/* Every page, as it is for who sees little, has a narrow screen or a slow line. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { assert, choose, open, signIn } from "./steps.mjs";

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

/* What no place of its own has: a question, and settings that are shown once. */
export async function questionsAndSettingsToo(page, given) {
  await signIn(page, given, "#/hand-out");
  await page.getByRole("textbox", { name: "Address", exact: true }).fill(given.address);
  await page.getByRole("button", { name: "Hand out", exact: true }).click();
  await page.getByText("These are shown once.").waitFor();
  await page.evaluate(axe);
  const found = await faults(page, "settings");
  const [width, screen] = await page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]");
  await visit(page, `#/people/${encodeURIComponent(given.address)}`);
  await choose(page, "Actions", "Suspend");
  await page.getByRole("dialog").getByRole("textbox").first().waitFor();
  found.push(...(await faults(page, "question")));
  await page.emulateMedia({ colorScheme: "dark" });
  found.push(...(await faults(page, "question, dark", ["color-contrast"])));
  assert.equal(found.length, 0, found.join("\n"));
  assert.ok(width <= screen, `settings: ${width} of ${screen}`);
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
