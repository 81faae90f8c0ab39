/** Ours in a page of headless Chromium, the one that the tests bring: tests/runtimes. */

import { copyFileSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { built, type Contender, common, lineThat } from "./contender.ts";
import { execute } from "./program.ts";

const runtimes = "tests/runtimes";
const page = built("page");

export function chromium(name: string): Contender {
  return {
    name,
    seeds: "none",
    mostThreads: 1,
    async prepare() {
      if (!existsSync(join(runtimes, "node_modules")))
        throw new Error(`${runtimes} is not installed; npm test does it`);
    },
    madeFrom: () => [],
    async train({ text, configuration, threads, epochs, seed }) {
      const { name: _, ...what } = configuration;
      makePage(text.path, { ...common, ...what, workers: threads, epochs, seed });
      const { lines } = await execute(...(await browserCommand()));
      const { version, values, error } = JSON.parse(lineThat(lines, (said) => said.startsWith("{")).text);
      if (error) throw new Error(`in the page: ${error}`);
      return {
        wordsPerSecond: (text.words * epochs) / values.trainSeconds,
        scannedPerSecond: text.words / values.scanSeconds,
        peakBytes: 0,
        ownBytes: 0,
        about: `Chromium ${version}`,
      };
    },
  };
}

/** The tests' server of pages gives what lies in a folder, and the library in its node_modules. */
async function browserCommand(): Promise<[string, string[]]> {
  const { findRuntime } = await import(resolve(runtimes, "runtimes.js"));
  const { reason, command, args } = findRuntime("chromium");
  if (reason) throw new Error(reason);
  return [command, [args[0], page]];
}

function makePage(text: string, options: object): void {
  rmSync(page, { recursive: true, force: true });
  mkdirSync(join(page, "node_modules", "@huggingface"), { recursive: true });
  symlinkSync(resolve("."), join(page, "node_modules", "wasm2vec"));
  symlinkSync(
    resolve("node_modules/@huggingface/tokenizers"),
    join(page, "node_modules", "@huggingface", "tokenizers"),
  );
  symlinkSync(resolve(text), join(page, "corpus.txt"));
  copyFileSync("bench/training/train-in-page.js", join(page, "page.js"));
  copyFileSync("bench/training/train.js", join(page, "train.js"));
  writeFileSync(join(page, "options.json"), JSON.stringify(options));
}
