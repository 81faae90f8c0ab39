/** Vectors with keys, and the questions one asks of them: gensim's KeyedVectors. */

import {
  callback,
  checkOptions,
  checkValue,
  type GivenOptions,
  integer,
  isIterable,
  type Kind,
  listOf,
  option,
  optional,
  STOPPABLE,
  toggle,
  unchecked,
} from "./check-options.ts";
import { Engine } from "./engine/engine.ts";
import { isArray, isObject, show, Wasm2VecError } from "./errors.ts";
import {
  LOAD_VECTORS_OPTIONS,
  type LoadVectorsOptions,
  SAVE_VECTORS_OPTIONS,
  type SaveVectorsOptions,
} from "./exchange/options.ts";
import { isFloat32Array } from "./files/bytes.ts";
import {
  asItIs,
  type ChunkSource,
  checkSource,
  type SeveralFiles,
  type SourceLike,
  taken,
} from "./files/source-kinds.ts";
import type { TargetLike } from "./files/target.ts";
import { answerHabits, VECTORS_CLASS_HABITS, VECTORS_HABITS } from "./habits.ts";
import { CONSOLE, lineOf, notJson, shapeOf } from "./printed.ts";
import { ANALOGY_OPTIONS, type AnalogyOptions, PAIR_OPTIONS, type PairOptions } from "./queries/evaluation-options.ts";
import {
  type AllCosmulOptions,
  type AllSimilaritiesOptions,
  type BatchOptions,
  type CosmulOptions,
  type MostSimilarOptions,
  mostSimilar,
  mostSimilarBatch,
  mostSimilarCosmul,
  type Neighbor,
  type NeighborsOrCosmulOptions,
  type NeighborsOrSimilaritiesOptions,
  type RelativeOptions,
  relativeCosineSimilarity,
} from "./queries/most-similar.ts";
import { type ProjectOptions, project } from "./queries/projection.ts";
import { buildQuery, type QueryItem, rowOrVector, type UnweightedItem } from "./queries/query.ts";
import {
  type CentralityOptions,
  closerRows,
  distances,
  type MeanVectorOptions,
  type MeanVectors,
  type MeanVectorsOptions,
  meanVector,
  meanVectors,
  mostSimilarToGiven,
  nSimilarity,
  rankByCentrality,
  similarity,
} from "./queries/similarity.ts";
import type { AnalogyEvaluation } from "./queries/word-analogies.ts";
import { type WmdistanceOptions, wmdistance } from "./queries/word-movers-distance.ts";
import type { PairEvaluation } from "./queries/word-pairs.ts";
import type { NeighborGraph, NeighborGraphOptions } from "./search/neighbor-graph.ts";
import { type IndexOptions, TableSearch, type VectorIndex } from "./search/table-search.ts";
import { buildTable } from "./tables/build-table.ts";
import { type AddVectorsOptions, addVectors, setVector, sortByFrequency } from "./tables/edit-table.ts";
import { checkedMatrix, checkedRows, Matrix, type Vectors, zeroMatrix } from "./tables/matrix.ts";
import { type RowDtype, rowDtype } from "./tables/row-format.ts";
import { tableChanged } from "./tables/table-changed.ts";
import { checkedKeys, checkedVector, cosines, type Vector } from "./tables/vector-arguments.ts";
import { readVectors, type VectorEntries } from "./tables/vector-entries.ts";
import { VectorTable } from "./tables/vector-table.ts";
import { keyList } from "./vocabulary/key-list.ts";
import { checkRow, type Key, KeyIndex, type KeyText, presentRow, presentRows, rowOf } from "./vocabulary/keys.ts";

const TABLE_OPTIONS = {
  /** what is stored of each number; "float32" by default */
  dtype: option("float32", rowDtype),
  /** D; by default the vectors' own. An empty table needs it */
  vectorSize: optional(integer(1)),
};

const GET_VECTOR_OPTIONS = {
  /** divide the vector by its length; false by default */
  norm: option(false, toggle),
};

const ALIGN_OPTIONS = {
  /** which common keys the rotation is made for; all by default */
  keys: optional(unchecked<Iterable<Key>>()),
  ...STOPPABLE,
};

const FOR_ALL_OPTIONS = {
  /** keep the keys' attributes; false by default, but for their counts */
  copyVecattrs: option(false, toggle),
};

