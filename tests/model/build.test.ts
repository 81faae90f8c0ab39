// Models that have not learnt yet: of another model's words, of vectors; and one that grows.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";

const { toy } = JSON.parse(readFileSync("tests/golden/corpora.json", "utf8"));
const settings = { vectorSize: 20, minCount: 1, sample: 0 };

test("update adds up counts, keeps what was learnt, and puts words in the order of all texts", async () => {
  using model = new Word2Vec({ ...settings, minCount: 2 });
  await model.buildVocab([["a", "a", "a", "b", "b", "once"]]);
  await model.train([["a", "a", "a", "b", "b"]]);
  const before = { a: model.wv.getVector("a"), b: model.wv.getVector("b") };
  await model.buildVocab([["b", "b", "b", "c", "c", "once"]], { update: true });
  assert.equal([...model.wv.indexToKey], ["b", "a", "c"]);
  assert.equal(
    ["b", "a", "c"].map((key) => model.wv.getVecattr(key, "count")),
    [5, 3, 2],
  );
  assert.equal({ a: model.wv.getVector("a"), b: model.wv.getVector("b") }, before);
  assert.is(model.corpusTotalWords, 12);
  await model.train([["b", "c", "b", "c"]]);
  assert.not.equal(model.wv.getVector("b"), before.b);
});

test("update keeps words that later texts lack, and refuses a tree", async () => {
  using model = new Word2Vec({ ...settings, minCount: 2 });
  await model.buildVocab([["a", "a", "b", "b"]]);
  await model.buildVocab([["c", "c", "d"]], { update: true });
  assert.equal([...model.wv.indexToKey].sort(), ["a", "b", "c"]);
  using tree = new Word2Vec({ ...settings, hs: 1 });
  await tree.buildVocab([["a", "b"]]);
  await rejects("option-invalid", /hierarchical softmax/, () => tree.buildVocab([["c"]], { update: true }));
});

test("words that come equally often keep their order in an update, new ones come before them", async () => {
  for (const options of [{}, { reproduce: "gensim-4.3" }, { sortedVocab: 0 }] as const) {
    const text = Array.from({ length: 40 }, (_, i) => `word ${i}`);
    using model = new Word2Vec({ ...settings, ...options });
    await model.buildVocab([text]);
    const order = [...model.wv.indexToKey];
    for (let i = 0; i < 2; i++) {
      await model.buildVocab([text], { update: true });
      assert.equal([...model.wv.indexToKey], order);
    }
    await model.buildVocab([["x", "y", "x", "y", "x", "y"]], { update: true });
    assert.equal([...model.wv.indexToKey], options.sortedVocab === 0 ? [...order, "x", "y"] : ["y", "x", ...order]);
  }
});

test("a wv that was kept says where the new one is", async () => {
  using model = new Word2Vec(settings);
  await model.buildVocab([["a", "b"]]);
  const { wv } = model;
  const copy = await wv.detach();
  await model.buildVocab([["a", "b", "c"]], { update: true });
  assert.is(model.wv.size, 3);
  for (const ask of [() => wv.size, () => wv.getVector("a"), () => [...wv.indexToKey], () => wv.mostSimilar("a")]) {
    await rejects("closed", /The model has a new vocabulary since .* Take model\.wv again/, ask);
  }
  await rejects("closed", /Take model\.wv again/, () => wv.neighborGraph());
  await rejects("closed", /Take model\.wv again/, () => wv.evaluateWordPairs(new Uint8Array()));
  assert.is(copy.size, 2);
  const last = model.wv;
  model.close();
  await rejects("closed", /The vectors were closed/, () => last.size);
});

test("training starts from given vectors, where there is one", async () => {
  using vectors = await KeyedVectors.from(["human", "another"], {
    data: new Float32Array(40).fill(0.5),
    shape: [2, 20],
  });
  using model = new Word2Vec({ ...settings, initialVectors: vectors });
  await model.buildVocab(toy);
  using plain = new Word2Vec(settings);
  await plain.buildVocab(toy);
  assert.equal([...model.wv.getVector("human")], Array(20).fill(0.5));
  assert.equal(model.wv.getVector("computer"), plain.wv.getVector("computer"));
  const other = new Word2Vec({ ...settings, vectorSize: 10, initialVectors: vectors });
  await rejects("shape-mismatch", /20 numbers each, the model's 10/, () => other.buildVocab(toy));
});

test("a model takes over another's vocabulary and begins anew", async () => {
  using first = await Word2Vec.train(toy, { ...settings, minCount: 2 });
  using second = new Word2Vec({ vectorSize: 7, hs: 1 });
  await second.resetFrom(first);
  assert.equal([...second.wv.indexToKey], [...first.wv.indexToKey]);
  assert.is(second.wv.vectorSize, 7);
  assert.is(second.corpusCount, first.corpusCount);
  first.close();
  await second.train(toy);
  using direct = await Word2Vec.train(toy, { vectorSize: 7, hs: 1, minCount: 2 });
  assert.equal(second.wv.toMatrix().data, direct.wv.toMatrix().data);
});

test("a model without a vocabulary, or a closed one, has nothing to take over", async () => {
  const model = new Word2Vec(settings);
  await rejects("empty-vocabulary", /Call buildVocab/, () => model.resetFrom(new Word2Vec(settings)));
  const closed = await Word2Vec.train(toy, settings);
  closed.close();
  await rejects("closed", /closed/, () => model.resetFrom(closed));
});

test.run();
