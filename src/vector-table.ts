/** A table of vectors in an engine's memory, with its keys: what models and keyed vectors share. */

import { Engine } from "./engine.ts";
import { Wasm2VecError } from "./errors.ts";
import { gatheredRows, rowBytesOf, tableLayout } from "./layout.ts";
import { Matrix } from "./matrix.ts";
import { StaleRows } from "./stale-rows.ts";
import type { Vocabulary } from "./vocabulary.ts";

type Addresses = ReturnType<typeof tableLayout>;

/** Rows (V, D) and the kernels that read them. `query` and `other` are vectors (D,) to work in. */
export class VectorTable {
  readonly rowBytes: number;
  private open = true;
  private readonly stale = new Set<StaleRows>();
  private readonly staleNorms = this.track();

  /** @param ownsMemory whether nothing else lies in the engine's memory, so that the table can grow */
  constructor(
    private readonly ownEngine: Engine,
    private readonly ownVocabulary: Vocabulary,
    readonly vectorSize: number,
    public at: Addresses,
    readonly ownsMemory = false,
  ) {
    this.rowBytes = rowBytesOf(vectorSize);
  }

  /**
   * A table with a memory of its own: a row of zeros for each word of the vocabulary, which it then owns.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`
   */
  static async open(vocabulary: Vocabulary, vectorSize: number): Promise<VectorTable> {
    const engine = await Engine.open();
    return new VectorTable(engine, vocabulary, vectorSize, layTable(engine, vocabulary.size, vectorSize), true);
  }

  /** @throws {Wasm2VecError} `closed` */
  get engine(): Engine {
    this.checkOpen();
    return this.ownEngine;
  }

  get vocabulary(): Vocabulary {
    this.checkOpen();
    return this.ownVocabulary;
  }

  get size(): number {
    return this.vocabulary.size;
  }

  /** The address of row i. */
  rowAddress(i: number): number {
    return this.at.rows + i * this.rowBytes;
  }

  /** Row i, (D,): a view, valid until the memory grows. */
  row(i: number): Float32Array<ArrayBuffer> {
    return this.engine.f32(this.rowAddress(i), this.vectorSize);
  }

  /** |row i| */
  norm(i: number): number {
    return this.engine.f32(this.norms() + i * 4, 1)[0];
  }

  /** To be called after rows were written, all or some: what was derived from them is computed again when it is needed. */
  changed(begin = 0, end = Number.POSITIVE_INFINITY): void {
    for (const rows of this.stale) rows.add(begin, end);
  }

  /** For what is derived from rows: keeps account of those that change from now on, until it is forgotten. */
  track(): StaleRows {
    const rows = new StaleRows();
    this.stale.add(rows);
    return rows;
  }

  forget(rows: StaleRows): void {
    this.stale.delete(rows);
  }

  /** A copy of rows, in the order of their ids (N), with a memory of its own. */
  async select(ids: Uint32Array): Promise<VectorTable> {
    const table = await VectorTable.open(await this.vocabulary.select(ids), this.vectorSize);
    for (let i = 0; i < ids.length; i++) table.row(i).set(this.row(ids[i]));
    return table;
  }

  /**
   * Adds a row of zeros for each of the words, which must be new. Rows stay where they are; views of them do not.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`: the table is as it was
   */
  append(words: readonly string[]): void {
    const { engine, vocabulary, size } = this;
    this.at = layTable(engine, size + words.length, this.vectorSize);
    this.changed();
    vocabulary.add(words);
    engine.u8(this.rowAddress(size), words.length * this.rowBytes).fill(0);
  }

  /** Puts rows and words in another order: row i becomes what row order[i] was. */
  reorder(order: Uint32Array): void {
    const memory = this.engine.u8(this.at.rows, this.size * this.rowBytes);
    const begin = (i: number) => i * this.rowBytes;
    const done = new Uint8Array(order.length);
    for (let first = 0; first < order.length; first++) {
      if (done[first]) continue;
      const saved = memory.slice(begin(first), begin(first + 1));
      let to = first;
      for (let from = order[to]; from !== first; to = from, from = order[to]) {
        memory.copyWithin(begin(to), begin(from), begin(from + 1));
        done[from] = 1;
      }
      memory.set(saved, begin(to));
    }
    this.vocabulary.reorder(order);
    this.changed();
  }

  /** Divides each row by its length; a row of zeros stays. */
  normalizeRows(): void {
    const { kernels } = this.engine;
    for (let i = 0; i < this.size; i++) kernels.scale(inverse(this.norm(i)), this.rowAddress(i), this.rowBytes);
    this.changed();
  }

  /** Copies rows by their ids (N) to a matrix (N, D). */
  gather(ids: ArrayLike<number>): Matrix {
    const { engine, at, vectorSize } = this;
    const data = new Float32Array(ids.length * vectorSize);
    const most = gatheredRows(vectorSize);
    for (let from = 0; from < ids.length; from += most) {
      const count = Math.min(most, ids.length - from);
      const batch = engine.u32(at.ids, count);
      for (let i = 0; i < count; i++) batch[i] = ids[from + i];
      engine.kernels.gather(at.rows, this.rowBytes, at.ids, count, vectorSize * 4, at.gathered);
      data.set(engine.f32(at.gathered, count * vectorSize), from * vectorSize);
    }
    return new Matrix(data, [ids.length, vectorSize]);
  }

