/** Texts indexed and found: how fast, in how many bytes, and how near to what float32 finds. */

import { KeyedVectors } from "../src/keyed-vectors.ts";
import { type EncoderLike, SearchIndex } from "../src/search-index.ts";
import { StaticModel } from "../src/static-model.ts";
import { Matrix } from "../src/tables/matrix.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";

const description = "texts encoded into an index, the nearest of them, its file, and the first answer from files";

/** How many words a text has. */
const WORDS = 10;

/** How many topics there are: words of one are near each other, and a text is of one. */
const TOPICS = 300;

/** How many questions are asked. */
const QUESTIONS = 200;

export const bench: Bench<Record<"texts" | "words" | "dimension" | "pageTexts" | "pageDimension", number>> = {
  name: "search",
  description,
  options: { texts: 100_000, words: 30_000, dimension: 256, pageTexts: 5000, pageDimension: 128 },

  async run({ texts, words, dimension, pageTexts, pageDimension }) {
    const made = await madeModel(words, dimension);
    const tables = await timeIndex(made, textsOf(texts, words), textsOf(QUESTIONS, words, 7));
    made.close();
    return [...tables, await timeFirstAnswer(words, pageDimension, textsOf(pageTexts, words))];
  },
};

let state = 1;
const draw = () => {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return (state >>> 0) / 2 ** 32;
};
const normal = () => draw() + draw() + draw() - 1.5;

/** "w123": word 123 is of topic 123 % TOPICS. */
async function madeModel(words: number, dimension: number): Promise<StaticModel> {
  const topics = Array.from({ length: TOPICS }, () => Float32Array.from({ length: dimension }, normal));
  const numbers = new Float32Array(words * dimension);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = topics[Math.floor(i / dimension) % TOPICS][i % dimension] + 2 * normal();
  }
  const keys = Array.from({ length: words }, (_, i) => `w${i}`);
  const vectors = await KeyedVectors.from(keys, new Matrix(numbers, [words, dimension]));
  const model = await StaticModel.fromKeyedVectors(vectors, { quantizeTo: "int8" });
  vectors.close();
  return model;
}

/** Texts of words of which half are of one topic. */
function textsOf(count: number, words: number, seed = 1): [id: string, text: string][] {
  state = seed;
  const word = () => Math.floor(draw() * words);
  return Array.from({ length: count }, (_, i) => {
    const topic = word() % TOPICS;
    const text = Array.from({ length: WORDS }, (_, n) =>
      n % 2 ? word() : topic + TOPICS * Math.floor(word() / TOPICS),
    );
    return [`text ${i}`, text.map((n) => `w${n % words}`).join(" ")];
  });
}

async function timeIndex(
  encoder: StaticModel,
  entries: [id: string, text: string][],
  questions: [id: string, text: string][],
): Promise<Table[]> {
  let begin = performance.now();
  encoder.encode(entries.map(([, text]) => text));
  const encoding = performance.now() - begin;
  begin = performance.now();
  const index = await SearchIndex.from(encoder, entries);
  const indexing = performance.now() - begin;
  begin = performance.now();
  const bytes = await index.toBytes();
  const saving = performance.now() - begin;
  begin = performance.now();
  (await SearchIndex.load(bytes, { encoder })).close();
  const loading = performance.now() - begin;
  const idBytes = entries.reduce((sum, [id]) => sum + id.length, 0);
  const vectors = questions.map(([, text]) => encoder.encode(text));
  const size = `${entries.length} × ${encoder.dimension}`;
  const searches: [string, (i: number) => unknown][] = [
    ["a text", (i) => index.search(questions[i][1])],
    ["a vector", (i) => index.search(vectors[i])],
    ["a vector, minSimilarity 0.5", (i) => index.search(vectors[i], { minSimilarity: 0.5 })],
    ["a vector, every tenth id taken", (i) => index.search(vectors[i], { filter: (id) => id.endsWith("7") })],
    ["a vector, one id in 1000 taken", (i) => index.search(vectors[i], { filter: (id) => id.endsWith("777") })],
    ["a vector, 1000 ids listed", (i) => index.search(vectors[i], { filter: listed })],
  ];
  const listed = entries.slice(0, 1000).map(([id]) => id);
  const rows = searches.map(([what, ask]) => {
    const samples = questions.map((_, i) => {
      const begin = performance.now();
      ask(i);
      return performance.now() - begin;
    });
    const { median, min } = timesOf(samples);
    return { what, median: rounded(median), min: rounded(min), promised: what === "a vector" ? "≤ 5" : "" };
  });
  const tables: Table[] = [
    {
      title: `An index of ${size}`,
      rows: [
        { what: "texts encoded and added, s", measured: rounded(indexing / 1000), promised: "≤ 10" },
        { what: "of which the encoder takes, s", measured: rounded(encoding / 1000), promised: "" },
        { what: "saved, ms", measured: rounded(saving), promised: "" },
        { what: "loaded, ms", measured: rounded(loading), promised: "" },
        {
          what: "bytes of a text beside its id",
          measured: rounded((bytes.length - idBytes) / entries.length),
          promised: "≤ 280",
        },
        {
          what: "of float32's ten nearest found",
          measured: await recall(encoder, index, entries, vectors),
          promised: "",
        },
      ],
    },
    { title: `The 10 nearest of ${size}: milliseconds a search`, rows },
  ];
  index.close();
  return tables;
}

/** Which share of the ten that float32 finds is among the ten that are found. */
async function recall(
  encoder: EncoderLike,
  index: SearchIndex,
  entries: [id: string, text: string][],
  vectors: Float32Array[],
): Promise<number> {
  const exact = await KeyedVectors.from(
    entries.map(([id]) => id),
    await encoder.encode(entries.map(([, text]) => text)),
  );
  const found = vectors.map((vector) => {
    const ids = new Set(index.search(vector).map(([id]) => id));
    return exact.similarByVector(vector).filter(([id]) => ids.has(id)).length / 10;
  });
  exact.close();
  return rounded(found.reduce((sum, share) => sum + share, 0) / vectors.length, 3);
}

/** What a page waits for when the bytes have come. */
async function timeFirstAnswer(words: number, dimension: number, entries: [string, string][]): Promise<Table> {
  const folder = new Map<string, Uint8Array<ArrayBuffer>>();
  const model = await madeModel(words, dimension);
  await model.savePretrained(folder);
  const index = await SearchIndex.from(model, entries);
  const file = await index.toBytes();
  index.close();
  model.close();
  const samples: number[] = [];
  for (let round = 0; round < 7; round++) {
    const begin = performance.now();
    const encoder = await StaticModel.fromPretrained(folder);
    const opened = await SearchIndex.load(file, { encoder });
    opened.search(entries[0][1]);
    samples.push(performance.now() - begin);
    opened.close();
    encoder.close();
  }
  return {
    title: `From the bytes of ${words} × ${dimension} (int8) and of an index of ${entries.length} texts to the first answer: milliseconds`,
    rows: [{ first: rounded(samples[0]), "median of 7": rounded(timesOf(samples).median), promised: "≤ 150" }],
  };
}

const rounded = (x: number, digits = 2) => Number(x.toFixed(digits));
