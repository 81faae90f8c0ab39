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

for (const scale of [1e-30, 1e-22, 1, 1e18]) {
  test(`words of the length ${scale * 5} are as far apart as they are`, async () => {
    const [a, b] = [
      [3 * scale, 4 * scale],
      [0, 0],
    ];
    using vectors = await tableOf({ a, b, c: [-4 * scale, 3 * scale] });
    assertClose(vectors.wmdistance(["a"], ["b"], { norm: false }) / scale, 5, "as they are");
    assertClose(vectors.wmdistance(["a", "c"], ["b", "a"], { norm: false }) / scale, 2.5, "of two words");
    assertClose(vectors.wmdistance(["a"], ["c"]), Math.SQRT2, "unit vectors");
  });
}

test("a document without a word that is present is infinitely far away", async () => {
  using vectors = await compass();
  assert.is(vectors.wmdistance([], ["east"]), Number.POSITIVE_INFINITY);
  assert.is(vectors.wmdistance(["south"], ["east"]), Number.POSITIVE_INFINITY);
  assert.is(vectors.wmdistance([], []), Number.POSITIVE_INFINITY);
});

test.run();
