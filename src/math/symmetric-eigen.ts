/** The largest eigenvalues of a symmetric matrix, many of them, in float64. */

import { addTo, dot, orthogonalize, startNumbers } from "./eigenvectors.ts";

/** Eigenvalues, the largest first, and for each its vector (n,) of length 1. */
export interface Eigenpairs {
  values: Float64Array;
  vectors: Float64Array[];
}

/** Halvings of an interval that holds an eigenvalue: as many as float64 has bits, and some. */
const HALVINGS = 64;

/** Rounds of inverse iteration: two suffice for all but chance, which a third mends. */
const ROUNDS = 3;

/** A symmetric matrix that has numbers on its diagonal, and beside it, and nowhere else. */
interface Tridiagonal {
  /** (n,) */
  diagonal: Float64Array;
  /** (n,) entry i stands beside those of i and i + 1; the last is 0 */
  beside: Float64Array;
}

type Range = readonly [low: number, high: number];

/**
 * By Householder's reflections to a tridiagonal matrix, whose eigenvalues are found by bisection and its vectors by inverse
 * iteration, each made orthogonal to those before. Of each vector the number furthest from zero is positive, as
 * scikit-learn's PCA has it.
 *
 * Runs as a generator, which pauses now and then: n = 1,536 takes seconds.
 *
 * @param matrix (n, n) without negative eigenvalues, such as that of covariances; it is used up
 * @param count how many, n at most
 * @see Golub and Van Loan 2013, Matrix Computations, 8.3 and 8.4; Wilkinson 1965, The Algebraic Eigenvalue Problem, 5.53
 */
export function* largestOfSymmetric(matrix: Float64Array[], count: number): Generator<void, Eigenpairs> {
  const factors = new Float64Array(matrix.length);
  const small = yield* toTridiagonal(matrix, factors);
  const range = bounds(small);
  const values = Float64Array.from({ length: count }, (_, k) => eigenvalue(small, k, range));
  const vectors: Float64Array[] = [];
  const draw = startNumbers();
  for (const value of values) {
    vectors.push(eigenvector(small, value, vectors, range, draw));
    yield;
  }
  for (const vector of vectors) {
    reflectBack(matrix, factors, vector);
    if (furthest(vector) < 0) for (let i = 0; i < vector.length; i++) vector[i] = -vector[i];
    yield;
  }
  return { values, vectors };
}

/**
 * Row k of the matrix becomes, behind its diagonal, the axis of reflection k, and factors[k] 2 / |axis|². Of what is left
 * to reflect, only what lies before the diagonal is kept.
 */
function* toTridiagonal(matrix: Float64Array[], factors: Float64Array): Generator<void, Tridiagonal> {
  const n = matrix.length;
  const beside = new Float64Array(n);
  const image = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    const axis = matrix[k].subarray(k + 1);
    for (let i = 0; i < axis.length; i++) axis[i] = matrix[k + 1 + i][k];
    const length = Math.sqrt(dot(axis, axis));
    beside[k] = axis[0] > 0 ? -length : length;
    axis[0] -= beside[k];
    const square = dot(axis, axis);
    // nothing beside it: there is nothing to reflect
    factors[k] = square ? 2 / square : 0;
    if (square) reflect(matrix, k + 1, axis, factors[k], image.subarray(k + 1));
    yield;
  }
  return { diagonal: Float64Array.from(matrix, (row, i) => row[i]), beside };
}

/** The part of the matrix from `from` on, reflected on both sides: A - v wᵀ - w vᵀ with w = p - (f / 2)(v · p) v, p = f A v. */
function reflect(matrix: Float64Array[], from: number, v: Float64Array, factor: number, w: Float64Array): void {
  w.fill(0);
  for (let i = 0; i < v.length; i++) {
    const row = matrix[from + i].subarray(from, from + i + 1);
    const x = v[i];
    let sum = row[i] * x;
    for (let j = 0; j < i; j++) {
      sum += row[j] * v[j];
      w[j] += row[j] * x;
    }
    w[i] += sum;
  }
  for (let i = 0; i < w.length; i++) w[i] *= factor;
  addTo(w, (-factor / 2) * dot(v, w), v);
  for (let i = 0; i < v.length; i++) {
    const row = matrix[from + i].subarray(from, from + i + 1);
    const a = v[i];
    const b = w[i];
    for (let j = 0; j <= i; j++) row[j] -= a * w[j] + b * v[j];
  }
}

