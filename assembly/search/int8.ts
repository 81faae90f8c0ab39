// Rows of int8 beside a table of f32: a quarter of the bytes to read, and a bound that no score of the table exceeds.
//
// A row x of length n is s r + e, where r holds whole numbers from -127 to 127 and e what rounding left; a query q is
// t p + d in the same way, with p from -32767 to 32767. So
//
//     q · x / n = t s (p · r) / n + (q · e) / n + t s (d · r) / n
//
// and by Cauchy-Schwarz the second term is at most |q| |e| / n, the third |d| (|x| + |e|) / n.
//
// The relaxed builds have one instruction for 16 products of int8, which is exact on every processor where one factor has
// seven bits and no sign. So r goes from -63 to 63 and is kept as r + 64, p from -127 to 127, and p · r is
// p · (r + 64) - 64 Σ p: https://github.com/WebAssembly/relaxed-simd/blob/main/proposals/relaxed-simd/Overview.md

import { largest, sum } from "../numbers/vector";
import { inverse } from "./search";

/** An index and one query. Every field is 4 bytes; src/layout.ts writes them in this order. */
@unmanaged
export class Int8Search {
  /** (V, D) i8: r; r + 64 in the relaxed builds */
  rows: usize;
  rowBytes: usize;
  /** (V,) f32: s / n */
  factors: usize;
  /** (V,) f32: |e| / n */
  residuals: usize;
  /** (D,) i16: p; i8 in the relaxed builds */
  query: usize;
  /** t */
  scale: f32;
  /** what a row's residual counts: |q| + |d|, and a little more for what f32 rounds */
  weight: f32;
  /** what is added to every bound: |d|, and a little more for what f32 rounds */
  slack: f32;
  /** what each of the four lanes of a sum begins with: 0; -16 Σ p modulo 2^32 in the relaxed builds */
  start: u32;
  /** u32: how many rows are found, and these */
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

/** The largest whole number of a row. */
const LARGEST: f32 = ASC_FEATURE_RELAXED_SIMD ? 63 : 127;

/** How many bytes 16 numbers of a query take. */
const QUERY_STEP: usize = ASC_FEATURE_RELAXED_SIMD ? 16 : 32;

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
    const inverseLength = inverse(length);
    const isShort = length < SHORTEST;
    const factor = isShort ? <f32>0 : largestOf(from, fromBytes) / LARGEST;
    store<f32>(factors, factor * inverseLength);
    const left = quantize(from, fromBytes, factor, rows) * inverseLength;
    store<f32>(residuals, isShort && length > 0 ? Infinity : left);
    factors += 4;
    residuals += 4;
  }
}

/** The largest of |x|. */
function largestOf(x: usize, bytes: usize): f32 {
  let lanes = f32x4.splat(0);
  for (const end = x + bytes; x < end; x += 16) lanes = f32x4.pmax(lanes, f32x4.abs(v128.load(x)));
  return largest(lanes);
}

/** out i8 = x / factor, rounded, + 64 in the relaxed builds; returns the length of what that leaves. A factor of 0 stands for zeros. */
function quantize(x: usize, bytes: usize, factor: f32, out: usize): f32 {
  const factors = f32x4.splat(factor);
  const inverses = f32x4.splat(inverse(factor));
  let left = f32x4.splat(0);
  for (const end = x + bytes; x < end; x += 16, out += 4) {
    const numbers = v128.load(x);
    const rounded = f32x4.nearest(f32x4.mul(numbers, inverses));
    const rest = f32x4.sub(numbers, f32x4.mul(rounded, factors));
    left = f32x4.add(left, f32x4.mul(rest, rest));
    const words = i32x4.trunc_sat_f32x4_s(rounded);
    const halves = i16x8.narrow_i32x4_s(words, words);
    const whole = i8x16.narrow_i16x8_s(halves, halves);
    v128.store32_lane(out, ASC_FEATURE_RELAXED_SIMD ? i8x16.add(whole, i8x16.splat(64)) : whole, 0);
  }
  return sqrt<f32>(sum(left));
}

/** Adds to `found` those of rows begin … end - 1 whose score may be `least` or more. Up to three rows behind are read. */
export function findCandidates(search: Int8Search, begin: u32, end: u32, least: f32): void {
  const bytes = search.rowBytes;
  let row = search.rows + <usize>begin * bytes;
  let a = i32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (; begin < end; begin += 4) {
    for (const rowsEnd = row + bytes * 4; row < rowsEnd; row += bytes) {
      if (search.ahead) touchLines(search, row + search.ahead, bytes);
      a = b;
      b = c;
      c = d;
      d = dotInt8(search, row);
    }
    keepCandidates(search, a, b, c, d, begin, end, least);
  }
}

