/** How a table stores its rows: as float32, or narrower, to be decoded where they are read. */

import { oneOf } from "../check-options.ts";
import type { Engine } from "../engine/engine.ts";
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
  /** Writes consecutive rows, as `write` does, but sooner; absent where `write` is all there is. */
  writeRows?(engine: Engine, written: RowsToWrite): void;
  /** Writes consecutive rows (count, D) as padded rows of float32 to `out`; absent where they are such already. */
  decode?(kernels: Kernels, rows: number, count: number, vectorSize: number, out: number): void;
}

/** Rows as float32 that are to be stored, all in the engine's memory. */
export interface RowsToWrite {
  /** where they lie, (count, D), padded with zeros */
  from: number;
  count: number;
  vectorSize: number;
  /** where they are stored */
  rows: number;
  /** what may be overwritten: 12 bytes for each row */
  scratch: number;
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

/** Below it, 1 / scale is beyond float32, or nearly: the engine leaves such rows to `write`. */
const SMALLEST_SCALE = 2 ** -120;

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
  writeRows(engine, { from, count, vectorSize, rows, scratch }) {
    const fromBytes = rowBytesOf(vectorSize);
    const rowBytes = this.storedBytes(vectorSize);
    const [ones, scales, errors] = [0, 1, 2].map((i) => engine.f32(scratch + i * count * 4, count));
    ones.fill(1);
    const { byteOffset: norms } = ones;
    engine.kernels.quantizeRows(from, norms, count, fromBytes, rows, rowBytes, scales.byteOffset, errors.byteOffset);
    for (let i = 0; i < count; i++) {
      const row = engine.u8(rows + i * rowBytes, rowBytes);
      const isRight = Number.isFinite(errors[i]) && (scales[i] >= SMALLEST_SCALE || !errors[i]);
      if (isRight) row.set(engine.u8(scales.byteOffset + i * 4, 4), rowBytes - 4);
      else this.write(row, engine.f32(from + i * fromBytes, vectorSize));
    }
  },
  decode: (kernels, rows, count, vectorSize, out) => kernels.decodeInt8(rows, count, rowBytesOf(vectorSize), out),
};

export const ROW_FORMATS: Record<RowDtype, RowFormat> = {
  float32: rowsOf(NUMBER_KINDS.float32),
  bfloat16: rowsOf(NUMBER_KINDS.bfloat16),
  float16: rowsOf(NUMBER_KINDS.float16),
  int8,
};
