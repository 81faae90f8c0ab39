/**
 * Runs one program on the packed library in every bundler, test runner and edge host, one after the other.
 *
 * node tests/hosts/run.mjs [--list] [--steady] [--write] [host …]
 *
 * A folder beside this file that has a host.js is a row of the README's table: the module exports `title`, `checked` (what
 * is checked, for the table) and `hosts`, a list of { name, steady, run(context) }. run() gives { version }, or { reason }
 * where this machine lacks what the host needs, and throws where the host fails. A `name` is a name's beginning, too.
 */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { packTarball } from "../pack.mjs";
import { Lacking, makeContext } from "./context.js";
import { installHosts } from "./install.js";
import { writeTable } from "./table.js";

const { values: flags, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { list: { type: "boolean" }, steady: { type: "boolean" }, write: { type: "boolean" } },
});

const here = fileURLToPath(new URL(".", import.meta.url));
const rows = await readRows();
const all = rows.flatMap(({ hosts }) => hosts);
const unknown = asked.find((name) => !all.some((host) => host.name.startsWith(name)));
if (unknown || (flags.write && (asked.length || flags.steady))) {
  console.error(unknown ? `No host "${unknown}": --list names them.` : "--write wants the result of all hosts.");
  process.exit(2);
}
const chosen = all.filter(
  ({ name, steady }) => (!flags.steady || steady) && (!asked.length || asked.some((start) => name.startsWith(start))),
);
if (flags.list) {
  for (const { name, steady } of chosen) console.log(steady ? `${name}  (steady)` : name);
  process.exit();
}

const tarball = resolve(packTarball());
installHosts(tarball);
const expected = await runInNode();
const results = new Map();
for (const host of chosen) results.set(host, await runOne(host));

const count = (verdict) => [...results.values()].filter((result) => result.verdict === verdict).length;
const [passed, failed, skipped] = ["passed", "FAILED", "not run"].map(count);
if (flags.write) writeTable(rows, results);
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exit(passed > 0 && failed === 0 ? 0 : 1);

async function readRows() {
  const folders = readdirSync(here).filter((folder) => existsSync(`${here}${folder}/host.js`));
  return Promise.all(folders.sort().map((folder) => import(`./${folder}/host.js`)));
}

/** What the program returns in Node, from the package as it is: every host must return the same. */
async function runInNode() {
  const { run } = makeContext({ name: "expected" });
  const { stdout } = await run(process.execPath, ["node.js"]);
  return JSON.parse(stdout);
}

/** Prints one line, and gives { verdict, version, reason }. */
async function runOne(host) {
  const start = performance.now();
  const result = await attempt(host);
  const time = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const columns = [host.name.padEnd(32), (result.version ?? "").padEnd(10), result.verdict.padEnd(7)];
  console.log(`${columns.join("  ")}  ${result.reason ?? time.padStart(7)}`);
  if (result.error) console.log(result.error.trim().slice(0, 1500).replace(/^/gm, "    "));
  return result;
}

async function attempt(host) {
  const context = makeContext(host, { expected, tarball });
  try {
    const { version, reason } = await host.run(context);
    return reason ? { verdict: "not run", reason } : { verdict: "passed", version };
  } catch (error) {
    if (error instanceof Lacking) return { verdict: "not run", reason: error.message };
    return { verdict: "FAILED", error: error.message };
  } finally {
    await context.end();
  }
}
