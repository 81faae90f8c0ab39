/** Vectors and keys as callers give them, checked. */

import { listOf } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { duplicateKey } from "../vocabulary/vocabulary.ts";
import { Matrix } from "./matrix.ts";

/** Vectors: a Matrix, `{ data, shape: [N, D] }`, or a list of N vectors (D,). */
export type Vectors = Pick<Matrix, "data" | "shape"> | readonly ArrayLike<number>[];

/**
 * The vectors one by one.
 *
 * @throws {Wasm2VecError} `option-invalid` where they are neither a list nor a matrix, `shape-mismatch` where that is not
 *   as long as its shape says
 */
export function vectorList(vectors: Vectors): readonly ArrayLike<number>[] {
  if (!isMatrix(vectors)) return listOf(vectors as readonly ArrayLike<number>[], "The vectors");
  const { data, shape } = vectors;
  const [rows, columns] = shape;
  if (rows * columns === data.length) return [...new Matrix(data, shape)];
  throw new Wasm2VecError("shape-mismatch", `Got ${data.length} numbers and ${show(shape)}; expected [N, D].`);
}

/**
 * The numbers (V, D) of a matrix: its own, not a copy.
 *
 * @throws {Wasm2VecError} `option-invalid`, `shape-mismatch`
 */
export function checkedMatrix(matrix: Pick<Matrix, "data" | "shape">, keys: number): Float32Array {
  if (!isMatrix(matrix)) {
    throw new Wasm2VecError(
      "option-invalid",
      `The matrix is ${show(matrix)}; expected a Matrix, or { data, shape: [V, D] } with a Float32Array as data.`,
    );
  }
  const [rows, columns] = matrix.shape;
  if (rows === keys && matrix.data.length === rows * columns && columns > 0) return matrix.data;
  throw new Wasm2VecError(
    "shape-mismatch",
    `Got ${keys} keys, ${matrix.data.length} numbers and shape [${matrix.shape}]; expected [V, D] with as many rows as keys and V × D numbers.`,
  );
}

function isMatrix(matrix: unknown): matrix is Pick<Matrix, "data" | "shape"> {
  const { data, shape } = (matrix ?? {}) as { data: unknown; shape: unknown };
  return data instanceof Float32Array && Array.isArray(shape) && shape.length === 2 && shape.every(isCount);
}

const isCount = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;

/** @throws {Wasm2VecError} `shape-mismatch`, `option-invalid` unless it is `length` finite numbers */
export function checkedVector<T extends ArrayLike<number>>(vector: T, length: number): T {
  if (!Array.isArray(vector) && !ArrayBuffer.isView(vector)) {
    throw new Wasm2VecError("option-invalid", `A vector is ${show(vector)}; expected ${length} numbers in an array.`);
  }
  if (vector.length !== length) {
    throw new Wasm2VecError("shape-mismatch", `Got a vector of ${vector.length} numbers; the table's have ${length}.`);
  }
  for (let i = 0; i < length; i++) if (!Number.isFinite(vector[i])) throw notFinite();
  return vector;
}

function notFinite(): Wasm2VecError {
  return new Wasm2VecError("option-invalid", "Got a vector that holds NaN or Infinity; expected finite numbers.");
}

/** @throws {Wasm2VecError} `option-invalid` unless it is a list of strings */
export function checkKeys(keys: readonly string[]): void {
  if (!Array.isArray(keys)) {
    throw new Wasm2VecError("option-invalid", `The keys are ${show(keys)}; expected an array of strings.`);
  }
  const other = keys.findIndex((key) => typeof key !== "string");
  if (other < 0) return;
  throw new Wasm2VecError("option-invalid", `Key ${other} is ${show(keys[other])}; expected a string.`);
}

/** @throws {Wasm2VecError} `key-duplicate` unless all keys differ as a vocabulary holds them, half a surrogate pair as U+FFFD */
export function checkDifferent(keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const key of keys) {
    const held = key.replace(/\p{Surrogate}/gu, "\ufffd");
    if (seen.has(held)) throw duplicateKey(key);
    seen.add(held);
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
