/**
 * A Word2Vec model as one safetensors file, version 1:
 *
 *     counts              (V,)     F64  how often each word was seen
 *     vocabulary.offsets  (V + 1,) U32  where each word begins in the text
 *     random_state        (625,)   U32  the run's MT19937: its words, its position
 *     input               (V, D)   F32  the word vectors
 *     output              (V, D)   F32  the words as outputs; where there is negative sampling
 *     nodes               (V-1, D) F32  the Huffman tree's inner nodes; where there is hierarchical softmax
 *     vocabulary.text     (bytes,) U8   the words' UTF-8, one after the other
 *
 * and in the metadata `format`, `formatVersion`, and as JSON `options`, `history` and, in a checkpoint, the `run` that it
 * is of. The words are tensors because a header holds 100 MB at most.
 */

import { Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import {
  readSafetensors,
  type SafetensorsDtype,
  type SafetensorsFile,
  safetensorsChunks,
  type TensorToWrite,
} from "../formats/safetensors.ts";
import { Vocabulary } from "../vocabulary/vocabulary.ts";
import { type LearntTable, Model, type ModelHistory } from "./model.ts";
import { type ResolvedOptions, resolveOptions } from "./options.ts";

const FORMAT = "wasm2vec.word2vec";
const FORMAT_VERSION = 1;

/** How many bytes of a table are copied at a time. */
const CHUNK_BYTES = 1 << 22;

/** What a file holds. */
export interface SavedModel {
  model: Model;
  options: ResolvedOptions;
  history: ModelHistory;
  /** in a checkpoint: the run, as whoever wrote it put it */
  run?: unknown;
}

/** The file in chunks. Each is a copy: the model may change while they are written. */
export function modelChunks({ model, options, history, run }: SavedModel): Generator<Uint8Array> {
  const { counts, bytes } = model.table.vocabulary;
  const { trimRule, callbacks, initialVectors, corpusMemory, ...kept } = options;
  const tensors = [
    tensorOf("counts", "F64", counts.slice()),
    tensorOf("vocabulary.offsets", "U32", bytes.offsets.slice()),
    tensorOf("random_state", "U32", model.randomState.slice()),
    ...model.learnt.map((table) => ({
      name: table.name,
      dtype: "F32" as const,
      shape: [table.rows, options.vectorSize],
      chunks: tableChunks(model, table),
    })),
    tensorOf("vocabulary.text", "U8", bytes.text.slice()),
  ];
  return safetensorsChunks(tensors, {
    format: FORMAT,
    formatVersion: String(FORMAT_VERSION),
    options: JSON.stringify(kept),
    history: JSON.stringify(history),
    ...(run === undefined ? {} : { run: JSON.stringify(run) }),
  });
}

type Numbers = Float64Array | Float32Array | Uint32Array | Uint8Array;

/** A tensor of one dimension. */
function tensorOf(name: string, dtype: SafetensorsDtype, values: Numbers): TensorToWrite {
  return { name, dtype, shape: [values.length], chunks: [bytesOf(values)] };
}

const bytesOf = (values: Numbers) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** How many rows are copied at a time. */
const chunkRows = (vectorSize: number) => Math.max(1, Math.floor(CHUNK_BYTES / (vectorSize * 4)));

/** A table's rows without their padding. */
function* tableChunks(model: Model, table: LearntTable): Generator<Uint8Array> {
  const step = chunkRows(model.table.vectorSize);
  for (let begin = 0; begin < table.rows; begin += step) {
    yield bytesOf(model.readRows(table, begin, Math.min(begin + step, table.rows)));
  }
}

/**
 * Reads a model.
 *
 * @param file what messages call the source
 * @throws {Wasm2VecError} `format-unknown` when it is no model of ours, or a newer one; `format-damaged`; `too-large`
 */
export async function readModel(source: RandomAccess, file: string, signal?: AbortSignal): Promise<SavedModel> {
  const saved = await readSafetensors(source, file, signal);
  checkFormat(saved);
  const { options, history, run } = readMetadata(saved);
  const vocabulary = await readVocabulary(saved, options.vectorSize, signal);
  const model = await Model.open(vocabulary, options);
  try {
    await readTables(saved, model, signal);
    return { model, options, history, run };
  } catch (error) {
    model.close();
    throw error;
  }
}

function checkFormat({ file, metadata: { format, formatVersion } }: SafetensorsFile): void {
  if (format !== FORMAT) {
    const advice =
      "Save one with model.save(); a language model's embeddings are read by EmbeddingMatrix.fromPretrained.";
    throw new Wasm2VecError("format-unknown", `${file} is no Word2Vec model of wasm2vec. ${advice}`);
  }
  if (!/^[1-9]\d*$/.test(formatVersion)) throw damaged(file, `its formatVersion is ${formatVersion}`);
  if (Number(formatVersion) <= FORMAT_VERSION) return;
  throw new Wasm2VecError(
    "format-unknown",
    `${file} has the format version ${formatVersion}; this wasm2vec reads versions up to ${FORMAT_VERSION}. Install a newer one.`,
  );
}

function readMetadata({ file, metadata }: SafetensorsFile): Omit<SavedModel, "model"> {
  try {
    const options = resolveOptions(JSON.parse(metadata.options));
    const { corpusCount, corpusTotalWords, effectiveMinCount, trainCount } = JSON.parse(metadata.history);
    const history: ModelHistory = { corpusCount, corpusTotalWords, effectiveMinCount, trainCount };
    if (!Object.values(history).every(isCount)) throw new Error(`the history ${metadata.history} lacks a count`);
    return { options, history, run: metadata.run === undefined ? undefined : JSON.parse(metadata.run) };
  } catch (cause) {
    throw damaged(file, `its metadata: ${(cause as Error).message}`, cause);
  }
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;

/** Before memory is taken for a model, the file must be known to hold as many vectors of this length. */
async function readVocabulary(saved: SafetensorsFile, vectorSize: number, signal?: AbortSignal): Promise<Vocabulary> {
  const counts = new Float64Array((await readChecked(saved, "counts", "F64", undefined, signal)).buffer);
  const size = counts.length;
  const offsets = new Uint32Array((await readChecked(saved, "vocabulary.offsets", "U32", [size + 1], signal)).buffer);
  const text = await readChecked(saved, "vocabulary.text", "U8", undefined, signal);
  const rises = offsets.every((offset, i) => i === 0 || offset >= offsets[i - 1]);
  if (!size) throw damaged(saved.file, "it has no words");
  if (!rises || offsets[0] !== 0 || offsets[size] !== text.length) {
    throw damaged(saved.file, "the offsets of its words do not cover their text");
  }
  if (!counts.every((count) => isCount(count) && count > 0)) throw damaged(saved.file, "a word's count is no count");
  checkTensor(saved, "input", "F32", [size, vectorSize]);
  try {
    return await Vocabulary.from({ text, offsets }, counts);
  } catch (cause) {
    if (cause instanceof Wasm2VecError && cause.code === "key-duplicate")
      throw damaged(saved.file, cause.message, cause);
    throw cause;
  }
}

async function readTables(saved: SafetensorsFile, model: Model, signal?: AbortSignal): Promise<void> {
  const { vectorSize } = model.table;
  const state = await readChecked(saved, "random_state", "U32", [model.randomState.length], signal);
  model.randomState.set(new Uint32Array(state.buffer));
  const step = chunkRows(vectorSize);
  for (const table of model.learnt) {
    const { begin: at } = checkTensor(saved, table.name, "F32", [table.rows, vectorSize]);
    for (let begin = 0; begin < table.rows; begin += step) {
      const end = Math.min(begin + step, table.rows);
      const bytes = await saved.source.read(at + begin * vectorSize * 4, at + end * vectorSize * 4, signal);
      model.writeRows(table, begin, new Float32Array(aligned(bytes).buffer));
    }
  }
  model.table.changed();
}

/** All of a tensor, at the beginning of a buffer of its own. */
async function readChecked(
  saved: SafetensorsFile,
  name: string,
  dtype: SafetensorsDtype,
  shape?: number[],
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  checkTensor(saved, name, dtype, shape);
  return aligned(await saved.read(name, signal));
}

/** @param shape one dimension of any size by default */
function checkTensor(saved: SafetensorsFile, name: string, dtype: SafetensorsDtype, shape?: number[]) {
  const tensor = saved.tensor(name);
  const fits = shape ? String(tensor.shape) === String(shape) : tensor.shape.length === 1;
  if (tensor.dtype === dtype && fits) return tensor;
  const got = `${tensor.dtype} [${tensor.shape.join(", ")}]`;
  throw damaged(saved.file, `tensor "${name}" is ${got}; expected ${dtype} [${shape ? shape.join(", ") : "V"}]`);
}

/** Bytes that fill their buffer: what a source reads may be a view of a larger one. */
function aligned(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function damaged(file: string, what: string, cause?: unknown): Wasm2VecError {
  return new Wasm2VecError("format-damaged", `${file} is no whole model: ${what}. Copy or download it again.`, {
    cause,
  });
}
