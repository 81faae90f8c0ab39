/** The plane in which vectors differ most: their first two principal components. */

import { checkOptions, type GivenOptions, listOf, optional, unchecked } from "../check-options.ts";
import { paddedRows, SYMMETRIC_BYTES, symmetricLayout } from "../engine/layout.ts";
import { dot, largestEigenpairs } from "../math/eigenvectors.ts";
import { Matrix } from "../tables/matrix.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { type Key, rowOf } from "../vocabulary/keys.ts";
import { emptyQuery } from "./query.ts";

const PROJECT_OPTIONS = {
  /** (N,) which keys or rows; all by default */
  keys: optional(unchecked<Iterable<Key>>()),
};

/** Options of `project`. @interface */
export type ProjectOptions = GivenOptions<typeof PROJECT_OPTIONS>;

/** See `KeyedVectors.project`. */
export function project(table: VectorTable, options: ProjectOptions): Matrix {
  const { keys } = checkOptions(PROJECT_OPTIONS, options, "project");
  const { vocabulary } = table;
  const rows =
    keys !== undefined
      ? listOf(keys, "The keys").map((key) => rowOf(vocabulary, key))
      : Array.from({ length: table.size }, (_, i) => i);
  if (!rows.length) throw emptyQuery();
  table.checkFinite();
  return projectRows(table, rows);
}

/**
 * Coordinates (N, 2) of rows by their ids in the plane through their mean in which they differ most, computed in float64:
 * the rows on the eigenvectors of Xᵀ X (D, D). The positive side of each axis is the one on which the row lies that is
 * furthest from the mean.
 *
 * @param bytes how many the rows may take in float64; the coordinates are the same whatever it is
 * @see Pearson 1901, https://doi.org/10.1080/14786440109462720
 */
export function projectRows(table: VectorTable, ids: readonly number[], bytes = SYMMETRIC_BYTES): Matrix {
  const rows = new CenteredRows(table, ids, bytes);
  const coordinates = new Float32Array(ids.length * 2);
  const axes = largestEigenpairs(table.vectorSize, (vectors) => rows.multiply(vectors));
  for (const [k, { value, vector }] of axes.entries()) {
    const axis = value ? rows.on(vector) : new Float64Array(ids.length);
    const furthest = axis.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
    for (const [i, x] of axis.entries()) coordinates[i * 2 + k] = furthest < 0 ? -x : x;
  }
  return new Matrix(coordinates, [ids.length, 2]);
}

/** Rows X (N, D) of a table by their ids, less their mean, in float64: behind the table, as many at a time as have room. */
class CenteredRows {
  private readonly layout;
  private readonly mean: Float64Array;
  /** the first of those that are there */
  private begin = -1;

  constructor(
    private readonly table: VectorTable,
    private readonly ids: readonly number[],
    bytes: number,
  ) {
    this.layout = symmetricLayout(table.layout.end, ids.length, table.vectorSize, bytes);
    table.engine.reserve(this.layout.end, `The principal components of ${ids.length} vectors need`);
    this.mean = meanOf(table, ids);
  }

  /** Xᵀ (X v) for each of two vectors v (D,) */
  multiply([a, b]: Float64Array[]): Float64Array[] {
    const { engine } = this.table;
    const { rows, rowBytes, x, y } = this.layout;
    const pairs = engine.f64(x, a.length * 2);
    for (let d = 0; d < a.length; d++) {
      pairs[d * 2] = a[d];
      pairs[d * 2 + 1] = b[d];
    }
    const sums = engine.f64(y, a.length * 2).fill(0);
    for (const { padded } of this.tiles()) engine.kernels.addProducts(rows, padded, rowBytes, x, y);
    return [a.map((_, d) => sums[d * 2]), a.map((_, d) => sums[d * 2 + 1])];
  }

  /** X v (N,) */
  on(v: Float64Array): Float64Array {
    const products = new Float64Array(this.ids.length);
    for (const { begin, end } of this.tiles())
      for (let i = begin; i < end; i++) products[i] = dot(this.row(i - begin), v);
    return products;
  }

  /** Rows begin … end - 1, some after the others: each is valid until the next is asked for. */
  private *tiles() {
    for (let begin = 0; begin < this.ids.length; begin += this.layout.count) {
      const end = Math.min(begin + this.layout.count, this.ids.length);
      const padded = paddedRows(end - begin);
      if (begin !== this.begin) this.load(begin, end, padded);
      yield { begin, end, padded };
    }
  }

  private load(begin: number, end: number, padded: number): void {
    this.begin = begin;
    for (let i = 0; i < padded; i++) {
      const to = this.row(i);
      if (begin + i >= end) to.fill(0);
      else subtract(this.table.row(this.ids[begin + i]), this.mean, to);
    }
  }

  /** Row i of those that are there: a view. */
  private row(i: number): Float64Array {
    return this.table.engine.f64(this.layout.rows + i * this.layout.rowBytes, this.table.vectorSize);
  }
}

function meanOf(table: VectorTable, ids: readonly number[]): Float64Array {
  const sum = new Float64Array(table.vectorSize);
  for (const id of ids) {
    const row = table.row(id);
    for (let d = 0; d < sum.length; d++) sum[d] += row[d];
  }
  return sum.map((x) => x / ids.length);
}

/** to = x - y */
function subtract(x: Float32Array, y: Float64Array, to: Float64Array): void {
  for (let d = 0; d < to.length; d++) to[d] = x[d] - y[d];
}
