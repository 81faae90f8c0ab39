/** The keys of a table and their rows: strings are made only when one is asked for. */

import { callback, checkValue } from "../check-options.ts";
import { isObject, nearestName, show, Wasm2VecError } from "../errors.ts";
import { CONSOLE, firstOf, grouped, lineOf } from "../printed.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A key as callers write it: its text, or a finite number n, whose text is `String(n)`. */
export type KeyText = string | number;

/** A row by its number, from 0. */
export interface RowNumber {
  /** from 0 */
  readonly row: number;
}

/** What a row is asked for by: its key, or its number. A plain number is a key's text, never a row. */
export type Key = KeyText | RowNumber;

/** How many of the most frequent keys a message's suggestion is chosen from. */
const SUGGESTED_FROM = 1000;

/** The row of each key: what gensim calls key_to_index. It follows the table. */
export class KeyIndex implements ReadonlyMap<string, number> {
  /** @internal A table has one: `keyToIndex`. */
  constructor(private readonly vocabulary: () => Vocabulary) {}

  /** How many keys there are. */
  get size(): number {
    return this.vocabulary().size;
  }

  /** Whether the table has this key. */
  has(key: KeyText): boolean {
    return isPresent(this.vocabulary(), key);
  }

  /** The row of a key, or undefined. */
  get(key: KeyText): number | undefined {
    return findRow(this.vocabulary(), key);
  }

  *keys(): Generator<string, undefined> {
    for (const row of this.values()) yield this.vocabulary().word(row);
  }

  *values(): Generator<number, undefined> {
    for (let row = 0; row < this.size; row++) yield row;
  }

  *entries(): Generator<[key: string, row: number], undefined> {
    for (const row of this.values()) yield [this.vocabulary().word(row), row];
  }

  /** @throws {Wasm2VecError} `option-invalid` for what is no function */
  forEach(visit: (row: number, key: string, index: this) => void, thisArg?: unknown): void {
    checkValue("callback", visit, callback<typeof visit>(), "forEach");
    for (const [key, row] of this) visit.call(thisArg, row, key, this);
  }

  /** The keys and their rows, in the order of the rows: what `entries` gives. */
  [Symbol.iterator](): Generator<[key: string, row: number], undefined> {
    return this.entries();
  }

  /** An object of all keys and their rows: what `JSON.stringify` writes. */
  toJSON(): Record<string, number> {
    return Object.fromEntries(this);
  }

  /** One line: how many keys, and the first with their rows. */
  toString(): string {
    return lineOf("KeyIndex", () => [`${grouped(this.size)}: ${firstOf(shownEntries(this))}`]);
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }
}

function* shownEntries(index: KeyIndex): Generator<string> {
  for (const [key, row] of index) yield `${show(key)} => ${row}`;
}

/** The text of a key; undefined for what is none. */
export function textOf(key: unknown): string | undefined {
  if (typeof key === "string") return key;
  return typeof key === "number" && Number.isFinite(key) ? String(key) : undefined;
}

/** The row of a key's text; undefined where it is not present, or is no text. */
export function findRow(vocabulary: Vocabulary, key: unknown): number | undefined {
  const text = textOf(key);
  const row = text === undefined ? -1 : vocabulary.find(text);
  return row < 0 ? undefined : row;
}

/** Whether a key is present; what is none is not. */
export const isPresent = (vocabulary: Vocabulary, key: unknown) => findRow(vocabulary, key) !== undefined;

/**
 * The row of a key; undefined where its text is not present.
 *
 * @throws {Wasm2VecError} `id-out-of-range`; `option-invalid` for what is no key
 */
export function presentRow(vocabulary: Vocabulary, key: Key): number | undefined {
  if (isObject(key) && "row" in key) return checkRow(vocabulary, key.row);
  if (textOf(key) !== undefined) return findRow(vocabulary, key);
  throw new Wasm2VecError("option-invalid", `A key is ${show(key)}; expected a string, or { row: 7 } for row 7.`);
}

/**
 * The row of a key.
 *
 * @throws {Wasm2VecError} `key-not-found`; and as presentRow
 */
export function rowOf(vocabulary: Vocabulary, key: Key): number {
  return presentRow(vocabulary, key) ?? notFound(vocabulary, key as KeyText);
}

/**
 * The rows of the keys that are present, one for each, repeated ones too.
 *
 * @throws {Wasm2VecError} as presentRow
 */
export function presentRows(vocabulary: Vocabulary, keys: readonly Key[]): number[] {
  return keys.flatMap((key) => presentRow(vocabulary, key) ?? []);
}

/** @throws {Wasm2VecError} `id-out-of-range` */
export function checkRow({ size }: { readonly size: number }, row: number): number {
  if (Number.isInteger(row) && row >= 0 && row < size) return row;
  throw new Wasm2VecError(
    "id-out-of-range",
    `Row ${show(row)} is not there; expected an integer from 0 to ${size - 1}.`,
  );
}

function notFound(vocabulary: Vocabulary, given: KeyText): never {
  const key = String(given);
  const known = Array.from({ length: Math.min(SUGGESTED_FROM, vocabulary.size) }, (_, row) => vocabulary.word(row));
  const nearest = nearestName(key, known);
  const suggestion = nearest === undefined ? "" : ` Did you mean ${show(nearest)}?`;
  const isNumber = typeof given === "number" ? ` A row is written { row: ${key} }.` : "";
  throw new Wasm2VecError(
    "key-not-found",
    `Key ${show(key)} is not among the ${vocabulary.size} keys.${suggestion}${isNumber} Ask has(key) first, or train on text that holds it often enough for minCount.`,
  );
}
