// Calls npm: the one that runs the script, because node_modules/.bin holds an old one that a dev dependency brings.
import { spawnSync } from "node:child_process";

/**
 * @param options spawnSync's
 * @returns what npm printed
 * @throws with what it printed, when it fails
 */
export function npm(args, options = {}) {
  const script = process.env.npm_execpath;
  const [file, ...first] = script ? [process.execPath, script] : ["npm"];
  // outside a script, npm is a .cmd file on Windows
  const shell = !script && process.platform === "win32";
  const { status, stdout, stderr, error } = spawnSync(file, [...first, ...args], {
    encoding: "utf8",
    shell,
    ...options,
  });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} failed: ${error ?? stdout + stderr}`);
  return stdout;
}
