/** What a table is asked with: keys, rows and vectors, weighed and added up to one vector. */

import { show, Wasm2VecError } from "../errors.ts";
import type { Query } from "../search/search-pass.ts";
import { checkedVector } from "../tables/vector-arguments.ts";
import type { VectorSum } from "../tables/vector-sum.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { isPresent, type Key, rowOf } from "../vocabulary/keys.ts";

/** A key, a row number or a vector (D,), without a weight. */
export type UnweightedItem = Key | Float32Array;

/** One thing to ask with: a key, a row number, a vector (D,), or one of these with a weight. */
export type QueryItem = UnweightedItem | { key: Key; weight: number } | { vector: Float32Array; weight: number };

/** A row or a vector (D,), and what it counts. */
export interface Weighted {
  item: number | Float32Array;
  weight: number;
}

/**
 * Query items as rows and vectors with their weights; `weight` is theirs that have none.
 *
 * @throws {Wasm2VecError} `key-not-found`, `id-out-of-range`, `shape-mismatch`, `option-invalid`
 */
export function weightedItems(table: VectorTable, given: QueryItem | QueryItem[], weight: number): Weighted[] {
  // a copy has undefined where the array has a hole
  const items = Array.isArray(given) ? [...given] : [given];
  return items.map((item) => {
    if (isUnweighted(item)) return { item: resolved(table, item), weight };
    if (typeof item === "object" && item !== null && typeof item.weight === "number") {
      return { item: resolved(table, "key" in item ? item.key : item.vector), weight: checkedWeight(item.weight) };
    }
    throw invalidItem(item, "a key, a row number, a Float32Array, { key, weight } or { vector, weight }");
  });
}

/**
 * Items that are not weighed as rows and vectors.
 *
 * @throws {Wasm2VecError} `key-not-found`, `id-out-of-range`, `shape-mismatch`, `option-invalid`
 */
export function unweightedItems(
  table: VectorTable,
  given: UnweightedItem | readonly UnweightedItem[],
): (number | Float32Array)[] {
  const items = Array.isArray(given) ? [...given] : [given];
  return items.map((item) => unweightedItem(table, item));
}

/** One such item. */
export function unweightedItem(table: VectorTable, item: UnweightedItem): number | Float32Array {
  if (isUnweighted(item)) return resolved(table, item);
  throw invalidItem(item, "a key, a row number or a Float32Array; nothing is weighed here");
}

/** The items that are rows or vectors, or keys that are present. */
export function presentItems<Item extends UnweightedItem>({ vocabulary }: VectorTable, items: readonly Item[]): Item[] {
  return items.filter((item) => typeof item !== "string" || isPresent(vocabulary, item));
}

/** sum = Σ weight · item / Σ |weight|; zero where there are no items. Rows are divided by their lengths where `unit` is set. */
export function average(sum: VectorSum, items: readonly Weighted[], unit: boolean): VectorSum {
  sum.clear();
  let total = 0;
  for (const { item, weight } of items) {
    sum.add(item, weight, unit);
    total += Math.abs(weight);
  }
  return total > 0 ? sum.scale(1 / total) : sum;
}

/**
 * The query of some items: the direction of their mean. Rows among them are no answers.
 *
 * @throws {Wasm2VecError} `empty-query` where there are none
 */
export function buildQuery(table: VectorTable, items: readonly Weighted[]): Query {
  if (!items.length) throw emptyQuery();
  const vector = average(table.query, items, true).normalize().read();
  return { vector, excluded: rowsAmong(items.map(({ item }) => item)) };
}

/** The rows among items, which no answer shall hold. */
export function rowsAmong(items: readonly Weighted["item"][]): Set<number> {
  return new Set(items.filter((item) => typeof item === "number"));
}

export function emptyQuery(): Wasm2VecError {
  return new Wasm2VecError("empty-query", "There is no key to ask with. Give at least one that is present.");
}

const isUnweighted = (item: unknown): item is UnweightedItem =>
  typeof item === "string" || typeof item === "number" || item instanceof Float32Array;

/** @throws {Wasm2VecError} `key-not-found`, `id-out-of-range`, `shape-mismatch`, `option-invalid` */
function resolved({ vocabulary, vectorSize }: VectorTable, item: UnweightedItem): number | Float32Array {
  return item instanceof Float32Array ? checkedVector(item, vectorSize) : rowOf(vocabulary, item);
}

function checkedWeight(weight: number): number {
  if (Number.isFinite(weight)) return weight;
  throw new Wasm2VecError("option-invalid", `A weight is ${weight}; expected a finite number.`);
}

function invalidItem(item: unknown, expected: string): Wasm2VecError {
  return new Wasm2VecError("option-invalid", `Got ${show(item)} to ask with; expected ${expected}.`);
}
