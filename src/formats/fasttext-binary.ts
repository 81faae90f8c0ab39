/**
 * fastText's own files, .bin and .ftz, little endian:
 *
 *     | i32 magic | i32 version | settings | words | u8 is quantized | input matrix | u8 is quantized | output matrix |
 *
 * Files of 2016 lack the magic number, the version and what came with quantization. A word's vector is the mean of its row
 * of the input matrix and of its n-grams', which lie behind the words' rows; so these are read first, and the words go by.
 *
 * @see https://github.com/facebookresearch/fastText/blob/main/src/fasttext.cc
 */

import { Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import { ByteCursor, type Damaged } from "../files/byte-cursor.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { FASTTEXT_MAGIC, SETTINGS_BYTES } from "./fasttext-head.ts";
import { ngramHashes } from "./ngrams.ts";
import type { ReadVectorsOptions, SubwordVectors, VectorSink } from "./vector-file.ts";

const VERSIONS = [11, 12];
const SUPERVISED = 3;

/** What an entry of the words takes at least: an empty text, a count, a type. */
const LEAST_ENTRY = 10;

/** A product quantizer has so many centroids for each part of a row: codes are bytes. */
const CENTROIDS = 256;

/** How many rows of n-grams lie in one array, about: an array for all would have to lie in one piece. */
const BLOCK_BYTES = 1 << 24;

interface Settings {
  /** D */
  dim: number;
  minn: number;
  maxn: number;
  bucket: number;
  /** whether it is a file of 2016 */
  isOld: boolean;
}

interface Words {
  nwords: number;
  /** where their entries begin; those of labels follow */
  begin: number;
  /** of a pruned file, the row of each bucket that has one, behind the words' rows */
  kept?: ReadonlyMap<number, number>;
}

/** What makes vectors of other words; words of a file may be no UTF-8. */
interface Subwords extends SubwordVectors {
  rowsOf(word: string | Uint8Array): number[];
}

/** What an input matrix makes of its rows. */
interface Input {
  /** how many rows there are */
  rows: number;
  /** The first rows, those of words: each is valid until the next is asked for, and may be changed. */
  wordRows(count: number): AsyncIterable<Float32Array> | Iterable<Float32Array>;
  /** Row i, which is none of a word's, (D,): valid until the next is asked for. */
  row(i: number): Float32Array;
}

const damagedIn =
  (name = "The file"): Damaged =>
  (what) =>
    new Wasm2VecError("format-damaged", `${name} is no whole fastText model: ${what}. Copy or download it again.`);

/**
 * Reads the words of a model, not the labels of a classifier: each with how often it came, and what makes vectors of words
 * that it did not see.
 *
 * @throws {Wasm2VecError} `format-damaged`; `format-unknown` for a version that is not known
 */
export async function readFasttextBinary(
  source: RandomAccess,
  sink: VectorSink,
  options: ReadVectorsOptions = {},
): Promise<void> {
  const damaged = damagedIn(options.name);
  const cursor = new ByteCursor(source, damaged, options);
  const settings = await readSettings(cursor, options.name);
  const words = await readWords(cursor, settings);
  const isQuantized = !settings.isOld && (await readFlag(cursor, "the kind of the input matrix"));
  const input = isQuantized ? await readQuantized(cursor, settings) : await readDense(cursor, settings, words);
  checkRows(settings, words, input, damaged);
  const subwords = subwordsOf(settings, words, input);
  await skipOutput(cursor, settings, isQuantized);
  await pushWords(new ByteCursor(source, damaged, options), sink, options, { settings, words, input, subwords });
}

async function readSettings(cursor: ByteCursor, name = "The file"): Promise<Settings> {
  await cursor.ahead(8 + SETTINGS_BYTES, "its head");
  const isOld = cursor.i32() !== FASTTEXT_MAGIC;
  if (isOld) cursor.seek(0);
  const version = isOld ? 0 : cursor.i32();
  if (!isOld && !VERSIONS.includes(version)) {
    const message = `${name} is a fastText model of version ${version}; expected ${VERSIONS.join(" or ")}. Save its vectors as .vec with fastText, and load these.`;
    throw new Wasm2VecError("format-unknown", message);
  }
  const [dim, , , , , , , model, bucket, minn, maxn] = Array.from({ length: 12 }, cursor.i32);
  cursor.bytes(8);
  if (dim < 1 || bucket < 0 || minn < 0 || maxn < 0) {
    throw cursor.damaged(`its settings have dim ${dim}, bucket ${bucket}, minn ${minn}, maxn ${maxn}`);
  }
  return { dim, bucket, minn, maxn: version === 11 && model === SUPERVISED ? 0 : maxn, isOld };
}

/** Passes over the words, which are read again when their rows come by: so they never lie in memory. */
async function readWords(cursor: ByteCursor, { isOld }: Settings): Promise<Words> {
  await cursor.ahead(isOld ? 20 : 28, "how many words there are");
  const [size, nwords, nlabels] = [cursor.i32(), cursor.i32(), cursor.i32()];
  cursor.i64();
  const prunes = isOld ? -1 : cursor.i64();
  if (nwords < 0 || nlabels < 0 || nwords + nlabels !== size) {
    throw cursor.damaged(`it claims to have ${size} entries, ${nwords} words and ${nlabels} labels`);
  }
  cursor.checkLeft(size * LEAST_ENTRY, `a list of ${size} words`);
  const begin = cursor.position;
  for (let i = 0; i < size; i++) {
    await readWord(cursor, i);
    if (cursor.u8() !== Number(i >= nwords)) throw cursor.damaged(`entry ${i} is no ${i < nwords ? "word" : "label"}`);
  }
  return { nwords, begin, kept: prunes < 0 ? undefined : await readPrunes(cursor, prunes) };
}

/** A word's bytes and how often it came; its type is ahead. */
async function readWord(cursor: ByteCursor, i: number): Promise<{ word: Uint8Array; count: number }> {
  const word = (await cursor.until(0, `word ${i}`)).slice();
  await cursor.ahead(9, `word ${i}`);
  return { word, count: cursor.i64() };
}

async function readPrunes(cursor: ByteCursor, count: number): Promise<Map<number, number>> {
  cursor.checkLeft(count * 8, `a list of ${count} n-grams`);
  const kept = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    await cursor.ahead(8, "an n-gram");
    kept.set(cursor.i32(), cursor.i32());
  }
  return kept;
}

