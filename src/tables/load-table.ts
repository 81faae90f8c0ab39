/** A table made of the rows that a file's reader gives: they go into the engine's memory as they come, as they are stored. */

import { Engine, MAX_MEMORY } from "../engine/engine.ts";
import { decodedRows, tableLayout } from "../engine/layout.ts";
import { show, sizeOf, type WarningEvent, Wasm2VecError } from "../errors.ts";
import { damagedKey, isUtf8, keyText } from "../formats/key-text.ts";
import type { SubwordVectors, UnicodeErrors, VectorSink } from "../formats/vector-file.ts";
import { counted } from "../printed.ts";
import { Vocabulary } from "../vocabulary/vocabulary.ts";
import { ROW_FORMATS, type RowDtype, type RowFormat } from "./row-format.ts";
import { VectorTable } from "./vector-table.ts";

/** A row of more numbers is none. */
const LARGEST_WIDTH = 1 << 24;

/** How much memory for rows is taken at first, in bytes, and each time that it is full, how much more as a share. */
const FIRST_BYTES = 1 << 20;
const GROWTH = 0.25;

export interface TableSinkOptions {
  dtype: RowDtype;
  /** how many rows are read, the first ones; all by default */
  limit?: number;
  unicodeErrors: UnicodeErrors;
  /** what messages call the file */
  file: string;
}

const encoder = new TextEncoder();

/**
 * Keys get their ids in batches: until then their rows lie behind those that have one. A key that comes again is left out. The
 * engine must be ready. Close it, unless it gave its table.
 */
export class TableSink implements VectorSink {
  private engine: Engine | undefined;
  private readonly format: RowFormat;
  /** what was given for each row of the file */
  private readonly given = new Map<string, ArrayLike<number>>();
  /** the rows of the file that were left out */
  private readonly leftOut: number[] = [];
  private parts: SubwordVectors | undefined;
  private width = 0;
  private promised: number | undefined;
  private storedBytes = 0;
  /** where the first row lies */
  private rows = 0;
  private capacity = 0;
  /** the rows as float32, where they are stored so */
  private floats: Float32Array | undefined;
  /** how many rows have an id, how many wait for one, and how many were written at most */
  private size = 0;
  private pending = 0;
  private written = 0;

  private constructor(
    private readonly vocabulary: Vocabulary,
    private readonly options: TableSinkOptions,
  ) {
    this.format = ROW_FORMATS[options.dtype];
  }

  static async open(options: TableSinkOptions): Promise<TableSink> {
    return new TableSink(await Vocabulary.open(), options);
  }

  /** how many rows of the file were read */
  get rowsRead(): number {
    return this.size + this.pending + this.leftOut.length;
  }

  /** how many rows there will be, where that is known */
  get rowsExpected(): number | undefined {
    return this.promised;
  }

  /** @throws {Wasm2VecError} `too-large` where the rows that the file promises do not fit */
  begin({ rows, width }: { rows?: number; width: number }): void {
    const { limit = Number.POSITIVE_INFINITY, file } = this.options;
    if (width > LARGEST_WIDTH) {
      const message = `${file} says that a vector has ${width} numbers; at most ${LARGEST_WIDTH} can be read. Check that it holds vectors.`;
      throw new Wasm2VecError("too-large", message);
    }
    this.width = width;
    this.storedBytes = this.format.storedBytes(width);
    this.promised = rows === undefined ? undefined : Math.min(rows, limit);
    this.engine = Engine.another();
    this.rows = this.layoutOf(0, this.options.dtype).rows;
    if (this.promised !== undefined && !this.fits(this.promised)) throw this.tooLarge(this.promised);
  }

  add(key: string | Uint8Array, vector: ArrayLike<number>): boolean {
    const { buffer } = this.vocabulary;
    const bytes = this.keyBytes(key);
    const slot = this.size + this.pending;
    if (slot >= this.capacity) this.grow();
    if (this.floats) this.floats.set(vector, slot * (this.storedBytes / 4));
    else this.format.write(this.storedRows(slot, 1), vector);
    this.written = Math.max(this.written, slot + 1);
    if (!buffer.putWord(bytes)) {
      this.settle();
      this.moveRow(slot, this.size);
      buffer.putWord(bytes);
    }
    this.pending++;
    return this.rowsRead < (this.options.limit ?? Number.POSITIVE_INFINITY);
  }

  attribute(name: string, values: ArrayLike<number>): void {
    this.given.set(name, values);
  }

  subwords(vectors: SubwordVectors): void {
    this.parts = vectors;
  }

  /**
   * The table, and what is not as one would want it. Rows that hold NaN or Infinity stay in it.
   *
   * @throws {Wasm2VecError} `format-damaged` where no row came or a count is none; `too-large`, `out-of-memory`
   */
  finish(): { table: VectorTable; warnings: WarningEvent[] } {
    const { engine, vocabulary, options } = this;
    if (!engine) throw new Wasm2VecError("format-damaged", `${options.file} holds no vectors. Check that it is whole.`);
    this.settle();
    const { size } = this;
    // what grows into it later expects zeros
    this.storedRows(size, this.written - size).fill(0);
    const { counts } = vocabulary;
    for (let row = 0; row < size; row++) counts[row] = size - row;
    const table = VectorTable.over(engine, vocabulary, this.width, options.dtype);
    table.subwords = this.parts;
    for (const [name, values] of this.given) this.setAttribute(table, name, values);
    return { table, warnings: this.warnings(table) };
  }

  /** Gives its memory back, and the table's. */
  close(): void {
    this.vocabulary.close();
    this.engine?.close();
  }