function reflectBack(matrix: Float64Array[], factors: Float64Array, vector: Float64Array): void {
  for (let k = vector.length - 2; k >= 0; k--) {
    if (!factors[k]) continue;
    const axis = matrix[k].subarray(k + 1);
    const part = vector.subarray(k + 1);
    addTo(part, -factors[k] * dot(axis, part), axis);
  }
}

/** The eigenvalue that k others are above, by halving the interval that holds them all. */
function eigenvalue(matrix: Tridiagonal, k: number, range: Range): number {
  let [low, high] = range;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (matrix.diagonal.length - below(matrix, middle) > k) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** What holds all eigenvalues, by Gershgorin's circles. */
function bounds({ diagonal, beside }: Tridiagonal): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < diagonal.length; i++) {
    const radius = Math.abs(beside[i]) + (i ? Math.abs(beside[i - 1]) : 0);
    low = Math.min(low, diagonal[i] - radius);
    high = Math.max(high, diagonal[i] + radius);
  }
  return [low, high];
}

/** How many eigenvalues are below x: as many as pivots are negative. */
function below({ diagonal, beside }: Tridiagonal, x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    pivot = diagonal[i] - x - (i ? (beside[i - 1] * beside[i - 1]) / pivot : 0);
    if (!pivot) pivot = 1e-150;
    if (pivot < 0) count++;
  }
  return count;
}

/** Inverse iteration, orthogonal to the vectors before. */
function eigenvector(
  matrix: Tridiagonal,
  value: number,
  earlier: Float64Array[],
  [low, high]: Range,
  draw: () => number,
): Float64Array {
  const tiny = Math.max(Math.abs(low), Math.abs(high)) * 2 ** -52 || 1e-150;
  const x = Float64Array.from({ length: matrix.diagonal.length }, draw);
  for (let round = 0; round < ROUNDS; round++) {
    orthogonalize(x, earlier);
    scaleTo1(x);
    solve(matrix, value, x, tiny);
    scaleTo1(x);
  }
  orthogonalize(x, earlier);
  scaleTo1(x);
  return x;
}

/** x becomes what (A - value) y = x asks of y, by elimination with exchange of rows; a pivot of zero is a tiny one. */
function solve({ diagonal, beside }: Tridiagonal, value: number, x: Float64Array, tiny: number): void {
  const n = x.length;
  // of each row of the triangle: the pivot and the two numbers behind it
  const pivots = new Float64Array(n);
  const next = new Float64Array(n);
  const second = new Float64Array(n);
  let [a, b] = [diagonal[0] - value, beside[0]];
  for (let i = 0; i + 1 < n; i++) {
    const under = beside[i];
    const [p, q] = [diagonal[i + 1] - value, beside[i + 1]];
    if (Math.abs(under) > Math.abs(a)) {
      const factor = a / under;
      [pivots[i], next[i], second[i]] = [under, p, q];
      [x[i], x[i + 1]] = [x[i + 1], x[i] - factor * x[i + 1]];
      [a, b] = [b - factor * p, -factor * q];
    } else {
      const factor = a ? under / a : 0;
      [pivots[i], next[i], second[i]] = [a || tiny, b, 0];
      x[i + 1] -= factor * x[i];
      [a, b] = [p - factor * b, q];
    }
  }
  pivots[n - 1] = a || tiny;
  for (let i = n - 1; i >= 0; i--) {
    if (Math.abs(pivots[i]) < tiny) pivots[i] = tiny;
    const after = (i + 1 < n ? next[i] * x[i + 1] : 0) + (i + 2 < n ? second[i] * x[i + 2] : 0);
    x[i] = (x[i] - after) / pivots[i];
    if (Math.abs(x[i]) > 1e100) scaleBy(x, 1e-100);
  }
}

function scaleTo1(x: Float64Array): void {
  const largest = Math.abs(furthest(x));
  if (!largest) return;
  scaleBy(x, 1 / largest);
  scaleBy(x, 1 / Math.sqrt(dot(x, x)));
}

function scaleBy(x: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] *= factor;
}

/** The number furthest from zero; the first of several. */
const furthest = (x: Float64Array) => x.reduce((most, y) => (Math.abs(y) > Math.abs(most) ? y : most), 0);
