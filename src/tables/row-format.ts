/** How a table stores its rows: as float32, or narrower, to be decoded where they are read. */

import { oneOf } from "../check-options.ts";
import type { Kernels } from "../engine/kernels.ts";
import { rowBytesOf } from "../engine/layout.ts";
import { NUMBER_KINDS, NUMBER_NAMES, type NumberKind, type NumberName } from "../formats/number-kinds.ts";

/** The kinds of number that a table can store. */
export type RowDtype = NumberName | "int8";

export const rowDtype = oneOf<RowDtype>(...NUMBER_NAMES, "int8");

export interface RowFormat {
  /** How many bytes a row of so many numbers takes, padding included: as many numbers as a padded row of float32 has. */
  storedBytes(vectorSize: number): number;
  /** Writes numbers (D,), rounded, to a row. */
  write(row: Uint8Array, numbers: ArrayLike<number>): void;
  /** Writes consecutive rows (count, D) as padded rows of float32 to `out`; absent where they are such already. */
  decode?(kernels: Kernels, rows: number, count: number, vectorSize: number, out: number): void;
}

/** Rows of a kind of number, padding included, are decoded as one. */
function rowsOf({ bytes, encode, decode }: NumberKind): RowFormat {
  return {
    storedBytes: (vectorSize) => (rowBytesOf(vectorSize) / 4) * bytes,
    write: (row, numbers) => encode(numbers, row),
    decode:
      decode &&
      ((kernels, rows, count, vectorSize, out) => decode(kernels, rows, (count * rowBytesOf(vectorSize)) / 4, out)),
  };
}

/** Rounds to the nearest whole number, half-way cases to even, as the engine does: float64 has no bits for more beside it. */
const SHIFTER = 1.5 * 2 ** 52;

/** Below it, 1 / scale is beyond float32, or nearly. */
export const SMALLEST_SCALE = 2 ** -120;

/** Of each row the largest number is 127 times the scale, a float32, behind them. */
const int8: RowFormat = {
  storedBytes: (vectorSize) => rowBytesOf(vectorSize) / 4 + 4,
  write(row, numbers) {
    let largest = 0;
    for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i]));
    const scale = Math.fround(largest / 127);
    const inverse = scale < SMALLEST_SCALE ? 1 / scale : Math.fround(1 / scale);
    for (let i = 0; i < numbers.length; i++) {
      row[i] = scale ? Math.fround(numbers[i] * inverse) + SHIFTER - SHIFTER : 0;
    }
    NUMBER_KINDS.float32.encode([scale], row.subarray(-4));
  },
  decode: (kernels, rows, count, vectorSize, out) => kernels.decodeInt8(rows, count, rowBytesOf(vectorSize), out),
};

export const ROW_FORMATS: Record<RowDtype, RowFormat> = {
  float32: rowsOf(NUMBER_KINDS.float32),
  bfloat16: rowsOf(NUMBER_KINDS.bfloat16),
  float16: rowsOf(NUMBER_KINDS.float16),
  int8,
};