async function readFlag(cursor: ByteCursor, what: string): Promise<boolean> {
  await cursor.ahead(1, what);
  return cursor.u8() !== 0;
}

/** How many rows a matrix has, whose rows have D numbers. */
async function readShape(cursor: ByteCursor, { dim }: Settings, what: string): Promise<number> {
  await cursor.ahead(16, what);
  const [rows, columns] = [cursor.i64(), cursor.i64()];
  if (rows >= 0 && columns === dim) return rows;
  throw cursor.damaged(`${what} has the shape [${rows}, ${columns}]; expected [rows, ${dim}]`);
}

async function readDense(cursor: ByteCursor, settings: Settings, { nwords, kept }: Words): Promise<Input> {
  const rows = await readShape(cursor, settings, "its input matrix");
  const { dim, bucket, maxn } = settings;
  if (kept) throw cursor.damaged("it is pruned and not quantized, as files of an early version are");
  cursor.checkLeft(rows * dim * 4, `its input matrix [${rows}, ${dim}]`);
  const begin = cursor.position;
  const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / (dim * 4)));
  const blocks: Float32Array[] = [];
  if (maxn > 0 && bucket > 0 && rows === nwords + bucket) {
    cursor.seek(begin + nwords * dim * 4);
    for (let first = 0; first < bucket; first += perBlock) {
      const block = new Float32Array(Math.min(perBlock, bucket - first) * dim);
      for await (const tile of cursor.tiles(block.length / dim, dim)) block.set(tile.floats, tile.first * dim);
      blocks.push(block);
    }
  }
  cursor.seek(begin + rows * dim * 4);
  return {
    rows,
    async *wordRows(count) {
      cursor.seek(begin);
      for await (const { floats } of cursor.tiles(count, dim)) {
        for (let at = 0; at < floats.length; at += dim) yield floats.subarray(at, at + dim);
      }
    },
    row(i) {
      const at = ((i - nwords) % perBlock) * dim;
      return blocks[Math.floor((i - nwords) / perBlock)].subarray(at, at + dim);
    },
  };
}

/** Codes of parts of rows, and what each stands for. */
interface Quantizer {
  /** how many parts a row has, and how many numbers each has but the last */
  parts: number;
  width: number;
  /** sum (D,) += factor * the row whose codes (parts,) begin at `at` */
  addTo(sum: Float32Array, codes: Uint8Array, at: number, factor: number): void;
}

async function readQuantizer(cursor: ByteCursor, dim: number): Promise<Quantizer> {
  await cursor.ahead(16, "a quantizer");
  const [columns, parts, width, last] = Array.from({ length: 4 }, cursor.i32);
  if (columns !== dim || width < 1 || parts !== Math.ceil(dim / width) || last !== dim - (parts - 1) * width) {
    throw cursor.damaged(
      `a quantizer of ${columns} numbers has ${parts} parts of ${width}, the last of ${last}; expected ${dim}`,
    );
  }
  const centroids = await readFloats(cursor, dim * CENTROIDS);
  return {
    parts,
    width,
    addTo(sum, codes, at, factor) {
      for (let part = 0; part < parts; part++) {
        const size = part === parts - 1 ? last : width;
        const from = part * CENTROIDS * width + codes[at + part] * size;
        for (let d = 0; d < size; d++) sum[part * width + d] += factor * centroids[from + d];
      }
    },
  };
}

async function readFloats(cursor: ByteCursor, count: number): Promise<Float32Array> {
  await cursor.ahead(count * 4, `${count} numbers`);
  return new Float32Array(cursor.bytes(count * 4).slice().buffer);
}

