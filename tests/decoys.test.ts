// Nothing mixed: each asynchronous method is paused at each of its awaits, while something else is done to what it works
// on and other tables are open. It ends within a second, with the right result or an error that says why, and the other
// tables are, bit for bit, what they were.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RandomAccess } from "../src/files/random-access.ts";
import { safetensorsChunks } from "../src/formats/safetensors.ts";
import {
  AutoTokenizer,
  EmbeddingMatrix,
  KeyedVectors,
  SearchIndex,
  StaticModel,
  Wasm2VecError,
  Word2Vec,
} from "../src/index.ts";
import { lettersEncoder, slowly } from "./helpers/letters.ts";
import { topicsOf } from "./helpers/topics.ts";

const topics = topicsOf(400);

const settings = { vectorSize: 8, minCount: 1, epochs: 2, hs: 1, negative: 3, batchWords: 500, window: 2 } as const;

/** Tables that nobody changes: opened before, and made while others work. */
class Decoys {
  private readonly tables: { vectors: KeyedVectors; numbers: Float32Array }[] = [];

  async add(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const rows = 300;
      const numbers = Float32Array.from({ length: rows * 8 }, (_, j) => Math.sin(i * 1e4 + j));
      const keys = Array.from({ length: rows }, (_, j) => `decoy ${j}`);
      this.tables.push({ vectors: await KeyedVectors.from(keys, { data: numbers, shape: [rows, 8] }), numbers });
    }
  }

  check(what: string): void {
    for (const { vectors, numbers } of this.tables) {
      const got = vectors.toMatrix().data;
      assert.ok(
        got.every((x, i) => x === numbers[i]),
        `${what}: a decoy was changed`,
      );
      assert.is(vectors.getIndex("decoy 7"), 7);
    }
  }

  close(): void {
    for (const { vectors } of this.tables) vectors.close();
  }
}

/** Stops whoever waits at it the n-th time, until it is opened. */
class Gate {
  private waits = 0;
  private open!: () => void;
  private readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
  private reach!: () => void;
  /** fulfilled when someone waits there */
  readonly reached = new Promise<void>((resolve) => {
    this.reach = resolve;
  });

  constructor(private readonly at: number) {}

  async wait(): Promise<void> {
    if (++this.waits !== this.at) return;
    this.reach();
    await this.opened;
  }

  release(): void {
    this.open();
  }
}

/** A corpus that waits at the gate before each of its sentences. */
async function* gatedCorpus(gate: Gate) {
  for (const sentence of topics) {
    await gate.wait();
    yield sentence;
  }
}

/** A source that waits at the gate before each read. */
const gatedSource = (bytes: Uint8Array, gate: Gate): RandomAccess => ({
  size: bytes.length,
  async read(begin, end) {
    await gate.wait();
    return bytes.slice(begin, end);
  },
});

/** A target that waits at the gate before each write. */
const gatedTarget = (gate: Gate) => new WritableStream<Uint8Array<ArrayBuffer>>({ write: () => gate.wait() });

/** What a method works on: a model, its vectors, a table of its own. */
interface Scene {
  model: Word2Vec;
  table: KeyedVectors;
  index: SearchIndex;
  gate: Gate;
  signal: AbortSignal;
}

const trained = await Word2Vec.train(topics, settings);
const modelFile = await trained.toBytes();
const analogies = new TextEncoder().encode(": all\ncat dog iron zinc\n".repeat(50));
const pairs = new TextEncoder().encode("cat\tdog\t5\ncat\tiron\t1\ndog\tiron\t2\n");
const numbers = new Uint8Array(Float32Array.from({ length: 4000 }, (_, i) => Math.sin(i)).buffer);
const weights = [
  ...safetensorsChunks([{ name: "wte.weight", dtype: "F32", shape: [500, 8], chunks: [numbers.slice(0, 16000)] }]),
];
const embeddingsFile = new Uint8Array(Buffer.concat(weights));

const letters = lettersEncoder();
const texts = Array.from({ length: 200 }, (_, i) => [`text ${i}`, "abc".slice(i % 3)] as const);

const indexFile = await (async () => {
  using index = await SearchIndex.from(letters, texts);
  return await index.toBytes();
})();

