/** Vectors with keys, and the questions one asks of them: gensim's KeyedVectors. */

import { Engine } from "./engine.ts";
import { nearestName, Wasm2VecError, withDefaults } from "./errors.ts";
import { KeyIndex, KeyList } from "./keys.ts";
import { tableLayout } from "./layout.ts";
import type { Matrix } from "./matrix.ts";
import type { NeighborGraph, NeighborGraphOptions } from "./neighbor-graph.ts";
import { filterRows, type RowFilter } from "./row-filter.ts";
import { type IndexOptions, TableSearch, type VectorIndex } from "./search.ts";
import type { Answer, Question, Rows } from "./search-pass.ts";
import { VectorTable } from "./vector-table.ts";
import { joinWords, Vocabulary } from "./vocabulary.ts";

/** A row, by its key or its number. */
export type Key = string | number;

/** One thing to ask with: a key, a row number, a vector (D,), or one of these with a weight. */
export type QueryItem = Key | Float32Array | { key: Key; weight: number } | { vector: Float32Array; weight: number };

/** A key and its cosine with the query, in [-1, 1]. */
export type Neighbor = [key: string, similarity: number];

export interface MostSimilarOptions {
  /** what counts against: subtracted from the query */
  negative?: QueryItem | QueryItem[];
  /** how many to return; 10 by default */
  topn?: number;
  /** the first row to compare with; 0 by default */
  clipStart?: number;
  /** the row to stop before; a negative one counts from the end; 0, the default, means all rows */
  clipEnd?: number;
  /** compare with the first so many rows only, the most frequent ones: clipStart 0 and this clipEnd */
  restrictVocab?: number;
  /** which of these rows may be answers: a function of key and row, a list of keys or rows, or { begin, end } */
  filter?: RowFilter;
}

const BATCH_DEFAULTS: Omit<MostSimilarOptions, "negative"> = {
  topn: 10,
  clipStart: 0,
  clipEnd: 0,
  restrictVocab: undefined,
  filter: undefined,
};

/** The same, with the cosines of all rows from clipStart to clipEnd as the answer. */
export type AllSimilaritiesOptions = Omit<MostSimilarOptions, "topn"> & { topn: null };

export interface MeanVectorOptions {
  /** (N,) what each item counts; 1 by default */
  weights?: ArrayLike<number>;
  /** use each key's unit vector; true by default. Vectors given as such are taken as they are. */
  preNormalize?: boolean;
  /** return the mean's unit vector; false by default */
  postNormalize?: boolean;
  /** leave out keys that are not present; true by default */
  ignoreMissing?: boolean;
}

interface Weighted {
  item: Key | Float32Array;
  weight: number;
}

/** A table of vectors (V, D) with a key for each row. */
export class KeyedVectors {
  /** The keys in the order of their rows. */
  readonly indexToKey: KeyList;
  /** The row of each key. */
  readonly keyToIndex: KeyIndex;
  private readonly search: TableSearch;

  /** @internal Use `KeyedVectors.from` or a model's `wv`. */
  constructor(private readonly table: VectorTable) {
    this.indexToKey = new KeyList(() => table.vocabulary);
    this.keyToIndex = new KeyIndex(() => table.vocabulary);
    this.search = new TableSearch(table);
  }

  /**
   * Makes a table of given keys and vectors, which are copied.
   *
   * @param keys (V,) different strings
   * @param matrix (V, D): a Matrix or `{ data, shape: [V, D] }`
   * @throws {Wasm2VecError} `shape-mismatch`, `key-duplicate`, `too-large`
   */
  static async from(keys: readonly string[], matrix: Pick<Matrix, "data" | "shape">): Promise<KeyedVectors> {
    const [rows, columns] = matrix.shape;
    if (rows !== keys.length || matrix.data.length !== rows * columns || !(columns > 0)) {
      throw new Wasm2VecError(
        "shape-mismatch",
        `Got ${keys.length} keys, ${matrix.data.length} numbers and shape [${matrix.shape}]; expected [V, D] with as many rows as keys and V × D numbers.`,
      );
    }
    const counts = Float64Array.from(keys, (_, i) => rows - i);
    const vocabulary = await Vocabulary.from(joinWords(keys), counts);
    const engine = await Engine.open();
    const layout = tableLayout(engine.base, rows, columns);
    engine.reserve(layout.end, `${rows} vectors of ${columns} floats need`);
    const table = new VectorTable(engine, vocabulary, columns, layout);
    for (let i = 0; i < rows; i++) table.row(i).set(matrix.data.subarray(i * columns, (i + 1) * columns));
    return new KeyedVectors(table);
  }

