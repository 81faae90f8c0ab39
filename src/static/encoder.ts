/** Text -> tokens -> rows -> their mean, and its direction. */

import { show, tagOf, Wasm2VecError } from "../errors.ts";
import { toHalf } from "./stored-numbers.ts";
import type { TokenTable } from "./token-table.ts";
import { firstCharacters, type TokenizerFacts } from "./tokenizer-facts.ts";
import { WordMemory } from "./wordwise.ts";

/** What makes ids of texts: an AutoTokenizer. */
export interface TextEncoder {
  encode(text: string, options: { addSpecialTokens: boolean }): number[];
}

/** What a folder says of how texts become vectors. */
export interface EncoderRules {
  /** whether vectors are divided by their length */
  normalize: boolean;
  /** how many tokens of a text count; null for all */
  maxLength: number | null;
  /** whether tokens for what is unknown are left out, as model2vec does, and sentence-transformers does not */
  dropsUnknown: boolean;
  /** whether vectors of a table of float16 are rounded to it, as NumPy and PyTorch do, and WordLlama does not */
  roundsToHalf: boolean;
}

/** All that encoding needs. */
export interface EncoderParts {
  table: TokenTable;
  /** (V,) the row of each token; undefined where its id is its row */
  mapping: Uint32Array | undefined;
  /** (V,) what each token counts; undefined where all count the same */
  weights: Float32Array | Float64Array | undefined;
  facts: TokenizerFacts;
  rules: EncoderRules;
}

const PLAIN = { addSpecialTokens: false };

/** Added to lengths, so that none is zero. */
const TINY = 1e-32;

export class Encoder {
  private readonly tokenize: (text: string) => number[];

  constructor(
    readonly parts: EncoderParts,
    tokenizer: TextEncoder,
  ) {
    const encode = (text: string) => tokenizer.encode(text, PLAIN);
    const words = parts.facts.isWordwise ? new WordMemory(encode) : undefined;
    this.tokenize = words ? (text) => words.ids(text) : encode;
  }

  /** The ids that count of a text's tokens. */
  ids(text: string, maxLength: number | null): number[] {
    const { facts, rules } = this.parts;
    // first the tokens that are too many go, then the unknown ones, as in Python
    const isCut = maxLength !== null && rules.dropsUnknown;
    const ids = this.tokenize(isCut ? firstCharacters(text, maxLength * facts.medianLength) : text);
    const kept =
      maxLength === null || ids.length <= maxLength
        ? ids
        : cut(ids, maxLength, rules.dropsUnknown ? "right" : facts.cutFrom);
    const { unknownId } = facts;
    return rules.dropsUnknown && unknownId !== undefined ? kept.filter((id) => id !== unknownId) : kept;
  }

  /** out (D,) = the vector of a text; zeros where none of its tokens counts */
  encodeInto(text: string, maxLength: number | null, out: Float32Array): void {
    const { table, weights, rules } = this.parts;
    const ids = this.ids(text, maxLength);
    const [rows, counts] = [this.rowsOf(ids), weights && ids.map((id) => weights[id])];
    // weights of float64 make NumPy compute in it
    if (counts && tagOf(weights) === "Float64Array") table.meanInFloat64(rows, counts, out);
    else table.mean(rows, counts, out);
    const isHalf = rules.roundsToHalf && table.dtype === "float16";
    if (isHalf) roundToHalf(out);
    if (!rules.normalize) return;
    toLength1(out);
    if (isHalf) roundToHalf(out);
  }

  /** out (N, D) = the vectors of tokens */
  sequenceInto(ids: readonly number[], out: Float32Array): void {
    const { table, weights } = this.parts;
    const { dimension } = table;
    for (const [i, row] of this.rowsOf(ids).entries()) {
      const vector = out.subarray(i * dimension, (i + 1) * dimension);
      vector.set(table.row(row));
      if (weights) for (let d = 0; d < dimension; d++) vector[d] *= weights[ids[i]];
    }
  }

  /** @throws {Wasm2VecError} `id-out-of-range` for an id that no row is for */
  private rowsOf(ids: readonly number[]): readonly number[] {
    const { table, mapping } = this.parts;
    const size = mapping ? mapping.length : table.size;
    for (let i = 0; i < ids.length; i++) if (!(ids[i] < size)) throw noRow(ids[i], size);
    return mapping ? ids.map((id) => mapping[id]) : ids;
  }
}

const cut = (ids: number[], length: number, side: "left" | "right") =>
  side === "left" ? ids.slice(ids.length - length) : ids.slice(0, length);

function roundToHalf(vector: Float32Array): void {
  for (let d = 0; d < vector.length; d++) vector[d] = toHalf(vector[d]);
}

function toLength1(vector: Float32Array): void {
  let sum = 0;
  for (let d = 0; d < vector.length; d++) sum += vector[d] * vector[d];
  // in float32, as NumPy computes it
  const length = Math.fround(Math.sqrt(sum)) + TINY;
  for (let d = 0; d < vector.length; d++) vector[d] /= length;
}

function noRow(id: number, size: number): Wasm2VecError {
  return new Wasm2VecError(
    "id-out-of-range",
    `The tokenizer gave the id ${show(id)}, and the table has rows for ids below ${size}. Take the tokenizer that belongs to the table.`,
  );
}
