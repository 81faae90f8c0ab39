/**
 * A Word2Vec model as one safetensors file, version 2:
 *
 *     counts              (V,)      F64  how often each word was seen
 *     vocabulary.offsets  (V + 1,)  U32  where each word begins in the text
 *     random_state        (625,)    U32  the run's MT19937: its words, its position
 *     input               (V, D)    F32  the word vectors
 *     output              (V, D)    F32  the words as outputs; where there is negative sampling
 *     nodes               (V-1, D)  F32  the Huffman tree's inner nodes; where there is hierarchical softmax
 *     vocabulary.text     (bytes,)  U8   the words' UTF-8, one after the other
 *     attributes          (bytes,)  U8   JSON: the words' attributes but for their counts; where there are any
 *     checksums           (T, 16)   U8   of the header, and of each tensor before this one
 *
 * and in the metadata `format`, `formatVersion`, and as JSON `options`, `history` and, in a checkpoint, the `run` that it
 * is of. The words are tensors because a header holds 100 MB at most. Version 1 had neither attributes nor checksums.
 */

import { Engine } from "../engine/engine.ts";
import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { Checksum, DIGEST_BYTES } from "../formats/checksum.ts";
import {
  readSafetensors,
  type SafetensorsDtype,
  type SafetensorsFile,
  safetensorsChunks,
  type TensorToWrite,
} from "../formats/safetensors.ts";
import { tableChanged } from "../tables/table-changed.ts";
import { Vocabulary } from "../vocabulary/vocabulary.ts";
import { type LearntTable, Model, type ModelHistory } from "./model.ts";
import { type ResolvedOptions, resolveOptions } from "./options.ts";

const FORMAT = "wasm2vec.word2vec";
const FORMAT_VERSION = 2;

/** The first version that has checksums. */
const CHECKSUM_VERSION = 2;

const CHECKSUMS = "checksums";
const ATTRIBUTES = "attributes";

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

/**
 * The file in chunks, each a copy. They are those of the model at the time of the call.
 *
 * @throws {Wasm2VecError} `closed`; `table-changed` while it is read, when vectors changed after the call; `option-invalid`
 *   for attributes that no file can keep
 */
export function modelChunks(saved: SavedModel): Generator<Uint8Array> {
  const tensors = tensorsOf(saved);
  const { trimRule, callbacks, initialVectors, corpusMemory, ...kept } = saved.options;
  const metadata = {
    format: FORMAT,
    formatVersion: String(FORMAT_VERSION),
    options: JSON.stringify(kept),
    history: JSON.stringify(saved.history),
    ...(saved.run === undefined ? {} : { run: JSON.stringify(saved.run) }),
  };
  const { table } = saved.model;
  return unchanged(sealed(tensors, metadata), () => table.version);
}

function tensorsOf({ model, options: { vectorSize } }: SavedModel): TensorToWrite[] {
  const { vocabulary, attributes } = model.table;
  const { counts, bytes } = vocabulary;
  const kept = attributes.toJson();
  return [
    tensorOf("counts", "F64", counts.slice()),
    tensorOf("vocabulary.offsets", "U32", bytes.offsets.slice()),
    tensorOf("random_state", "U32", model.randomState.slice()),
    ...model.learnt.map((table) => ({
      name: table.name,
      dtype: "F32" as const,
      shape: [table.rows, vectorSize],
      chunks: tableChunks(model, table),
    })),
    tensorOf("vocabulary.text", "U8", bytes.text.slice()),
    ...(kept === undefined ? [] : [tensorOf(ATTRIBUTES, "U8", new TextEncoder().encode(kept))]),
  ];
}

type Numbers = Float64Array | Float32Array | Uint32Array | Uint8Array;

/** A tensor of one dimension. */
export function tensorOf(name: string, dtype: SafetensorsDtype, values: Numbers): TensorToWrite {
  return { name, dtype, shape: [values.length], chunks: [bytesOf(values)] };
}

const bytesOf = (values: Numbers) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A file whose last tensor holds the checksums of all before it. */
export function* sealed(tensors: readonly TensorToWrite[], metadata: Record<string, string>): Generator<Uint8Array> {
  const checksum = Checksum.open();
  const digests: Uint8Array[] = [];
  function* digested(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const chunk of chunks) {
      checksum.add(chunk);
      yield chunk;
    }
    digests.push(checksum.digest());
  }
  const checksums: TensorToWrite = {
    name: CHECKSUMS,
    dtype: "U8",
    shape: [tensors.length + 1, DIGEST_BYTES],
    chunks: digests,
  };
  const sums = [...tensors.map((tensor) => ({ ...tensor, chunks: digested(tensor.chunks) })), checksums];
  try {
    const chunks = safetensorsChunks(sums, metadata);
    yield* digested([chunks.next().value as Uint8Array]);
    yield* chunks;
  } finally {
    checksum.close();
  }
}