/** Options of `KeyedVectors.from`. @interface */
export type TableOptions = GivenOptions<typeof TABLE_OPTIONS>;
/** Options of `getVector` and `getVectors`. @interface */
export type GetVectorOptions = GivenOptions<typeof GET_VECTOR_OPTIONS>;
/** Options of `alignTo`. @interface */
export type AlignOptions = GivenOptions<typeof ALIGN_OPTIONS>;
/** Options of `vectorsForAll`. @interface */
export type ForAllOptions = GivenOptions<typeof FOR_ALL_OPTIONS>;

const rowList: Kind<ArrayLike<number>> = {
  expected: "an array",
  accepts: (value) => isArray(value) || (ArrayBuffer.isView(value) && isIterable(value)),
};

const float32s: Kind<Float32Array> = { expected: "a Float32Array", accepts: isFloat32Array };

const aNumber: Kind<number> = { expected: "a number", accepts: (value) => typeof value === "number" };

/** A table of vectors (V, D) with a key for each row; it can be read as a Map of copies. */
export class KeyedVectors implements ReadonlyMap<string, Float32Array<ArrayBuffer>> {
  // first, because a browser's console shows the first fields
  /** D, the length of each vector. */
  readonly vectorSize: number;
  /** What the table stores of each number. */
  readonly dtype: RowDtype;
  /** The keys in the order of their rows: an array that may be read only, and follows the table. */
  readonly indexToKey: readonly string[];
  /** The row of each key: a Map that may be read only, and follows the table. */
  readonly keyToIndex: KeyIndex;
  private readonly search: TableSearch;

  static {
    // biome-ignore-start lint/complexity/noThisInStatic: the library's build names classes after this block
    answerHabits(this, VECTORS_CLASS_HABITS);
    answerHabits(this.prototype, VECTORS_HABITS);
    // biome-ignore-end lint/complexity/noThisInStatic: as above
  }

  /** @internal Use `KeyedVectors.from` or a model's `wv`. */
  constructor(private readonly table: VectorTable) {
    if (!isObject(table) || !(table instanceof VectorTable)) throw madeElsewhere(table);
    this.vectorSize = table.vectorSize;
    this.dtype = table.dtype;
    this.indexToKey = keyList(() => table.vocabulary);
    this.keyToIndex = new KeyIndex(() => table.vocabulary);
    this.search = new TableSearch(table);
  }

  // made from

  /**
   * Makes a table of given keys and vectors, which are copied. It can grow: see `addVectors`.
   *
   * @param keys (V,) different strings; a number n is the key `String(n)`. Or entries: [key, vector] pairs, a Map, another
   *   table, or an object `{ key: vector }`
   * @param vectors (V, D): a Matrix, `{ data, shape: [V, D] }`, or a list of vectors
   * @param options.dtype what is stored of each number; "float32" by default. Others take less memory, and numbers are rounded
   * @param options.vectorSize D, which an empty table needs: `KeyedVectors.from([], { vectorSize: 100 })`
   * @throws {Wasm2VecError} `shape-mismatch`, `key-duplicate`, `too-large`; `option-invalid` for NaN or Infinity
   */
  static async from(keys: Iterable<KeyText>, vectors: Vectors, options?: TableOptions): Promise<KeyedVectors>;
  static async from(entries: VectorEntries, options?: TableOptions): Promise<KeyedVectors>;
  static async from(
    first: Iterable<KeyText> | VectorEntries,
    second?: Vectors | TableOptions,
    third?: TableOptions,
  ): Promise<KeyedVectors> {
    const { keys, vectors, options } = readVectors(first, second, third);
    const { dtype, vectorSize } = checkOptions(TABLE_OPTIONS, options, "KeyedVectors.from");
    let matrix = checkedMatrix(vectors, vectorSize);
    const columns = checkedWidth(matrix, keys.length, vectorSize);
    if (!Engine.isReady) {
      matrix = Matrix.from(matrix);
      await Engine.load();
    }
    const table = await buildTable(keys, columns, dtype, (table) => {
      for (let i = 0; i < table.size; i++) table.setRow(i, matrix.row(i));
    });
    return new KeyedVectors(table);
  }