const encoder = await StaticModel.fromKeyedVectors(trained.wv);
const encoderFiles = new Map<string, Uint8Array<ArrayBuffer>>();
await encoder.savePretrained(encoderFiles);
const tokenizerFiles = { "tokenizer.json": encoderFiles.get("tokenizer.json") as Uint8Array<ArrayBuffer> };

/** A directory handle whose files wait at the gate before each write. */
const gatedFolder = (gate: Gate) => ({
  getFileHandle: async () => ({ createWritable: async () => gatedTarget(gate) }),
});

const checkpointFile = await (async () => {
  let file: Uint8Array | undefined;
  using model = new Word2Vec(settings);
  await model.buildVocab(topics);
  const { mkdtemp, readFile, rm } = await import("node:fs/promises");
  const folder = await mkdtemp("/tmp/wasm2vec-test-");
  const path = `${folder}/checkpoint`;
  const callbacks = {
    onEpochBegin: async () => {
      file ??= await readFile(path).catch(() => undefined);
    },
  };
  await model.train(topics, { checkpoint: { path, every: 600 }, callbacks });
  await rm(folder, { recursive: true });
  return file as Uint8Array;
})();

/** The asynchronous methods. Each gives something to close, or nothing. */
const METHODS: Record<string, (scene: Scene) => Promise<unknown>> = {
  "Word2Vec.train": ({ gate, signal }) => Word2Vec.train(gatedCorpus(gate), { ...settings, signal }),
  "Word2Vec.train with a callback": ({ gate, signal }) =>
    Word2Vec.train(topics, { ...settings, signal, callbacks: { onEpochEnd: () => gate.wait() } }),
  "Word2Vec.train, told": ({ gate, signal }) =>
    Word2Vec.train(topics, { ...settings, signal, onProgress: () => gate.wait() }),
  "Word2Vec.load": ({ gate, signal }) => Word2Vec.load(gatedSource(modelFile, gate), { signal }),
  "Word2Vec.resume": ({ gate, signal }) => Word2Vec.resume(checkpointFile, () => gatedCorpus(gate), { signal }),
  buildVocab: ({ model, gate, signal }) => model.buildVocab(gatedCorpus(gate), { signal }),
  "buildVocab, told": ({ model, gate, signal }) => model.buildVocab(topics, { signal, onProgress: () => gate.wait() }),
  train: ({ model, gate, signal }) => model.train(() => gatedCorpus(gate), { signal }),
  "train with a callback": ({ model, gate, signal }) =>
    model.train(topics, { signal, callbacks: { onEpochBegin: () => gate.wait(), onEpochEnd: () => gate.wait() } }),
  "train, told": ({ model, gate, signal }) => model.train(topics, { signal, onProgress: () => gate.wait() }),
  score: ({ model, gate, signal }) => model.score(gatedCorpus(gate), { signal }),
  save: ({ model, gate, signal }) => model.save(gatedTarget(gate), { signal }),
  toBytes: ({ model }) => model.toBytes(),
  buildVocabFromFreq: ({ model }) => model.buildVocabFromFreq({ a: 3, b: 2, c: 1 }),
  resetFrom: ({ model }) => model.resetFrom(trained),
  detach: ({ model }) => model.wv.detach(),
  vectorsForAll: ({ table }) => table.vectorsForAll(["key 3", "key 1"]),
  neighborGraph: ({ table, gate, signal }) => table.neighborGraph({ k: 3, signal, onProgress: () => gate.wait() }),
  buildIndex: ({ table }) => table.buildIndex({ dtype: "int8" }),
  evaluateWordAnalogies: ({ model, gate, signal }) =>
    model.wv.evaluateWordAnalogies(gatedSource(analogies, gate), { signal }),
  evaluateWordPairs: ({ model, gate, signal }) => model.wv.evaluateWordPairs(gatedSource(pairs, gate), { signal }),
  "EmbeddingMatrix.fromPretrained": ({ gate, signal }) =>
    EmbeddingMatrix.fromPretrained({ "model.safetensors": gatedSource(embeddingsFile, gate) }, { signal }),
  lookup: async ({ gate, signal }) => {
    const embeddings = await EmbeddingMatrix.fromPretrained(
      { "model.safetensors": gatedSource(embeddingsFile, gate) },
      { signal },
    );
    return embeddings.lookup([1, 400, 77], { signal });
  },
  "load of a matrix": async ({ gate, signal }) => {
    const embeddings = await EmbeddingMatrix.fromPretrained(
      { "model.safetensors": gatedSource(embeddingsFile, gate) },
      { signal },
    );
    return embeddings.load({ signal, onProgress: () => gate.wait() });
  },
  "SearchIndex.from": ({ gate, signal }) =>
    SearchIndex.from(
      slowly(letters, () => gate.wait()),
      texts,
      { signal },
    ),
  "SearchIndex.load": ({ gate, signal }) =>
    SearchIndex.load(gatedSource(indexFile, gate), { encoder: slowly(letters, () => gate.wait()), signal }),
  "add of an index": ({ index, gate, signal }) =>
    index.add([["new", "a"], ...texts.slice(100)], { signal, onProgress: () => gate.wait() }),
  "toBytes of an index": ({ index }) => index.toBytes(),
  "save of an index": ({ index, gate, signal }) => index.save(gatedTarget(gate), { signal }),
  "StaticModel.fromPretrained": ({ gate, signal }) =>
    StaticModel.fromPretrained(
      new Map(Array.from(encoderFiles, ([name, bytes]) => [name, gatedSource(bytes, gate)] as const)),
      { signal, quantizeTo: "int8" },
    ),
  "StaticModel.fromEmbeddings": async ({ gate, signal }) =>
    StaticModel.fromEmbeddings(
      await EmbeddingMatrix.fromPretrained({ "model.safetensors": embeddingsFile }),
      await AutoTokenizer.fromPretrained(tokenizerFiles),
      { signal, onProgress: () => gate.wait() },
    ),
  "StaticModel.fromKeyedVectors": ({ table, signal }) => StaticModel.fromKeyedVectors(table, { signal }),
  savePretrained: ({ gate, signal }) => encoder.savePretrained(gatedFolder(gate), { signal }),
};