/** Chunks, as long as what they are made from stays as it is. */
function unchanged(chunks: Generator<Uint8Array>, version: () => number): Generator<Uint8Array> {
  const begun = version();
  function* checked(): Generator<Uint8Array> {
    for (const chunk of chunks) {
      if (version() !== begun) throw tableChanged("the model was being saved", "save");
      yield chunk;
    }
    if (version() !== begun) throw tableChanged("the model was being saved", "save");
  }
  return checked();
}

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
  const version = checkFormat(saved);
  const { options, history, run } = readMetadata(saved);
  await Engine.load();
  const reader = await ModelReader.open(saved, version, signal);
  try {
    const vocabulary = await readVocabulary(reader, options.vectorSize);
    const model = await Model.open(vocabulary, options);
    try {
      await readTables(reader, model);
      await readAttributes(reader, model);
      return { model, options, history, run };
    } catch (error) {
      model.close();
      throw error;
    }
  } finally {
    reader.close();
  }
}

/** Returns the format's version. */
function checkFormat({ file, metadata: { format, formatVersion } }: SafetensorsFile): number {
  if (format !== FORMAT) {
    const advice =
      "Save one with model.save(); a language model's embeddings are read by EmbeddingMatrix.fromPretrained.";
    throw new Wasm2VecError("format-unknown", `${file} is no Word2Vec model of wasm2vec. ${advice}`);
  }
  if (!/^[1-9]\d*$/.test(formatVersion)) throw damaged(file, `its formatVersion is ${show(formatVersion)}`);
  if (Number(formatVersion) <= FORMAT_VERSION) return Number(formatVersion);
  throw new Wasm2VecError(
    "format-unknown",
    `${file} has the format version ${show(formatVersion)}; this wasm2vec reads versions up to ${FORMAT_VERSION}. Install a newer one.`,
  );
}

function readMetadata({ file, metadata }: SafetensorsFile): Omit<SavedModel, "model"> {
  try {
    const options = resolveOptions(JSON.parse(metadata.options));
    const { corpusCount, corpusTotalWords, effectiveMinCount, trainCount } = JSON.parse(metadata.history);
    const history: ModelHistory = { corpusCount, corpusTotalWords, effectiveMinCount, trainCount };
    if (!Object.values(history).every(isCount)) throw new Error(`the history ${show(metadata.history)} lacks a count`);
    return { options, history, run: metadata.run === undefined ? undefined : JSON.parse(metadata.run) };
  } catch (cause) {
    throw damaged(file, `its metadata: ${(cause as Error).message}`, cause);
  }
}

/** Sums of counts may be larger than what a float64 counts exactly. */
export const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;

