/** The rotation that is nearest to a matrix: orthogonal Procrustes, in float64. */

import { addTo, dot, orthogonalize } from "./eigenvectors.ts";

/** Rounds over all pairs of columns, at most; some ten suffice. */
const SWEEPS = 60;

/** Two columns are orthogonal when the cosine of their angle is below this. */
const ORTHOGONAL = 1e-14;

/**
 * The orthogonal matrix U Vᵀ where M = U S Vᵀ. Of a matrix of no full rank there are several; this is one of them. By Jacobi's
 * rotations of columns, each of which makes two of them orthogonal.
 *
 * @param matrix (n, n) row by row; it stays as it is
 * @returns (n, n) row by row. Yields now and then on the way
 * @see Schönemann 1966, https://doi.org/10.1007/BF02289451; Golub and Van Loan 2013, Matrix Computations, 6.4.1 and 8.6.3
 */
export function* nearestRotation(matrix: Float64Array, n: number): Generator<void, Float64Array<ArrayBuffer>> {
  // squares shall be neither nothing nor infinite
  const scale = matrix.reduce((max, x) => Math.max(max, Math.abs(x)), 0) || 1;
  // columns of M V = U S, and those of V
  const images = Array.from({ length: n }, (_, j) =>
    Float64Array.from({ length: n }, (_, i) => matrix[i * n + j] / scale),
  );
  const axes = images.map((_, j) => Float64Array.from({ length: n }, (_, i) => Number(i === j)));
  for (let sweep = 0, turned = true; turned && sweep < SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) turned = makeOrthogonal(images, axes, p, q) || turned;
      yield;
    }
  }
  const units = unitColumns(images, n);
  const rotation = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) addTo(rotation.subarray(i * n, (i + 1) * n), units[k][i], axes[k]);
    yield;
  }
  return rotation;
}

/** Turns columns p and q of M V, and with them V, so that they are orthogonal; returns whether they were not. */
function makeOrthogonal(images: Float64Array[], axes: Float64Array[], p: number, q: number): boolean {
  const [x, y] = [images[p], images[q]];
  const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
  if (!(Math.abs(xy) > ORTHOGONAL * Math.sqrt(xx * yy))) return false;
  const ratio = (yy - xx) / (2 * xy);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  turn(x, y, cosine, tangent * cosine);
  turn(axes[p], axes[q], cosine, tangent * cosine);
  return true;
}

function turn(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < x.length; i++) {
    const old = x[i];
    x[i] = cosine * old - sine * y[i];
    y[i] = sine * old + cosine * y[i];
  }
}

/** The columns divided by their lengths; in place of those that are nothing, what is orthogonal to all others. */
function unitColumns(columns: Float64Array[], n: number): Float64Array[] {
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const nothing = n * 2 ** -52 * lengths.reduce((a, b) => Math.max(a, b), 0);
  const isKept = lengths.map((length) => length > nothing);
  const units = columns.map((column, j) => column.map((x) => (isKept[j] ? x / lengths[j] : 0)));
  const found = units.filter((_, j) => isKept[j]);
  for (const [j, unit] of units.entries()) {
    if (isKept[j]) continue;
    unit.set(orthogonalTo(found, n));
    found.push(unit);
  }
  return units;
}

/** A unit vector orthogonal to fewer than n others: of the axes, what is left of the one of which most is. */
function orthogonalTo(units: readonly Float64Array[], n: number): Float64Array {
  const left = Float64Array.from({ length: n }, (_, i) => units.reduce((rest, unit) => rest - unit[i] * unit[i], 1));
  const vector = new Float64Array(n);
  vector[left.indexOf(left.reduce((a, b) => Math.max(a, b)))] = 1;
  orthogonalize(vector, units);
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((x) => x / length);
}
