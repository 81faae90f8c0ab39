/** Rows of a stored matrix by their ids: each is read once, and what lies near another with it. */

import { forEachAtOnce, TimeSlice } from "../event-loop.ts";
import { type Matrix, zeroMatrix } from "../tables/matrix.ts";
import type { StoredRows } from "./load-embeddings.ts";

/** The longest read, in bytes, unless a row is longer. */
const LONGEST_READ = 1 << 20;

/** How many bytes between two rows are read with them: a request takes longer. */
const LARGEST_GAP = 1 << 13;

/** Reads that may be under way at a time. */
const READS_AT_ONCE = 8;

/** A read at once that takes longer, in milliseconds, had to wait for a disk; after so many the rest is read beside others. */
const WAITED = 1;
const MOST_WAITS = 4;

/**
 * Looks rows up.
 *
 * @param ids (N,) in [0, V)
 * @returns (N, D)
 * @throws {Wasm2VecError} `out-of-memory`; and what `read` and `checkOpen` throw
 */
export async function lookupRows(rows: StoredRows, ids: readonly number[], signal?: AbortSignal): Promise<Matrix> {
  const { stored } = rows;
  const matrix = zeroMatrix(ids.length, stored.shape[1]);
  const places = new Map(ids.map((id, place) => [id, place]));
  const sorted = [...places.keys()].sort((a, b) => a - b);
  const put = (bytes: Uint8Array, id: number) => stored.decode(bytes, matrix.row(places.get(id) as number), id);
  signal?.throwIfAborted();
  rows.checkOpen();
  const left = await readAtOnce(rows, sorted, put, signal);
  await forEachAtOnce(nearby(left, stored.rowBytes), READS_AT_ONCE, (part) => readPart(rows, part, put, signal));
  ids.forEach((id, place) => {
    const filled = places.get(id) as number;
    if (filled !== place) matrix.row(place).set(matrix.row(filled));
  });
  return matrix;
}

type PutRow = (bytes: Uint8Array, id: number) => void;

/**
 * Reads rows of a file while nobody else has a turn, which takes an eighth of the time, as long as the system has them in
 * memory.
 *
 * @returns the ids of those that are left
 */
async function readAtOnce(rows: StoredRows, ids: number[], put: PutRow, signal?: AbortSignal): Promise<number[]> {
  const { source, begin, rowBytes } = rows.stored;
  if (!source.readNow) return ids;
  const slice = new TimeSlice(signal);
  const bytes = new Uint8Array(rowBytes);
  let waits = 0;
  for (const [i, id] of ids.entries()) {
    if (waits === MOST_WAITS) return ids.slice(i);
    const from = performance.now();
    source.readNow(bytes, begin + id * rowBytes);
    if (performance.now() - from > WAITED) waits++;
    put(bytes, id);
    if (!slice.isOver) continue;
    await slice.yield();
    rows.checkOpen();
  }
  return [];
}

/** Reads rows by their ids, which rise, in one go. */
async function readPart(rows: StoredRows, ids: number[], put: PutRow, signal?: AbortSignal): Promise<void> {
  const { rowBytes } = rows.stored;
  const [begin] = ids;
  signal?.throwIfAborted();
  const bytes = await rows.read(begin, ids[ids.length - 1] + 1);
  for (const id of ids) put(bytes.subarray((id - begin) * rowBytes, (id - begin + 1) * rowBytes), id);
}

/** Ids, which rise, in parts: what lies between the rows of one is so little that reading it costs less than a read. */
function* nearby(ids: number[], rowBytes: number): Generator<number[]> {
  for (let from = 0, to = 0; from < ids.length; from = to) {
    const isNear = (i: number) =>
      (ids[i] - ids[i - 1] - 1) * rowBytes <= LARGEST_GAP && (ids[i] + 1 - ids[from]) * rowBytes <= LONGEST_READ;
    for (to = from + 1; to < ids.length && isNear(to); ) to++;
    yield ids.slice(from, to);
  }
}
