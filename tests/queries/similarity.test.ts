// Similarities, distances and ranks, against gensim 4.4 (tests/golden) and their plain twins.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Matrix } from "../../src/tables/matrix.ts";
import { assertClose, goldenCalls, revive, testGoldenCalls, titleOf } from "../helpers/golden-calls.ts";
import * as reference from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { anySmallTable, goldenRows, randomTable, tableOf } from "../helpers/tables.ts";

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

test("cosines lie in [-1, 1], however they are asked for, with the same bits", async () => {
  // a vector's cosine with itself is 1.0000001 and its like where rounding has its way
  const rows = randomTable(1, 40, 7).flatMap((row) => [row, row.map((x) => x * 3), row.map((x) => -x)]);
  using vectors = await tableOf(rows);
  const within = (scores: Iterable<number>) => [...scores].every((score) => Math.abs(score) <= 1);
  const all = rows.map((_, row) => vectors.mostSimilar({ row }, { topn: null }));
  const asked = rows.map((_, row) => ({ row }));
  const best = () => asked.map((row) => vectors.mostSimilar(row, { topn: 20 }));
  const alone = best();
  for (const [i, neighbors] of alone.entries()) {
    assert.ok(within(all[i]) && within(neighbors.map(([, score]) => score)));
    const ids = reference.topIndices(all[i], 21).filter((row) => row !== i);
    assert.equal(
      neighbors,
      ids.slice(0, 20).map((row) => [`key ${row}`, all[i][row]]),
    );
  }
  assert.equal(vectors.mostSimilarBatch(asked, { topn: 20 }), alone);
  const graph = await vectors.neighborGraph({ k: 20 });
  const similarities = Float32Array.from(alone.flatMap((neighbors) => neighbors.map(([, score]) => score)));
  assert.equal(graph.similarities, similarities);
  await vectors.buildIndex({ dtype: "int8" });
  assert.equal(best(), alone);
  assert.equal(vectors.mostSimilarBatch(asked, { topn: 20 }), alone);
  assert.equal((await vectors.neighborGraph({ k: 20 })).similarities, similarities);
  for (const i of [0, 1, 2]) {
    const distances = vectors.distances({ row: i });
    assert.ok(distances.every((distance) => distance >= 0 && distance <= 2));
    assert.equal(vectors.distances({ row: i }, asked), distances);
  }
  for (const [i, row] of rows.entries()) {
    const keys = [`key ${i}`, `key ${(i + 1) % rows.length}`];
    assert.ok(within([vectors.similarity({ row: i }, row), vectors.nSimilarity([keys[0]], [keys[0]])]));
    assert.ok(within(vectors.rankByCentrality([keys[0], keys[0]]).map(([score]) => score)));
    assert.ok(within(KeyedVectors.cosineSimilarities(row, [row])));
    assert.ok(vectors.distance({ row: i }, row) >= 0);
  }
});

/** (3, 4), (4, 3), (-3, -4), (-4, 3) have the cosines 1, 24/25, -1, 0 with (3, 4). */
const plane = { a: [3, 4], b: [4, 3], c: [-3, -4], d: [-4, 3] };

for (const scale of [1e-37, 1e-30, 1e-23, 1e-20, 1e-12, 1, 1e12, 1e18, 2e18, 1e37]) {
  test(`rows of the length ${scale * 5} have right cosines`, async () => {
    const rows = Object.fromEntries(Object.entries(plane).map(([key, row]) => [key, row.map((x) => x * scale)]));
    using vectors = await tableOf(rows);
    const cosines = [1, 0.96, -1, 0];
    const check = () => {
      for (const a of ["a", { row: 0 }, rows.a]) {
        assertClose(vectors.mostSimilar(a, { topn: null }), cosines, "mostSimilar");
        assertClose(
          ["a", "b", "c", "d"].map((b) => vectors.similarity(a, b)),
          cosines,
          "similarity",
        );
        assertClose(vectors.distances(a), [0, 0.04, 2, 1], "distances");
      }
      assert.equal(
        vectors.mostSimilar("a").map(([key]) => key),
        ["b", "d", "c"],
      );
      assertClose(
        vectors.mostSimilarBatch(["a", "c"])[1],
        [
          ["d", 0],
          ["b", -0.96],
          ["a", -1],
        ],
        "batch",
      );
    };
    check();
    await vectors.buildIndex({ dtype: "int8" });
    check();
    assertClose(KeyedVectors.cosineSimilarities(rows.a, Object.values(rows)), cosines, "cosineSimilarities");
    assertClose(vectors.nSimilarity(["a", "b"], ["a", "b"]), 1, "nSimilarity");
    assertClose(vectors.mostSimilar(["a", "b"])[0], ["d", -0.141421], "a query of two");
    assertClose(vectors.rankByCentrality(["a", "b"])[0][0], Math.sqrt(0.98), "rankByCentrality");
    assertClose(vectors.getVector("a", { norm: true }), [0.6, 0.8], "unit vector");
    assertClose(vectors.getNormedVectors().row(1), [0.8, 0.6], "unit vectors");
    assertClose(vectors.getMeanVector(["a", "c"], { postNormalize: true }), [0, 0], "mean");
    assertClose(vectors.mostSimilarCosmul("a", { topn: null }), [1, 0.98, 0, 0.5], "3CosMul", 2e-6);
    assert.is(vectors.rank("a", "d"), 2);
    vectors.unitNormalizeAll();
    assertClose(vectors.getVector("c"), [-0.6, -0.8], "normalized");
  });
}

test("a row whose length has no inverse in float32 counts as zero", async () => {
  using vectors = await tableOf({ tiny: [1e-39, 0], one: [1, 0] });
  assert.is(vectors.similarity("tiny", "one"), 0);
  assert.equal(vectors.mostSimilar("one"), [["tiny", 0]]);
});

test("cosineSimilarities of vectors of another length, or with NaN, are errors", async () => {
  await rejects("shape-mismatch", /1 numbers; .* 2/, () => KeyedVectors.cosineSimilarities([1, 2], [[1]]));
  await rejects("option-invalid", /NaN/, () => KeyedVectors.cosineSimilarities([1, Number.NaN], [[1, 2]]));
});

test.run();
