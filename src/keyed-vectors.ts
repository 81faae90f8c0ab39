/** Vectors with keys, and the questions one asks of them: gensim's KeyedVectors. */

import type { RowDtype } from "./engine/layout.ts";
import { nearestName, Wasm2VecError, withDefaults } from "./errors.ts";
import type { SourceLike } from "./files/source.ts";
import { cosmul } from "./queries/cosmul.ts";
import { projectRows } from "./queries/projection.ts";
import { type AnalogyEvaluation, type AnalogyOptions, evaluateAnalogies } from "./queries/word-analogies.ts";
import { wordBag, wordMoversDistance } from "./queries/word-movers-distance.ts";
import { evaluatePairs, type PairEvaluation, type PairOptions } from "./queries/word-pairs.ts";
import type { NeighborGraph, NeighborGraphOptions } from "./search/neighbor-graph.ts";
import { filterRows, type RowFilter } from "./search/row-filter.ts";
import type { Question, Rows } from "./search/search-pass.ts";
import { type IndexOptions, TableSearch, type VectorIndex } from "./search/table-search.ts";
import type { Matrix } from "./tables/matrix.ts";
import { checkDtype } from "./tables/row-format.ts";
import {
  checkDifferent,
  checkedVector,
  checkKeys,
  cosines,
  type Vectors,
  vectorList,
} from "./tables/vector-arguments.ts";
import { VectorAttributes } from "./tables/vector-attributes.ts";
import { VectorTable } from "./tables/vector-table.ts";
import { byFrequency } from "./vocabulary/frequency-order.ts";
import { KeyIndex, KeyList } from "./vocabulary/keys.ts";
import { joinWords, Vocabulary } from "./vocabulary/vocabulary.ts";

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

/** A key, a row number or a vector (D,), without a weight. */
export type UnweightedItem = Key | Float32Array;

export interface CosmulOptions {
  /** what counts against: the product is divided by the similarity with it */
  negative?: UnweightedItem | UnweightedItem[];
  /** how many to return; 10 by default */
  topn?: number;
  /** compare with the first so many rows only, the most frequent ones */
  restrictVocab?: number;
}

/** The same, with the scores of all rows as the answer. */
export type AllCosmulOptions = Omit<CosmulOptions, "topn"> & { topn: null };

export interface AddVectorsOptions {
  /** attributes of the keys: (N) values for each name */
  extras?: Record<string, ArrayLike<unknown>>;
  /** give keys that are present the new vectors and attributes; false by default: they keep theirs */
  replace?: boolean;
}

export interface TableOptions {
  /** what is kept of each number; "float32" by default */
  dtype?: RowDtype;
}

const TABLE_DEFAULTS: TableOptions = { dtype: "float32" };

interface Weighted {
  item: UnweightedItem;
  weight: number;
}

/** A table of vectors (V, D) with a key for each row. */
export class KeyedVectors {
  /** The keys in the order of their rows. */
  readonly indexToKey: KeyList;
  /** The row of each key. */
  readonly keyToIndex: KeyIndex;
  private readonly attributes: VectorAttributes;
  private readonly search: TableSearch;

  /** @internal Use `KeyedVectors.from` or a model's `wv`. */
  constructor(private readonly table: VectorTable) {
    this.indexToKey = new KeyList(() => table.vocabulary);
    this.keyToIndex = new KeyIndex(() => table.vocabulary);
    this.attributes = new VectorAttributes(() => table.vocabulary);
    this.search = new TableSearch(table);
  }