  /**
   * Opens a file of vectors, which is read as it comes, straight into the table: our own format, a saved Word2Vec model,
   * word2vec's text and binary format, GloVe's text, fastText's .vec, .bin and .ftz, what gensim saved, of any version (of
   * Word2Vec, FastText and Doc2Vec the words' vectors), Arrow (also called Feather), Parquet and finalfusion; plain or gzipped.
   * What it is, is found by its content. No code in a file is run.
   *
   * A NumPy array (.npy), TensorFlow's projector pair (.tsv) and the embeddings of model2vec and StaticEmbedding
   * (model.safetensors) are rows alone: their keys are the option `keys`.
   *
   * Of a key that comes twice, the first vector is taken. Rows that hold NaN or Infinity are kept, and can be read, but no
   * query is answered before they have other vectors. `onProgress` is told of both.
   *
   * @param from a path, a URL, a Blob, bytes, a file handle or a stream. What gensim keeps of large vectors in further files
   *   (.npy) is found beside a path or URL; else pass all files, as a list of Files or a Map of names and files
   * @param options.dtype what is stored of each number; "float32" by default, and as it was saved in our own format
   * @param options.limit how many vectors are read, the first ones; all by default
   * @param options.keys of a file of rows alone: a list; or a file with a key a line, whose first line may name columns, such as
   *   the projector's metadata.tsv; or the tokenizer.json whose tokens they are
   * @throws {Wasm2VecError} `format-unknown`, `format-damaged`; `shape-mismatch`; `too-large` where the vectors do not fit, before they are
   *   read where the file says how many there are; `out-of-memory`; and what openSource throws
   */
  static async load(from: ChunkSource | SeveralFiles, options: LoadVectorsOptions = {}): Promise<KeyedVectors> {
    const given = checkOptions(LOAD_VECTORS_OPTIONS, options, "KeyedVectors.load");
    const source = taken(from);
    if (given.counts !== undefined) checkSource(given.counts);
    if (isArray(given.keys)) given.keys = checkedKeys(given.keys);
    else if (given.keys !== undefined) checkSource(given.keys);
    const counts = asItIs(given.counts);
    const { loadVectors } = await import("./exchange/load-vectors.ts");
    return new KeyedVectors(await loadVectors(source, { ...given, counts }));
  }

  /**
   * The cosine of a vector (D,) with each of others (N, D), as (N,); 0 where one is zero.
   *
   * @throws {Wasm2VecError} `shape-mismatch`, `option-invalid`
   */
  static cosineSimilarities(vector: Vector, vectors: Vectors): Float32Array<ArrayBuffer> {
    const checked = checkedVector(vector);
    return cosines(checked, checkedRows(vectors, checked.length));
  }

  // keys and rows

  /** V, the number of vectors. */
  get size(): number {
    return this.table.size;
  }

  /** Whether there is a vector of this key. */
  has(key: KeyText): boolean {
    return this.keyToIndex.has(key);
  }

  /**
   * The row of a key.
   *
   * @param missing what to return for a key that is not present, instead of an error
   * @throws {Wasm2VecError} `key-not-found`, `id-out-of-range`
   */
  getIndex(key: Key, missing?: number): number {
    const { vocabulary } = this.table;
    if (missing !== undefined) checkValue("missing", missing, aNumber, "getIndex");
    return presentRow(vocabulary, key) ?? missing ?? rowOf(vocabulary, key);
  }

  // vectors

  /** The vector of a key, (D,), a copy; undefined where the key is not present. */
  get(key: Key): Float32Array<ArrayBuffer> | undefined {
    const row = presentRow(this.table.vocabulary, key);
    return row === undefined ? undefined : this.table.row(row).slice();
  }

  /** The keys in the order of their rows. */
  keys(): Generator<string, undefined> {
    return this.keyToIndex.keys();
  }

  /** The vectors (D,) in the order of their rows: copies. */
  *values(): Generator<Float32Array<ArrayBuffer>, undefined> {
    for (const row of this.keyToIndex.values()) yield this.table.row(row).slice();
  }

  /** The keys with their vectors (D,), copies, in the order of their rows; as the table itself is iterated over. */
  *entries(): Generator<[key: string, vector: Float32Array<ArrayBuffer>], undefined> {
    for (const [key, row] of this.keyToIndex) yield [key, this.table.row(row).slice()];
  }

  /** @throws {Wasm2VecError} `option-invalid` for what is no function */
  forEach(visit: (vector: Float32Array<ArrayBuffer>, key: string, vectors: this) => void, thisArg?: unknown): void {
    checkValue("callback", visit, callback<typeof visit>(), "forEach");
    for (const [key, vector] of this) visit.call(thisArg, vector, key, this);
  }

  /** Keys and copies of their vectors (D,), in the order of the rows: what `entries` gives. */
  [Symbol.iterator](): Generator<[key: string, vector: Float32Array<ArrayBuffer>], undefined> {
    return this.entries();
  }

