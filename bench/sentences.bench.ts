/** Static encoders: sentences to vectors beside model2vec, which must give the same; and what such vectors are worth. */

import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { joinBytes } from "../src/files/bytes.ts";
import { safetensorsChunks } from "../src/formats/safetensors.ts";
import { AutoTokenizer, EmbeddingMatrix, LineSentences, StaticModel, Word2Vec } from "../src/index.ts";
import { spearman } from "../src/math/correlation.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";
import { Rival } from "./rivals.ts";
import { sliceOf } from "./training/corpus.ts";

const defaults = {
  /** how many sentences, of how many words */
  sentences: 10_000,
  words: 20,
  /** D */
  dimension: 256,
  /** how often each is measured, in turns */
  runs: 5,
  /** of how many megabytes of text word vectors are trained, whose worth is measured */
  megabytes: 20,
};

/** Of sentences that are encoded one by one. */
const ONE = 1000;

/** Human judgements of pairs of words: two words and a score a line. */
const PAIRS = ["EN-MEN-TR-3k.txt", "simlex999.txt", "wordsim353.tsv"];

/** Sentences that say different things of a pair's words. */
const SENTENCES: readonly [string, (word: string) => string, (word: string) => string][] = [
  ["the words", (word) => word, (word) => word],
  ["in sentences", (word) => `we talked about the ${word} yesterday`, (word) => `everyone in town asked for a ${word}`],
];

