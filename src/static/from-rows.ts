/** A static encoder's table out of vectors that are there: a language model's rows, or words'. */

import { show, Wasm2VecError } from "../errors.ts";
import type { JsonObject } from "../files/folder.ts";
import type { TextEncoder } from "./encoder.ts";
import { runSteps } from "./run-steps.ts";
import { TokenTable } from "./token-table.ts";
import type { TokenizerFacts } from "./tokenizer-facts.ts";

/** How many numbers are copied at a time. */
const STEP_NUMBERS = 1 << 16;

/** Where rows (V, D) come from: KeyedVectors. */
export interface RowSource {
  readonly size: number;
  readonly vectorSize: number;
  getVectorsInto(rows: ArrayLike<number>, out: Float32Array): void;
}

/** What a row is made of: the mean of rows of the source. */
export type Pieces = readonly number[];

/**
 * A table of all rows of a source, behind them of the means of some of them, and behind those of rows of zeros; each times its
 * weight.
 *
 * @param means (M,)
 * @param zeros how many
 * @param weights (V + M,); undefined for 1
 */
export async function tableFrom(
  source: RowSource,
  { means = [], zeros = 0, weights }: { means?: readonly Pieces[]; zeros?: number; weights?: Float64Array },
  signal: AbortSignal | undefined,
): Promise<TokenTable> {
  const table = TokenTable.open(source.size + means.length + zeros, source.vectorSize, "float32");
  try {
    await runSteps(fill(table, source, means, weights), signal);
    return table;
  } catch (error) {
    table.close();
    throw error;
  }
}

function* fill(table: TokenTable, source: RowSource, means: readonly Pieces[], weights: Float64Array | undefined) {
  const { size, vectorSize } = source;
  const count = Math.max(1, Math.floor(STEP_NUMBERS / vectorSize));
  const numbers = new Float32Array(count * vectorSize);
  const put = (i: number, row: Float32Array) => {
    const weight = weights?.[i] ?? 1;
    if (weight !== 1) for (let d = 0; d < row.length; d++) row[d] *= weight;
    table.setRow(i, row);
  };
  for (let first = 0; first < size; first += count) {
    const rows = Array.from({ length: Math.min(count, size - first) }, (_, i) => first + i);
    source.getVectorsInto(rows, numbers);
    for (const [i, row] of rows.entries()) put(row, numbers.subarray(i * vectorSize, (i + 1) * vectorSize));
    yield;
  }
  for (const [i, pieces] of means.entries()) {
    put(size + i, meanOf(source, pieces));
    if (i % count === count - 1) yield;
  }
}

function meanOf(source: RowSource, pieces: Pieces): Float32Array {
  const { vectorSize } = source;
  const rows = new Float32Array(pieces.length * vectorSize);
  source.getVectorsInto(pieces, rows);
  return Float32Array.from({ length: vectorSize }, (_, d) => {
    let sum = 0;
    for (let i = 0; i < pieces.length; i++) sum += rows[i * vectorSize + d];
    return sum / pieces.length;
  });
}

/**
 * What tokens count by how frequent they are, where their order is all that is known of it: a / (a + p), with p by Zipf's law.
 *
 * @param count V
 * @param a between 0 and 1: how much frequent ones lose
 * @see Arora et al. 2017, https://openreview.net/forum?id=SyK00v5xx
 */
export function sifWeights(count: number, a: number): Float64Array {
  // as model2vec: the first token has the rank 2
  const shares = Float64Array.from({ length: count }, (_, i) => 1 / (i + 2));
  let sum = 0;
  for (const share of shares) sum += share;
  return shares.map((share) => a / (a + share / sum));
}

/**
 * A tokenizer that knows own words and phrases as tokens, and what their rows are made of. Those that are one token already
 * stay out.
 *
 * @param json tokenizer.json
 * @param vocabulary different ones
 * @throws {Wasm2VecError} `option-invalid` for one of which the tokenizer knows nothing
 */
export function withVocabulary(
  json: JsonObject,
  { lastId, unknownId }: TokenizerFacts,
  tokenizer: TextEncoder,
  vocabulary: readonly string[],
): { json: JsonObject; means: Pieces[] } {
  const means: Pieces[] = [];
  const added = Array.isArray(json.added_tokens) ? [...json.added_tokens] : [];
  for (const content of vocabulary) {
    const ids = tokenizer.encode(content, { addSpecialTokens: false });
    const pieces = ids.filter((id) => id !== unknownId);
    if (!pieces.length) throw unknownWord(content);
    if (ids.length === 1) continue;
    const how = { single_word: true, lstrip: true, rstrip: false, normalized: true, special: false };
    means.push(pieces);
    added.push({ id: lastId + means.length, content, ...how });
  }
  return { json: { ...json, added_tokens: added }, means };
}

function unknownWord(word: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `StaticModel.fromEmbeddings: the tokenizer makes no known token of ${show(word)} in vocabulary, so that it has no row. Leave it out.`,
  );
}

/** The token for words that are not known. */
const UNKNOWN = "[UNK]";

/**
 * A tokenizer.json whose tokens are words: runs of letters, digits and _, and runs of other signs, as they stand between white
 * space; in lower case where all of the words are.
 *
 * @param words (V,) different ones; their places become their ids
 * @returns also how many tokens it has beside the words
 */
export function wordTokenizer(words: readonly string[]): { json: JsonObject; added: number } {
  const vocab = new Map(words.map((word, id) => [word, id]));
  const added = vocab.has(UNKNOWN) ? 0 : 1;
  if (added) vocab.set(UNKNOWN, words.length);
  const isLower = words.every((word) => word === UNKNOWN || word === word.toLowerCase());
  const json = {
    ...{ version: "1.0", truncation: null, padding: null, added_tokens: [] },
    normalizer: isLower ? { type: "Lowercase" } : null,
    pre_tokenizer: { type: "Whitespace" },
    ...{ post_processor: null, decoder: null },
    model: { type: "WordLevel", vocab: Object.fromEntries(vocab), unk_token: UNKNOWN },
  };
  return { json, added };
}
