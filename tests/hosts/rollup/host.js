/** Rollup with its node-resolve plugin: it copies no files, so the engine and the worker are those within the code. */
import { fileURLToPath } from "node:url";
import { fromCode, versionOf } from "../context.js";

export const title = "Rollup";
export const checked =
  "bundles for a page and for Node with `@rollup/plugin-node-resolve`; nothing lies beside the code";

const fixture = fileURLToPath(new URL("fixture", import.meta.url));

export const hosts = [
  {
    name: "rollup browser",
    fixture,
    steady: true,
    async run({ run, serve, checkPage, checkFiles }) {
      await run(process.execPath, ["build.mjs", "page.js", "browser"]);
      checkFiles("dist", [/\.js$/]);
      await checkPage(`${await serve(".")}bundle.html`, { allow: fromCode });
      return { version: versionOf("rollup") };
    },
  },
  {
    name: "rollup node",
    fixture,
    steady: true,
    async run({ run, check, checkFiles }) {
      await run(process.execPath, ["build.mjs", "node.js", "node"]);
      checkFiles("dist", [/\.js$/]);
      await check(["dist/node.js"]);
      return { version: versionOf("rollup") };
    },
  },
];
