/** Bun as a bundler: its copies hold no files, so the engine and the worker are those within the code. */
import { fileURLToPath } from "node:url";
import { findRuntime } from "../../runtimes/runtimes.js";
import { fromCode } from "../context.js";
import { suiteIn } from "../suite.js";

export const title = "Bun";
export const checked = "the whole suite; `bun build` for a page, Node and Bun, `bun build --compile`";

const fixture = fileURLToPath(new URL("../rollup/fixture", import.meta.url));

const kinds = {
  async page({ run, serve, checkPage, checkFiles }, bun) {
    await run(bun, ["build", "page.js", "--outdir=dist", "--target=browser"]);
    checkFiles("dist", [/\.js$/]);
    await checkPage(`${await serve(".")}bundle.html`, { allow: fromCode });
  },
  async node({ run, check, checkFiles }, bun) {
    await run(bun, ["build", "node.js", "--outdir=dist", "--target=node"]);
    checkFiles("dist", [/\.js$/]);
    await check(["dist/node.js"]);
  },
  async bun({ run, check, checkFiles }, bun) {
    await run(bun, ["build", "node.js", "--outdir=dist", "--target=bun"]);
    checkFiles("dist", [/\.js$/]);
    await check(["dist/node.js"], { command: bun });
  },
  async compile({ run, check, folder }, bun) {
    await run(bun, ["build", "node.js", "--compile", "--outfile=dist/program"]);
    await check([], { command: `${folder}/dist/program`, cwd: "/" });
  },
};

const builds = Object.entries(kinds).map(([kind, body]) => ({
  name: `bun build ${kind}`,
  fixture,
  steady: true,
  async run(context) {
    const { reason, command } = findRuntime("bun");
    if (reason) return { reason };
    await body(context, command);
    const { stdout } = await context.run(command, ["--version"]);
    return { version: stdout.trim() };
  },
}));

export const hosts = [suiteIn("bun"), ...builds];