  /**
   * The vector of a key, (D,): a copy. Where the vectors come from fastText, that of any other word too, as the mean of its
   * n-grams': zeros where it has none.
   *
   * @throws {Wasm2VecError} `key-not-found`, `id-out-of-range`
   */
  getVector(key: Key, options: GetVectorOptions = {}): Float32Array<ArrayBuffer> {
    const { norm } = checkOptions(GET_VECTOR_OPTIONS, options, "getVector");
    const item = rowOrVector(this.table, key);
    if (!norm) return typeof item === "number" ? this.table.row(item).slice() : item;
    const sum = this.table.query.clear().add(item, 1, true);
    return (typeof item === "number" ? sum : sum.normalize()).read();
  }

  /** The vectors of N keys, (N, D); as `getVector` gives each. */
  getVectors(keys: readonly Key[]): Matrix {
    const { table } = this;
    const items = listOf(keys, "The keys").map((key) => rowOrVector(table, key));
    if (items.every((item) => typeof item === "number")) return table.gather(items);
    const matrix = zeroMatrix(items.length, table.vectorSize);
    for (const [i, item] of items.entries()) matrix.row(i).set(typeof item === "number" ? table.row(item) : item);
    return matrix;
  }

  /**
   * Copies the vectors of rows to an array that is there already: no other is made, so that this suits what is asked often.
   *
   * @param rows (N,) whole numbers in [0, size), in an array or a typed array
   * @param out (N × D,) at least; what is behind it stays
   * @throws {Wasm2VecError} `id-out-of-range`, `option-invalid`; `shape-mismatch` for an array that is too short
   */
  getVectorsInto(rows: ArrayLike<number>, out: Float32Array): void {
    const { table, vectorSize } = this;
    checkValue("rows", rows, rowList, "getVectorsInto");
    checkValue("out", out, float32s, "getVectorsInto");
    for (let i = 0; i < rows.length; i++) checkRow(this, rows[i]);
    const expected = rows.length * vectorSize;
    if (out.length < expected) {
      throw new Wasm2VecError("shape-mismatch", `out holds ${out.length} numbers; expected ${expected}.`);
    }
    // ids that lie where the vectors go would be lost before they are read
    table.gatherInto((rows as Uint32Array).buffer === out.buffer ? Array.from(rows) : rows, out);
  }

  /** All vectors, (V, D). */
  toMatrix(): Matrix {
    return this.table.gather(this.allRows());
  }

  /** All vectors divided by their lengths, (V, D). */
  getNormedVectors(): Matrix {
    return this.table.gatherUnit(this.allRows());
  }

  /**
   * The weighted mean of vectors, (D,): their sum divided by the sum of |weight|.
   *
   * @param keys keys, rows or vectors (D,)
   * @throws {Wasm2VecError} `empty-query` when there is nothing to average, or none of it is present
   */
  getMeanVector(keys: readonly UnweightedItem[], options: MeanVectorOptions = {}): Float32Array<ArrayBuffer> {
    return meanVector(this.table, keys, options);
  }

  /**
   * The weighted mean of each document's word vectors, as `getMeanVector` gives one: N documents at once.
   *
   * @param documents (N,) each the keys or rows of its words
   * @param options.weights what a word counts, asked for each word that is present; 1 by default. For instance
   *   `(key) => a / (a + share(key))` with a = 1e-3, where share is the word's share of the text
   * @throws {Wasm2VecError} `option-invalid`; `key-not-found` with `ignoreMissing: false`
   * @see Arora et al. 2017, https://openreview.net/forum?id=SyK00v5xx
   */
  meanVectors(documents: Iterable<Iterable<Key>>, options: MeanVectorsOptions = {}): MeanVectors {
    return meanVectors(this.table, documents, options);
  }

  /**
   * Draws vectors in a plane: their coordinates (N, 2) on the two axes along which they differ most, from their mean. The
   * positive side of each axis is the one on which the vector lies that is furthest from the mean.
   *
   * @param options.keys (N,) which, all by default
   * @throws {Wasm2VecError} `key-not-found`, `empty-query` when there are no keys, `option-invalid` for NaN or Infinity
   * @see Pearson 1901, https://doi.org/10.1080/14786440109462720
   */
  project(options: ProjectOptions = {}): Matrix {
    return project(this.table, options);
  }

  // nearest

