/**
 * Vectors with keys as one safetensors file, version 1:
 *
 *     counts              (V,)      F64  how often each key was seen
 *     vocabulary.offsets  (V + 1,)  U32  where each key begins in the text
 *     vectors             (V, D)    F32 | F16 | BF16 | I8
 *     scales              (V,)      F32  what the numbers of each row are multiplied with; where they are I8
 *     vocabulary.text     (bytes,)  U8   the keys' UTF-8, one after the other
 *     attributes          (bytes,)  U8   JSON: the keys' attributes but for their counts; where there are any
 *     checksums           (T, 16)   U8   of the header, and of each tensor before this one
 *
 * and in the metadata `format` and `formatVersion`. A model's file (model/model-file.ts) holds such vectors too, as "input".
 */

import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { openDecoder } from "../formats/decode-numbers.ts";
import { NUMBER_KINDS } from "../formats/number-kinds.ts";
import {
  readSafetensors,
  type SafetensorsDtype,
  type SafetensorsFile,
  type TensorToWrite,
} from "../formats/safetensors.ts";
import { checkTensor, chunkRows, damaged, SealedReader, sealedChunks, versionOf } from "../formats/sealed-file.ts";
import { FORMAT_VERSION as MODEL_VERSION } from "../model/model-file.ts";
import type { RowDtype } from "../tables/row-format.ts";
import { readAttributes, readWords, wordTensors } from "../tables/saved-words.ts";
import { VectorTable } from "../tables/vector-table.ts";
import type { LoadVectorsSettings } from "./options.ts";
import type { Progress } from "./progress.ts";

const FORMAT = "wasm2vec.vectors";
const FORMAT_VERSION = 1;

/** A model's file, which model/model-file.ts writes, and its first version that has checksums. */
const MODEL_FORMAT = "wasm2vec.word2vec";
const MODEL_CHECKSUMS = 2;

/** What each dtype is called in the file. */
const DTYPES: Readonly<Record<RowDtype, SafetensorsDtype>> = {
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int8: "I8",
};

/** How many bytes a row's numbers take. */
const bytesOfRow = (dtype: RowDtype, width: number) => width * (dtype === "int8" ? 1 : NUMBER_KINDS[dtype].bytes);

/** The file in chunks, each a copy. */
export function vectorsFileChunks(table: VectorTable): Generator<Uint8Array> {
  const { size, vectorSize, dtype } = table;
  const [first, last] = wordTensors(table);
  const tensors: TensorToWrite[] = [
    ...first,
    { name: "vectors", dtype: DTYPES[dtype], shape: [size, vectorSize], chunks: rowChunks(table) },
    ...(dtype === "int8" ? [{ name: "scales", dtype: "F32" as const, shape: [size], chunks: scaleChunks(table) }] : []),
    ...last,
  ];
  // numbers lie aligned where those of wider elements come first
  if (dtype === "int8") tensors.splice(2, 2, tensors[3], tensors[2]);
  return sealedChunks(tensors, { format: FORMAT, formatVersion: String(FORMAT_VERSION) });
}

/** Rows as they are stored, without their padding. */
function* rowChunks(table: VectorTable): Generator<Uint8Array> {
  const rowBytes = bytesOfRow(table.dtype, table.vectorSize);
  const step = chunkRows(rowBytes);
  for (let begin = 0; begin < table.size; begin += step) {
    const count = Math.min(step, table.size - begin);
    const bytes = new Uint8Array(count * rowBytes);
    for (let i = 0; i < count; i++) bytes.set(table.storedRow(begin + i).subarray(0, rowBytes), i * rowBytes);
    yield bytes;
  }
}

/** The last four bytes of each row. */
function* scaleChunks(table: VectorTable): Generator<Uint8Array> {
  const bytes = new Uint8Array(table.size * 4);
  for (let row = 0; row < table.size; row++) bytes.set(table.storedRow(row).subarray(-4), row * 4);
  yield bytes;
}

