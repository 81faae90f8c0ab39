/** Starts the Chromium of tests/runtimes/node_modules. */
import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import packed, { inflate } from "@sparticuz/chromium";
import { chromium } from "playwright-core";

const flags =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/** @returns playwright's Browser */
export async function launchChromium() {
  const folder = await unpackChromium();
  return chromium.launch({
    executablePath: join(folder, "chromium"),
    args: flags.split(" "),
    // The package brings the system libraries that Chromium needs, so that none has to be installed.
    env: { ...process.env, LD_LIBRARY_PATH: join(folder, "al2023", "lib") },
  });
}

/** Unpacks once, into node_modules: in the temporary folder, a Chromium left by another version would be taken. */
async function unpackChromium() {
  const folder = fileURLToPath(new URL("node_modules/.cache/chromium", import.meta.url));
  if (existsSync(folder)) return folder;
  const beside = `${folder}.${process.pid}`;
  await mkdir(beside, { recursive: true });
  const temporary = tmpdir();
  process.env.TMPDIR = beside; // the package unpacks into the temporary folder and nowhere else
  await packed.executablePath();
  await inflate(fileURLToPath(new URL("../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium"))));
  process.env.TMPDIR = temporary;
  await rename(beside, folder);
  return folder;
}
