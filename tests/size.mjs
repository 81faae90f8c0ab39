/**
 * Checks the budgets: of the engine, of what a page loads that imports a class, and of what is installed.
 *
 *     node tests/size.mjs            after a build
 *     node tests/size.mjs --files    and which source files make up what a page loads
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { npm } from "../npm.mjs";

/** Bytes at most. */
const BUDGETS = { engine: 30_000, tokenizer: 20_000, Word2Vec: 40_000, KeyedVectors: 30_000, installed: 3_000_000 };

/** What stands for a page's script. */
const PAGE = "page.js";

/**
 * Bundles a page that imports a name by Vite's bundler, which keeps what `import()` names in files of its own.
 *
 * @returns { atStart, later }: the bundle's files, { file, code, imports, modules }
 */
async function bundle(name) {
  const page = {
    name: "page",
    resolveId: (id) => (id === PAGE ? join(process.cwd(), PAGE) : undefined),
    load: (id) => (id.endsWith(PAGE) ? `import { ${name} } from "wasm2vec"; console.log(${name});` : undefined),
  };
  const bundled = await rolldown({ input: PAGE, platform: "browser", plugins: [page], logLevel: "silent" });
  const { output } = await bundled.generate({ format: "es", minify: true });
  const files = output.filter(({ type }) => type === "chunk");
  const atStart = reached(
    files,
    files.find(({ isEntry }) => isEntry),
  );
  return { atStart, later: files.filter((file) => !atStart.includes(file)) };
}

/** A file and those that it imports, which are loaded with it; what `import()` names is loaded later. */
function reached(files, file, found = []) {
  if (!file || found.includes(file)) return found;
  found.push(file);
  for (const name of file.imports) {
    reached(
      files,
      files.find(({ fileName }) => fileName === name),
      found,
    );
  }
  return found;
}

const gzipped = ({ code }) => gzipSync(code).length;

/** The files' bytes of the package and of what it depends on. */
function installedBytes({ unpackedSize }) {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const dependencies = Object.keys(packages).filter((path) => path && !packages[path].dev);
  const files = dependencies.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name)),
  );
  return files.reduce((sum, file) => sum + statSync(file).size, unpackedSize);
}

const sum = (files) => files.reduce((sum, file) => sum + gzipped(file), 0);
const number = (bytes) => bytes.toLocaleString("en").padStart(9);
let isOver = false;

function report(what, bytes, budget, more = "") {
  isOver ||= bytes > budget;
  console.log(`${what.padEnd(32)} ${number(bytes)} of ${number(budget)}  ${bytes > budget ? "OVER" : "ok"}${more}`);
}

const [packed] = JSON.parse(npm(["pack", "--dry-run", "--json"]));
for (const { path, size } of packed.files.filter(({ path }) => path.endsWith(".wasm"))) {
  report(
    path,
    size,
    path.includes("tokenizer") ? BUDGETS.tokenizer : BUDGETS.engine,
    `, ${gzipSync(readFileSync(path)).length} gzipped`,
  );
}

for (const name of ["Word2Vec", "KeyedVectors"]) {
  const { atStart, later } = await bundle(name);
  report(`import { ${name} }, gzipped`, sum(atStart), BUDGETS[name], `, ${sum(later)} more when they are needed`);
  if (!process.argv.includes("--files")) continue;
  for (const file of later) console.log(`    later: ${file.fileName.padEnd(40)} ${number(gzipped(file))}`);
  for (const { fileName, modules } of atStart) {
    console.log(`    at the start: ${fileName}, of these files, not minified:`);
    const sizes = Object.entries(modules).map(([id, { renderedLength }]) => [relative(".", id), renderedLength]);
    for (const [id, length] of sizes.sort(([, a], [, b]) => b - a)) console.log(`        ${number(length)}  ${id}`);
  }
}

report("installed", installedBytes(packed), BUDGETS.installed);
process.exit(isOver ? 1 : 0);
