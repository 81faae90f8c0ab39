/** A table turned onto another: the rotation that brings the vectors of common keys nearest to each other. */

import { Wasm2VecError } from "../errors.ts";
import { TimeSlice, withSignals } from "../event-loop.ts";
import { nearestRotation } from "../math/procrustes.ts";
import { tableChanged } from "../tables/table-changed.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { type Key, presentRows } from "../vocabulary/keys.ts";

/** Rows that are added up at a time, in fours. */
const ROWS_AT_ONCE = 256;

/**
 * A copy of a table, turned by the rotation R (D, D) that makes Σ |x R - y|² least over the unit vectors x, y of common keys.
 *
 * @param keys which of these; all by default
 * @throws {Wasm2VecError} `shape-mismatch`, `empty-query`, `table-changed`; `option-invalid` for NaN or Infinity
 */
export async function align(
  table: VectorTable,
  other: VectorTable,
  keys: readonly Key[] | undefined,
  signal: AbortSignal | undefined,
): Promise<VectorTable> {
  return withSignals([signal, table.closed, other.closed], async (signal) => {
    signal.throwIfAborted();
    const slice = new TimeSlice(signal);
    const versions = [table.version, other.version];
    const checkUnchanged = () => {
      if (table.version !== versions[0] || other.version !== versions[1]) {
        throw tableChanged("they were being aligned", "alignTo");
      }
    };
    const rows = await commonRows(table, other, keys, slice, checkUnchanged);
    const products = await sumOfProducts(table, other, rows, slice, checkUnchanged);
    const rotating = nearestRotation(products, table.vectorSize);
    let step = rotating.next();
    for (; !step.done; step = rotating.next()) if (slice.isOver) await slice.yield();
    checkUnchanged();
    const turned = table.select(
      Uint32Array.from({ length: table.size }, (_, row) => row),
      true,
    );
    try {
      await turnRows(turned, step.value, slice);
      return turned;
    } catch (error) {
      turned.close();
      throw error;
    }
  });
}

/** The rows of the keys that both have, side by side. */
async function commonRows(
  { vocabulary, size }: VectorTable,
  other: VectorTable,
  keys: readonly Key[] | undefined,
  slice: TimeSlice,
  checkUnchanged: () => void,
): Promise<[ours: number[], theirs: number[]]> {
  const candidates = keys && presentRows(vocabulary, keys);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < (candidates?.length ?? size); i++) {
    const row = candidates?.[i] ?? i;
    const there = other.vocabulary.find(vocabulary.word(row));
    if (there >= 0) {
      ours.push(row);
      theirs.push(there);
    }
    if (!slice.isOver) continue;
    await slice.yield();
    checkUnchanged();
  }
  if (ours.length) return [ours, theirs];
  throw new Wasm2VecError(
    "empty-query",
    `The tables have ${keys ? "none of the given keys" : "no key"} in common; expected some hundreds. Are they written alike?`,
  );
}

/** Σ x yᵀ (D, D) over unit rows x of one table and y of the other. */
async function sumOfProducts(
  table: VectorTable,
  other: VectorTable,
  [ours, theirs]: [number[], number[]],
  slice: TimeSlice,
  checkUnchanged: () => void,
): Promise<Float64Array> {
  const D = table.vectorSize;
  const sum = new Float64Array(D * D);
  for (let from = 0; from < ours.length; from += ROWS_AT_ONCE) {
    const rows = [padded(ours, from), padded(theirs, from)];
    const [x, y] = [table.gatherUnit(rows[0]).data, other.gatherUnit(rows[1]).data];
    // what fills the last rows up counts nothing
    x.fill(0, (Math.min(ours.length, from + ROWS_AT_ONCE) - from) * D);
    for (let n = 0; n < x.length; n += 4 * D) addProducts(sum, x, y, n, D);
    if (!slice.isOver) continue;
    await slice.yield();
    checkUnchanged();
  }
  return sum;
}

/** So many rows from a place on, the first of all instead of those beyond the end. */
const padded = (rows: readonly number[], from: number) =>
  Uint32Array.from({ length: ROWS_AT_ONCE }, (_, i) => rows[from + i] ?? rows[0]);

/** sum += x yᵀ for four rows that begin at n. */
function addProducts(sum: Float64Array, x: Float32Array, y: Float32Array, n: number, D: number): void {
  const [second, third, fourth] = [n + D, n + 2 * D, n + 3 * D];
  for (let i = 0; i < D; i++) {
    const [a, b, c, d] = [x[n + i], x[second + i], x[third + i], x[fourth + i]];
    const to = i * D;
    for (let j = 0; j < D; j++) {
      sum[to + j] += a * y[n + j] + b * y[second + j] + c * y[third + j] + d * y[fourth + j];
    }
  }
}

/** Each row x becomes x R. */
async function turnRows(table: VectorTable, rotation: Float64Array, slice: TimeSlice): Promise<void> {
  const D = table.vectorSize;
  const turned = new Float64Array(D);
  for (let row = 0; row < table.size; row++) {
    const x = table.row(row);
    turned.fill(0);
    for (let i = 0; i < D; i++) {
      const factor = x[i];
      const from = i * D;
      for (let j = 0; j < D; j++) turned[j] += factor * rotation[from + j];
    }
    table.setRow(row, turned);
    if (slice.isOver) await slice.yield();
  }
  table.changed();
}