  /** @throws {Wasm2VecError} `format-damaged` for a key that is not UTF-8; U+FFFD is put in by the vocabulary */
  private keyBytes(key: string | Uint8Array): Uint8Array {
    const { unicodeErrors, file } = this.options;
    if (typeof key === "string") return encoder.encode(key);
    if (unicodeErrors === "replace" || isAscii(key)) return key;
    if (unicodeErrors === "ignore") return encoder.encode(keyText(key, unicodeErrors, this.rowsRead, file));
    if (isUtf8(key)) return key;
    throw damagedKey(key, this.rowsRead, file);
  }

  /** Gives ids to the rows that wait for them, which close up where one is left out. */
  private settle(): void {
    const begin = this.rowsRead - this.pending;
    let slot = this.size;
    let row = begin;
    for (const ids of this.vocabulary.countBuffer()) {
      for (const id of ids) {
        if (id === this.size) this.moveRow(slot, this.size++);
        else this.leftOut.push(row);
        slot++;
        row++;
      }
    }
    this.pending = 0;
  }

  private moveRow(from: number, to: number): void {
    if (from !== to) this.storedRows(to, 1).set(this.storedRows(from, 1));
  }

  /** Rows as they are stored: a view, valid until there are more. */
  private storedRows(first: number, count: number): Uint8Array {
    const { storedBytes } = this;
    return (this.engine as Engine).u8(this.rows + first * storedBytes, count * storedBytes);
  }

  /** Makes room for more rows: for as many as are promised at most, unless more come. */
  private grow(): void {
    const { capacity, storedBytes, promised = Number.POSITIVE_INFINITY } = this;
    const engine = this.engine as Engine;
    const most = Math.floor((MAX_MEMORY - this.rows) / storedBytes);
    const more = Math.ceil(Math.max(FIRST_BYTES / storedBytes, capacity * GROWTH));
    const wanted = Math.min(capacity + more, most, capacity < promised ? promised : Number.POSITIVE_INFINITY);
    if (wanted <= capacity) throw this.tooLarge(capacity + 1);
    engine.reserve(this.rows + wanted * storedBytes, `${wanted} vectors of ${this.width} numbers need`);
    this.capacity = wanted;
    if (!this.format.decode) this.floats = engine.f32(this.rows, (wanted * storedBytes) / 4);
  }

  private layoutOf(rows: number, dtype: RowDtype) {
    const { storedBytes, decode } = ROW_FORMATS[dtype];
    const { width } = this;
    const window = decode ? decodedRows(width) : 0;
    const sizes = { rows, vectorSize: width, storedBytes: storedBytes(width), decodedRows: window };
    return tableLayout((this.engine as Engine).base, sizes);
  }

  private fits = (rows: number, dtype = this.options.dtype) => this.layoutOf(rows, dtype).end <= MAX_MEMORY;

  private tooLarge(rows: number): Wasm2VecError {
    const { dtype, file } = this.options;
    const narrower = (Object.keys(ROW_FORMATS) as RowDtype[]).filter((name) => this.fits(rows, name));
    const most = Math.floor(MAX_MEMORY / (this.layoutOf(1e6, dtype).end / 1e6));
    const narrow = narrower.length ? `Store less of each number, with dtype: ${show(narrower[0])}, or pass` : "Pass";
    return new Wasm2VecError(
      "too-large",
      `${file} holds ${rows} vectors of ${this.width} numbers, or more: as ${dtype} they take ${sizeOf(this.layoutOf(rows, dtype).end)}, and one WebAssembly memory holds ${sizeOf(MAX_MEMORY)}. ${narrow} limit: ${most} to read the first ones.`,
    );
  }

  /** @throws {Wasm2VecError} `format-damaged` for a count that is none */
  private setAttribute(table: VectorTable, name: string, values: ArrayLike<number>): void {
    const { counts } = table.vocabulary;
    let left = 0;
    for (let row = 0; row < table.size; row++) {
      while (this.leftOut[left] === row + left) left++;
      const value = values[row + left];
      if (value === undefined) return;
      const isCount = Number.isSafeInteger(value) && value >= 0;
      if (name === "count" && !isCount) {
        const message = `${this.options.file} has ${show(value)} as the count of row ${row + left}; expected a whole number from 0 on.`;
        throw new Wasm2VecError("format-damaged", message);
      }
      if (name === "count") counts[row] = value;
      else table.attributes.set(row, name, value);
    }
  }

  private warnings(table: VectorTable): WarningEvent[] {
    const warnings: WarningEvent[] = [];
    const [left] = this.leftOut;
    if (left !== undefined) {
      warnings.push({
        kind: "warning",
        code: "duplicate-keys",
        message: `${counted(this.leftOut.length, "row")} of ${this.options.file} left out, because the key came before: first row ${left}. A key keeps its first vector.`,
      });
    }
    warnings.push(...warningsOfNumbers(table, this.options.file));
    return warnings;
  }
}

/** A warning where rows of a table that was loaded hold what no query can be answered with. */
export function warningsOfNumbers(table: VectorTable, file: string): WarningEvent[] {
  const [first, count] = table.notFinite();
  if (!count) return [];
  const message = `${counted(count, "row")} with NaN or Infinity, or longer than float32 holds, in ${file}: first row ${first} (${show(table.vocabulary.word(first))}). They can be read, but no query is answered before they have other vectors: see setVector.`;
  return [{ kind: "warning", code: "not-finite", message }];
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] > 0x7f) return false;
  return true;
}
