/**
 * An index of texts as one safetensors file, version 1:
 *
 *     probe        (D,)      F32  what the encoder made of a fixed text, which tells it from others
 *     ids.offsets  (N + 1,)  U32  where each id begins in the text
 *     directions   (N, D)    I8   the direction of each text's vector
 *     ids.text     (bytes,)  U8   the ids' UTF-8, one after the other
 *     checksums    (5, 16)   U8   of the header, and of each tensor before this one
 *
 * and in the metadata `format` and `formatVersion`.
 */

import { Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { readSafetensors, type SafetensorsFile } from "../formats/safetensors.ts";
import {
  checkTensor,
  chunkRows,
  damaged,
  SealedReader,
  sealedChunks,
  tensorOf,
  versionOf,
} from "../formats/sealed-file.ts";
import { checkWords } from "../tables/saved-words.ts";
import { joinWords } from "../vocabulary/vocabulary.ts";
import { DirectionTable } from "./direction-table.ts";

const FORMAT = "wasm2vec.index";
const FORMAT_VERSION = 1;

/** What a file holds. */
export interface IndexParts {
  /** the row of each id, in the rows' order */
  ids: Map<string, number>;
  table: DirectionTable;
  /** (D,) what the encoder made of the probe */
  probe: Float32Array;
}

/** The file in chunks, each a copy. Ids and their rows are those of the moment of the call. */
export function indexFileChunks({ ids, table, probe }: IndexParts): Generator<Uint8Array> {
  const rows = [...ids].sort(([, a], [, b]) => a - b);
  const { text, offsets } = joinWords(rows.map(([id]) => id));
  const { dimension } = table;
  return sealedChunks(
    [
      tensorOf("probe", "F32", probe),
      tensorOf("ids.offsets", "U32", offsets),
      {
        name: "directions",
        dtype: "I8",
        shape: [rows.length, dimension],
        chunks: rowChunks(
          table,
          rows.map(([, row]) => row),
        ),
      },
      tensorOf("ids.text", "U8", text),
    ],
    { format: FORMAT, formatVersion: String(FORMAT_VERSION) },
  );
}

function* rowChunks(table: DirectionTable, rows: readonly number[]): Generator<Uint8Array> {
  const { dimension } = table;
  const step = chunkRows(dimension);
  for (let begin = 0; begin < rows.length; begin += step) {
    const some = rows.slice(begin, begin + step);
    const numbers = new Int8Array(some.length * dimension);
    for (const [i, row] of some.entries()) numbers.set(table.row(row), i * dimension);
    yield new Uint8Array(numbers.buffer);
  }
}

/**
 * Reads a file. The engine must be ready.
 *
 * @param file what messages call the source
 * @throws {Wasm2VecError} `format-unknown` where it is none, or a newer one; `format-damaged`, `too-large`, `out-of-memory`
 */
export async function readIndexFile(source: RandomAccess, file: string, signal?: AbortSignal): Promise<IndexParts> {
  const saved = await readSafetensors(source, file, signal);
  checkFormat(saved);
  const [dimension] = checkTensor(saved, "probe", "F32").shape;
  if (!dimension) throw damaged(file, "its vectors have no numbers");
  const reader = await SealedReader.open(saved, true, signal);
  try {
    const probe = new Float32Array((await reader.read("probe", "F32")).buffer);
    if (!probe.every(Number.isFinite)) throw damaged(file, "what it tells the encoder by is no vector");
    const offsets = new Uint32Array((await reader.read("ids.offsets", "U32")).buffer);
    const text = await reader.read("ids.text", "U8");
    if (!offsets.length) throw damaged(file, "it does not say where its ids begin");
    checkTensor(saved, "directions", "I8", [offsets.length - 1, dimension]);
    checkWords(file, text, offsets);
    const table = new DirectionTable(dimension);
    try {
      const rows = await readRows(reader, table);
      const ids = readIds(text, offsets, rows, file);
      table.show(rows);
      return { ids, table, probe };
    } catch (error) {
      table.close();
      throw error;
    }
  } finally {
    reader.close();
  }
}

function checkFormat(saved: SafetensorsFile): void {
  if (saved.metadata.format !== FORMAT) {
    const message = `${saved.file} is a safetensors file, but no index of texts of wasm2vec. Write one with save: await index.save(path)`;
    throw new Wasm2VecError("format-unknown", message);
  }
  versionOf(saved, FORMAT_VERSION);
}

/** The rows, in the file's order; not shown yet. */
async function readRows(reader: SealedReader, table: DirectionTable): Promise<number[]> {
  const { dimension } = table;
  const rows: number[] = [];
  for await (const { begin, end, bytes } of reader.rows("directions")) {
    const numbers = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let i = 0; i < end - begin; i++) {
      rows.push(table.addStored(numbers.subarray(i * dimension, (i + 1) * dimension)));
    }
  }
  return rows;
}

function readIds(text: Uint8Array, offsets: Uint32Array, rows: readonly number[], file: string): Map<string, number> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const ids = new Map(rows.map((row, i) => [decoder.decode(text.subarray(offsets[i], offsets[i + 1])), row]));
  if (ids.size === rows.length) return ids;
  throw damaged(file, "an id comes twice");
}