/** The same for two queries p and q, whose structs lie one after the other: a row's numbers are loaded once for both. */
export function findPairCandidates(search: Int8Search, begin: u32, end: u32, least: f32, nextLeast: f32): void {
  const next = changetype<Int8Search>(changetype<usize>(search) + offsetof<Int8Search>());
  const bytes = search.rowBytes;
  let row = search.rows + <usize>begin * bytes;
  for (; begin < end; begin += 4, row += bytes * 3) {
    let p = search.query;
    let q = next.query;
    let pa = i32x4.splat(search.start);
    let pb = pa;
    let pc = pa;
    let pd = pa;
    let qa = i32x4.splat(next.start);
    let qb = qa;
    let qc = qa;
    let qd = qa;
    for (const rowEnd = row + bytes; row < rowEnd; row += 16, p += QUERY_STEP, q += QUERY_STEP) {
      const pLow = v128.load(p);
      const pHigh = queryHigh(p);
      const qLow = v128.load(q);
      const qHigh = queryHigh(q);
      const aLow = rowLow(row);
      const aHigh = rowHigh(row);
      const bLow = rowLow(row + bytes);
      const bHigh = rowHigh(row + bytes);
      const cLow = rowLow(row + bytes * 2);
      const cHigh = rowHigh(row + bytes * 2);
      const dLow = rowLow(row + bytes * 3);
      const dHigh = rowHigh(row + bytes * 3);
      pa = addProducts(pa, pLow, pHigh, aLow, aHigh);
      pb = addProducts(pb, pLow, pHigh, bLow, bHigh);
      pc = addProducts(pc, pLow, pHigh, cLow, cHigh);
      pd = addProducts(pd, pLow, pHigh, dLow, dHigh);
      qa = addProducts(qa, qLow, qHigh, aLow, aHigh);
      qb = addProducts(qb, qLow, qHigh, bLow, bHigh);
      qc = addProducts(qc, qLow, qHigh, cLow, cHigh);
      qd = addProducts(qd, qLow, qHigh, dLow, dHigh);
    }
    keepCandidates(search, pa, pb, pc, pd, begin, end, least);
    keepCandidates(next, qa, qb, qc, qd, begin, end, nextLeast);
  }
}

/** Keeps those of four rows from `id` on whose bound reaches a score, from the lanes that add up to their p · r. */
function keepCandidates(search: Int8Search, a: v128, b: v128, c: v128, d: v128, id: u32, end: u32, least: f32): void {
  const bounds = boundsOf(search, sums(a, b, c, d), id);
  // not a number where a residual is infinite and the query is zero: not ruled out
  let kept = ~i32x4.bitmask(f32x4.lt(bounds, f32x4.splat(least))) & 15;
  for (; kept; kept &= kept - 1) {
    const row = id + ctz(kept);
    if (row >= end) break;
    const found = search.found;
    const count = load<u32>(found) + 1;
    store<u32>(found, count);
    store<u32>(found + ((<usize>count) << 2), row);
  }
}

/** What the scores of four rows from `id` on do not exceed. */
function boundsOf(search: Int8Search, products: v128, id: u32): v128 {
  const at = (<usize>id) << 2;
  const known = f32x4.mul(
    f32x4.mul(f32x4.convert_i32x4_s(products), v128.load(search.factors + at)),
    f32x4.splat(search.scale),
  );
  const left = f32x4.mul(v128.load(search.residuals + at), f32x4.splat(search.weight));
  return f32x4.add(f32x4.add(known, left), f32x4.splat(search.slack));
}

/** The sums of the lanes of each. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}

/** Reads a number of each cache line of rows, so that their misses are under way while the rows before are compared. */
function touchLines(search: Int8Search, row: usize, bytes: usize): void {
  let touched: u32 = 0;
  for (const end = row + bytes; row < end; row += 64) touched += load<u8>(row);
  search.touched += touched;
}

/** Lanes that add up to p · r. */
function dotInt8(search: Int8Search, r: usize): v128 {
  let lanes = i32x4.splat(search.start);
  let p = search.query;
  for (const end = r + search.rowBytes; r < end; r += 16, p += QUERY_STEP) {
    lanes = addProducts(lanes, v128.load(p), queryHigh(p), rowLow(r), rowHigh(r));
  }
  return lanes;
}

/** lanes + the products of 16 numbers of a query and a row: both as i8, or each in two halves of i16 */
function addProducts(lanes: v128, pLow: v128, pHigh: v128, rLow: v128, rHigh: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(pLow, rLow, lanes);
  return i32x4.add(lanes, i32x4.add(i32x4.dot_i16x8_s(pLow, rLow), i32x4.dot_i16x8_s(pHigh, rHigh)));
}

/** The second half of 16 numbers of a query; nothing where the first is all of them. */
function queryHigh(p: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.splat(0) : v128.load(p, 16);
}

/** 16 numbers of a row, or 8 of them as i16 */
function rowLow(r: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? v128.load(r) : v128.load_ext<i8>(r);
}

/** The other 8; nothing where the first are all of them. */
function rowHigh(r: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i32x4.splat(0) : v128.load_ext<i8>(r, 8);
}
