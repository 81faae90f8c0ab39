// The order of a vocabulary against numpy and gensim (tests/golden/vocabulary-order.json).

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { byFrequency, byFrequencyQuicksort } from "../../src/vocabulary/frequency-order.ts";

const golden = JSON.parse(readFileSync("tests/golden/vocabulary-order.json", "utf8"));

test("the most frequent word comes first; of equals, the later one", () => {
  assert.equal([...byFrequency([1, 3, 1, 2])], [1, 3, 2, 0]);
});

test("counts that are too large for whole numbers, or none, have the same order", () => {
  assert.equal([...byFrequency([2 ** 52, 2 ** 53, 2 ** 52, 3])], [1, 2, 0, 3]);
  assert.equal([...byFrequency([0.5, 1.5, 0.5, 1])], [1, 3, 2, 0]);
});

test("the order of gensim 4.3 and numpy's quicksort, ties and all", () => {
  assert.ok(golden.lists.length >= 30);
  for (const [i, { counts }] of golden.lists.entries()) {
    assert.equal([...byFrequencyQuicksort(counts)], golden["gensim-4.3"][i], `${counts.length} counts`);
  }
});

test("the order of gensim 4.4", () => {
  for (const [i, { counts }] of golden.lists.entries()) {
    assert.equal([...byFrequency(counts)], golden["gensim-4.4"][i], `${counts.length} counts`);
  }
});

test("no words have no order", () => {
  assert.is(byFrequency([]).length, 0);
  assert.is(byFrequencyQuicksort([]).length, 0);
});

test.run();
