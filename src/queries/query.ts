/** What a table is asked with: keys, rows and vectors, weighed and added up to one vector. */

import { type Kind, listOf } from "../check-options.ts";
import { isArray, isObject, show, Wasm2VecError } from "../errors.ts";
import type { Query } from "../search/search-pass.ts";
import { subwordVector } from "../tables/subwords.ts";
import { checkedVector, isFloat32, isVector, type Vector } from "../tables/vector-arguments.ts";
import type { VectorSum } from "../tables/vector-sum.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { type Key, type KeyText, presentRow, rowOf, textOf } from "../vocabulary/keys.ts";

/** A key, a row or a vector (D,), without a weight. */
export type UnweightedItem = Key | Vector;

/** One thing to ask with: a key, a row, a vector (D,), or one of these with a weight. */
export type QueryItem =
  | UnweightedItem
  | { readonly key: KeyText; readonly weight?: number }
  | { readonly row: number; readonly weight?: number }
  | { readonly vector: Vector; readonly weight?: number };

/** What a query item is asked by: exactly one of the first three. */
interface GivenItem {
  key?: KeyText;
  row?: number;
  vector?: Vector;
  weight?: number;
}

/** What is asked with, in the place of an option: its parts are checked when they are read. */
export const queryItems = <Items>(): Kind<Items> => ({
  expected: "a key, { row }, a vector, or an array of these",
  accepts: (value) => typeof value === "string" || typeof value === "number" || isObject(value),
});

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
export function weightedItems(table: VectorTable, given: QueryItem | readonly QueryItem[], weight: number): Weighted[] {
  return itemsOf(given).map((item) => weightedItem(table, item, weight));
}

function weightedItem(table: VectorTable, item: QueryItem, weight: number): Weighted {
  if (!isObject(item) || isVector(item)) return { item: unweightedItem(table, item), weight };
  const { key, row, vector, weight: own = weight } = item as GivenItem;
  const given = [key, row, vector].filter((part) => part !== undefined);
  if (given.length !== 1) throw invalidItem(item);
  if (!isFloat32(own)) throw new Wasm2VecError("option-invalid", `A weight is ${show(own)}; expected a finite number.`);
  return { item: unweightedItem(table, row === undefined ? (given[0] as KeyText | Vector) : { row }), weight: own };
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
  return itemsOf(given).map((item) => unweightedItem(table, item));
}

/** One such item. */
export function unweightedItem(table: VectorTable, item: UnweightedItem, unit = true): number | Float32Array {
  return presentItem(table, item, unit) ?? rowOf(table.vocabulary, item as KeyText);
}

/**
 * One such item; undefined for a key that is not present, and whose vector is not made of its parts either.
 *
 * @param unit whether a vector that is made is divided by its length
 */
export function presentItem(table: VectorTable, item: UnweightedItem, unit = true): number | Float32Array | undefined {
  if (isVector(item)) return checkedVector(item, table.vectorSize);
  if (isObject(item) && "weight" in item) {
    throw new Wasm2VecError("option-invalid", `Got ${show(item)} to ask with, but nothing is weighed here.`);
  }
  if (typeof item !== "string" && typeof item !== "number" && !(isObject(item) && "row" in item))
    throw invalidItem(item);
  const found = presentRow(table.vocabulary, item) ?? madeVector(table, item);
  return unit && typeof found === "object" ? unitVector(found) : found;
}

/** The row of a key, or the vector (D,) that a fastText model makes of a key that is not present. */
export function rowOrVector(table: VectorTable, key: Key): number | Float32Array<ArrayBuffer> {
  return presentRow(table.vocabulary, key) ?? madeVector(table, key) ?? rowOf(table.vocabulary, key);
}

const madeVector = ({ subwords, vectorSize }: VectorTable, key: unknown) => {
  const word = textOf(key);
  return word === undefined || !subwords ? undefined : subwordVector(subwords, word, vectorSize);
};

function unitVector(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return length > 0 ? vector.map((x) => x / length) : vector;
}

/** One item, or several. Numbers alone are a vector; a list of them and of others is none. */
function itemsOf<Item>(given: Item | readonly Item[]): readonly Item[] {
  if (!isArray(given)) return [given as Item];
  const items = listOf(given as readonly Item[], "The items to ask with");
  const numbers = items.filter((item) => typeof item === "number").length;
  if (!numbers) return items;
  if (numbers === items.length) return [given as Item];
  throw new Wasm2VecError(
    "option-invalid",
    `Got ${show(given)} to ask with, numbers among others; write a key as "7", a row as { row: 7 }, a vector as a list of its own.`,
  );
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

function invalidItem(item: unknown): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `Got ${show(item)} to ask with; expected a key, { row }, a vector, or one of { key, weight }, { row, weight } and { vector, weight }.`,
  );
}
