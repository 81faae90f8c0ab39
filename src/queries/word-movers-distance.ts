/** The Word Mover's Distance: how far the words of one document must travel to become those of another. */

import { earthMoverCost } from "../math/earth-mover.ts";
import type { VectorTable } from "../tables/vector-table.ts";

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
 * @param unit take words' unit vectors
 * @see Kusner et al. 2015, http://proceedings.mlr.press/v37/kusnerb15.pdf
 */
export function wordMoversDistance(table: VectorTable, first: WordBag, second: WordBag, unit: boolean): number {
  // shares with one denominator, so that what is moved are integers
  const supply = first.counts.map((count) => count * second.total);
  const demand = second.counts.map((count) => count * first.total);
  const cost = table.distances(first.rows, second.rows, unit);
  return earthMoverCost(supply, demand, cost) / (first.total * second.total);
}
