/** A runtime of tests/runtimes, with the whole suite that it runs there, as a host. */
import { fileURLToPath } from "node:url";
import { findRuntime } from "../runtimes/runtimes.js";

const script = fileURLToPath(new URL("../runtimes/run.mjs", import.meta.url));

/** @param name one of the runtimes' names */
export const suiteIn = (name) => ({
  name: `${name} suite`,
  async run({ run, tarball }) {
    const { reason } = findRuntime(name);
    if (reason) return { reason };
    const { stdout } = await run(process.execPath, [script, tarball, name]);
    return { version: stdout.match(/ ([\d.-]+) +passed/)[1] };
  },
});
