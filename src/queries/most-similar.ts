/** The nearest keys of one query, or of many in one pass. */

import {
  checkList,
  checkOptions,
  type GivenOptions,
  integer,
  number,
  option,
  optional,
  orNull,
  unchecked,
} from "../check-options.ts";
import { Wasm2VecError } from "../errors.ts";
import { filterRows, type RowFilter } from "../search/row-filter.ts";
import type { Query, Rows } from "../search/search-pass.ts";
import type { TableSearch } from "../search/table-search.ts";
import { bestScores, setScores } from "../tables/scores.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { type Key, rowOf } from "../vocabulary/keys.ts";
import { cosmul } from "./cosmul.ts";
import {
  buildQuery,
  emptyQuery,
  type QueryItem,
  queryItems,
  rowsAmong,
  type UnweightedItem,
  unweightedItems,
  weightedItems,
} from "./query.ts";
import { similarity } from "./similarity.ts";

/** A key and its cosine with the query, in [-1, 1]. */
export type Neighbor = [key: string, similarity: number];

const topn = option(10, integer(0));
const minSimilarity = optional(number(-1, 1));
const restrictVocab = optional(integer(Number.MIN_SAFE_INTEGER));

/** Which rows are compared. */
const ROWS_OPTIONS = {
  /** the first row to compare with; 0 by default */
  clipStart: option(0, integer(Number.MIN_SAFE_INTEGER)),
  /** the row to stop before; a negative one counts from the end; 0, the default, means all rows */
  clipEnd: option(0, integer(Number.MIN_SAFE_INTEGER)),
  /** compare with the first so many rows only, the most frequent ones: clipStart 0 and this clipEnd */
  restrictVocab,
  /** which of these rows may be answers: a function of key and row, a list of keys and rows, or { begin, end } */
  filter: optional(unchecked<RowFilter>()),
};

export const BATCH_OPTIONS = {
  /** how many to return; 10 by default */
  topn,
  /** return only those whose cosine is at least so large, `topn` of them at most; all by default */
  minSimilarity,
  ...ROWS_OPTIONS,
};

export const MOST_SIMILAR_OPTIONS = {
  /** how many to return; 10 by default. null: the cosines of all rows from clipStart to clipEnd are the answer */
  topn: option(10, orNull(integer(0))),
  /** return only those whose cosine is at least so large, `topn` of them at most; all by default */
  minSimilarity,
  /** what counts against: subtracted from the query */
  negative: option([], queryItems<QueryItem | readonly QueryItem[]>()),
  ...ROWS_OPTIONS,
};

export const COSMUL_OPTIONS = {
  /** how many to return; 10 by default. null: the scores of all rows are the answer */
  topn: option(10, orNull(integer(0))),
  /** what counts against: the product is divided by the similarity with it */
  negative: option([], queryItems<UnweightedItem | readonly UnweightedItem[]>()),
  /** compare with the first so many rows only, the most frequent ones */
  restrictVocab,
};

const RELATIVE_OPTIONS = {
  /** how many of the nearest; 10 by default */
  topn: option(10, integer(1)),
};

/** Options of `relativeCosineSimilarity`. @interface */
export type RelativeOptions = GivenOptions<typeof RELATIVE_OPTIONS>;
/** Options of `mostSimilarBatch`. @interface */
export type BatchOptions = GivenOptions<typeof BATCH_OPTIONS>;
/** Options of `mostSimilar`. @interface */
export type MostSimilarOptions = BatchOptions & Pick<GivenOptions<typeof MOST_SIMILAR_OPTIONS>, "negative">;
/** The same, with the cosines of all rows from clipStart to clipEnd as the answer. @interface */
export type AllSimilaritiesOptions = Omit<MostSimilarOptions, "topn"> & {
  /** the cosines of all rows from clipStart to clipEnd are the answer */
  topn: null;
};
/** The same, where `topn` decides between the two. @interface */
export type NeighborsOrSimilaritiesOptions = GivenOptions<typeof MOST_SIMILAR_OPTIONS>;
/** Options of `mostSimilarCosmul`. @interface */
export type CosmulOptions = Omit<GivenOptions<typeof COSMUL_OPTIONS>, "topn"> & Pick<BatchOptions, "topn">;
/** The same, with the scores of all rows as the answer. @interface */
export type AllCosmulOptions = Omit<CosmulOptions, "topn"> & {
  /** the scores of all rows are the answer */
  topn: null;
};
/** The same, where `topn` decides between the two. @interface */
export type NeighborsOrCosmulOptions = GivenOptions<typeof COSMUL_OPTIONS>;

