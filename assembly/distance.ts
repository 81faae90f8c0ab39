// Euclidean distances between rows of one table.

import { sum } from "./vector";

/**
 * out (count,) f32 = |x - y| for the row x of the number `from` and each row y of the ids (count) u32. Where `norms`
 * is not 0, rows are first divided by their lengths, which it holds; a row of zeros stays.
 */
export function fillDistances(
  rows: usize,
  norms: usize,
  from: u32,
  ids: usize,
  count: u32,
  rowBytes: usize,
  out: usize,
): void {
  const x = rows + <usize>from * rowBytes;
  const factorX = f32x4.splat(factorOf(norms, from));
  for (const end = ids + ((<usize>count) << 2); ids < end; ids += 4, out += 4) {
    const id = load<u32>(ids);
    const y = rows + <usize>id * rowBytes;
    const factorY = f32x4.splat(factorOf(norms, id));
    let even = f32x4.splat(0);
    let odd = even;
    for (let at: usize = 0; at < rowBytes; at += 32) {
      const first = f32x4.sub(f32x4.mul(v128.load(x + at), factorX), f32x4.mul(v128.load(y + at), factorY));
      const second = f32x4.sub(f32x4.mul(v128.load(x + at, 16), factorX), f32x4.mul(v128.load(y + at, 16), factorY));
      even = f32x4.add(even, f32x4.mul(first, first));
      odd = f32x4.add(odd, f32x4.mul(second, second));
    }
    store<f32>(out, sqrt<f32>(sum(f32x4.add(even, odd))));
  }
}

/** 1 / norm; 1 where nothing is divided */
function factorOf(norms: usize, row: u32): f32 {
  if (!norms) return 1;
  const norm = load<f32>(norms + ((<usize>row) << 2));
  return norm > 0 ? 1 / norm : 1;
}