  /**
   * Makes a table of given keys and vectors, which are copied. It can grow: see `addVectors`.
   *
   * @param keys (V,) different strings
   * @param matrix (V, D): a Matrix or `{ data, shape: [V, D] }`; V may be 0
   * @param options.dtype what is kept of each number; "float32" by default. Others take less memory, and numbers are rounded
   * @throws {Wasm2VecError} `shape-mismatch`, `key-duplicate`, `too-large`; `option-invalid` for NaN or Infinity
   */
  static async from(
    keys: readonly string[],
    matrix: Pick<Matrix, "data" | "shape">,
    options: TableOptions = {},
  ): Promise<KeyedVectors> {
    const { dtype } = withDefaults(TABLE_DEFAULTS, options, "KeyedVectors.from");
    const [rows, columns] = matrix.shape;
    if (rows !== keys.length || matrix.data.length !== rows * columns || !(columns > 0)) {
      throw new Wasm2VecError(
        "shape-mismatch",
        `Got ${keys.length} keys, ${matrix.data.length} numbers and shape [${matrix.shape}]; expected [V, D] with as many rows as keys and V × D numbers.`,
      );
    }
    checkDtype(dtype);
    checkKeys(keys);
    const counts = Float64Array.from(keys, (_, i) => rows - i);
    const table = await VectorTable.open(await Vocabulary.from(joinWords(keys), counts), columns, dtype);
    for (let i = 0; i < rows; i++) table.setRow(i, matrix.data.subarray(i * columns, (i + 1) * columns));
    try {
      table.checkFinite();
    } catch (error) {
      table.close();
      throw error;
    }
    return new KeyedVectors(table);
  }

  /**
   * The cosine of a vector (D,) with each of others (N, D), as (N,); 0 where one is zero.
   *
   * @throws {Wasm2VecError} `shape-mismatch`, `option-invalid`
   */
  static cosineSimilarities(vector: ArrayLike<number>, vectors: Vectors): Float32Array {
    const others = vectorList(vectors).map((other) => checkedVector(other, vector.length));
    return cosines(checkedVector(vector, vector.length), others);
  }

  /** D, the length of each vector. */
  get vectorSize(): number {
    return this.table.vectorSize;
  }

