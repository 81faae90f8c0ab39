// Scores of sentences, against gensim 4.4: tests/golden/make-queries.py asked for them.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Word2Vec } from "../../src/word2vec.ts";
import { assertClose } from "../helpers/golden-calls.ts";
import { rejects } from "../helpers/rejects.ts";

const golden = JSON.parse(readFileSync("tests/golden/queries.json", "utf8")).scores;
const { toy } = JSON.parse(readFileSync("tests/golden/corpora.json", "utf8"));
const REPRODUCE = { reproduce: "gensim-4.4" } as const;
const settings = { vectorSize: 10, minCount: 1 };

for (const { options, scores } of golden.cases) {
  const { sg, window = 5, negative, cbowMean = 1 } = options;
  test(`scores with sg ${sg}, window ${window}, negative ${negative}, cbowMean ${cbowMean} are gensim's`, async () => {
    using model = await Word2Vec.train(toy, { ...options, ...REPRODUCE });
    // a logit that differs by 1e-4 now and then falls into the next entry of the table of logarithms, 1/83 further
    assertClose(await model.score(golden.sentences), scores, "scores", 1e-3);
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
  using model = await Word2Vec.train(toy, settings);
  await rejects("option-invalid", /hs: 0\. Train one with hs: 1/, () => model.score([["human"]]));
});

test("a model without a vocabulary, or a closed one, cannot be asked", async () => {
  await rejects("empty-vocabulary", /Call buildVocab/, () => new Word2Vec(settings).score([["a"]]));
  const closed = await Word2Vec.train(toy, { ...settings, hs: 1 });
  closed.close();
  await rejects("closed", /closed/, () => closed.score([["human"]]));
});

test.run();
