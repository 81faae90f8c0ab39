// Where a corpus is cut into jobs.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { JobCutter } from "../../src/corpus/job-ranges.ts";

/** Each job's words, of sentences of so many words. */
function cut(batchWords: number, sentences: number[]) {
  const cutter = new JobCutter(batchWords);
  for (const words of sentences) cutter.endSentence(words);
  return cutter;
}

test("as many whole sentences as have batchWords words", () => {
  const { jobs, sentences, words } = cut(5, [2, 3, 1, 0, 4, 1]);
  assert.equal(jobs, [
    { begin: 0, end: 7, sentencesBefore: 0, wordsBefore: 0, words: 5 },
    { begin: 7, end: 15, sentencesBefore: 2, wordsBefore: 5, words: 5 },
    { begin: 15, end: 17, sentencesBefore: 5, wordsBefore: 10, words: 1 },
  ]);
  assert.equal([sentences, words], [6, 11]);
});

test("a longer sentence is a job of its own; before a first one comes an empty job, as in gensim", () => {
  assert.equal(
    cut(5, [6, 1, 7, 2]).jobs.map(({ begin, end, words }) => [begin, end, words]),
    [
      [0, 0, 0],
      [0, 7, 6],
      [7, 9, 1],
      [9, 17, 7],
      [17, 20, 2],
    ],
  );
});

test("a corpus without sentences has no jobs", () => assert.equal(cut(5, []).jobs, []));

test.run();
