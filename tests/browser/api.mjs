/* What of the APIs has pages of its own, and the page that has every operation. */
import { assert, call, heading, open, sees, signIn, table } from "./steps.mjs";

/* A question, answered: `fill` has what is typed by label, `pick` what is chosen by label. */
async function answer(page, yes, { fill = {}, pick = {} } = {}) {
  const question = page.getByRole("dialog");
  for (const [label, text] of Object.entries(fill)) await question.getByLabel(label, { exact: true }).fill(text);
  for (const [label, option] of Object.entries(pick)) await select(page, question, label, option);
  await question.getByRole("button", { name: yes, exact: true }).click();
  await question.waitFor({ state: "hidden" });
}

/* By keyboard: a list that opens moves with what stands above it, and a click may miss. */
async function select(page, within, label, option) {
  await within.getByRole("button", { name: label }).press("Enter");
  const wanted = page.getByRole("option", { name: new RegExp(`^(Selected )?${option}$`) });
  const id = await wanted.getAttribute("id");
  const list = page.getByRole("listbox");
  while ((await list.getAttribute("aria-activedescendant")) !== id) await list.press("ArrowDown");
  await list.press("Enter");
}

async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).click();
}

/* ---- contact lists ---- */

export async function makesAContactList(page, given) {
  await signIn(page, given, "#/contacts");
  await press(page, "Create a contact list");
  await answer(page, "Create", { fill: { Name: given.list, Description: "Friends of the house" } });
  await heading(page, given.list, 1).waitFor();
  for (const [name, byDefault] of given.topics) {
    await press(page, "Add a topic");
    await answer(page, "Add a topic", {
      fill: { Name: name, "Name for readers": `All about ${name}` },
      pick: { "Who says nothing": byDefault },
    });
    await table(page, "Topics").getByText(`All about ${name}`).waitFor();
  }
  await press(page, "Edit the description");
  await answer(page, "Save", { fill: { Description: "Friends" } });
  await sees(page, "Friends");
}

export async function addsAContact(page, given) {
  await signIn(page, given, `#/contacts/${given.list}`);
  await press(page, "Add a contact");
  await answer(page, "Add a contact", { fill: { Address: given.address } });
  await heading(page, given.address.toLowerCase(), 1).waitFor();
  for (const [topic, option] of given.says) await select(page, page.locator("main"), topic, option);
  await page.getByLabel("Attributes").fill(given.attributes);
  await press(page, "Save");
  await sees(page, `${given.address.toLowerCase()} was saved`);
}

/* Everything that the list shows, page by page, under a filter. */
export async function findsContacts(page, given) {
  await signIn(page, given, `#/contacts/${given.list}`);
  const contacts = table(page, "Contacts");
  await contacts.getByRole("link").first().waitFor();
  await select(page, page.locator("main"), /^Subscription /, given.status);
  await select(page, page.locator("main"), /^Topic /, given.topic);
  const next = page.getByRole("button", { name: "Next page" });
  const found = [];
  for (;;) {
    await contacts.getByText("Loading").waitFor({ state: "hidden" });
    found.push(await contacts.getByRole("link").allInnerTexts());
    if (!(await next.isVisible()) || (await next.isDisabled())) return found;
    await next.click();
    await contacts.getByRole("link", { name: found.at(-1)[0], exact: true }).waitFor({ state: "hidden" });
  }
}

export async function unsubscribesAndRemoves(page, given) {
  await signIn(page, given, `#/contacts/${given.list}`);
  await page.getByLabel("Open the contact of an address").fill(given.address);
  await press(page, "Open");
  await heading(page, given.address, 1).waitFor();
  await page.getByRole("checkbox", { name: "Unsubscribed from everything" }).check();
  await press(page, "Save");
  await sees(page, `${given.address} was saved`);
  await page.getByRole("link", { name: given.list, exact: true }).click();
  await page.getByRole("row").filter({ hasText: given.address }).getByText("Unsubscribed from everything").waitFor();
  await page.getByRole("link", { name: given.other, exact: true }).click();
  await heading(page, given.other, 1).waitFor();
  await press(page, "Remove");
  await answer(page, "Remove");
  await heading(page, given.list, 1).waitFor();
  await table(page, "Contacts").getByText(given.other).waitFor({ state: "hidden" });
  await press(page, `Remove: ${given.topic}`);
  await answer(page, "Remove");
  await table(page, "Topics").getByText(given.topic, { exact: true }).waitFor({ state: "hidden" });
}

/* An account has one list: the server's words stay until the question is left. */
export async function oneListAlone(page, given) {
  await signIn(page, given, "#/contacts");
  await press(page, "Create a contact list");
  const question = page.getByRole("dialog");
  await question.getByLabel("Name", { exact: true }).fill("another");
  await question.getByRole("button", { name: "Create", exact: true }).click();
  await question.getByText(`An account has one contact list, and there is ${given.list}`).waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: given.list, exact: true }).click();
  await heading(page, given.list, 1).waitFor();
  await press(page, "Remove");
  await answer(page, "Remove");
  await sees(page, "There is no contact list");
}