  /** D, the length of each vector. */
  get vectorSize(): number {
    return this.table.vectorSize;
  }

  /** V, the number of vectors. */
  get size(): number {
    return this.table.size;
  }

  has(key: string): boolean {
    return this.keyToIndex.has(key);
  }

  /**
   * The row of a key; a row number stands for itself.
   *
   * @param missing what to return for a key that is not present, instead of an error
   * @throws {Wasm2VecError} `key-not-found`, `id-out-of-range`
   */
  getIndex(key: Key, missing?: number): number {
    const index = typeof key === "string" ? this.table.vocabulary.find(key) : this.checkedRow(key);
    if (index >= 0) return index;
    if (missing !== undefined) return missing;
    throw new Wasm2VecError(
      "key-not-found",
      `Key "${key}" is not among the ${this.size} keys.${this.suggestion(String(key))} Ask has(key) first, or train on text that holds it often enough for minCount.`,
    );
  }

  /**
   * The vector of a key, (D,): a copy.
   *
   * @param options.norm divide it by its length; false by default
   */
  getVector(key: Key, options: { norm?: boolean } = {}): Float32Array {
    const { norm } = withDefaults({ norm: false }, options, "getVector");
    if (!norm) return this.table.row(this.getIndex(key)).slice();
    return this.getMeanVector([key], { ignoreMissing: false });
  }

  /** The vectors of N keys, (N, D). */
  getVectors(keys: readonly Key[]): Matrix {
    return this.table.gather(keys.map((key) => this.getIndex(key)));
  }

  /** All vectors, (V, D). */
  toMatrix(): Matrix {
    return this.table.gather(Uint32Array.from({ length: this.size }, (_, i) => i));
  }

  /**
   * The weighted mean of vectors, (D,): their sum divided by the sum of |weight|.
   *
   * @param keys keys, row numbers or vectors (D,)
   * @throws {Wasm2VecError} `empty-query` when there is nothing to average
   */
  getMeanVector(keys: readonly (Key | Float32Array)[], options: MeanVectorOptions = {}): Float32Array {
    const defaults = { weights: undefined, preNormalize: true, postNormalize: false, ignoreMissing: true };
    const { weights, preNormalize, postNormalize, ignoreMissing } = withDefaults<MeanVectorOptions>(
      defaults,
      options,
      "getMeanVector",
    );
    if (!keys.length) throw emptyQuery();
    if (weights && weights.length !== keys.length) {
      throw new Wasm2VecError("shape-mismatch", `Got ${weights.length} weights for ${keys.length} keys.`);
    }
    const items = keys.map((item, i) => ({ item, weight: weights?.[i] ?? 1 }));
    this.average("query", ignoreMissing ? this.present(items) : items, preNormalize === true);
    if (postNormalize) this.table.normalize("query");
    return this.table.read("query");
  }

  /**
   * Finds the keys whose vectors point most nearly the same way.
   *
   * @param positive what counts for: a key, a row number, a vector (D,), one of these with a weight, or an array of them
   * @returns [key, cosine] pairs, best first; the given keys are left out. With `topn: null` the cosines of all rows
   *   from clipStart to clipEnd instead.
   * @throws {Wasm2VecError} `key-not-found`, `empty-query`
   * @see Mikolov et al. 2013, https://arxiv.org/abs/1301.3781
   */
  mostSimilar(positive: QueryItem | QueryItem[], options: AllSimilaritiesOptions): Float32Array;
  mostSimilar(positive: QueryItem | QueryItem[], options?: MostSimilarOptions): Neighbor[];
  mostSimilar(
    positive: QueryItem | QueryItem[],
    options: MostSimilarOptions | AllSimilaritiesOptions = {},
  ): Neighbor[] | Float32Array {
    const { negative, topn, ...clip } = withDefaults<MostSimilarOptions | AllSimilaritiesOptions>(
      { ...BATCH_DEFAULTS, negative: [] },
      options,
      "mostSimilar",
    );
    const items = [...weightedItems(positive, 1), ...weightedItems(negative ?? [], -1)];
    if (!items.length) throw emptyQuery();
    const rows = this.comparedRows(clip);
    const question = this.question(items);
    if (topn === null) return this.search.scores(question, rows);
    return this.neighbors(this.search.answer([question], rows, topn as number)[0]);
  }

