/** How a table keeps its rows: as float32, or narrower, to be widened where they are read. */

import type { Engine } from "../engine/engine.ts";
import { type RowDtype, rowBytesOf } from "../engine/layout.ts";
import { Wasm2VecError } from "../errors.ts";

export interface RowFormat {
  /** Writes numbers (D,), rounded, to a row. */
  write(row: Uint8Array, numbers: ArrayLike<number>): void;
  /** Writes consecutive rows (count, D) as padded rows of float32 to `out`; undefined where they are such already. */
  widen?(engine: Engine, rows: number, count: number, dimension: number, out: number): void;
}

/** As the kernels read it. */
const float32: RowFormat = {
  write: (row, numbers) => floats(row, numbers.length).set(numbers),
};

/** Rows have as many numbers as those of float32, their padding included: they are widened as one. */
const bfloat16: RowFormat = {
  write: (row, numbers) => halves(row, numbers.length).set(bitsOf(numbers).map(toBfloat16)),
  widen: ({ kernels }, rows, count, dimension, out) =>
    kernels.decodeBfloat16(rows, (count * rowBytesOf(dimension)) / 4, out),
};

const float16: RowFormat = {
  write: (row, numbers) => halves(row, numbers.length).set(bitsOf(numbers).map(toFloat16)),
  widen: ({ kernels }, rows, count, dimension, out) =>
    kernels.decodeFloat16(rows, (count * rowBytesOf(dimension)) / 4, out),
};

/** Of each row the largest number is 127 times the scale behind them. */
const int8: RowFormat = {
  write: (row, numbers) => {
    let largest = 0;
    for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i]));
    const scale = Math.fround(largest / 127);
    for (let i = 0; i < numbers.length; i++) row[i] = scale ? Math.round(numbers[i] / scale) : 0;
    floats(row.subarray(-4), 1)[0] = scale;
  },
  widen: ({ kernels }, rows, count, dimension, out) => kernels.decodeInt8(rows, count, rowBytesOf(dimension), out),
};

export const ROW_FORMATS: Record<RowDtype, RowFormat> = { float32, bfloat16, float16, int8 };

/** @throws {Wasm2VecError} `option-invalid` */
export function checkDtype(dtype: unknown): void {
  const known = Object.keys(ROW_FORMATS);
  if (known.includes(dtype as string)) return;
  throw new Wasm2VecError("option-invalid", `dtype is ${JSON.stringify(dtype)}; expected one of ${known.join(", ")}.`);
}

const floats = (row: Uint8Array, length: number) => new Float32Array(row.buffer, row.byteOffset, length);
const halves = (row: Uint8Array, length: number) => new Uint16Array(row.buffer, row.byteOffset, length);

/** Numbers as the bits of float32. */
const bitsOf = (numbers: ArrayLike<number>) => new Uint32Array(Float32Array.from(numbers).buffer);

/** The upper half of a float32's bits, rounded to the nearest, half-way cases to even. */
const toBfloat16 = (bits: number) => (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;

const HALF = 0x3f000000;
const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** A float32's bits as those of float16, rounded in the same way. */
function toFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  // 65520 and more round to infinity
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // from 2^-14 on the exponent is moved from bias 127 to 15
  if (magnitude >= 0x38800000) return sign | (((magnitude + 0xfff + ((magnitude >>> 13) & 1)) >>> 13) - (112 << 10));
  // below, the last bit of float16 is 2^-24, which is that of a float32 from 0.5 on
  scratchBits[0] = magnitude;
  scratch[0] += 0.5;
  return sign | (scratchBits[0] - HALF);
}
