/** Deno without a single permission, and what it bundles and compiles. */
import { findRuntime } from "../../runtimes/runtimes.js";
import { suiteIn } from "../suite.js";

export const title = "Deno";
export const checked = "the whole suite; `deno run` without permissions, `deno bundle`, `deno compile`";

const options = ["--no-prompt", "--node-modules-dir=manual", "--no-remote", "--cached-only"];

const kinds = {
  async "without permissions"({ check }, deno) {
    await check(["run", ...options, "node.js"], { command: deno });
  },
  async bundle({ run, check }, deno) {
    await run(deno, ["bundle", "--node-modules-dir=manual", "--output=dist/node.js", "node.js"]);
    await check(["run", "--no-prompt", "dist/node.js"], { command: deno });
  },
  async compile({ run, check, folder }, deno) {
    try {
      await run(deno, ["compile", ...options, "--output=dist/program", "node.js"]);
    } catch (error) {
      if (/Download .*denort/.test(error.message)) return "deno downloads the program that it compiles into";
      throw error;
    }
    await check([], { command: `${folder}/dist/program`, cwd: "/" });
  },
};

const builds = Object.entries(kinds).map(([kind, body]) => ({
  name: `deno ${kind}`,
  steady: kind === "without permissions",
  async run(context) {
    const { reason, command } = findRuntime("deno");
    if (reason) return { reason };
    const lacking = await body(context, command);
    if (lacking) return { reason: lacking };
    const { stdout } = await context.run(command, ["--version"]);
    return { version: stdout.match(/deno ([\d.]+)/)[1] };
  },
}));

export const hosts = [suiteIn("deno"), ...builds];
