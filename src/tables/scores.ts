/** The scores of a table's rows: computed at once into the table's memory, and the best of them chosen. */

import type { VectorTable } from "./vector-table.ts";

/**
 * query · row / |row| for rows begin … end - 1: a view of the scores, valid until the next call.
 *
 * @param most how large a score can be, but for rounding, which is cut off: 1 for a query of length 1
 */
export function scoreRows(table: VectorTable, begin: number, end: number, most = 1): Float32Array {
  const { engine, layout, query, rowBytes } = table;
  const norms = table.norms();
  for (const rows of table.decodedTiles(begin, end)) {
    const scores = layout.scores + (rows.begin - begin) * 4;
    const count = rows.end - rows.begin;
    engine.kernels.fillScores(query.address, rows.address, norms + rows.begin * 4, count, rowBytes, most, scores);
  }
  return engine.f32(layout.scores, Math.max(0, end - begin));
}

/** Takes scores (N,) that were computed elsewhere, for `bestScores`: a view of them. */
export function setScores({ engine, layout }: VectorTable, scores: ArrayLike<number>): Float32Array {
  const view = engine.f32(layout.scores, scores.length);
  view.set(scores);
  return view;
}

/** (V,) softmax(query · row) for rows of another table, which begin at `address`: a view of the scores. */
export function fillProbabilities(
  { engine, layout, query, rowBytes, size }: VectorTable,
  address: number,
): Float32Array {
  engine.kernels.fillProbabilities(query.address, address, size, rowBytes, layout.scores);
  return engine.f32(layout.scores, size);
}

/** The best `limit` of the scores last computed (count): their indices, the best first. */
export function bestScores({ engine, layout }: VectorTable, count: number, limit: number): Uint32Array {
  const size = engine.kernels.selectTop(layout.scores, count, Math.min(limit, count), layout.best) >>> 0;
  const pairs = engine.u32(layout.best, size * 2);
  return Uint32Array.from({ length: size }, (_, i) => pairs[i * 2]);
}