  /**
   * Finds the keys whose vectors point most nearly the same way.
   *
   * @param positive what counts for: a key, a row, a vector (D,), one of these with a weight, or an array of them
   * @returns [key, cosine] pairs, best first; the given keys are left out. With `topn: null` the cosines of all rows
   *   from clipStart to clipEnd instead.
   * @throws {Wasm2VecError} `key-not-found`, `empty-query`
   * @see Mikolov et al. 2013, https://arxiv.org/abs/1301.3781
   */
  mostSimilar(positive: QueryItem | readonly QueryItem[], options: AllSimilaritiesOptions): Float32Array<ArrayBuffer>;
  mostSimilar(positive: QueryItem | readonly QueryItem[], options?: MostSimilarOptions): Neighbor[];
  mostSimilar(
    positive: QueryItem | readonly QueryItem[],
    options?: NeighborsOrSimilaritiesOptions,
  ): Neighbor[] | Float32Array<ArrayBuffer>;
  mostSimilar(
    positive: QueryItem | readonly QueryItem[],
    options: NeighborsOrSimilaritiesOptions = {},
  ): Neighbor[] | Float32Array<ArrayBuffer> {
    return mostSimilar(this.search, positive, options);
  }

  /** mostSimilar for one vector (D,). */
  similarByVector(vector: Vector, options?: BatchOptions): Neighbor[] {
    return this.mostSimilar(checkedVector(vector, this.vectorSize), options);
  }

  /** mostSimilar for one key. */
  similarByKey(key: Key, options?: BatchOptions): Neighbor[] {
    return this.mostSimilar({ row: this.getIndex(key) }, options);
  }

  /**
   * Answers many queries in one pass over the table: as `mostSimilar` answers each, and faster.
   *
   * @param queries each what counts for in one query, as in `mostSimilar`; what counts against has a negative weight
   * @returns for each query its neighbours
   * @throws {Wasm2VecError} `key-not-found`, `empty-query`, `empty-filter`
   */
  mostSimilarBatch(queries: Iterable<QueryItem | readonly QueryItem[]>, options: BatchOptions = {}): Neighbor[][] {
    return mostSimilarBatch(this.search, queries, options);
  }

  /**
   * As mostSimilar, but similarities are multiplied, so that no single large one decides.
   *
   * @param positive what counts for: a key, a row, a vector (D,), or an array of them; at least one
   * @returns [key, score] pairs, best first; the given keys are left out. With `topn: null` the scores of all rows.
   * @throws {Wasm2VecError} `key-not-found`, `empty-query`, `option-invalid`
   * @see Levy and Goldberg 2014, https://aclanthology.org/W14-1618
   */
  mostSimilarCosmul(
    positive: UnweightedItem | readonly UnweightedItem[],
    options: AllCosmulOptions,
  ): Float32Array<ArrayBuffer>;
  mostSimilarCosmul(positive: UnweightedItem | readonly UnweightedItem[], options?: CosmulOptions): Neighbor[];
  mostSimilarCosmul(
    positive: UnweightedItem | readonly UnweightedItem[],
    options?: NeighborsOrCosmulOptions,
  ): Neighbor[] | Float32Array<ArrayBuffer>;
  mostSimilarCosmul(
    positive: UnweightedItem | readonly UnweightedItem[],
    options: NeighborsOrCosmulOptions = {},
  ): Neighbor[] | Float32Array<ArrayBuffer> {
    return mostSimilarCosmul(this.table, positive, options);
  }

  /**
   * The one of `keys` that is most similar to a key; the first of several.
   *
   * @throws {Wasm2VecError} `key-not-found`, `empty-query` when there are no keys
   */
  mostSimilarToGiven<K extends Key>(key: Key, keys: readonly K[]): K {
    return mostSimilarToGiven(this.table, key, keys);
  }

