// Euclidean distances between rows of one table.

import { f32At } from "../numbers/arrays";
import { distance } from "../numbers/vector";

/**
 * out (count,) = |x - y| for the row x of the number `from` and each row y of the ids (count) u32. Where `norms` is not
 * 0, rows are first divided by their lengths, which it holds; a row of zeros stays.
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
  for (const end = ids + ((<usize>count) << 2); ids < end; ids += 4, out += 4) {
    const id = load<u32>(ids);
    const y = rows + <usize>id * rowBytes;
    store<f32>(out, distance(factorOf(norms, from), x, factorOf(norms, id), y, rowBytes));
  }
}

/** 1 / norm; 1 where nothing is divided */
function factorOf(norms: usize, row: u32): f32 {
  if (!norms) return 1;
  const norm = f32At(norms, row);
  return norm > 0 ? 1 / norm : 1;
}
