/** Vectors of words that are not among a table's keys, made of their n-grams'. */

import type { SubwordVectors } from "../formats/vector-file.ts";

/**
 * The mean of a word's n-grams, (D,); zeros where none of them has a vector.
 *
 * @see Bojanowski et al. 2017, https://arxiv.org/abs/1607.04606
 */
export function subwordVector(subwords: SubwordVectors, word: string, vectorSize: number): Float32Array<ArrayBuffer> {
  const sum = new Float32Array(vectorSize);
  const rows = subwords.rowsOf(word);
  addRows(subwords, rows, sum);
  return rows.length ? sum.map((number) => number / rows.length) : sum;
}

/** Adds rows to a sum (D,), each number rounded to float32, in their order: as gensim does. */
export function addRows(subwords: SubwordVectors, rows: readonly number[], sum: Float32Array): void {
  for (const i of rows) {
    const row = subwords.row(i);
    for (let d = 0; d < sum.length; d++) sum[d] += row[d];
  }
}
