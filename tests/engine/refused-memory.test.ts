// A runtime may refuse memory at any time: each call then is an error with advice, and nothing is half done.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { topicsOf } from "../helpers/topics.ts";

const { Memory } = WebAssembly;

/** Works while the n-th memory, or the n-th growth of one, is refused. Returns whether one was. */
async function refusing(n: number, work: () => unknown): Promise<{ refused: boolean; error: unknown }> {
  let asked = 0;
  const ask = () => {
    if (++asked === n) throw new RangeError("WebAssembly.Memory(): could not allocate memory");
  };
  const { grow } = Memory.prototype;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      ask();
      super(descriptor);
    }
  };
  Memory.prototype.grow = function (pages) {
    ask();
    return grow.call(this, pages);
  };
  try {
    await work();
    return { refused: asked >= n, error: undefined };
  } catch (error) {
    return { refused: asked >= n, error };
  } finally {
    WebAssembly.Memory = Memory;
    Memory.prototype.grow = grow;
  }
}

const numbers = (rows: number) => Float32Array.from({ length: rows * 50 }, (_, i) => Math.sin(i));
const keys = (rows: number, name = "key") => Array.from({ length: rows }, (_, i) => `${name} ${i} ${"x".repeat(100)}`);
const table = (rows: number) => KeyedVectors.from(keys(rows), { data: numbers(rows), shape: [rows, 50] });
const topics = topicsOf(300);
const settings = { minCount: 1, vectorSize: 5000, epochs: 1, window: 1 };
const file = await (async () => {
  using model = await Word2Vec.train(topics, { ...settings, hs: 1 });
  return model.toBytes();
})();

/** Calls that need memory; each opens what it works on, and says what must be as before when it fails. */
const CALLS: Record<string, () => Promise<{ work(): unknown; before?(): unknown; close(): void }>> = {
  "KeyedVectors.from": async () => ({ work: async () => (await table(3000)).close(), close() {} }),
  "Word2Vec.train": async () => ({ work: async () => (await Word2Vec.train(topics, settings)).close(), close() {} }),
  "Word2Vec.load": async () => ({ work: async () => (await Word2Vec.load(file)).close(), close() {} }),
  buildVocab: async () => {
    const model = await Word2Vec.load(file);
    const words = Array.from({ length: 3000 }, (_, i) => [`another ${i} ${"x".repeat(50)}`]);
    return { work: () => model.buildVocab(words), before: () => model.wv.toMatrix().data, close: () => model.close() };
  },
  addVectors: async () => {
    const vectors = await table(10);
    const more = keys(3000, "more");
    return {
      work: () => vectors.addVectors(more, { data: numbers(3000), shape: [3000, 50] }),
      before: () => [[...vectors.indexToKey], vectors.toMatrix().data],
      close: () => vectors.close(),
    };
  },
  ...Object.fromEntries(
    Object.entries({
      detach: async (vectors: KeyedVectors) => (await vectors.detach()).close(),
      vectorsForAll: async (vectors: KeyedVectors) => (await vectors.vectorsForAll(keys(2000))).close(),
      buildIndex: async (vectors: KeyedVectors) => (await vectors.buildIndex({ dtype: "int8" })).close(),
      mostSimilarBatch: (vectors: KeyedVectors) => vectors.mostSimilarBatch(keys(600), { topn: 2000 }),
      neighborGraph: (vectors: KeyedVectors) => vectors.neighborGraph({ k: 1500 }),
    }).map(([name, work]) => [
      name,
      async () => {
        const vectors = await table(3000);
        return { work: () => work(vectors), before: () => vectors.toMatrix().data, close: () => vectors.close() };
      },
    ]),
  ),
};

for (const [name, open] of Object.entries(CALLS)) {
  test(`${name}, refused memory at each of its requests: an error with advice, and nothing is half done`, async () => {
    let failures = 0;
    for (let n = 1; n < 100; n++) {
      // memories of closed tables, which would be used again, are in use
      const holders = await Promise.all(Array.from({ length: 8 }, () => table(1)));
      const { work, before = () => undefined, close } = await open();
      const was = before();
      const { refused, error } = await refusing(n, work);
      if (refused) {
        failures++;
        assert.instance(error, Wasm2VecError, `request ${n}: ${error}`);
        assert.is((error as Wasm2VecError).code, "out-of-memory");
        assert.match((error as Wasm2VecError).message, /which this runtime does not give\. Close what is not needed/);
        assert.equal(before(), was);
        const again = await refusing(0, work);
        assert.is(again.error, undefined, `again after request ${n}: ${again.error}`);
      }
      close();
      for (const holder of holders) holder.close();
      if (!refused) break;
    }
    assert.ok(failures > 0, "no memory was asked for");
  });
}

test.run();
