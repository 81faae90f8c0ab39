/** The nearest neighbours of every row of a table. */

import { callback, checkOptions, type GivenOptions, integer, option, optional, STOPPABLE } from "../check-options.ts";
import { queriesAtOnce } from "../engine/layout.ts";
import { Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { Int8Index } from "./int8-index.ts";
import { type Answer, type Query, SearchPass } from "./search-pass.ts";

/** How many of the rows have their neighbours. */
export interface NeighborGraphEvent {
  kind: "neighbors";
  done: number;
  total: number;
}

/** The k nearest rows of each row, the nearest first, the row itself left out. */
export interface NeighborGraph {
  /** (V, k): the neighbours of row i are ids[i k] to ids[i k + k - 1] */
  ids: Uint32Array;
  /** (V, k): their cosines, in [-1, 1] */
  similarities: Float32Array;
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
  signal?.throwIfAborted();
  const total = table.size;
  const topn = Math.max(0, Math.min(k, total - 1));
  const graph: NeighborGraph = {
    ids: new Uint32Array(total * topn),
    similarities: new Float32Array(total * topn),
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
    await onProgress?.({ kind: "neighbors", done: first + count, total });
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
  const changes = table.track();
  changes.clear();
  const resume = pass.pause();
  try {
    await slice.yield();
    const [begin, end] = changes.within(table.size);
    if (begin < end) throw tableChanged();
  } finally {
    table.forget(changes);
  }
  resume();
}

function tableChanged(): Wasm2VecError {
  return new Wasm2VecError(
    "table-changed",
    "Vectors were changed while the neighbours of all rows were looked for. Await neighborGraph before changing or training them.",
  );
}
