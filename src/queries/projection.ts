/** The plane in which vectors differ most: their first two principal components. */

import { checkOptions, type GivenOptions, optional, unchecked } from "../check-options.ts";
import { symmetricLayout } from "../engine/layout.ts";
import { largestEigenpairs } from "../math/eigenvectors.ts";
import { Matrix } from "../tables/matrix.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { type Key, rowOf } from "../vocabulary/keys.ts";
import { emptyQuery } from "./query.ts";

const PROJECT_OPTIONS = {
  /** (N,) which keys or rows; all by default */
  keys: optional(unchecked<Iterable<Key>>()),
};

export type ProjectOptions = GivenOptions<typeof PROJECT_OPTIONS>;

/** See `KeyedVectors.project`. */
export function project(table: VectorTable, options: ProjectOptions): Matrix {
  const { keys } = checkOptions(PROJECT_OPTIONS, options, "project");
  const { vocabulary } = table;
  const rows = keys
    ? Array.from(keys, (key) => rowOf(vocabulary, key))
    : Array.from({ length: table.size }, (_, i) => i);
  if (!rows.length) throw emptyQuery();
  table.checkFinite();
  return projectRows(table, rows);
}

/**
 * Coordinates (N, 2) of rows by their ids in the plane through their mean in which they differ most, computed in float64.
 * The positive side of each axis is the one on which the row lies that is furthest from the mean.
 *
 * @see Pearson 1901, https://doi.org/10.1080/14786440109462720
 */
function projectRows(table: VectorTable, ids: readonly number[]): Matrix {
  const rows = centered(table.gather(ids));
  const axes = ids.length < table.vectorSize ? axesOfProducts(table, rows) : axesOfCovariance(table, rows);
  const coordinates = new Float32Array(ids.length * 2);
  for (const [k, axis] of axes.entries()) {
    const furthest = axis.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
    for (const [i, x] of axis.entries()) coordinates[i * 2 + k] = furthest < 0 ? -x : x;
  }
  return new Matrix(coordinates, [ids.length, 2]);
}

/** The rows (N, D) without their mean. */
function centered(matrix: Matrix): Float64Array[] {
  const rows = Array.from(matrix, (row) => Float64Array.from(row));
  const mean = new Float64Array(matrix.shape[1]);
  for (const row of rows) for (let d = 0; d < row.length; d++) mean[d] += row[d] / rows.length;
  for (const row of rows) for (let d = 0; d < row.length; d++) row[d] -= mean[d];
  return rows;
}

/** Where rows are few: the eigenvectors of X Xᵀ (N, N), which are the coordinates but for their length. */
function axesOfProducts(table: VectorTable, rows: Float64Array[]): Float64Array[] {
  const columns = Array.from(rows[0], (_, d) => Float64Array.from(rows, (row) => row[d]));
  return eigenpairs(table, columns).map(({ value, vector }) => vector.map((x) => x * Math.sqrt(value)));
}

/** Where dimensions are few: the rows on the eigenvectors of Xᵀ X (D, D). */
function axesOfCovariance(table: VectorTable, rows: Float64Array[]): Float64Array[] {
  return eigenpairs(table, rows).map(({ value, vector }) =>
    Float64Array.from(rows, (row) => (value ? row.reduce((sum, x, d) => sum + x * vector[d], 0) : 0)),
  );
}

/** The two largest eigenvalues of Σ x xᵀ over vectors x (n,), with their eigenvectors. The matrix lies behind the table. */
function eigenpairs({ engine, layout: { end } }: VectorTable, vectors: Float64Array[]) {
  const size = vectors[0].length;
  const layout = symmetricLayout(end, size);
  engine.reserve(layout.end, `The principal components of ${size} numbers need`);
  engine.u8(layout.matrix, layout.end - layout.matrix).fill(0);
  for (const vector of vectors) {
    engine.f64(layout.x, size).set(vector);
    engine.kernels.addOuter(layout.x, layout.size, layout.matrix);
  }
  return largestEigenpairs(size, (x) => {
    engine.f64(layout.x, size).set(x);
    engine.kernels.multiply(layout.matrix, layout.x, layout.size, layout.y);
    return engine.f64(layout.y, size).slice();
  });
}
