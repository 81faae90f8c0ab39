/** The keys of a table as lists: strings are made only when one is asked for. */

import { nearestName, show, Wasm2VecError } from "../errors.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A row, by its key or its number. */
export type Key = string | number;

/** How many of the most frequent keys a message's suggestion is chosen from. */
const SUGGESTED_FROM = 1000;

/** The keys in the order of their rows: what gensim calls index_to_key. */
export class KeyList implements Iterable<string> {
  constructor(private readonly vocabulary: () => Vocabulary) {}

  get length(): number {
    return this.vocabulary().size;
  }

  /** The key of row i; a negative i counts from the end. */
  at(i: number): string | undefined {
    const { length } = this;
    const index = i < 0 ? length + i : i;
    return Number.isInteger(index) && index >= 0 && index < length ? this.vocabulary().word(index) : undefined;
  }

  /** The keys of rows begin … end - 1. */
  slice(begin = 0, end = this.length): string[] {
    const last = Math.min(end, this.length);
    return Array.from({ length: Math.max(0, last - begin) }, (_, i) => this.vocabulary().word(begin + i));
  }

  *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.length; i++) yield this.vocabulary().word(i);
  }
}

/** The row of each key: what gensim calls key_to_index. */
export class KeyIndex implements Iterable<[key: string, index: number]> {
  constructor(private readonly vocabulary: () => Vocabulary) {}

  get size(): number {
    return this.vocabulary().size;
  }

  has(key: string): boolean {
    return isPresent(this.vocabulary(), key);
  }

  /** The row of a key, or undefined. */
  get(key: string): number | undefined {
    return findRow(this.vocabulary(), key);
  }

  *[Symbol.iterator](): Generator<[string, number]> {
    for (let i = 0; i < this.size; i++) yield [this.vocabulary().word(i), i];
  }
}

/** Whether a key is present; what is no string is not. */
export const isPresent = (vocabulary: Vocabulary, key: unknown) => findRow(vocabulary, key) !== undefined;

/** The row of a key; undefined where it is not present. */
export function findRow(vocabulary: Vocabulary, key: unknown): number | undefined {
  const row = typeof key === "string" ? vocabulary.find(key) : -1;
  return row < 0 ? undefined : row;
}

/**
 * The row of a key; a row number stands for itself.
 *
 * @throws {Wasm2VecError} `key-not-found`, `id-out-of-range`; `option-invalid` for what is neither
 */
export function rowOf(vocabulary: Vocabulary, key: Key): number {
  if (typeof key === "number") return checkRow(vocabulary, key);
  if (typeof key !== "string") {
    throw new Wasm2VecError("option-invalid", `A key is ${show(key)}; expected a string, or the number of a row.`);
  }
  return findRow(vocabulary, key) ?? notFound(vocabulary, key);
}

/** The rows of the keys that are present, one for each, repeated ones too. */
export function presentRows(vocabulary: Vocabulary, keys: readonly unknown[]): number[] {
  return keys.flatMap((key) => findRow(vocabulary, key) ?? []);
}

function checkRow({ size }: Vocabulary, row: number): number {
  if (Number.isInteger(row) && row >= 0 && row < size) return row;
  throw new Wasm2VecError("id-out-of-range", `Row ${row} is not there; expected an integer from 0 to ${size - 1}.`);
}

function notFound(vocabulary: Vocabulary, key: string): never {
  const known = Array.from({ length: Math.min(SUGGESTED_FROM, vocabulary.size) }, (_, row) => vocabulary.word(row));
  const nearest = nearestName(key, known);
  const suggestion = nearest === undefined ? "" : ` Did you mean ${show(nearest)}?`;
  throw new Wasm2VecError(
    "key-not-found",
    `Key ${show(key)} is not among the ${vocabulary.size} keys.${suggestion} Ask has(key) first, or train on text that holds it often enough for minCount.`,
  );
}
