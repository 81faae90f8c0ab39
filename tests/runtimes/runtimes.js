/** The runtimes: what each is called, its binary out of node_modules, and how it is told to run the suite. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One npm package for each kind of machine; a kind that is not listed cannot run that runtime. */
const packages = {
  "linux-x64": {
    "node 20": "node-20-linux-x64/bin/node",
    "node 22": "node-22-linux-x64/bin/node",
    "node 24": "node-24-linux-x64/bin/node",
    deno: "@deno/linux-x64-glibc/deno",
    bun: "@oven/bun-linux-x64/bin/bun",
    chromium: "@sparticuz/chromium/bin/chromium.br",
    "chromium isolated": "@sparticuz/chromium/bin/chromium.br",
    workerd: "@cloudflare/workerd-linux-64/bin/workerd",
  },
  "linux-arm64": {
    "node 20": "node-20-linux-arm64/bin/node",
    "node 22": "node-22-linux-arm64/bin/node",
    "node 24": "node-24-linux-arm64/bin/node",
    deno: "@deno/linux-arm64-glibc/deno",
    bun: "@oven/bun-linux-aarch64/bin/bun",
    workerd: "@cloudflare/workerd-linux-arm64/bin/workerd",
  },
  "darwin-arm64": {
    "node 20": "node-20-darwin-arm64/bin/node",
    "node 22": "node-22-darwin-arm64/bin/node",
    "node 24": "node-24-darwin-arm64/bin/node",
    deno: "@deno/darwin-arm64/deno",
    bun: "@oven/bun-darwin-aarch64/bin/bun",
    workerd: "@cloudflare/workerd-darwin-arm64/bin/workerd",
  },
  "win32-x64": {
    "node 20": "node-20-win32-x64/bin/node.exe",
    "node 22": "node-22-win32-x64/bin/node.exe",
    "node 24": "node-24-win32-x64/bin/node.exe",
    deno: "@deno/win32-x64/deno.exe",
    bun: "@oven/bun-windows-x64/bin/bun.exe",
    workerd: "@cloudflare/workerd-windows-64/bin/workerd.exe",
  },
};

// Alpine and its kin have another C library, which most of the packages do not serve.
const isMusl = process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
const machine = `${process.platform}-${process.arch}${isMusl ? "-musl" : ""}`;

const beside = (path) => fileURLToPath(new URL(path, import.meta.url));
const binary = (name) => packages[machine]?.[name] && beside(`node_modules/${packages[machine][name]}`);

// Deno gets the right to read the consumer's folder (its working directory) and no other right.
const deno = ["run", "--no-prompt", "--node-modules-dir=manual", "--allow-read=."];

/** Chromium and workerd are started by a script each, which Node 22 runs: Chromium's package wants that. */
const commands = {
  "node 20": [binary("node 20"), "run-file.js"],
  "node 22": [binary("node 22"), "run-file.js"],
  "node 24": [binary("node 24"), "run-file.js"],
  deno: [binary("deno"), ...deno, "run-file.js"],
  bun: [binary("bun"), "--no-install", "run-file.js"],
  chromium: [binary("node 22"), beside("chromium.js"), "."],
  "chromium isolated": [binary("node 22"), beside("chromium.js"), ".", "isolated"],
  workerd: [binary("node 22"), beside("workerd.js"), "."],
};

export const names = Object.keys(commands);

/**
 * @returns { command, args }, or { reason } where no package serves this machine
 * @throws when a package that serves this machine is not there: npm passes over an optional one that failed
 */
export function findRuntime(name) {
  if (!binary(name)) return { reason: `no npm package of it for ${machine}` };
  if (!existsSync(binary(name)))
    throw new Error(`${packages[machine][name]} is missing from tests/runtimes/node_modules`);
  const [command, ...args] = commands[name];
  return { command, args };
}
