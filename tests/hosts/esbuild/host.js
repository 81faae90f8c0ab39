/** esbuild's command: it copies no files, so the engine and the worker are those within the code. */
import { fileURLToPath } from "node:url";
import { fromCode, hostFile, versionOf } from "../context.js";

export const title = "esbuild";
export const checked =
  "bundles for a page and for Node, as a module and as a script, whole and split; nothing lies beside the code";

const fixture = fileURLToPath(new URL("../rollup/fixture", import.meta.url));

const kinds = {
  "page esm": ["page.js", "--format=esm"],
  "page split": ["page.js", "--format=esm", "--splitting"],
  "page iife": ["page.js", "--format=iife"],
  "node esm": ["node.js", "--platform=node", "--format=esm"],
  "node split": ["node.js", "--platform=node", "--format=esm", "--splitting"],
  "node cjs": ["node.js", "--platform=node", "--format=cjs", "--out-extension:.js=.cjs"],
};

export const hosts = Object.entries(kinds).map(([kind, [entry, ...options]]) => ({
  name: `esbuild ${kind}`,
  fixture,
  steady: true,
  async run({ run, check, serve, checkPage, checkFiles }) {
    await run(hostFile("esbuild/bin/esbuild"), [entry, "--bundle", "--outdir=dist", ...options]);
    checkFiles("dist", [/\.c?js$/]);
    if (entry === "node.js") await check([kind === "node cjs" ? "dist/node.cjs" : "dist/node.js"]);
    else await checkPage(`${await serve(".")}bundle.html`, { allow: fromCode });
    return { version: versionOf("esbuild") };
  },
}));
