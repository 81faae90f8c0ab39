/**
 * word2vec's binary format:
 *
 *     | "rows width\n" | key | " " | width × f32, little endian | ["\n"] | key | …
 *
 * The C program writes a newline behind each vector, gensim none: those before a key are no part of it.
 */

import { show, Wasm2VecError } from "../errors.ts";
import type { ReadVectorsOptions, VectorList, VectorSink } from "./vector-file.ts";

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** A longer first line, or key, is none. */
const LONGEST_HEADER = 64;
const LONGEST_KEY = 1 << 20;

/** How many bytes are written at a time, about. */
const CHUNK_BYTES = 1 << 20;

const HEADER = /^(\d+)[ \t]+(\d+)\s*$/;

const encoder = new TextEncoder();

/**
 * Reads word2vec's binary format.
 *
 * @param chunks the file's bytes
 * @throws {Wasm2VecError} `format-damaged`
 */
export async function readWord2vecBinary(
  chunks: AsyncIterable<Uint8Array>,
  sink: VectorSink,
  { limit = Number.POSITIVE_INFINITY, name = "The file" }: ReadVectorsOptions = {},
): Promise<void> {
  const reader = new BinaryReader(sink, limit, name);
  let buffer = new Uint8Array();
  let used = 0;
  for await (const chunk of chunks) {
    if (used + chunk.length > buffer.length) {
      const larger = new Uint8Array((used + chunk.length) * 2);
      larger.set(buffer.subarray(0, used));
      buffer = larger;
    }
    buffer.set(chunk, used);
    used += chunk.length;
    const read = reader.read(buffer.subarray(0, used));
    if (read < 0) return;
    buffer.copyWithin(0, read, used);
    used -= read;
  }
  reader.end();
}

class BinaryReader {
  private vector: Float32Array | undefined;
  private vectorBytes = new Uint8Array();
  private wanted = -1;
  private promised = 0;
  private width = 0;
  private rows = 0;

  constructor(
    private readonly sink: VectorSink,
    private readonly limit: number,
    private readonly name: string,
  ) {}

  /** Reads what is whole of the bytes. Returns how many it took; -1 where no more are wanted. */
  read(bytes: Uint8Array): number {
    let at = 0;
    if (this.wanted < 0) {
      at = this.readHeader(bytes);
      if (!at) return 0;
    }
    const rowBytes = this.width * 4;
    while (this.rows < this.wanted) {
      let begin = at;
      while (bytes[begin] === NEWLINE) begin++;
      const space = bytes.indexOf(SPACE, begin);
      if (space < 0 && bytes.length - begin > LONGEST_KEY) {
        throw this.damaged(`has a key of more than ${LONGEST_KEY} bytes in row ${this.rows}`);
      }
      if (space < 0 || space + 1 + rowBytes > bytes.length) return at;
      this.vector ??= this.newVector();
      at = space + 1 + rowBytes;
      this.vectorBytes.set(bytes.subarray(space + 1, at));
      this.rows++;
      if (!this.sink.add(bytes.subarray(begin, space), this.vector)) return -1;
    }
    return -1;
  }

  /** @throws {Wasm2VecError} `format-damaged` where there are fewer rows than there should be */
  end(): void {
    if (this.wanted < 0) throw this.damaged("has no first line that says how many rows there are, and how wide");
    if (this.rows >= this.wanted) return;
    throw this.damaged(`ends within row ${this.rows}; its first line says that there are ${this.promised}`);
  }

  /** Returns where the rows begin; 0 where the first line has not come. */
  private readHeader(bytes: Uint8Array): number {
    const newline = bytes.subarray(0, LONGEST_HEADER).indexOf(NEWLINE);
    if (newline < 0 && bytes.length < LONGEST_HEADER) return 0;
    const text = String.fromCharCode(...bytes.subarray(0, newline < 0 ? LONGEST_HEADER : newline));
    const [rows, width] = HEADER.exec(text)?.slice(1).map(Number) ?? [];
    if (!(width > 0) || !Number.isSafeInteger(rows) || !Number.isSafeInteger(width * 4)) {
      const expected = 'expected how many rows there are and how wide they are, such as "3000000 300"';
      throw this.damaged(`has the first line ${show(text)}; ${expected}`);
    }
    this.promised = rows;
    this.wanted = Math.min(rows, this.limit);
    this.width = width;
    this.sink.begin({ rows, width });
    return newline + 1;
  }

  /** The numbers of a row; they are made when the bytes of one are there. */
  private newVector(): Float32Array {
    const vector = new Float32Array(this.width);
    this.vectorBytes = new Uint8Array(vector.buffer);
    return vector;
  }

  private damaged(what: string): Wasm2VecError {
    return new Wasm2VecError("format-damaged", `${this.name} ${what}. Copy or download it again.`);
  }
}

/**
 * The file of vectors in chunks, each valid until the next is asked for. No newline follows a vector, as in gensim's files.
 *
 * @throws {Wasm2VecError} `option-invalid` for a key that holds a space or begins with a newline
 */
export function* word2vecBinaryChunks(list: VectorList): Generator<Uint8Array> {
  const { size, width } = list;
  const rowBytes = width * 4;
  let bytes = new Uint8Array(CHUNK_BYTES + rowBytes);
  let used = encoder.encodeInto(`${size} ${width}\n`, bytes).written;
  for (let i = 0; i < size; i++) {
    const key = list.key(i);
    if (key.includes(" ") || key.startsWith("\n")) throw notKept(i, key);
    const needed = key.length * 3 + 1 + rowBytes;
    if (used && used + needed > bytes.length) {
      yield bytes.subarray(0, used);
      used = 0;
    }
    if (needed > bytes.length) bytes = new Uint8Array(needed);
    used += encoder.encodeInto(key, bytes.subarray(used)).written;
    bytes[used++] = SPACE;
    const row = list.row(i);
    bytes.set(new Uint8Array(row.buffer, row.byteOffset, rowBytes), used);
    used += rowBytes;
  }
  if (used) yield bytes.subarray(0, used);
}

function notKept(row: number, key: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `The key of row ${row}, ${show(key)}, holds a space or begins with a newline, which word2vec's binary format cannot keep. Save as .safetensors or .txt, or with other keys.`,
  );
}
