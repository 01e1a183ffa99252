/* What the console's signer makes of a request, a signer and a time on standard input, as a browser would run it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { webcrypto } from "node:crypto";

const console_ = new URL("../../console/", import.meta.url);
const { transformSync } = createRequire(new URL("package.json", console_))("esbuild");

globalThis.crypto ??= webcrypto; // Node 18 has it by this name alone
const { code } = transformSync(readFileSync(new URL("src/sigv4.ts", console_), "utf8"), {
  loader: "ts",
  format: "esm",
});
const { sign } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
const [request, signer, time] = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await sign(request, signer, new Date(time))));