  /** As gather, each row divided by its length. */
  gatherUnit(ids: ArrayLike<number>): Matrix {
    const matrix = this.gather(ids);
    for (let i = 0; i < ids.length; i++) {
      const row = matrix.row(i);
      const factor = inverse(this.norm(ids[i]));
      for (let d = 0; d < row.length; d++) row[d] *= factor;
    }
    return matrix;
  }

  /** (M, N) |row i - row j| for rows i (M) and different rows j (N); of their unit vectors where `unit` is set. */
  distances(from: readonly number[], to: readonly number[], unit: boolean): Float64Array {
    const { engine, at } = this;
    const norms = unit ? this.norms() : 0;
    engine.u32(at.best, to.length).set(to);
    const distances = new Float64Array(from.length * to.length);
    for (const [i, row] of from.entries()) {
      engine.kernels.fillDistances(at.rows, norms, row, at.best, to.length, this.rowBytes, at.scores);
      distances.set(engine.f32(at.scores, to.length), i * to.length);
    }
    return distances;
  }

  /** Empties the vector to work in. */
  clear(which: "query" | "other"): void {
    this.engine.u8(this.at[which], this.rowBytes).fill(0);
  }

  /** query += weight · row i, the row first divided by its norm where `unit` is set */
  addRow(which: "query" | "other", i: number, weight: number, unit: boolean): void {
    const factor = unit ? weight * inverse(this.norm(i)) : weight;
    this.engine.kernels.axpy(factor, this.rowAddress(i), this.at[which], this.rowBytes);
  }

  /** query += weight · vector (D,) */
  addVector(which: "query" | "other", vector: ArrayLike<number>, weight: number): void {
    const query = this.engine.f32(this.at[which], this.vectorSize);
    for (let i = 0; i < vector.length; i++) query[i] += weight * vector[i];
  }

  /** query *= factor */
  scale(which: "query" | "other", factor: number): void {
    this.engine.kernels.scale(factor, this.at[which], this.rowBytes);
  }

  /** query /= |query|; a zero vector stays. */
  normalize(which: "query" | "other"): void {
    this.scale(which, inverse(this.engine.kernels.norm(this.at[which], this.rowBytes)));
  }

  /** A copy of the vector to work in, (D,). */
  read(which: "query" | "other"): Float32Array {
    return this.engine.f32(this.at[which], this.vectorSize).slice();
  }

  /** query · other */
  dotOther(): number {
    return this.engine.kernels.dot(this.at.query, this.at.other, this.rowBytes);
  }

  /** query · row i / |row i| */
  dotRow(i: number): number {
    const product = this.engine.kernels.dot(this.at.query, this.rowAddress(i), this.rowBytes);
    return product * inverse(this.norm(i));
  }

  /** query · row / |row| for rows begin … end - 1: a view of the scores, valid until the next call. */
  scores(begin: number, end: number): Float32Array<ArrayBuffer> {
    const { engine, at } = this;
    const norms = this.norms() + begin * 4;
    const count = Math.max(0, end - begin);
    engine.kernels.fillScores(at.query, this.rowAddress(begin), norms, count, this.rowBytes, at.scores);
    return engine.f32(at.scores, count);
  }

  /** Takes scores (N,) that were computed elsewhere, for `best`: a view of them. */
  setScores(scores: ArrayLike<number>): Float32Array<ArrayBuffer> {
    const view = this.engine.f32(this.at.scores, scores.length);
    view.set(scores);
    return view;
  }

  /** (V,) softmax(query · row) for rows of another table, which begin at `address`: a view of the scores. */
  probabilities(address: number): Float32Array<ArrayBuffer> {
    const { engine, at, size } = this;
    engine.kernels.fillProbabilities(at.query, address, size, this.rowBytes, at.scores);
    return engine.f32(at.scores, size);
  }

  /** The best `limit` of the scores last computed (count): their indices, the best first. */
  best(count: number, limit: number): Uint32Array {
    const { engine, at } = this;
    const size = engine.kernels.selectTop(at.scores, count, Math.min(limit, count), at.best) >>> 0;
    const pairs = engine.u32(at.best, size * 2);
    return Uint32Array.from({ length: size }, (_, i) => pairs[i * 2]);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.ownVocabulary.close();
    this.ownEngine.close();
  }

  private checkOpen(): void {
    if (this.open) return;
    throw new Wasm2VecError("closed", "The vectors were closed. Load or train them again, or close them later.");
  }

  /** @throws {Wasm2VecError} `option-invalid` when a row holds NaN or Infinity */
  checkFinite(): void {
    this.norms();
  }

  /** The address of the norms (V,). */
  norms(): number {
    const { rowBytes, at } = this;
    const [begin, end] = this.staleNorms.within(this.size);
    if (begin === end) return at.norms;
    this.engine.kernels.fillNorms(this.rowAddress(begin), end - begin, rowBytes, at.norms + begin * 4);
    const beyond = this.engine.f32(at.norms, end).findIndex((norm) => !Number.isFinite(norm));
    if (beyond >= 0) throw notFinite(beyond, this.vocabulary.word(beyond));
    this.staleNorms.clear();
    return at.norms;
  }
}

function layTable(engine: Engine, size: number, vectorSize: number) {
  const layout = tableLayout(engine.base, size, vectorSize);
  engine.reserve(layout.end, `${size} vectors of ${vectorSize} floats need`);
  return layout;
}

function notFinite(row: number, word: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `Row ${row} ("${word}") holds NaN or Infinity, or its length is beyond float32; expected finite numbers. Mend the vectors; where they were trained, lower alpha.`,
  );
}

const inverse = (length: number) => (length > 0 ? 1 / length : 0);