/** See `KeyedVectors.mostSimilar`. */
export function mostSimilar(
  search: TableSearch,
  positive: QueryItem | readonly QueryItem[],
  options: NeighborsOrSimilaritiesOptions,
): Neighbor[] | Float32Array<ArrayBuffer> {
  const { negative, topn, minSimilarity, ...rows } = checkOptions(MOST_SIMILAR_OPTIONS, options, "mostSimilar");
  const { table } = search;
  const items = [...weightedItems(table, positive, 1), ...weightedItems(table, negative, -1)];
  const query = buildQuery(table, items);
  if (topn !== null) return nearest(search, [query], comparedRows(table, rows), topn, minSimilarity)[0];
  if (minSimilarity !== undefined) throw allAsked();
  return search.scores(query, comparedRows(table, rows));
}

/** See `KeyedVectors.mostSimilarBatch`. */
export function mostSimilarBatch(
  search: TableSearch,
  queries: Iterable<QueryItem | readonly QueryItem[]>,
  options: BatchOptions,
): Neighbor[][] {
  const { topn, minSimilarity, ...rows } = checkOptions(BATCH_OPTIONS, options, "mostSimilarBatch");
  const { table } = search;
  const asked = Array.from(checkList(queries, "The queries"), (query) =>
    buildQuery(table, weightedItems(table, query, 1)),
  );
  return nearest(search, asked, comparedRows(table, rows), topn, minSimilarity);
}

/** See `KeyedVectors.mostSimilarCosmul`. */
export function mostSimilarCosmul(
  table: VectorTable,
  positive: UnweightedItem | readonly UnweightedItem[],
  options: NeighborsOrCosmulOptions,
): Neighbor[] | Float32Array<ArrayBuffer> {
  const { negative, topn, restrictVocab } = checkOptions(COSMUL_OPTIONS, options, "mostSimilarCosmul");
  const [counts, against] = [positive, negative].map((given) => unweightedItems(table, given));
  if (!counts.length) throw emptyQuery();
  const [begin, end] = clipped(table.size, { clipStart: 0, clipEnd: 0, restrictVocab });
  const scores = setScores(table, cosmul(table, counts, against, [begin, end]));
  if (topn === null) return scores.slice();
  const excluded = rowsAmong([...counts, ...against]);
  const indices = topn ? bestScores(table, scores.length, topn + excluded.size) : [];
  const neighbors = Array.from(indices, (index): [number, number] => [begin + index, scores[index]])
    .filter(([row]) => !excluded.has(row))
    .slice(0, topn);
  return neighbors.map(([row, score]) => [table.vocabulary.word(row), score]);
}

/** See `KeyedVectors.relativeCosineSimilarity`. */
export function relativeCosineSimilarity(search: TableSearch, a: Key, b: Key, options: RelativeOptions): number {
  const { topn } = checkOptions(RELATIVE_OPTIONS, options, "relativeCosineSimilarity");
  const { table } = search;
  const [neighbors] = nearest(
    search,
    [buildQuery(table, weightedItems(table, a, 1))],
    { begin: 0, end: table.size },
    topn,
  );
  if (!neighbors.length) throw emptyQuery();
  return similarity(table, a, b) / neighbors.reduce((sum, [, similarity]) => sum + similarity, 0);
}

function nearest(
  search: TableSearch,
  queries: readonly Query[],
  rows: Rows,
  topn: number,
  minSimilarity = -1,
): Neighbor[][] {
  const { vocabulary } = search.table;
  return search.answer(queries, rows, topn).map(({ ids, scores }) => {
    // the best come first
    const beyond = scores.findIndex((score) => score < minSimilarity);
    const near = beyond < 0 ? ids : ids.slice(0, beyond);
    return near.map((id, i) => [vocabulary.word(id), scores[i]]);
  });
}

function allAsked(): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    "mostSimilar got minSimilarity and topn: null, which asks for the cosines of all rows. Pass topn: wv.size for all that are so near.",
  );
}

type Clip = { clipStart: number; clipEnd: number; restrictVocab?: number };

function comparedRows({ vocabulary, size }: VectorTable, { filter, ...clip }: Clip & { filter?: RowFilter }): Rows {
  const [begin, end] = clipped(size, clip);
  if (filter === undefined) return { begin, end };
  return filterRows(filter, begin, end, {
    keyOf: (row) => vocabulary.word(row),
    rowOf: (key) => rowOf(vocabulary, key),
  });
}

/** The rows to compare with, as [begin, end). */
function clipped(size: number, { clipStart, clipEnd, restrictVocab }: Clip): [begin: number, end: number] {
  const range = restrictVocab ? [0, restrictVocab] : [clipStart, clipEnd || size];
  const [begin, end] = range.map((row) => Math.max(0, Math.min(row < 0 ? size + row : row, size)));
  return [begin, end];
}
