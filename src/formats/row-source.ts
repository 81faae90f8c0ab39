/** Rows that lie otherwise in a file, as if they followed one another in this processor's order of bytes. */

import type { RandomAccess } from "../files/random-access.ts";

/** How much is read at a time, unless a row is longer. */
const LONGEST_READ = 1 << 20;

/**
 * Rows with something else between them.
 *
 * @param stride how many bytes lie from a row's beginning to the next one's: more than a row has
 */
export function spacedRows(
  source: RandomAccess,
  first: number,
  rows: number,
  rowBytes: number,
  stride: number,
): RandomAccess {
  return {
    size: rows * rowBytes,
    async read(begin, end, signal) {
      const bytes = new Uint8Array(end - begin);
      const most = Math.max(1, Math.floor(LONGEST_READ / stride));
      for (let row = Math.floor(begin / rowBytes); row * rowBytes < end; row += most) {
        const last = Math.min(row + most, Math.ceil(end / rowBytes)) - 1;
        const read = await source.read(first + row * stride, first + last * stride + rowBytes, signal);
        for (let i = row; i <= last; i++) {
          // of the first and the last row a part may be wanted
          const [from, to] = [Math.max(begin, i * rowBytes), Math.min(end, (i + 1) * rowBytes)];
          const at = (i - row) * stride - i * rowBytes;
          bytes.set(read.subarray(at + from, at + to), from - begin);
        }
      }
      return bytes;
    },
  };
}

/** Numbers of so many bytes, each turned round; they are read whole. */
export function turnedNumbers(source: RandomAccess, bytes: number): RandomAccess {
  return {
    size: source.size,
    async read(begin, end, signal) {
      const numbers = (await source.read(begin, end, signal)).slice();
      for (let at = 0; at < numbers.length; at += bytes) numbers.subarray(at, at + bytes).reverse();
      return numbers;
    },
  };
}
