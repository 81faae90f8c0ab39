/** The kinds of number that files and tables hold: their names, their bytes, and how numbers become them. */

import type { Kernels } from "../engine/kernels.ts";

export interface NumberKind {
  /** what safetensors calls it */
  readonly safetensors: string;
  /** how many bytes a number takes, little endian */
  readonly bytes: number;
  /** Writes numbers, each rounded to the nearest, half-way cases to even, as bytes. */
  encode(numbers: ArrayLike<number>, out: Uint8Array): void;
  /** Decodes `count` numbers at an address of the engine, a multiple of eight, to float32; absent where they are such. */
  decode?(kernels: Kernels, from: number, count: number, out: number): void;
}

export const NUMBER_KINDS = {
  float32: {
    safetensors: "F32",
    bytes: 4,
    encode: (numbers, out) => new Float32Array(out.buffer, out.byteOffset, numbers.length).set(numbers),
  },
  bfloat16: {
    safetensors: "BF16",
    bytes: 2,
    encode: (numbers, out) => encodeHalves(numbers, out, toBfloat16),
    decode: (kernels, from, count, out) => kernels.decodeBfloat16(from, count, out),
  },
  float16: {
    safetensors: "F16",
    bytes: 2,
    encode: (numbers, out) => encodeHalves(numbers, out, toFloat16),
    decode: (kernels, from, count, out) => kernels.decodeFloat16(from, count, out),
  },
} as const satisfies Record<string, NumberKind>;

export type NumberName = keyof typeof NUMBER_KINDS;

export const NUMBER_NAMES = Object.keys(NUMBER_KINDS) as NumberName[];

function encodeHalves(numbers: ArrayLike<number>, out: Uint8Array, toHalf: (bits: number) => number): void {
  const bits = bitsOf(numbers);
  const halves = new Uint16Array(out.buffer, out.byteOffset, bits.length);
  for (let i = 0; i < bits.length; i++) halves[i] = toHalf(bits[i]);
}

/** Numbers as the bits of float32: of the same memory where they are such. */
function bitsOf(numbers: ArrayLike<number>): Uint32Array {
  const floats = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
  return new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
}

/** The upper half of a float32's bits, rounded to the nearest, half-way cases to even. NaN stays NaN. */
const toBfloat16 = (bits: number) =>
  (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc0 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;

const HALF = 0x3f000000;
const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** A float32's bits as those of float16, rounded in the same way. */
function toFloat16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00;
  // 65520 and more round to infinity
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // from 2^-14 on the exponent is moved from bias 127 to 15
  if (magnitude >= 0x38800000) return sign | (((magnitude + 0xfff + ((magnitude >>> 13) & 1)) >>> 13) - (112 << 10));
  // below, the last bit of float16 is 2^-24, which is that of a float32 from 0.5 on
  scratchBits[0] = magnitude;
  scratch[0] += 0.5;
  return sign | (scratchBits[0] - HALF);
}
