/** The two largest eigenvalues of a symmetric matrix that has no negative ones, in float64. */

/** The matrix (n, n) times each of two vectors (n,). */
type Multiply = (vectors: Float64Array[]) => Float64Array[];

export interface Eigenpair {
  value: number;
  /** (n,) of length 1, or zero where the value is */
  vector: Float64Array;
}

/** How many vectors are multiplied at a time: an eigenvalue that there is twice has two vectors, of which one sees one. */
const TOGETHER = 2;

/** An eigenpair is good enough when A x - λ x is as short as this, relatively to λ: float32 shows seven digits of x. */
const PRECISION = 1e-10;

/** The same, relatively to the largest eigenvalue: what rounding may leave of it hides an eigenvalue far below. */
const ROUNDING = 1e-12;

/** Where the third eigenvalue all but equals the second, vectors come nearer slowly; they span as good a plane as any. */
const MOST_ROUNDS = 500;

/** So many vectors has a basis at first, when its eigenvectors are looked at; half as many again the next time. */
const FIRST_LOOK = 8;

/** So many has a basis at most, and so many when it begins anew: with 24 to 100 the time was much the same. */
const MOST_VECTORS = 48;
const KEPT_VECTORS = 24;

/** Rounds of Jacobi's rotations, at most; some seven suffice. */
const SWEEPS = 20;

/** An eigenvalue below this, relatively to the largest, is what rounding left of zero; so is what two vectors share. */
const NOTHING = 1e-13;

/** A basis of (n,), what the matrix makes of each of its vectors, and what comes next: orthogonal to all of them. */
interface Krylov {
  basis: Float64Array[];
  images: Float64Array[];
  next: Float64Array[];
}

/**
 * Block Lanczos: a basis grows by what the matrix makes of its last two vectors, and the eigenvectors of what the matrix
 * does within it come nearer to those of the matrix. A basis that is full begins anew with the best of them.
 *
 * @returns the largest first; the second is zero where n is 1
 * @see Saad 2011, Numerical Methods for Large Eigenvalue Problems, 6.4; Golub and Van Loan 2013, Matrix Computations, 10.3
 * @see Wu and Simon 2000, Thick-Restart Lanczos, https://doi.org/10.1137/S0895479898334605
 */
export function largestEigenpairs(size: number, multiply: Multiply): Eigenpair[] {
  const draw = startNumbers();
  const start = Array.from({ length: TOGETHER }, () => Float64Array.from({ length: size }, draw));
  let krylov: Krylov = { basis: [], images: [], next: orthonormal(start, []) };
  let look = FIRST_LOOK;
  for (let round = 1; ; round++) {
    const isLast = grow(krylov, multiply) || round === MOST_ROUNDS;
    if (!isLast && krylov.basis.length < look) continue;
    const { values, rotation } = eigenOfSmall(innerProducts(krylov));
    const errors = rotation.slice(0, 2).map((weights, k) => errorOf(krylov, values[k], weights));
    if (isLast || errors.every((error, k) => error <= Math.max(PRECISION * values[k], ROUNDING * values[0]))) {
      return rotation.slice(0, 2).map((weights, k) => eigenpair(krylov.basis, values[k], weights, values[0]));
    }
    if (krylov.basis.length === MOST_VECTORS) krylov = rotated(krylov, rotation.slice(0, KEPT_VECTORS));
    look = Math.min(MOST_VECTORS, krylov.basis.length * 1.5);
  }
}

/** Multiplies what comes next, and returns whether nothing comes after it: then the basis holds its eigenvectors. */
function grow(krylov: Krylov, multiply: Multiply): boolean {
  const images = multiply(krylov.next);
  krylov.basis.push(...krylov.next);
  krylov.images.push(...images);
  krylov.next = orthonormal(images, krylov.basis);
  return krylov.next.every((vector) => !dot(vector, vector));
}

/** What the matrix does within a basis: x · A y for each two of its vectors. */
function innerProducts({ basis, images }: Krylov): number[][] {
  const products = basis.map((): number[] => []);
  for (const [i, x] of basis.entries())
    for (let j = 0; j <= i; j++) products[i][j] = products[j][i] = dot(x, images[j]);
  return products;
}