async function readCodes(cursor: ByteCursor, count: number): Promise<Uint8Array> {
  await cursor.ahead(count, `${count} codes`);
  return cursor.bytes(count).slice();
}

/** A matrix whose rows are codes, and where they were divided by their lengths, codes of these. */
async function readQuantized(cursor: ByteCursor, settings: Settings): Promise<Input> {
  const { dim } = settings;
  const hasNorms = await readFlag(cursor, "whether its rows have lengths");
  const rows = await readShape(cursor, settings, "its quantized matrix");
  await cursor.ahead(4, "how many codes there are");
  const codes = await readCodes(cursor, Math.max(0, cursor.i32()));
  const quantizer = await readQuantizer(cursor, dim);
  const { parts } = quantizer;
  if (codes.length !== rows * parts) throw cursor.damaged(`${rows} rows of ${parts} parts have ${codes.length} codes`);
  const normCodes = hasNorms ? await readCodes(cursor, rows) : undefined;
  const norms = normCodes && (await readQuantizer(cursor, 1));
  const norm = new Float32Array(1);
  const vector = new Float32Array(dim);
  const row = (i: number) => {
    norm[0] = norms ? 0 : 1;
    if (normCodes) norms?.addTo(norm, normCodes, i, 1);
    quantizer.addTo(vector.fill(0), codes, i * parts, norm[0]);
    return vector;
  };
  return {
    rows,
    *wordRows(count) {
      for (let i = 0; i < count; i++) yield row(i).slice();
    },
    row,
  };
}

/** Behind the words' rows lies one for each bucket, or for each that a pruned file kept. */
function checkRows({ bucket }: Settings, { nwords, kept }: Words, { rows }: Input, damaged: Damaged): void {
  const others = kept ? kept.size : bucket;
  if (rows !== nwords + others)
    throw damaged(`its input matrix has ${rows} rows for ${nwords} words and ${others} n-grams`);
  for (const row of kept?.values() ?? []) {
    if (row < 0 || row >= others) throw damaged(`an n-gram has row ${row} of ${others}`);
  }
}

/** The n-grams of words, whose rows lie behind the words'; the end of a line has none. */
function subwordsOf({ bucket, minn, maxn }: Settings, { nwords, kept }: Words, { row }: Input): Subwords | undefined {
  if (!maxn || !bucket) return undefined;
  const rowOf = (hash: number) => (kept ? kept.get(hash % bucket) : hash % bucket);
  return {
    row,
    rowsOf(word) {
      const hashes = isLineEnd(word) ? [] : ngramHashes(word, { minn, maxn });
      return hashes.flatMap((hash) => {
        const found = rowOf(hash);
        return found === undefined ? [] : nwords + found;
      });
    },
  };
}

/** What fastText puts at the end of each line. */
const LINE_END = "</s>";

const isLineEnd = (word: string | Uint8Array) =>
  word.length === LINE_END.length && (typeof word === "string" ? word : String.fromCharCode(...word)) === LINE_END;

/** A word's row becomes the mean of it and of its n-grams'. */
function mix(vector: Float32Array, word: Uint8Array, subwords: Subwords): void {
  const rows = subwords.rowsOf(word);
  for (const i of rows) {
    const row = subwords.row(i);
    for (let d = 0; d < vector.length; d++) vector[d] += row[d];
  }
  for (let d = 0; d < vector.length; d++) vector[d] /= rows.length + 1;
}

/** The output matrix is not wanted, but where it is cut short the file is not whole. */
async function skipOutput(cursor: ByteCursor, settings: Settings, isQuantized: boolean): Promise<void> {
  const isCoded = !settings.isOld && (await readFlag(cursor, "the kind of the output matrix"));
  if (isQuantized && isCoded) await readQuantized(cursor, settings);
  else {
    const rows = await readShape(cursor, settings, "its output matrix");
    cursor.checkLeft(rows * settings.dim * 4, `its output matrix [${rows}, ${settings.dim}]`);
  }
}

interface Model {
  settings: Settings;
  words: Words;
  input: Input;
  subwords: Subwords | undefined;
}

async function pushWords(
  cursor: ByteCursor,
  sink: VectorSink,
  { limit = Number.POSITIVE_INFINITY, signal }: ReadVectorsOptions,
  { settings, words, input, subwords }: Model,
): Promise<void> {
  const rows = Math.min(words.nwords, limit);
  const counts = new Float64Array(rows);
  const slice = new TimeSlice(signal);
  sink.begin({ rows, width: settings.dim });
  cursor.seek(words.begin);
  let done = 0;
  for await (const vector of input.wordRows(rows)) {
    const { word, count } = await readWord(cursor, done);
    cursor.u8();
    counts[done++] = count;
    if (subwords) mix(vector, word, subwords);
    if (!sink.add(word, vector)) break;
    if (slice.isOver) await slice.yield();
  }
  sink.attribute?.("count", counts.subarray(0, done));
  if (subwords) sink.subwords?.(subwords);
}
