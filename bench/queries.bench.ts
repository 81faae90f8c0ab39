/** Queries beside gensim's: nearest rows one by one and in a batch, with the int8 index and without, and more. */

import { createReadStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { Engine } from "../src/engine/engine.ts";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import type { Neighbor } from "../src/queries/most-similar.ts";
import { Int8Index } from "../src/search/int8-index.ts";
import { SearchPass } from "../src/search/search-pass.ts";
import type { VectorIndex } from "../src/search/table-search.ts";
import { VectorTable } from "../src/tables/vector-table.ts";
import { joinWords, Vocabulary } from "../src/vocabulary/vocabulary.ts";
import { Word2Vec } from "../src/word2vec.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { indexBuilds } from "../tests/helpers/relaxed-simd.ts";
import { withFolder } from "../tests/helpers/temporary.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";
import { Rival } from "./rivals.ts";

/** How many lines of the corpus the trained vectors come from: some three million words, 30,000 of them often enough. */
const LINES = 60_000;

const description = "nearest rows one by one and in a batch, with the int8 index and without, analogies, a graph";

export const bench: Bench<Record<"rows" | "dimension" | "batch" | "rounds" | "graphRows" | "graphDimension", number>> =
  {
    name: "queries",
    description,
    options: { rows: 200_000, dimension: 300, batch: 256, rounds: 15, graphRows: 50_000, graphDimension: 100 },

    async run({ rows, dimension, batch, rounds, graphRows, graphDimension }) {
      const rival = await Rival.open("queries.py");
      const tables: Table[] = [];
      const random = await randomTable(rows, dimension);
      tables.push(...(await compareQueries("random", random, rival, batch, rounds)));
      random.close();
      const trained = await trainedTable(dimension);
      if (trained) {
        tables.push(...(await compareQueries("trained", trained, rival, batch, rounds)));
        tables.push(...(await compareAnalogies(trained, rival)));
        trained.close();
      }
      tables.push(await timeGraph(await randomTable(graphRows, graphDimension)));
      rival?.close();
      return tables;
    },
  };

/** Rows of numbers that are nearly normally distributed: the index's hardest case but for made ones. */
async function randomTable(size: number, dimension: number): Promise<VectorTable> {
  const keys = Array.from({ length: size }, (_, i) => `row ${i}`);
  const table = VectorTable.open(
    Vocabulary.from(joinWords(keys), new Float64Array(size), await Engine.open()),
    dimension,
    "float32",
  );
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  for (let i = 0; i < size; i++) {
    const row = table.row(i);
    for (let d = 0; d < dimension; d++) row[d] = draw() + draw() + draw();
  }
  return table;
}

/** The vectors of words, trained on the first lines of the corpus. */
async function trainedTable(dimension: number): Promise<VectorTable | undefined> {
  const corpus = sharedData("corpora/enwiki2014-100mb.txt.gz");
  if (!corpus) {
    console.log("not run: trained vectors, because the corpus is not in ../shared/data");
    return undefined;
  }
  const sentences: string[][] = [];
  const file = createReadStream(corpus);
  for await (const line of createInterface({ input: file.pipe(createGunzip()) })) {
    if (sentences.push(line.split(" ")) === LINES) break;
  }
  file.close();
  using model = await Word2Vec.train(sentences, { vectorSize: dimension, epochs: 3 });
  const matrix = model.wv.toMatrix();
  const vocabulary = Vocabulary.from(
    joinWords([...model.wv.indexToKey]),
    new Float64Array(matrix.shape[0]),
    await Engine.open(),
  );
  const table = VectorTable.open(vocabulary, dimension, "float32");
  for (let i = 0; i < table.size; i++) table.setRow(i, matrix.row(i));
  return table;
}

/** What can be asked for the nearest rows of keys. */
interface Contender {
  name: string;
  /** how many keys it is asked for at a time */
  keys: number;
  /** what its speed is promised to be, gensim's being 1 */
  target: string;
  ask(keys: string[]): Promise<{ answers: Neighbor[][]; milliseconds: number[] }>;
}

/** What the index's speed is promised to be in each build, one by one and in a batch. */
const INDEX_TARGETS = { simd: ["≥ 2.5", "≥ 5"], relaxed: ["≥ 3", "≥ 7"] };

/** The same queries with the index of each build and without it and by gensim, in turns. */
async function compareQueries(
  name: string,
  table: VectorTable,
  rival: Rival | undefined,
  batch: number,
  rounds: number,
): Promise<Table[]> {
  const plain = new KeyedVectors(table);
  // every so-manieth key: words of all frequencies
  const keys = Array.from({ length: batch }, (_, i) => table.vocabulary.word(Math.floor((i * table.size) / batch)));
  const contenders: Contender[] = [
    { name: "float32", keys: 8, target: "≥ 1", ask: oneByOne(plain) },
    { name: `float32, ${batch} in a batch`, keys: batch, target: "≥ 4", ask: inBatch(plain) },
  ];
  const indexes: VectorIndex[] = [];
  const sizes: Table["rows"] = [];
  for (const { build, asIn } of indexBuilds()) {
    const indexed = new KeyedVectors(table);
    const begin = performance.now();
    const index = await asIn(() => indexed.buildIndex({ dtype: "int8" }));
    const milliseconds = performance.now() - begin;
    indexes.push(index);
    sizes.push({
      build,
      "built in ms": rounded(milliseconds),
      "promised ": "≤ 500",
      "bytes, the table's being 1": rounded(index.bytes / (table.size * table.vectorSize * 4), 3),
      promised: "≤ 0.27",
      "rows that float32 decides, a query": countCandidates(
        await asIn(() => Int8Index.build(table)),
        table,
        keys,
        plain,
      ),
    });
    const [one, many] = INDEX_TARGETS[build];
    contenders.push({ name: `int8 index, ${build}`, keys: 8, target: one, ask: oneByOne(indexed) });
    const name = `int8 index, ${build}, ${batch} in a batch`;
    contenders.push({ name, keys: batch, target: many, ask: inBatch(indexed) });
  }
  if (rival) contenders.push(await gensim(rival, table));
  const size = `${table.size} × ${table.vectorSize}, ${name}`;
  const rows = await takeTurns(contenders, keys, rounds);
  for (const index of indexes) index.close();
  return [
    { title: `The 10 nearest rows of ${size}: milliseconds a query`, rows },
    { title: `The int8 index of ${size}`, rows: sizes },
  ];
}

const oneByOne = (vectors: KeyedVectors) => async (keys: string[]) => {
  const answers: Neighbor[][] = [];
  const milliseconds = keys.map((key) => {
    const begin = performance.now();
    answers.push(vectors.mostSimilar(key));
    return performance.now() - begin;
  });
  return { answers, milliseconds };
};

const inBatch = (vectors: KeyedVectors) => async (keys: string[]) => {
  const begin = performance.now();
  const answers = vectors.mostSimilarBatch(keys);
  return { answers, milliseconds: [(performance.now() - begin) / keys.length] };
};

/** gensim with the same table. */
async function gensim(rival: Rival, table: VectorTable): Promise<Contender> {
  const keys = Array.from({ length: table.size }, (_, i) => table.vocabulary.word(i));
  let blas = "";
  await withFolder(async (folder) => {
    const vectors = join(folder, "vectors");
    writeFileSync(vectors, table.gather(keys.map((_, i) => i)).data);
    const { kernels, threads } = await rival.ask({ do: "load", vectors, keys });
    blas = `${kernels}, ${threads} thread`;
  });
  return { name: `gensim 4.4 (${blas})`, keys: 8, target: "", ask: (asked) => rival.ask({ do: "query", keys: asked }) };
}

/** Asks each in turn, round by round; the last is the one that the others are compared with. */
async function takeTurns(contenders: Contender[], keys: string[], rounds: number): Promise<Table["rows"]> {
  const expected = (await contenders[0].ask(keys)).answers;
  const samples = contenders.map((): number[] => []);
  const agreeing: number[] = [];
  for (const contender of contenders) agreeing.push(countAgreeing((await contender.ask(keys)).answers, expected));
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const first = (round * contender.keys) % keys.length;
      samples[i].push(...(await contender.ask(keys.slice(first, first + contender.keys))).milliseconds);
    }
  }
  const rival = timesOf(samples[samples.length - 1]);
  return contenders.map(({ name, target }, i) => {
    const { median, min } = timesOf(samples[i]);
    const speed = { "gensim's / its": rounded(rival.median / median, 2), promised: target };
    return {
      what: name,
      median: rounded(median, 2),
      min: rounded(min, 2),
      ...speed,
      "same answers": `${agreeing[i]} of ${keys.length}`,
    };
  });
}

