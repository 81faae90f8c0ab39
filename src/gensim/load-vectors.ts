/** The vectors of gensim's saves: of a KeyedVectors, or of a model that has one. */

import { Wasm2VecError } from "../errors.ts";
import { matrixShape, readRows, type StoredArray } from "../formats/npy.ts";
import type { ReadVectorsOptions, SubwordVectors, VectorSink } from "../formats/vector-file.ts";
import { addRows } from "../tables/subwords.ts";
import { readSubwords } from "./fasttext-words.ts";
import type { SaveFiles } from "./save-files.ts";
import { SavedObject } from "./saved-object.ts";
import { readWords, vectorsOf } from "./words.ts";

/**
 * Reads the vectors of a KeyedVectors, Word2Vec, FastText or Doc2Vec (its words) that any gensim saved. Nothing that the
 * file names is run.
 *
 * @throws {Wasm2VecError} `pickle-refused` where it asks for what is no part of gensim's models; `format-unknown` for another
 *   object; `file-not-found` where an array's file is missing; `format-damaged`, `too-large`; and what openSource throws
 */
export async function readGensimVectors(
  files: SaveFiles,
  sink: VectorSink,
  options: ReadVectorsOptions = {},
): Promise<void> {
  const save = await SavedObject.open(files);
  if (/^(Phrases|Phraser|FrozenPhrases)$/.test(save.className)) {
    const message = `${save.file} holds phrases; expected vectors. Load it with Phrases.load(path).`;
    throw new Wasm2VecError("format-unknown", message);
  }
  const vectors = vectorsOf(save);
  const { keys, names, numbers } = readWords(vectors);
  const subwords = await readSubwords(save, vectors, options);
  const array = (await vectors.array("vectors")) ?? (await vectors.array("syn0"));
  const words = array ?? (await vectors.array("vectors_vocab")) ?? (await vectors.array("syn0_vocab"));
  if (!words) throw vectors.damaged("it has no vectors");
  checkRows(words, keys.length, vectors);
  sink.begin({ rows: keys.length, width: matrixShape(words)[1] });
  const count = await addAll(words, keys, sink, array ? undefined : subwords, options);
  for (const name of names) {
    const values = await numbers(name);
    if (values) sink.attribute?.(name, values.subarray(0, count));
  }
  if (subwords) sink.subwords?.(subwords);
}

function checkRows(words: StoredArray, size: number, vectors: SavedObject): void {
  const [rows, width] = matrixShape(words);
  if (rows < size) throw vectors.damaged(`it has ${rows} vectors of ${size} words`);
  if (!width) throw vectors.damaged("its vectors have no numbers");
}

/**
 * Adds rows until no more are wanted; returns how many.
 *
 * @param parts n-grams, whose vectors count as much as the word's own: FastText saves neither their mean
 */
async function addAll(
  words: StoredArray,
  keys: readonly string[],
  sink: VectorSink,
  parts: SubwordVectors | undefined,
  options: ReadVectorsOptions,
): Promise<number> {
  const [, width] = matrixShape(words);
  const limit = Math.min(keys.length, options.limit ?? Number.POSITIVE_INFINITY);
  let count = 0;
  for await (const { rows } of readRows(words, { ...options, limit })) {
    for (let at = 0; at < rows.length; at += width) {
      const row = rows.subarray(at, at + width);
      const key = keys[count++];
      if (parts) addParts(parts, key, row);
      if (!sink.add(key, row)) return count;
    }
  }
  return count;
}

/** A word's own vector becomes the mean of it and of its n-grams'. */
function addParts(parts: SubwordVectors, word: string, row: Float32Array): void {
  const ngrams = parts.rowsOf(word);
  addRows(parts, ngrams, row);
  for (let d = 0; d < row.length; d++) row[d] /= ngrams.length + 1;
}