/**
 * The vectors of a file of ours, of a model's too.
 *
 * @param file what messages call the source
 * @throws {Wasm2VecError} `format-unknown` where it is none, or a newer one; `format-damaged`, `too-large`
 */
export async function readVectorsFile(
  source: RandomAccess,
  file: string,
  { dtype: wanted, limit, signal }: LoadVectorsSettings,
  progress: Progress,
): Promise<VectorTable> {
  const saved = await readSafetensors(source, file, signal);
  const { tensor: name, isSealed } = kindOf(saved);
  const tensor = saved.tensor(name);
  const [, width] = tensor.shape;
  const stored = (Object.keys(DTYPES) as RowDtype[]).find((dtype) => DTYPES[dtype] === tensor.dtype);
  if (tensor.shape.length !== 2 || width < 1 || !stored) {
    throw damaged(
      file,
      `tensor ${show(name)} is ${tensor.dtype} [${tensor.shape.join(", ")}]; expected rows of vectors`,
    );
  }
  const reader = await SealedReader.open(saved, isSealed, signal);
  try {
    const checkRows = (words: number) => checkTensor(saved, name, tensor.dtype, [words, width]);
    const vocabulary = await readWords(reader, checkRows, limit);
    const table = VectorTable.open(vocabulary, width, wanted ?? stored);
    try {
      progress.rows = { rowsRead: 0, rowsExpected: table.size };
      await readRows(reader, name, stored, table, progress);
      await readAttributes(reader, table);
      await progress.end(table.size);
      return table;
    } catch (error) {
      table.close();
      throw error;
    }
  } finally {
    reader.close();
  }
}

/** Which tensor the vectors are, and whether the file has checksums. */
function kindOf(saved: SafetensorsFile): { tensor: string; isSealed: boolean } {
  const { format } = saved.metadata;
  const isModel = format === MODEL_FORMAT;
  if (!isModel && format !== FORMAT) {
    const advice = `Rows alone are read with their keys: { keys: "tokenizer.json" }; a language model's by EmbeddingMatrix.fromPretrained.`;
    throw new Wasm2VecError(
      "format-unknown",
      `${saved.file} is a safetensors file, but none of vectors with keys of wasm2vec. ${advice}`,
    );
  }
  const version = versionOf(saved, isModel ? MODEL_VERSION : FORMAT_VERSION);
  return isModel ? { tensor: "input", isSealed: version >= MODEL_CHECKSUMS } : { tensor: "vectors", isSealed: true };
}

/** Fills a table: rows of the same dtype go as they are, others are decoded. */
async function readRows(
  reader: SealedReader,
  name: string,
  stored: RowDtype,
  table: VectorTable,
  progress: Progress,
): Promise<void> {
  const { size, vectorSize } = table;
  const rowBytes = bytesOfRow(stored, vectorSize);
  const scales = stored === "int8" ? await readScales(reader) : undefined;
  const decoder = stored === "int8" ? undefined : await openDecoder(stored);
  const numbers = new Float32Array(vectorSize);
  try {
    for await (const { begin, end, bytes } of reader.rows(name, size)) {
      for (let row = begin; row < end; row++) {
        const given = bytes.subarray((row - begin) * rowBytes, (row - begin + 1) * rowBytes);
        if (stored === table.dtype) {
          const to = table.storedRow(row);
          to.set(given);
          if (scales) new Float32Array(to.buffer, to.byteOffset + to.length - 4, 1)[0] = scales[row];
          continue;
        }
        if (scales) for (let i = 0; i < vectorSize; i++) numbers[i] = ((given[i] << 24) >> 24) * scales[row];
        else decoder?.decode(given, numbers);
        table.setRow(row, numbers);
      }
      progress.rows = { rowsRead: end, rowsExpected: size };
    }
  } finally {
    decoder?.close();
  }
  table.changed();
}

async function readScales(reader: SealedReader): Promise<Float32Array> {
  const [rows] = reader.file.tensor("vectors").shape;
  return new Float32Array((await reader.read("scales", "F32", [rows])).buffer);
}
