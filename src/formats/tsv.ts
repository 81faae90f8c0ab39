/**
 * Vectors as TensorFlow's projector wants them: a text of rows, their numbers separated by tabs, and beside it one of their
 * keys. See row-keys.ts.
 *
 * @see https://www.tensorflow.org/tensorboard/tensorboard_projector_plugin
 */

import { show, Wasm2VecError } from "../errors.ts";
import { hasMark } from "../text/text-bytes.ts";
import { LONGEST_FLOAT, readFloats, writeFloats } from "./float-text.ts";
import { type KeysSource, readRowKeys } from "./row-keys.ts";
import type { ReadVectorsOptions, VectorList, VectorSink } from "./vector-file.ts";
import { completeLines } from "./word2vec-text.ts";

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** How many bytes are written at a time, about. */
const CHUNK_BYTES = 1 << 20;

const encoder = new TextEncoder();

/**
 * Reads rows and their keys.
 *
 * @param chunks the bytes of the rows
 * @throws {Wasm2VecError} `format-damaged` with the number of the line; `shape-mismatch` where there are more keys than rows,
 *   or fewer; and what readRowKeys throws
 */
export async function readTsv(
  chunks: AsyncIterable<Uint8Array>,
  from: KeysSource,
  sink: VectorSink,
  { limit = Number.POSITIVE_INFINITY, name = "The file", signal }: ReadVectorsOptions = {},
): Promise<void> {
  const keys = await readRowKeys(from, undefined, signal);
  let vector: Float32Array | undefined;
  let [row, line] = [0, 0];
  const end = () => {
    if (!vector) throw new Wasm2VecError("format-damaged", `${name} has no rows. Copy or download it again.`);
    if (keys.counts) sink.attribute?.("count", keys.counts);
  };
  for await (const bytes of completeLines(chunks, name)) {
    let begin = line === 0 && hasMark(bytes) ? 3 : 0;
    for (let newline = bytes.indexOf(NEWLINE, begin); newline >= 0; newline = bytes.indexOf(NEWLINE, begin)) {
      line++;
      const text = bytes.subarray(begin, bytes[newline - 1] === RETURN ? newline - 1 : newline);
      begin = newline + 1;
      if (!text.length) continue;
      if (!vector) {
        vector = new Float32Array(text.reduce((tabs, byte) => tabs + Number(byte === TAB), 1));
        sink.begin({ width: vector.length });
      }
      if (row === limit) return end();
      if (!readRow(text, vector)) {
        throw new Wasm2VecError(
          "format-damaged",
          `${name} has no row of ${vector.length} numbers in line ${line}. Check that it holds numbers separated by tabs, and no first line that names them.`,
        );
      }
      const key = keys.next();
      if (key === undefined) keys.check(row + 1);
      row++;
      if (!sink.add(key as string, vector)) return end();
    }
  }
  end();
  keys.check(row);
}

/** Reads the numbers of a line; returns whether they are as many as the vector has. */
function readRow(text: Uint8Array, vector: Float32Array): boolean {
  // each number is read behind a blank, the last before a newline
  const line = new Uint8Array(text.length + 2);
  line[0] = TAB;
  line.set(text, 1);
  line[text.length + 1] = NEWLINE;
  return readFloats(line, 0, vector) === text.length + 1;
}

/** The text of rows. */
export function* tsvChunks(list: VectorList): Generator<Uint8Array> {
  const { size, width } = list;
  const rowBytes = width * LONGEST_FLOAT + 1;
  const most = Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));
  for (let first = 0; first < size; first += most) {
    const bytes = new Uint8Array(Math.min(most, size - first) * rowBytes);
    let end = 0;
    for (let i = first; i < Math.min(size, first + most); i++) {
      const begin = end;
      end = writeFloats(list.row(i), bytes, begin);
      // a blank comes before each number: the first takes the place of the newline before
      for (let at = begin; at < end; at++) if (bytes[at] === SPACE) bytes[at] = TAB;
      bytes.copyWithin(begin, begin + 1, end);
      bytes[end - 1] = NEWLINE;
    }
    yield bytes.subarray(0, end);
  }
}

/**
 * The text of the keys: one a line. Where their counts are known, these are a second column, and a first line names both.
 *
 * @throws {Wasm2VecError} `option-invalid` for a key that holds a tab or a line's end
 */
export function* keyLines(list: VectorList, withCounts: boolean): Generator<Uint8Array> {
  const { size, counts } = list;
  let text = withCounts && counts ? "word\tcount\n" : "";
  for (let row = 0; row < size; row++) {
    const word = list.key(row);
    if (/[\t\r\n]/.test(word)) {
      throw new Wasm2VecError(
        "option-invalid",
        `The key of row ${row}, ${show(word)}, holds a tab or a line's end, which a text of keys cannot keep. Save as .safetensors, .parquet or .arrow, or with other keys.`,
      );
    }
    text += withCounts && counts ? `${word}\t${counts[row]}\n` : `${word}\n`;
    if (text.length < CHUNK_BYTES / 4) continue;
    yield encoder.encode(text);
    text = "";
  }
  if (text) yield encoder.encode(text);
}
