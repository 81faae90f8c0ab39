/**
 * finalfusion's files, little endian:
 *
 *     | "FiFu" | u32 version 0 | u32 n | n × u32 kind of chunk | n × ( u32 kind | u64 length | chunk ) |
 *
 * One chunk has the words, one their vectors, as numbers or quantized. Rows for n-grams lie behind those of words; they are
 * passed over.
 *
 * @see https://finalfusion.github.io/spec
 */

import { Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import { ByteCursor, type Damaged } from "../files/byte-cursor.ts";
import type { RandomAccess } from "../files/random-access.ts";
import type { ReadVectorsOptions, VectorSink } from "./vector-file.ts";

/** Kinds of chunk: words, and what stands between their number and the first; vectors. */
const WORD_HEADS: Readonly<Record<number, number>> = { 1: 0, 3: 12, 7: 12, 8: 16, 9: 20 };
const ARRAY = 2;
const QUANTIZED = 4;

/** Types of element, by the format's numbers. */
const U8 = 1;
const F32 = 10;

/** How many rows are reconstructed at a time. */
const ROWS_AT_ONCE = 1024;

interface Chunk {
  kind: number;
  begin: number;
  end: number;
}

/** Rows of a chunk of vectors. */
interface Storage {
  rows: number;
  width: number;
  /** The first rows: each is valid until the next is asked for. */
  read(count: number): AsyncIterable<Float32Array>;
}

/**
 * Reads the words and their vectors.
 *
 * @throws {Wasm2VecError} `format-damaged`; `format-unknown` for a version or a kind of words that is not known
 */
export async function readFinalfusion(
  source: RandomAccess,
  sink: VectorSink,
  options: ReadVectorsOptions = {},
): Promise<void> {
  const { name = "The file", limit = Number.POSITIVE_INFINITY, signal } = options;
  const damaged: Damaged = (what) =>
    new Wasm2VecError("format-damaged", `${name} is no whole finalfusion file: ${what}. Copy or download it again.`);
  const open = () => new ByteCursor(source, damaged, options);
  const chunks = await readChunkList(open(), name, damaged);
  const words = chunks.find(({ kind }) => WORD_HEADS[kind] !== undefined);
  const vectors = chunks.find(({ kind }) => kind === ARRAY || kind === QUANTIZED);
  if (!words || !vectors) throw damaged(`it has no ${words ? "vectors" : "words"}`);
  const text = open();
  const size = await readWordsHead(text, words, damaged);
  const storage = await (vectors.kind === ARRAY ? openArray : openQuantized)(open(), vectors, damaged);
  if (storage.rows < size) throw damaged(`it has ${size} words and ${storage.rows} vectors`);
  const rows = Math.min(size, limit);
  const slice = new TimeSlice(signal);
  sink.begin({ rows, width: storage.width });
  for await (const vector of storage.read(rows)) {
    await text.ahead(4, "a word");
    const length = text.u32();
    await text.ahead(length, "a word");
    if (!sink.add(text.bytes(length), vector)) return;
    if (slice.isOver) await slice.yield();
  }
}

async function readChunkList(cursor: ByteCursor, name: string, damaged: Damaged): Promise<Chunk[]> {
  await cursor.ahead(12, "its head");
  if (String.fromCharCode(...cursor.bytes(4)) !== "FiFu") throw damaged('it does not begin with "FiFu"');
  const version = cursor.u32();
  if (version !== 0) {
    throw new Wasm2VecError("format-unknown", `${name} is a finalfusion file of version ${version}; expected 0.`);
  }
  const count = cursor.u32();
  cursor.checkLeft(count * 16, `a list of ${count} chunks`);
  cursor.seek(cursor.position + count * 4);
  const chunks: Chunk[] = [];
  for (let i = 0; i < count; i++) {
    await cursor.ahead(12, "a chunk");
    const kind = cursor.u32();
    const length = cursor.i64();
    if (!(length >= 0)) throw damaged(`a chunk claims to have ${length} bytes`);
    cursor.checkLeft(length, "a chunk");
    const begin = cursor.position;
    chunks.push({ kind, begin, end: begin + length });
    cursor.seek(begin + length);
  }
  return chunks;
}

/** How many words there are; the first is ahead. */
async function readWordsHead(cursor: ByteCursor, { kind, begin, end }: Chunk, damaged: Damaged): Promise<number> {
  cursor.seek(begin, end);
  await cursor.ahead(8 + WORD_HEADS[kind], "its words");
  const size = cursor.i64();
  if (!(size >= 0)) throw damaged(`it claims to have ${size} words`);
  cursor.bytes(WORD_HEADS[kind]);
  cursor.checkLeft(size * 4, `a list of ${size} words`);
  return size;
}

/** Numbers lie at multiples of four; where they would anyhow, four bytes come before them nevertheless. */
const skipPadding = (cursor: ByteCursor) => cursor.seek(cursor.position + 4 - (cursor.position % 4));

async function openArray(cursor: ByteCursor, { begin, end }: Chunk, damaged: Damaged): Promise<Storage> {
  cursor.seek(begin, end);
  await cursor.ahead(20, "its vectors");
  const [rows, width, type] = [cursor.i64(), cursor.u32(), cursor.u32()];
  checkShape(rows, width, type === F32, damaged);
  skipPadding(cursor);
  cursor.checkLeft(rows * width * 4, `its vectors [${rows}, ${width}]`);
  return {
    ...{ rows, width },
    async *read(count) {
      for await (const { floats } of cursor.tiles(count, width)) {
        for (let at = 0; at < floats.length; at += width) yield floats.subarray(at, at + width);
      }
    },
  };
}

function checkShape(rows: number, width: number, isKnown: boolean, damaged: Damaged): void {
  if (rows >= 0 && width >= 1 && isKnown) return;
  throw damaged(`its vectors have the shape [${rows}, ${width}]${isKnown ? "" : " and another type than float32"}`);
}

/** Rows as codes of their parts; a row may be turned back by a matrix, and have its length beside. */
async function openQuantized(cursor: ByteCursor, { begin, end }: Chunk, damaged: Damaged): Promise<Storage> {
  cursor.seek(begin, end);
  await cursor.ahead(40, "its vectors");
  const [isTurned, hasNorms] = [cursor.u32() > 0, cursor.u32() > 0];
  const [parts, width, centroids] = [cursor.u32(), cursor.u32(), cursor.u32()];
  const rows = cursor.i64();
  const [codeType, type] = [cursor.u32(), cursor.u32()];
  checkShape(rows, width, codeType === U8 && type === F32, damaged);
  if (!parts || width % parts || !centroids || centroids > 256) {
    throw damaged(`its rows of ${width} numbers have ${parts} parts of ${centroids} kinds`);
  }
  skipPadding(cursor);
  const floats = async (count: number) => {
    await cursor.ahead(count * 4, `${count} numbers`);
    return new Float32Array(cursor.bytes(count * 4).slice().buffer);
  };
  const turn = isTurned ? await floats(width * width) : undefined;
  const parting = await floats(centroids * width);
  const norms = cursor.position;
  const codes = norms + (hasNorms ? rows * 4 : 0);
  cursor.checkLeft(codes - norms + rows * parts, `its vectors [${rows}, ${width}]`);
  const vector = new Float32Array(width);
  const size = width / parts;
  const reconstruct = (row: Uint8Array) => {
    for (let part = 0; part < parts; part++) {
      if (row[part] >= centroids) throw damaged(`a part is of kind ${row[part]} of ${centroids}`);
      const at = (part * centroids + row[part]) * size;
      vector.set(parting.subarray(at, at + size), part * size);
    }
    return turn ? turned(vector, turn) : vector;
  };
  return {
    ...{ rows, width },
    async *read(count) {
      for (let first = 0; first < count; first += ROWS_AT_ONCE) {
        const some = Math.min(ROWS_AT_ONCE, count - first);
        cursor.seek(norms + first * 4);
        const lengths = hasNorms ? await floats(some) : undefined;
        cursor.seek(codes + first * parts);
        await cursor.ahead(some * parts, "codes");
        const tile = cursor.bytes(some * parts).slice();
        for (let i = 0; i < some; i++) {
          const made = reconstruct(tile.subarray(i * parts, (i + 1) * parts));
          yield lengths ? made.map((x) => x * lengths[i]) : made;
        }
      }
    },
  };
}

/** Each number is the product of a row of the matrix (D, D) with the vector. */
function turned(vector: Float32Array, matrix: Float32Array): Float32Array {
  const { length } = vector;
  return vector.map((_, i) => {
    let sum = 0;
    for (let d = 0; d < length; d++) sum += matrix[i * length + d] * vector[d];
    return sum;
  });
}
