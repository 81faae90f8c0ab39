/** Training: speed, memory and quality of ours and of the programs people use, in one run. */

import { mkdirSync, writeFileSync } from "node:fs";
import type { Bench, Table } from "./bench.ts";
import { type Configuration, type Contender, common } from "./training/contender.ts";
import { contenders } from "./training/contenders.ts";
import { sliceOf, type TrainingText } from "./training/corpus.ts";
import { measureNoise, noiseTable } from "./training/noise.ts";
import { plot } from "./training/plot.ts";
import { judge, qualityTable, sectionTables } from "./training/quality.ts";
import { memoryTable, type Sample, scanTable, speedTable } from "./training/speed.ts";

const configurations: Configuration[] = [
  { name: "skip-gram", sg: 1, hs: 0, negative: 5, vectorSize: 100 },
  { name: "cbow", sg: 0, hs: 0, negative: 5, vectorSize: 100 },
  { name: "skip-gram-hs", sg: 1, hs: 1, negative: 0, vectorSize: 100 },
  { name: "skip-gram-300", sg: 1, hs: 0, negative: 5, vectorSize: 300 },
];

const defaults = {
  /** a text file, one sentence a line, plain or gzipped */
  corpus: "../shared/data/corpora/enwiki2014-100mb.txt.gz",
  /** who, and what: names with commas between */
  contenders: "wasm2vec,wasm2vec-relaxed,wasm2vec-chromium,gensim,word2vec.c,word2vec.c-generic,fasttext",
  configurations: "skip-gram,cbow,skip-gram-hs,skip-gram-300",
  /** speed: how often each is measured, with how many threads, on how much of the corpus; 0 runs: not at all */
  runs: 5,
  threads: "1,2",
  megabytes: 28,
  /** quality: with how many seeds, epochs and threads, on how much of the corpus (0: all); 0 seeds: not at all */
  seeds: 0,
  epochs: 5,
  qualityThreads: 1,
  qualityMegabytes: 0,
  /** noise, which comes with quality: on so many lines of the corpus; 0: not at all */
  noiseLines: 20_000,
};

export const bench: Bench<typeof defaults> = {
  name: "training",
  description: `speed, memory and, with --seeds, quality (${Object.entries(common).flat().join(" ")})`,
  options: defaults,

  async run(options) {
    mkdirSync("build/bench", { recursive: true });
    const who = await ready(chosen(contenders, options.contenders));
    const what = chosen(configurations, options.configurations);
    const tables: Table[] = [];
    let samples: Sample[] = [];
    if (options.runs) {
      const text = await sliceOf(options.corpus, options.megabytes, common.minCount);
      samples = await measure(who, what, text, options);
      tables.push(speedTable(samples, text), scanTable(samples), memoryTable(samples, text, what));
    }
    if (options.seeds) {
      const text = await sliceOf(options.corpus, options.qualityMegabytes, common.minCount);
      const trained = { seeds: options.seeds, epochs: options.epochs, threads: options.qualityThreads };
      const results = await judge(who, what, text, trained);
      tables.push(qualityTable(results, text, options.epochs), ...sectionTables(results));
      if (options.noiseLines) {
        const noise = { ...trained, lines: options.noiseLines };
        tables.push(noiseTable(await measureNoise(who, what, text, noise), noise.lines, noise.seeds));
      }
      if (options.runs) writeFileSync("build/bench/training.svg", plot(samples, results));
    }
    return tables;
  },
};

/** Those named, in the list's order. */
function chosen<Named extends { name: string }>(all: Named[], names: string): Named[] {
  const asked = names.split(",");
  const unknown = asked.find((name) => !all.some((one) => one.name === name));
  if (unknown === undefined) return all.filter(({ name }) => asked.includes(name));
  throw new Error(`There is no "${unknown}"; there are ${all.map(({ name }) => name).join(", ")}.`);
}

/** Those that this machine can run; of the others it says why not. */
async function ready(who: Contender[]): Promise<Contender[]> {
  const able: Contender[] = [];
  for (const contender of who) {
    try {
      await contender.prepare();
      able.push(contender);
    } catch (error) {
      console.log(`\nnot run: ${contender.name}: ${(error as Error).message}`);
    }
  }
  return able;
}

/** Whoever fails is named and the others go on, for the whole takes long. */
async function measure(who: Contender[], what: Configuration[], text: TrainingText, options: typeof defaults) {
  const samples: Sample[] = [];
  for (const { run, configuration, threads, contender } of turns(who, what, options)) {
    const label = `run ${run + 1}: ${configuration.name}, threads ${threads}, ${contender.name}`;
    try {
      const outcome = await contender.train({ text, configuration, threads, epochs: 1, seed: 1 + run });
      samples.push({ ...outcome, run, configuration: configuration.name, threads, contender: contender.name });
      console.error(`${label}: ${Math.round(outcome.wordsPerSecond / 1000)}k words/s`);
    } catch (error) {
      console.error(`${label}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
  return samples;
}

/** Everybody once, then everybody again: what slows the machine down for a while slows all of them. */
function* turns(who: Contender[], what: Configuration[], options: typeof defaults) {
  for (let run = 0; run < options.runs; run++) {
    for (const configuration of what) {
      for (const threads of options.threads.split(",").map(Number)) {
        const able = who.filter(({ mostThreads = threads }) => threads <= mostThreads);
        for (const contender of able) yield { run, configuration, threads, contender };
      }
    }
  }
}
