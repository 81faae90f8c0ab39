// Batches and the int8 index: all give what a search row by row gives.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { KeyedVectors } from "../../src/keyed-vectors.ts";
import type { Neighbor } from "../../src/queries/most-similar.ts";
import { MersenneTwister, topIndices } from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { allowRelaxedSimd, indexBuilds } from "../helpers/relaxed-simd.ts";
import { randomRow } from "../helpers/scratch.ts";
import { compass, named, randomTable, tableOf } from "../helpers/tables.ts";

allowRelaxedSimd();

const keysOf = (neighbors: Neighbor[]) => neighbors.map(([key]) => key);

/** What every row scores, sorted: the plain way to find the nearest. */
function plainNeighbors(vectors: KeyedVectors, query: Float32Array, topn: number, begin = 0, end = vectors.size) {
  const scores = vectors.mostSimilar(query, { topn: null }).subarray(begin, end);
  return topIndices(scores, topn).map((i): Neighbor => [`key ${begin + i}`, scores[i] + 0]);
}

/** Rows that tell a wrong bound: equal and nearly equal ones, of any length, zero, and too short for their squares. */
const rowKind = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("random" as const), seed: fc.nat(1000), power: fc.constant(0) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("same" as const, "near" as const, "opposite" as const),
      seed: fc.nat(5),
      power: fc.integer({ min: -60, max: 60 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("zero" as const, "spike" as const, "random" as const),
      seed: fc.nat(1000),
      power: fc.constantFrom(-149, -140, -126, -75, -74, -41, -40, -39, 0, 60),
    }),
  },
);

function makeRow({ kind, seed, power }: typeof rowKind extends fc.Arbitrary<infer T> ? T : never, dimension: number) {
  const row = randomRow(new MersenneTwister(seed), dimension);
  const scale = 2 ** power;
  if (kind === "zero") return row.map(() => 0);
  if (kind === "spike") return row.map((x, d) => (d === seed % dimension ? scale : x * scale * 2 ** -12));
  if (kind === "opposite") return row.map((x) => -x * scale);
  // the last number differs in the last bits of float32
  if (kind === "near") return row.map((x, d) => x * scale * (d ? 1 : 1 + seed * 2 ** -23));
  return row.map((x) => x * scale);
}

test("with the index and without it, alone and in a batch: the same neighbours, bit for bit", async () => {
  const tables = fc.record({
    dimension: fc.constantFrom(1, 3, 4, 16, 17, 50),
    rows: fc.array(rowKind, { minLength: 1, maxLength: 300, size: "max" }),
    queries: fc.array(rowKind, { minLength: 1, maxLength: 5 }),
    topn: fc.integer({ min: 1, max: 20 }),
    begin: fc.nat(100),
  });
  await fc.assert(
    fc.asyncProperty(tables, async ({ dimension, rows, queries, topn, begin }) => {
      using vectors = await tableOf(rows.map((row) => makeRow(row, dimension)));
      const asked = queries.map((row) => Float32Array.from(makeRow(row, dimension)));
      const clip = { topn, clipStart: Math.min(begin, rows.length - 1) };
      const expected = asked.map((query) => plainNeighbors(vectors, query, topn, clip.clipStart));
      const ask = () => asked.map((query) => vectors.mostSimilar(query, clip));
      assert.equal(ask(), expected, "float32");
      assert.equal(vectors.mostSimilarBatch(asked, clip), expected, "float32, in a batch");
      for (const { build, asIn } of indexBuilds()) {
        using _ = await asIn(() => vectors.buildIndex({ dtype: "int8" }));
        assert.equal(ask(), expected, `index, ${build}`);
        assert.equal(vectors.mostSimilarBatch(asked, clip), expected, `index, ${build}, in a batch`);
      }
    }),
    { numRuns: 150, seed: 1 },
  );
});

test("where the index rules nothing out, the rows are compared without it", async () => {
  // 5000 equal rows: every one of them is a candidate
  using vectors = await tableOf(Array.from({ length: 5000 }, (_, i) => (i === 4321 ? [3, 4.001] : [3, 4])));
  const expected = vectors.mostSimilar(Float32Array.of(3, 5), { topn: 3 });
  assert.equal(keysOf(expected), ["key 4321", "key 0", "key 1"]);
  await vectors.buildIndex({ dtype: "int8" });
  assert.equal(vectors.mostSimilar(Float32Array.of(3, 5), { topn: 3 }), expected);
});

