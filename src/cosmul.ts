/** The multiplicative combination of similarities, 3CosMul. */

import type { VectorTable } from "./vector-table.ts";

/** Keeps the quotient finite where the divisor is 0. */
const EPSILON = 1e-6;

/**
 * For rows begin … end - 1 (N): the product of the similarities with what counts for, divided by that with what counts
 * against, each similarity s as (1 + s) / 2. A row's similarity with a vector that is given as such grows with the
 * vector's length: as in gensim, it is taken as it is.
 *
 * @see Levy and Goldberg 2014, https://aclanthology.org/W14-1618
 * @returns (N,) the table's scores, a view
 */
export function fillCosmul(
  table: VectorTable,
  positive: readonly (number | Float32Array)[],
  negative: readonly (number | Float32Array)[],
  [begin, end]: readonly [begin: number, end: number],
): Float32Array<ArrayBuffer> {
  const product = new Float64Array(Math.max(0, end - begin)).fill(1);
  const divisor = product.slice();
  for (const item of positive) multiply(product, similarities(table, item, begin, end));
  for (const item of negative) multiply(divisor, similarities(table, item, begin, end));
  const scores = table.scores(begin, end);
  for (let i = 0; i < scores.length; i++) scores[i] = product[i] / (divisor[i] + EPSILON);
  return scores;
}

function similarities(table: VectorTable, item: number | Float32Array, begin: number, end: number): Float32Array {
  table.clear("query");
  if (typeof item === "number") table.addRow("query", item, 1, true);
  else table.addVector("query", item, 1);
  return table.scores(begin, end);
}

/** product *= (1 + s) / 2 */
function multiply(product: Float64Array, scores: Float32Array): void {
  for (let i = 0; i < product.length; i++) product[i] *= (1 + scores[i]) / 2;
}