  /** What the table keeps of each number. */
  get dtype(): RowDtype {
    return this.table.dtype;
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

  /** All vectors divided by their lengths, (V, D). */
  getNormedVectors(): Matrix {
    return this.table.gatherUnit(Uint32Array.from({ length: this.size }, (_, i) => i));
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
    const question = this.question([...weightedItems(positive, 1), ...weightedItems(negative ?? [], -1)]);
    if (topn === null) return this.search.scores(question, this.comparedRows(clip));
    return this.answers([question], { topn, ...clip })[0];
  }

  /** mostSimilar for one vector (D,). */
  similarByVector(vector: Float32Array, options?: Omit<MostSimilarOptions, "negative">): Neighbor[] {
    return this.mostSimilar(vector, options);
  }

  /** mostSimilar for one key. */
  similarByKey(key: Key, options?: Omit<MostSimilarOptions, "negative">): Neighbor[] {
    return this.mostSimilar(key, options);
  }

  /**
   * As mostSimilar, but similarities are multiplied, so that no single large one decides.
   *
   * @param positive what counts for: a key, a row number, a vector (D,), or an array of them; at least one
   * @returns [key, score] pairs, best first; the given keys are left out. With `topn: null` the scores of all rows.
   * @throws {Wasm2VecError} `key-not-found`, `empty-query`, `option-invalid`
   * @see Levy and Goldberg 2014, https://aclanthology.org/W14-1618
   */
  mostSimilarCosmul(positive: UnweightedItem | UnweightedItem[], options: AllCosmulOptions): Float32Array;
  mostSimilarCosmul(positive: UnweightedItem | UnweightedItem[], options?: CosmulOptions): Neighbor[];
  mostSimilarCosmul(
    positive: UnweightedItem | UnweightedItem[],
    options: CosmulOptions | AllCosmulOptions = {},
  ): Neighbor[] | Float32Array {
    const defaults = { negative: [], topn: 10, restrictVocab: undefined };
    const { negative, topn, restrictVocab } = withDefaults<CosmulOptions | AllCosmulOptions>(
      defaults,
      options,
      "mostSimilarCosmul",
    );
    const [counts, against] = [positive, negative ?? []].map((given) => this.unweighted(given));
    if (!counts.length) throw emptyQuery();
    const [begin, end] = this.clipped({ restrictVocab });
    const scores = this.table.setScores(cosmul(this.table, counts, against, [begin, end]));
    if (topn === null) return scores.slice();
    return this.neighbors(begin, scores, topn ?? 10, this.givenRows([...counts, ...against]));
  }

  /**
   * The one of `keys` that is most similar to a key; the first of several.
   *
   * @throws {Wasm2VecError} `key-not-found`, `empty-query` when there are no keys
   */
  mostSimilarToGiven<K extends Key>(key: Key, keys: readonly K[]): K {
    if (!keys.length) throw emptyQuery();
    const similarities = keys.map((other) => this.similarity(key, other));
    return keys[similarities.indexOf(similarities.reduce((a, b) => Math.max(a, b)))];
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
   * The distance of a key or a vector (D,) from each of `others`, (N,); from all rows, its own too, where none are given.
   *
   * @throws {Wasm2VecError} `key-not-found`, `shape-mismatch`
   */
  distances(from: UnweightedItem, others: readonly Key[] = []): Float32Array {
    const rows = others.map((key) => this.getIndex(key));
    this.average("query", [{ item: from, weight: 1 }], false);
    this.table.normalize("query");
    const similarities = rows.length
      ? Float32Array.from(rows, (row) => this.table.dotRow(row))
      : this.table.scores(0, this.size);
    return similarities.map((similarity) => 1 - similarity);
  }

  /** The keys that are closer to `a` than `b` is, in the order of their rows, without `a`. */
  closerThan(a: Key, b: Key): string[] {
    return this.closerRows(a, b).map((row) => this.table.vocabulary.word(row));
  }

  /** The place of `b` among all keys by their distance from `a`: 1 where none is closer. */
  rank(a: Key, b: Key): number {
    return this.closerRows(a, b).length + 1;
  }

  /**
   * The similarity of two keys as a share of those of `a` with its nearest: beyond 1 / topn, they are close.
   *
   * @param options.topn how many of the nearest; 10 by default
   * @throws {Wasm2VecError} `key-not-found`, `option-invalid`
   * @see Leeuwenberg et al. 2016, https://ufal.mff.cuni.cz/pbml/105/art-leeuwenberg-et-al.pdf
   */
  relativeCosineSimilarity(a: Key, b: Key, options: { topn?: number } = {}): number {
    const { topn } = withDefaults({ topn: 10 }, options, "relativeCosineSimilarity");
    checkTopn(topn, 1);
    const nearest = this.mostSimilar(a, { topn });
    if (!nearest.length) throw emptyQuery();
    return this.similarity(a, b) / nearest.reduce((sum, [, similarity]) => sum + similarity, 0);
  }

  /**
   * The Word Mover's Distance of two documents: how far their words must travel, on the mean, to become each other's.
   *
   * @param first words; those that are not present are left out
   * @param options.norm take words' unit vectors; true by default
   * @returns Infinity where a document has no word that is present
   * @see Kusner et al. 2015, http://proceedings.mlr.press/v37/kusnerb15.pdf
   */
  wmdistance(first: readonly string[], second: readonly string[], options: { norm?: boolean } = {}): number {
    const { norm } = withDefaults({ norm: true }, options, "wmdistance");
    const [a, b] = [first, second].map((words) => wordBag(this.presentRows(words)));
    if (!a.total || !b.total) return Number.POSITIVE_INFINITY;
    return wordMoversDistance(this.table, a, b, norm);
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
    const ranked = this.rankByCentrality(keys);
    return ranked[ranked.length - 1][1];
  }

  /**
   * The keys by their similarity with the mean of their unit vectors, the nearest first.
   *
   * @param keys those that are not present are left out
   * @param options.useNorm true by default; false: the dot products of the vectors as they are with the direction of
   *   their mean
   * @returns [similarity, key] pairs, as in gensim
   * @throws {Wasm2VecError} `empty-query` when none is present
   */
  rankByCentrality(keys: readonly string[], options: { useNorm?: boolean } = {}): [similarity: number, key: string][] {
    const { useNorm } = withDefaults({ useNorm: true }, options, "rankByCentrality");
    const rows = this.presentRows(keys);
    if (!rows.length) throw emptyQuery();
    this.average(
      "query",
      rows.map((item) => ({ item, weight: 1 })),
      useNorm,
    );
    this.table.normalize("query");
    const ranked = rows.map((row): [number, string] => {
      const length = useNorm ? 1 : this.table.norm(row);
      return [this.table.dotRow(row) * length, this.table.vocabulary.word(row)];
    });
    return ranked.sort(([a, keyA], [b, keyB]) => b - a || (keyA < keyB ? 1 : -1));
  }

  /**
   * How many analogies the vectors solve, section by section.
   *
   * @param source lines of four words, "Athens Greece Oslo Norway", in sections that begin with ": name"; UTF-8
   * @throws {Wasm2VecError} `format-damaged` with the line's number; what openSource throws
   */
  async evaluateWordAnalogies(source: SourceLike, options: AnalogyOptions = {}): Promise<AnalogyEvaluation> {
    return evaluateAnalogies(this.table, source, options);
  }

  /**
   * How far the similarities of pairs of words go together with those that people gave.
   *
   * @param source lines of two words and a number; lines that begin with "#" are comments; UTF-8
   * @throws {Wasm2VecError} `format-damaged` with the line's number; `empty-query` when fewer than two pairs are known;
   *   what openSource throws
   */
  async evaluateWordPairs(source: SourceLike, options: PairOptions = {}): Promise<PairEvaluation> {
    return evaluatePairs(this.table.vocabulary, (a, b) => this.similarity(a, b), source, options);
  }

  /**
   * Adds a key and its vector (D,), which is copied; a key that is present keeps its own: see `setVector`.
   *
   * @returns the key's row
   * @throws {Wasm2VecError} as addVectors
   */
  addVector(key: string, vector: ArrayLike<number>): number {
    this.addVectors([key], [vector]);
    return this.getIndex(key);
  }

  /**
   * Adds keys and their vectors, which are copied. Nothing is added when one of them is an error.
   *
   * @param keys (N,) different strings
   * @throws {Wasm2VecError} `shape-mismatch`, `key-duplicate`, `too-large`; `option-invalid` for NaN or Infinity;
   *   `vocabulary-fixed` for new keys of a model's vectors
   */
  addVectors(keys: readonly string[], vectors: Vectors, options: AddVectorsOptions = {}): void {
    const { extras, replace } = withDefaults<Required<AddVectorsOptions>>(
      { extras: {}, replace: false },
      options,
      "addVectors",
    );
    const rows = vectorList(vectors);
    this.checkAdded(keys, rows, extras);
    const isNew = keys.map((key) => !this.has(key));
    this.grow(keys.filter((_, i) => isNew[i]));
    for (const [i, key] of keys.entries()) {
      if (!isNew[i] && !replace) continue;
      const row = this.getIndex(key);
      this.table.setRow(row, rows[i]);
      this.table.changed(row, row + 1);
      for (const [name, values] of Object.entries(extras)) this.attributes.set(row, name, values[i]);
    }
  }

  /**
   * Gives a key or a row another vector (D,), which is copied; a key that is not present is added.
   *
   * @throws {Wasm2VecError} `shape-mismatch`, `id-out-of-range`; and as addVectors
   */
  setVector(key: Key, vector: ArrayLike<number>): void {
    const name = typeof key === "string" ? key : this.table.vocabulary.word(this.checkedRow(key));
    this.addVectors([name], [vector], { replace: true });
  }

  /**
   * The value of a key's attribute: "count", how often the word was seen, or what `setVecattr` set. Where nothing was
   * set for the key, 0 for an attribute of numbers, undefined for others.
   *
   * @throws {Wasm2VecError} `key-not-found`, `attribute-not-found`
   */
  getVecattr(key: Key, name: string): unknown {
    return this.attributes.get(this.getIndex(key), name);
  }

  /**
   * Sets an attribute of a key. All values of an attribute have one type; its first value decides which.
   *
   * @throws {Wasm2VecError} `key-not-found`; `option-invalid` for a value of another type
   */
  setVecattr(key: Key, name: string, value: unknown): void {
    this.attributes.set(this.getIndex(key), name, value);
  }

  /**
   * Puts the rows in the order of their attribute "count", the most frequent first; of equal ones, the later first, as
   * in gensim 4.4.
   *
   * @throws {Wasm2VecError} `vocabulary-fixed` for a model's vectors
   */
  sortByDescendingFrequency(): void {
    if (!this.table.ownsMemory) throw vocabularyFixed("its tables' rows belong together");
    const order = byFrequency(this.table.vocabulary.counts);
    this.attributes.reorder(order);
    this.table.reorder(order);
  }

  /** Divides all vectors by their lengths; a zero vector stays. A model cannot sensibly be trained afterwards. */
  unitNormalizeAll(): void {
    this.table.normalizeRows();
  }

  /**
   * The vectors of some keys as a table of its own, in the keys' order, each once; keys that are not present are left
   * out.
   *
   * @param options.copyVecattrs keep the keys' attributes; false by default, but for their counts
   */
  async vectorsForAll(keys: Iterable<string>, options: { copyVecattrs?: boolean } = {}): Promise<KeyedVectors> {
    const { copyVecattrs } = withDefaults({ copyVecattrs: false }, options, "vectorsForAll");
    return this.select(this.presentRows([...new Set(keys)]), copyVecattrs);
  }

  /** A copy with a memory of its own, attributes included: it stays when a model is closed, and it can grow. */
  async detach(): Promise<KeyedVectors> {
    return this.select(
      Array.from({ length: this.size }, (_, i) => i),
      true,
    );
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
      item: item instanceof Float32Array ? checkedVector(item, this.vectorSize) : this.getIndex(item),
    }));
    this.table.clear(which);
    let total = 0;
    for (const { item, weight } of resolved) {
      if (!Number.isFinite(weight)) {
        throw new Wasm2VecError("option-invalid", `A weight is ${weight}; expected a finite number.`);
      }
      if (typeof item === "number") this.table.addRow(which, item, weight, unit);
      else this.table.addVector(which, item, weight);
      total += Math.abs(weight);
    }
    if (total > 0) this.table.scale(which, 1 / total);
  }

  private neighbors(begin: number, scores: Float32Array, limit: number, given: Set<number>): Neighbor[] {
    checkTopn(limit, 0);
    const neighbors: Neighbor[] = [];
    for (const index of limit ? this.table.best(scores.length, limit + given.size) : []) {
      if (neighbors.length === limit) break;
      if (given.has(begin + index)) continue;
      neighbors.push([this.table.vocabulary.word(begin + index), scores[index]]);
    }
    return neighbors;
  }

  /** The rows to compare with, as [begin, end). */
  private clipped({ clipStart = 0, clipEnd = 0, restrictVocab = 0 }: Omit<MostSimilarOptions, "topn" | "negative">) {
    const range = restrictVocab ? [0, restrictVocab] : [clipStart, clipEnd || this.size];
    return range.map((row) => {
      if (Number.isInteger(row)) return Math.max(0, Math.min(row < 0 ? this.size + row : row, this.size));
      throw new Wasm2VecError("option-invalid", `A row to compare with is ${row}; expected an integer.`);
    });
  }

  /** The rows of the keys that are present, one for each, repeated ones too. */
  private presentRows(keys: readonly string[]): number[] {
    return keys.map((key) => this.table.vocabulary.find(key)).filter((row) => row >= 0);
  }

  /** The rows that are closer to `a` than `b` is, without `a`. */
  private closerRows(a: Key, b: Key): number[] {
    const [from, limit] = [this.getIndex(a), this.getIndex(b)];
    const distances = this.distances(from);
    const closer: number[] = [];
    for (let row = 0; row < distances.length; row++) {
      if (distances[row] < distances[limit] && row !== from) closer.push(row);
    }
    return closer;
  }

  /** Items as rows or vectors, checked. */
  private unweighted(given: UnweightedItem | UnweightedItem[]): (number | Float32Array)[] {
    const items = Array.isArray(given) ? given : [given];
    return items.map((item) => {
      if (item instanceof Float32Array) return checkedVector(item, this.vectorSize);
      if (typeof item === "string" || typeof item === "number") return this.getIndex(item);
      throw invalidItem(item, "a key, a row number or a Float32Array; nothing is weighed here");
    });
  }

  /** The rows among items, which no answer shall hold. */
  private givenRows(items: readonly UnweightedItem[]): Set<number> {
    return new Set(items.flatMap((item) => (item instanceof Float32Array ? [] : [this.getIndex(item)])));
  }

  private checkAdded(
    keys: readonly string[],
    rows: readonly ArrayLike<number>[],
    extras: Record<string, ArrayLike<unknown>>,
  ): void {
    const lists = { vectors: rows, ...extras };
    for (const [name, list] of Object.entries<ArrayLike<unknown>>(lists)) {
      if (list.length === keys.length) continue;
      throw new Wasm2VecError("shape-mismatch", `Got ${keys.length} keys, but "${name}" has ${list.length} entries.`);
    }
    checkKeys(keys);
    checkDifferent(keys);
    for (const row of rows) checkedVector(row, this.vectorSize);
    for (const [name, values] of Object.entries(extras)) this.attributes.check(name, values);
  }

  /** Adds rows of zeros for new keys. */
  private grow(keys: readonly string[]): void {
    if (!keys.length) return;
    if (!this.table.ownsMemory) throw vocabularyFixed(`"${keys[0]}" is none of them`);
    this.table.append(keys);
  }

  private async select(rows: readonly number[], withAttributes: boolean): Promise<KeyedVectors> {
    const numbers = Uint32Array.from(rows);
    const selected = new KeyedVectors(await this.table.select(numbers));
    if (withAttributes) selected.attributes.copyFrom(this.attributes, numbers);
    return selected;
  }

  private checkedRow(index: number): number {
    if (Number.isInteger(index) && index >= 0 && index < this.size) return index;
    throw new Wasm2VecError(
      "id-out-of-range",
      `Row ${index} is not there; expected an integer from 0 to ${this.size - 1}.`,
    );
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
    const given = withDefaults(BATCH_DEFAULTS, options, "mostSimilarBatch");
    const questions = Array.from(queries, (query) => this.question(weightedItems(query, 1)));
    return this.answers(questions, given);
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

  /**
   * Draws vectors in a plane: their coordinates (N, 2) on the two axes along which they differ most, from their mean. The
   * positive side of each axis is the one on which the vector lies that is furthest from the mean.
   *
   * @param options.keys (N,) which, all by default
   * @throws {Wasm2VecError} `key-not-found`, `empty-query` when there are no keys, `option-invalid` for NaN or Infinity
   * @see Pearson 1901, https://doi.org/10.1080/14786440109462720
   */
  project(options: { keys?: readonly Key[] } = {}): Matrix {
    const { keys = this.indexToKey } = withDefaults<{ keys?: Iterable<Key> }>({ keys: undefined }, options, "project");
    const rows = Array.from(keys, (key) => this.getIndex(key));
    if (!rows.length) throw emptyQuery();
    this.table.checkFinite();
    return projectRows(this.table, rows);
  }

  /** A query of these items, and the rows that are no answers to it. */
  private question(items: readonly Weighted[]): Question {
    if (!items.length) throw emptyQuery();
    const pose = () => {
      this.average("query", items, true);
      this.table.normalize("query");
    };
    return { pose, given: this.givenRows(items.map(({ item }) => item)) };
  }

  private answers(questions: readonly Question[], options: Omit<MostSimilarOptions, "negative">): Neighbor[][] {
    const { topn = 10, ...clip } = options;
    checkTopn(topn, 0);
    const answers = this.search.answer(questions, this.comparedRows(clip), topn);
    return answers.map(({ ids, scores }) => ids.map((id, i) => [this.table.vocabulary.word(id), scores[i]]));
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
    throw invalidItem(item, "a key, a row number, a Float32Array, { key, weight } or { vector, weight }");
  });
}

function invalidItem(item: unknown, expected: string): Wasm2VecError {
  return new Wasm2VecError("option-invalid", `Got ${JSON.stringify(item)} to ask with; expected ${expected}.`);
}

/** @throws {Wasm2VecError} `option-invalid` */
export function checkTopn(topn: number, least: number): void {
  if (Number.isInteger(topn) && topn >= least) return;
  throw new Wasm2VecError("option-invalid", `topn is ${topn}; expected an integer of at least ${least}.`);
}

function vocabularyFixed(reason: string): Wasm2VecError {
  return new Wasm2VecError(
    "vocabulary-fixed",
    `The keys and their order are a model's: ${reason}. Call await wv.detach() for a copy that may change.`,
  );
}

function emptyQuery(): Wasm2VecError {
  return new Wasm2VecError("empty-query", "There is no key to ask with. Give at least one that is present.");
}