/** In how many answers the rows and their order are the same, and the scores but for rounding. */
function countAgreeing(answers: Neighbor[][], expected: Neighbor[][]): number {
  const agree = ([key, score]: Neighbor, [other, otherScore]: Neighbor) =>
    key === other && Math.abs(score - otherScore) < 1e-6;
  return answers.filter((answer, i) => answer.every((neighbor, k) => agree(neighbor, expected[i][k]))).length;
}

/** How many rows an index leaves to float32, on average; closes it. */
function countCandidates(index: Int8Index, table: VectorTable, keys: string[], vectors: KeyedVectors): number {
  const counting: Int8Index = Object.create(index);
  let found = 0;
  counting.candidates = (...tile) => {
    const [ids] = index.candidates(...tile);
    found += ids.length;
    return [ids];
  };
  for (const key of keys) {
    const search = { table, index: counting, rows: { begin: 0, end: table.size }, topn: 10 };
    const pass = new SearchPass(search, [
      { vector: vectors.getVector(key, { norm: true }), excluded: new Set([vectors.getIndex(key)]) },
    ]);
    for (const [begin, end] of pass.tiles()) pass.compare(begin, end);
  }
  index.close();
  return rounded(found / keys.length);
}

/** The 19,544 questions, of which words that are not among the keys are left out. */
async function compareAnalogies(table: VectorTable, rival: Rival | undefined): Promise<Table[]> {
  const file = sharedData("eval/questions-words.txt");
  if (!file || !rival) return [];
  await gensim(rival, table);
  const vectors = new KeyedVectors(table);
  await vectors.evaluateWordAnalogies(file);
  const begin = performance.now();
  const ours = await vectors.evaluateWordAnalogies(file);
  const milliseconds = performance.now() - begin;
  const theirs = await rival.ask({ do: "analogies", file });
  const counts = ours.sections.map(({ section, correct, incorrect }) => [section, correct.length, incorrect.length]);
  const same = theirs.sections.filter((section: unknown, i: number) => String(section) === String(counts[i]));
  return [
    {
      title: `evaluateWordAnalogies, ${table.size} × ${table.vectorSize}, trained`,
      rows: [
        {
          ms: rounded(milliseconds),
          "gensim's ms": rounded(theirs.milliseconds),
          "gensim's / its": rounded(theirs.milliseconds / milliseconds, 1),
          promised: "≥ 5",
          "same sections": `${same.length} of ${counts.length}`,
        },
      ],
    },
  ];
}

/** The graph with the index and without it, and how long others had to wait meanwhile. */
async function timeGraph(table: VectorTable): Promise<Table> {
  const rows: Table["rows"] = [];
  for (const indexed of [false, true]) {
    const vectors = new KeyedVectors(table);
    if (indexed) await vectors.buildIndex({ dtype: "int8" });
    const begin = performance.now();
    let last = begin;
    const waits: number[] = [];
    const timer = setInterval(() => {
      waits.push(performance.now() - last);
      last = performance.now();
    });
    await vectors.neighborGraph({ k: 15 });
    const seconds = rounded((performance.now() - begin) / 1000, 1);
    clearInterval(timer);
    const name = indexed ? "int8 index" : "float32";
    const wait = { "longest wait, ms": rounded(Math.max(...waits)), "median wait, ms": rounded(timesOf(waits).median) };
    rows.push({ what: name, seconds, promised: "≤ 60", ...wait });
  }
  const title = `The 15 nearest rows of each of ${table.size} × ${table.vectorSize}, random`;
  table.close();
  return { title, rows };
}

const rounded = (x: number, digits = 0) => Number(x.toFixed(digits));
