/**
 * A Word2Vec model as one safetensors file, version 3:
 *
 *     counts              (V,)      F64  how often each word was seen
 *     vocabulary.offsets  (V + 1,)  U32  where each word begins in the text
 *     random_state        (625,)    U32  the run's MT19937: its words, its position
 *     sampling            (V,)      U32  below which of 2^32 random numbers a word is kept; where counts do not tell
 *     paths.offsets       (V + 1,)  U32  where each word's path in the Huffman tree begins; where counts do not tell
 *     paths.points        (nodes,)  U32  the inner nodes of the paths
 *     input               (V, D)    F32  the word vectors
 *     output              (V, D)    F32  the words as outputs; where there is negative sampling
 *     nodes               (V-1, D)  F32  the Huffman tree's inner nodes; where there is hierarchical softmax
 *     paths.codes         (nodes,)  U8   the turn at each
 *     vocabulary.text     (bytes,)  U8   the words' UTF-8, one after the other
 *     attributes          (bytes,)  U8   JSON: the words' attributes but for their counts; where there are any
 *     checksums           (T, 16)   U8   of the header, and of each tensor before this one
 *
 * and in the metadata `format`, `formatVersion`, and as JSON `options`, `history` and, in a checkpoint, the `run` that it
 * is of. The words are tensors because a header holds 100 MB at most. Version 1 had neither attributes nor checksums.
 */

import { Engine } from "../engine/engine.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { plainBytes } from "../files/bytes.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { readSafetensors, type SafetensorsFile, type TensorToWrite } from "../formats/safetensors.ts";
import {
  aligned,
  checkTensor,
  chunkRows,
  damaged,
  SealedReader,
  sealedChunks,
  tensorOf,
  versionOf,
} from "../formats/sealed-file.ts";
import { isCount, readAttributes, readWords, unchanged, wordTensors } from "../tables/saved-words.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { checkedPaths } from "./huffman.ts";
import { type GivenPlan, type LearntTable, Model, type ModelHistory } from "./model.ts";
import { type ResolvedOptions, resolveOptions } from "./options.ts";

const FORMAT = "wasm2vec.word2vec";
export const FORMAT_VERSION = 3;

/** The version without what a model of another program may have. */
const PLAIN_VERSION = 2;

/** The first version that has checksums. */
const CHECKSUM_VERSION = 2;

const SAMPLING = "sampling";
const PATHS = { offsets: "paths.offsets", points: "paths.points", codes: "paths.codes" };

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
    formatVersion: String(Object.keys(saved.model.given).length ? FORMAT_VERSION : PLAIN_VERSION),
    options: JSON.stringify(kept),
    history: JSON.stringify(saved.history),
    ...(saved.run === undefined ? {} : { run: JSON.stringify(saved.run) }),
  };
  const { table } = saved.model;
  return unchanged(sealedChunks(tensors, metadata), table, table.version);
}

function tensorsOf({ model, options: { vectorSize } }: SavedModel): TensorToWrite[] {
  const [first, last] = wordTensors(model.table);
  const { sampling, paths } = model.given;
  return [
    ...first,
    tensorOf("random_state", "U32", model.randomState.slice()),
    ...(sampling ? [tensorOf(SAMPLING, "U32", sampling)] : []),
    ...(paths ? [tensorOf(PATHS.offsets, "U32", paths.offsets), tensorOf(PATHS.points, "U32", paths.points)] : []),
    ...model.learnt.map((table) => ({
      name: table.name,
      dtype: "F32" as const,
      shape: [table.rows, vectorSize],
      chunks: tableChunks(model, table),
    })),
    ...(paths ? [tensorOf(PATHS.codes, "U8", paths.codes)] : []),
    ...last,
  ];
}

/** A table's rows without their padding. */
export function* tableChunks(model: Model, table: LearntTable): Generator<Uint8Array> {
  const step = chunkRows(model.table.vectorSize * 4);
  for (let begin = 0; begin < table.rows; begin += step) {
    yield plainBytes(model.readRows(table, begin, Math.min(begin + step, table.rows)));
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
  await Engine.load(signal);
  const reader = await SealedReader.open(saved, version >= CHECKSUM_VERSION, signal);
  try {
    const vocabulary = await readWords(reader, (size) => {
      if (!size) throw damaged(file, "it has no words");
      checkTensor(saved, "input", "F32", [size, options.vectorSize]);
    });
    const model = await openModel(reader, vocabulary, options);
    try {
      await readTables(reader, model);
      await readAttributes(reader, model.table);
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
function checkFormat(saved: SafetensorsFile): number {
  if (saved.metadata.format !== FORMAT) {
    const advice =
      "Save one with model.save(); a language model's embeddings are read by EmbeddingMatrix.fromPretrained.";
    throw new Wasm2VecError("format-unknown", `${saved.file} is no Word2Vec model of wasm2vec. ${advice}`);
  }
  return versionOf(saved, FORMAT_VERSION);
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

async function openModel(reader: SealedReader, vocabulary: Vocabulary, options: ResolvedOptions): Promise<Model> {
  const given = await readGiven(reader, vocabulary.size).catch((error) => {
    vocabulary.close();
    throw error;
  });
  return Model.open(vocabulary, options, given);
}

/** What the model has otherwise than its counts would give it. */
async function readGiven(reader: SealedReader, size: number): Promise<GivenPlan> {
  const { file, tensors } = reader.file;
  const numbers = async (name: string, shape?: number[]) =>
    new Uint32Array((await reader.read(name, "U32", shape)).buffer);
  const given: GivenPlan = {};
  if (tensors.has(SAMPLING)) given.sampling = await numbers(SAMPLING, [size]);
  if (!tensors.has(PATHS.offsets)) return given;
  const [offsets, points] = [await numbers(PATHS.offsets, [size + 1]), await numbers(PATHS.points)];
  const paths = checkedPaths(offsets, points, await reader.read(PATHS.codes, "U8"));
  if (!paths) throw damaged(file, "the words' places in its tree are none");
  return { ...given, paths };
}

async function readTables(reader: SealedReader, model: Model): Promise<void> {
  const { file } = reader.file;
  const state = new Uint32Array((await reader.read("random_state", "U32", [model.randomState.length])).buffer);
  if (state[state.length - 1] > state.length - 1)
    throw damaged(file, "the position of its random_state is beyond its end");
  model.randomState.set(state);
  for (const table of model.learnt) {
    checkTensor(reader.file, table.name, "F32", [table.rows, model.table.vectorSize]);
    for await (const { begin, bytes } of reader.rows(table.name)) {
      const rows = new Float32Array(aligned(bytes).buffer);
      // gensim's arithmetic looks logits up in a table, where NaN has no place
      if (model.reproduces && !rows.every(Number.isFinite))
        throw damaged(file, `tensor "${table.name}" holds NaN or Infinity`);
      model.writeRows(table, begin, rows);
    }
  }
  model.table.changed();
}
