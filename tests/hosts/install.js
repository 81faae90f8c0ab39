/** Installs what the hosts need, and only when it changed, and makes a user's project for each. */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installLocked, installRuntimes, makeConsumer } from "../runtimes/install.js";

const here = fileURLToPath(new URL(".", import.meta.url));
// Below this folder, so that a project finds the hosts' packages in the node_modules above it.
const scratch = join(here, ".scratch");
const installed = join(scratch, "installed");

/** The runtimes' and the hosts' packages, as their lock files have them, and the packed library. */
export function installHosts(tarball) {
  installRuntimes();
  installLocked(here, "installing the hosts: about 1 GB, until tests/hosts/package-lock.json changes");
  makeConsumer(installed, tarball);
  // Bun, tsx and others obey the nearest tsconfig.json: the library's own is not the user's
  writeFileSync(join(scratch, "tsconfig.json"), "{}\n");
}

/**
 * A project of its own: what is in fixture/, over it what is in `fixture`, and the library in node_modules.
 *
 * @returns its folder
 */
export function makeProject(name, fixture) {
  const folder = join(scratch, name.replaceAll(/[^\w.]+/g, "-"));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(here, "fixture"), folder, { recursive: true });
  if (fixture && existsSync(fixture)) cpSync(fixture, folder, { recursive: true });
  cpSync(join(installed, "node_modules"), join(folder, "node_modules"), { recursive: true });
  return folder;
}
