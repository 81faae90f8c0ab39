/** The nearest neighbours of every row of a table. */

import { callback, checkOptions, type GivenOptions, integer, option, optional, STOPPABLE } from "../check-options.ts";
import { queriesAtOnce } from "../engine/layout.ts";
import { type Tell, TimeSlice, tellerOf, withSignals } from "../event-loop.ts";
import { allocated } from "../tables/matrix.ts";
import { tableChanged } from "../tables/table-changed.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { Int8Index } from "./int8-index.ts";
import { type Answer, type Query, SearchPass } from "./search-pass.ts";

/** How many of the rows have their neighbours. */
export interface NeighborGraphEvent {
  /** tells it from the other events */
  kind: "neighbors";
  /** rows whose neighbours were found */
  done: number;
  /** V, the number of rows */
  total: number;
}

/** The k nearest rows of each row, the nearest first, the row itself left out. */
export interface NeighborGraph {
  /** (V, k): the neighbours of row i are ids[i k] to ids[i k + k - 1] */
  ids: Uint32Array<ArrayBuffer>;
  /** (V, k): their cosines, in [-1, 1] */
  similarities: Float32Array<ArrayBuffer>;
  /** [V, k]; a table of fewer than k + 1 rows makes k smaller */
  shape: [rows: number, k: number];
}

const NEIGHBOR_GRAPH_OPTIONS = {
  /** how many neighbours a row has; 10 by default */
  k: option(10, integer(1)),
  ...STOPPABLE,
  /** is told how far the work is; what it returns is awaited */
  onProgress: optional(callback<(event: NeighborGraphEvent) => unknown>()),
};

/** Options of `neighborGraph`. @interface */
export type NeighborGraphOptions = GivenOptions<typeof NEIGHBOR_GRAPH_OPTIONS>;

/**
 * Finds the nearest rows of each row.
 *
 * @param queryOf the query for the neighbours of a row
 * @throws {Wasm2VecError} `option-invalid`; `table-changed` when vectors change before it is done
 */
export async function findNeighborGraph(
  table: VectorTable,
  index: Int8Index | undefined,
  queryOf: (row: number) => Query,
  options: NeighborGraphOptions,
): Promise<NeighborGraph> {
  const { k, signal, onProgress } = checkOptions(NEIGHBOR_GRAPH_OPTIONS, options, "neighborGraph");
  return withSignals([signal, table.closed], (signal) =>
    findNeighbors(table, index, queryOf, k, signal, tellerOf(onProgress, signal)),
  );
}

async function findNeighbors(
  table: VectorTable,
  index: Int8Index | undefined,
  queryOf: (row: number) => Query,
  k: number,
  signal: AbortSignal,
  tell: Tell<NeighborGraphEvent> | undefined,
): Promise<NeighborGraph> {
  signal.throwIfAborted();
  const total = table.size;
  const topn = Math.max(0, Math.min(k, total - 1));
  const what = `${topn} neighbours of ${total} rows`;
  const graph: NeighborGraph = {
    ids: allocated(() => new Uint32Array(total * topn), what, total * topn * 8),
    similarities: allocated(() => new Float32Array(total * topn), what, total * topn * 8),
    shape: [total, topn],
  };
  const search = { table, index, rows: { begin: 0, end: total }, topn };
  const max = queriesAtOnce(topn + 1);
  const slice = new TimeSlice(signal);
  for (let first = 0; first < total; first += max) {
    const count = Math.min(max, total - first);
    const queries = Array.from({ length: count }, (_, i) => queryOf(first + i));
    const answers = await runPass(new SearchPass(search, queries), table, slice);
    for (const [i, answer] of answers.entries()) {
      graph.ids.set(answer.ids, (first + i) * topn);
      graph.similarities.set(answer.scores, (first + i) * topn);
    }
    await tell?.({ kind: "neighbors", done: first + count, total });
  }
  return graph;
}

async function runPass(pass: SearchPass, table: VectorTable, slice: TimeSlice): Promise<Answer[]> {
  for (const [begin, end] of pass.tiles()) {
    pass.compare(begin, end);
    if (slice.isOver) await waitAside(table, pass, slice);
  }
  return pass.answers();
}

/** Lets others have their turn, who may ask the table too but not change it. */
async function waitAside(table: VectorTable, pass: SearchPass, slice: TimeSlice): Promise<void> {
  const { version } = table;
  const resume = pass.pause();
  await slice.yield();
  if (table.version !== version) throw tableChanged("the neighbours of all rows were looked for", "neighborGraph");
  resume();
}