  /** mostSimilar for one vector (D,). */
  similarByVector(vector: Float32Array, options?: Omit<MostSimilarOptions, "negative">): Neighbor[] {
    return this.mostSimilar(vector, options);
  }

  /** The cosine of two vectors, in [-1, 1]; 0 where one of them is zero. */
  similarity(a: Key, b: Key): number {
    return this.cosine([{ item: a, weight: 1 }], [{ item: b, weight: 1 }]);
  }

  /** 1 - similarity: 0 for the same direction, 2 for the opposite one. */
  distance(a: Key, b: Key): number {
    return 1 - this.similarity(a, b);
  }

  /**
   * The cosine of the means of two sets of vectors; keys that are not present are left out.
   *
   * @throws {Wasm2VecError} `empty-query` when a set is empty
   */
  nSimilarity(first: readonly Key[], second: readonly Key[]): number {
    if (!first.length || !second.length) throw emptyQuery();
    const [a, b] = [first, second].map((keys) => this.present(keys.map((item) => ({ item, weight: 1 }))));
    return this.cosine(a, b);
  }

  /**
   * The key that fits the others least: whose vector is furthest from the mean of their unit vectors.
   *
   * @param keys those that are not present are left out
   * @throws {Wasm2VecError} `empty-query` when none is present
   */
  doesntMatch(keys: readonly string[]): string {
    const present = this.present(keys.map((item) => ({ item, weight: 1 })));
    if (!present.length) throw emptyQuery();
    this.average("query", present, true);
    this.table.normalize("query");
    const scored = present.map(({ item }) => ({ key: item, score: this.table.dotRow(this.getIndex(item)) }));
    return scored.reduce((least, next) =>
      next.score < least.score || (next.score === least.score && next.key < least.key) ? next : least,
    ).key;
  }

  /** Gives the memory back; a model's `wv` gives back the model's. Use after it is an error. */
  close(): void {
    this.search.close();
    this.table.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The items whose keys are present; row numbers and vectors are. */
  private present<T extends Weighted["item"]>(items: { item: T; weight: number }[]): { item: T; weight: number }[] {
    return items.filter(({ item }) => typeof item !== "string" || this.has(item));
  }

  /** The cosine of two means; 0 where one is zero. */
  private cosine(first: readonly Weighted[], second: readonly Weighted[]): number {
    this.average("query", first, false);
    this.table.normalize("query");
    this.average("other", second, false);
    this.table.normalize("other");
    return this.table.dotOther();
  }

  /** vector to work in = Σ weight · item / Σ |weight|; zero where there are no items */
  private average(which: "query" | "other", items: readonly Weighted[], unit: boolean): void {
    const resolved = items.map(({ item, weight }) => ({
      weight,
      item: item instanceof Float32Array ? this.checkedVector(item) : this.getIndex(item),
    }));
    this.table.clear(which);
    let total = 0;
    for (const { item, weight } of resolved) {
      if (typeof item === "number") this.table.addRow(which, item, weight, unit);
      else this.table.addVector(which, item, weight);
      total += Math.abs(weight);
    }
    if (total > 0) this.table.scale(which, 1 / total);
  }

  /** The rows to compare with, as [begin, end). */
  private clipped({ clipStart = 0, clipEnd = 0, restrictVocab }: Omit<MostSimilarOptions, "topn" | "negative">) {
    const end = restrictVocab ?? (clipEnd || this.size);
    return [restrictVocab === undefined ? clipStart : 0, Math.min(end < 0 ? this.size + end : end, this.size)];
  }

  private checkedRow(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.size) return index;
    throw new Wasm2VecError(
      "id-out-of-range",
      `Row ${index} is not there; expected an integer from 0 to ${this.size - 1}.`,
    );
  }

