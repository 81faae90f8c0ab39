/** A table of vectors in an engine's memory, with its keys: what models and keyed vectors share. */

import { Engine } from "../engine/engine.ts";
import { decodedRows, gatheredRows, rowBytesOf, tableLayout } from "../engine/layout.ts";
import { show, Wasm2VecError } from "../errors.ts";
import type { SubwordVectors } from "../formats/vector-file.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { DirtyRows } from "./dirty-rows.ts";
import { type Matrix, zeroMatrix } from "./matrix.ts";
import { ROW_FORMATS, type RowDtype, type RowFormat } from "./row-format.ts";
import { VectorAttributes } from "./vector-attributes.ts";
import { inverse, VectorSum } from "./vector-sum.ts";

export type TableLayout = ReturnType<typeof tableLayout>;

/** What a table is made of. */
export interface TableParts {
  engine: Engine;
  /** its keys, which the table owns from now on */
  vocabulary: Vocabulary;
  vectorSize: number;
  layout: TableLayout;
  /** whether nothing else lies in the engine's memory, so that the table can grow */
  ownsMemory: boolean;
  dtype: RowDtype;
}

/** Consecutive rows as float32, from an address on. */
interface DecodedRows {
  begin: number;
  end: number;
  address: number;
}

/** How many decoded numbers stay in a processor's nearest cache until they are copied. */
const CACHED_NUMBERS = 4096;

/** Rows (V, D) with their keys and norms. Kernels read float32: rows that are stored narrower are decoded, a few at a time. */
export class VectorTable {
  readonly vectorSize: number;
  readonly ownsMemory: boolean;
  readonly dtype: RowDtype;
  /** how many bytes a row of float32 takes */
  readonly rowBytes: number;
  /** what vectors of words are made of that are not among the keys */
  subwords: SubwordVectors | undefined;
  /** values that belong to keys beside their vectors */
  readonly attributes: VectorAttributes;
  /** two vectors to add up in: what rows are compared with, and what that is compared with */
  readonly query: VectorSum;
  readonly other: VectorSum;
  private readonly ownEngine: Engine;
  private readonly ownVocabulary: Vocabulary;
  private currentLayout: TableLayout;
  private readonly format: RowFormat;
  /** how many bytes a row takes as it is stored */
  private readonly storedBytes: number;
  private readonly trackers = new Set<DirtyRows>();
  private readonly dirtyNorms = this.track();
  private changes = 0;
  private readonly closing = new AbortController();

  constructor({ engine, vocabulary, vectorSize, layout, ownsMemory, dtype }: TableParts) {
    this.ownEngine = engine;
    this.ownVocabulary = vocabulary;
    this.vectorSize = vectorSize;
    this.currentLayout = layout;
    this.ownsMemory = ownsMemory;
    this.dtype = dtype;
    this.format = ROW_FORMATS[dtype];
    this.rowBytes = rowBytesOf(vectorSize);
    this.storedBytes = this.format.storedBytes(vectorSize);
    this.attributes = new VectorAttributes(() => this.vocabulary);
    this.query = new VectorSum(this, "query");
    this.other = new VectorSum(this, "other");
  }

  /**
   * A table with a memory of its own: a row of zeros for each word of the vocabulary, which it then owns.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`
   */
  static open(vocabulary: Vocabulary, vectorSize: number, dtype: RowDtype): VectorTable {
    let engine: Engine | undefined;
    try {
      engine = Engine.another();
      return VectorTable.over(engine, vocabulary, vectorSize, dtype);
    } catch (error) {
      vocabulary.close();
      engine?.close();
      throw error;
    }
  }

