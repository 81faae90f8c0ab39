// Installs and builds what is missing or has changed, and nothing else: `npm start` and `npm test` call it first.
//
//     node build.mjs            the library: build/*.wasm, build/entries, build/cjs, build/cdn, build/index.d.ts
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

const settings = ["build.mjs", "bundle-types.mjs", "package.json", "package-lock.json"];
await whenChanged("installed", "node_modules/.installed", ["package.json", "package-lock.json"], () =>
  npm(["ci", "--ignore-scripts"]),
);

const { build, transform } = await import("esbuild");
const { bundleTypes } = await import("./bundle-types.mjs");
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const bundle = {
  bundle: true,
  format: "esm",
  target: "es2022",
  define: { PACKAGE_VERSION: JSON.stringify(version) },
  external: ["*.wasm", "*.wasm?module"],
  logLevel: "warning",
};

const compiler = ["asconfig.json", "asconfig.tokenizer.json"];
await whenChanged("engine built", "build/.engine", [...settings, ...compiler, ...files("assembly")], () => {
  for (const target of ["simd", "relaxed"]) run(bin("asc"), "--target", target);
  run(bin("asc"), "--config", "asconfig.tokenizer.json");
});

const workers = ["node-worker", "browser-worker"].map((name) => `src/training/${name}.ts`);
const parts = [
  ...["word2vec", "keyed-vectors", "embedding-matrix", "static-model", "search-index", "tokenizer", "draw-progress"],
];

/** Puts what `inline:…` names into the code: the bytes of the engine and the tokenizer, and the workers' scripts as a page or Node starts them. */
const inlined = {
  name: "inlined",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^inline:/ }, ({ path }) => ({ path, namespace: "inlined", sideEffects: false }));
    onLoad({ filter: /:(engine|tokenizer)$/, namespace: "inlined" }, ({ path }) => ({
      contents: readFileSync(`build/${path.slice("inline:".length)}.wasm`),
      loader: "binary",
    }));
    onLoad({ filter: /worker$/, namespace: "inlined" }, async ({ path }) => {
      const name = path.slice("inline:".length);
      const format = name.startsWith("node") ? "esm" : "iife";
      const script = {
        entryPoints: [`src/training/${name}.ts`],
        format,
        minify: true,
        write: false,
        external: ["node:*"],
      };
      const { outputFiles } = await build({ ...bundle, ...script });
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};

/** What others have written comes as short as can be: nobody reads it in a trace. */
const shortened = {
  name: "shortened",
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.*\.m?js$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { minify: true, format: "esm" });
      return { contents: code, loader: "js" };
    });
  },
};

/** CommonJS's entries bundle their adapters, and ask core.cjs for the library. */
const sharedCore = {
  name: "shared-core",
  setup({ onResolve }) {
    onResolve({ filter: /(index|runtime\/runtime)\.ts$/ }, ({ importer, kind }) =>
      kind === "import-statement" && importer.includes(`entries${path.sep}`)
        ? { path: "./core.cjs", external: true }
        : undefined,
    );
  },
};

/** Tests bundle the sources, but the adapter that finds files beside itself is the built one. */
const builtAdapter = {
  name: "built-adapter",
  setup({ onResolve }) {
    onResolve({ filter: /runtime\/node\.ts$/ }, ({ importer }) =>
      importer.endsWith("use-node.ts") ? { path: path.resolve("build/runtime/node.js"), external: true } : undefined,
    );
  },
};

