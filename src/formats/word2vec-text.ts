/**
 * Vectors as text: a line for each, its key and its numbers with blanks between them. word2vec's format and fastText's .vec
 * have a line before them, "rows width"; GloVe's has none.
 *
 * A key may hold blanks: a line's last numbers are the vector, what comes before them is the key.
 */

import { show, Wasm2VecError } from "../errors.ts";
import { hasMark } from "../text/text-bytes.ts";
import { float32Of, isBlank, LONGEST_FLOAT, readFloats, writeFloats } from "./float-text.ts";
import type { ReadVectorsOptions, VectorList, VectorSink } from "./vector-file.ts";

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A longer line is none of vectors. */
const LONGEST_LINE = 1 << 24;

/** How many bytes are written at a time, about. */
const CHUNK_BYTES = 1 << 20;

const HEADER = /^(\d+)[ \t]+(\d+)\s*$/;

const latin = new TextDecoder("latin1");
const encoder = new TextEncoder();

/**
 * Reads vectors as text.
 *
 * @param chunks the file's bytes
 * @param hasHeader whether its first line says how many rows there are and how wide they are
 * @throws {Wasm2VecError} `format-damaged` with the number of the line
 */
export async function readWord2vecText(
  chunks: AsyncIterable<Uint8Array>,
  hasHeader: boolean,
  sink: VectorSink,
  { limit = Number.POSITIVE_INFINITY, name = "The file" }: ReadVectorsOptions = {},
): Promise<void> {
  const reader = new TextReader(hasHeader, sink, limit, name);
  for await (const lines of completeLines(chunks, name)) if (!reader.read(lines)) return;
  reader.end();
}

class TextReader {
  private vector: Float32Array | undefined;
  private promised = Number.POSITIVE_INFINITY;
  private width = 0;
  private rows = 0;
  private line = 0;

  constructor(
    private hasHeader: boolean,
    private readonly sink: VectorSink,
    private readonly limit: number,
    private readonly name: string,
  ) {}

  /** Reads complete lines. Returns whether more are wanted. */
  read(bytes: Uint8Array): boolean {
    let begin = this.line === 0 && hasMark(bytes) ? 3 : 0;
    while (begin < bytes.length) {
      this.line++;
      if (this.line === 1 && this.hasHeader) {
        const end = bytes.indexOf(NEWLINE, begin);
        this.readHeader(latin.decode(bytes.subarray(begin, Math.min(end, begin + LONGEST_SHOWN))));
        begin = end + 1;
      } else {
        if (this.rows >= Math.min(this.promised, this.limit)) return false;
        const end = this.readRow(bytes, begin);
        if (end < 0) return false;
        begin = end;
      }
    }
    return this.rows < Math.min(this.promised, this.limit);
  }

  /** @throws {Wasm2VecError} `format-damaged` where there are fewer rows than there should be */
  end(): void {
    if (this.line === 0) throw this.damaged("is empty");
    if (this.hasHeader && this.rows < Math.min(this.promised, this.limit)) {
      throw this.damaged(`ends after ${this.rows} rows; its first line says that there are ${this.promised}`);
    }
    if (!this.width) throw this.damaged("has no row");
  }

  private readHeader(text: string): void {
    const [rows, width] = HEADER.exec(text)?.slice(1).map(Number) ?? [];
    if (!(width > 0) || !Number.isSafeInteger(rows) || !Number.isSafeInteger(width)) {
      throw this.damaged(
        `has the first line ${show(text)}; expected how many rows there are and how wide they are, such as "400000 300"`,
        'Where it has no such line, pass format: "glove".',
      );
    }
    this.promised = rows;
    this.begin(width, rows);
  }

  private begin(width: number, rows?: number): void {
    this.width = width;
    this.sink.begin(rows === undefined ? { width } : { rows, width });
  }

  /** Returns where the next line begins; -1 where no more rows are wanted. */
  private readRow(bytes: Uint8Array, begin: number): number {
    // no array is made for a width that a line does not have
    const vector = this.vector ?? this.firstVector(bytes, begin);
    let blank = begin;
    while (!isBlank(bytes[blank]) && bytes[blank] !== NEWLINE) blank++;
    const last = readFloats(bytes, blank, vector);
    let end = last;
    while (isBlank(bytes[end]) || bytes[end] === RETURN) end++;
    if (vector.length && last >= 0 && bytes[end] === NEWLINE)
      return this.add(bytes.subarray(begin, blank), vector) ? end + 1 : -1;
    return this.readOtherRow(bytes, begin, vector);
  }

  /** A row whose key holds blanks, or whose numbers are fewer than there should be; or an empty line. */
  private readOtherRow(bytes: Uint8Array, begin: number, vector: Float32Array): number {
    const newline = bytes.indexOf(NEWLINE, begin);
    const end = trimmedEnd(bytes, begin, newline);
    if (end === begin) return newline + 1;
    let token = end;
    for (let i = vector.length - 1; i >= 0; i--) {
      const blank = lastBlank(bytes, begin, token);
      const value = blank < 0 ? undefined : float32Of(latin.decode(bytes.subarray(blank + 1, token)));
      if (value === undefined) throw this.wrongColumns(bytes.subarray(begin, end), vector.length);
      vector[i] = value;
      token = blank;
    }
    return this.add(bytes.subarray(begin, token), vector) ? newline + 1 : -1;
  }

