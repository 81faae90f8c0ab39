/** The scan: from a text, or from sentences in memory, to a counted vocabulary and the corpus as ids; beside gensim's. */

import type { Corpus } from "../src/corpus/corpus.ts";
import { scanCorpus } from "../src/corpus/scan.ts";
import { LineSentences } from "../src/text/line-sentences.ts";
import { chooseWords } from "../src/vocabulary/choose-words.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";
import { Rival } from "./rivals.ts";
import { sliceOf } from "./training/corpus.ts";

const defaults = {
  /** how often each is measured, in turns */
  runs: 5,
  /** how much of each text; 0: all */
  megabytes: 0,
};

const rules = {
  ...{ minCount: 5, maxVocabSize: null, maxFinalVocab: null, trimRule: null, sortedVocab: true, nullWord: false },
  ...{ reproduce: "gensim-4.4" as const, batchWords: 10_000, corpusMemory: 2 ** 30, keepIds: true },
};

/** Milliseconds, and what was found. */
interface Scan {
  scan: number;
  choice: number;
  found: string;
}

export const bench: Bench<typeof defaults> = {
  name: "scan",
  description: "million words a second from text to a vocabulary, and to ids, one thread",
  options: defaults,

  async run({ runs, megabytes }) {
    const rival = await Rival.open("scan.py");
    const tables: Table[] = [];
    for (const name of ["enwiki2014-100mb.txt.gz", "zhwiki2023-12mb-segmented.txt.gz"]) {
      const source = sharedData(`corpora/${name}`);
      if (!source) console.log(`not run: ../shared/data/corpora/${name} is not there`);
      else tables.push(await compare(name, source, { runs, megabytes }, rival));
    }
    rival?.close();
    return tables;
  },
};

async function compare(name: string, source: string, { runs, megabytes }: typeof defaults, rival?: Rival) {
  const { path, words, distinct } = await sliceOf(source, megabytes, rules.minCount);
  const corpora: [from: string, open: () => Promise<Corpus>, gensimFrom?: string][] = [
    ["a file", async () => new LineSentences(path), "file"],
    ["sentences in memory", () => sentencesOf(path), "list"],
  ];
  if (!megabytes) corpora.splice(1, 0, ["the gzipped file", async () => new LineSentences(source)]);
  const rows: Table["rows"] = [];
  for (const [from, open, gensimFrom] of corpora) {
    const ours: Scan[] = [];
    const theirs: Scan[] = [];
    // the first run of each warms up
    for (let run = 0; run <= runs; run++) {
      ours.push(await scan(await open()));
      if (rival && gensimFrom) theirs.push(await scanByGensim(rival, path, gensimFrom));
    }
    rows.push(rowOf(from, words, ours.slice(1), theirs.slice(1)));
  }
  return { title: `${name}: ${words} words, ${distinct} different`, rows };
}

function rowOf(from: string, words: number, ours: Scan[], theirs: Scan[]): Table["rows"][number] {
  const different = new Set([...ours, ...theirs].map(({ found }) => found));
  if (different.size > 1) throw new Error(`From ${from}, scans found ${[...different].join(" and ")}.`);
  const [scan, rivals] = [ours, theirs].map((scans) => timesOf(scans.map(({ scan }) => scan)).median);
  const [choice, rivalsChoice] = [ours, theirs].map((scans) => timesOf(scans.map(({ choice }) => choice)).median);
  const speed = (milliseconds: number) => Number((words / 1000 / milliseconds).toFixed(1));
  return {
    from,
    "M words/s": speed(scan),
    least: speed(Math.max(...ours.map(({ scan }) => scan))),
    most: speed(Math.min(...ours.map(({ scan }) => scan))),
    "ms to choose": Math.round(choice),
    "gensim's": theirs.length ? speed(rivals) : "",
    "× gensim": theirs.length ? Number((rivals / scan).toFixed(1)) : "",
    "× gensim, with the choice": theirs.length ? Number(((rivals + rivalsChoice) / (scan + choice)).toFixed(1)) : "",
  };
}

async function scan(corpus: Corpus): Promise<Scan> {
  const begin = performance.now();
  const { vocabulary, encoded } = await scanCorpus(corpus, rules);
  const scanned = performance.now();
  const found = `${encoded.words} words in ${encoded.sentences} sentences, ${vocabulary.size} different`;
  chooseWords(vocabulary, rules);
  const end = performance.now();
  vocabulary.close();
  await encoded.close();
  return { scan: scanned - begin, choice: end - scanned, found };
}

async function scanByGensim(rival: Rival, corpus: string, from: string): Promise<Scan> {
  const { scan, choice, words, sentences, different } = await rival.ask({ corpus, from });
  const found = `${words} words in ${sentences} sentences, ${different} different`;
  return { scan: scan * 1000, choice: choice * 1000, found };
}

/** New strings for each run: those that were hashed before are found sooner. */
async function sentencesOf(path: string): Promise<string[][]> {
  const sentences: string[][] = [];
  for await (const words of new LineSentences(path)) sentences.push(words);
  return sentences;
}
