/**
 * Runs the smoke suite on the packed library in every runtime, one after the other, and compares what they return.
 *
 * node tests/runtimes/run.mjs <tarball> [runtime …]
 */
import { fileURLToPath } from "node:url";
import { execute } from "./execute.js";
import { consumer, installRuntimes, installTarball } from "./install.js";
import { findRuntime, names } from "./runtimes.js";

const seconds = 120;
// No runtime writes into the user's home: Deno's cache lies beside the other installed things, Bun keeps none.
const env = {
  ...process.env,
  DENO_DIR: fileURLToPath(new URL("node_modules/.cache/deno", import.meta.url)),
  BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
  DENO_NO_UPDATE_CHECK: "1",
  DO_NOT_TRACK: "1",
  NO_COLOR: "1",
};

const [tarball, ...asked] = process.argv.slice(2);
const unknown = asked.find((name) => !names.includes(name));
if (!tarball || unknown) {
  const list = names.map((name) => `"${name}"`).join(" ");
  console.error(`${unknown ? `No runtime "${unknown}". ` : ""}Usage: run.mjs <tarball> [runtime …], out of ${list}`);
  process.exit(2);
}

installRuntimes();
installTarball(tarball);
const results = [];
for (const name of asked.length ? asked : names) results.push(await runOne(name));
const outvoted = compare(results.filter(({ values }) => values));

const skipped = results.filter(({ reason }) => reason).length;
const passed = results.filter((result) => result.values && !outvoted.has(result)).length;
const failed = results.length - skipped - passed;
console.log(`runtimes: ${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

/** Prints one line, and gives { label } with { values }, { error } or { reason }. */
async function runOne(name) {
  const start = performance.now();
  const { version, ...result } = await attempt(name).catch((error) => ({ error: error.message }));
  const time = `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const label = version ? `${name.replace(/ \d+$/, "")} ${version}` : name;
  const verdict = result.reason ? `not run  ${result.reason}` : `${result.values ? "passed" : "FAILED"}  ${time}`;
  console.log(`${label.padEnd(31)}  ${verdict}`);
  if (result.error) console.log(result.error.trim().replace(/^/gm, "    "));
  return { label, ...result };
}

/** What the runtime printed, { version } with { values } or { error }; or { reason }. */
async function attempt(name) {
  const { reason, command, args } = findRuntime(name);
  if (reason) return { reason };
  const { stdout, stderr, fault } = await execute(command, args, { cwd: consumer, env, seconds });
  if (fault) throw new Error(`${fault}\n${stderr}${stdout}`);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`expected one line of JSON and nothing else, got:\n${stdout}${stderr}`);
  }
}

/** Prints each value that all share, or who has which; gives the results that differ from most others. */
function compare(results) {
  const outvoted = new Set();
  const valueNames = new Set(results.flatMap(({ values }) => Object.keys(values)));
  for (const name of valueNames) {
    const groups = [...groupBy(results, ({ values }) => JSON.stringify(values[name]))];
    groups.sort(([, a], [, b]) => b.length - a.length);
    console.log(groups.length === 1 ? `same in all: ${name} = ${brief(groups[0][0])}` : `DIFFERS: ${name}`);
    if (groups.length === 1) continue;
    for (const [value, members] of groups) console.log(`    ${members.map(({ label }) => label).join(", ")}: ${value}`);
    for (const [, members] of groups.slice(1)) for (const member of members) outvoted.add(member);
  }
  return outvoted;
}

/** Node 20 has no Map.groupBy. */
function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function brief(text) {
  return text.length > 80 ? `${text.slice(0, 80)} …` : text;
}
