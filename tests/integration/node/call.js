// Calls of the AWS SDK for JavaScript, as told line by line on standard input. A line is a JSON
// object: service, endpoint, key, secret, input, and one of
//   command   the name of an operation
//   paginate  the name of an operation, whose pages are all asked for; with pageSize
//   wait      what is waited for, as in waitUntilIdentityExists
//   mail      a message that nodemailer sends by its SES transport, in place of input
// Each is answered by a line with `output` or `error`. What JSON does not have is an object with
// one member: {"$date": "2026-01-01T00:00:00.000Z"} or {"$bytes": base64}.
const readline = require("readline");
const nodemailer = require("nodemailer");

const models = {
  ses: require("@aws-sdk/client-ses"),
  sesv2: require("@aws-sdk/client-sesv2"),
  iam: require("@aws-sdk/client-iam"),
  sts: require("@aws-sdk/client-sts"),
};
const classes = { ses: "SESClient", sesv2: "SESv2Client", iam: "IAMClient", sts: "STSClient" };
const clients = new Map();

function clientOf({ service, endpoint, key, secret }) {
  const name = [service, endpoint, key, secret].join(" ");
  if (!clients.has(name)) {
    const credentials = { accessKeyId: key, secretAccessKey: secret };
    const options = { region: "us-east-1", endpoint, credentials, maxAttempts: 8 };
    clients.set(name, new models[service][classes[service]](options));
  }
  return clients.get(name);
}

function mapped(value, leaf) {
  const found = leaf(value);
  if (found !== undefined) return found;
  if (Array.isArray(value)) return value.map((one) => mapped(one, leaf));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapped(one, leaf)]));
}

const toJson = (value) =>
  mapped(value, (one) => {
    if (one instanceof Date) return { $date: one.toISOString() };
    if (one instanceof Uint8Array) return { $bytes: Buffer.from(one).toString("base64") };
    return undefined;
  });

const fromJson = (value) =>
  mapped(value, (one) => {
    if (one && one.$date) return new Date(one.$date);
    if (one && one.$bytes !== undefined) return Buffer.from(one.$bytes, "base64");
    return undefined;
  });

async function sendMail(client, message) {
  const transport = nodemailer.createTransport({ SES: { ses: client, aws: models.ses } });
  const { messageId, response, envelope } = await transport.sendMail(message);
  return { messageId, response, envelope };
}

async function pagesOf(client, model, { paginate, pageSize, input }) {
  const pages = [];
  for await (const page of model[`paginate${paginate}`]({ client, pageSize }, input))
    pages.push(page);
  return pages;
}

async function call(job) {
  const client = clientOf(job);
  const model = models[job.service];
  const input = fromJson(job.input);
  if (job.mail) return sendMail(client, job.mail);
  if (job.paginate) return pagesOf(client, model, { ...job, input });
  if (job.wait) {
    const wait = { client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
    return (await model[`waitUntil${job.wait}`](wait, input)).state;
  }
  return client.send(new model[`${job.command}Command`](input));
}

function describe(error, model) {
  const { name, message, $fault, $metadata = {}, $response, ...members } = error;
  return {
    name,
    message,
    fault: $fault,
    class: error.constructor.name,
    modelled: name in model,
    status: $metadata.httpStatusCode,
    requestId: $metadata.requestId,
    members,
  };
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const job = JSON.parse(line);
    const answer = await call(job).then(
      (output) => ({ output }),
      (error) => ({ error: describe(error, models[job.service]) }),
    );
    process.stdout.write(JSON.stringify(toJson(answer)) + "\n");
  }
}

main();
