/** Who is measured in the training bench, and how each is told to train. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { TrainingText } from "./corpus.ts";
import { type Execution, execute, type Line } from "./program.ts";

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
  train(training: Training): Promise<Outcome>;
  /** whether its quality is judged, with how many seeds: "none" trains as another contender does */
  seeds: "many" | "one" | "none";
  /** the files that its vectors depend on */
  madeFrom(): string[];
}

const rival = (name: string) => `bench/rivals/${name}`;
const built = (name: string) => `build/bench/${name}`;
export const python = built(process.platform === "win32" ? "python/Scripts/python.exe" : "python/bin/python");
const nullDevice = process.platform === "win32" ? "NUL" : "/dev/null";

export const contenders: Contender[] = [
  wasm2vec("wasm2vec", {}),
  wasm2vec("wasm2vec-reproduce", { reproduce: "gensim-4.4" }),
  gensim(),
  word2vec("word2vec.c", "word2vec-native", "one"),
  word2vec("word2vec.c-generic", "word2vec-generic", "none"),
  fastText(),
];

/** Ours: a Node process that knows the library by its public names. */
function wasm2vec(name: string, more: object): Contender {
  return {
    name,
    seeds: "many",
    prepare: async () => {},
    // index.js names its chunks by their content
    madeFrom: () => ["build/engine.wasm", "build/index.js"],
    async train({ text, configuration, threads, epochs, seed, vectors }) {
      const { name, ...what } = configuration;
      const options = { ...common, ...what, ...more, workers: threads, epochs, seed };
      const job = JSON.stringify({ corpus: text.path, options, vectors });
      return reported(await execute(process.execPath, ["bench/train-once.js", job]), text, epochs);
    },
  };
}

/** gensim trains on a list of sentences and on a file; from the first run on it is the faster of the two that counts. */
function gensim(): Contender {
  const faster = new Map<string, "list" | "file">();
  return {
    name: "gensim",
    seeds: "many",
    prepare: () => execute(process.execPath, [rival("install.js"), "gensim"]),
    madeFrom: () => [rival("requirements.txt"), rival("gensim_train.py")],
    async train(training) {
      const key = `${training.configuration.name}, ${training.threads} threads`;
      const known = faster.get(key) ?? (training.vectors ? "list" : undefined);
      if (known) return trainGensim(training, known);
      const list = await trainGensim(training, "list");
      const file = await trainGensim(training, "file");
      const isList = list.wordsPerSecond > file.wordsPerSecond;
      faster.set(key, isList ? "list" : "file");
      return isList ? list : file;
    },
  };
}

async function trainGensim(training: Training, feed: "list" | "file"): Promise<Outcome> {
  const { text, configuration, threads, epochs, seed, vectors } = training;
  const { sg, hs, negative, vectorSize: vector_size } = configuration;
  const { minCount: min_count, ...rest } = common;
  const options = { ...rest, min_count, sg, hs, negative, vector_size, workers: threads, epochs, seed };
  const job = JSON.stringify({ corpus: text.path, feed, options, vectors });
  const execution = await execute(python, [rival("gensim_train.py"), job], { env: oneBlasThread() });
  const outcome = reported(execution, text, epochs);
  return { ...outcome, about: `${outcome.about}, ${feed} mode` };
}

/** BLAS with one thread, free to choose the kernel for this processor. */
function oneBlasThread(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...environment } = process.env;
  return { ...environment, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
}

/** The outcome of a process that prints its own times as JSON. */
function reported({ lines, peakBytes }: Execution, text: TrainingText, epochs: number): Outcome {
  const { scanSeconds, trainSeconds, ownBytes, about } = JSON.parse(
    lineThat(lines, (said) => said.startsWith("{")).text,
  );
  return {
    wordsPerSecond: (text.words * epochs) / trainSeconds,
    scannedPerSecond: text.words / scanSeconds,
    peakBytes,
    ownBytes,
    about,
  };
}

