// Installs and builds what is missing or has changed, and nothing else: `npm start` and `npm test` call it first.
//
//     node build.mjs            the library: build/*.wasm, build/index.js, build/runtime, build/types
//     node build.mjs --tests    and the tests: build/tests
//     node build.mjs --bench    and the benches: build/bench/code
//     node build.mjs --fuzz     and what is fuzzed: build/fuzz
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "./npm.mjs";

process.chdir(path.dirname(fileURLToPath(import.meta.url)));
const bin = (name) => path.join("node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);

/** All files at and below the paths, in a fixed order. */
function files(...paths) {
  return paths.flatMap((file) =>
    statSync(file).isDirectory()
      ? files(
          ...readdirSync(file)
            .sort()
            .map((name) => path.join(file, name)),
        )
      : [file],
  );
}

/** Does the work when the content of `inputs` is not what it was the last time, or the stamp is gone. */
async function whenChanged(name, stamp, inputs, work) {
  const hash = createHash("sha256");
  for (const file of inputs) hash.update(file).update("\0").update(readFileSync(file)).update("\0");
  const digest = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  const begin = performance.now();
  rmSync(stamp, { force: true });
  await work();
  writeFileSync(stamp, digest);
  console.log(`${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
}

/** Runs a command; what it prints is shown only when it fails, and then ends the build. */
function run(command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  console.error(`${command} ${args.join(" ")} failed\n${error ?? ""}${stdout}${stderr}`);
  process.exit(1);
}

const settings = ["build.mjs", "package.json", "package-lock.json"];
await whenChanged("installed", "node_modules/.installed", ["package.json", "package-lock.json"], () =>
  npm(["ci", "--ignore-scripts"]),
);

const { build } = await import("esbuild");
const bundle = {
  bundle: true,
  format: "esm",
  target: "es2022",
  splitting: true,
  external: ["#runtime", "*.wasm", "*.wasm?module"],
  packages: "bundle",
  logLevel: "warning",
};

await whenChanged("engine built", "build/.engine", [...settings, "asconfig.json", ...files("assembly")], () => {
  for (const target of ["simd", "threads", "relaxed", "relaxed-threads"]) run(bin("asc"), "--target", target);
});

const adapters = ["node", "browser", "edge", "edge-light"].map((name) => `src/runtime/${name}.ts`);
const workers = ["node-worker", "browser-worker"].map((name) => `src/training/${name}.ts`);
await whenChanged("library built", "build/.library", [...settings, "tsconfig.json", ...files("src")], async () => {
  const old = ["chunks", "runtime", "training", "types"].map((folder) => path.join("build", folder));
  for (const folder of old) rmSync(folder, { recursive: true, force: true });
  await build({
    ...bundle,
    entryPoints: ["src/index.ts", ...adapters, ...workers],
    outbase: "src",
    outdir: "build",
    chunkNames: "chunks/[name]-[hash]",
    external: [...bundle.external, "node:*", "@huggingface/tokenizers", "fzstd"],
  });
  for (const file of files("build/index.js", "build/chunks")) writeFileSync(file, withClassNames(file));
  run(bin("tsc"), "-p", "tsconfig.types.json");
});

/**
 * esbuild writes a class that speaks of itself as `var Name = class _Name`, and stack traces say `_Name`. Without a name of
 * its own it takes the variable's, and keeps it when it is bundled again.
 */
function withClassNames(file) {
  const code = readFileSync(file, "utf8");
  const names = Array.from(code.matchAll(/\bvar (\w+) = class _\1\b/g), ([, name]) => name);
  return names.reduce(
    (code, name) =>
      code
        .replace(`var ${name} = class _${name}`, `var ${name} = class`)
        .replaceAll(new RegExp(`\\b_${name}\\b`, "g"), name),
    code,
  );
}

/** Bundles each of a folder's entries together with the source that it imports. */
async function bundleEntries(name, folders, suffix, outdir) {
  const inputs = [...settings, ...files("src"), ...folders.flatMap(scripts)];
  await whenChanged(`${name} built`, `build/.${name}`, inputs, async () => {
    rmSync(outdir, { recursive: true, force: true });
    await build({
      ...bundle,
      packages: "external",
      platform: "node",
      entryPoints: inputs.filter((file) => file.endsWith(suffix)),
      outdir,
      sourcemap: true,
    });
  });
}

/** The host's .ts files at and below a folder: the kernels' specs are asc's, and the runtimes' suites bring packages. */
const scripts = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(".ts") && !/^(assembly|runtimes|rivals)\b/.test(file))
    .sort()
    .map((file) => path.join(folder, file));

if (process.argv.includes("--tests")) await bundleEntries("tests", ["tests"], ".test.ts", "build/tests");
if (process.argv.includes("--fuzz")) await bundleEntries("fuzz", ["tests/fuzz"], "child.ts", "build/fuzz");
if (process.argv.includes("--bench")) {
  await bundleEntries("bench", ["bench", "tests/helpers"], ".bench.ts", "build/bench/code");
}