/* ---- tags ---- */

/* On each of the places: one is added, given another value, shown after loading anew, and removed. */
export async function tags(page, given) {
  await signIn(page, given);
  for (const place of given.places) {
    await open(page, place);
    await heading(page, /^Tags/, 2).waitFor();
    for (const value of ["first", "second"]) {
      await press(page, "Add a tag");
      await answer(page, "Add a tag", { fill: { Key: "cost", Value: value } });
      await table(page, "Tags").getByText(value).waitFor();
    }
    await press(page, "Add a tag");
    await answer(page, "Add a tag", { fill: { Key: "stays", Value: "here" } });
    await press(page, "Remove: cost");
    await answer(page, "Remove");
    await table(page, "Tags").getByText("second").waitFor({ state: "hidden" });
    await table(page, "Tags").getByText("here").waitFor();
  }
}

/* ---- verification mails ---- */

export async function makesAVerificationMail(page, given) {
  await signIn(page, given, "#/verification");
  await sees(page, "There is no template");
  await press(page, "Create a verification mail");
  await page.getByLabel("Name", { exact: true }).fill(given.name);
  await page.getByLabel("From", { exact: true }).fill("somebody@elsewhere.example");
  await page.getByLabel("Subject").fill("Is this you?");
  await page.getByLabel("HTML").fill(given.content);
  await page.getByLabel("Where the link leads once confirmed").fill("https://test1.com/yes");
  await page.getByLabel("Where it leads if not").fill("https://test1.com/no");
  await press(page, "Save");
  await sees(page, "From email address <somebody@elsewhere.example> is not verified.");
  await page.getByLabel("From", { exact: true }).fill(given.from);
  await press(page, "Save");
  await sees(page, `${given.name} was saved`);
  await heading(page, given.name, 1).waitFor();
}

/* What is typed is looked at before it is stored; the command is for a shell that has a key. */
export async function editsAVerificationMail(page, given) {
  await signIn(page, given, "#/verification");
  await page.getByRole("row").filter({ hasText: "Is this you?" }).getByRole("link", { name: given.name }).click();
  await page.getByLabel("HTML").fill(given.content);
  await press(page, "Preview");
  await page.frameLocator('iframe[title="Rendered"]').getByText(given.words).waitFor();
  await press(page, "Save");
  await sees(page, `${given.name} was saved`);
  await page.getByLabel("Address to be confirmed").fill(given.recipient);
  await sees(page, given.recipient.split("'").at(-1));
  return page.getByText(/^aws sesv2 /).innerText();
}

export async function removesAVerificationMail(page, given) {
  await signIn(page, given, `#/verification/${given.name}`);
  await press(page, "Remove");
  await answer(page, "Remove");
  await sees(page, "There is no template");
}

/* ---- configuration sets and the account ---- */

/* A switch stands as the server has it: it turns when the server did. */
async function turn(page, name) {
  const control = page.locator("main").getByRole("checkbox", { name });
  const was = await control.isChecked();
  await control.click();
  await page.locator("main").getByRole("checkbox", { name, checked: !was, disabled: false }).waitFor();
}

export async function setsOptions(page, given) {
  await signIn(page, given, `#/sets/${given.name}`);
  const main = page.locator("main");
  await turn(page, "Mail with this set is sent");
  await turn(page, "Bounces and complaints of this set are counted");
  await turn(page, "As the account says");
  await select(page, main, /^Suppressed for/, "Bounce");
  await main.getByRole("button", { name: "Remove Bounce" }).waitFor();
  await select(page, main, /^TLS to receivers/, "required");
  await main.getByLabel("Give up after (seconds)").fill("7");
  await press(page, "Save delivery");
  await sees(page, /equal to 300/);
  await main.getByLabel("Give up after (seconds)").fill("600");
  await press(page, "Save delivery");
  await sees(page, "Done: Delivery");
  await main.getByLabel("Domain of links").fill("elsewhere.example");
  await press(page, "Save tracking");
  await sees(page, "CustomRedirectDomain is not a verified domain");
  await main.getByLabel("Domain of links").fill("test1.com");
  await select(page, main, /^HTTPS in links/, "always");
  await press(page, "Save tracking");
  await sees(page, "Done: Tracking");
  for (const words of given.words) await sees(page, words);
}

export async function takesOptionsBack(page, given) {
  await signIn(page, given, `#/sets/${given.name}`);
  await turn(page, "As the account says");
  await page.getByLabel("Give up after (seconds)").fill("");
  await press(page, "Save delivery");
  await sees(page, "Done: Delivery");
  await page.getByLabel("Domain of links").fill("");
  await press(page, "Save tracking");
  await sees(page, "Done: Tracking");
}

