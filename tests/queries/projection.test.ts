// Principal components, against numpy: tests/golden/projection.json.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { projectRows } from "../../src/queries/projection.ts";
import { buildTable } from "../../src/tables/build-table.ts";
import * as reference from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { DIMENSIONS, randomRows, Scratch } from "../helpers/scratch.ts";
import { named, tableOf } from "../helpers/tables.ts";

const near = (got: ArrayLike<number>, expected: number[], bound: number) => {
  assert.is(got.length, expected.length);
  for (const [i, x] of expected.entries()) assert.ok(Math.abs(got[i] - x) <= bound, `[${i}] is ${got[i]}, not ${x}`);
};

for (const { rows, coordinates } of JSON.parse(readFileSync("tests/golden/projection.json", "utf8"))) {
  test(`${rows.length} rows of ${rows[0].length} dimensions lie where numpy sees them`, async () => {
    using vectors = await tableOf(rows);
    const projected = vectors.project();
    assert.equal(projected.shape, [rows.length, 2]);
    // float32 holds seven digits of numbers up to 10
    near(projected.data, coordinates.flat(), 1e-6);
  });
}

test("a long and a short axis, seen aslant", async () => {
  // five points on the diagonal, of which one is furthest; two beside it
  using vectors = await tableOf([
    [10, 10],
    [11, 11],
    [12, 12],
    [13, 13],
    [14, 14],
    [10.5, 11.5],
    [11.5, 10.5],
  ]);
  const { data } = vectors.project({ keys: [0, 1, 2, 3, 4].map((row) => ({ row })) });
  near(
    data,
    [2, 0, 1, 0, 0, 0, -1, 0, -2, 0].map((x) => x * Math.SQRT2),
    1e-6,
  );
});

for (const scale of [1e-30, 1e-22, 1e18]) {
  test(`rows of the length ${scale} are drawn as those of the length 1`, async () => {
    using vectors = await tableOf([
      [0, 3 * scale],
      [0, -scale],
      [scale, -scale],
      [-scale, -scale],
    ]);
    near(
      vectors.project().data.map((x) => x / scale),
      [3, 0, -1, 0, -1, 1, -1, -1],
      1e-6,
    );
  });
}

test("the first of the furthest decides a side; equal vectors and a single one lie in the middle", async () => {
  using vectors = await tableOf([
    [1, 0],
    [-1, 0],
    [1, 0],
  ]);
  near(vectors.project({ keys: [{ row: 0 }, { row: 1 }] }).data, [1, 0, -1, 0], 1e-7);
  near(vectors.project({ keys: [{ row: 1 }, { row: 0 }] }).data, [1, 0, -1, 0], 1e-7);
  near(vectors.project({ keys: [{ row: 0 }, { row: 2 }] }).data, [0, 0, 0, 0], 0);
  near(vectors.project({ keys: ["key 1"] }).data, [0, 0], 0);
  using line = await tableOf([[1], [2], [6]]);
  near(line.project().data, [-2, 0, -1, 0, 3, 0], 1e-6);
});

test("no keys, an unknown one and NaN are errors", async () => {
  using vectors = await tableOf([[1, 2]]);
  await rejects("empty-query", /no key/, () => vectors.project({ keys: [] }));
  await rejects("key-not-found", /"king"/, () => vectors.project({ keys: ["king"] }));
  await rejects("option-unknown", /Did you mean "keys"/, () => vectors.project({ key: [] } as object));
});

/** How long the columns of coordinates are, and their product, which is zero where they are orthogonal. */
function axesOf(data: Float32Array): { lengths: number[]; product: number } {
  const [first, second] = [0, 1].map((k) => Array.from(data).filter((_, i) => i % 2 === k));
  return { lengths: [first, second].map((x) => Math.sqrt(reference.dot(x, x))), product: reference.dot(first, second) };
}

for (const corners of [3, 4, 5, 30, 100]) {
  test(`a simplex of ${corners} corners, whose axes are equally long, has two that are orthogonal`, async () => {
    const corner = (i: number) => Array.from({ length: corners }, (_, d) => Number(i === d));
    using vectors = await tableOf(Array.from({ length: corners }, (_, i) => corner(i)));
    const { lengths, product } = axesOf(vectors.project().data);
    near(lengths, [1, 1], 1e-6);
    near([product], [0], 1e-6);
  });
}

