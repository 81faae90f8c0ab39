/** The n-grams of gensim's FastText, of all versions, and the vectors of words that they make. */

import { Wasm2VecError } from "../errors.ts";
import type { ReadOptions } from "../files/source.ts";
import { hashCharacters, type NgramRange, ngramHashes, ngramTexts } from "../formats/ngrams.ts";
import { matrixShape, readRows, type StoredArray } from "../formats/npy.ts";
import { PyDict } from "../formats/pickle-values.ts";
import type { SubwordVectors } from "../formats/vector-file.ts";
import type { SavedObject } from "./saved-object.ts";

/** Longer n-grams than these are refused: a word has as many as it has characters, times this. */
const LONGEST_NGRAM = 256;

/**
 * The n-grams' vectors of a FastText save; undefined where it has none. They are kept in memory.
 *
 * @param save the whole save, whose older versions keep the buckets' number with the model
 * @throws {Wasm2VecError} `format-damaged`, `file-not-found`, `out-of-memory`
 */
export async function readSubwords(
  save: SavedObject,
  vectors: SavedObject,
  options: ReadOptions,
): Promise<SubwordVectors | undefined> {
  const array =
    (await vectors.array("vectors_ngrams")) ??
    (await vectors.array("syn0_ngrams")) ??
    (await vectors.array("syn0_all"));
  if (!array) return undefined;
  const rowsOf = ngramRows(save, vectors, matrixShape(array)[0]);
  return { rowsOf, row: await keptRows(array, options) };
}

/** What gives the rows of a word's n-grams. */
function ngramRows(save: SavedObject, vectors: SavedObject, size: number): SubwordVectors["rowsOf"] {
  const range = rangeOf(vectors, save);
  const isRow = (row: unknown) => Number.isInteger(row) && (row as number) >= 0 && (row as number) < size;
  const found = (dict: PyDict, names: readonly (string | number)[]) =>
    names.map((name) => dict.get(name) as number).filter(isRow);
  // before 3.3 n-grams were kept by their texts
  const texts = vectors.get("ngrams");
  if (texts instanceof PyDict) return (word) => found(texts, ngramTexts(word, range));
  const buckets = numberOf(vectors, "bucket") ?? numberOf(save, "bucket") ?? size;
  if (buckets < 1 || !range.maxn) return () => [];
  const hashes = isCompatible(vectors, save)
    ? (word: string) => ngramHashes(word, range)
    : (word: string) => ngramTexts(word, range).map(hashCharacters);
  const bucketsOf = (word: string) => hashes(word).map((hash) => hash % buckets);
  // before 3.8 only the buckets that words of the vocabulary have were kept
  const kept = vectors.get("hash2index");
  if (kept instanceof PyDict) return (word) => found(kept, bucketsOf(word));
  if (buckets > size) throw vectors.damaged(`it has vectors of ${size} n-grams; expected ${buckets}`);
  return bucketsOf;
}

/** Whether hashes are fastText's: from 3.7 on the file says so; without a word, those of 3.8 on are, which keep all buckets. */
function isCompatible(vectors: SavedObject, save: SavedObject): boolean {
  const said = vectors.get("compatible_hash") ?? save.get("compatible_hash");
  return typeof said === "boolean" ? said : !(vectors.get("hash2index") instanceof PyDict);
}

function numberOf(object: SavedObject, name: string): number | undefined {
  const value = object.get(name);
  return typeof value === "number" ? value : undefined;
}

function rangeOf(vectors: SavedObject, save: SavedObject): NgramRange {
  const [minn, maxn] = ["min_n", "max_n"].map((name) => numberOf(vectors, name) ?? numberOf(save, name) ?? Number.NaN);
  if (minn >= 0 && maxn <= LONGEST_NGRAM) return { minn, maxn };
  throw vectors.damaged(`its n-grams have ${minn} to ${maxn} characters; expected 0 to ${LONGEST_NGRAM}`);
}

/** All rows of an array, some in each of several buffers: one that held all could be longer than a buffer may be. */
async function keptRows(array: StoredArray, options: ReadOptions): Promise<SubwordVectors["row"]> {
  const [, width] = matrixShape(array);
  const parts: Float32Array[] = [];
  let step = 0;
  try {
    for await (const { rows } of readRows(array, options)) {
      step ||= rows.length / width;
      parts.push(rows.slice());
    }
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = `${array.name} takes ${array.shape[0]} vectors of ${width} numbers, for which there is no memory here.`;
    throw new Wasm2VecError("out-of-memory", message, { cause });
  }
  return (i) => parts[Math.floor(i / step)].subarray((i % step) * width, ((i % step) + 1) * width);
}
