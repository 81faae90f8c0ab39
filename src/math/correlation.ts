/** How far two measurements go together, and how likely it is that they do so by chance. */

/** A coefficient in [-1, 1]; NaN where one side is constant. */
export interface Correlation {
  /** in [-1, 1]; NaN where one side is constant */
  coefficient: number;
  /** two-sided: the chance of a coefficient at least so far from 0 where the two have nothing to do with each other */
  pValue: number;
}

/**
 * Pearson's coefficient of two samples (N): how near they are to a straight line.
 *
 * @param x at least two numbers
 */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): Correlation {
  const a = unit(x);
  const b = unit(y);
  const coefficient = Math.max(
    -1,
    Math.min(
      1,
      a.reduce((sum, value, i) => sum + value * b[i], 0),
    ),
  );
  return { coefficient, pValue: pValueOf(coefficient, x.length) };
}

/** Spearman's coefficient of two samples (N): Pearson's of their ranks. */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): Correlation {
  return pearson(ranks(x), ranks(y));
}

/** (N,) the sample less its mean, divided by its length */
function unit(sample: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(sample);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const length = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  return centred.map((value) => value / length);
}

/** (N,) the place of each value among all, from 1; equal values share the mean of theirs. */
export function ranks(sample: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: sample.length }, (_, i) => i).sort((a, b) => sample[a] - sample[b]);
  const result = new Float64Array(sample.length);
  for (let begin = 0; begin < order.length; ) {
    let end = begin + 1;
    while (end < order.length && sample[order[end]] === sample[order[begin]]) end++;
    for (let i = begin; i < end; i++) result[order[i]] = (begin + 1 + end) / 2;
    begin = end;
  }
  return result;
}

/**
 * The two-sided p-value of a correlation r of N pairs: r √(ν / (1 - r²)) has Student's distribution of ν = N - 2
 * degrees of freedom, so it is the regularized incomplete beta function I(1 - r²; ν / 2, 1 / 2).
 */
export function pValueOf(r: number, size: number): number {
  const degrees = size - 2;
  if (Number.isNaN(r)) return Number.NaN;
  if (degrees === 0) return 1;
  const beyond = (1 - r) * (1 + r);
  // the continued fraction converges quickly below the distribution's mean, about (a + 1) / (a + b + 2)
  const [a, b] = [degrees / 2, 0.5];
  if (beyond < (a + 1) / (a + b + 2)) return tail(beyond, r * r, a, b, degrees);
  return 1 - tail(r * r, beyond, b, a, degrees);
}

/**
 * I(x; a, b) by its continued fraction, where one of a and b is 1/2 and the other half of `degrees`. Only products and
 * roots, no powers or logarithms: the same bits in every runtime.
 *
 * @param y 1 - x
 * @see https://dlmf.nist.gov/8.17.v (8.17.22)
 */
function tail(x: number, y: number, a: number, b: number, degrees: number): number {
  const power = halfPower(a === 0.5 ? y : x, degrees) * Math.sqrt(a === 0.5 ? x : y);
  return power / (a * halfBeta(degrees)) / fraction(x, a, b);
}

/** 1 + d₁ / (1 + d₂ / (1 + …)), evaluated from the front: see Lentz 1976, https://doi.org/10.1364/AO.15.000668 */
function fraction(x: number, a: number, b: number): number {
  let value = 1;
  let numerator = 1;
  let denominator = 0;
  for (let m = 0; m < 10_000; m++) {
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    const even = ((m + 1) * (b - m - 1) * x) / ((a + 2 * m + 1) * (a + 2 * m + 2));
    const before = value;
    for (const d of [odd, even]) {
      numerator = 1 + d / numerator;
      denominator = 1 / (1 + d * denominator);
      value *= numerator * denominator;
    }
    if (Math.abs(value - before) <= Number.EPSILON * Math.abs(value)) break;
  }
  return value;
}

/** base^(exponent / 2) for an integer exponent */
function halfPower(base: number, exponent: number): number {
  let result = exponent % 2 ? Math.sqrt(base) : 1;
  let square = base;
  for (let left = Math.floor(exponent / 2); left > 0; left = Math.floor(left / 2)) {
    if (left % 2) result *= square;
    square *= square;
  }
  return result;
}

/** B(a, 1/2) = √π Γ(a) / Γ(a + 1/2) for a = degrees / 2 */
function halfBeta(degrees: number): number {
  // the asymptotic series wants a large a: Γ(a) / Γ(a + 1/2) = (a + 1/2) / a · Γ(a + 1) / Γ(a + 3/2)
  let a = degrees / 2;
  let factor = Math.sqrt(Math.PI);
  for (; a < 64; a++) factor *= (a + 0.5) / a;
  // Γ(a + 1/2) / Γ(a) = √a (1 - 1/(8a) + 1/(128a²) + …), see https://oeis.org/A143503
  const t = 1 / (8 * a);
  const series = 1 + t * (-1 + t * (1 / 2 + t * (5 / 2 + t * (-21 / 8 - (t * 399) / 8))));
  return factor / (Math.sqrt(a) * series);
}