test("a square has two orthogonal axes of equal length, beside ten shorter ones", async () => {
  const at = (axis: number, x: number) => Array.from({ length: 12 }, (_, d) => (d === axis ? x : 0));
  const square = [at(0, 9), at(0, -9), at(1, 9), at(1, -9)];
  const short = Array.from({ length: 10 }, (_, k) => [at(k + 2, 8 - k / 2), at(k + 2, k / 2 - 8)]).flat();
  using vectors = await tableOf([...square, ...short]);
  const { data } = vectors.project();
  const { lengths, product } = axesOf(data);
  near(lengths, [9 * Math.SQRT2, 9 * Math.SQRT2], 1e-5);
  near([product], [0], 1e-4);
  near(data.slice(8), Array(40).fill(0), 1e-6);
});

test("an axis a thousand times as long hides no second one", async () => {
  // the mean is 0, and the axes are those of the numbers
  const row = (x: number, y: number, z: number) => [x, y, z].flatMap((a) => [a, -a]);
  using vectors = await tableOf([
    row(1000, 0, 0),
    row(-1000, 0, 0),
    row(0, 1, 0),
    row(0, -1, 0),
    row(0, 0, 0.5),
    row(0, 0, -0.5),
  ]);
  const expected = [1000, 0, -1000, 0, 0, 1, 0, -1, 0, 0, 0, 0].map((x) => x * Math.SQRT2);
  near(vectors.project().data, expected, 1e-4);
});

for (const [size, dimension] of [
  [500, 400],
  [90, 300],
]) {
  test(`no two directions show more of ${size} random rows of ${dimension} numbers, which differ alike in all`, async () => {
    const rows = randomRows(new reference.MersenneTwister(size), size, dimension);
    using vectors = await tableOf(rows);
    const { data } = vectors.project();
    const mean = rows[0].map((_, d) => rows.reduce((sum, row) => sum + row[d], 0) / size);
    const centered = rows.map((row) => row.map((x, d) => x - mean[d]));
    // an eigenvector of X Xᵀ: the coordinates are as long as the root of its eigenvalue
    for (const k of [0, 1]) {
      const axis = Array.from({ length: size }, (_, i) => data[i * 2 + k]);
      const value = reference.dot(axis, axis);
      const along = mean.map((_, d) => centered.reduce((sum, row, i) => sum + row[d] * axis[i], 0));
      const image = centered.map((row) => reference.dot(row, along));
      near(
        image,
        axis.map((x) => x * value),
        1e-6 * value,
      );
    }
  });
}

test("rows of a table of float16 are decoded", async () => {
  const rows = [
    [10, 10],
    [11, 11],
    [12, 12],
    [13, 13],
    [14, 14],
  ];
  using vectors = await KeyedVectors.from(named(5), rows, { dtype: "float16" });
  near(
    vectors.project().data,
    [2, 0, 1, 0, 0, 0, -1, 0, -2, 0].map((x) => x * Math.SQRT2),
    1e-6,
  );
});

test("rows that have no room together give the same coordinates", async () => {
  const rows = randomRows(new reference.MersenneTwister(1), 50, 7);
  const table = await buildTable(named(50), 7, "float32", (table) =>
    rows.forEach((row, i) => void table.setRow(i, row)),
  );
  const ids = rows.map((_, i) => i);
  const { data } = projectRows(table, ids);
  // 56 bytes each, four at a time at least, and a number that 50 is no multiple of
  for (const bytes of [1, 56 * 12, 56 * 48]) assert.equal(projectRows(table, ids, bytes).data, data);
  table.close();
});

for (const dimension of DIMENSIONS) {
  test(`addProducts, D = ${dimension}`, async () => {
    using scratch = await Scratch.open();
    const twister = new reference.MersenneTwister(dimension);
    const rows = randomRows(twister, 8, dimension);
    const [a, b] = randomRows(twister, 2, dimension);
    const pairs = scratch.f64(a.flatMap((x, d) => [x, b[d]]));
    const sums = scratch.f64(Array(dimension * 2).fill(1));
    scratch.kernels.addProducts(scratch.f64(rows.flat()), rows.length, dimension * 8, pairs, sums);
    const [forA, forB] = [a, b].map((x) => reference.multiplyByProducts(rows, x));
    near(
      scratch.engine.f64(sums, dimension * 2),
      forA.flatMap((x, d) => [x + 1, forB[d] + 1]),
      1e-12,
    );
  });
}

test.run();
