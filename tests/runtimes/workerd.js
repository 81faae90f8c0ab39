/**
 * Runs the suite in workerd, the way wrangler deploys a Worker: esbuild bundles it under the condition "workerd"
 * and leaves `import module from "./engine.wasm"` for workerd, which hands the code a compiled WebAssembly.Module.
 * Without the flag nodejs_compat, so an import of a Node module fails here.
 *
 * node workerd.js <consumer folder>
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import esbuild from "esbuild";
import workerd from "workerd";

const { default: binary, compatibilityDate, version } = workerd;
const consumer = resolve(process.argv[2]);
const folder = join(consumer, "bundle");

await mkdir(folder, { recursive: true });
await writeFile(join(folder, "config.capnp"), config(await bundle()));
const server = spawn(binary, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
  stdio: ["ignore", "inherit", "inherit", "pipe"],
});
try {
  const answer = await fetch(`http://127.0.0.1:${await port(server)}/`);
  console.log(JSON.stringify({ version, ...(await answer.json()) }));
} finally {
  server.kill("SIGKILL");
}

/** @returns the wasm files' names */
async function bundle() {
  const found = new Set();
  await esbuild.build({
    entryPoints: [join(consumer, "worker.js")],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    plugins: [keepWasm(found)],
    logLevel: "silent",
  });
  return found;
}

/** Copies each imported .wasm beside the bundle and leaves its import standing, as wrangler's CompiledWasm rule does. */
function keepWasm(found) {
  return {
    name: "keep-wasm",
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir }) => {
        const name = basename(path);
        await copyFile(resolve(resolveDir, path), join(folder, name));
        found.add(name);
        return { path: `./${name}`, external: true };
      });
    },
  };
}

/** Port 0 lets the system choose; a network that allows nothing shows that the library asks for nothing. */
function config(wasmFiles) {
  const modules = [...wasmFiles].map((name) => `(name = "${name}", wasm = embed "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = [])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  compatibilityDate = "${compatibilityDate}",
  modules = [${['(name = "worker.js", esModule = embed "worker.js")', ...modules].join(", ")}],
);
`;
}

/** workerd tells over its control pipe which port it was given. */
async function port(server) {
  const listening = once(createInterface(server.stdio[3]), "line").then(([line]) => JSON.parse(line).port);
  const ended = once(server, "exit").then(([code]) => {
    throw new Error(`workerd ended with code ${code} before it listened`);
  });
  return Promise.race([listening, ended]);
}