/** Whether a method works on the scene's model, table or index, so that closing these ends it. */
const worksOnScene = (method: string) => /\b(model|table|index)\b/.test(METHODS[method].toString().split("=>")[0]);

/** What is done meanwhile. */
const MEANWHILE: Record<string, (scene: Scene, controller: AbortController, method: string) => unknown> = {
  nothing: () => {},
  close: ({ model, table, index }) => {
    model.close();
    table.close();
    index.close();
  },
  "close of wv": ({ model, table, index }) => {
    model.wv.close();
    table.close();
    index.close();
  },
  abort: (_, controller) => controller.abort(new Error("enough")),
  "the same again": (scene, _, method) => METHODS[method]({ ...scene, gate: new Gate(0) }),
  train: ({ model }) => model.train(topics.slice(0, 50), { epochs: 1 }),
  buildVocab: ({ model }) => model.buildVocab(topics.slice(0, 50)),
  score: ({ model }) => model.score(topics.slice(0, 20)),
  save: ({ model }) => model.save(new WritableStream()),
  changes: ({ model, table, index }) => {
    index.remove("text 3");
    model.wv.setVector("cat", new Float32Array(8));
    table.addVector("a new key", new Float32Array(8));
    table.sortByDescendingFrequency();
  },
  queries: ({ model, table, index }) => {
    assert.is(index.search("ab").length, 10);
    model.wv.mostSimilar("cat");
    table.mostSimilarBatch(["key 1", "key 2"]);
    model.predictOutputWord(["cat"]);
  },
};

const EXPECTED = ["closed", "busy", "table-changed", "vocabulary-fixed", "key-not-found", "key-duplicate"];

