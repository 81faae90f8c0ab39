// Vectors: rows of f32, padded with zeros to a multiple of 32 bytes, two vectors of four floats, so no kernel has a tail loop.

/** The sum of the four lanes, in an order that every build keeps: (0 + 2) + (1 + 3). */
export function sum(lanes: v128): f32 {
  const pairs = f32x4.add(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The largest of the four lanes. */
export function largest(lanes: v128): f32 {
  const pairs = f32x4.pmax(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** x · y */
export function dot(x: usize, y: usize, bytes: usize): f32 {
  let even = f32x4.splat(0);
  let odd = even;
  for (const end = x + bytes; x < end; x += 32, y += 32) {
    even = f32x4.add(even, f32x4.mul(v128.load(x), v128.load(y)));
    odd = f32x4.add(odd, f32x4.mul(v128.load(x, 16), v128.load(y, 16)));
  }
  return sum(f32x4.add(even, odd));
}

/** (x · a, x · b, y · a, y · b), each with the bits that dot() gives it. */
export function dotPairs(x: usize, y: usize, a: usize, b: usize, bytes: usize): v128 {
  let xaEven = f32x4.splat(0);
  let xaOdd = xaEven;
  let xbEven = xaEven;
  let xbOdd = xaEven;
  let yaEven = xaEven;
  let yaOdd = xaEven;
  let ybEven = xaEven;
  let ybOdd = xaEven;
  for (const end = x + bytes; x < end; x += 32, y += 32, a += 32, b += 32) {
    const xEven = v128.load(x);
    const xOdd = v128.load(x, 16);
    const yEven = v128.load(y);
    const yOdd = v128.load(y, 16);
    const aEven = v128.load(a);
    const aOdd = v128.load(a, 16);
    const bEven = v128.load(b);
    const bOdd = v128.load(b, 16);
    xaEven = f32x4.add(xaEven, f32x4.mul(xEven, aEven));
    xaOdd = f32x4.add(xaOdd, f32x4.mul(xOdd, aOdd));
    xbEven = f32x4.add(xbEven, f32x4.mul(xEven, bEven));
    xbOdd = f32x4.add(xbOdd, f32x4.mul(xOdd, bOdd));
    yaEven = f32x4.add(yaEven, f32x4.mul(yEven, aEven));
    yaOdd = f32x4.add(yaOdd, f32x4.mul(yOdd, aOdd));
    ybEven = f32x4.add(ybEven, f32x4.mul(yEven, bEven));
    ybOdd = f32x4.add(ybOdd, f32x4.mul(yOdd, bOdd));
  }
  const xa = f32x4.add(xaEven, xaOdd);
  const xb = f32x4.add(xbEven, xbOdd);
  const ya = f32x4.add(yaEven, yaOdd);
  const yb = f32x4.add(ybEven, ybOdd);
  // four sums in the order of sum(): lanes 0 and 2, lanes 1 and 3, then these two
  const x02x13 = f32x4.add(v128.shuffle<f32>(xa, xb, 0, 1, 4, 5), v128.shuffle<f32>(xa, xb, 2, 3, 6, 7));
  const y02y13 = f32x4.add(v128.shuffle<f32>(ya, yb, 0, 1, 4, 5), v128.shuffle<f32>(ya, yb, 2, 3, 6, 7));
  const first = v128.shuffle<f32>(x02x13, y02y13, 0, 2, 4, 6);
  return f32x4.add(first, v128.shuffle<f32>(x02x13, y02y13, 1, 3, 5, 7));
}

/** y += a x */
export function axpy(a: f32, x: usize, y: usize, bytes: usize): void {
  const factor = f32x4.splat(a);
  for (const end = x + bytes; x < end; x += 32, y += 32) {
    v128.store(y, f32x4.add(f32x4.mul(factor, v128.load(x)), v128.load(y)));
    v128.store(y, f32x4.add(f32x4.mul(factor, v128.load(x, 16)), v128.load(y, 16)), 16);
  }
}

/** x *= a */
export function scale(a: f32, x: usize, bytes: usize): void {
  const factor = f32x4.splat(a);
  for (const end = x + bytes; x < end; x += 16) v128.store(x, f32x4.mul(factor, v128.load(x)));
}

/** Squares that add up to less (2^-80) may be too small for f32, each of them; to more, too large. */
const FEWEST_SQUARES: f32 = 8.271806e-25;

/** A length below this (2^-126) has no inverse in f32. */
const SHORTEST: f32 = 1.1754944e-38;

/** |x|, the Euclidean length; 0 where it is below 2^-126. */
export function norm(x: usize, bytes: usize): f32 {
  const length = lengthOf(dot(x, x, bytes), 1, x, 0, x, bytes);
  return length < SHORTEST ? 0 : length;
}

/** |a x - b y| */
export function distance(a: f32, x: usize, b: f32, y: usize, bytes: usize): f32 {
  const factorX = f32x4.splat(a);
  const factorY = f32x4.splat(b);
  let even = f32x4.splat(0);
  let odd = even;
  for (let i: usize = 0; i < bytes; i += 32) {
    const first = f32x4.sub(f32x4.mul(factorX, v128.load(x + i)), f32x4.mul(factorY, v128.load(y + i)));
    const second = f32x4.sub(f32x4.mul(factorX, v128.load(x + i, 16)), f32x4.mul(factorY, v128.load(y + i, 16)));
    even = f32x4.add(even, f32x4.mul(first, first));
    odd = f32x4.add(odd, f32x4.mul(second, second));
  }
  return lengthOf(sum(f32x4.add(even, odd)), a, x, b, y, bytes);
}

/** |a x - b y| of its squares; in f64 where f32 cannot hold these. */
function lengthOf(squares: f32, a: f32, x: usize, b: f32, y: usize, bytes: usize): f32 {
  if (squares >= FEWEST_SQUARES && squares < Infinity) return sqrt<f32>(squares);
  let wide: f64 = 0;
  for (const end = x + bytes; x < end; x += 4, y += 4) {
    const difference = <f64>a * load<f32>(x) - <f64>b * load<f32>(y);
    wide += difference * difference;
  }
  return <f32>sqrt<f64>(wide);
}
