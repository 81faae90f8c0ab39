// Similarities, distances and ranks, against gensim 4.4 (tests/golden) and their plain twins.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { assertClose, goldenCalls, revive, testGoldenCalls, titleOf } from "../helpers/golden-calls.ts";
import * as reference from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { anySmallTable, goldenRows, matrixOf, tableOf } from "../helpers/tables.ts";

testGoldenCalls("similarity", "distance", "distances", "nSimilarity", "doesntMatch", "getMeanVector");
testGoldenCalls("mostSimilarToGiven", "closerThan", "rank", "rankByCentrality");

for (const entry of goldenCalls("cosineSimilarities")) {
  test(titleOf(entry), () => {
    const others = matrixOf(Object.values(goldenRows));
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
