/** Keys with their vectors, as callers give them: side by side, or each key with its own. */

import { isRecord, listOf } from "../check-options.ts";
import { isArray, show, Wasm2VecError } from "../errors.ts";
import type { KeyText } from "../vocabulary/keys.ts";
import { isMatrixLike, type Vectors } from "./matrix.ts";
import { checkedKeys, type Vector } from "./vector-arguments.ts";

/**
 * Keys and their vectors (D,): [key, vector] pairs, a Map, another table, or an object, which puts keys that are integers
 * first.
 */
export type VectorEntries = Iterable<readonly [key: KeyText, vector: Vector]> | Readonly<Record<string, Vector>>;

/** Copies of the keys; the vectors as they were given. */
interface GivenVectors<Options> {
  keys: readonly string[];
  vectors: Vectors;
  options: Options;
}

/**
 * The arguments of a call with (keys, vectors, options) or with (entries, options).
 *
 * @throws {Wasm2VecError} `option-invalid` where they are neither
 */
export function readVectors<Options extends object>(
  first: Iterable<KeyText> | VectorEntries,
  second: Vectors | Options | undefined,
  third: Options | undefined,
): GivenVectors<Options> {
  if (third !== undefined || isMeantAsVectors(second)) {
    const options = third === undefined ? ({} as Options) : third;
    return { keys: checkedKeys(first as Iterable<KeyText>), vectors: second as Vectors, options };
  }
  const entries = entriesOf(first as VectorEntries);
  const options = (second === undefined ? {} : second) as Options;
  return { keys: checkedKeys(entries.map(([key]) => key)), vectors: entries.map(([, vector]) => vector), options };
}

/** Whether a second argument is more than options, though it may be wrong. */
const isMeantAsVectors = (value: unknown) => value !== undefined && (!isRecord(value) || isMatrixLike(value));

function entriesOf(given: VectorEntries): (readonly [KeyText, Vector])[] {
  if (isRecord(given)) return Object.entries(given) as [string, Vector][];
  return listOf(given as Iterable<readonly [KeyText, Vector]>, "The keys and vectors").map((entry, i) => {
    if (isArray(entry) && entry.length === 2) return entry as unknown as readonly [KeyText, Vector];
    throw new Wasm2VecError(
      "option-invalid",
      `Entry ${i} is ${show(entry)}; expected [key, vector]. Where keys come alone, their vectors follow: (keys, vectors).`,
    );
  });
}
