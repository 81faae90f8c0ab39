/** `import` and `require` in Node, in versions without require(esm) as well. */
import { existsSync } from "node:fs";
import { hostFile } from "../context.js";
import { suiteIn } from "../suite.js";

export const title = "Node";
export const checked = "the whole suite; `import` and `require`, in versions that cannot require a module as well";

const old = ["20.18", "22.0"].map((version) => ({
  name: `node ${version} require`,
  steady: true,
  async run({ check, run, writeCommonJs }) {
    const command = hostFile(`node-${version}-linux-x64/bin/node`);
    if (!existsSync(command)) return { reason: "no npm package of it for this machine" };
    await writeCommonJs("program", "node");
    await check(["node.cjs"], { command });
    const { stdout } = await run(command, ["--version"]);
    return { version: stdout.trim().slice(1) };
  },
}));

export const hosts = [
  {
    name: "node import",
    steady: true,
    async run({ check }) {
      await check(["node.js"]);
      return { version: process.versions.node };
    },
  },
  {
    name: "node require",
    steady: true,
    async run({ check, writeCommonJs }) {
      await writeCommonJs("program", "node");
      const output = await check(["--no-experimental-require-module", "node.cjs"]);
      if (/Warning/.test(output)) throw new Error(output);
      return { version: process.versions.node };
    },
  },
  ...old,
  ...["node 20", "node 22", "node 24"].map(suiteIn),
];
