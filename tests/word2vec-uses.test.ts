// What a model can do beside training: predictions and scores against gensim 4.4, vocabularies from counts, sizes.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Word2Vec } from "../src/word2vec.ts";
import { assertClose } from "./helpers/golden-calls.ts";
import { rejects } from "./helpers/rejects.ts";

const golden = JSON.parse(readFileSync("tests/golden/queries.json", "utf8"));
const { toy } = JSON.parse(readFileSync("tests/golden/corpora.json", "utf8"));
const REPRODUCE = { reproduce: "gensim-4.4" } as const;
const settings = { vectorSize: 10, minCount: 1 };

for (const { options, context, topn, result } of golden.predictions) {
  const { sg, cbowMean = 1 } = options;
  test(`the ${topn} words of ${JSON.stringify(context)}, sg ${sg}, cbowMean ${cbowMean}, are gensim's`, async () => {
    using model = await Word2Vec.train(toy, { ...options, ...REPRODUCE });
    const got = model.predictOutputWord(context, { topn });
    // vectors trained for five epochs differ from gensim's by up to 1e-4: see word2vec-golden.test.ts
    if (result) assertClose(got, result, "predicted", 1e-4);
    else assert.is(got, null);
  });
}

for (const { options, scores } of golden.scores.cases) {
  const { sg, window = 5, negative, cbowMean = 1 } = options;
  test(`scores with sg ${sg}, window ${window}, negative ${negative}, cbowMean ${cbowMean} are gensim's`, async () => {
    using model = await Word2Vec.train(toy, { ...options, ...REPRODUCE });
    // a logit that differs by 1e-4 now and then falls into the next entry of the table of logarithms, 1/83 further
    assertClose(await model.score(golden.scores.sentences), scores, "scores", 1e-3);
  });
}

test("a sentence longer than fits into the engine at a time is scored whole", async () => {
  using model = await Word2Vec.train(toy, { ...settings, hs: 1, negative: 0, window: 2, epochs: 50 });
  const words = ["human", "computer", "trees", "graph", "minors"];
  const long = Array.from({ length: 40_000 }, (_, i) => words[(i * i) % 5]);
  const [score] = await model.score([long]);
  // where the sentence is cut, the windows across the cut are what its halves lack
  const [first, second, across, before, behind] = await model.score([
    long.slice(0, 9000),
    long.slice(9000),
    long.slice(8996, 9004),
    long.slice(8996, 9000),
    long.slice(9000, 9004),
  ]);
  assert.ok(Math.abs(score - (first + second + across - before - behind)) <= 1e-6 * Math.abs(score));
});

test("what a model was not trained for is an error that says how to train it", async () => {
  using byTree = await Word2Vec.train(toy, { ...settings, hs: 1, negative: 0 });
  await rejects("option-invalid", /negative: 0\. Train one with negative/, () => byTree.predictOutputWord(["human"]));
  using bySampling = await Word2Vec.train(toy, settings);
  await rejects("option-invalid", /hs: 0\. Train one with hs: 1/, () => bySampling.score([["human"]]));
  await rejects("option-invalid", /topn is -1/, () => bySampling.predictOutputWord(["human"], { topn: -1 }));
  await rejects("id-out-of-range", /Row 12/, () => bySampling.predictOutputWord([12]));
});

test("a vocabulary comes from counts as from the corpus they count", async () => {
  const corpus = [["b", "a", "c"], ["a", "c"], ["a"]];
  const counts = { b: 1, a: 3, c: 2 };
  using counted = await Word2Vec.train(corpus, settings);
  for (const frequencies of [counts, new Map(Object.entries(counts)), Object.entries(counts)]) {
    using model = new Word2Vec(settings);
    await model.buildVocabFromFreq(frequencies, { corpusCount: 3 });
    assert.equal([...model.wv.indexToKey], ["a", "c", "b"]);
    assert.is(model.wv.getVecattr("c", "count"), 2);
    assert.is(model.corpusCount, 3);
    assert.is(model.corpusTotalWords, 6);
    await model.train(corpus);
    assert.equal(model.wv.toMatrix().data, counted.wv.toMatrix().data);
  }
});

test("minCount and trimRule choose among counts", async () => {
  using model = new Word2Vec({ ...settings, minCount: 2 });
  await model.buildVocabFromFreq({ a: 3, b: 1, c: 2 }, { trimRule: (word) => (word === "b" ? "keep" : "default") });
  assert.equal([...model.wv.indexToKey], ["a", "c", "b"]);
});

test("counts that are none are an error that names the word", async () => {
  const model = new Word2Vec(settings);
  await rejects("option-invalid", /word "a" has the count -1; expected/, () => model.buildVocabFromFreq({ a: -1 }));
  await rejects("option-invalid", /word "a" has the count 0\.5/, () => model.buildVocabFromFreq({ a: 0.5 }));
  await rejects("option-invalid", /word 7 has/, () => model.buildVocabFromFreq([[7 as never, 1]]));
  await rejects("key-duplicate", /"a" comes twice/, () => model.buildVocabFromFreq([["a", 1], ["a", 2]])); // biome-ignore format: short
  await rejects("empty-corpus", /no words/, () => model.buildVocabFromFreq({}));
  await rejects("empty-vocabulary", /comes 5 times/, () => new Word2Vec({ minCount: 5 }).buildVocabFromFreq({ a: 1 }));
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

test("a model's size is the sum of its parts", () => {
  const { vocabulary, input, output, nodes, work, total } = new Word2Vec({ vectorSize: 100 }).estimateMemory(1000);
  // 100 floats are padded to 416 bytes
  assert.is(input, 416_000);
  assert.is(output, 416_000);
  assert.is(nodes, 0);
  assert.is(vocabulary + input + output + nodes + work, total);
  const byTree = new Word2Vec({ vectorSize: 100, hs: 1, negative: 0 }).estimateMemory(1000);
  assert.is(byTree.output, 0);
  assert.is(byTree.nodes, 416_000);
});

test("a model with a vocabulary knows its size, one without must be told", async () => {
  using model = await Word2Vec.train(toy, settings);
  assert.is(model.estimateMemory().input, 12 * 64);
  await rejects("empty-vocabulary", /Call buildVocab/, () => new Word2Vec(settings).estimateMemory());
});

test("a model without a vocabulary, or a closed one, cannot be asked", async () => {
  const model = new Word2Vec(settings);
  await rejects("empty-vocabulary", /Call buildVocab/, () => model.predictOutputWord(["a"]));
  await rejects("empty-vocabulary", /Call buildVocab/, () => model.score([["a"]]));
  await rejects("empty-vocabulary", /Call buildVocab/, () => model.resetFrom(new Word2Vec(settings)));
  const closed = await Word2Vec.train(toy, { ...settings, hs: 1 });
  closed.close();
  await rejects("closed", /closed/, () => closed.predictOutputWord(["human"]));
  await rejects("closed", /closed/, () => closed.score([["human"]]));
  await rejects("closed", /closed/, () => model.resetFrom(closed));
});

test.run();
