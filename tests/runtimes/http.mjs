/**
 * Reads from servers of all kinds, the table of tests/helpers/http-cases.ts, in Deno, Bun, Chromium and the newest Node; the
 * oldest Node does so in tests/files/http.test.ts.
 *
 * node tests/runtimes/http.mjs [runtime …]
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { execute } from "./execute.js";
import { installRuntimes } from "./install.js";
import { findRuntime } from "./runtimes.js";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "../../build/http");
const clientFile = join(folder, "http-client.js");
const seconds = 120;

/** How a runtime is told to run a script that may use the network. */
const commands = {
  "node 24": (binary) => [binary, clientFile],
  deno: (binary) => [binary, "run", "--no-prompt", "--allow-net=127.0.0.1", clientFile],
  bun: (binary) => [binary, "--no-install", clientFile],
  chromium: (binary) => [binary, join(here, "http-chromium.js"), clientFile],
};

installRuntimes();
const bundle = { bundle: true, format: "esm", target: "es2022", outdir: folder, logLevel: "warning" };
await build({ ...bundle, entryPoints: [join(here, "http-client.js")], external: ["inline:*"] });
await build({ ...bundle, entryPoints: [join(here, "http-server.js")], platform: "node", packages: "external" });
const { serveRuntime } = await import(pathToFileURL(join(folder, "http-server.js")));
const client = await readFile(clientFile);

let passed = 0;
let failed = 0;
const asked = process.argv.slice(2);
for (const name of asked.length ? asked : Object.keys(commands)) {
  const { reason, command: binary } = findRuntime(name);
  if (reason) {
    console.log(`${name.padEnd(10)} not run  ${reason}`);
    continue;
  }
  const result = await serveRuntime(client, (base) => runOne(name, binary, base)).catch(({ message }) => ({
    cases: 1,
    failed: [{ name: "the runtime", message }],
  }));
  console.log(`${name.padEnd(10)} ${result.cases - result.failed.length} of ${result.cases} cases`);
  for (const { name, message } of result.failed) console.log(`    ${name}: ${message.replace(/\n/g, "\n        ")}`);
  passed += result.cases - result.failed.length;
  failed += result.failed.length;
}
console.log(`http: ${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

async function runOne(name, binary, base) {
  const [command, ...args] = commands[name](binary);
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", DO_NOT_TRACK: "1", NO_COLOR: "1" };
  const { fault, stdout, stderr } = await execute(command, [...args, base], { cwd: here, env, seconds });
  if (fault) throw new Error(`${fault}\n${stdout}${stderr}`);
}
