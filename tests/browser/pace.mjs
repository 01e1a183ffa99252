/* For bench/console: when a page can be used, in milliseconds since it was asked for. */
import { heading, signIn } from "./steps.mjs";

/* What it was about is there, nothing is loading, and the browser has nothing else to do. */
async function usable(page) {
  await page.waitForFunction(
    () =>
      ![...document.querySelectorAll("main *")].some(
        (element) => element.childElementCount === 0 && /^(Loading|Looking at it)$/.test(element.textContent ?? ""),
      ),
    null,
    { polling: "raf" },
  );
  return page.evaluate(() => new Promise((done) => requestIdleCallback(() => done(performance.now()))));
}

/* What came over the line: the files, and what the server answered. */
async function bytes(page) {
  return page.evaluate(() => {
    const sum = { files: 0, answers: 0 };
    for (const entry of performance.getEntriesByType("resource"))
      sum[entry.name.includes("/console/assets/") ? "files" : "answers"] += entry.transferSize;
    return sum;
  });
}

/* Nothing is kept in the browser: the first visit of somebody who is not signed in. */
export async function paceOfTheDoor(page, given) {
  await page.goto(given.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  return { ms: await usable(page), ...(await bytes(page)) };
}

/* A place, with nothing kept but the session; then the same with the files that are kept. */
export async function paceOfAPlace(page, given) {
  await signIn(page, given, given.place);
  const times = [];
  for (const kept of [false, true]) {
    if (!kept) {
      const session = await page.context().newCDPSession(page);
      await session.send("Network.clearBrowserCache");
    }
    await page.goto("about:blank");
    await page.goto(given.url + given.place);
    await heading(page, given.title, 1).waitFor();
    times.push({ ms: await usable(page), ...(await bytes(page)) });
  }
  return { first: times[0], again: times[1] };
}