/** Files that carry addresses of others lie two levels deep, all of them: `../engine.wasm` is right in each. */
const inLibrary = [...settings, "tsconfig.json", "build/engine.wasm", "build/tokenizer.wasm", ...files("src")];
await whenChanged("library built", "build/.library", inLibrary, async () => {
  const folders = ["chunks", "entries", "parts", "runtime", "training", "cjs", "cdn", "types"];
  for (const folder of folders) rmSync(path.join("build", folder), { recursive: true, force: true });
  const library = {
    ...bundle,
    plugins: [inlined, shortened],
    external: [...bundle.external, "node:*"],
    minifyWhitespace: true,
    minifySyntax: true,
  };
  const entry = (name) => `src/entries/${name}.ts`;
  await build({ ...bundle, entryPoints: workers, outdir: "build/training", external: ["node:*"] });
  await build({
    ...library,
    splitting: true,
    entryPoints: [
      ...["node", "browser", "workerd", "edge-light"].map(entry),
      // the adapter that the tests use, and classes that users take one by one, which get chunks of their own
      "src/runtime/node.ts",
      ...parts.map((name) => ({ in: `src/${name}.ts`, out: `parts/${name}` })),
    ],
    outbase: "src",
    outdir: "build",
    chunkNames: "chunks/[name]-[hash]",
  });
  for (const file of files("build/entries", "build/chunks", "build/runtime")) nameClasses(file);
  const commonJs = {
    ...library,
    format: "cjs",
    platform: "node",
    outdir: "build/cjs",
    outExtension: { ".js": ".cjs" },
    minify: true,
    keepNames: true,
    // jsdom lacks what Node's util has
    banner: {
      js: 'const { TextDecoder, TextEncoder } = globalThis.TextDecoder ? globalThis : process.getBuiltinModule("node:util");',
    },
  };
  await build({
    ...commonJs,
    stdin: {
      contents:
        'export * from "./src/index.ts"; import { useRuntime } from "./src/runtime/runtime.ts"; shareUseRuntime(useRuntime);',
      resolveDir: ".",
      sourcefile: "core",
    },
    outdir: undefined,
    outfile: "build/cjs/core.cjs",
    // no public name
    footer: {
      js: 'function shareUseRuntime(value) { Object.defineProperty(module.exports, "useRuntime", { value }); }',
    },
  });
  const adapters = { ...commonJs, plugins: [...commonJs.plugins, sharedCore] };
  await build({
    ...adapters,
    entryPoints: [entry("node")],
    banner: { js: `${commonJs.banner.js}\nconst moduleUrl = require("node:url").pathToFileURL(__filename).href;` },
    define: { ...bundle.define, "import.meta.url": "moduleUrl" },
  });
  // for bundlers of pages, which know no module of Node's: without an address the copies serve
  await build({
    ...adapters,
    platform: "browser",
    entryPoints: [entry("browser")],
    define: { ...bundle.define, "import.meta.url": "undefined" },
  });
  for (const file of files("build/cjs")) nameClasses(file);
  await build({
    ...library,
    minify: true,
    keepNames: true,
    entryPoints: [entry("browser")],
    outfile: "build/cdn/wasm2vec.js",
  });
  nameClasses("build/cdn/wasm2vec.js");
  run(bin("tsc"), "-p", "tsconfig.types.json");
  await bundleTypes("build/types/index.d.ts", "build");
  rmSync("build/types", { recursive: true });
});

/**
 * esbuild writes a class that speaks of itself as `var Name = class _Name`, and stack traces say `_Name`. Without a name of
 * its own it takes the variable's, and keeps it when it is bundled again.
 */
function nameClasses(file) {
  const code = readFileSync(file, "utf8");
  const names = Array.from(code.matchAll(/\b(\w+) ?= ?class _\1\b/g), ([, name]) => name);
  const named = names.reduce(
    (code, name) =>
      code
        .replace(new RegExp(`\\b${name}( ?= ?)class _${name}\\b`), `${name}$1class`)
        .replaceAll(new RegExp(`\\b_${name}\\b`, "g"), name),
    code,
  );
  writeFileSync(file, named);
}

/** Bundles each of a folder's entries together with the source that it imports. */
async function bundleEntries(name, folders, suffix, outdir) {
  const inputs = [...settings, ...files("src"), ...folders.flatMap(scripts)];
  await whenChanged(`${name} built`, `build/.${name}`, inputs, async () => {
    rmSync(outdir, { recursive: true, force: true });
    await build({
      ...bundle,
      splitting: true,
      packages: "external",
      platform: "node",
      plugins: [builtAdapter],
      inject: ["tests/helpers/use-node.ts"],
      ignoreAnnotations: true, // package.json says of the sources that nothing is lost with them
      entryPoints: inputs.filter((file) => file.endsWith(suffix)),
      outdir,
      sourcemap: true,
    });
  });
}

/** The host's .ts files at and below a folder: the kernels' specs are asc's, and the runtimes' and hosts' suites bring packages. */
const scripts = (folder) =>
  readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(".ts") && !/^(assembly|hosts|runtimes|typescript|rivals)\b/.test(file))
    .sort()
    .map((file) => path.join(folder, file));

if (process.argv.includes("--tests")) await bundleEntries("tests", ["tests"], ".test.ts", "build/tests");
if (process.argv.includes("--fuzz")) await bundleEntries("fuzz", ["tests/fuzz"], "child.ts", "build/fuzz");
if (process.argv.includes("--bench")) {
  await bundleEntries("bench", ["bench", "tests/helpers"], ".bench.ts", "build/bench/code");
}
