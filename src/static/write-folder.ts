/**
 * A static encoder's files, as Python's libraries open them: each token has a row, without mapping and weights.
 *
 *     unknown tokens do not count   as model2vec writes it: config.json, and modules.json for sentence-transformers
 *     they count                    as sentence-transformers writes it: modules.json, config_sentence_transformers.json
 */

import { Wasm2VecError } from "../errors.ts";
import type { JsonObject } from "../files/folder.ts";
import { safetensorsChunks, type TensorToWrite } from "../formats/safetensors.ts";
import type { EncoderParts } from "./encoder.ts";
import type { StaticDtype } from "./stored-numbers.ts";
import type { TokenTable } from "./token-table.ts";

/** How many bytes of rows are written at a time, unless a row is longer. */
const CHUNK = 1 << 20;

const SAFETENSORS_DTYPES = { float32: "F32", float16: "F16", int8: "I8" } as const satisfies Record<
  StaticDtype,
  string
>;

/**
 * The files by their names, in chunks.
 *
 * @param tokenizer tokenizer.json
 * @throws {Wasm2VecError} `shape-mismatch` where ids have gaps: Python's libraries want a row a token
 */
export function staticFiles(parts: EncoderParts, tokenizer: JsonObject): Map<string, Iterable<Uint8Array>> {
  const { facts, rules, table, weights } = parts;
  if (facts.lastId + 1 !== facts.count) {
    throw new Wasm2VecError(
      "shape-mismatch",
      `The tokenizer has ${facts.count} tokens, and ids up to ${facts.lastId}; expected ids without gaps, because Python's libraries want a row for each token. Such a model cannot be saved for them.`,
    );
  }
  const dtype = weights ? "float32" : table.dtype;
  const { dropsUnknown } = rules;
  const tensor: TensorToWrite = {
    name: dropsUnknown ? "embeddings" : "embedding.weight",
    dtype: SAFETENSORS_DTYPES[dtype],
    shape: [facts.count, table.dimension],
    chunks: rowChunks(parts),
  };
  return new Map([
    ["model.safetensors", safetensorsChunks([tensor])],
    ["tokenizer.json", json({ ...tokenizer, truncation: truncationOf(parts), padding: null })],
    ["modules.json", json(modulesOf(rules.normalize))],
    dropsUnknown
      ? ["config.json", json(model2vecConfig(parts, dtype))]
      : ["config_sentence_transformers.json", json(sentenceTransformersConfig(parts))],
  ]);
}

const encoder = new TextEncoder();

function* json(value: unknown): Generator<Uint8Array> {
  yield encoder.encode(JSON.stringify(value));
}

/** The rows of tokens in the order of their ids. */
function* rowChunks(parts: EncoderParts): Generator<Uint8Array> {
  const { facts } = parts;
  const bytes = bytesOf(parts, 0).length;
  const count = Math.max(1, Math.floor(CHUNK / bytes));
  for (let first = 0; first < facts.count; first += count) {
    const rows = Math.min(count, facts.count - first);
    const chunk = new Uint8Array(rows * bytes);
    for (let i = 0; i < rows; i++) chunk.set(bytesOf(parts, first + i), i * bytes);
    yield chunk;
  }
}

/** A token's row: zeros where it does not count, so that it turns no vector where others count it. */
function bytesOf({ facts, mapping, rules, table, weights }: EncoderParts, id: number): Uint8Array {
  const row = mapping ? mapping[id] : id;
  const bytes = weights ? weighted(table, row, weights[id]) : table.bytes(row);
  return rules.dropsUnknown && id === facts.unknownId ? new Uint8Array(bytes.length) : bytes;
}

function weighted(table: TokenTable, row: number, weight: number): Uint8Array {
  const numbers = table.row(row).map((x) => x * weight);
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** sentence-transformers obeys it; model2vec writes it. */
function truncationOf({ facts, rules: { dropsUnknown, maxLength } }: EncoderParts) {
  if (maxLength === null) return null;
  const direction = !dropsUnknown && facts.cutFrom === "left" ? "Left" : "Right";
  return { direction, max_length: maxLength, strategy: "LongestFirst", stride: 0 };
}

function modulesOf(normalize: boolean) {
  const module = (idx: number, path: string, name: string) => {
    return { idx, name: String(idx), path, type: `sentence_transformers.models.${name}` };
  };
  return [module(0, ".", "StaticEmbedding"), ...(normalize ? [module(1, "1_Normalize", "Normalize")] : [])];
}

function model2vecConfig({ rules, table }: EncoderParts, dtype: StaticDtype) {
  return {
    model_type: "model2vec",
    architectures: ["StaticModel"],
    hidden_dim: table.dimension,
    seq_length: 1000000,
    normalize: rules.normalize,
    max_length: rules.maxLength,
    embedding_dtype: dtype,
  };
}

/** The last two are for model2vec, which reads this file too. */
const sentenceTransformersConfig = ({ rules }: EncoderParts) => ({
  model_type: "SentenceTransformer",
  prompts: {},
  default_prompt_name: null,
  similarity_fn_name: "cosine",
  normalize: rules.normalize,
  max_length: rules.maxLength,
});
