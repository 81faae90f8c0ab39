/** Installs what the suite needs, and only when it changed: the runtimes, and the packed library as a user has it. */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "../../npm.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
export const consumer = join(here, ".consumer");
const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
const suite = ["smoke.js", "model-folder.js", "outcome.js", "run-file.js", "page.js", "worker.js"];

/** The runtimes' own packages, as the lock file has them. */
export function installRuntimes() {
  installLocked(here, "installing the runtimes: about 1 GB, until tests/runtimes/package-lock.json changes");
}

/** Installs what the folder's lock file has, when that changed. */
export function installLocked(folder, message) {
  once(join(folder, "node_modules"), join(folder, "package-lock.json"), () => {
    console.log(message);
    npm(["ci", "--ignore-scripts", "--include=dev", "--include=optional", ...quiet], { cwd: folder });
  });
}

/** A project that has the tarball as its dependency, and a copy of the suite that imports it by name. */
export function installTarball(tarball) {
  makeConsumer(consumer, tarball);
  for (const file of suite) copyFileSync(join(here, file), join(consumer, file));
}

/** A user's project in `folder`: the tarball is its one dependency. */
export function makeConsumer(folder, tarball) {
  once(join(folder, "node_modules"), tarball, () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }\n');
    // Bun obeys the nearest tsconfig.json: the library's own, which names its sources, is not the user's
    writeFileSync(join(folder, "tsconfig.json"), "{}\n");
    npm(["install", resolve(tarball), "--ignore-scripts", "--no-save", "--no-package-lock", ...quiet], {
      cwd: folder,
    });
  });
}

/** Calls `install` unless the folder's stamp says that it was made from the same file; a broken one has no stamp. */
function once(folder, file, install) {
  const stamp = join(folder, ".made-from");
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  rmSync(stamp, { force: true });
  install();
  writeFileSync(stamp, hash);
}
