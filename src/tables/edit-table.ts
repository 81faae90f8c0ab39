/** Changes of a table: keys and vectors are added and replaced, rows put in order. */

import { checkOptions, type GivenOptions, isRecord, type Kind, option, toggle } from "../check-options.ts";
import { isObject, show, Wasm2VecError } from "../errors.ts";
import { byFrequency } from "../vocabulary/frequency-order.ts";
import { isPresent, type Key, type KeyText, rowOf, textOf } from "../vocabulary/keys.ts";
import { checkedRows, type Vectors } from "./matrix.ts";
import { checkDifferent, checkedVector, type Vector } from "./vector-arguments.ts";
import { readVectors, type VectorEntries } from "./vector-entries.ts";
import type { VectorTable } from "./vector-table.ts";

type Extras = Readonly<Record<string, ArrayLike<unknown>>>;

const extras: Kind<Extras> = {
  expected: "an object of arrays",
  accepts: (value) =>
    isRecord(value) &&
    Object.values(value).every((list) => isObject(list) && typeof (list as ArrayLike<unknown>).length === "number"),
};

const ADD_VECTORS_OPTIONS = {
  /** attributes of the keys: (N) values for each name */
  extras: option({}, extras),
  /** give keys that are present the new vectors and attributes; false by default: they keep theirs */
  replace: option(false, toggle),
};

/** Options of `addVectors`. @interface */
export type AddVectorsOptions = GivenOptions<typeof ADD_VECTORS_OPTIONS>;

/** See `KeyedVectors.addVectors`. */
export function addVectors(
  table: VectorTable,
  first: Iterable<KeyText> | VectorEntries,
  second?: Vectors | AddVectorsOptions,
  third?: AddVectorsOptions,
): void {
  const { keys, vectors, options } = readVectors(first, second, third);
  const { extras, replace } = checkOptions(ADD_VECTORS_OPTIONS, options, "addVectors");
  const rows = checkedRows(vectors, table.vectorSize);
  checkAdded(table, keys, rows, extras);
  const isNew = keys.map((key) => !isPresent(table.vocabulary, key));
  grow(
    table,
    keys.filter((_, i) => isNew[i]),
  );
  for (const [i, key] of keys.entries()) {
    if (!isNew[i] && !replace) continue;
    const row = rowOf(table.vocabulary, key);
    table.setRow(row, rows[i]);
    table.changed(row, row + 1);
    for (const [name, values] of Object.entries(extras)) table.attributes.set(row, name, values[i]);
  }
}

/** See `KeyedVectors.setVector`. */
export function setVector(table: VectorTable, key: Key, vector: Vector): void {
  const { vocabulary } = table;
  const name = textOf(key) ?? vocabulary.word(rowOf(vocabulary, key));
  addVectors(table, [name], [checkedVector(vector, table.vectorSize)], { replace: true });
}

/** See `KeyedVectors.sortByDescendingFrequency`. */
export function sortByFrequency(table: VectorTable): void {
  if (!table.ownsMemory) throw vocabularyFixed("its tables' rows belong together");
  table.reorder(byFrequency(table.vocabulary.counts));
}

function checkAdded(table: VectorTable, keys: readonly string[], rows: readonly Vector[], extras: Extras): void {
  const lists = [
    [show("vectors"), rows] as const,
    ...Object.entries(extras).map(([name, list]) => [show(name), list] as const),
  ];
  for (const [name, list] of lists) {
    if (list.length === keys.length) continue;
    throw new Wasm2VecError("shape-mismatch", `Got ${keys.length} keys, but ${name} has ${list.length} entries.`);
  }
  checkDifferent(keys);
  for (const [name, values] of Object.entries(extras)) table.attributes.check(name, values);
}

/** Adds rows of zeros for new keys. */
function grow(table: VectorTable, keys: readonly string[]): void {
  if (!keys.length) return;
  if (!table.ownsMemory) throw vocabularyFixed(`"${keys[0]}" is none of them`);
  table.append(keys);
}

function vocabularyFixed(reason: string): Wasm2VecError {
  return new Wasm2VecError(
    "vocabulary-fixed",
    `The keys and their order are a model's: ${reason}. Call await wv.detach() for a copy that may change.`,
  );
}
