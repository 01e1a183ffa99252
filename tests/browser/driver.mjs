/*
 * Reads stories from standard input, a line of JSON each, and tells them in one browser: each in a context
 * of its own, whose pages are watched. Answers a line: {"told"} or {"error"}; before that {"meanwhile"}, and
 * reads a line, for each thing that is to be done elsewhere while the page stands open.
 */
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import * as administrator from "./administrator.mjs";
import * as api from "./api.mjs";
import * as everybody from "./everybody.mjs";
import * as hostile from "./hostile.mjs";
import * as mail from "./mail.mjs";
import * as pace from "./pace.mjs";
import * as picture from "./picture.mjs";
import * as sending from "./sending.mjs";
import * as tour from "./tour.mjs";

const stories = { ...administrator, ...api, ...everybody, ...hostile, ...mail, ...pace, ...picture, ...sending, ...tour };

/* What no page may do, whatever it shows. */
async function watch(context, url) {
  const wrong = [];
  await context.exposeBinding("violated", (_, what) => {
    wrong.push(`broke the policy: ${what}`);
  });
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) =>
      globalThis.violated(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
    );
  });
  context.on("dialog", (dialog) => {
    wrong.push(`opened a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("weberror", (error) => wrong.push(`threw: ${error.error().stack}`));
  context.on("page", (page) => page.on("popup", () => wrong.push("opened a window")));
  /* What a policy stops was asked of nobody. */
  const asked = new Set();
  context.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && new URL(request.url()).origin !== url) asked.add(request);
  });
  context.on("requestfailed", (request) => {
    if (/csp/i.test(request.failure()?.errorText ?? "")) asked.delete(request);
  });
  return async () => {
    for (const page of context.pages())
      for (const frame of page.frames())
        if (await frame.evaluate("globalThis.hit").catch(() => undefined)) wrong.push(`ran a script: ${frame.url()}`);
    for (const request of asked) wrong.push(`asked another: ${request.url()}`);
    if (wrong.length) throw new Error(wrong.join("\n"));
  };
}

async function shown(page) {
  const place = (await page.locator("main").count()) ? "main" : "body";
  const text = await page.locator(place).first().ariaSnapshot({ timeout: 5000 }).catch(String);
  return `shown at ${page.url()}:\n${text.slice(0, 6000)}`;
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function meanwhile(what) {
  say({ meanwhile: what ?? null });
  return JSON.parse((await lines.next()).value);
}

async function tell(browser, { story, given, url, context: options }) {
  if (!Object.hasOwn(stories, story)) throw new Error(`there is no story ${story}`);
  const context = await browser.newContext({ locale: "en-US", timezoneId: "UTC", ...options });
  try {
    context.setDefaultTimeout(60000); // only a fault waits so long
    const nothingWrong = await watch(context, url);
    const page = await context.newPage();
    try {
      const told = await stories[story](page, { ...given, url: `${url}/console/`, meanwhile });
      await nothingWrong();
      return told;
    } catch (error) {
      throw new Error(`${error.stack}\n${await shown(page)}`);
    }
  } finally {
    await context.close();
  }
}

/* The sandbox of the browser needs a user of its own; what is shown here is ours. */
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: process.getuid() === 0 ? ["--no-sandbox"] : [],
});
try {
  for await (const line of lines) {
    say(
      await tell(browser, JSON.parse(line)).then(
        (told) => ({ told }),
        (error) => ({ error: error.message }),
      ),
    );
  }
} finally {
  await browser.close();
}
