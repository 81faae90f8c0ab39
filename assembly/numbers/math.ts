// exp, log and pow in float64 by their series, as exact as a few last bits: the standard library's bring 10 kB of tables.

const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

/** e^x for x < 700, below -700 none: e^r 2^k with |r| <= ln 2 / 2, and the series of e^r. */
export function exp(x: f64): f64 {
  if (x < -700) return 0;
  const k = nearest<f64>(x / (LN2_HIGH + LN2_LOW));
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum: f64 = 1;
  for (let n: f64 = 16; n > 0; n--) sum = 1 + (r / n) * sum;
  return sum * reinterpret<f64>((<i64>k + 1023) << 52);
}

/** log x for a normal x > 0: k ln 2 + log m with m near 1, and log m = 2 artanh(s) with s = (m - 1) / (m + 1). */
export function log(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  // m lies in [sqrt(1/2), sqrt(2))
  const k = <i64>((bits + 0x0009_5f61_9980_c433) >> 52) - 1023;
  const m = reinterpret<f64>(bits - ((<u64>k) << 52));
  const s = (m - 1) / (m + 1);
  let sum: f64 = 0;
  for (let n: f64 = 25; n > 0; n -= 2) sum = sum * s * s + 1 / n;
  return <f64>k * LN2_HIGH + (2 * s * sum + <f64>k * LN2_LOW);
}

/** x^y for a normal x > 0, exact for y = 1. */
export function pow(x: f64, y: f64): f64 {
  return y == 1 ? x : exp(y * log(x));
}
