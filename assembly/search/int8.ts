// Rows of int8 beside a table of f32: a quarter of the bytes to read, and a bound that no score of the table exceeds.
//
// A row x of length n is s r + e, where r holds whole numbers from -127 to 127 and e what rounding left; a query q is
// t p + d in the same way, with p from -32767 to 32767. So
//
//     q · x / n = t s (p · r) / n + (q · e) / n + t s (d · r) / n
//
// and by Cauchy-Schwarz the second term is at most |q| |e| / n, the third |d| (|x| + |e|) / n.

import { sum } from "../numbers/vector";
import { inverse } from "./search";

/** An index and one query. Every field is 4 bytes; src/layout.ts writes them in this order. */
@unmanaged
export class Int8Search {
  /** (V, D) i8: r */
  rows: usize;
  rowBytes: usize;
  /** (V,) f32: s / n */
  factors: usize;
  /** (V,) f32: |e| / n */
  residuals: usize;
  /** (D,) i16: p */
  query: usize;
  /** t */
  scale: f32;
  /** what a row's residual counts: |q| + |d|, and a little more for what f32 rounds */
  weight: f32;
  /** what is added to every bound: |d|, and a little more for what f32 rounds */
  slack: f32;
  /** u32: the rows that are found */
  found: usize;
  /** how far ahead of a row its successors' cache lines are read; 0 where another query has fetched them */
  ahead: u32;
  /** the sum of what was read ahead, because a result that no one uses would not be computed */
  touched: u32;
}

/**
 * Below this length (2^-40) a row's squares may be too small for f32. Such a row is never ruled out: its residual is
 * infinite.
 */
const SHORTEST: f32 = 9.094947e-13;

/** rows i8, factors and residuals (count,) from rows f32 and their norms. Padding of the i8 rows stays as it is. */
export function quantizeRows(
  from: usize,
  norms: usize,
  count: u32,
  fromBytes: usize,
  rows: usize,
  rowBytes: usize,
  factors: usize,
  residuals: usize,
): void {
  for (const end = norms + ((<usize>count) << 2); norms < end; norms += 4, from += fromBytes, rows += rowBytes) {
    const length = load<f32>(norms);
    const factor = length < SHORTEST ? <f32>0 : largest(from, fromBytes) / 127;
    store<f32>(factors, factor * inverse(length));
    const left = quantize(from, fromBytes, factor, rows);
    store<f32>(residuals, length > 0 && length < SHORTEST ? Infinity : left * inverse(length));
    factors += 4;
    residuals += 4;
  }
}

/** The largest of |x|. */
function largest(x: usize, bytes: usize): f32 {
  let lanes = f32x4.splat(0);
  for (const end = x + bytes; x < end; x += 16) lanes = f32x4.max(lanes, f32x4.abs(v128.load(x)));
  const pairs = f32x4.max(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** out i8 = x / factor, rounded; returns the length of what that leaves. A factor of 0 makes zeros. */
function quantize(x: usize, bytes: usize, factor: f32, out: usize): f32 {
  const factors = f32x4.splat(factor);
  const inverses = f32x4.splat(inverse(factor));
  let left = f32x4.splat(0);
  for (const end = x + bytes; x < end; x += 32, out += 8) {
    const low = v128.load(x);
    const high = v128.load(x, 16);
    const roundLow = f32x4.nearest(f32x4.mul(low, inverses));
    const roundHigh = f32x4.nearest(f32x4.mul(high, inverses));
    const leftLow = f32x4.sub(low, f32x4.mul(roundLow, factors));
    const leftHigh = f32x4.sub(high, f32x4.mul(roundHigh, factors));
    left = f32x4.add(left, f32x4.add(f32x4.mul(leftLow, leftLow), f32x4.mul(leftHigh, leftHigh)));
    const words = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(roundLow), i32x4.trunc_sat_f32x4_s(roundHigh));
    v128.store64_lane(out, i8x16.narrow_i16x8_s(words, words), 0);
  }
  return sqrt<f32>(sum(left));
}

/** Writes to `found` those of rows begin … end - 1 whose score may be `minScore` or more, and returns how many they are. */
export function findCandidates(search: Int8Search, begin: u32, end: u32, minScore: f32): u32 {
  const rowBytes = search.rowBytes;
  const scale = search.scale;
  const weight = search.weight;
  const slack = search.slack;
  const first = search.found;
  let row = search.rows + <usize>begin * rowBytes;
  let factor = search.factors + ((<usize>begin) << 2);
  let residual = search.residuals + ((<usize>begin) << 2);
  let found = first;
  for (; begin < end; begin++, row += rowBytes, factor += 4, residual += 4) {
    if (search.ahead) touchLines(search, row + search.ahead, rowBytes);
    const product = <f32>dotInt8(search.query, row, rowBytes);
    const bound = product * load<f32>(factor) * scale + load<f32>(residual) * weight + slack;
    // not a number where a residual is infinite and the query is zero: not ruled out
    if (bound < minScore) continue;
    store<u32>(found, begin);
    found += 4;
  }
  return <u32>(found - first) >> 2;
}

/** Reads a number of each cache line of a row, so that its misses are under way while the rows before it are compared. */
function touchLines(search: Int8Search, row: usize, bytes: usize): void {
  let touched: u32 = 0;
  for (const end = row + bytes; row < end; row += 64) touched += load<u8>(row);
  search.touched += touched;
}

/** p · r for i16 and i8; `bytes` those of r, a multiple of 16 */
function dotInt8(p: usize, r: usize, bytes: usize): i32 {
  let low = i32x4.splat(0);
  let high = low;
  for (const end = r + bytes; r < end; r += 16, p += 32) {
    low = i32x4.add(low, i32x4.dot_i16x8_s(v128.load_ext<i8>(r), v128.load(p)));
    high = i32x4.add(high, i32x4.dot_i16x8_s(v128.load_ext<i8>(r, 8), v128.load(p, 16)));
  }
  const lanes = i32x4.add(low, high);
  const pairs = i32x4.add(lanes, v128.shuffle<i32>(lanes, lanes, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}