  /**
   * Finds the k nearest rows of every row. Others have their turn meanwhile, and may ask the table but not change it.
   *
   * @throws {Wasm2VecError} `option-invalid`; `table-changed` when vectors change before it is done
   */
  async neighborGraph(options: NeighborGraphOptions = {}): Promise<NeighborGraph> {
    return this.search.neighborGraph((item) => buildQuery(this.table, [{ item, weight: 1 }]), options);
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

  // pairs and sets

  /** The cosine of two vectors, in [-1, 1]; 0 where one of them is zero. */
  similarity(a: UnweightedItem, b: UnweightedItem): number {
    return similarity(this.table, a, b);
  }

  /** 1 - similarity: 0 for the same direction, 2 for the opposite one. */
  distance(a: UnweightedItem, b: UnweightedItem): number {
    return 1 - this.similarity(a, b);
  }

  /**
   * The distance of a key or a vector (D,) from each of `others`, (N,); from all rows, its own too, where none are given.
   *
   * @throws {Wasm2VecError} `key-not-found`, `shape-mismatch`
   */
  distances(from: UnweightedItem, others: readonly Key[] = []): Float32Array<ArrayBuffer> {
    return distances(this.table, from, others);
  }

  /**
   * The cosine of the means of two sets of vectors; keys that are not present are left out.
   *
   * @throws {Wasm2VecError} `empty-query` when a set is empty
   */
  nSimilarity(first: readonly Key[], second: readonly Key[]): number {
    return nSimilarity(this.table, first, second);
  }

  /**
   * The similarity of two keys as a share of those of `a` with its nearest: beyond 1 / topn, they are close.
   *
   * @throws {Wasm2VecError} `key-not-found`, `option-invalid`
   * @see Leeuwenberg et al. 2016, https://ufal.mff.cuni.cz/pbml/105/art-leeuwenberg-et-al.pdf
   */
  relativeCosineSimilarity(a: Key, b: Key, options: RelativeOptions = {}): number {
    return relativeCosineSimilarity(this.search, a, b, options);
  }

  /** The place of `b` among all keys by their distance from `a`: 1 where none is closer. */
  rank(a: Key, b: Key): number {
    return closerRows(this.table, a, b).length + 1;
  }

  /** The keys that are closer to `a` than `b` is, in the order of their rows, without `a`. */
  closerThan(a: Key, b: Key): string[] {
    return closerRows(this.table, a, b).map((row) => this.table.vocabulary.word(row));
  }

  /**
   * The Word Mover's Distance of two documents: how far their words must travel, on the mean, to become each other's.
   *
   * @param first words; those that are not present are left out
   * @returns Infinity where a document has no word that is present
   * @see Kusner et al. 2015, http://proceedings.mlr.press/v37/kusnerb15.pdf
   */
  wmdistance(first: readonly Key[], second: readonly Key[], options: WmdistanceOptions = {}): number {
    return wmdistance(this.table, first, second, options);
  }

  /**
   * The key that fits the others least: whose vector is furthest from the mean of their unit vectors.
   *
   * @param keys those that are not present are left out
   * @throws {Wasm2VecError} `empty-query` when none is present
   */
  doesntMatch(keys: readonly Key[]): string {
    const ranked = this.rankByCentrality(keys);
    return ranked[ranked.length - 1][1];
  }

  /**
   * The keys by their similarity with the mean of their unit vectors, the nearest first.
   *
   * @param keys those that are not present are left out
   * @returns [similarity, key] pairs, as in gensim
   * @throws {Wasm2VecError} `empty-query` when none is present
   */
  rankByCentrality(keys: readonly Key[], options: CentralityOptions = {}): [similarity: number, key: string][] {
    return rankByCentrality(this.table, keys, options);
  }

  // tried on files

  /**
   * How many analogies the vectors solve, section by section.
   *
   * @param source lines of four words, "Athens Greece Oslo Norway", in sections that begin with ": name"; lines that begin
   *   with "//" are comments; UTF-8
   * @throws {Wasm2VecError} `format-damaged` with the line's number; what openSource throws
   */
  async evaluateWordAnalogies(source: SourceLike, options: AnalogyOptions = {}): Promise<AnalogyEvaluation> {
    const checked = checkOptions(ANALOGY_OPTIONS, options, "evaluateWordAnalogies");
    const file = asItIs(source);
    const { evaluateAnalogies } = await import("./queries/word-analogies.ts");
    return evaluateAnalogies(this.table, file, checked);
  }

  /**
   * How far the similarities of pairs of words go together with those that people gave.
   *
   * The files of WordSim-353, SimLex-999, RW, SimVerb-3500 and MEN are read as their authors wrote them.
   *
   * @param source lines of two words and a number, which may have other columns; a first line that names the columns is
   *   passed over and reported; lines that begin with "#" are comments; UTF-8
   * @throws {Wasm2VecError} `format-damaged` with the line's number; `empty-query` when fewer than two pairs are known;
   *   what openSource throws
   */
  async evaluateWordPairs(source: SourceLike, options: PairOptions = {}): Promise<PairEvaluation> {
    const checked = checkOptions(PAIR_OPTIONS, options, "evaluateWordPairs");
    const file = asItIs(source);
    const { evaluatePairs } = await import("./queries/word-pairs.ts");
    return evaluatePairs(this.table, file, checked);
  }

  // files

  /**
   * Writes the vectors as a file. The target's extension says how: `.safetensors` is our own format, which keeps the
   * attributes and the dtype; `.bin` is word2vec's binary format, `.txt` and `.vec` its text, `.kv` and `.model` a KeyedVectors
   * of gensim's, `.arrow` (or `.feather`) and `.parquet` tables with the columns key, count and vector; `.npy` and `.tsv` hold
   * rows alone, and their keys go to the file that is the option `keys`. With `.gz` behind it, it is gzipped. `format: "glove"`
   * is text without a first line, `format: "embeddings"` the file of rows that model2vec reads beside a tokenizer. Other formats
   * than our own keep keys and float32 vectors.
   *
   * @param target a path; the file is written beside it, then renamed. Or a file handle, or a WritableStream, which gets our
   *   own format
   * @throws {Wasm2VecError} `file-not-writable`; `option-invalid` where the extension is of no format, or a format cannot keep
   *   a key; `table-changed` where vectors change before all is written: nothing is replaced then; `closed`
   */
  async save(target: TargetLike, options: SaveVectorsOptions = {}): Promise<void> {
    const given = checkOptions(SAVE_VECTORS_OPTIONS, options, "save");
    const { table } = this;
    const { version } = table;
    const [place, counts, keys] = [asItIs(target), asItIs(given.counts), asItIs(given.keys)];
    const { saveVectors } = await import("./exchange/save-vectors.ts");
    await saveVectors(table, version, place, { ...given, counts, keys });
  }

  // changed

  /**
   * Adds a key and its vector (D,), which is copied; a key that is present keeps its own: see `setVector`.
   *
   * @returns the key's row
   * @throws {Wasm2VecError} as addVectors
   */
  addVector(key: KeyText, vector: Vector): number {
    this.addVectors([key], [checkedVector(vector, this.vectorSize)]);
    return this.getIndex(key);
  }

  /**
   * Adds keys and their vectors, which are copied. Nothing is added when one of them is an error.
   *
   * @param keys (N,) different strings; or entries: [key, vector] pairs, a Map, another table, an object `{ key: vector }`
   * @param vectors (N, D): a Matrix, `{ data, shape: [N, D] }`, or a list of vectors
   * @throws {Wasm2VecError} `shape-mismatch`, `key-duplicate`, `too-large`; `option-invalid` for NaN or Infinity;
   *   `vocabulary-fixed` for new keys of a model's vectors
   */
  addVectors(keys: Iterable<KeyText>, vectors: Vectors, options?: AddVectorsOptions): void;
  addVectors(entries: VectorEntries, options?: AddVectorsOptions): void;
  addVectors(
    first: Iterable<KeyText> | VectorEntries,
    second?: Vectors | AddVectorsOptions,
    third?: AddVectorsOptions,
  ): void {
    addVectors(this.table, first, second, third);
  }

  /**
   * Gives a key, or a row, another vector (D,), which is copied; a key that is not present is added.
   *
   * @throws {Wasm2VecError} `shape-mismatch`, `id-out-of-range`; and as addVectors
   */
  setVector(key: Key, vector: Vector): void {
    setVector(this.table, key, vector);
  }

  /**
   * The value of a key's attribute: "count", how often the word was seen, or what `setVecattr` set. Where nothing was
   * set for the key, 0 for an attribute of numbers, undefined for others.
   *
   * @throws {Wasm2VecError} `key-not-found`, `attribute-not-found`
   */
  getVecattr(key: Key, name: string): unknown {
    return this.table.attributes.get(this.getIndex(key), name);
  }

  /**
   * Sets an attribute of a key. All values of an attribute have one type; its first value decides which.
   *
   * @throws {Wasm2VecError} `key-not-found`; `option-invalid` for a value of another type
   */
  setVecattr(key: Key, name: string, value: unknown): void {
    this.table.attributes.set(this.getIndex(key), name, value);
  }

  /**
   * Puts the rows in the order of their attribute "count", the most frequent first; of equal ones, the later first, as
   * in gensim 4.4.
   *
   * @throws {Wasm2VecError} `vocabulary-fixed` for a model's vectors
   */
  sortByDescendingFrequency(): void {
    sortByFrequency(this.table);
  }

  /** Divides all vectors by their lengths; a zero vector stays. A model cannot sensibly be trained afterwards. */
  unitNormalizeAll(): void {
    this.table.normalizeRows();
  }

  // printed

  /** One line: `KeyedVectors(4 × 2, float32)`. */
  toString(): string {
    return lineOf("KeyedVectors", () => [shapeOf(this.size, this.vectorSize), this.dtype]);
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  /** @throws {Wasm2VecError} `option-invalid`: `indexToKey` and `toMatrix()` can be written as JSON */
  toJSON(): never {
    throw notJson("a KeyedVectors", "Write it with save(path); of a few, write indexToKey and toMatrix() as JSON.");
  }

  // copied and closed

  /**
   * The vectors of some keys as a table of its own, in the keys' order, each once; keys that are not present are left
   * out.
   */
  async vectorsForAll(keys: Iterable<KeyText>, options: ForAllOptions = {}): Promise<KeyedVectors> {
    const { copyVecattrs } = checkOptions(FOR_ALL_OPTIONS, options, "vectorsForAll");
    const rows = new Set(presentRows(this.table.vocabulary, listOf(keys, "The keys")));
    return new KeyedVectors(this.table.select(Uint32Array.from(rows), copyVecattrs));
  }

  /**
   * A copy that is turned onto another table, so that the vectors of common keys can be compared: of two models of the same
   * words, say of texts of two decades. Lengths, and the copy's own similarities, stay as they are. The rotation is the
   * orthogonal one that brings the unit vectors of common keys nearest to each other; where these are fewer than D, several do.
   *
   *     const turned = await nineties.alignTo(eighties);
   *     KeyedVectors.cosineSimilarities(turned.getVector("cell"), [eighties.getVector("cell")]);
   *
   * @throws {Wasm2VecError} `shape-mismatch` where vectors are of another length; `empty-query` where no key is in both;
   *   `option-invalid`, `table-changed`
   * @see Hamilton et al. 2016, https://aclanthology.org/P16-1141; Schönemann 1966, https://doi.org/10.1007/BF02289451
   */
  async alignTo(other: KeyedVectors, options: AlignOptions = {}): Promise<KeyedVectors> {
    const { keys, signal } = checkOptions(ALIGN_OPTIONS, options, "alignTo");
    if (!isObject(other) || !(other instanceof KeyedVectors)) throw noVectors(other);
    if (other.vectorSize !== this.vectorSize) throw otherSpace(this.vectorSize, other.vectorSize);
    const fitted = keys === undefined ? undefined : listOf(keys, "The keys");
    const tables = [this.table, other.table];
    const versions = tables.map(({ version }) => version);
    const { align } = await import("./queries/align.ts");
    if (tables.some(({ version }, i) => version !== versions[i]))
      throw tableChanged("they were being aligned", "alignTo");
    return new KeyedVectors(await align(this.table, other.table, fitted, signal));
  }

  /** A copy with a memory of its own, attributes included: it stays when a model is closed, and it can grow. */
  async detach(): Promise<KeyedVectors> {
    return new KeyedVectors(this.table.select(this.allRows(), true));
  }

  /** Gives the memory back; a model's `wv` gives back the model's. Use after it is an error. */
  close(): void {
    this.search.close();
    this.table.close();
  }

  /** As `close()`: what `using` calls. */
  [Symbol.dispose](): void {
    this.close();
  }

  private allRows(): Uint32Array {
    return Uint32Array.from({ length: this.size }, (_, row) => row);
  }
}

/**
 * D of the vectors of a table to be.
 *
 * @throws {Wasm2VecError} `shape-mismatch` where they are not as many as the keys, or of another D, or where there is none
 */
function checkedWidth({ shape: [rows, columns] }: Matrix<Float32Array>, keys: number, vectorSize = columns): number {
  if (rows !== keys)
    throw new Wasm2VecError("shape-mismatch", `Got ${keys} keys and ${rows} vectors; expected as many.`);
  if (columns !== vectorSize) {
    throw new Wasm2VecError("shape-mismatch", `Got vectors of ${columns} numbers, and vectorSize: ${vectorSize}.`);
  }
  if (columns > 0) return columns;
  throw new Wasm2VecError(
    "shape-mismatch",
    "There is no number to tell the width of the vectors. Write it for an empty table: KeyedVectors.from([], { vectorSize: 100 }).",
  );
}

function madeElsewhere(given: unknown): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `new KeyedVectors got ${show(given)}. Make a table with await KeyedVectors.from(keys, matrix), or open a file's: await KeyedVectors.load(path)`,
  );
}

function noVectors(given: unknown): Wasm2VecError {
  return new Wasm2VecError("option-invalid", `alignTo got ${show(given)}; expected a KeyedVectors.`);
}

function otherSpace(vectorSize: number, other: number): Wasm2VecError {
  return new Wasm2VecError(
    "shape-mismatch",
    `Vectors of ${vectorSize} numbers cannot be turned onto those of ${other}. Train both with one vectorSize.`,
  );
}
