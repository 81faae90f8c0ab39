/** Vectors and keys as callers give them, checked. */

import { show, Wasm2VecError } from "../errors.ts";
import { duplicateKey } from "../vocabulary/vocabulary.ts";
import { Matrix } from "./matrix.ts";

/** Vectors: a Matrix, `{ data, shape: [N, D] }`, or a list of N vectors (D,). */
export type Vectors = Pick<Matrix, "data" | "shape"> | readonly ArrayLike<number>[];

/** The vectors one by one. */
export function vectorList(vectors: Vectors): readonly ArrayLike<number>[] {
  return "shape" in vectors ? [...new Matrix(vectors.data, vectors.shape)] : vectors;
}

/** @throws {Wasm2VecError} `shape-mismatch`, `option-invalid` unless it is `length` finite numbers */
export function checkedVector<T extends ArrayLike<number>>(vector: T, length: number): T {
  if (vector?.length !== length) {
    throw new Wasm2VecError("shape-mismatch", `Got a vector of ${vector?.length} numbers; the table's have ${length}.`);
  }
  for (let i = 0; i < length; i++) if (!Number.isFinite(vector[i])) throw notFinite();
  return vector;
}

function notFinite(): Wasm2VecError {
  return new Wasm2VecError("option-invalid", "Got a vector that holds NaN or Infinity; expected finite numbers.");
}

/** @throws {Wasm2VecError} `option-invalid` unless all keys are strings */
export function checkKeys(keys: readonly string[]): void {
  const other = keys.findIndex((key) => typeof key !== "string");
  if (other < 0) return;
  throw new Wasm2VecError("option-invalid", `Key ${other} is ${show(keys[other])}; expected a string.`);
}

/** @throws {Wasm2VecError} `key-duplicate` unless all keys differ */
export function checkDifferent(keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) throw duplicateKey(key);
    seen.add(key);
  }
}

/** x · y */
export function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** The cosine of a vector (D,) with each of others; 0 where one is zero. */
export function cosines(vector: ArrayLike<number>, others: readonly ArrayLike<number>[]): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return Float32Array.from(others, (other) => {
    const lengths = length * Math.sqrt(dot(other, other));
    return lengths > 0 ? dot(vector, other) / lengths : 0;
  });
}
