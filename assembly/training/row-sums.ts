// Sums of rows, several at a time: how CBOW forms what stands for a context, and gives back its errors.

import { multiplyAdd } from "../numbers/multiply-add";

/** row = 0 */
export function clear(row: usize, bytes: usize): void {
  for (const end = row + bytes; row < end; row += 16) v128.store(row, f32x4.splat(0));
}

/** sum = factor Σ rows; rows: (count) u32 addresses, a multiple of four of them and at least four. */
export function sumRows(rows: usize, count: u32, factor: f32, sum: usize, bytes: usize): void {
  const last = rows + ((<usize>(count - 4)) << 2);
  for (let at = rows; at <= last; at += 16) {
    sumFour(at, at == rows, at == last ? factor : 1, sum, bytes);
  }
}

/** sum = factor (sum + four rows), or of the four rows alone where they are the first. */
function sumFour(rows: usize, first: bool, factor: f32, sum: usize, bytes: usize): void {
  const f = f32x4.splat(factor);
  let x0 = load<usize>(rows);
  let x1 = load<usize>(rows, 4);
  let x2 = load<usize>(rows, 8);
  let x3 = load<usize>(rows, 12);
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, x2 += 16, x3 += 16, sum += 16) {
    const four = f32x4.add(f32x4.add(v128.load(x0), v128.load(x1)), f32x4.add(v128.load(x2), v128.load(x3)));
    v128.store(sum, f32x4.mul(f, first ? four : f32x4.add(four, v128.load(sum))));
  }
}

/** Two rows += four consecutive rows by their weights (2, 4) f32: x0 += Σ w_0c row c, x1 += Σ w_1c row c. */
export function addFour(rows: usize, rowBytes: usize, bytes: usize, weights: usize, x0: usize, x1: usize): void {
  const a0 = v128.load32_splat(weights);
  const a1 = v128.load32_splat(weights, 4);
  const a2 = v128.load32_splat(weights, 8);
  const a3 = v128.load32_splat(weights, 12);
  const b0 = v128.load32_splat(weights, 16);
  const b1 = v128.load32_splat(weights, 20);
  const b2 = v128.load32_splat(weights, 24);
  const b3 = v128.load32_splat(weights, 28);
  let r1 = rows + rowBytes;
  let r2 = r1 + rowBytes;
  let r3 = r2 + rowBytes;
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, rows += 16, r1 += 16, r2 += 16, r3 += 16) {
    let e = v128.load(rows);
    let x = multiplyAdd(a0, e, v128.load(x0));
    let y = multiplyAdd(b0, e, v128.load(x1));
    e = v128.load(r1);
    x = multiplyAdd(a1, e, x);
    y = multiplyAdd(b1, e, y);
    e = v128.load(r2);
    x = multiplyAdd(a2, e, x);
    y = multiplyAdd(b2, e, y);
    e = v128.load(r3);
    v128.store(x0, multiplyAdd(a3, e, x));
    v128.store(x1, multiplyAdd(b3, e, y));
  }
}

/**
 * sum = factor (mean of rows - mean), mean += rate (mean of rows - mean), where the `count` rows are those that are summed up
 * already, if any are, and eight more.
 */
export function splitMean(
  rows: usize,
  isBegun: bool,
  sum: usize,
  count: f32,
  rate: f32,
  factor: f32,
  mean: usize,
  bytes: usize,
): void {
  const share = f32x4.splat(1 / count);
  const r = f32x4.splat(rate);
  const f = f32x4.splat(factor);
  let x0 = load<usize>(rows);
  let x1 = load<usize>(rows, 4);
  let x2 = load<usize>(rows, 8);
  let x3 = load<usize>(rows, 12);
  let x4 = load<usize>(rows, 16);
  let x5 = load<usize>(rows, 20);
  let x6 = load<usize>(rows, 24);
  let x7 = load<usize>(rows, 28);
  for (const end = mean + bytes; mean < end; mean += 16, sum += 16) {
    const a = f32x4.add(f32x4.add(v128.load(x0), v128.load(x1)), f32x4.add(v128.load(x2), v128.load(x3)));
    const b = f32x4.add(f32x4.add(v128.load(x4), v128.load(x5)), f32x4.add(v128.load(x6), v128.load(x7)));
    const eight = f32x4.add(a, b);
    const m = v128.load(mean);
    const excess = f32x4.sub(f32x4.mul(share, isBegun ? f32x4.add(eight, v128.load(sum)) : eight), m);
    v128.store(sum, f32x4.mul(f, excess));
    v128.store(mean, multiplyAdd(r, excess, m));
    x0 += 16;
    x1 += 16;
    x2 += 16;
    x3 += 16;
    x4 += 16;
    x5 += 16;
    x6 += 16;
    x7 += 16;
  }
}
