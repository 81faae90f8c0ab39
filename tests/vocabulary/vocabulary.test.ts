// The vocabulary as the host has it: what it holds survives every way of growing.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Vocabulary } from "../../src/vocabulary/vocabulary.ts";

/** Some short, some long, some not of ASCII. */
const anyWords = Array.from({ length: 60_000 }, (_, i) => `${"é".repeat(i % 3)}word${i}${"x".repeat(i % 17)}`);

test("60,000 words keep their ids, bytes and counts while the vocabulary grows", async () => {
  const vocabulary = await Vocabulary.open();
  const ids: number[] = [];
  for (let from = 0; from < anyWords.length; from += 7) {
    ids.push(...vocabulary.count(anyWords.slice(from, from + 7)));
  }
  vocabulary.count(anyWords.slice(0, 1000));
  // not assert.equal, which would compare strings of a megabyte for minutes where they differ
  assert.is(
    ids.findIndex((id, i) => id !== i),
    -1,
  );
  assert.is(
    anyWords.findIndex((word, id) => vocabulary.word(id) !== word),
    -1,
  );
  assert.equal([...vocabulary.counts.subarray(998, 1002)], [2, 2, 1, 1]);
  vocabulary.close();
});

test.run();
