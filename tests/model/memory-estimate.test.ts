// How much memory a model takes, part by part.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Word2Vec } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";

const settings = { vectorSize: 10, minCount: 1 };

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
  using model = await Word2Vec.train([["a", "b"], ["c"]], settings);
  // 10 floats are padded to 64 bytes
  assert.is(model.estimateMemory().input, 3 * 64);
  await rejects("empty-vocabulary", /Call buildVocab/, () => new Word2Vec(settings).estimateMemory());
});

test.run();
