/**
 * Pages in real browsers: how each is served, what it runs, and what must come of it.
 *
 * A page is a script of pages/, served from an address of its own, below which the installed package lies, too.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openBrowser } from "./browsers.js";
import { visitExamples } from "./example-page.js";
import { documentOf, servePage } from "./page-server.js";

export const checked =
  "without a bundler, from a CDN, isolated, under strict policies, as a file, in a service worker; without engine or worker";

const fixture = fileURLToPath(new URL("pages/", import.meta.url));

/** How many seconds a page may take. */
const SECONDS = 180;

const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** A Content-Security-Policy, with what the page itself needs: its scripts and its import map. */
const policy = (...rules) => ({
  "content-security-policy": [
    "default-src 'none'",
    "connect-src 'self'",
    ...rules.map((rule) => rule.replace(/^script-src/, "script-src 'self' 'nonce-import-map'")),
  ].join("; "),
});

/** WebKitGTK isolates a page and gives it no memory to share all the same. */
const withoutSharing = {
  webkit: [/^workers is 2, but one thread trains: this browser has no memory that threads can share/],
};

const HTML = { type: "text/html", body: "<!doctype html><title>Not here</title><p>This page could not be found." };

/**
 * - `script` of pages/; train.js runs the program that all hosts run
 * - `library` is what the import map has as "wasm2vec": the "package", the package on "another origin", or its file for
 *   a "CDN", there; or that one "by its address", without an import map
 * - `headers` of the page
 * - `missing` matches the addresses that answer 404
 * - `answers` to other addresses, relative to the page
 * - `init` is given to init()
 * - `opened`: "file" is a page that is opened by its file: address, with all of its scripts within
 * - `warnings`: what the program's warnings say, in one browser or in all
 * - `error`: what the outcome is instead, its code and what its message says
 */
const pages = [
  { name: "no bundler", script: "train.js" },
  { name: "CDN", script: "names.js", library: "CDN" },
  { name: "isolated", script: "isolated.js", headers: isolation, warnings: withoutSharing },
  {
    name: "isolated CDN",
    script: "isolated.js",
    headers: isolation,
    library: "CDN",
    warnings: withoutSharing,
  },
  {
    name: "strict CSP",
    script: "train.js",
    headers: policy("script-src 'wasm-unsafe-eval'", "worker-src 'self'"),
  },
  {
    name: "CSP without wasm",
    script: "train.js",
    headers: policy("script-src", "worker-src 'self'"),
    error: { code: "engine-not-loaded", message: /Content-Security-Policy.*add 'wasm-unsafe-eval' to its script-src/ },
  },
  {
    name: "CSP without workers",
    script: "train.js",
    headers: policy("script-src 'wasm-unsafe-eval'", "worker-src 'none'"),
    warnings: { all: [/^No worker can be started here, so this thread trains\. /] },
  },
  { name: "other origin", script: "train.js", library: "another origin" },
  { name: "other origin's worker", script: "worker-elsewhere.js", library: "another origin" },
  {
    name: "CDN without blob: workers",
    script: "train.js",
    library: "CDN",
    headers: policy("script-src 'wasm-unsafe-eval' http://127.0.0.1:*", "worker-src 'self'"),
    warnings: { all: [/^No worker can be started here, so this thread trains\. /] },
  },
  { name: "file://", script: "train.js", opened: "file" },
  { name: "init bytes", script: "bytes.js", missing: /\.wasm$|worker\.js$/ },
  { name: "engine missing", script: "train.js", missing: /\.wasm$/ },
  {
    name: "HTML for all that is missing",
    script: "train.js",
    answers: {
      "node_modules/wasm2vec/build/engine.wasm": HTML,
      "node_modules/wasm2vec/build/training/browser-worker.js": HTML,
    },
  },
  {
    name: "engine is HTML",
    script: "train.js",
    answers: { "engine.html": HTML },
    init: { url: "engine.html" },
    error: { code: "engine-not-loaded", message: /web page.*engine\.html|engine\.html.*web page/ },
  },
  {
    name: "worker silent",
    script: "train.js",
    init: { workerUrl: "workers/silent.js" },
    error: { code: "worker-failed", message: /said nothing for 10 seconds/ },
  },
  {
    name: "worker too old",
    script: "train.js",
    init: { workerUrl: "workers/other-version.js" },
    error: { code: "worker-failed", message: /of version "0\.0\.1", the library of \d/ },
  },
  {
    name: "worker missing",
    script: "train.js",
    missing: /absent\.js$/,
    init: { workerUrl: "workers/absent.js" },
    error: { code: "worker-failed", message: /give its URL to init\(\{ workerUrl \}\)/ },
  },
  {
    name: "worker is HTML",
    script: "train.js",
    answers: { "workers/page.js": HTML },
    init: { workerUrl: "workers/page.js" },
    error: { code: "worker-failed", message: /give its URL to init\(\{ workerUrl \}\)/ },
  },
  { name: "service worker", script: "service-worker-page.js", library: "by its address" },
  { name: "objects of an iframe", script: "realm.js" },
  { name: "hot reload", script: "again.js" },
];

