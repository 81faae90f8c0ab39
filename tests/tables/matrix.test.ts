// A matrix: made of numbers and a shape, or of rows, and read row by row.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Matrix, type Shape } from "../../src/tables/matrix.ts";
import { rejects } from "../helpers/rejects.ts";

test("a matrix is made of rows, and becomes lists again", async () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const matrix = Matrix.from(rows);
  assert.equal(matrix.shape, [2, 3]);
  assert.equal([...matrix.row(1)], [4, 5, 6]);
  assert.equal(matrix.toArrays(), rows);
  assert.equal(Matrix.from(rows.map((row) => Float64Array.from(row))).toArrays(), rows);
  assert.equal(Matrix.from({ data: rows.flat(), shape: [2, 3] }).toArrays(), rows);
  assert.equal(Matrix.from([]).shape, [0, 0]);
});

test("rows are copied, numbers are not", () => {
  const data = Float32Array.of(1, 2);
  const matrix = new Matrix(data, [1, 2]);
  const copies = [Matrix.from(matrix), Matrix.from([data])];
  matrix.row(0)[1] = 9;
  assert.is(data[1], 9);
  for (const copy of copies) assert.equal(copy.toArrays(), [[1, 2]]);
});

test("a row that there is not is an error", async () => {
  const matrix = Matrix.from([[1, 2]]);
  for (const row of [1, -1, 0.5, Number.NaN, "0" as never]) {
    await rejects("id-out-of-range", /the matrix has 1 rows, which count from 0/, () => matrix.row(row));
  }
});

test("what is no matrix is an error that says how one is made", async () => {
  const make = (data: unknown, shape?: unknown) => () => new Matrix(data as Float32Array, shape as Shape);
  await rejects("option-invalid", /data of a Matrix is \[\[…\]\]; .*Matrix\.from\(\[\[1, 2\]/, make([[1, 2]]));
  await rejects("option-invalid", /data of a Matrix is undefined/, make(undefined));
  for (const shape of [undefined, 2, [2], [1, 1, 2], [-1, -2], [0.5, 4], ["1", 2]]) {
    await rejects(
      "option-invalid",
      /the shape .*; expected \{ data, shape: \[N, D\] \}/,
      make(Float32Array.of(1, 2), shape),
    );
  }
  await rejects("shape-mismatch", /Got 3 numbers and the shape \[2, 2\]/, make(new Float32Array(3), [2, 2]));
});

test("rows of different lengths, and what are no rows, are errors that say which", async () => {
  const from = (rows: unknown) => () => Matrix.from(rows as number[][]);
  await rejects("shape-mismatch", /Got vector 1 of 1 numbers; expected 2/, from([[1, 2], [3]]));
  await rejects("option-invalid", /Vector 0 is 1; expected numbers in an array/, from([1, 2]));
  await rejects(
    "option-invalid",
    /Number 1 of vector 1 is "4"/,
    from([
      [1, 2],
      [3, "4"],
    ]),
  );
  await rejects("option-invalid", /The vectors are "ab"; expected an array/, from("ab"));
  await rejects("option-invalid", /a matrix with the data \[1, 2\] and the shape undefined/, from({ data: [1, 2] }));
});

test.run();
