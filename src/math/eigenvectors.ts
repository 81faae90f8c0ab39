/** The two largest eigenvalues of a symmetric matrix that has no negative ones, in float64. */

/** The matrix (n, n) times a vector (n,). */
type Multiply = (x: Float64Array) => Float64Array;

export interface Eigenpair {
  value: number;
  /** (n,) of length 1, or zero where the value is */
  vector: Float64Array;
}

/** How many vectors are improved together: two of them converge the faster, the more there are. */
const TOGETHER = 8;

/** An eigenpair is good enough when A x - λ x is as short as this, relatively to the largest eigenvalue. */
const PRECISION = 1e-12;

/** Where the ninth eigenvalue equals the second, the vectors do not come nearer; they span as good a plane as any. */
const MOST_ROUNDS = 1000;

/** Rounds of Jacobi's rotations for a matrix of eight rows, where five suffice. */
const SWEEPS = 8;

/** An eigenvalue below this, relatively to the largest, is what rounding left of zero. */
const NOTHING = 1e-13;

/**
 * Subspace iteration with projection: a basis is multiplied by the matrix, and the eigenvectors of what the matrix does
 * within it make the next one.
 *
 * @returns the largest first; one pair where n is 1
 * @see Saad 2011, Numerical Methods for Large Eigenvalue Problems, 5.2
 */
export function largestEigenpairs(size: number, multiply: Multiply): Eigenpair[] {
  let basis = orthonormal(startVectors(Math.min(TOGETHER, size), size));
  for (let round = 1; ; round++) {
    const images = basis.map(multiply);
    const { values, rotation } = eigenOfSmall(basis.map((x) => images.map((y) => dot(x, y))));
    const pairs = values.slice(0, 2).map((value, k) => ({ value, vector: combine(rotation[k], basis) }));
    const rotated = rotation.map((weights) => combine(weights, images));
    const left = pairs.map(({ value, vector }, k) => length(rotated[k].map((y, i) => y - value * vector[i])));
    if (round === MOST_ROUNDS || left.every((rest) => rest <= PRECISION * values[0])) {
      return pairs.map((pair) =>
        pair.value > NOTHING * values[0] ? pair : { value: 0, vector: new Float64Array(size) },
      );
    }
    basis = orthonormal(rotated);
  }
}

/** Vectors that no matrix was made for: numbers in [-1, 1) by a linear congruence. */
function startVectors(count: number, size: number): Float64Array[] {
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  return Array.from({ length: count }, () => Float64Array.from({ length: size }, draw));
}

/** By Gram and Schmidt, twice, because once rounds too much; what depends on those before becomes zero. */
function orthonormal(vectors: Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    let rest = vector;
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of basis) {
        const share = dot(earlier, rest);
        rest = rest.map((x, i) => x - share * earlier[i]);
      }
    }
    const left = length(rest);
    basis.push(left > NOTHING * length(vector) ? rest.map((x) => x / left) : rest.fill(0));
  }
  return basis;
}

/**
 * The eigenvalues of a small symmetric matrix, the largest first, and for each the weights of its eigenvector. By Jacobi's
 * rotations, each of which makes one number beside the diagonal zero; their number doubles its digits from sweep to sweep.
 */
function eigenOfSmall(matrix: number[][]): { values: number[]; rotation: number[][] } {
  const a = matrix.map((row, i) => row.map((x, j) => (x + matrix[j][i]) / 2));
  const vectors = a.map((row, i) => row.map((_, j) => Number(i === j)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let p = 0; p < a.length; p++) for (let q = p + 1; q < a.length; q++) rotate(a, vectors, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j][j] - a[i][i]);
  return { values: order.map((i) => a[i][i]), rotation: order.map((i) => vectors[i]) };
}

/** Turns axes p and q so that a[p][q] becomes zero. @see Golub and Van Loan 2013, Matrix Computations, 8.5 */
function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  if (a[p][q] === 0) return;
  const ratio = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const turn = (x: number, y: number) => [cosine * x - sine * y, sine * x + cosine * y];
  for (const row of a) [row[p], row[q]] = turn(row[p], row[q]);
  for (const rows of [a, vectors]) {
    for (let i = 0; i < rows[p].length; i++) [rows[p][i], rows[q][i]] = turn(rows[p][i], rows[q][i]);
  }
}

/** Σ weight · vector */
function combine(weights: number[], vectors: Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0].length);
  for (const [k, vector] of vectors.entries()) for (let i = 0; i < sum.length; i++) sum[i] += weights[k] * vector[i];
  return sum;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

const length = (x: Float64Array) => Math.sqrt(dot(x, x));
