/**
 * Serves a Worker in workerd, the way wrangler deploys it: esbuild bundles it under the condition "workerd" and leaves
 * `import module from "./engine.wasm"` for workerd, which hands the code a compiled WebAssembly.Module. Without the flag
 * nodejs_compat, so an import of a Node module fails here.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import esbuild from "esbuild";
import workerd from "workerd";

const { default: binary, compatibilityDate, version } = workerd;
/**
 * @param entry the Worker's script
 * @param folder where its bundle goes
 * @param assets a folder of static assets, which the Worker is bound to as ASSETS; none by default
 * @returns { url, version, pid, close }
 */
export async function serveWorker(entry, folder, assets) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "config.capnp"), config(await bundle(entry, folder), assets));
  const server = spawn(binary, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const close = () => server.kill("SIGKILL");
  try {
    return { url: `http://127.0.0.1:${await port(server)}/`, version, pid: server.pid, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** @returns the wasm files' names */
async function bundle(entry, folder) {
  const found = new Set();
  await esbuild.build({
    entryPoints: [entry],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    plugins: [keepWasm(found, folder)],
    logLevel: "silent",
  });
  return found;
}

/** Copies each imported .wasm beside the bundle and leaves its import standing, as wrangler's CompiledWasm rule does. */
function keepWasm(found, folder) {
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
function config(wasmFiles, assets) {
  const disk = assets ? `\n    (name = "assets", disk = ${JSON.stringify(resolve(assets))}),` : "";
  const bindings = assets ? '\n  bindings = [(name = "ASSETS", service = "assets")],' : "";
  const modules = [...wasmFiles].map((name) => `(name = "${name}", wasm = embed "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = [])),${disk}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  compatibilityDate = "${compatibilityDate}",
  modules = [${['(name = "worker.js", esModule = embed "worker.js")', ...modules].join(", ")}],${bindings}
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
