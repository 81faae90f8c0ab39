/**
 * Runs the suite in a page of headless Chromium: no bundler, an import map in its place.
 * The page forbids eval and everything from elsewhere. A word in the console, an exception or a failed request is a
 * failure too: the library never writes to the console.
 *
 * node chromium.js <consumer folder> [isolated]
 *
 * An isolated page has SharedArrayBuffer.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { launchChromium } from "./launch-chromium.js";

const consumer = resolve(process.argv[2]);
const isolation = process.argv[3] === "isolated" && {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
const conditions = ["browser", "import", "default"];
const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'nonce-import-map'";

const outcome = Promise.withResolvers();
const faults = [];
const server = createServer(serve).listen(0, "127.0.0.1");
await once(server, "listening");
const browser = await launchChromium();
try {
  const page = await browser.newPage();
  collectFaults(page);
  await page.goto(`http://127.0.0.1:${server.address().port}/`, { waitUntil: "commit" });
  const { values, error } = await outcome.promise;
  await page.title().catch(() => {}); // a question answered: what the page reported before it has come in too
  const errors = [...faults, error].filter(Boolean).join("\n");
  console.log(JSON.stringify({ version: browser.version(), ...(errors ? { error: errors } : { values }) }));
} finally {
  await browser.close();
  server.close();
}

/** The first fault ends the wait: a page that could not load its modules will never hand in an outcome. */
function collectFaults(page) {
  const note = (what) => {
    faults.push(what);
    outcome.resolve({});
  };
  page.on("console", (message) => note(`console.${message.type()}: ${message.text()}`));
  page.on("crash", () => note("the page crashed"));
  page.on("close", () => note("the page was closed"));
  page.on("pageerror", (error) => note(error.stack));
  page.on("requestfailed", (request) => note(`${request.url()}: ${request.failure().errorText}`));
  page.on("response", (response) => response.ok() || note(`${response.url()}: status ${response.status()}`));
}

async function serve(request, response) {
  const { pathname } = new URL(request.url, "http://page");
  if (pathname === "/outcome") {
    outcome.resolve(JSON.parse(await text(request)));
    response.writeHead(204).end();
  } else if (pathname === "/favicon.ico") {
    response.writeHead(204).end();
  } else {
    const name = pathname === "/" ? "page.html" : pathname;
    const body = pathname === "/" ? await html() : await readFile(join(consumer, pathname)).catch(() => undefined);
    response.writeHead(body ? 200 : 404, {
      "content-type": types[extname(name)] ?? "text/plain",
      "content-security-policy": policy,
      ...isolation,
    });
    response.end(body);
  }
}

async function html() {
  return `<!doctype html>
<title>wasm2vec</title>
<script type="importmap" nonce="import-map">${JSON.stringify(await importMap())}</script>
<script type="module" src="/page.js"></script>`;
}

/** Maps the package by its name: it imports no other. */
async function importMap() {
  const { exports } = JSON.parse(await readFile(join(consumer, "node_modules/wasm2vec/package.json"), "utf8"));
  const { pathname } = new URL(pick(exports["."]), "http://page/node_modules/wasm2vec/");
  return { imports: { wasm2vec: pathname } };
}

/** Follows conditional exports as a browser's bundler would: the first condition that applies, inner ones likewise. */
function pick(target) {
  if (typeof target === "string") return target;
  const [, inner] = Object.entries(target).find(([condition]) => conditions.includes(condition));
  return pick(inner);
}
