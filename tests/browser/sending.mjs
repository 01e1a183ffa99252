/* Mail sent from the page with a credential that it was just given, and what it says became of it. */
import {
  assert,
  cells,
  choose,
  fillSignIn,
  handsOut,
  heading,
  open,
  sees,
  setting,
  signIn,
  signInAgain,
  table,
} from "./steps.mjs";

async function sends(page, to) {
  if (to) await page.getByRole("textbox", { name: "Recipient" }).fill(to);
  await page.getByRole("button", { name: "Send the test mail" }).click();
}

async function readsWhatWasSent(page, from) {
  await heading(page, "Message", 1).waitFor();
  await page.getByRole("tab", { name: "Body" }).click();
  await sees(page, `This is a test mail from ${from}.`);
}

/* Nothing of the page, and nothing that the browser keeps for it, has the secret. */
async function forgets(page, secret) {
  assert.equal(secret.length, 40);
  assert.ok(!(await page.content()).includes(secret));
  assert.ok(!(await page.evaluate("JSON.stringify([localStorage, sessionStorage, history.state])")).includes(secret));
}

/* ---- the set-up path ---- */

async function addsADomain(page, domain) {
  await page.getByRole("button", { name: "Add a domain" }).click();
  const question = page.getByRole("dialog");
  await question.getByRole("textbox", { name: "Domain" }).fill(domain);
  await question.getByRole("button", { name: "Add a domain" }).click();
  await sees(page, `${domain} is registered`);
  await table(page, "DNS records").getByText("not there").first().waitFor();
  const records = (await cells(page, "DNS records")).map(([, purpose, type, name, value]) => ({
    purpose,
    type,
    name,
    value,
  }));
  await page.getByRole("button", { name: `Copy: ${records[0].value.slice(0, 60)}` }).click();
  await sees(page, "Copied");
  assert.equal(await page.evaluate("navigator.clipboard.readText()"), records[0].value);
  return records;
}

/* On one page that is never loaded anew. The records are published while it stands open. */
export async function fromNothingToTheFirstMail(page, given) {
  await signIn(page, given, "#/setup");
  await given.meanwhile(await addsADomain(page, given.domain));
  await table(page, "DNS records").getByText("there · DNSSEC").first().waitFor();
  await table(page, "DNS records").getByText("not there").first().waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Leave the sandbox" }).click();
  await sees(page, "The account is in production");
  await sees(page, "Hand out an address first.");
  await handsOut(page, given.address);
  await sees(page, "1 address of the domain is handed out");
  const secret = await setting(page, "Secret access key of the API");
  await sees(page, `Waiting for a message from an address of ${given.domain}`);
  await sends(page, given.recipient);
  await sees(page, `look into the mailbox of ${given.recipient}`);
  await sees(page, "Reply: 250");
  assert.equal(await page.getByText("To do", { exact: true }).count(), 0);
  await page.getByRole("link", { name: "Show the message" }).click();
  await page.getByRole("list", { name: "Its life" }).waitFor();
  await forgets(page, secret);
}

/* Later the secret is nowhere: a new one is made on the same page. */
export async function triesANewCredentialAtTheSetUp(page, given) {
  await signIn(page, given, "#/setup");
  await sees(page, `look into the mailbox of ${given.seen}`);
  await sees(page, "To send from here takes the secret of a credential");
  await page.getByRole("button", { name: "Rotate the credential" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate the credential" }).click();
  await sees(page, "These are shown once.");
  await sends(page, given.recipient);
  await sees(page, `look into the mailbox of ${given.recipient}`);
  await page.getByText(`look into the mailbox of ${given.seen}`).waitFor({ state: "hidden" });
}

/* ---- elsewhere ---- */

export async function handsOutAndSends(page, given) {
  await signIn(page, given, "#/hand-out");
  if (given.network) await page.getByRole("textbox", { name: "Only from networks" }).fill(given.network);
  await handsOut(page, given.address);
  await given.meanwhile();
  await sends(page, given.recipient);
  for (const words of given.words) await sees(page, words);
}

export async function readsWhatWasCaptured(page, given) {
  await handsOutAndSends(page, given);
  await page.getByRole("link", { name: "Read it" }).click();
  await readsWhatWasSent(page, given.address);
}

/* The mail needs no session; to look at what became of it does. */
export async function sendsWhenTheSessionIsOver(page, given) {
  await page.goto(`${given.url}#/hand-out`);
  await fillSignIn(page, given);
  await handsOut(page, given.address);
  await page.context().clearCookies();
  await sends(page, given.recipient);
  await sees(page, "The server took it as");
  await signInAgain(page, given);
  await sees(page, `look into the mailbox of ${given.recipient}`);
  await sees(page, "These are shown once.");
}

/* Where nothing is filled in, the mail goes to the address itself. */
export async function rotatesAPersonsKeyAndSends(page, given) {
  await signIn(page, given, `#/people/${encodeURIComponent(given.address)}`);
  await heading(page, given.address, 1).waitFor();
  await choose(page, "Actions", "Rotate the credential");
  await page.getByRole("dialog").getByRole("button", { name: "Rotate the credential" }).click();
  await sees(page, "These are shown once.");
  await sends(page);
  await sees(page, `look into the mailbox of ${given.address}`);
}

/* A person is told what became of it, and sent to no page that is not theirs. */
export async function rotatesTheirOwnKeyAndSends(page, given) {
  await signIn(page, given, "#/own");
  await page.getByRole("row").filter({ hasText: given.key }).getByRole("button", { name: "Make a new one" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make a new one" }).click();
  await sees(page, "These are shown once.");
  const secret = await setting(page, "Secret access key of the API");
  await page.getByRole("button", { name: "To the mailbox simulator" }).click();
  await sends(page);
  await sees(page, "The mailbox simulator took it");
  assert.equal(await page.getByRole("link", { name: "Show the message" }).count(), 0);
  await open(page, "#/");
  await heading(page, "My page", 1).waitFor();
  await forgets(page, secret);
}
