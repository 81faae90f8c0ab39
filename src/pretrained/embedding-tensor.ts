/** Which of a model's tensors holds its input embeddings. */

import { show, Wasm2VecError } from "../errors.ts";
import { type Folder, type JsonObject, readJson } from "../files/folder.ts";
import type { StoredTensor } from "../formats/tensor-file.ts";
import type { Weights } from "./weights.ts";

/** What encoders of BERT's family put before their names; "" where the weights are the encoder alone. */
const ENCODERS = ["", "bert.", "roberta.", "distilbert.", "electra.", "model."];

/**
 * What models call their token embeddings. Where one has several of these names, the first is meant.
 *
 * @see transformers' get_input_embeddings, llama.cpp's tensor_mapping.py
 */
// biome-ignore format: a line for each family
const EMBEDDING_NAMES = [
  ...[
    "model.embed_tokens", "embed_tokens", "token_embd",
    "model.language_model.embed_tokens", "language_model.model.embed_tokens",
    "shared", "model.shared", "encoder.embed_tokens", "model.decoder.embed_tokens", "decoder.embed_tokens",
    "transformer.wte", "wte", "model.transformer.wte", "transformer.embd.wte",
    ...ENCODERS.flatMap((prefix) => [`${prefix}embeddings.word_embeddings`, `${prefix}embeddings.tok_embeddings`]),
    "transformer.word_embeddings", "word_embeddings", "model.word_embeddings",
    "transformer.embedding.word_embeddings", "embedding.word_embeddings", "language_model.embedding.word_embeddings",
    "tok_embeddings", "model.tok_embeddings", "transformer.token_embeddings",
    "gpt_neox.embed_in", "transformer.in_out_embed",
    "backbone.embeddings", "backbone.embedding", "model.embeddings", "model.embedding", "rwkv.embeddings",
    "embedding",
  ].map((name) => `${name}.weight`),
  "embeddings",
];

/** What they call their output embeddings, which are the input's too where a model ties them. */
const OUTPUT_NAMES = ["lm_head.weight", "output.weight", "embed_out.weight"];

/** How many tensors a message lists. */
const LISTED = 12;

/**
 * Finds the input embeddings by their name; else by the output's name where config.json says that both are one; else by
 * the shape that config.json gives them, where one tensor alone has it.
 *
 * @param given the name that the user gave, if any
 * @throws {Wasm2VecError} `model-incomplete` with the tensors that might be meant
 */
export async function findEmbeddingTensor(
  weights: Weights,
  folder: Folder,
  given?: string,
  signal?: AbortSignal,
): Promise<string> {
  const names = given === undefined ? EMBEDDING_NAMES : [given];
  const named = names.find((name) => weights.has(name));
  const found = named ?? (given === undefined ? await inferFromConfig(weights, folder, signal) : undefined);
  if (found !== undefined) return found;
  const what = given === undefined ? "No tensor that is known to hold input embeddings" : `No tensor ${show(given)}`;
  const choice = listMatrices(await weights.matrices(signal));
  throw new Wasm2VecError("model-incomplete", `${what} in ${folder.name}. ${choice}`);
}

function listMatrices(matrices: StoredTensor[]): string {
  if (!matrices.length) return "It has no matrix at all.";
  const listed = matrices.slice(0, LISTED).map(({ name, shape }) => `${show(name)} [${shape.join(", ")}]`);
  const more = matrices.length > LISTED ? `, and ${matrices.length - LISTED} more` : "";
  return `Pass one of its matrices as the option tensor: ${listed.join(", ")}${more}.`;
}

async function inferFromConfig(weights: Weights, folder: Folder, signal?: AbortSignal): Promise<string | undefined> {
  const config = await readJson(folder, "config.json", signal);
  if (!config) return undefined;
  // a multimodal model describes its language model in a part of its own
  const language: JsonObject = { ...config, ...(config.text_config as JsonObject) };
  const output = language.tie_word_embeddings === true ? OUTPUT_NAMES.find((name) => weights.has(name)) : undefined;
  if (output !== undefined) return output;
  const fitting = (await weights.matrices(signal)).filter(
    ({ name, shape }) =>
      shape[0] === language.vocab_size && shape[1] === language.hidden_size && !OUTPUT_NAMES.includes(name),
  );
  return fitting.length === 1 ? fitting[0].name : undefined;
}