/** What is asked of a page until it answers: what it noted, or its outcome. */
const ANSWER = "Object.keys(document.documentElement.dataset).length && { ...document.documentElement.dataset }";

/** The browsers whose pages passed ten runs in a row. */
const STEADY = ["chromium", "firefox"];

/** Browsers that are open, by their names: each stays open for the pages that follow. */
const open = new Map();

/** The pages, and the examples, as hosts of one browser: one of "chromium", "firefox" and "webkit". */
export const hostsOf = (browserName) => [
  ...pages.map((page) =>
    hostOf(browserName, page.name, async (browser, { folder, checkValues }) =>
      judge(page, browserName, await visit(page, browser, folder), checkValues),
    ),
  ),
  hostOf(browserName, "examples", (browser, { folder }) => visitExamples(browser, folder)),
];

/** @param run gives why the browser could not run it, or undefined */
const hostOf = (browserName, name, run) => ({
  name: `${browserName} ${name}`,
  fixture,
  steady: STEADY.includes(browserName),
  async run(context) {
    if (!open.has(browserName)) open.set(browserName, await openBrowser(browserName));
    const browser = open.get(browserName);
    if (browser.reason) return { reason: browser.reason };
    try {
      return { version: browser.version, reason: await run(browser, context) };
    } catch (error) {
      // the next page gets another one
      open.delete(browserName);
      await browser.close();
      throw error;
    }
  },
});

/** What a page answers in a browser, { values } or { error }. */
async function visit(page, browser, folder) {
  const server = await servePage(page, folder);
  const address = page.opened === "file" ? await writeSingleFile(page, folder) : server.url;
  const tab = await browser.open(address);
  try {
    const { noted, outcome } = await tab.wait(ANSWER, SECONDS);
    if (noted) throw new Error(JSON.parse(noted).join("\n"));
    return JSON.parse(outcome);
  } finally {
    await tab.close();
    server.close();
  }
}

/**
 * @returns why the browser could not run it, or undefined
 * @throws where something else came of it than must
 */
function judge({ warnings = {}, error: wanted }, browserName, { values, error }, checkValues) {
  if (wanted) {
    if (error?.code === wanted.code && wanted.message.test(error.message)) return undefined;
    const got = error ? `${error.code}: ${error.message}` : "no error";
    throw new Error(`expected ${wanted.code}: ${wanted.message}, got ${got}`);
  }
  if (error) throw new Error(error.stack);
  if (!values.reason) checkValues(values, { warnings: warnings[browserName] ?? warnings.all });
  return values.reason;
}

/** Writes a page in one file: its script, bundled with the library, stands within. Gives its address. */
async function writeSingleFile(page, folder) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [join(folder, page.script)],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
    logLevel: "silent",
  });
  const watch = await readFile(join(folder, "watch.js"), "utf8");
  const scripts = [`<script>${watch}</script>`, `<script type="module">${outputFiles[0].text}</script>`];
  const file = join(folder, "single.html");
  await writeFile(file, documentOf(page, scripts));
  return String(pathToFileURL(file));
}
