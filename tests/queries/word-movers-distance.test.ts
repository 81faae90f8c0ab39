// The Word Mover's Distance, against gensim 4.4 and POT: tests/golden/make-queries.py asked them.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertClose, testGoldenCalls } from "../helpers/golden-calls.ts";
import { compass, tableOf } from "../helpers/tables.ts";

testGoldenCalls("wmdistance");

test("documents of words with the same vectors are no distance apart, whatever the words", async () => {
  using vectors = await tableOf({ a: [1, 2], b: [1, 2], c: [2, 4] });
  assert.is(vectors.wmdistance(["a"], ["b"]), 0);
  assertClose(vectors.wmdistance(["a"], ["c"], { norm: true }), 0, "parallel");
  assertClose(vectors.wmdistance(["a"], ["c"], { norm: false }), Math.sqrt(5), "not parallel");
});

test("a document without a word that is present is infinitely far away", async () => {
  using vectors = await compass();
  assert.is(vectors.wmdistance([], ["east"]), Number.POSITIVE_INFINITY);
  assert.is(vectors.wmdistance(["south"], ["east"]), Number.POSITIVE_INFINITY);
  assert.is(vectors.wmdistance([], []), Number.POSITIVE_INFINITY);
});

test.run();
