/** Phrases: counted, frozen and applied to a text, beside gensim's, with gensim's very phrases and scores. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGLISH_CONNECTOR_WORDS, LineSentences, Phrases } from "../src/index.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";
import { Rival } from "./rivals.ts";
import { sliceOf } from "./training/corpus.ts";

const defaults = {
  /** how often each is measured, in turns */
  runs: 3,
  /** how much of the text; 0: all */
  megabytes: 0,
};

/** What is found must be the same: of the default scores, of npmi, and with connector words. */
const WAYS = [
  { scoring: "default" as const, threshold: 10, connectors: false },
  { scoring: "npmi" as const, threshold: 0.5, connectors: false },
  { scoring: "default" as const, threshold: 10, connectors: true },
];

/** Seconds of processor time, and what was found. */
interface Found {
  learn: number;
  freeze: number;
  apply: number;
  tokens: number;
  vocabSize: number;
  words: number;
  phrases: number;
}

export const bench: Bench<typeof defaults> = {
  name: "phrases",
  description:
    "seconds of processor time for gensim's Phrases, one thread: counted from a file, frozen, applied to the file",
  options: defaults,

  async run({ runs, megabytes }) {
    const source = sharedData("corpora/enwiki2014-100mb.txt.gz");
    if (!source) {
      console.log("not run: ../shared/data/corpora/enwiki2014-100mb.txt.gz is not there");
      return [];
    }
    const { path, words } = await sliceOf(source, megabytes, 5);
    const rival = await Rival.open("phrases.py");
    const folder = mkdtempSync(join(tmpdir(), "wasm2vec-phrases-"));
    try {
      const rows: Table["rows"] = [];
      for (const way of WAYS) rows.push(...(await compare(path, way, runs, join(folder, "phrases.json"), rival)));
      return [{ title: `${words} words of English Wikipedia, least of ${runs} runs`, rows }];
    } finally {
      rival?.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function compare(path: string, way: (typeof WAYS)[number], runs: number, into: string, rival?: Rival) {
  const ours: Found[] = [];
  const theirs: Found[] = [];
  for (let run = 0; run < runs; run++) {
    const { found, phrasegrams } = await findPhrases(path, way);
    ours.push(found);
    if (!rival) continue;
    theirs.push(await rival.ask({ corpus: path, ...way, into }));
    compareScores(phrasegrams, JSON.parse(readFileSync(into, "utf8")));
  }
  const counts = ({ tokens, vocabSize, words, phrases }: Found) =>
    `${vocabSize} words and pairs of ${words} words, ${phrases} phrases, ${tokens} tokens with them`;
  const found = new Set([...ours, ...theirs].map(counts));
  if (found.size > 1) throw new Error(`They found ${[...found].join(" and ")}.`);
  console.log(`${JSON.stringify(way)}: ${[...found]}`);
  return (["learn", "freeze", "apply"] as const).map((what) => {
    const [own, other] = [ours, theirs].map((all) => timesOf(all.map((each) => each[what])).min);
    return {
      scoring: `${way.scoring}${way.connectors ? ", connector words" : ""}`,
      what,
      "ours, s": Number(own.toFixed(2)),
      "gensim's, s": theirs.length ? Number(other.toFixed(2)) : "",
      "× gensim": theirs.length ? Number((other / own).toFixed(1)) : "",
    };
  });
}

async function findPhrases(path: string, { connectors, ...options }: (typeof WAYS)[number]) {
  const corpus = new LineSentences(path);
  const connectorWords = connectors ? ENGLISH_CONNECTOR_WORDS : [];
  const [learn, phrases] = await timed(() => Phrases.train(corpus, { ...options, connectorWords }));
  const [freeze, frozen] = await timed(async () => phrases.freeze());
  const [apply, tokens] = await timed(async () => {
    let count = 0;
    for await (const sentence of frozen.applyTo(corpus)) count += sentence.length;
    return count;
  });
  const { vocabSize, corpusWordCount: words } = phrases;
  phrases.close();
  const { phrasegrams } = frozen;
  return { phrasegrams, found: { learn, freeze, apply, tokens, vocabSize, words, phrases: phrasegrams.size } };
}

/** Processor time, all of the runtime's threads among it. */
async function timed<Result>(work: () => Promise<Result>): Promise<[seconds: number, result: Result]> {
  const begin = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(begin);
  return [(user + system) / 1e6, result];
}

/** The same phrases; scores may differ in the last bits of a logarithm. */
function compareScores(ours: ReadonlyMap<string, number>, theirs: Record<string, number>): void {
  const entries = Object.entries(theirs);
  if (entries.length !== ours.size) throw new Error(`${ours.size} phrases are not gensim's ${entries.length}.`);
  for (const [phrase, score] of entries) {
    const own = ours.get(phrase) ?? Number.NaN;
    if (!(Math.abs(own - score) <= 1e-13 * Math.abs(score))) {
      throw new Error(`${phrase} has the score ${own}; gensim's is ${score}.`);
    }
  }
}
