// The largest eigenvalues of symmetric matrices.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Eigenpairs, largestOfSymmetric } from "../../src/math/symmetric-eigen.ts";

function run(rows: number[][], count: number): Eigenpairs {
  const steps = largestOfSymmetric(
    rows.map((row) => Float64Array.from(row)),
    count,
  );
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** |A v - λ v| and how far the vectors are from an orthonormal base, at most. */
function errors(a: number[][], { values, vectors }: Eigenpairs): [residual: number, orthogonality: number] {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x, (v, i) => v * y[i]).reduce((s, v) => s + v, 0);
  const residuals = vectors.map((v, k) => Math.hypot(...a.map((row, i) => dot(row, v) - values[k] * v[i])));
  const products = vectors.flatMap((v, k) => vectors.map((w, l) => Math.abs(dot(v, w) - Number(k === l))));
  return [Math.max(...residuals), Math.max(...products)];
}

/** Bᵀ B of numbers in [-1, 1) (rows, n). */
function gram(n: number, rows: number, seed: number): number[][] {
  let state = seed;
  const draw = () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return state / 2 ** 31;
  };
  const b = Array.from({ length: rows }, () => Array.from({ length: n }, draw));
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => b.reduce((s, row) => s + row[i] * row[j], 0)),
  );
}

test("values and vectors that one can check by head", () => {
  const { values, vectors } = run(
    [
      [2, 1, 0],
      [1, 2, 0],
      [0, 0, 5],
    ],
    3,
  );
  for (const [k, expected] of [5, 3, 1].entries()) assert.ok(Math.abs(values[k] - expected) < 1e-14);
  const half = Math.SQRT1_2;
  for (const [i, expected] of [0, 0, 1].entries()) assert.ok(Math.abs(vectors[0][i] - expected) < 1e-14);
  for (const [i, expected] of [half, half, 0].entries()) assert.ok(Math.abs(vectors[1][i] - expected) < 1e-14);
});

test("the number furthest from zero is positive", () => {
  for (const vector of run(gram(12, 40, 7), 12).vectors) {
    const most = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
    assert.ok(most > 0);
  }
});

for (const [name, matrix, count] of [
  ["all of 40", gram(40, 100, 1), 40],
  ["20 of 90", gram(90, 200, 2), 20],
  ["rank 5 of 30, whose others are zero", gram(30, 5, 3), 30],
  [
    "an identity, whose vectors are any",
    Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 }, (_, j) => Number(i === j))),
    20,
  ],
  ["zeros", Array.from({ length: 6 }, () => Array(6).fill(0)), 6],
  [
    "two equal blocks",
    Array.from({ length: 8 }, (_, i) =>
      Array.from({ length: 8 }, (_, j) => (i >> 2 === j >> 2 ? 1 + Number(i === j) : 0)),
    ),
    8,
  ],
  ["one number", [[3]], 1],
] as const) {
  test(`vectors are eigenvectors, and an orthonormal base: ${name}`, () => {
    const pairs = run(matrix as number[][], count);
    const scale = Math.max(1, pairs.values[0]);
    const [residual, orthogonality] = errors(matrix as number[][], pairs);
    assert.ok(residual < 1e-12 * scale, `residual ${residual}`);
    assert.ok(orthogonality < 1e-12, `orthogonality ${orthogonality}`);
    for (let k = 1; k < count; k++) assert.ok(pairs.values[k] <= pairs.values[k - 1] + 1e-12 * scale);
  });
}

test.run();
