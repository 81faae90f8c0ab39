/** Whether the runtime has SIMD, and relaxed SIMD, of which WebAssembly 3.0's fused multiply-adds are a part. */

/** A module of one function that uses i8x16.popcnt. */
// biome-ignore format: a section a line
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 5, 1, 96, 0, 1, 123,
  3, 2, 1, 0,
  10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
);

export const hasSimd = () => WebAssembly.validate(SIMD);

/** A module of one function that uses i8x16.relaxed_swizzle. */
// biome-ignore format: a section a line
const RELAXED = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 5, 1, 96, 0, 1, 123,
  3, 2, 1, 0,
  10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11,
);

export const hasRelaxedSimd = () => WebAssembly.validate(RELAXED);

/** A module whose function `dot` multiplies -127 by 127 with i32x4.relaxed_dot_i8x16_i7x16_add_s, four times, and adds up. */
// biome-ignore format: a section a line
const DOT = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0,
  1, 5, 1, 96, 0, 1, 127,
  3, 2, 1, 0,
  7, 7, 1, 3, 100, 111, 116, 0, 0,
  10, 24, 1, 22, 0, 65, 129, 127, 253, 15, 65, 255, 0, 253, 15, 65, 0, 253, 17, 253, 147, 2, 253, 27, 0, 11,
);

/**
 * Whether the runtime's products of int8 with numbers of seven bits are exact, as they have to be. Node 20, whose relaxed
 * SIMD is an experiment that has to be asked for, gives twice their sum until the function is optimized.
 */
export function hasExactDot(): boolean {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(DOT));
    return (exports.dot as () => number)() === 4 * -127 * 127;
  } catch {
    return false;
  }
}
