/** The Word Mover's Distance: how far the words of one document must travel to become those of another. */

import { earthMoverCost } from "./earth-mover.ts";
import type { Matrix } from "./matrix.ts";

/** Words of a document that differ, as rows of a table, with how often each comes. */
export interface WordBag {
  rows: number[];
  counts: number[];
  /** how many words there are, repeated ones too */
  total: number;
}

export function wordBag(rows: readonly number[]): WordBag {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return { rows: [...counts.keys()], counts: [...counts.values()], total: rows.length };
}

/**
 * The least mean distance that words travel; each carries its share of its document.
 *
 * @param a (M, D) the vectors of the first document's words
 * @param b (N, D)
 * @see Kusner et al. 2015, http://proceedings.mlr.press/v37/kusnerb15.pdf
 */
export function wordMoversDistance(first: WordBag, second: WordBag, a: Matrix, b: Matrix): number {
  // shares with one denominator, so that what is moved are integers
  const supply = first.counts.map((count) => count * second.total);
  const demand = second.counts.map((count) => count * first.total);
  return earthMoverCost(supply, demand, distances(a, b)) / (first.total * second.total);
}

/** (M, N) |a - b|, row by row */
function distances(a: Matrix, b: Matrix): Float64Array {
  const result = new Float64Array(a.shape[0] * b.shape[0]);
  let at = 0;
  for (const x of a) for (const y of b) result[at++] = distance(x, y);
  return result;
}

function distance(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - y[i]) ** 2;
  return Math.sqrt(sum);
}
