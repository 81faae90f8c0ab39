/** fastText, where it is installed, without its subwords: so it learns what the others do. */

import { existsSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { built, type Contender, common, lineThat } from "./contender.ts";
import { execute } from "./program.ts";

export function fastText(): Contender {
  return {
    name: "fasttext",
    seeds: "many",
    async prepare() {
      if (!programPath()) throw new Error("the command fasttext is not installed");
    },
    madeFrom: () => [programPath() ?? ""],
    async train({ text, configuration, threads, epochs, seed, vectors = built("fasttext.vec") }) {
      const { sg, hs, negative, vectorSize } = configuration;
      const settings = [
        ...["-input", text.path, "-output", vectors.replace(/\.vec$/, ""), "-minn", 0, "-maxn", 0],
        ...["-loss", hs ? "hs" : "ns", "-neg", negative, "-dim", vectorSize, "-ws", common.window],
        ...["-t", common.sample, "-lr", common.alpha, "-minCount", common.minCount],
        ...["-epoch", epochs, "-thread", threads, "-seed", seed],
      ];
      const { lines, peakBytes } = await execute("fasttext", [sg ? "skipgram" : "cbow", ...settings.map(String)]);
      const scanned = lineThat(lines, (said) => said.startsWith("Number of labels"));
      // the last line of its progress; making its tables counts as training
      const trained = lineThat([...lines].reverse(), (said) => said.startsWith("Progress"));
      return {
        wordsPerSecond: (text.words * epochs) / (trained.seconds - scanned.seconds),
        scannedPerSecond: text.words / scanned.seconds,
        peakBytes,
        ownBytes: 0,
        about: "without subwords",
      };
    },
  };
}

function programPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => resolve(folder, "fasttext")).find((path) => existsSync(path));
}