/** Settles within a second, or fails. */
async function settled(what: string, promise: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not settled within a second`)), 1000);
  });
  const outcome = promise.then(
    (value) => {
      (value as { close?(): void } | undefined)?.close?.();
    },
    (error) => error,
  );
  return Promise.race([outcome, late]).finally(() => clearTimeout(timer));
}

function checkOutcome(what: string, outcome: unknown): void {
  if (!(outcome instanceof Error) || outcome.message === "enough") return;
  assert.instance(outcome, Wasm2VecError, `${what}: ${outcome.stack}`);
  assert.ok(EXPECTED.includes((outcome as Wasm2VecError).code), `${what}: ${outcome.stack}`);
}

async function openScene(gate: Gate, signal: AbortSignal): Promise<Scene> {
  const keys = Array.from({ length: 1000 }, (_, i) => `key ${i}`);
  const data = Float32Array.from({ length: 8000 }, (_, i) => Math.cos(i));
  return {
    model: await Word2Vec.load(modelFile),
    table: await KeyedVectors.from(keys, { data, shape: [1000, 8] }),
    index: await SearchIndex.from(letters, texts.slice(0, 100)),
    gate,
    signal,
  };
}

for (const [method, call] of Object.entries(METHODS)) {
  for (const [meanwhile, act] of Object.entries(MEANWHILE)) {
    test(`${method}; meanwhile ${meanwhile}`, async () => {
      const decoys = new Decoys();
      await decoys.add(2);
      for (const at of [1, 3]) {
        const what = `${method}, paused at ${at}, meanwhile ${meanwhile}`;
        const gate = new Gate(at);
        const controller = new AbortController();
        const scene = await openScene(gate, controller.signal);
        const working = call(scene);
        working.catch(() => {});
        // a method that has no gate, or fewer waits, is met at its first await, or is done
        await Promise.race([gate.reached, working.catch(() => {})]);
        const acting = (async () => act(scene, controller, method))();
        acting.catch(() => {});
        await decoys.add(1);
        // neither an abort nor a closed model waits for what never comes
        if (meanwhile === "abort" || (meanwhile.startsWith("close") && worksOnScene(method))) {
          checkOutcome(what, await settled(what, working));
        }
        gate.release();
        checkOutcome(what, await settled(what, working));
        checkOutcome(what, await settled(`${what}: ${meanwhile}`, acting));
        decoys.check(what);
        scene.model.close();
        scene.table.close();
        scene.index.close();
      }
      decoys.close();
    });
  }
}

test("scores beside each other, and beside a training, are those of each text alone", async () => {
  const texts = [topics.slice(0, 20), topics.slice(100, 130)];
  using model = await Word2Vec.load(modelFile);
  const alone = [await model.score(texts[0]), await model.score(texts[1])];
  const slow = (text: string[][]) =>
    (async function* () {
      for (const sentence of text) {
        await null;
        yield sentence;
      }
    })();
  assert.equal(await Promise.all(texts.map((text) => model.score(slow(text)))), alone);
  const training = model.train(topics, { startAlpha: 0, endAlpha: 0 });
  assert.equal(await Promise.all(texts.map((text) => model.score(slow(text)))), alone);
  await training;
  using twin = await Word2Vec.load(modelFile);
  await Promise.all([model.train(topics), model.score(slow(texts[0]))]);
  await twin.train(topics, { startAlpha: 0, endAlpha: 0 });
  await twin.train(topics, { startAlpha: 0.025, endAlpha: 1e-4 });
});

test("arguments are read before the first await", async () => {
  const data = Float32Array.of(1, 2, 3, 4);
  const keys = ["a", "b"];
  const making = KeyedVectors.from(keys, { data, shape: [2, 2] });
  data.fill(0);
  keys.reverse();
  using vectors = await making;
  assert.equal([...vectors.getVector("a")], [1, 2]);
  vectors.setVecattr("b", "count", 100);
  const copying = vectors.detach();
  const choosing = vectors.vectorsForAll(["a"]);
  vectors.sortByDescendingFrequency();
  vectors.setVector("a", [9, 9]);
  using copy = await copying;
  using chosen = await choosing;
  assert.equal([...copy.indexToKey], ["a", "b"]);
  assert.equal([...copy.getVector("a")], [1, 2]);
  assert.equal([...chosen.getVector("a")], [1, 2]);
  using model = new Word2Vec(settings);
  const counts = { a: 3, b: 2 };
  const building = model.buildVocabFromFreq(counts);
  counts.a = 1;
  await building;
  assert.equal([...model.wv.indexToKey], ["a", "b"]);
});

test.run();
