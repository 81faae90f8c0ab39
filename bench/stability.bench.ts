/** Whether training stays finite, and learns what gensim learns, where steps are long: wide windows, high rates, few words. */

import { existsSync } from "node:fs";
import { LineSentences } from "../src/text/line-sentences.ts";
import { Word2Vec } from "../src/word2vec.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { groupedShare, smallCorpora } from "../tests/helpers/small-corpora.ts";
import type { Bench, Table } from "./bench.ts";
import { sliceOf } from "./training/corpus.ts";
import { mean } from "./training/quality.ts";

type Options = Parameters<typeof Word2Vec.train>[1];

const defaults = {
  /** a text file, one sentence a line, plain or gzipped, and how much of it: 20,000 lines of Wikipedia are 5.8 MB */
  corpus: "../shared/data/corpora/enwiki2014-100mb.txt.gz",
  megabytes: 5.8,
  seeds: 3,
  /** whether the same is trained with `reproduce`, some five times as long; 0: not */
  reproduce: 1,
  /** "english", "small" or both, with a comma between */
  parts: "english,small",
};

/** Skip-gram of two epochs, the rest as it is by default. */
const english: Options[] = [
  {},
  { window: 20 },
  { window: 20, vectorSize: 300 },
  { window: 10, alpha: 0.05 },
  { window: 5, alpha: 0.1 },
  { negative: 25, alpha: 0.05 },
  { negative: 25, alpha: 0.1 },
  { negative: 50, alpha: 0.05 },
  { negative: 50, alpha: 0.1 },
  { window: 10, negative: 25, shrinkWindows: false },
  { window: 15, negative: 20, sample: 0 },
  { window: 20, negative: 20 },
  { window: 10, negative: 10, sample: 0 },
  { hs: 1, negative: 0, window: 50 },
];

const small: Options[] = [
  { sg: 1, window: 10 },
  { sg: 1, window: 20, negative: 20 },
  { sg: 1, window: 10, negative: 20, alpha: 0.1 },
  { sg: 0, window: 20, negative: 20, alpha: 0.1 },
  { sg: 0, window: 10, cbowMean: 0 },
  { sg: 1, hs: 1, negative: 0, window: 20, alpha: 0.1 },
];

export const bench: Bench<typeof defaults> = {
  name: "stability",
  description: "the longest number and the quality where steps are long, beside reproduce's",
  options: defaults,

  async run(options) {
    const parts = options.parts.split(",");
    const tables: Table[] = [];
    if (parts.includes("english") && existsSync(options.corpus)) tables.push(await compareEnglish(options));
    if (parts.includes("small")) tables.push(await compareSmall(options));
    return tables;
  },
};

async function compareEnglish(options: typeof defaults): Promise<Table> {
  const { path } = await sliceOf(options.corpus, options.megabytes, 5);
  const rows = [];
  for (const what of english) {
    const train = { sg: 1, epochs: 2, ...what } as const;
    rows.push(
      await compareModes(what, options, async (mode) => {
        using model = await Word2Vec.train(new LineSentences(path), { ...train, ...mode });
        const pairs = sharedData("eval/wordsim353.tsv");
        const found = pairs && (await model.wv.evaluateWordPairs(pairs)).spearman.coefficient;
        return { longest: longestNumber(model), quality: 100 * (found || 0) };
      }),
    );
  }
  return { title: "English, skip-gram, two epochs: the largest |x|, and WordSim-353", rows };
}

async function compareSmall(options: typeof defaults): Promise<Table> {
  const rows = [];
  for (const [name, make] of Object.entries(smallCorpora)) {
    const corpus = make();
    for (const what of small) {
      const compared = await compareModes(what, options, async (mode) => {
        using model = await Word2Vec.train(corpus.sentences, { minCount: 1, vectorSize: 50, ...what, ...mode });
        const quality = 100 * groupedShare(corpus, (word) => model.wv.mostSimilar(word, { topn: 5 }));
        return { longest: longestNumber(model), quality };
      });
      rows.push({ corpus: name, ...compared });
    }
  }
  return { title: "Few words, five epochs: the largest |x|, and the % whose nearest word is of their group", rows };
}

/** One configuration with all seeds, in the default mode and in gensim's. */
async function compareModes(
  what: Options,
  { seeds, reproduce }: typeof defaults,
  train: (mode: Options) => Promise<{ longest: number; quality: number }>,
): Promise<Table["rows"][number]> {
  const row: Table["rows"][number] = { options: JSON.stringify(what).replaceAll('"', "").slice(1, -1) || "defaults" };
  for (const [name, mode] of [["", {}] as const, ["gensim's ", { reproduce: "gensim-4.4" }] as const]) {
    if (name && !reproduce) continue;
    const runs = [];
    for (let seed = 1; seed <= seeds; seed++) runs.push(await orDiverged(train({ ...mode, seed })));
    row[`${name}max`] = Number(Math.max(...runs.map(({ longest }) => longest)).toFixed(1));
    row[`${name}quality`] = Number(mean(runs.map(({ quality }) => quality)).toFixed(1));
    row[`${name}seeds`] = runs.map(({ quality }) => quality.toFixed(1)).join(" ");
  }
  console.error(Object.values(row).join(" | "));
  return row;
}

async function orDiverged(run: Promise<{ longest: number; quality: number }>) {
  try {
    return await run;
  } catch (error) {
    console.error((error as Error).message);
    return { longest: Number.POSITIVE_INFINITY, quality: 0 };
  }
}

function longestNumber(model: Word2Vec): number {
  return model.wv.toMatrix().data.reduce((longest, value) => Math.max(longest, Math.abs(value)), 0);
}
