/** Which rows a query is compared with. */

import { listOf } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import type { Key } from "../vocabulary/keys.ts";
import type { Rows } from "./search-pass.ts";

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
  if (rows instanceof Uint32Array ? rows.length : rows.begin < rows.end) return rows;
  throw new Wasm2VecError(
    "empty-filter",
    `The filter leaves none of the rows from ${begin} to ${end - 1}. Let it take at least one, or leave it out.`,
  );
}

function rowsOf(filter: RowFilter, begin: number, end: number, { keyOf, rowOf }: Keyed): Rows {
  if (typeof filter === "function") {
    const taken: number[] = [];
    for (let row = begin; row < end; row++) if (filter(keyOf(row), row)) taken.push(row);
    return Uint32Array.from(taken);
  }
  if (typeof filter === "object" && filter !== null && Symbol.iterator in filter) {
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

function isRange(filter: unknown): filter is { begin?: number; end?: number } {
  if (typeof filter !== "object" || filter === null) return false;
  return Object.entries(filter).every(
    ([name, value]) => ["begin", "end"].includes(name) && (value === undefined || Number.isInteger(value)),
  );
}