  private checkedVector(vector: Float32Array): Float32Array {
    if (vector.length !== this.vectorSize) {
      throw new Wasm2VecError(
        "shape-mismatch",
        `Got a vector of ${vector.length} numbers; the table's have ${this.vectorSize}.`,
      );
    }
    if (vector.every(Number.isFinite)) return vector;
    throw new Wasm2VecError("option-invalid", "Got a vector that holds NaN or Infinity; expected finite numbers.");
  }

  /** A near key among the most frequent ones, for an error message. */
  private suggestion(key: string): string {
    const nearest = nearestName(key, this.indexToKey.slice(0, 1000));
    return nearest ? ` Did you mean "${nearest}"?` : "";
  }

  /**
   * Answers many queries in one pass over the table: as `mostSimilar` answers each, and faster.
   *
   * @param queries each what counts for in one query, as in `mostSimilar`; what counts against has a negative weight
   * @returns for each query its neighbours
   * @throws {Wasm2VecError} `key-not-found`, `empty-query`, `empty-filter`
   */
  mostSimilarBatch(
    queries: Iterable<QueryItem | QueryItem[]>,
    options: Omit<MostSimilarOptions, "negative"> = {},
  ): Neighbor[][] {
    const { topn, ...clip } = withDefaults(BATCH_DEFAULTS, options, "mostSimilarBatch");
    const questions = Array.from(queries, (query) => this.question(weightedItems(query, 1)));
    const answers = this.search.answer(questions, this.comparedRows(clip), topn as number);
    return answers.map((answer) => this.neighbors(answer));
  }

  /**
   * Finds the k nearest rows of every row. Others have their turn meanwhile, and may ask the table but not change it.
   *
   * @throws {Wasm2VecError} `option-invalid`; `table-changed` when vectors change before it is done
   */
  async neighborGraph(options: NeighborGraphOptions = {}): Promise<NeighborGraph> {
    return this.search.neighborGraph((row) => this.question([{ item: row, weight: 1 }]), options);
  }

  /**
   * Builds an index that makes queries faster: the vectors as int8, with a proven bound on what that changes. The bound
   * rules most rows out, float32 decides among the others: answers stay exactly the same, and where vectors change, the
   * index follows. A table has one index: building it again returns the same.
   *
   * @throws {Wasm2VecError} `option-invalid`, `out-of-memory`, `too-large`
   */
  async buildIndex(options: IndexOptions): Promise<VectorIndex> {
    return this.search.buildIndex(options);
  }

  /** A query of these items, and the rows that are no answers to it. */
  private question(items: readonly Weighted[]): Question {
    if (!items.length) throw emptyQuery();
    const given = items.flatMap(({ item }) => (item instanceof Float32Array ? [] : [this.getIndex(item)]));
    const pose = () => {
      this.average("query", items, true);
      this.table.normalize("query");
    };
    return { pose, given: new Set(given) };
  }

  private neighbors({ ids, scores }: Answer): Neighbor[] {
    return ids.map((id, i) => [this.table.vocabulary.word(id), scores[i]]);
  }

  private comparedRows({ filter, ...clip }: Omit<MostSimilarOptions, "topn" | "negative">): Rows {
    const [begin, end] = this.clipped(clip);
    if (filter === undefined) return { begin, end };
    return filterRows(filter, begin, end, {
      keyOf: (row) => this.table.vocabulary.word(row),
      rowOf: (key) => this.getIndex(key),
    });
  }
}

function weightedItems(given: QueryItem | QueryItem[], sign: number): Weighted[] {
  const items = Array.isArray(given) ? given : [given];
  return items.map((item) => {
    if (typeof item === "string" || typeof item === "number" || item instanceof Float32Array) {
      return { item, weight: sign };
    }
    if (typeof item === "object" && item !== null && typeof item.weight === "number") {
      return { item: "key" in item ? item.key : item.vector, weight: item.weight };
    }
    throw new Wasm2VecError(
      "option-invalid",
      `Got ${JSON.stringify(item)} to ask with; expected a key, a row number, a Float32Array, { key, weight } or { vector, weight }.`,
    );
  });
}

function emptyQuery(): Wasm2VecError {
  return new Wasm2VecError("empty-query", "There is no key to ask with. Give at least one that is present.");
}
