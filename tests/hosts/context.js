/** What a host's run() is handed: a project, and the ways to run it and to check what comes out. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { execute, start } from "../runtimes/execute.js";
import { findRuntime } from "../runtimes/runtimes.js";
import { makeProject } from "./install.js";
import { serve } from "./serve.js";

const seconds = 300;
const beside = (path) => fileURLToPath(new URL(path, import.meta.url));

// No host writes into the user's home or calls home.
const environment = {
  BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
  DENO_DIR: beside("../runtimes/node_modules/.cache/deno"),
  DENO_NO_UPDATE_CHECK: "1",
  DO_NOT_TRACK: "1",
  NEXT_IGNORE_INCORRECT_LOCKFILE: "1", // it would write into the lock file above
  NEXT_TELEMETRY_DISABLED: "1",
  NO_COLOR: "1",
};

/** What a page says where the bundler copies no files: it asks for the engine and the worker, and takes those in the code. */
export const fromCode = [
  /\/engine\.wasm: (status 404|net::ERR_ABORTED)/,
  /\/browser-worker\.js: (status 404|net::ERR_FAILED)/,
  /^console\.error: Failed to load resource: .* 404 .*\/(engine\.wasm|browser-worker\.js)\)$/,
];

/** What this machine lacks, thrown where a host cannot run. */
export class Lacking extends Error {}

/** A package's file out of tests/hosts/node_modules. */
export const hostFile = (path) => beside(`node_modules/${path}`);

/** The version of a package out of tests/hosts/node_modules. */
export const versionOf = (name) => JSON.parse(readFileSync(hostFile(`${name}/package.json`), "utf8")).version;

/**
 * @param host { name, fixture }
 * @param expected what the program returns in Node
 * @param tarball the packed library's path
 */
export function makeContext({ name, fixture }, { expected, tarball } = {}) {
  const folder = makeProject(name, fixture);
  const ending = [];

  /** @returns what the command printed to stdout; both streams are in `output` */
  async function run(command, args, options = {}) {
    const env = { ...process.env, ...environment, ...options.env };
    const { stdout, stderr, fault } = await execute(command, args, { cwd: folder, seconds, ...options, env });
    if (fault) throw new Error(`${fault}\n${stderr}${stdout}`);
    return { stdout, output: stderr + stdout };
  }

  /** Runs a program with Node, or with another `command`, and checks what its last line says. */
  async function check(args, { command = process.execPath, ...options } = {}) {
    const { stdout, output } = await run(command, args, options);
    const line = stdout.trim().split("\n").at(-1);
    if (!line.startsWith("{")) throw new Error(`expected a last line of JSON, got:\n${output}`);
    checkValues(JSON.parse(line));
    return output;
  }

  /** Compares what a program returned with what it returns in Node. */
  function checkValues(values, { warnings = [] } = {}) {
    const rightWarnings =
      values.warnings.length === warnings.length && warnings.every((p, i) => p.test(values.warnings[i]));
    const wanted = { ...expected, warnings: rightWarnings ? values.warnings : warnings.map(String) };
    for (const [key, value] of Object.entries(wanted)) {
      const skips = key === "words of a training by workers" && !(key in values);
      if (skips || isDeepStrictEqual(values[key], value)) continue;
      throw new Error(`${key}: expected ${JSON.stringify(value)}, got ${JSON.stringify(values[key])}`);
    }
  }

  /**
   * Opens a page in Chromium and checks its outcome: that no fault came, and that a worker trained.
   *
   * @param allow patterns of the faults that the host cannot do without
   */
  async function checkPage(url, { allow = [] } = {}) {
    const { reason } = findRuntime("chromium");
    if (reason) throw new Lacking(reason);
    const { openPage } = await import("./page.js");
    const { outcome, faults, workers } = await openPage(url, allow);
    if (outcome.error || faults.length) throw new Error([outcome.error, ...faults].filter(Boolean).join("\n"));
    checkValues(outcome.values);
    if (!workers) throw new Error("no worker was started");
  }

  return {
    folder,
    expected,
    tarball,
    run,
    check,
    checkValues,
    checkPage,

    /** Starts a server; it is stopped when the host is done. */
    async start(command, args, options) {
      const env = { ...process.env, ...environment, ...options.env };
      const server = await start(command, args, { cwd: folder, seconds, ...options, env });
      ending.push(server.stop);
      return server.match;
    },

    /** Serves a folder of the project until the host is done. */
    async serve(name, headers) {
      const { url, close } = await serve(join(folder, name), headers);
      ending.push(close);
      return url;
    },

    /** Throws when a build has a file that none of the patterns means. */
    checkFiles(name, patterns) {
      const strays = listFiles(join(folder, name)).filter((file) => !patterns.some((pattern) => pattern.test(file)));
      if (strays.length) throw new Error(`stray files in the build: ${strays.join(", ")}`);
    },

    /** Writes a module of the project once more, as CommonJS, as a compiler does: name.js -> name.cjs. */
    async writeCommonJs(...names) {
      const { transformSync } = await import("esbuild");
      for (const name of names) {
        const { code } = transformSync(readFileSync(join(folder, `${name}.js`), "utf8"), {
          format: "cjs",
          target: "node20",
        });
        writeFileSync(join(folder, `${name}.cjs`), code.replaceAll(/require\("(\.\/\w+)\.js"\)/g, 'require("$1.cjs")'));
      }
    },

    async end() {
      for (const end of ending) await end();
    },
  };
}

function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
