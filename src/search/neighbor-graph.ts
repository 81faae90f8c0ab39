/** The nearest neighbours of every row of a table. */

import { Turns } from "../corpus/corpus.ts";
import { questionsAtOnce } from "../engine/layout.ts";
import { Wasm2VecError, withDefaults } from "../errors.ts";
import { checkGiven } from "../model/options.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { Int8Index } from "./int8-index.ts";
import { type Question, SearchPass } from "./search-pass.ts";

export interface NeighborGraphOptions {
  /** how many neighbours a row has; 10 by default */
  k?: number;
  /** stops the work; the promise rejects with its reason */
  signal?: AbortSignal;
  onProgress?(event: NeighborGraphEvent): void;
}

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

const DEFAULTS: NeighborGraphOptions = { k: 10, signal: undefined, onProgress: undefined };

/**
 * Finds the nearest rows of each row.
 *
 * @param question asks for the neighbours of a row
 * @throws {Wasm2VecError} `option-invalid`; `table-changed` when vectors change before it is done
 */
export async function findNeighborGraph(
  table: VectorTable,
  index: Int8Index | undefined,
  question: (row: number) => Question,
  options: NeighborGraphOptions,
): Promise<NeighborGraph> {
  const { k, signal, onProgress } = withDefaults(DEFAULTS, options, "neighborGraph");
  checkGiven({ signal, onProgress });
  signal?.throwIfAborted();
  const total = table.size;
  const topn = Math.max(0, Math.min(checkedCount(k), total - 1));
  const ids = new Uint32Array(total * topn);
  const similarities = new Float32Array(total * topn);
  const search = { table, index, rows: { begin: 0, end: total }, topn };
  const atOnce = questionsAtOnce(topn + 1);
  const turns = new Turns(signal);
  for (let first = 0; first < total; first += atOnce) {
    const count = Math.min(atOnce, total - first);
    const pass = new SearchPass(
      search,
      Array.from({ length: count }, (_, i) => question(first + i)),
    );
    for (const [begin, end] of pass.pieces()) {
      pass.compare(begin, end);
      if (turns.over) await waitAside(table, pass, turns);
    }
    for (const [i, answer] of pass.answers().entries()) {
      ids.set(answer.ids, (first + i) * topn);
      similarities.set(answer.scores, (first + i) * topn);
    }
    onProgress?.({ kind: "neighbors", done: first + count, total });
  }
  return { ids, similarities, shape: [total, topn] };
}

/** Lets others have their turn, who may ask the table too but not change it. */
async function waitAside(table: VectorTable, pass: SearchPass, turns: Turns): Promise<void> {
  const changes = table.track();
  changes.clear();
  const resume = pass.pause();
  try {
    await turns.pass();
    const [begin, end] = changes.within(table.size);
    if (begin < end) throw tableChanged();
  } finally {
    table.forget(changes);
  }
  resume();
}

function checkedCount(k: unknown): number {
  if (Number.isInteger(k) && (k as number) >= 1) return k as number;
  throw new Wasm2VecError("option-invalid", `k is ${String(k)}; expected a whole number of at least 1.`);
}

function tableChanged(): Wasm2VecError {
  return new Wasm2VecError(
    "table-changed",
    "Vectors were changed while the neighbours of all rows were looked for. Await neighborGraph before changing or training them.",
  );
}
