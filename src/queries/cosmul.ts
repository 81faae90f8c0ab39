/** The multiplicative combination of similarities, 3CosMul. */

import { scoreRows } from "../tables/scores.ts";
import type { VectorTable } from "../tables/vector-table.ts";

/** Keeps the quotient finite where the divisor is 0. */
const EPSILON = 1e-6;

/** A row or a vector (D,). */
type Item = number | Float32Array;

/**
 * For rows begin … end - 1 (N): the product of the similarities with what counts for, divided by that with what counts
 * against, each similarity s as (1 + s) / 2. A row's similarity with a vector that is given as such grows with the
 * vector's length: as in gensim, it is taken as it is.
 *
 * @see Levy and Goldberg 2014, https://aclanthology.org/W14-1618
 */
export function cosmul(
  table: VectorTable,
  positive: readonly Item[],
  negative: readonly Item[],
  range: readonly [begin: number, end: number],
): Float64Array {
  const scores = product(table, positive, range);
  const divisor = product(table, negative, range);
  for (let i = 0; i < scores.length; i++) scores[i] /= divisor[i] + EPSILON;
  return scores;
}

/** (N,) the product of (1 + s) / 2 over the items; 1 where there are none */
function product(table: VectorTable, items: readonly Item[], [begin, end]: readonly [number, number]): Float64Array {
  const result = new Float64Array(Math.max(0, end - begin)).fill(1);
  for (const item of items) {
    table.query.clear().add(item, 1, true);
    const similarities = scoreRows(table, begin, end, typeof item === "number" ? 1 : Number.POSITIVE_INFINITY);
    for (let i = 0; i < result.length; i++) result[i] *= (1 + similarities[i]) / 2;
  }
  return result;
}
