// Principal components, against numpy: tests/golden/projection.json.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as reference from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { DIMENSIONS, randomRow, randomRows, Scratch } from "../helpers/scratch.ts";
import { tableOf } from "../helpers/tables.ts";

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
  const { data } = vectors.project({ keys: [0, "key 1", 2, 3, 4] });
  near(
    data,
    [2, 0, 1, 0, 0, 0, -1, 0, -2, 0].map((x) => x * Math.SQRT2),
    1e-6,
  );
});

test("the first of the furthest decides a side; equal vectors and a single one lie in the middle", async () => {
  using vectors = await tableOf([
    [1, 0],
    [-1, 0],
    [1, 0],
  ]);
  near(vectors.project({ keys: [0, 1] }).data, [1, 0, -1, 0], 1e-7);
  near(vectors.project({ keys: [1, 0] }).data, [1, 0, -1, 0], 1e-7);
  near(vectors.project({ keys: [0, 2] }).data, [0, 0, 0, 0], 0);
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

for (const dimension of DIMENSIONS) {
  test(`addOuter and multiply, D = ${dimension}`, async () => {
    using scratch = await Scratch.open();
    const twister = new reference.MersenneTwister(dimension);
    const size = dimension + (dimension % 2);
    const padded = (values: number[]) => scratch.f64([...values, ...Array(size - dimension).fill(0)]);
    const [x, y] = randomRows(twister, 2, dimension);
    const matrix = scratch.take(size * size * 8);
    scratch.kernels.addOuter(padded(x), size, matrix);
    scratch.kernels.addOuter(padded(y), size, matrix);
    const expected = reference.sumOfOuter([x, y]);
    for (const [i, row] of expected.entries()) {
      near(scratch.engine.f64(matrix + i * size * 8, dimension), row, 1e-15);
    }
    const factor = randomRow(twister, dimension);
    const product = scratch.take(size * 8);
    scratch.kernels.multiply(matrix, padded(factor), size, product);
    near(scratch.engine.f64(product, dimension), reference.multiply(expected, factor), 1e-13);
  });
}

test.run();
