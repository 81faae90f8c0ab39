// Which build a model's memory is made with, and that the relaxed ones train as well.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { hasExactDot, hasRelaxedSimd } from "../../src/engine/simd.ts";
import { Word2Vec, type Word2VecOptions } from "../../src/word2vec.ts";
import { allowRelaxedSimd, withoutRelaxedSimd } from "../helpers/relaxed-simd.ts";

allowRelaxedSimd();

/** Two topics that never meet. */
const topics = Array.from({ length: 400 }, (_, i) =>
  Array.from({ length: 8 }, (_, j) => `${i % 2}-${(i * 3 + j * j) % 7}`),
);
const settings = { vectorSize: 20, minCount: 1, sample: 0, epochs: 5, alpha: 0.05 };

/** How much more alike words of one topic are than words of two. */
async function separation(options: Word2VecOptions): Promise<number> {
  using model = await Word2Vec.train(topics, { ...settings, ...options });
  const { wv } = model;
  const mean = (topic: number) => wv.nSimilarity([`0-0`, `0-1`, `0-2`], [`${topic}-3`, `${topic}-4`, `${topic}-5`]);
  return mean(0) - mean(1);
}

test("the relaxed build is opened where it is asked for, and its memory does not go to others", async () => {
  assert.ok(hasRelaxedSimd());
  const relaxed = await Engine.open(true);
  assert.is(relaxed.build, "relaxed");
  relaxed.close();
  const plain = await Engine.open();
  assert.is(plain.build, "simd");
  plain.close();
  assert.is((await Engine.openShared(0, "", true)).build, "relaxed-threads");
  assert.is((await Engine.openShared(0, "")).build, "threads");
});

test("a runtime without relaxed SIMD gets the plain build", async () => {
  await withoutRelaxedSimd(async () => {
    assert.is((await Engine.open(true)).build, "simd");
    assert.is((await Engine.openShared(0, "", true)).build, "threads");
  });
});

test("products of int8 with seven bits are exact from Node 22 on", () => {
  assert.is(hasExactDot(), Number.parseInt(process.versions.node, 10) >= 22);
});

for (const [name, options] of Object.entries<Word2VecOptions>({
  "skip-gram": { sg: 1 },
  CBOW: { sg: 0 },
  "hierarchical softmax": { sg: 1, hs: 1, negative: 0 },
})) {
  test(`${name} that need not be deterministic learns as much`, async () => {
    const plain = await separation(options);
    const relaxed = await separation({ ...options, deterministic: false });
    assert.ok(plain > 0.3, `${plain}`);
    assert.ok(Math.abs(relaxed - plain) < 0.02, `${relaxed}, ${plain}`);
  });
}

test("what is deterministic, and a reproduced gensim, has the plain build's bits", async () => {
  const bytesOf = async (options: Word2VecOptions) => {
    using model = await Word2Vec.train(topics, { ...settings, epochs: 1, ...options });
    return model.wv.toMatrix().data.slice();
  };
  const reproduce = "gensim-4.4";
  assert.equal(await bytesOf({ reproduce, deterministic: false }), await bytesOf({ reproduce }));
  assert.equal(await bytesOf({ deterministic: true }), await bytesOf({}));
  assert.not.equal(await bytesOf({ deterministic: false }), await bytesOf({}));
});

test("deterministic is kept in the model's file", async () => {
  using model = await Word2Vec.train(topics, { ...settings, deterministic: false });
  using again = await Word2Vec.load(await model.toBytes());
  assert.equal(again.wv.toMatrix(), model.wv.toMatrix());
});

test.run();
