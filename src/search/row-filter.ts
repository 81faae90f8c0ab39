/** Which rows a query is compared with. */

import { isCallable, isIterable, isPromise, isRecord, listOf } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import type { Key } from "../vocabulary/keys.ts";
import { isListed, type Rows } from "./search-pass.ts";

/**
 * Which rows may be answers: those that a function takes, those of a list of keys and rows, or those from `begin`,
 * by default 0, up to, not including, `end`, by default the last.
 */
export type RowFilter = ((key: string, row: number) => boolean) | Iterable<Key> | { begin?: number; end?: number };

/** What a filter asks of a table: the key of a row, and the row of a key. */
interface Keyed {
  keyOf(row: number): string;
  rowOf(key: Key): number;
}

/**
 * The rows from `begin` to, not including, `end` that a filter leaves.
 *
 * @throws {Wasm2VecError} `empty-filter` when it leaves none, `option-invalid` when it is no filter
 */
export function filterRows(filter: RowFilter, begin: number, end: number, keyed: Keyed): Rows {
  const rows = rowsOf(filter, begin, end, keyed);
  if (isListed(rows) ? rows.length : rows.begin < rows.end) return rows;
  throw new Wasm2VecError(
    "empty-filter",
    `The filter leaves none of the rows from ${begin} to ${end - 1}. Let it take at least one, or leave it out.`,
  );
}

function rowsOf(filter: RowFilter, begin: number, end: number, { keyOf, rowOf }: Keyed): Rows {
  if (isFunction(filter)) {
    const taken: number[] = [];
    for (let row = begin; row < end; row++) if (isTaken(filter(keyOf(row), row))) taken.push(row);
    return Uint32Array.from(taken);
  }
  if (isIterable(filter)) {
    const listed = new Set(listOf(filter, "The filter's rows").map(rowOf));
    return Uint32Array.from(listed)
      .filter((row) => row >= begin && row < end)
      .sort();
  }
  if (isRange(filter)) {
    return { begin: Math.max(begin, filter.begin ?? 0), end: Math.min(end, filter.end ?? end) };
  }
  throw new Wasm2VecError(
    "option-invalid",
    `The filter is ${show(filter)}; expected a function of a key and its row, a list of keys and of rows { row }, or { begin, end } with whole numbers.`,
  );
}

const isFunction = (filter: RowFilter): filter is (key: string, row: number) => boolean => isCallable(filter);

/** @throws {Wasm2VecError} `option-invalid` for a promise, which is true whatever it comes to */
function isTaken(answer: unknown): boolean {
  if (!isPromise(answer)) return Boolean(answer);
  throw new Wasm2VecError(
    "option-invalid",
    "The filter returned a Promise; expected true or false. Do not make it async.",
  );
}

/** A plain object of begin, end or both. */
function isRange(filter: unknown): filter is { begin?: number; end?: number } {
  if (!isRecord(filter)) return false;
  const entries = Object.entries(filter);
  return (
    entries.length > 0 &&
    entries.every(
      ([name, value]) => ["begin", "end"].includes(name) && (value === undefined || Number.isInteger(value)),
    )
  );
}
