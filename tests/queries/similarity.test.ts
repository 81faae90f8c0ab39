// Similarities, distances and ranks, against gensim 4.4 (tests/golden) and their plain twins.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Matrix } from "../../src/tables/matrix.ts";
import { assertClose, goldenCalls, revive, testGoldenCalls, titleOf } from "../helpers/golden-calls.ts";
import * as reference from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { anySmallTable, goldenRows, tableOf } from "../helpers/tables.ts";

testGoldenCalls("similarity", "distance", "distances", "nSimilarity", "doesntMatch", "getMeanVector");
testGoldenCalls("mostSimilarToGiven", "closerThan", "rank", "rankByCentrality");

for (const entry of goldenCalls("cosineSimilarities")) {
  test(titleOf(entry), () => {
    const others = Matrix.from(Object.values(goldenRows));
    assertClose(KeyedVectors.cosineSimilarities(revive(entry.args[0]), others), entry.result, entry.call);
  });
}

test("a zero vector is as far from everything as a right angle, and never NaN", async () => {
  using vectors = await tableOf({ zero: [0, 0], one: [1, 0] });
  assert.equal([...vectors.distances("zero")], [1, 1]);
  assert.equal([...vectors.distances("one")], [1, 0]);
  assert.is(vectors.rank("one", "zero"), 1);
  assert.equal([...KeyedVectors.cosineSimilarities([0, 0], [[1, 0]])], [0]);
  assert.equal(vectors.rankByCentrality(["zero", "one"]), [
    [1, "one"],
    [0, "zero"],
  ]);
});

test("a mean of nothing, or of unknown words, is an error", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  for (const keys of [[], ["x", "y"]]) {
    await rejects("empty-query", /at least one that is present/, () => vectors.getMeanVector(keys));
  }
});

test("the means of many documents are those of each, and the empty ones are told", async () => {
  using vectors = await tableOf({ a: [2, 0], b: [0, 4], c: [-1, 0] });
  const documents = [["a", "b"], ["a", "x", { row: 1 }, "a"], ["x"], [], new Set(["c"])];
  const { vectors: means, empty } = vectors.meanVectors(documents, { preNormalize: false });
  assert.equal(means.shape, [5, 2]);
  assert.equal(empty, [2, 3]);
  assertClose(means.data, [1, 2, 4 / 3, 4 / 3, 0, 0, 0, 0, -1, 0], "means");
  const units = vectors.meanVectors([["a", "b", "b"], ["a"]]).vectors;
  assertClose(units.data, [1 / 3, 2 / 3, 1, 0], "means of unit vectors");
  assert.equal(units.row(0), vectors.getMeanVector(["a", "b", "b"]));
  const normed = vectors.meanVectors([["a", "b"]], { postNormalize: true }).vectors;
  assertClose(normed.data, [Math.SQRT1_2, Math.SQRT1_2], "unit vectors of means");
  assert.equal(vectors.meanVectors([]).vectors.shape, [0, 2]);
});

test("a document's words are weighed by a function of the word", async () => {
  using vectors = await tableOf({ the: [1, 0], cat: [0, 1] });
  const weights = (key: string) => (key === "the" ? 0.25 : 1);
  assertClose(vectors.meanVectors([["the", "x", { row: 1 }]], { weights }).vectors.data, [0.2, 0.8], "weighed");
  await rejects("option-invalid", /weights\("cat"\) is NaN; expected a finite number/, () =>
    vectors.meanVectors([["cat"]], { weights: () => Number.NaN }),
  );
});

test("documents that are none, or hold what is not present, are told by their place", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  await rejects("option-invalid", /The documents are "a b"; expected an array/, () =>
    vectors.meanVectors("a b" as never),
  );
  await rejects("option-invalid", /The words of document 1 are "a b"/, () => vectors.meanVectors([["a"], "a b"]));
  await rejects("key-not-found", /"x"/, () => vectors.meanVectors([["x"]], { ignoreMissing: false }));
});

test("ranks and distances agree with their plain twins", async () => {
  await fc.assert(
    fc.asyncProperty(anySmallTable, fc.nat(), fc.nat(), async (rows, i, j) => {
      const [a, b] = [i % rows.length, j % rows.length];
      using vectors = await tableOf(rows);
      const distances = rows.map((row) => 1 - reference.cosine(rows[a], row));
      assertClose(vectors.distances({ row: a }), distances, "distances");
      // a distance that differs from b's by rounding only may fall on either side
      const closer = (margin: number) => distances.filter((d, row) => row !== a && d < distances[b] + margin).length;
      const rank = vectors.rank({ row: a }, { row: b });
      assert.ok(closer(-1e-6) < rank && rank <= closer(1e-6) + 1);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("cosineSimilarities of vectors of another length, or with NaN, are errors", async () => {
  await rejects("shape-mismatch", /1 numbers; .* 2/, () => KeyedVectors.cosineSimilarities([1, 2], [[1]]));
  await rejects("option-invalid", /NaN/, () => KeyedVectors.cosineSimilarities([1, Number.NaN], [[1, 2]]));
});

test.run();