  /**
   * A table over an engine's memory, where its rows lie already from the beginning on: one for each word of the vocabulary.
   * It owns both from now on.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`
   */
  static over(engine: Engine, vocabulary: Vocabulary, vectorSize: number, dtype: RowDtype): VectorTable {
    const layout = reserveTable(engine, vocabulary.size, vectorSize, dtype);
    return new VectorTable({ engine, vocabulary, vectorSize, layout, ownsMemory: true, dtype });
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

  /** where what the table needs lies in the engine's memory */
  get layout(): TableLayout {
    return this.currentLayout;
  }

  /** Row i, (D,): a view to read, valid until another row is read or the memory grows. */
  row(i: number): Float32Array {
    return this.engine.f32(this.decodedRow(i), this.vectorSize);
  }

  /** Gives row i other numbers (D,), rounded to what is stored of them. Call `changed` afterwards. */
  setRow(i: number, numbers: ArrayLike<number>): void {
    this.format.write(this.storedRow(i), numbers);
  }

  /** Row i as it is stored: its bytes, a view, valid until the memory grows. */
  storedRow(i: number): Uint8Array {
    return this.storedRows(i, i + 1);
  }

  /** Rows begin … end - 1, likewise. */
  storedRows(begin: number, end: number): Uint8Array {
    const { layout, storedBytes } = this;
    return this.engine.u8(layout.rows + begin * storedBytes, (end - begin) * storedBytes);
  }

  /** Rows begin … end - 1 as float32, some after the others: each is valid until the next is asked for. */
  *decodedTiles(begin: number, end: number): Generator<DecodedRows> {
    const max = this.format.decode ? decodedRows(this.vectorSize) : end - begin;
    for (let first = begin; first < end; first += max) {
      const count = Math.min(max, end - first);
      yield { begin: first, end: first + count, address: this.decode(first, count, this.layout.window) };
    }
  }

  /** The address of row i as float32. */
  decodedRow(i: number): number {
    return this.decode(i, 1, this.layout.window);
  }

  /** Where `count` rows from `first` on lie as float32: as they are stored, or, decoded, at `to`. */
  decode(first: number, count: number, to: number): number {
    const { engine, format, layout, storedBytes, vectorSize } = this;
    const rows = layout.rows + first * storedBytes;
    if (!format.decode) return rows;
    format.decode(engine.kernels, rows, count, vectorSize, to);
    return to;
  }

  /** |row i| */
  norm(i: number): number {
    return this.engine.f32(this.norms() + i * 4, 1)[0];
  }

  /** The address of the norms (V,). */
  norms(): number {
    const [first] = this.notFinite();
    if (first >= 0) throw notFinite(first, this.vocabulary.word(first));
    return this.layout.norms;
  }

  /**
   * The first of the rows that hold NaN or Infinity, or whose length is beyond float32, or -1; and how many they are. No
   * query is answered while there are any.
   */
  notFinite(): [first: number, count: number] {
    const { engine, rowBytes, layout } = this;
    const [begin, end] = this.dirtyNorms.within(this.size);
    if (begin === end) return [-1, 0];
    for (const rows of this.decodedTiles(begin, end)) {
      engine.kernels.fillNorms(rows.address, rows.end - rows.begin, rowBytes, layout.norms + rows.begin * 4);
    }
    const norms = engine.f32(layout.norms, end);
    let [first, count] = [-1, 0];
    for (let row = 0; row < end; row++) {
      if (Number.isFinite(norms[row])) continue;
      if (!count++) first = row;
    }
    if (!count) this.dirtyNorms.clear();
    return [first, count];
  }

  /** @throws {Wasm2VecError} `option-invalid` when a row holds NaN or Infinity */
  checkFinite(): void {
    this.norms();
  }

  /** To be called after rows were written, all or some: what was derived from them is computed again when it is needed. */
  changed(begin = 0, end = Number.POSITIVE_INFINITY): void {
    this.checkOpen();
    this.changes++;
    for (const rows of this.trackers) rows.add(begin, end);
  }

  /**
   * How often rows were changed: whoever reads the table over an await compares it.
   *
   * @throws {Wasm2VecError} `closed`
   */
  get version(): number {
    this.checkOpen();
    return this.changes;
  }

  /** For what is derived from rows: keeps account of those that change from now on, until it is forgotten. */
  track(): DirtyRows {
    const rows = new DirtyRows();
    this.trackers.add(rows);
    return rows;
  }

  forget(rows: DirtyRows): void {
    this.trackers.delete(rows);
  }

  /** A copy of rows, in the order of their ids (N), with a memory of its own; of their attributes counts only, or all. */
  select(ids: Uint32Array, withAttributes: boolean): VectorTable {
    const table = VectorTable.open(this.vocabulary.select(ids), this.vectorSize, this.dtype);
    try {
      for (let i = 0; i < ids.length; i++) table.storedRow(i).set(this.storedRow(ids[i]));
      if (withAttributes) table.attributes.copyFrom(this.attributes, ids);
      table.subwords = this.subwords;
      return table;
    } catch (error) {
      table.close();
      throw error;
    }
  }

  /**
   * Adds a row of zeros for each of the words, which must be new. Rows stay where they are; views of them do not.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`: the table is as it was
   */
  append(words: readonly string[]): void {
    const { engine, vocabulary, size, storedBytes } = this;
    vocabulary.reserve(words);
    this.currentLayout = reserveTable(engine, size + words.length, this.vectorSize, this.dtype);
    this.changed();
    vocabulary.add(words);
    engine.u8(this.layout.rows + size * storedBytes, words.length * storedBytes).fill(0);
  }

  /** Puts rows, words and attributes in another order: row i becomes what row order[i] was. */
  reorder(order: Uint32Array): void {
    const memory = this.engine.u8(this.layout.rows, this.size * this.storedBytes);
    const begin = (i: number) => i * this.storedBytes;
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
    this.attributes.reorder(order);
    this.vocabulary.reorder(order);
    this.changed();
  }

  /** Divides each row by its length; a row of zeros stays. */
  normalizeRows(): void {
    const { engine, rowBytes } = this;
    for (let i = 0; i < this.size; i++) {
      const factor = inverse(this.norm(i));
      engine.kernels.scale(factor, this.decodedRow(i), rowBytes);
      if (this.format.decode) this.setRow(i, engine.f32(this.layout.window, this.vectorSize));
    }
    this.changed();
  }

  /** Copies rows by their ids (N) to a matrix (N, D). */
  gather(ids: ArrayLike<number>): Matrix {
    const matrix = zeroMatrix(ids.length, this.vectorSize);
    this.gatherInto(ids, matrix.data);
    return matrix;
  }

  /** Copies rows by their ids (N) to what is there for them (N, D). */
  gatherInto(ids: ArrayLike<number>, out: Float32Array): void {
    const { vectorSize } = this;
    const max = gatheredRows(vectorSize);
    for (let from = 0; from < ids.length; from += max) {
      const count = Math.min(max, ids.length - from);
      const tile = out.subarray(from * vectorSize, (from + count) * vectorSize);
      if (this.format.decode) this.decodeTile(ids, from, tile);
      else this.copyTile(ids, from, count, tile);
    }
  }

  private copyTile(ids: ArrayLike<number>, from: number, count: number, out: Float32Array): void {
    const { engine, layout, vectorSize } = this;
    const tile = engine.u32(layout.ids, count);
    for (let i = 0; i < count; i++) tile[i] = ids[from + i];
    engine.kernels.gather(layout.rows, this.rowBytes, layout.ids, count, vectorSize * 4, layout.gathered);
    out.set(engine.f32(layout.gathered, count * vectorSize));
  }

  /** Rows without padding are copied together. */
  private decodeTile(ids: ArrayLike<number>, from: number, out: Float32Array): void {
    const { engine, layout, rowBytes, vectorSize } = this;
    const rows = out.length / vectorSize;
    const together = rowBytes === vectorSize * 4 ? Math.ceil(CACHED_NUMBERS / vectorSize) : 1;
    const window = engine.f32(layout.window, together * vectorSize);
    for (let at = 0; at < rows; at += together) {
      const count = Math.min(together, rows - at);
      for (let i = 0; i < count; i++) this.decode(ids[from + at + i], 1, layout.window + i * rowBytes);
      out.set(count === together ? window : window.subarray(0, count * vectorSize), at * vectorSize);
    }
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

  /** Is aborted when the table is closed, so that nothing that works on it waits any longer. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** @param reason what whoever uses it from then on is told */
  close(reason = closedTable()): void {
    this.closing.abort(reason);
    this.ownVocabulary.close();
    this.ownEngine.close();
  }

  private checkOpen(): void {
    if (this.ownEngine.isClosed) throw this.closing.signal.reason;
  }
}

/** The regions of a table, which exist from now on. */
function reserveTable(engine: Engine, rows: number, vectorSize: number, dtype: RowDtype): TableLayout {
  const { storedBytes, decode } = ROW_FORMATS[dtype];
  const sizes = {
    rows,
    vectorSize,
    storedBytes: storedBytes(vectorSize),
    decodedRows: decode ? decodedRows(vectorSize) : 0,
  };
  const layout = tableLayout(engine.base, sizes);
  engine.reserve(layout.end, `${rows} vectors of ${vectorSize} numbers (${dtype}) need`);
  return layout;
}

function closedTable(): Wasm2VecError {
  return new Wasm2VecError("closed", "The vectors were closed. Load or train them again, or close them later.");
}

function notFinite(row: number, word: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `Row ${row} (${show(word)}) holds NaN or Infinity, or its length is beyond float32; expected finite numbers. Mend the vectors; where they were trained, lower alpha.`,
  );
}
