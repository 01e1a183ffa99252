// What the server serves, read off its own tables, for the page that has every operation:
//
//     ../docs/ses-compatibility.md   the operations of the APIs (a test holds it against the server's rows)
//     ../src/api/model.c             what they take
//     ../src/api/operations.c        the verbs of the service itself
//
// Whatever is not as expected ends the build: a list that lacks something would lie.
import { readFileSync } from "node:fs";

const ROOT = new URL("../", import.meta.url);
const DOCUMENT = "docs/ses-compatibility.md",
  MODEL = "src/api/model.c",
  VERBS = "src/api/operations.c";
export const sources = [DOCUMENT, MODEL, VERBS].map((file) => new URL(file, ROOT).pathname);

const SERVICES = {
  "SES, version 2": "sesv2",
  "SES, version 1": "ses",
  IAM: "iam",
  STS: "sts",
  "IAM Access Analyzer": "accessanalyzer",
  CloudTrail: "cloudtrail",
};
const DEPTH_MAX = 8; // of what is in an input

const text = (file) => readFileSync(new URL(file, ROOT), "utf8");

function expect(found, what) {
  if (!found) throw new Error(`served.mjs: ${what}`);
  return found;
}

/* ---- what an operation takes ---- */

function tables(source) {
  const shapes = new Map(),
    members = new Map(),
    values = new Map(),
    inputs = new Map();
  for (const [, name, body] of source.matchAll(/struct\s+shape\s+shape_(\w+)\s+=\s+\{([^;]*)\};/g))
    shapes.set(name, body);
  for (const [, name, body] of source.matchAll(/struct\s+shape_member\s+members_(\w+)\[\]\s+=\s+\{([^;]*)\};/g))
    members.set(
      name,
      [...body.matchAll(/\{\s*"(\w+)",\s*"[^"]*",\s*&shape_(\w+),\s*\w+,\s*(true|false)\s*\}/g)].map((found) => ({
        name: found[1],
        shape: found[2],
        required: found[3] === "true",
      })),
    );
  for (const [, name, body] of source.matchAll(/char\s+\*const\s+values_(\w+)\[\]\s+=\s+\{([^;]*)\};/g))
    values.set(
      name,
      [...body.matchAll(/"([^"]*)"/g)].map((found) => found[1]),
    );
  for (const [, name, service, rest] of source.matchAll(
    /\{\.name = "(\w+)",\s*\.service = SERVICE_(\w+)([^;]*?)\}(?=,\s*\{\.name|,\s*\};)/g,
  ))
    inputs.set(`${service.toLowerCase()} ${name}`, /\.input\s+=\s+&shape_(\w+)/.exec(rest)?.[1]);
  return { shapes, members, values, inputs };
}

function membersOf({ shapes, members }, shape) {
  const body = expect(shapes.get(shape), `there is no shape ${shape}`);
  const table = /\.members\s+=\s+members_(\w+)/.exec(body)?.[1];
  if (!table) return [];
  const found = expect(members.get(table), `there are no members ${table}`);
  const count = Number(/\.member_count\s+=\s+(\d+)/.exec(body)?.[1]);
  expect(found.length === count, `${table} has ${found.length} members, not ${count}`);
  return found;
}

function describe(all, shape, depth = 0) {
  const body = expect(all.shapes.get(shape), `there is no shape ${shape}`);
  const type = expect(/\.type\s+=\s+SHAPE_(\w+)/.exec(body), `${shape} has no type`)[1].toLowerCase();
  const element = /\.element\s+=\s+&shape_(\w+)/.exec(body)?.[1];
  const names = /\.values\s+=\s+values_(\w+)/.exec(body)?.[1];
  return {
    type,
    ...(names && { values: expect(all.values.get(names), `there are no values ${names}`) }),
    ...(element && depth < DEPTH_MAX && { element: describe(all, element, depth + 1) }),
    ...(type === "structure" && {
      members:
        depth < DEPTH_MAX
          ? membersOf(all, shape).map((member) => ({
              name: member.name,
              ...(member.required && { required: true }),
              ...describe(all, member.shape, depth + 1),
            }))
          : [],
    }),
  };
}

/* ---- the lists ---- */

function operationsOf(section, all) {
  const [title, of] = expect(/^(.*): (\d+) of \d+$/m.exec(section), `${DOCUMENT}: a section has no count`).slice(1);
  const service = expect(SERVICES[title], `${DOCUMENT}: ${title} is new`);
  const rows = [...section.matchAll(/^\| (\w+) \| `([^`]+)` \| (.*?) ?\|$/gm)];
  expect(rows.length === Number(of), `${DOCUMENT}: ${title} has ${rows.length} rows, not ${of}`);
  return rows.map(([, name, action, deviation]) => {
    expect(all.inputs.has(`${service} ${name}`), `${MODEL} does not have ${service} ${name}`);
    const input = all.inputs.get(`${service} ${name}`);
    return { service, name, action, deviation, members: input ? describe(all, input).members : [] };
  });
}

/* As the server makes it of the verb's name: queue.list is postern:QueueList. */
function actionOf(verb) {
  return "postern:" + verb.replace(/(^|[._])(\w)/g, (_, __, letter) => letter.toUpperCase());
}

function verbs() {
  const table = expect(/operations\[\] = \{([^;]*)\};/.exec(text(VERBS)), `${VERBS} has no table`)[1];
  const names = [...table.matchAll(/\{"([\w.]+)", API_\w+, \w+\}/g)].map((found) => found[1]);
  expect(names.length === table.split("{").length - 1, `${VERBS}: a row of another form`);
  return names.map((name) => ({ service: "postern", name, action: actionOf(name), deviation: "" }));
}

export function served() {
  const all = tables(text(MODEL));
  const sections = text(DOCUMENT).split(/^## /m).slice(1);
  expect(sections.length === Object.keys(SERVICES).length, `${DOCUMENT} lacks a section`);
  const order = Object.values(SERVICES);
  const operations = sections.flatMap((section) => operationsOf(section, all));
  return [...operations.sort((one, other) => order.indexOf(one.service) - order.indexOf(other.service)), ...verbs()];
}
