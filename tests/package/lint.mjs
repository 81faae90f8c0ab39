/** What publint and @arethetypeswrong say of the packed library: nothing, where all is well. After a build. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { packTarball } from "../pack.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const tarball = packTarball();

const attw = [here("node_modules/@arethetypeswrong/cli/dist/index.js"), tarball, "--format", "table-flipped"];

const linters = [
  ["publint", here("node_modules/publint/src/cli.js"), tarball, "--strict"],
  ["attw", ...attw, "--entrypoints", "."],
  // the engine's files and the worker's script are for bundlers and import, and `exports` alone tells of them
  ["attw, what is no library", ...attw, "--exclude-entrypoints", ".", "--profile", "esm-only"],
];
const failed = linters.filter(([name, ...args]) => {
  console.log(`\n${name}`);
  return spawnSync(process.execPath, args, { stdio: "inherit" }).status !== 0;
});
console.log(`\npackage: ${linters.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length ? 1 : 0);
