// The rotation nearest to a matrix.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { nearestRotation } from "../../src/math/procrustes.ts";

function rotationOf(matrix: readonly number[]): number[] {
  const steps = nearestRotation(Float64Array.from(matrix), Math.sqrt(matrix.length));
  for (;;) {
    const { done, value } = steps.next();
    if (done) return [...value];
  }
}

function assertNear(got: readonly number[], expected: readonly number[]): void {
  for (const [i, x] of got.entries()) assert.ok(Math.abs(x - expected[i]) < 1e-12, `${i}: ${x}, not ${expected[i]}`);
}

test("of a rotation that is stretched: the rotation", () => {
  assertNear(rotationOf([0, 5, -2, 0]), [0, 1, -1, 0]);
  assertNear(rotationOf([3, 0, 0, 0, 2, 0, 0, 0, 1]), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  // (3, 4; -4, 3) / 5 with rows of other lengths on its left
  assertNear(rotationOf([3, 4, -40, 30]), [0.6, 0.8, -0.8, 0.6]);
});

test("a mirror is orthogonal too", () => assertNear(rotationOf([1, 0, 0, -7]), [1, 0, 0, -1]));

test("of symmetric positive definite matrices: nothing turns", () =>
  assertNear(rotationOf([2, 1, 0, 1, 2, 1, 0, 1, 2]), [1, 0, 0, 0, 1, 0, 0, 0, 1]));

test("of no full rank, of nothing, of very large and small numbers: orthogonal", () => {
  const matrices = [
    [1, 1, 1, 1],
    [0, 0, 0, 0],
    [1, 2, 3, 2, 4, 6, 0, 0, 0],
    [1e150, 0, 0, 1e-150],
    [1e-160, 2e-160, 0, 3e-160],
  ];
  for (const matrix of matrices) {
    const n = Math.sqrt(matrix.length);
    const rotation = rotationOf(matrix);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let product = 0;
        for (let k = 0; k < n; k++) product += rotation[i * n + k] * rotation[j * n + k];
        assert.ok(Math.abs(product - Number(i === j)) < 1e-12, `${matrix}: ${rotation}`);
      }
  }
});

test.run();
