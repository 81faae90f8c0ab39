// The words that a model expects in a context, against gensim 4.4: tests/golden/make-queries.py asked for them.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Word2Vec } from "../../src/word2vec.ts";
import { assertClose, revive } from "../helpers/golden-calls.ts";
import { rejects } from "../helpers/rejects.ts";

const golden = JSON.parse(readFileSync("tests/golden/queries.json", "utf8")).predictions;
const { toy } = JSON.parse(readFileSync("tests/golden/corpora.json", "utf8"));
const settings = { vectorSize: 10, minCount: 1 };

for (const { options, context, topn, result } of golden) {
  const { sg, cbowMean = 1 } = options;
  test(`the ${topn} words of ${JSON.stringify(context)}, sg ${sg}, cbowMean ${cbowMean}, are gensim's`, async () => {
    using model = await Word2Vec.train(toy, { ...options, reproduce: "gensim-4.4" });
    const got = model.predictOutputWord(revive(context), { topn });
    // vectors trained for five epochs differ from gensim's by up to 1e-4: see word2vec-golden.test.ts
    if (result) assertClose(got, result, "predicted", 1e-4);
    else assert.is(got, null);
  });
}

test("given words are scored: the same probabilities, the likeliest first", async () => {
  using model = await Word2Vec.train(toy, settings);
  const all = model.predictOutputWord(["human", "system"], { topn: 12 }) ?? [];
  const words = ["trees", "user", "graph", "user"];
  const expected = all.filter(([word]) => words.includes(word));
  assert.equal(model.predictOutputWord(["human", "system"], { words }), expected);
  assert.equal(model.predictOutputWord(["human", "system"], { words, topn: 1 }), expected.slice(0, 1));
  assert.equal(model.predictOutputWord(["human"], { words: [] }), []);
  assert.is(model.predictOutputWord(["nowhere"], { words }), null);
  await rejects("key-not-found", /"nowhere"/, () => model.predictOutputWord(["human"], { words: ["nowhere"] }));
  await rejects("option-invalid", /The words are "user"; expected an array/, () =>
    model.predictOutputWord(["human"], { words: "user" }),
  );
});

test("what a model was not trained for is an error that says how to train it", async () => {
  using model = await Word2Vec.train(toy, { ...settings, hs: 1, negative: 0 });
  await rejects("option-invalid", /negative: 0\. Train one with negative/, () => model.predictOutputWord(["human"]));
});

test("a topn or a row that cannot be is an error", async () => {
  using model = await Word2Vec.train(toy, settings);
  await rejects("option-invalid", /topn is -1/, () => model.predictOutputWord(["human"], { topn: -1 }));
  await rejects("id-out-of-range", /Row 12/, () => model.predictOutputWord([{ row: 12 }]));
});

test("a model without a vocabulary, or a closed one, cannot be asked", async () => {
  await rejects("empty-vocabulary", /Call buildVocab/, () => new Word2Vec(settings).predictOutputWord(["a"]));
  const closed = await Word2Vec.train(toy, { ...settings, hs: 1 });
  closed.close();
  await rejects("closed", /closed/, () => closed.predictOutputWord(["human"]));
});

test.run();