/** @throws when a program did not say what it says when it works */
function lineThat(lines: Line[], accept: (text: string) => boolean): Line {
  const found = lines.find(({ text }) => accept(text));
  if (found) return found;
  throw new Error(
    `unexpected output: ${lines
      .slice(-12)
      .map(({ text }) => text)
      .join("\n")}`,
  );
}

/** The C program, which reads file names of 100 bytes at most, has no seed and scans without training when asked. */
function word2vec(name: string, program: string, seeds: "one" | "none"): Contender {
  return {
    name,
    seeds,
    prepare: () => execute(process.execPath, [rival("install.js"), "word2vec"]),
    madeFrom: () => [rival("package-lock.json"), rival("install.js")],
    async train({ text, configuration, threads, epochs, vectors }) {
      const inFolder = (path: string) => path.replace("build/bench/", "");
      const run = (...args: (string | number)[]) =>
        execute(resolve(built(program)), args.map(String), { cwd: "build/bench" });
      const input = ["-train", inFolder(text.path), "-min-count", common.minCount];
      const scan = await run(...input, "-save-vocab", "word2vec.vocab");
      const { sg, hs, negative, vectorSize } = configuration;
      const { lines, peakBytes } = await run(
        ...input,
        ...["-read-vocab", "word2vec.vocab", "-output", vectors ? inFolder(vectors) : nullDevice],
        ...["-cbow", 1 - sg, "-hs", hs, "-negative", negative, "-size", vectorSize, "-window", common.window],
        ...["-sample", common.sample, "-alpha", common.alpha, "-iter", epochs, "-threads", threads],
      );
      return {
        wordsPerSecond: text.words * epochs * progressPerSecond(lines),
        scannedPerSecond: text.words / scan.seconds,
        peakBytes: Math.max(scan.peakBytes, peakBytes),
        ownBytes: 0,
        about: program === "word2vec-native" ? "gcc -O3 -march=native" : "gcc -O3",
      };
    },
  };
}

/** fastText without its subwords, so that it learns what the others do. Making its tables counts as training. */
function fastText(): Contender {
  return {
    name: "fasttext",
    seeds: "many",
    async prepare() {
      if (!programPath("fasttext")) throw new Error("fasttext is not installed");
    },
    madeFrom: () => [programPath("fasttext") as string],
    async train({ text, configuration, threads, epochs, seed, vectors }) {
      const { sg, hs, negative, vectorSize } = configuration;
      const output = vectors?.replace(/\.vec$/, "") ?? built("fasttext");
      const settings = [
        ...["-input", text.path, "-output", output, "-minn", 0, "-maxn", 0, "-loss", hs ? "hs" : "ns"],
        ...["-neg", negative, "-dim", vectorSize, "-ws", common.window, "-t", common.sample, "-lr", common.alpha],
        ...["-minCount", common.minCount, "-epoch", epochs, "-thread", threads, "-seed", seed],
      ];
      const { lines, peakBytes } = await execute("fasttext", [sg ? "skipgram" : "cbow", ...settings.map(String)]);
      const scanned = lineThat(lines, (said) => said.startsWith("Number of labels"));
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

function programPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(process.platform === "win32" ? ";" : ":");
  return folders.map((folder) => resolve(folder, name)).find((path) => existsSync(path));
}

/**
 * The share of the work that the C program does in a second, from the first to the last "Progress: 12.34%" that it
 * prints: so neither what comes before the training nor the saving counts.
 *
 * @throws when the last one is far from the end: another edition of the program stops after one epoch
 */
function progressPerSecond(lines: Line[]): number {
  const marks = lines.flatMap(({ seconds, text }) => {
    const percent = /Progress:\s*([\d.]+)%/.exec(text)?.[1];
    return percent ? [{ seconds, share: Number(percent) / 100 }] : [];
  });
  if (marks.length < 3) throw new Error("it was over at once: there is too little text to measure on");
  const [first, last] = [marks[0], marks[marks.length - 1]];
  if (last.share < 0.9) throw new Error(`it stopped at ${100 * last.share} % of its work`);
  return (last.share - first.share) / (last.seconds - first.seconds);
}
