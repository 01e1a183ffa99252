// Writes what `vite build` left in dist/ as one file, compressed, in the form of src/accept/pages.h:
//
//     node pack.mjs DIST FILE
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TYPES = {
  ".html": "text/html;charset=utf-8", ".js": "text/javascript;charset=utf-8",
  ".css": "text/css;charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
  ".woff2": "font/woff2", ".json": "application/json", ".ico": "image/x-icon",
};

function filesOf(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesOf(join(directory, entry.name)) : [join(directory, entry.name)]);
}

function pageOf(dist, file) {
  const name = relative(dist, file);
  const type = TYPES[extname(file)];
  if (!type) throw new Error(`pack.mjs: ${name} has no type in the table`);
  const plain = readFileSync(file);
  const hash = createHash("sha256").update(plain).digest("hex").slice(0, 32);
  const gzip = gzipSync(plain, { level: 9 });
  const brotli = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length },
  });
  const path = name === "index.html" ? "/console/" : `/console/${name}`;
  const kind = name.startsWith("assets/") ? "fixed" : "changing"; // vite puts the hash into those names
  return { line: [path, type, kind, hash, plain.length, gzip.length, brotli.length].join(" "),
           bytes: [plain, gzip, brotli] };
}

const [dist, out] = process.argv.slice(2);
const pages = filesOf(dist).sort().map((file) => pageOf(dist, file));
const head = `postern pages 1\n${pages.map((page) => page.line + "\n").join("")}\n`;
writeFileSync(`${out}.new`, Buffer.concat([Buffer.from(head), ...pages.flatMap((page) => page.bytes)]));
renameSync(`${out}.new`, out);
