// Reciprocal ranks, by head.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { fuse } from "../../src/search/fuse.ts";
import { rejects } from "../helpers/rejects.ts";

test("an id's score is the sum of 1 / (60 + place)", () => {
  assert.equal(
    fuse([
      ["a", "b", "c"],
      ["b", "d"],
    ]),
    [
      ["b", 1 / 62 + 1 / 61],
      ["a", 1 / 61],
      ["d", 1 / 62],
      ["c", 1 / 63],
    ],
  );
});

test("pairs are rankings, too, by their order alone; a number is an id; of equal ones the first comes first", () => {
  const answers = fuse([
    [
      ["x", 0.1],
      ["7", 0.9],
    ],
    [7, "x"],
  ]);
  assert.equal(answers, [
    ["x", 1 / 61 + 1 / 62],
    ["7", 1 / 61 + 1 / 62],
  ]);
});

test("k and weights", () => {
  assert.equal(fuse([["a"], ["b"]], { k: 0, weights: [1, 2] }), [
    ["b", 2],
    ["a", 1],
  ]);
});

test("of an id that comes twice in a ranking the first place counts, and takes no other's", () => {
  assert.equal(fuse([["a", "a", "b"]], { k: 0 }), [
    ["a", 1],
    ["b", 0.5],
  ]);
});

test("nothing to join", () => {
  assert.equal(fuse([]), []);
  assert.equal(fuse([[], []]), []);
});

test("what is no ranking, and weights that are none", async () => {
  await rejects("option-invalid", /The rankings are "a b"/, () => fuse("a b" as never));
  await rejects("option-invalid", /The ids of ranking 1 are 3; expected an array/, () => fuse([[], 3] as never));
  await rejects("option-invalid", /Ranking 0 holds \{"id":"a"\}; expected ids, or \[id, score\] pairs/, () =>
    fuse([[{ id: "a" }]] as never),
  );
  await rejects("option-invalid", /weight 1 is -1; expected a number of at least 0/, () =>
    fuse([["a"], ["b"]], { weights: [1, -1] }),
  );
  await rejects("shape-mismatch", /1 rankings and 2 weights/, () => fuse([["a"]], { weights: [1, 2] }));
  await rejects("option-invalid", /k is -1; expected a number of at least 0/, () => fuse([], { k: -1 }));
});

test.run();
