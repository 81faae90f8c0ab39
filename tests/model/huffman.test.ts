// Huffman trees: short paths for frequent words, and gensim's ties.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { huffmanPaths } from "../../src/model/huffman.ts";

/** Each word's path, as "node:turn" from the root down. */
function pathsOf(...counts: number[]): string[] {
  const { offsets, points, codes } = huffmanPaths(Float64Array.from(counts));
  const turns = Array.from(points, (point, i) => `${point}:${codes[i]}`);
  return counts.map((_, word) => turns.slice(offsets[word], offsets[word + 1]).join(" "));
}

test("the two rarest are merged first: 1 and 2 are node 0, it and 4 node 1, that and 8 the root", () => {
  assert.equal(pathsOf(8, 4, 2, 1), ["2:1", "2:0 1:1", "2:0 1:0 0:1", "2:0 1:0 0:0"]);
  const { offsets, longest } = huffmanPaths(Float64Array.of(8, 4, 2, 1));
  assert.equal([...offsets], [0, 1, 3, 6, 9]);
  assert.is(longest, 3);
});

test("counts that are near each other make a tree without long paths: 5 + 4 against 3 + 2", () => {
  assert.equal(pathsOf(5, 4, 3, 2), ["2:1 1:1", "2:1 1:0", "2:0 0:1", "2:0 0:0"]);
});

test("ties fall as in Python's heapq, which gensim uses", () => {
  // heapq with gensim's heap items, whose order is that of their counts alone
  assert.equal(pathsOf(1, 1, 1), ["1:0", "1:1 0:1", "1:1 0:0"]);
  assert.equal(pathsOf(1, 1, 1, 1), ["2:0 0:1", "2:1 1:1", "2:0 0:0", "2:1 1:0"]);
  assert.equal(pathsOf(3, 3, 2, 2, 1), ["3:1 2:0", "3:0 1:1", "3:1 2:1 0:1", "3:0 1:0", "3:1 2:1 0:0"]);
  const ofSeven = "5:1 4:0 1:1, 5:0 3:0, 5:0 3:1 0:1, 5:1 4:1 2:1, 5:1 4:1 2:0, 5:1 4:0 1:0, 5:0 3:1 0:0";
  assert.is(pathsOf(7, 7, 7, 7, 7, 7, 7).join(", "), ofSeven);
});

test("no path is the beginning of another, and frequent words have no longer ones", () => {
  const counts = Array.from({ length: 200 }, (_, word) => Math.ceil(1000 / (word + 1)));
  const { offsets, codes } = huffmanPaths(Float64Array.from(counts));
  const paths = counts.map((_, word) => codes.subarray(offsets[word], offsets[word + 1]).join(""));
  // every turn of a full binary tree is taken: the shares of all paths are one
  assert.is(
    paths.reduce((sum, path) => sum + 2 ** -path.length, 0),
    1,
  );
  for (const [word, path] of paths.entries()) {
    assert.is(
      paths.findIndex((other, i) => i !== word && other.startsWith(path)),
      -1,
    );
    if (counts[word] < counts[word - 1]) assert.ok(path.length >= paths[word - 1].length);
  }
});

test("a single word has no turn to take", () => {
  const { offsets, points, codes, longest } = huffmanPaths(Float64Array.of(5));
  assert.equal([...offsets], [0, 0]);
  assert.equal([points.length, codes.length, longest], [0, 0, 0]);
});

test.run();
