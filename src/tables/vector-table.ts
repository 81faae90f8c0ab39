/** A table of vectors in an engine's memory, with its keys: what models and keyed vectors share. */

import { Engine } from "../engine/engine.ts";
import {
  gatheredRows,
  keptBytesOf,
  type RowDtype,
  rowBytesOf,
  tableLayout,
  widenedLayout,
  widenedRows,
} from "../engine/layout.ts";
import { Wasm2VecError } from "../errors.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { StaleRows } from "./dirty-rows.ts";
import { Matrix } from "./matrix.ts";
import { ROW_FORMATS } from "./row-format.ts";

type Addresses = ReturnType<typeof tableLayout>;

/** Consecutive rows as float32, from an address on. */
interface WideRows {
  begin: number;
  end: number;
  address: number;
}

/**
 * Rows (V, D) and the kernels that read them. `query` and `other` are vectors (D,) to work in. Kernels read float32: rows
 * that are kept narrower are widened, a few at a time.
 */
export class VectorTable {
  /** of a row of float32, and of a row as it is kept */
  readonly rowBytes: number;
  private readonly keptBytes: number;
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
    readonly dtype: RowDtype = "float32",
  ) {
    this.rowBytes = rowBytesOf(vectorSize);
    this.keptBytes = keptBytesOf(vectorSize, dtype);
  }

  /**
   * A table with a memory of its own: a row of zeros for each word of the vocabulary, which it then owns.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`
   */
  static async open(vocabulary: Vocabulary, vectorSize: number, dtype: RowDtype = "float32"): Promise<VectorTable> {
    const engine = await Engine.open();
    const layout = layTable(engine, vocabulary.size, vectorSize, dtype);
    return new VectorTable(engine, vocabulary, vectorSize, layout, true, dtype);
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

  /** Row i, (D,): a view to read, valid until another row is read or the memory grows. */
  row(i: number): Float32Array {
    return this.engine.f32(this.wideRow(i), this.vectorSize);
  }

  /** Gives row i other numbers (D,), rounded to what is kept of them. Call `changed` afterwards. */
  setRow(i: number, numbers: ArrayLike<number>): void {
    ROW_FORMATS[this.dtype].write(this.keptRow(i), numbers);
  }

  /** Row i as it is kept: its bytes, a view, valid until the memory grows. */
  keptRow(i: number): Uint8Array {
    return this.engine.u8(this.at.rows + i * this.keptBytes, this.keptBytes);
  }

  /** Rows begin … end - 1 as float32, some after the others: each is valid until the next is asked for. */
  *wideRows(begin: number, end: number): Generator<WideRows> {
    const most = ROW_FORMATS[this.dtype].widen ? widenedRows(this.vectorSize) : end - begin;
    for (let first = begin; first < end; first += most) {
      const count = Math.min(most, end - first);
      yield { begin: first, end: first + count, address: this.widen(first, count, this.at.window) };
    }
  }

  /** The address of row i as float32. */
  private wideRow(i: number): number {
    return this.widen(i, 1, this.at.window);
  }

  /** Where rows lie as float32: as they are kept, or, widened, at `to`. */
  private widen(first: number, count: number, to: number): number {
    const { engine, at, keptBytes, vectorSize } = this;
    const { widen } = ROW_FORMATS[this.dtype];
    const rows = at.rows + first * keptBytes;
    if (!widen) return rows;
    widen(engine, rows, count, vectorSize, to);
    return to;
  }

  /** |row i| */
  norm(i: number): number {
    return this.engine.f32(this.norms() + i * 4, 1)[0];
  }

  /** To be called after rows were written, all or some: what was derived from them is computed again when it is needed. */
  changed(begin = 0, end = Number.POSITIVE_INFINITY): void {
    this.checkOpen();
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
    const table = await VectorTable.open(await this.vocabulary.select(ids), this.vectorSize, this.dtype);
    for (let i = 0; i < ids.length; i++) table.keptRow(i).set(this.keptRow(ids[i]));
    return table;
  }

  /**
   * Adds a row of zeros for each of the words, which must be new. Rows stay where they are; views of them do not.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`: the table is as it was
   */
  append(words: readonly string[]): void {
    const { engine, vocabulary, size, keptBytes } = this;
    this.at = layTable(engine, size + words.length, this.vectorSize, this.dtype);
    this.changed();
    vocabulary.add(words);
    engine.u8(this.at.rows + size * keptBytes, words.length * keptBytes).fill(0);
  }

  /** Puts rows and words in another order: row i becomes what row order[i] was. */
  reorder(order: Uint32Array): void {
    const memory = this.engine.u8(this.at.rows, this.size * this.keptBytes);
    const begin = (i: number) => i * this.keptBytes;
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
    const { engine, rowBytes } = this;
    for (let i = 0; i < this.size; i++) {
      const factor = inverse(this.norm(i));
      engine.kernels.scale(factor, this.wideRow(i), rowBytes);
      if (this.dtype !== "float32") this.setRow(i, engine.f32(this.at.window, this.vectorSize));
    }
    this.changed();
  }

  /** Copies rows by their ids (N) to a matrix (N, D). */
  gather(ids: ArrayLike<number>): Matrix {
    const { engine, at, vectorSize } = this;
    const data = new Float32Array(ids.length * vectorSize);
    if (this.dtype !== "float32") {
      for (let i = 0; i < ids.length; i++) data.set(this.row(ids[i]), i * vectorSize);
      return new Matrix(data, [ids.length, vectorSize]);
    }
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
    const { rows, norms, numbers } = this.widenAll([...from, ...to]);
    engine.u32(at.best, to.length).set(numbers.slice(from.length));
    const distances = new Float64Array(from.length * to.length);
    for (let i = 0; i < from.length; i++) {
      const lengths = unit ? norms : 0;
      engine.kernels.fillDistances(rows, lengths, numbers[i], at.best, to.length, this.rowBytes, at.scores);
      distances.set(engine.f32(at.scores, to.length), i * to.length);
    }
    return distances;
  }

  /** Rows (N) as float32 with their norms, and their numbers there: where they are, or behind the table. */
  private widenAll(ids: readonly number[]): { rows: number; norms: number; numbers: readonly number[] } {
    const { engine, at, rowBytes, vectorSize } = this;
    const norms = this.norms();
    if (this.dtype === "float32") return { rows: at.rows, norms, numbers: ids };
    const layout = widenedLayout(at.end, ids.length, vectorSize);
    engine.reserve(layout.end, `${ids.length} widened vectors of ${vectorSize} floats need`);
    for (const [i, id] of ids.entries()) {
      this.widen(id, 1, layout.rows + i * rowBytes);
      engine.f32(layout.norms, ids.length)[i] = this.norm(id);
    }
    return { rows: layout.rows, norms: layout.norms, numbers: ids.map((_, i) => i) };
  }

  /** Empties the vector to work in. */
  clear(which: "query" | "other"): void {
    this.engine.u8(this.at[which], this.rowBytes).fill(0);
  }

  /** query += weight · row i, the row first divided by its norm where `unit` is set */
  addRow(which: "query" | "other", i: number, weight: number, unit: boolean): void {
    const factor = unit ? weight * inverse(this.norm(i)) : weight;
    this.engine.kernels.axpy(factor, this.wideRow(i), this.at[which], this.rowBytes);
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
    const factor = inverse(this.norm(i));
    return this.engine.kernels.dot(this.at.query, this.wideRow(i), this.rowBytes) * factor;
  }

  /** query · row / |row| for rows begin … end - 1: a view of the scores, valid until the next call. */
  scores(begin: number, end: number): Float32Array {
    const { engine, at } = this;
    const norms = this.norms();
    for (const rows of this.wideRows(begin, end)) {
      const scores = at.scores + (rows.begin - begin) * 4;
      const count = rows.end - rows.begin;
      engine.kernels.fillScores(at.query, rows.address, norms + rows.begin * 4, count, this.rowBytes, scores);
    }
    return engine.f32(at.scores, Math.max(0, end - begin));
  }

  /** Takes scores (N,) that were computed elsewhere, for `best`: a view of them. */
  setScores(scores: ArrayLike<number>): Float32Array {
    const view = this.engine.f32(this.at.scores, scores.length);
    view.set(scores);
    return view;
  }

  /** (V,) softmax(query · row) for rows of another table, which begin at `address`: a view of the scores. */
  probabilities(address: number): Float32Array {
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
    for (const rows of this.wideRows(begin, end)) {
      this.engine.kernels.fillNorms(rows.address, rows.end - rows.begin, rowBytes, at.norms + rows.begin * 4);
    }
    const beyond = this.engine.f32(at.norms, end).findIndex((norm) => !Number.isFinite(norm));
    if (beyond >= 0) throw notFinite(beyond, this.vocabulary.word(beyond));
    this.staleNorms.clear();
    return at.norms;
  }
}

function layTable(engine: Engine, size: number, vectorSize: number, dtype: RowDtype) {
  const layout = tableLayout(engine.base, size, vectorSize, dtype);
  engine.reserve(layout.end, `${size} vectors of ${vectorSize} numbers (${dtype}) need`);
  return layout;
}

function notFinite(row: number, word: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `Row ${row} ("${word}") holds NaN or Infinity, or its length is beyond float32; expected finite numbers. Mend the vectors; where they were trained, lower alpha.`,
  );
}

const inverse = (length: number) => (length > 0 ? 1 / length : 0);
