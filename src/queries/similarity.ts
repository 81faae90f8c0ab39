/** How similar some keys are: cosines of pairs and sets, distances, ranks, means. */

import {
  callback,
  checkOptions,
  type GivenOptions,
  isPromise,
  type Kind,
  listOf,
  option,
  optional,
  toggle,
} from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { type Matrix, zeroMatrix } from "../tables/matrix.ts";
import { scoreRows } from "../tables/scores.ts";
import { isEach, isFloat32, isVector, type Vector } from "../tables/vector-arguments.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { type Key, presentRows, rowOf } from "../vocabulary/keys.ts";
import { average, emptyQuery, presentItem, type UnweightedItem, unweightedItem, type Weighted } from "./query.ts";

const weights: Kind<Vector> = {
  expected: "finite numbers, one for each key, in an array",
  accepts: (value) => isVector(value) && isEach(value, isFloat32),
};

const MEAN_OPTIONS = {
  /** use each key's unit vector; true by default. Vectors given as such are taken as they are. */
  preNormalize: option(true, toggle),
  /** return the mean's unit vector; false by default */
  postNormalize: option(false, toggle),
  /** leave out keys that are not present; true by default */
  ignoreMissing: option(true, toggle),
};

const MEAN_VECTOR_OPTIONS = {
  /** (N,) what each item counts; 1 by default */
  weights: optional(weights),
  ...MEAN_OPTIONS,
};

const MEAN_VECTORS_OPTIONS = {
  /** what a word counts; 1 by default */
  weights: option(() => 1, callback<(key: string) => number>()),
  ...MEAN_OPTIONS,
};

const CENTRALITY_OPTIONS = {
  /** true by default; false: the dot products of the vectors as they are with the direction of their mean */
  useNorm: option(true, toggle),
};

/** Options of `getMeanVector`. @interface */
export type MeanVectorOptions = GivenOptions<typeof MEAN_VECTOR_OPTIONS>;
/** Options of `meanVectors`. @interface */
export type MeanVectorsOptions = GivenOptions<typeof MEAN_VECTORS_OPTIONS>;
/** Options of `rankByCentrality`. @interface */
export type CentralityOptions = GivenOptions<typeof CENTRALITY_OPTIONS>;

/** The means of documents' word vectors. */
export interface MeanVectors {
  /** (N, D), in the order of the documents; zeros for those that are empty */
  vectors: Matrix;
  /** which documents have no word that is present, ascending */
  empty: number[];
}

/** See `KeyedVectors.getMeanVector`. */
export function meanVector(
  table: VectorTable,
  keys: readonly UnweightedItem[],
  options: MeanVectorOptions,
): Float32Array<ArrayBuffer> {
  const { weights, preNormalize, postNormalize, ignoreMissing } = checkOptions(
    MEAN_VECTOR_OPTIONS,
    options,
    "getMeanVector",
  );
  const asked = listOf(keys, "The keys");
  if (weights && weights.length !== asked.length) {
    throw new Wasm2VecError("shape-mismatch", `Got ${weights.length} weights for ${asked.length} keys.`);
  }
  const items = asked.flatMap((key, i): Weighted[] => {
    const item = (ignoreMissing ? presentItem : unweightedItem)(table, key, preNormalize);
    return item === undefined ? [] : [{ item, weight: weights?.[i] ?? 1 }];
  });
  if (!items.length) throw emptyQuery();
  const mean = average(table.query, items, preNormalize);
  return (postNormalize ? mean.normalize() : mean).read();
}

/** See `KeyedVectors.meanVectors`. */
export function meanVectors(
  table: VectorTable,
  documents: Iterable<Iterable<Key>>,
  options: MeanVectorsOptions,
): MeanVectors {
  const { weights, preNormalize, postNormalize, ignoreMissing } = checkOptions(
    MEAN_VECTORS_OPTIONS,
    options,
    "meanVectors",
  );
  const { vocabulary } = table;
  const listed = listOf(documents, "The documents");
  const vectors = zeroMatrix(listed.length, table.vectorSize);
  const empty: number[] = [];
  for (const [i, document] of listed.entries()) {
    const keys = listOf(document, `The words of document ${i}`);
    const rows = ignoreMissing ? presentRows(vocabulary, keys) : keys.map((key) => rowOf(vocabulary, key));
    const items = rows.map((row) => ({ item: row, weight: weightOf(vocabulary.word(row), weights) }));
    const mean = average(table.query, items, preNormalize);
    vectors.row(i).set((postNormalize ? mean.normalize() : mean).read());
    if (!items.length) empty.push(i);
  }
  return { vectors, empty };
}