/** Reads a file's tensors, and compares their checksums where it has them. */
export class ModelReader {
  private constructor(
    readonly file: SafetensorsFile,
    private readonly checksum: Checksum,
    /** the digest of each tensor; absent in version 1 */
    private readonly digests: ReadonlyMap<string, Uint8Array> | undefined,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @throws {Wasm2VecError} `format-damaged` where the header is not what was written */
  static async open(file: SafetensorsFile, version: number, signal?: AbortSignal): Promise<ModelReader> {
    const checksum = Checksum.open();
    try {
      if (version < CHECKSUM_VERSION) return new ModelReader(file, checksum, undefined, signal);
      const names = [...file.tensors.keys()].filter((name) => name !== CHECKSUMS);
      const { begin, end } = checkTensor(file, CHECKSUMS, "U8", [names.length + 1, DIGEST_BYTES]);
      const bytes = await file.source.read(begin, end, signal);
      const digests = names.map((_, i) => bytes.slice((i + 1) * DIGEST_BYTES, (i + 2) * DIGEST_BYTES));
      const reader = new ModelReader(file, checksum, new Map(names.map((name, i) => [name, digests[i]])), signal);
      const dataBegin = Math.min(...Array.from(file.tensors.values(), (tensor) => tensor.begin));
      checksum.add(await file.source.read(0, dataBegin, signal));
      reader.compare("its header", bytes.subarray(0, DIGEST_BYTES));
      return reader;
    } catch (error) {
      checksum.close();
      throw error;
    }
  }

  /** All of a tensor, at the beginning of a buffer of its own. @param shape one dimension of any size by default */
  async read(name: string, dtype: SafetensorsDtype, shape?: number[]): Promise<Uint8Array<ArrayBuffer>> {
    checkTensor(this.file, name, dtype, shape);
    const bytes = aligned(await this.file.read(name, this.signal));
    if (this.digests) this.checksum.add(bytes);
    this.compareTensor(name);
    return bytes;
  }

  /** A matrix of float32, some rows at a time. */
  async *rows(name: string, rows: number, columns: number): AsyncGenerator<{ begin: number; rows: Float32Array }> {
    const { begin: at } = checkTensor(this.file, name, "F32", [rows, columns]);
    const step = chunkRows(columns);
    for (let begin = 0; begin < rows; begin += step) {
      const end = Math.min(begin + step, rows);
      const bytes = await this.file.source.read(at + begin * columns * 4, at + end * columns * 4, this.signal);
      if (this.digests) this.checksum.add(bytes);
      yield { begin, rows: new Float32Array(aligned(bytes).buffer) };
    }
    this.compareTensor(name);
  }

  close(): void {
    this.checksum.close();
  }

  private compareTensor(name: string): void {
    const expected = this.digests?.get(name);
    if (expected) this.compare(`tensor ${show(name)}`, expected);
  }

  private compare(what: string, expected: Uint8Array): void {
    const digest = this.checksum.digest();
    if (digest.every((byte, i) => byte === expected[i])) return;
    throw damaged(this.file.file, `${what} is not what was written: its checksum differs`);
  }
}

/** Before memory is taken for a model, the file must be known to hold as many vectors of this length. */
async function readVocabulary(reader: ModelReader, vectorSize: number): Promise<Vocabulary> {
  const { file } = reader;
  const counts = new Float64Array((await reader.read("counts", "F64")).buffer);
  const size = counts.length;
  const offsets = new Uint32Array((await reader.read("vocabulary.offsets", "U32", [size + 1])).buffer);
  const text = await reader.read("vocabulary.text", "U8");
  if (!size) throw damaged(file.file, "it has no words");
  checkWords(file.file, text, offsets);
  if (!counts.every(isCount)) throw damaged(file.file, "a word's count is no count");
  checkTensor(file, "input", "F32", [size, vectorSize]);
  try {
    return Vocabulary.from({ text, offsets }, counts, Engine.another());
  } catch (cause) {
    if (cause instanceof Wasm2VecError && cause.code === "key-duplicate") {
      throw damaged(file.file, cause.message, cause);
    }
    throw cause;
  }
}

/** The words are UTF-8, cover the text, and none ends within a character. */
export function checkWords(file: string, text: Uint8Array, offsets: Uint32Array): void {
  const last = offsets.length - 1;
  const rises = offsets.every((offset, i) => i === 0 || offset >= offsets[i - 1]);
  if (!rises || offsets[0] !== 0 || offsets[last] !== text.length) {
    throw damaged(file, "the offsets of its words do not cover their text");
  }
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch (cause) {
    throw damaged(file, "its words are not UTF-8", cause);
  }
  const within = offsets.findIndex((offset) => offset < text.length && (text[offset] & 0xc0) === 0x80);
  if (within >= 0) throw damaged(file, `word ${within} begins within a character`);
}

async function readTables(reader: ModelReader, model: Model): Promise<void> {
  const { file } = reader.file;
  const state = new Uint32Array((await reader.read("random_state", "U32", [model.randomState.length])).buffer);
  if (state[state.length - 1] > state.length - 1)
    throw damaged(file, "the position of its random_state is beyond its end");
  model.randomState.set(state);
  for (const table of model.learnt) {
    for await (const { begin, rows } of reader.rows(table.name, table.rows, model.table.vectorSize)) {
      // gensim's arithmetic looks logits up in a table, where NaN has no place
      if (model.reproduces && !rows.every(Number.isFinite))
        throw damaged(file, `tensor "${table.name}" holds NaN or Infinity`);
      model.writeRows(table, begin, rows);
    }
  }
  model.table.changed();
}

async function readAttributes(reader: ModelReader, { table }: Model): Promise<void> {
  if (!reader.file.tensors.has(ATTRIBUTES)) return;
  const json = new TextDecoder().decode(await reader.read(ATTRIBUTES, "U8"));
  try {
    table.attributes.takeJson(json, table.size);
  } catch (cause) {
    throw damaged(reader.file.file, `its attributes: ${(cause as Error).message}`, cause);
  }
}

/** @param shape one dimension of any size by default */
function checkTensor(saved: SafetensorsFile, name: string, dtype: SafetensorsDtype, shape?: number[]) {
  const tensor = saved.tensor(name);
  const fits = shape ? String(tensor.shape) === String(shape) : tensor.shape.length === 1;
  if (tensor.dtype === dtype && fits) return tensor;
  const got = `${tensor.dtype} [${tensor.shape.join(", ")}]`;
  throw damaged(saved.file, `tensor ${show(name)} is ${got}; expected ${dtype} [${shape ? shape.join(", ") : "V"}]`);
}

/** Bytes that fill their buffer: what a source reads may be a view of a larger one. */
function aligned(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

export function damaged(file: string, what: string, cause?: unknown): Wasm2VecError {
  return new Wasm2VecError("format-damaged", `${file} is no whole model: ${what}. Copy or download it again.`, {
    cause,
  });
}