/** How long A x - λ x is. */
function errorOf({ basis, images }: Krylov, value: number, weights: Float64Array): number {
  const error = combine(weights, images);
  addTo(error, -value, combine(weights, basis));
  return length(error);
}

function eigenpair(basis: Float64Array[], value: number, weights: Float64Array, largest: number): Eigenpair {
  const vector = combine(weights, basis);
  return value > NOTHING * largest ? { value, vector } : { value: 0, vector: vector.fill(0) };
}

/** As good a basis of fewer vectors: what comes next stays orthogonal to them. */
function rotated({ basis, images, next }: Krylov, rotation: Float64Array[]): Krylov {
  const turn = (vectors: Float64Array[]) => rotation.map((weights) => combine(weights, vectors));
  return { basis: turn(basis), images: turn(images), next };
}

/**
 * By Gram and Schmidt, orthogonal to the earlier ones too. What depends on those before becomes zero.
 */
function orthonormal(vectors: Float64Array[], earlier: Float64Array[]): Float64Array[] {
  const before = [...earlier];
  for (const vector of vectors) {
    const rest = vector.slice();
    orthogonalize(rest, before);
    const left = length(rest);
    const factor = left > NOTHING * length(vector) ? 1 / left : 0;
    before.push(rest.map((x) => x * factor));
  }
  return before.slice(earlier.length);
}

/**
 * The eigenvalues of a small symmetric matrix, the largest first, and for each the weights of its eigenvector. By Jacobi's
 * rotations, each of which makes one number beside the diagonal zero; what is left there shrinks from sweep to sweep.
 */
function eigenOfSmall(matrix: number[][]): { values: number[]; rotation: Float64Array[] } {
  const a = matrix.map((row) => Float64Array.from(row));
  const vectors = a.map((row, i) => row.map((_, j) => Number(i === j)));
  const nothing = a.reduce((sum, row, i) => sum + row[i], 0) * 2 ** -53;
  for (let sweep = 0, turned = true; turned && sweep < SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < a.length; p++) {
      for (let q = p + 1; q < a.length; q++) {
        if (Math.abs(a[p][q]) <= nothing) continue;
        rotate(a, vectors, p, q);
        turned = true;
      }
    }
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j][j] - a[i][i]);
  return { values: order.map((i) => a[i][i]), rotation: order.map((i) => vectors[i]) };
}

/** Turns axes p and q so that a[p][q] becomes zero. @see Golub and Van Loan 2013, Matrix Computations, 8.5 */
function rotate(a: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const ratio = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  turnRows(a, p, q, cosine, sine);
  turnRows(vectors, p, q, cosine, sine);
  for (const row of a) {
    const x = row[p];
    row[p] = cosine * x - sine * row[q];
    row[q] = sine * x + cosine * row[q];
  }
}

function turnRows(rows: Float64Array[], p: number, q: number, cosine: number, sine: number): void {
  const first = rows[p];
  const second = rows[q];
  for (let i = 0; i < first.length; i++) {
    const x = first[i];
    first[i] = cosine * x - sine * second[i];
    second[i] = sine * x + cosine * second[i];
  }
}

/** Σ weight · vector */
function combine(weights: Float64Array, vectors: Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0].length);
  for (const [k, vector] of vectors.entries()) addTo(sum, weights[k], vector);
  return sum;
}

/** sum += factor · x */
export function addTo(sum: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += factor * x[i];
}

/** x · y, with two sums, of which neither waits for the other. */
export function dot(x: Float64Array, y: Float64Array): number {
  const even = x.length & ~1;
  let sum = x.length > even ? x[even] * y[even] : 0;
  let other = 0;
  for (let i = 0; i < even; i += 2) {
    sum += x[i] * y[i];
    other += x[i + 1] * y[i + 1];
  }
  return sum + other;
}

/** Takes off a vector what it shares with orthogonal ones of length 1; twice, because once rounds too much. */
export function orthogonalize(vector: Float64Array, units: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++) for (const unit of units) addTo(vector, -dot(unit, vector), unit);
}

/** Numbers in [-1, 1) by a linear congruence, that no matrix was made for: the same each time. */
export function startNumbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

const length = (x: Float64Array) => Math.sqrt(dot(x, x));
