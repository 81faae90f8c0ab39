// The queries of KeyedVectors against gensim 4.4 and POT: tests/golden/make-queries.py asked them.

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import { Matrix } from "../src/tables/matrix.ts";
import { assertAnswersAs, assertClose, type GoldenCall, revive } from "./helpers/golden-calls.ts";
import * as reference from "./helpers/reference.ts";
import { rejects } from "./helpers/rejects.ts";

const { table } = JSON.parse(readFileSync("tests/golden/keyed-vectors.json", "utf8"));
const golden = JSON.parse(readFileSync("tests/golden/queries.json", "utf8"));
const keys = Object.keys(table);
const matrix = new Matrix(Float32Array.from(Object.values<number[]>(table).flat()), [keys.length, 5]);

const goldenVectors = () => KeyedVectors.from(keys, matrix);

/** Four keys in a plane, whose cosines one can see: east, north, north-east, west. */
const compass = () =>
  KeyedVectors.from(["east", "north", "northeast", "west"], {
    data: Float32Array.of(1, 0, 0, 2, 3, 3, -4, 0),
    shape: [4, 2],
  });

for (const entry of golden.entries as GoldenCall[]) {
  test(`${entry.call}(${JSON.stringify(entry.args).slice(1, -1)}) is gensim's`, async () => {
    using vectors = await goldenVectors();
    if (entry.call !== "cosineSimilarities") return assertAnswersAs(entry, vectors);
    assertClose(KeyedVectors.cosineSimilarities(revive(entry.args[0]), matrix), entry.result, entry.call);
  });
}

test("normed vectors are the vectors divided by their lengths", async () => {
  using vectors = await compass();
  const expected = [1, 0, 0, 1, Math.SQRT1_2, Math.SQRT1_2, -1, 0];
  assertClose(vectors.getNormedVectors().data, expected, "normed");
});

test("restrictVocab limits mostSimilarCosmul, which gensim forgets", async () => {
  using vectors = await compass();
  const neighbors = vectors.mostSimilarCosmul("north", { restrictVocab: 2 });
  assert.equal(
    neighbors.map(([key]) => key),
    ["east"],
  );
});

test("a zero vector is as far from everything as a right angle, and never NaN", async () => {
  using vectors = await KeyedVectors.from(["zero", "one"], { data: Float32Array.of(0, 0, 1, 0), shape: [2, 2] });
  assert.equal([...vectors.distances("zero")], [1, 1]);
  assert.equal([...vectors.distances("one")], [1, 0]);
  assert.is(vectors.rank("one", "zero"), 1);
  assert.equal(vectors.mostSimilarCosmul("zero", { topn: 1 })[0][0], "one");
  assert.equal([...KeyedVectors.cosineSimilarities([0, 0], [[1, 0]])], [0]);
  assert.equal(vectors.rankByCentrality(["zero", "one"]), [
    [1, "one"],
    [0, "zero"],
  ]);
});

test("documents of words with the same vectors are no distance apart, whatever the words", async () => {
  using vectors = await KeyedVectors.from(["a", "b", "c"], { data: Float32Array.of(1, 2, 1, 2, 2, 4), shape: [3, 2] });
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

test("nothing to ask with is an error", async () => {
  using vectors = await compass();
  await rejects("empty-query", /at least one/, () => vectors.mostSimilarCosmul([], { negative: "east" }));
  await rejects("empty-query", /at least one/, () => vectors.mostSimilarToGiven("east", []));
  await rejects("empty-query", /at least one/, () => vectors.rankByCentrality(["south"]));
  await rejects("empty-query", /at least one/, () => vectors.doesntMatch([]));
});

test("a weight is an error where nothing is weighed", async () => {
  using vectors = await compass();
  const weighted = { key: "east", weight: 2 } as never;
  await rejects("option-invalid", /nothing is weighed/, () => vectors.mostSimilarCosmul(weighted));
});

test("a topn that cannot be is an error", async () => {
  using vectors = await compass();
  await rejects("option-invalid", /at least 1/, () => vectors.relativeCosineSimilarity("east", "west", { topn: 0 }));
  await rejects("option-invalid", /at least 0/, () => vectors.mostSimilarCosmul("east", { topn: -1 }));
});

test("vectors of another length are an error", async () => {
  using vectors = await compass();
  const long = new Float32Array(3);
  await rejects("shape-mismatch", /3 numbers; the table's have 2/, () => vectors.distances(long));
  await rejects("shape-mismatch", /3 numbers; the table's have 2/, () => vectors.mostSimilarCosmul(long));
  await rejects("shape-mismatch", /1 numbers; .* 2/, () => KeyedVectors.cosineSimilarities([1, 2], [[1]]));
  await rejects("option-invalid", /NaN/, () => KeyedVectors.cosineSimilarities([1, Number.NaN], [[1, 2]]));
});

/** Tables of 2 to 12 rows of 3 small integers, so that ties and zero vectors are common. */
const tables = fc.array(fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: -2, max: 2 }))), {
  minLength: 2,
  maxLength: 12,
});

test("3CosMul, ranks and distances agree with their plain twins", async () => {
  await fc.assert(
    fc.asyncProperty(tables, fc.nat(), fc.nat(), async (rows, i, j) => {
      const [a, b] = [i % rows.length, j % rows.length];
      using vectors = await KeyedVectors.from(
        rows.map((_, row) => `key ${row}`),
        { data: Float32Array.from(rows.flat()), shape: [rows.length, 3] },
      );
      const cosmul = vectors.mostSimilarCosmul(a, { negative: b, topn: null });
      for (const [row, expected] of reference.cosmul([rows[a]], [rows[b]], rows).entries()) {
        // opposite vectors: the divisor is rounding and 1e-6
        if (reference.cosine(rows[b], rows[row]) > -0.99) assertClose(cosmul[row], expected, `cosmul ${row}`, 1e-4);
      }
      const distances = rows.map((row) => 1 - reference.cosine(rows[a], row));
      assertClose(vectors.distances(a), distances, "distances");
      // a distance that differs from b's by rounding only may fall on either side
      const closer = (margin: number) => distances.filter((d, row) => row !== a && d < distances[b] + margin).length;
      const rank = vectors.rank(a, b);
      assert.ok(closer(-1e-6) < rank && rank <= closer(1e-6) + 1);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test.run();