test("300 x 300 random vectors: the index and batches beyond one pass give the same", async () => {
  using vectors = await tableOf(randomTable(3, 300, 300));
  const expected = named(300).map((key) => vectors.mostSimilar(key, { topn: 7 }));
  assert.equal(vectors.mostSimilarBatch(named(300), { topn: 7 }), expected);
  await vectors.buildIndex({ dtype: "int8" });
  assert.equal(vectors.mostSimilarBatch(named(300), { topn: 7 }), expected);
  assert.equal(
    named(300).map((key) => vectors.mostSimilar(key, { topn: 7 })),
    expected,
  );
});

test("after a vector has changed, norms and index are right again", async () => {
  using vectors = await tableOf(randomTable(5, 200, 8));
  await vectors.buildIndex({ dtype: "int8" });
  const query = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  vectors.mostSimilar(query);
  vectors.setVector(
    "key 150",
    query.map((x) => 100 * x),
  );
  vectors.setVector(
    "key 3",
    query.map((x) => -x),
  );
  assert.equal(vectors.mostSimilar(query, { topn: 200 }), plainNeighbors(vectors, query, 200));
  assert.is(vectors.mostSimilar(query)[0][0], "key 150");
  assert.is(vectors.mostSimilar(query, { topn: 200 })[199][0], "key 3");
});

test("an index follows a table that grows, is sorted, is normalized", async () => {
  using vectors = await tableOf(randomTable(6, 100, 8));
  await vectors.buildIndex({ dtype: "int8" });
  const query = Float32Array.of(8, 7, 6, 5, 4, 3, 2, 1);
  vectors.addVectors(["key 100", "key 101"], [query, query.map((x) => x / 3)]);
  assert.equal(vectors.mostSimilar(query, { topn: 50 }), plainNeighbors(vectors, query, 50));
  assert.equal(keysOf(vectors.mostSimilar(query, { topn: 2 })), ["key 100", "key 101"]);
  vectors.unitNormalizeAll();
  assert.equal(vectors.mostSimilar(query, { topn: 50 }), plainNeighbors(vectors, query, 50));
  for (let i = 0; i < vectors.size; i++) vectors.setVecattr({ row: i }, "count", i === 101 ? 7 : 1);
  vectors.sortByDescendingFrequency();
  assert.is(vectors.indexToKey.at(0), "key 101");
  const scores = vectors.mostSimilar(query, { topn: null });
  assert.equal(
    vectors.mostSimilar(query, { topn: 50 }),
    topIndices(scores, 50).map((i) => [vectors.indexToKey.at(i), scores[i]]),
  );
});

test("an index says what it takes, and can be given back", async () => {
  using vectors = await tableOf(randomTable(7, 1000, 300));
  const expected = vectors.mostSimilar({ row: 0 });
  const index = await vectors.buildIndex({ dtype: "int8" });
  // 304 bytes of int8 and 8 of bounds a row, and what queries need
  assert.ok(index.bytes > 312_000 && index.bytes < 312_000 + 500_000, String(index.bytes));
  assert.is((await vectors.buildIndex({ dtype: "int8" })).bytes, index.bytes);
  index.close();
  index.close();
  assert.equal(vectors.mostSimilar({ row: 0 }), expected);
  using again = await vectors.buildIndex({ dtype: "int8" });
  assert.equal(vectors.mostSimilar({ row: 0 }), expected);
  assert.is(again.bytes, index.bytes);
});

test("an index that is built twice at the same time is one", async () => {
  using vectors = await tableOf(randomTable(11, 100, 8));
  const expected = vectors.mostSimilar({ row: 0 });
  const build = () => vectors.buildIndex({ dtype: "int8" });
  const [first, second] = await Promise.all([build(), build()]);
  assert.equal(vectors.mostSimilar({ row: 0 }), expected);
  first.close();
  second.close();
  assert.equal(vectors.mostSimilar({ row: 0 }), expected);
});

test("an index of another dtype is an error", async () => {
  using vectors = await compass();
  await rejects("option-invalid", /buildIndex: dtype is "int4"; expected "int8"/, () =>
    vectors.buildIndex({ dtype: "int4" } as unknown as { dtype: "int8" }),
  );
});

test("use after close is an error", async () => {
  const vectors = await compass();
  await vectors.buildIndex({ dtype: "int8" });
  vectors.close();
  await rejects("closed", /closed/, () => vectors.mostSimilarBatch(["east"]));
  await rejects("closed", /closed/, () => vectors.buildIndex({ dtype: "int8" }));
});

test.run();