export const bench: Bench<typeof defaults> = {
  name: "sentences",
  description:
    "static encoders: milliseconds of processor time, one thread, least of some runs, with BERT's tokenizer and a table of random numbers; and Spearman's correlation with what people say of pairs of words",
  options: defaults,

  async run(options) {
    const tokenizer = sharedData("tokenizers/bert-base-uncased");
    const corpus = sharedData("corpora/enwiki2014-100mb.txt.gz");
    if (!tokenizer || !corpus) {
      console.log("not run: ../shared/data is not there");
      return [];
    }
    const rival = await Rival.open("sentences.py");
    const folder = mkdtempSync(join(tmpdir(), "wasm2vec-sentences-"));
    try {
      const { path } = await sliceOf(corpus, options.megabytes, 5);
      const sentences = await firstSentences(path, options);
      writeFileSync(join(folder, "sentences.json"), JSON.stringify(sentences));
      const speed = await measureSpeed(tokenizer, sentences, folder, options, rival);
      return [speed, await measureWorth(path, await rival?.ask({ wordllama: true }))];
    } finally {
      rival?.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** The first words of a text, so many a sentence. */
async function firstSentences(path: string, { sentences, words }: typeof defaults): Promise<string[]> {
  const all: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    all.push(...line.split(" "));
    if (all.length >= sentences * words) break;
  }
  return Array.from({ length: sentences }, (_, i) => all.slice(i * words, (i + 1) * words).join(" "));
}

async function measureSpeed(
  tokenizer: string,
  sentences: string[],
  folder: string,
  { dimension, runs }: typeof defaults,
  rival: Rival | undefined,
): Promise<Table> {
  const source = { "tokenizer.json": readFileSync(join(tokenizer, "tokenizer.json")), ...randomTable(dimension) };
  const rows: Table["rows"] = [];
  for (const quantizeTo of ["float32", "float16", "int8"] as const) {
    const model = await StaticModel.fromPretrained(source, { quantizeTo });
    const path = join(folder, quantizeTo);
    await model.savePretrained(path);
    const [ours, ourOnes, theirs, theirOnes]: number[][] = [[], [], [], []];
    const into = join(folder, "vectors.f32");
    let vectors = new Float32Array();
    for (let run = 0; run < runs; run++) {
      ours.push(
        timed(() => {
          vectors = model.encode(sentences).data;
        }),
      );
      ourOnes.push(
        timed(() => {
          for (const sentence of sentences.slice(0, ONE)) model.encode(sentence);
        }) / ONE,
      );
      const answer = await rival?.ask({ folder: path, sentences: join(folder, "sentences.json"), into });
      if (!answer) continue;
      theirs.push(answer.all * 1e3);
      theirOnes.push(answer.one * 1e3);
    }
    if (rival) compare(vectors, into, quantizeTo === "float16" ? 5e-4 : 1e-6);
    const [all, one, otherAll, otherOne] = [ours, ourOnes, theirs, theirOnes].map((times) => timesOf(times).min);
    rows.push({
      table: `${quantizeTo}, ${dimension}`,
      [`${sentences.length} sentences: ours, ms`]: Math.round(all),
      "model2vec's, ms": rival ? Math.round(otherAll) : "",
      "×": rival ? Number((otherAll / all).toFixed(1)) : "",
      "one: ours, ms": Number(one.toFixed(3)),
      "model2vec's": rival ? Number(otherOne.toFixed(3)) : "",
    });
    model.close();
  }
  return { title: "Speed, tokenizing included", rows };
}

/** A model2vec folder's files, without its tokenizer. */
function randomTable(dimension: number): Record<string, Uint8Array> {
  const rows = 30_522;
  const numbers = Float32Array.from({ length: rows * dimension }, (_, i) => Math.sin(i * 12.9898) * (1 + (i % 7)));
  const chunks = [new Uint8Array(numbers.buffer)];
  return {
    "model.safetensors": joinBytes([
      ...safetensorsChunks([{ name: "embeddings", dtype: "F32", shape: [rows, dimension], chunks }]),
    ]),
    "config.json": new TextEncoder().encode('{"model_type": "model2vec", "normalize": true}'),
  };
}

/** Milliseconds of processor time. */
function timed(work: () => unknown): number {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e3;
}

function compare(vectors: Float32Array, path: string, bound: number): void {
  const theirs = new Float32Array(new Uint8Array(readFileSync(path)).buffer);
  const wrong = theirs.findIndex((x, i) => !(Math.abs(x - vectors[i]) <= bound));
  if (wrong < 0 && theirs.length === vectors.length) return;
  throw new Error(`Number ${wrong} is ${vectors[wrong]}; model2vec's is ${theirs[wrong]}.`);
}

async function measureWorth(corpus: string, wordllama: Record<string, string> | null | undefined): Promise<Table> {
  const rows: Table["rows"] = [];
  const add = (name: string, model: StaticModel) => rows.push({ encoder: name, ...worthOf(model) });
  if (wordllama) {
    add("WordLlama, 32,000 × 256", await StaticModel.fromPretrained(wordllama));
    const embeddings = await EmbeddingMatrix.fromPretrained(wordllama, { tensor: "embedding.weight" });
    const tokenizer = await AutoTokenizer.fromPretrained(wordllama);
    for (const options of [{}, { pcaDims: 128, quantizeTo: "int8" as const }, { pcaDims: 64 }]) {
      const model = await StaticModel.fromEmbeddings(embeddings, tokenizer, options);
      add(`its rows through fromEmbeddings, ${model.dimension}, ${model.dtype}`, model);
    }
  } else console.log("not run: WordLlama, which is not there");
  const trained = await Word2Vec.train(new LineSentences(corpus), { sg: 1, vectorSize: 100, epochs: 3, seed: 1 });
  add(
    `Word2Vec, trained on ${corpus.replace(/.*-(\w+)\.txt/, "$1")} MB`,
    await StaticModel.fromKeyedVectors(trained.wv),
  );
  return { title: "Spearman's correlation of cosines with human judgements", rows };
}

function worthOf(model: StaticModel): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const file of PAIRS) {
    const path = sharedData(`eval/${file}`);
    if (!path) continue;
    const lines = readFileSync(path, "utf8").toLowerCase().split("\n");
    const pairs = lines.filter((line) => line && !line.startsWith("#")).map((line) => line.split("\t"));
    const human = pairs.map(([, , score]) => Number(score));
    for (const [what, first, second] of SENTENCES) {
      const cosines = pairs.map(([a, b]) => model.similarity(first(a), second(b)));
      scores[`${file.replace(/\..*/, "")}: ${what}`] = Number(spearman(cosines, human).coefficient.toFixed(3));
    }
  }
  return scores;
}
