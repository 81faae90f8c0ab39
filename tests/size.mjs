/**
 * Checks the budgets: of the engine, of what a page loads that imports a class, and of what is installed.
 *
 *     node tests/size.mjs            after a build
 *     node tests/size.mjs --files    and which source files make up what a page loads
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { npm } from "../npm.mjs";

/** Bytes at most. */
const BUDGETS = { engine: 30_000, Word2Vec: 40_000, KeyedVectors: 25_000, installed: 3_000_000 };

/** The package's sources for pages, for the report by file. */
const SOURCE = "./src/entries/browser.ts";

/** Bundles a page that imports a name, as a user's bundler does; from the package, or its sources. */
async function bundle(name, from) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `import { ${name} } from "${from}"; console.log(${name});`, resolveDir: "." },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    metafile: true,
    write: false,
    outdir: "out",
    // this repository's is not the user's
    tsconfigRaw: "{}",
    // what the build puts in the place of these is loaded later
    external: ["inline:*"],
    logLevel: "error",
  });
  const sizeOf = (path) => {
    const { contents } = outputFiles.find((file) => file.path === resolve(path));
    return { path, bytes: contents.length, gzipped: gzipSync(contents).length };
  };
  const atStart = reached(metafile, "out/stdin.js");
  const later = Object.keys(metafile.outputs).filter((path) => !atStart.has(path));
  return { metafile, atStart: [...atStart].map(sizeOf), later: later.map(sizeOf) };
}

/** An output and those that it imports, which are loaded with it; what `import()` names is loaded later. */
function reached({ outputs }, path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const { path: imported, kind } of outputs[path].imports) {
    if (kind === "import-statement" && outputs[imported]) reached({ outputs }, imported, found);
  }
  return found;
}

/** How many bytes of each source file a page loads at the start, the most first. */
function filesAtStart({ metafile, atStart }) {
  const bytes = new Map();
  for (const { path } of atStart) {
    for (const [file, { bytesInOutput }] of Object.entries(metafile.outputs[path].inputs)) {
      bytes.set(file, (bytes.get(file) ?? 0) + bytesInOutput);
    }
  }
  return [...bytes].filter(([, size]) => size).sort(([, a], [, b]) => b - a);
}

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

const sum = (files) => files.reduce((sum, { gzipped }) => sum + gzipped, 0);
const number = (bytes) => bytes.toLocaleString("en").padStart(9);
let isOver = false;

function report(what, bytes, budget, more = "") {
  isOver ||= bytes > budget;
  console.log(`${what.padEnd(32)} ${number(bytes)} of ${number(budget)}  ${bytes > budget ? "OVER" : "ok"}${more}`);
}

const [packed] = JSON.parse(npm(["pack", "--dry-run", "--json"]));
for (const { path, size } of packed.files.filter(({ path }) => path.endsWith(".wasm"))) {
  report(path, size, BUDGETS.engine, `, ${gzipSync(readFileSync(path)).length} gzipped`);
}

for (const name of ["Word2Vec", "KeyedVectors"]) {
  const { atStart, later } = await bundle(name, "wasm2vec");
  report(`import { ${name} }, gzipped`, sum(atStart), BUDGETS[name], `, ${sum(later)} more when they are needed`);
  for (const { path, gzipped } of later) console.log(`    ${path.slice(4).padEnd(28)} ${number(gzipped)}`);
  if (process.argv.includes("--files")) {
    console.log("    at the start:");
    for (const { path, gzipped } of atStart) console.log(`    ${path.slice(4).padEnd(28)} ${number(gzipped)}`);
    const bundled = await bundle(name, SOURCE);
    console.log(
      `    of its source files, minified; ${number(sum(bundled.atStart)).trim()} gzipped when they are bundled at once:`,
    );
    for (const [file, bytes] of filesAtStart(bundled)) console.log(`        ${number(bytes)}  ${file}`);
  }
}

report("installed", installedBytes(packed), BUDGETS.installed);
process.exit(isOver ? 1 : 0);
