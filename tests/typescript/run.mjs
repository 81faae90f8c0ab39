/**
 * Compiles what users write against the packed library's types: with every TypeScript promised, in every way of finding
 * modules, and with and without the libraries that a project may have.
 *
 * node tests/typescript/run.mjs [TypeScript …]
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "../../npm.mjs";
import { packTarball } from "../pack.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const consumer = join(here, ".consumer");
const compilers = Object.keys(JSON.parse(readFileSync(join(here, "package.json"), "utf8")).devDependencies)
  .filter((name) => name.startsWith("typescript-"))
  .map((name) => name.replace("typescript-", ""));

const asked = process.argv.slice(2);
const unknown = asked.find((version) => !compilers.includes(version));
if (unknown) {
  console.error(`No TypeScript ${unknown}. Usage: run.mjs [TypeScript …], out of ${compilers.join(" ")}`);
  process.exit(2);
}

/** Ways of finding modules, and the files that can be written in each. */
const MODULES = {
  node10: { module: "commonjs", moduleResolution: "node10", files: ["uses.ts"] },
  node16: { module: "node16", moduleResolution: "node16", files: ["uses.ts", "uses-require.cts", "subpaths.ts"] },
  nodenext: { module: "nodenext", moduleResolution: "nodenext", files: ["uses.ts", "uses-require.cts", "subpaths.ts"] },
  bundler: { module: "esnext", moduleResolution: "bundler", files: ["uses.ts", "subpaths.ts"] },
};

const DOM = ["DOM", "DOM.Iterable"];

/** What a project knows beside the language. */
const LIBRARIES = {
  ES2020: { lib: ["ES2020"], files: [] },
  ES2022: { lib: ["ES2022"], files: [] },
  ESNext: { lib: ["ESNext"], files: [] },
  DOM: { lib: ["ES2022", ...DOM], files: ["dom.ts", "page-target.ts"] },
  Node: { lib: ["ES2022"], types: ["node"], files: ["node.ts"] },
  "DOM and Node": { lib: ["ESNext", ...DOM], types: ["node"], files: ["dom.ts", "page-target.ts", "node.ts"] },
};

/** Which TypeScript understands a file, where not all do. */
const SINCE = { "memories.ts": 5.7, "page-target.ts": 5.4 };

installCompilers();
unpackTarball();
const runs = (asked.length ? asked : compilers).flatMap(runsOf);
const total = runs.length;
let failed = 0;
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let run = runs.shift(); run; run = runs.shift()) await compile(run);
  }),
);
const bare = undocumented((await import("typescript-5.9")).default);
if (bare.length) failed++;
console.log(`${"docstrings of options".padEnd(44)}${bare.length ? `FAILED: none of ${bare.join(", ")}` : "passed"}`);
console.log(`typescript: ${total + 1 - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

/** Every way of finding modules with the least library, and every library with one way. */
function runsOf(version) {
  // TypeScript 7 has left node10 behind
  const ways = Object.keys(MODULES).filter((way) => way !== "node10" || Number(version) < 7);
  return [
    ...ways.map((way) => ({ version, way, library: "ES2020" })),
    ...Object.keys(LIBRARIES)
      .slice(1)
      .map((library) => ({ version, way: "bundler", library })),
  ];
}

async function compile({ version, way, library }) {
  const { files: written, ...modules } = MODULES[way];
  const { files: more, types = [], lib } = LIBRARIES[library];
  const files = [...written, ...more, "memories.ts"].filter((file) => Number(version) >= (SINCE[file] ?? 0));
  const config = join(consumer, `tsconfig-${version}-${way}-${library.replaceAll(" ", "-")}.json`);
  const compilerOptions = {
    ...{ ...modules, lib, types, typeRoots: [join(here, "node_modules/@types")], target: "es2022" },
    ...{ strict: true, skipLibCheck: false, noEmit: true, esModuleInterop: true },
    ...(version === "6.0" && { ignoreDeprecations: "6.0" }),
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const compiler = join(here, `node_modules/typescript-${version}/bin/tsc`);
  const { status, output } = await execute(process.execPath, [compiler, "-p", config]);
  const label = `TypeScript ${version}, ${way}, ${library}`.padEnd(44);
  console.log(`${label}${status === 0 ? "passed" : `FAILED\n${output.trim().replace(/^/gm, "    ")}`}`);
  if (status !== 0) failed++;
}

/** The options, and one method, of which an editor shows no docstring. */
function undocumented(ts) {
  const file = join(consumer, "node_modules/wasm2vec/build/index.d.ts");
  const program = ts.createProgram([file], { strict: true, types: [] });
  const checker = program.getTypeChecker();
  const exported = checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
    .map((symbol) => checker.getAliasedSymbol(symbol));
  const isBare = (symbol) => !symbol.getDocumentationComment(checker).length;
  const options = exported
    .filter(({ name }) => /Options$/.test(name))
    .flatMap((type) =>
      checker
        .getDeclaredTypeOfSymbol(type)
        .getProperties()
        .filter(isBare)
        .map(({ name }) => `${type.name}.${name}`),
    );
  const vectors = exported.find(({ name }) => name === "KeyedVectors");
  return [...options, ...(isBare(vectors.members.get("mostSimilar")) ? ["KeyedVectors.mostSimilar"] : [])];
}

function execute(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.on("close", (status) => resolve({ status, output }));
  });
}

function installCompilers() {
  const stamp = join(here, "node_modules/.made-from");
  const hash = createHash("sha256")
    .update(readFileSync(join(here, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  console.log("installing compilers: about 200 MB, until tests/typescript/package-lock.json changes");
  npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: here });
  writeFileSync(stamp, hash);
}

/** A project that has the library as a user has it, but for its dependency, of which the types know nothing. */
function unpackTarball() {
  rmSync(consumer, { recursive: true, force: true });
  const library = join(consumer, "node_modules/wasm2vec");
  mkdirSync(library, { recursive: true });
  writeFileSync(join(consumer, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }\n');
  const tarball = resolve(packTarball());
  const { status, stderr } = spawnSync("tar", ["-xzf", tarball, "--strip-components=1"], { cwd: library });
  if (status !== 0) throw new Error(`${tarball} could not be unpacked: ${stderr}`);
  const uses = readdirSync(here).filter((file) => /\.c?ts$/.test(file));
  for (const file of uses) copyFileSync(join(here, file), join(consumer, file));
}