  /** Where no first line says how wide rows are, the first row does: all its numbers but for its first column. */
  private firstVector(bytes: Uint8Array, begin: number): Float32Array {
    const newline = bytes.indexOf(NEWLINE, begin);
    const end = trimmedEnd(bytes, begin, newline);
    if (end === begin) return EMPTY;
    if (!this.width) {
      const width = countNumbers(bytes.subarray(begin, end));
      if (!width) throw this.damaged(`has no numbers at the end of line ${this.line}; expected a key and its vector`);
      this.begin(width);
    }
    if (this.width * 2 > end - begin) throw this.wrongColumns(bytes.subarray(begin, end), this.width);
    this.vector = new Float32Array(this.width);
    return this.vector;
  }

  private add(key: Uint8Array, vector: Float32Array): boolean {
    this.rows++;
    return this.sink.add(key, vector) && this.rows < this.limit;
  }

  private wrongColumns(line: Uint8Array, width: number): Wasm2VecError {
    const got = countNumbers(line.subarray(-LONGEST_COUNTED));
    return this.damaged(`has ${got} numbers at the end of line ${this.line}; expected a key and ${width} numbers`);
  }

  private damaged(what: string, advice = "Copy or download it again."): Wasm2VecError {
    return new Wasm2VecError("format-damaged", `${this.name} ${what}. ${advice}`);
  }
}

const EMPTY = new Float32Array();
const LONGEST_SHOWN = 200;
const LONGEST_COUNTED = 1 << 16;

/** How many numbers a line has at its end, its first column apart. */
export function countNumbers(line: Uint8Array): number {
  let [count, token] = [0, line.length];
  for (;;) {
    const blank = lastBlank(line, 0, token);
    if (blank < 0 || float32Of(latin.decode(line.subarray(blank + 1, token))) === undefined) return count;
    count++;
    token = blank;
  }
}

/** Where a line ends without the blanks behind it. */
export function trimmedEnd(bytes: Uint8Array, begin: number, newline: number): number {
  let end = newline;
  while (end > begin && (isBlank(bytes[end - 1]) || bytes[end - 1] === RETURN)) end--;
  return end;
}

/** The last blank before `end`, or -1. */
export function lastBlank(bytes: Uint8Array, begin: number, end: number): number {
  let at = end - 1;
  while (at >= begin && !isBlank(bytes[at])) at--;
  return at >= begin ? at : -1;
}

/** A file's bytes in pieces that end with a newline each: views, valid until the next is asked for. */
async function* completeLines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  let buffer = new Uint8Array();
  let used = 0;
  for await (const chunk of chunks) {
    const newline = chunk.lastIndexOf(NEWLINE);
    if (used + chunk.length > buffer.length) {
      if (used + chunk.length > LONGEST_LINE && newline < 0) throw longLine(name);
      const larger = new Uint8Array((used + chunk.length) * 2);
      larger.set(buffer.subarray(0, used));
      buffer = larger;
    }
    buffer.set(chunk, used);
    const end = newline < 0 ? 0 : used + newline + 1;
    used += chunk.length;
    if (!end) continue;
    yield buffer.subarray(0, end);
    buffer.copyWithin(0, end, used);
    used -= end;
  }
  if (!used) return;
  const last = new Uint8Array(used + 1);
  last.set(buffer.subarray(0, used));
  last[used] = NEWLINE;
  yield last;
}

function longLine(name: string): Wasm2VecError {
  return new Wasm2VecError(
    "format-unknown",
    `${name} has a line of more than ${LONGEST_LINE} bytes; expected a key and its vector on each line. Check that it holds vectors as text.`,
  );
}

/**
 * The file of vectors in chunks, each valid until the next is asked for. Numbers are the shortest that read back the same.
 *
 * @param hasHeader whether the line "rows width" comes first
 * @throws {Wasm2VecError} `option-invalid` for a key that holds a line's end
 */
export function* word2vecTextChunks(list: VectorList, hasHeader: boolean): Generator<Uint8Array> {
  const { size, width } = list;
  let bytes = new Uint8Array(CHUNK_BYTES + width * LONGEST_FLOAT);
  let used = 0;
  if (hasHeader) used = encoder.encodeInto(`${size} ${width}\n`, bytes).written;
  for (let i = 0; i < size; i++) {
    const key = list.key(i);
    if (key.includes("\n")) throw lineEnd(i, key);
    const needed = key.length * 3 + width * LONGEST_FLOAT + 1;
    if (used && used + needed > bytes.length) {
      yield bytes.subarray(0, used);
      used = 0;
    }
    if (needed > bytes.length) bytes = new Uint8Array(needed);
    used += encoder.encodeInto(key, bytes.subarray(used)).written;
    used = writeFloats(list.row(i), bytes, used);
    bytes[used++] = NEWLINE;
  }
  if (used) yield bytes.subarray(0, used);
}

function lineEnd(row: number, key: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `The key of row ${row}, ${show(key)}, holds a line's end, which a text of vectors cannot keep. Save as .safetensors, or with other keys.`,
  );
}
