// ids -> rows.

/** Copies the first `bytes` of the rows with the given ids (count) u32 to `out`, one after the other, without padding. */
export function gather(table: usize, rowBytes: usize, ids: usize, count: u32, bytes: usize, out: usize): void {
  for (const end = ids + ((<usize>count) << 2); ids < end; ids += 4, out += bytes) {
    memory.copy(out, table + <usize>load<u32>(ids) * rowBytes, bytes);
  }
}
