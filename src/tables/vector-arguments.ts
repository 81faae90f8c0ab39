/** Vectors and keys as callers give them, checked. */

import { listOf } from "../check-options.ts";
import { isArray, isDetached, show, tagOf, Wasm2VecError } from "../errors.ts";
import { isFloat32Array } from "../files/bytes.ts";
import { type KeyText, textOf } from "../vocabulary/keys.ts";
import { duplicateKey } from "../vocabulary/vocabulary.ts";

/** A vector (D,). */
export type Vector = readonly number[] | Float32Array | Float64Array;

/** Whether a value can be a vector: an array, or a typed array of numbers, of any realm. */
export const isVector = (value: unknown): value is Vector =>
  isArray(value) || (ArrayBuffer.isView(value) && /^(?!Big).*Array$/.test(tagOf(value)));

/**
 * A vector as float32: itself where it is one.
 *
 * @param length how many numbers it must have; any by default
 * @param number which of several vectors it is
 * @throws {Wasm2VecError} `shape-mismatch`; `option-invalid` unless it is `length` numbers that float32 holds
 */
export function checkedVector(vector: Vector, length?: number, number?: number): Float32Array {
  if (!isVector(vector) || (ArrayBuffer.isView(vector) && isDetached(vector))) {
    const which = number === undefined ? "A vector" : `Vector ${number}`;
    throw new Wasm2VecError("option-invalid", `${which} is ${show(vector)}; expected numbers in an array.`);
  }
  if (length !== undefined && vector.length !== length) {
    const [which, expected] =
      number === undefined ? ["a vector", "the table's have"] : [`vector ${number}`, "expected"];
    throw new Wasm2VecError("shape-mismatch", `Got ${which} of ${vector.length} numbers; ${expected} ${length}.`);
  }
  for (let i = 0; i < vector.length; i++) if (!isFloat32(vector[i])) throw noFloat32(vector[i], i, number);
  return isFloat32Array(vector) ? vector : Float32Array.from(vector);
}

/** Whether a check holds for each number, holes too: the first for which it does not ends the search. */
export function isEach(numbers: ArrayLike<unknown>, check: (value: unknown) => boolean): boolean {
  for (let i = 0; i < numbers.length; i++) if (!check(numbers[i])) return false;
  return true;
}

/** Whether a value is a number that is finite as float32 too. */
export const isFloat32 = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(Math.fround(value));

function noFloat32(value: unknown, place: number, number?: number): Wasm2VecError {
  const which = number === undefined ? "a vector" : `vector ${number}`;
  return new Wasm2VecError(
    "option-invalid",
    `Number ${place} of ${which} is ${show(value)}; expected finite numbers, which float32 holds up to 3.4e38.`,
  );
}

/**
 * Keys of rows to be, as texts: a copy.
 *
 * @throws {Wasm2VecError} `option-invalid` unless it is a list of strings and numbers
 */
export function checkedKeys(keys: Iterable<KeyText>): readonly string[] {
  return listOf(keys, "The keys").map((key, i) => {
    const text = textOf(key);
    if (text !== undefined) return text;
    throw new Wasm2VecError("option-invalid", `Key ${i} is ${show(key)}; expected a string.`);
  });
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
export function cosines(vector: ArrayLike<number>, others: Iterable<ArrayLike<number>>): Float32Array<ArrayBuffer> {
  const length = Math.sqrt(dot(vector, vector));
  return Float32Array.from(others, (other) => {
    const lengths = length * Math.sqrt(dot(other, other));
    return lengths > 0 ? dot(vector, other) / lengths : 0;
  });
}