function weightOf(key: string, weights: (key: string) => number): number {
  const weight = weights(key);
  if (!isPromise(weight) && isFloat32(weight)) return weight;
  throw new Wasm2VecError(
    "option-invalid",
    `meanVectors: weights(${show(key)}) is ${show(weight)}; expected a finite number.`,
  );
}

/** The cosine of two vectors, each the mean of some items; 0 where one is zero. */
function cosineOfMeans(table: VectorTable, first: readonly number[], second: readonly number[]): number {
  const [a, b] = [first, second].map(equallyWeighted);
  average(table.query, a, false).normalize();
  return average(table.other, b, false).normalize().cosine(table.query);
}

const equallyWeighted = (items: readonly Weighted["item"][]) => items.map((item): Weighted => ({ item, weight: 1 }));

/** See `KeyedVectors.similarity`. */
export function similarity(table: VectorTable, a: UnweightedItem, b: UnweightedItem): number {
  const [first, second] = [unweightedItem(table, a), unweightedItem(table, b)];
  table.query.clear().add(first, 1, false).normalize();
  return table.other.clear().add(second, 1, false).normalize().cosine(table.query);
}

/** See `KeyedVectors.nSimilarity`. */
export function nSimilarity(table: VectorTable, first: readonly Key[], second: readonly Key[]): number {
  const [a, b] = [first, second].map((keys) => listOf(keys, "The keys"));
  if (!a.length || !b.length) throw emptyQuery();
  return cosineOfMeans(table, presentRows(table.vocabulary, a), presentRows(table.vocabulary, b));
}

/** See `KeyedVectors.mostSimilarToGiven`. */
export function mostSimilarToGiven<K extends Key>(table: VectorTable, key: Key, keys: readonly K[]): K {
  const others = listOf(keys, "The keys");
  if (!others.length) throw emptyQuery();
  const similarities = others.map((other) => similarity(table, key, other));
  return others[similarities.indexOf(similarities.reduce((a, b) => Math.max(a, b)))];
}

/** See `KeyedVectors.distances`. */
export function distances(table: VectorTable, from: UnweightedItem, others: readonly Key[]): Float32Array<ArrayBuffer> {
  const rows = listOf(others, "The keys").map((key) => rowOf(table.vocabulary, key));
  table.query.clear().add(unweightedItem(table, from), 1, false).normalize();
  const similarities = rows.length
    ? Float32Array.from(rows, (row) => table.query.rowCosine(row))
    : scoreRows(table, 0, table.size);
  return similarities.map((similarity) => 1 - similarity);
}

/** The rows that are closer to `a` than `b` is, without `a`. */
export function closerRows(table: VectorTable, a: Key, b: Key): number[] {
  const [from, limit] = [a, b].map((key) => rowOf(table.vocabulary, key));
  const all = distances(table, { row: from }, []);
  const closer: number[] = [];
  for (let row = 0; row < all.length; row++) if (all[row] < all[limit] && row !== from) closer.push(row);
  return closer;
}

/** See `KeyedVectors.rankByCentrality`. */
export function rankByCentrality(
  table: VectorTable,
  keys: readonly Key[],
  options: CentralityOptions,
): [similarity: number, key: string][] {
  const { useNorm } = checkOptions(CENTRALITY_OPTIONS, options, "rankByCentrality");
  const rows = presentRows(table.vocabulary, listOf(keys, "The keys"));
  if (!rows.length) throw emptyQuery();
  const mean = average(table.query, equallyWeighted(rows), useNorm).normalize();
  const ranked = rows.map((row): [number, string] => {
    const length = useNorm ? 1 : table.norm(row);
    return [mean.rowCosine(row) * length, table.vocabulary.word(row)];
  });
  return ranked.sort(([a, keyA], [b, keyB]) => b - a || (keyA < keyB ? 1 : -1));
}
