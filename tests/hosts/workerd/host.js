/** workerd, with a bundle as wrangler makes it. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findRuntime } from "../../runtimes/runtimes.js";
import { suiteIn } from "../suite.js";

export const title = "workerd";
export const checked = "the whole suite in a Worker bundled as wrangler does; the example with its static assets";

const beside = (path) => fileURLToPath(new URL(path, import.meta.url));

const example = {
  name: "workerd example",
  async run({ folder, run }) {
    const { reason } = findRuntime("workerd");
    if (reason) return { reason };
    cpSync(beside("../../../examples"), join(folder, "examples"), { recursive: true });
    await run(process.execPath, ["examples/search-page/build.js"]);
    const { stdout } = await run(process.execPath, [beside("../../runtimes/worker-example.js"), ".", "slugs at night"]);
    const { version, answers } = JSON.parse(stdout);
    if (answers.length !== 3 || answers[0].id !== "garden.md:22") throw new Error(stdout);
    return { version };
  },
};

export const hosts = [suiteIn("workerd"), example];
