/** The Word Mover's Distance: how far the words of one document must travel to become those of another. */

import { checkOptions, type GivenOptions, listOf, option, toggle } from "../check-options.ts";
import { decodedLayout } from "../engine/layout.ts";
import { earthMoverCost } from "../math/earth-mover.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { type Key, presentRows } from "../vocabulary/keys.ts";

const WMDISTANCE_OPTIONS = {
  /** take words' unit vectors; true by default */
  norm: option(true, toggle),
};

/** Options of `wmdistance`. @interface */
export type WmdistanceOptions = GivenOptions<typeof WMDISTANCE_OPTIONS>;

/** Words of a document that differ, as rows of a table, with how often each comes. */
interface WordBag {
  rows: number[];
  counts: number[];
  /** how many words there are, repeated ones too */
  total: number;
}

/** See `KeyedVectors.wmdistance`. */
export function wmdistance(
  table: VectorTable,
  first: readonly Key[],
  second: readonly Key[],
  options: WmdistanceOptions,
): number {
  const { norm } = checkOptions(WMDISTANCE_OPTIONS, options, "wmdistance");
  const [a, b] = [first, second].map((words) => wordBag(presentRows(table.vocabulary, listOf(words, "The words"))));
  if (!a.total || !b.total) return Number.POSITIVE_INFINITY;
  // shares with one denominator, so that what is moved are integers
  const supply = a.counts.map((count) => count * b.total);
  const demand = b.counts.map((count) => count * a.total);
  const cost = rowDistances(table, a.rows, b.rows, norm);
  return earthMoverCost(supply, demand, cost) / (a.total * b.total);
}

function wordBag(rows: readonly number[]): WordBag {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return { rows: [...counts.keys()], counts: [...counts.values()], total: rows.length };
}

/** (M, N) |row i - row j| for rows i (M) and different rows j (N); of their unit vectors where `unit` is set. */
function rowDistances(table: VectorTable, from: readonly number[], to: readonly number[], unit: boolean): Float64Array {
  const { engine, layout } = table;
  const { rows, norms, numbers } = decodeRows(table, [...from, ...to]);
  engine.u32(layout.best, to.length).set(numbers.slice(from.length));
  const distances = new Float64Array(from.length * to.length);
  for (let i = 0; i < from.length; i++) {
    const lengths = unit ? norms : 0;
    engine.kernels.fillDistances(rows, lengths, numbers[i], layout.best, to.length, table.rowBytes, layout.scores);
    distances.set(engine.f32(layout.scores, to.length), i * to.length);
  }
  return distances;
}

/** Rows (N) as float32 with their norms, and their numbers there: where they are, or behind the table. */
function decodeRows(
  table: VectorTable,
  ids: readonly number[],
): { rows: number; norms: number; numbers: readonly number[] } {
  const { engine, layout, rowBytes, vectorSize } = table;
  const norms = table.norms();
  if (table.dtype === "float32") return { rows: layout.rows, norms, numbers: ids };
  const behind = decodedLayout(layout.end, ids.length, vectorSize);
  engine.reserve(behind.end, `${ids.length} decoded vectors of ${vectorSize} floats need`);
  for (const [i, id] of ids.entries()) {
    table.decode(id, 1, behind.rows + i * rowBytes);
    engine.f32(behind.norms, ids.length)[i] = table.norm(id);
  }
  return { rows: behind.rows, norms: behind.norms, numbers: ids.map((_, i) => i) };
}
