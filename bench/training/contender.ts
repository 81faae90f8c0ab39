/** What the training bench asks of those it measures. */

import type { TrainingText } from "./corpus.ts";
import { execute, type Line } from "./program.ts";

/** What is trained; the rest is in `common`. */
export interface Configuration {
  name: string;
  sg: 0 | 1;
  hs: 0 | 1;
  negative: number;
  vectorSize: number;
}

/** The same for everybody, also where a program has other defaults. */
export const common = { window: 5, sample: 1e-3, minCount: 5, alpha: 0.025 };

export interface Training {
  text: TrainingText;
  configuration: Configuration;
  threads: number;
  epochs: number;
  seed: number;
  /** where the vectors go, in word2vec's text format; nowhere when it is only about time */
  vectors?: string;
}

export interface Outcome {
  /** raw words; without start-up, scan and saving */
  wordsPerSecond: number;
  scannedPerSecond: number;
  /** the most that was resident at a time; 0 where the system does not tell */
  peakBytes: number;
  /** of them, what the runtime takes before it has seen a word */
  ownBytes: number;
  /** the version and the like */
  about: string;
}

export interface Contender {
  name: string;
  /** makes it ready @throws with the reason why it cannot run here */
  prepare(): Promise<unknown>;
  /** in a new process */
  train(training: Training): Promise<Outcome>;
  /** with how many seeds its quality is judged: "none" where it trains as another contender does */
  seeds: "many" | "one" | "none";
  /** with more it is not measured; no limit where it is not given */
  mostThreads?: number;
  /** the files that its vectors depend on */
  madeFrom(): string[];
}

/** Where the bench keeps what it makes, and the programs that it needs. */
export const built = (name: string) => `build/bench/${name}`;
export const rival = (name: string) => `bench/rivals/${name}`;
export const python = built(process.platform === "win32" ? "python/Scripts/python.exe" : "python/bin/python");

/** Makes ready what one of rivals/install.js's parts is about @throws with the reason why it cannot */
export const install = (what: "python" | "word2vec") => execute(process.execPath, [rival("install.js"), what]);

/** @throws when a program did not say what it says when it works */
export function lineThat(lines: Line[], accept: (text: string) => boolean): Line {
  const found = lines.find(({ text }) => accept(text));
  if (found) return found;
  const said = lines.slice(-12).map(({ text }) => text);
  throw new Error(`unexpected output: ${said.join("\n")}`);
}

/** The outcome of a process that prints its own times as JSON: train-in-node.js, gensim_train.py. */
export function reported(lines: Line[], { text, epochs }: Training): Omit<Outcome, "peakBytes"> {
  const report = JSON.parse(lineThat(lines, (said) => said.startsWith("{")).text);
  return {
    wordsPerSecond: (text.words * epochs) / report.trainSeconds,
    scannedPerSecond: text.words / report.scanSeconds,
    ownBytes: report.ownBytes,
    about: report.about,
  };
}
