/** The kinds of number that a static encoder's table stores, and how numbers become them as NumPy makes them. */

import { oneOf } from "../check-options.ts";

export type StaticDtype = "float32" | "float16" | "int8";

export const staticDtype = oneOf<StaticDtype>("float32", "float16", "int8");

/** Below it float16's last bit is 2^-24, which is float32's where 0.75 was added. */
const SMALLEST_NORMAL = 2 ** -14;

const [whole] = [new Float32Array(1)];
const bits = new Uint32Array(whole.buffer);

/** A number rounded to float16, half-way cases to even. */
export function toHalf(x: number): number {
  whole[0] = x;
  const magnitude = Math.abs(whole[0]);
  if (magnitude < SMALLEST_NORMAL) return Math.sign(x) * (Math.fround(magnitude + 0.75) - 0.75);
  if (!(magnitude < 65520)) return Number.isNaN(x) ? x : Math.sign(x) * Number.POSITIVE_INFINITY;
  bits[0] = (bits[0] + 0xfff + ((bits[0] >>> 13) & 1)) & ~0x1fff;
  return whole[0];
}

/** Rounds to the nearest whole number, half-way cases to even. */
const SHIFTER = 1.5 * 2 ** 52;

/**
 * How model2vec makes int8 of numbers: one scale for the whole table, which nobody keeps, because directions do not depend on
 * it; and each number passes through float16 twice.
 *
 * @param largest of the magnitudes of all numbers
 * @param isHalf whether the numbers are float16, as the scale is then
 * @see https://github.com/MinishLab/model2vec
 */
export function toInt8Of(largest: number, isHalf: boolean): (x: number) => number {
  const scale = isHalf ? toHalf(largest / 127) : Math.fround(largest / 127);
  return (x) => {
    const rounded = toHalf(Math.fround(toHalf(x) / scale)) + SHIFTER - SHIFTER;
    return Math.min(127, Math.max(-127, rounded || 0));
  };
}