export async function asksForProduction(page, given) {
  await signIn(page, given, "#/settings");
  const main = page.locator("main");
  await heading(page, "Use of the account", 2).waitFor();
  await select(page, main, /^Kind of mail/, "transactional");
  await main.getByLabel("Web site").fill("https://test1.com/");
  await main.getByLabel("What is sent, and to whom").fill("Letters to friends");
  await select(page, main, /^Language of answers/, "Japanese");
  await main.getByLabel("Who else is told").fill("ana@example.net\nbea@example.net");
  await main.getByRole("checkbox", { name: "Ask for production access" }).check();
  await sees(page, "Asking for production access does not grant it");
  await press(page, "Save these details");
  await sees(page, "Request for production access: pending");
  await main.getByLabel("Web site").fill("https://test1.com/other");
  await press(page, "Save these details");
  await sees(page, "A request for production access is pending: the administrator decides");
}

/* ---- every operation ---- */

/* What is offered by the list that was opened; it says which one is selected. */
async function offered(page) {
  const snapshot = await page.getByRole("listbox").ariaSnapshot();
  await page.keyboard.press("Escape");
  return [...snapshot.matchAll(/- option "(?:Selected )?([^"]+)"/g)].map(([, name]) => name);
}

export async function listsEveryOperation(page, given) {
  await signIn(page, given, "#/api");
  const main = page.locator("main");
  await main.getByRole("button", { name: /^Service / }).click();
  const services = await offered(page);
  const listed = {};
  for (const service of services) {
    await open(page, `#/api/${service}`);
    await main
      .getByRole("button", { name: /^Service / })
      .getByText(service, { exact: true })
      .waitFor();
    await main.getByRole("button", { name: /^Operation / }).click();
    listed[service] = await offered(page);
  }
  return listed;
}

/* What the server says of each to an input that none can take: nothing comes of it. */
export async function callsWithAnImpossibleInput(page, given) {
  await signIn(page, given);
  const codes = {};
  for (const [service, operation] of given.operations)
    codes[`${service} ${operation}`] = (await call(page, service, operation, [])).map((part) => part.code ?? part);
  return codes;
}

async function run(page, input) {
  if (input !== undefined) await page.getByLabel("Input", { exact: true }).fill(input);
  await press(page, "Run");
}

export async function runsAnOperation(page, given) {
  await signIn(page, given, "#/api/sesv2");
  await page.getByRole("button", { name: /^Operation / }).click();
  await page.getByRole("combobox", { name: "Find" }).fill("contactlist");
  await page.getByRole("option", { name: "CreateContactList", exact: true }).click();
  await heading(page, "CreateContactList", 2).waitFor();
  assert.ok(page.url().endsWith("#/api/sesv2/CreateContactList"));
  await page.locator("textarea:focus").waitFor(); // by keyboard one goes on there
  assert.deepEqual(JSON.parse(await page.getByLabel("Input", { exact: true }).inputValue()), { ContactListName: "" });
  await page.getByRole("button", { name: "What it takes" }).click();
  await sees(page, "OPT_IN | OPT_OUT");
  await page.getByLabel("Input", { exact: true }).fill("[]");
  await sees(page, "This is no JSON object");
  assert.ok(await page.getByRole("button", { name: "Run", exact: true }).isDisabled());
  await run(page, '{"ContactListName": "no name"}');
  await sees(page, "ContactListName must be 1 to 64 letters, digits, '_' and '-'");
  await run(page, '{"ContactListName": "by-hand"}');
  await page.getByText("{}", { exact: true }).waitFor();
}

/* What takes something away asks first, and the server's refusal stays with the question. */
export async function asksBeforeItRemoves(page, given) {
  await signIn(page, given, `#/api/sesv2/DeleteContactList`);
  await run(page, '{"ContactListName": "another"}');
  const question = page.getByRole("dialog");
  await question.getByRole("button", { name: "Run" }).click();
  await question.getByText("NotFoundException").waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  await run(page, '{"ContactListName": "by-hand"}');
  await question.getByRole("button", { name: "Cancel" }).click();
  const [, there] = await call(page, "sesv2", "ListContactLists", {});
  assert.equal(there.ContactLists.length, 1);
  await run(page);
  await question.getByRole("button", { name: "Run" }).click();
  await page.getByText("{}", { exact: true }).waitFor();
}

export async function saysWhatTheServerSays(page, given) {
  await signIn(page, given);
  for (const [place, input, words] of given.calls) {
    await open(page, place);
    await run(page, input);
    await sees(page, words);
  }
  await open(page, "#/api/sesv2/CreateTenant");
  await sees(page, "sesv2 CreateTenant is not served here");
}

/* The same calls for a shell. */
export async function commands(page, given) {
  await signIn(page, given);
  const found = [];
  for (const [service, operation, input] of given.calls) {
    await open(page, `#/api/${service}/${operation}`);
    await heading(page, operation, 2).waitFor();
    await page.getByLabel("Input", { exact: true }).fill(JSON.stringify(input));
    found.push(await page.getByText(/^(aws|postern api) /).allInnerTexts());
  }
  return found;
}
