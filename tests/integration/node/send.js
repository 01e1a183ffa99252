// Sends one message with nodemailer, as told by a JSON object on standard input, and prints what
// the server answered. Members: port, secure, user, password, message.
const nodemailer = require("nodemailer");

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const job = JSON.parse(Buffer.concat(chunks).toString());
  const transport = nodemailer.createTransport({
    host: "127.0.0.1",
    port: job.port,
    secure: job.secure,
    requireTLS: !job.secure,
    auth: { user: job.user, pass: job.password },
    tls: { rejectUnauthorized: false },
  });
  try {
    const info = await transport.sendMail(job.message);
    console.log(JSON.stringify({ response: info.response, accepted: info.accepted }));
  } catch (error) {
    console.log(JSON.stringify({ code: error.responseCode, response: error.response }));
  }
  transport.close();
}

main();
