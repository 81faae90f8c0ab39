// Runs the benches, all or the one named, and prints their tables; `npm run bench` builds first.
//
//     npm run bench [-- <name> [--<option> <value> …]]
//
// Results are kept as build/bench/<name>.json.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const SUFFIX = ".bench.js";
const code = path.resolve("build/bench/code");

const names = readdirSync(code)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length));
const [asked, ...settings] = process.argv.slice(2);
if (asked && !names.includes(asked)) {
  console.error(`There is no bench "${asked}"; there are ${names.join(", ")}.`);
  process.exit(2);
}

const machine = describeMachine();
console.log(
  Object.entries(machine)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join("\n"),
);
for (const name of asked ? [asked] : names) await runBench(name);

async function runBench(name) {
  const { bench } = await import(pathToFileURL(path.join(code, name + SUFFIX)).href);
  const options = { ...bench.options, ...givenOptions(bench.options) };
  console.log(`\n## ${name}\n\n${bench.description}`);
  const tables = await bench.run(options);
  for (const { title, rows } of tables) console.log(`\n${title}\n\n${markdown(rows)}`);
  const { description } = bench;
  const result = { name, description, date: new Date().toISOString(), machine, options, tables };
  writeFileSync(`build/bench/${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
}

/** The options on the command line, of the type that their defaults have. */
function givenOptions(defaults) {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" }]));
  const given = Object.entries(parseArgs({ args: settings, options }).values);
  return Object.fromEntries(
    given.map(([name, text]) => [name, typeof defaults[name] === "number" ? Number(text) : text]),
  );
}

function describeMachine() {
  const [{ model }] = os.cpus();
  const engine = readFileSync("build/engine.wasm");
  return {
    processor: `${model}, ${os.availableParallelism()} cores`,
    memory: `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    runtime: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
    engine: `${engine.length} bytes, SHA-256 ${createHash("sha256").update(engine).digest("hex").slice(0, 12)}…`,
  };
}

function markdown(rows) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const isNumber = (column) => rows.every((row) => typeof row[column] === "number");
  const pad = (text, i) => (isNumber(columns[i]) ? text.padStart(widths[i]) : text.padEnd(widths[i]));
  const rule = columns.map((column, i) => (isNumber(column) ? `${"-".repeat(widths[i] - 1)}:` : "-".repeat(widths[i])));
  const [head, ...body] = lines.map((line) => line.map(pad));
  return [head, rule, ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
