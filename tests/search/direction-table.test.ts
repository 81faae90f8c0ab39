// Directions as int8: the engine's candidates and the cosines of all rows, one by one, give the same answers.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { directionsLayout } from "../../src/engine/layout.ts";
import { DirectionTable } from "../../src/search/direction-table.ts";
import { MersenneTwister } from "../helpers/reference.ts";
import { randomRow } from "../helpers/scratch.ts";

await Engine.load();

const randomFloats = (random: MersenneTwister, dimension: number) => Float32Array.from(randomRow(random, dimension));

const all = () => true;

/** What each row's cosine is, in float64. */
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x).reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) || 0;
};

test("any table, any query: the rows and order of a search row by row", () => {
  const tables = fc.record({
    seed: fc.nat(1000),
    dimension: fc.constantFrom(1, 3, 16, 17, 100, 1000),
    size: fc.integer({ min: 1, max: 1500 }),
    topn: fc.constantFrom(1, 3, 10, 100, 5000),
    minSimilarity: fc.constantFrom(undefined, -1, 0, 0.3),
    kinds: fc.constantFrom(3, 50, 5000),
    removed: fc.boolean(),
  });
  fc.assert(
    fc.property(tables, ({ seed, dimension, size, topn, minSimilarity, kinds, removed }) => {
      const random = new MersenneTwister(seed);
      const made = Array.from({ length: Math.min(kinds, size) }, () => randomFloats(random, dimension));
      const table = new DirectionTable(dimension);
      // equal rows, rows of other lengths and zeros among them
      const rows = Array.from({ length: size }, (_, i) =>
        table.add(made[i % made.length].map((x) => x * (i % 7) * 2 ** ((i % 9) * 10 - 40))),
      );
      table.show(rows);
      const isThere = (row: number) => !removed || row % 3 > 0;
      for (const row of rows) if (!isThere(row)) table.remove(row);
      const query = randomFloats(random, dimension);
      const expected = rows
        .filter(isThere)
        .map((row) => ({ row, score: cosine(table.row(row), query) }))
        .filter(({ score }) => score >= (minSimilarity ?? -1) - 1e-12)
        .sort((a, b) => b.score - a.score)
        .slice(0, topn);
      const got = table.nearest(query, { topn, minSimilarity, isTaken: all });
      assert.is(got.length, expected.length);
      for (const [i, { row, score }] of got.entries()) {
        assert.ok(isThere(row));
        assert.ok(Math.abs(score - expected[i].score) < 1e-12, `${score}, ${expected[i].score}`);
        assert.ok(i === 0 || got[i - 1].score > score || got[i - 1].row < row, "equal ones are in their order");
      }
      table.close();
    }),
    { numRuns: 40 },
  );
});

test("a row is int8 whose largest number is 127: its direction within 0.3 degrees", () => {
  const table = new DirectionTable(3);
  const row = table.add(Float32Array.of(0.2, -0.4, 0.1));
  assert.equal([...table.row(row)], [64, -127, 32]);
  const random = new MersenneTwister(1);
  const wide = new DirectionTable(256);
  for (let i = 0; i < 100; i++) {
    const numbers = randomFloats(random, 256);
    assert.ok(cosine(wide.row(wide.add(numbers)), numbers) > 0.99998);
  }
  for (const opened of [table, wide]) opened.close();
});

test("vectors whose squares float32 does not hold have their direction, too", () => {
  const table = new DirectionTable(2);
  table.show([1e38, 1e-44].map((length) => table.add(Float32Array.of(length, length))));
  for (const length of [1, 3e38, 1e-44]) {
    const scores = table.nearest(Float32Array.of(length, 0), { topn: 2, isTaken: all }).map(({ score }) => score);
    assert.is(scores.length, 2);
    for (const score of scores) assert.ok(Math.abs(score - Math.SQRT1_2) < 1e-12);
  }
  table.close();
});

test("a single long vector takes no more than a few of its kind", () => {
  const table = new DirectionTable(1_000_000);
  table.show([table.add(new Float32Array(1_000_000).fill(1))]);
  assert.equal(
    table.nearest(new Float32Array(1_000_000).fill(2), { topn: 1, isTaken: all }).map(({ row }) => row),
    [0],
  );
  const { end } = directionsLayout(0, 1, 1_000_000);
  assert.ok(end < 8e6, `${end} bytes`);
  table.close();
});

test("rows that were given back are used again", () => {
  const table = new DirectionTable(1);
  const rows = [1, 2, 3].map((x) => table.add(Float32Array.of(x)));
  table.show(rows);
  table.remove(1);
  assert.is(table.add(Float32Array.of(-1)), 1);
  const asked = () => table.nearest(Float32Array.of(1), { topn: 5, isTaken: all }).map(({ row }) => row);
  assert.equal(asked(), [0, 2], "not shown yet");
  table.show([1]);
  assert.equal(asked(), [0, 2, 1]);
  table.close();
});

test.run();
