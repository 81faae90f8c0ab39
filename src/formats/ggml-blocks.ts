/**
 * What ggml, and so GGUF, stores of numbers: blocks of 32 or 256 of them, which share a scale or a few. A number is its bits
 * times a scale, or that less a minimum. Scales are float16 times small integers, so that in float64 all is exact but the last
 * rounding, which is the one of float32 arithmetic.
 *
 * @see https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h
 */

/** How a kind of block is laid out. */
export interface BlockKind {
  /** how many numbers a block has */
  readonly values: number;
  /** how many bytes it takes */
  readonly bytes: number;
  /** Writes the numbers of the block that begins at `at` to `out`, from `to` on; absent where they are not decoded here. */
  decode?(block: Uint8Array, at: number, out: Float32Array, to: number): void;
}

/** float16 -> number, by its bits: sign, 5 of the exponent, 10 of the fraction. */
function half(block: Uint8Array, at: number): number {
  const bits = block[at] | (block[at + 1] << 8);
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 0x3ff) / 1024;
  const size = exponent === 31 ? (fraction ? Number.NaN : Number.POSITIVE_INFINITY) : scaleOf(exponent, fraction);
  return bits & 0x8000 ? -size : size;
}

const scaleOf = (exponent: number, fraction: number) =>
  exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14;

const signed = (byte: number) => (byte << 24) >> 24;

/** Whether the number has bit `place` of those that stand one after the other. */
const bitAt = (block: Uint8Array, at: number, place: number) => (block[at + (place >> 3)] >> (place & 7)) & 1;

/** Blocks of 32: the low halves of 16 bytes are the first numbers, the high ones the others. */
function nibbles(block: Uint8Array, at: number, write: (place: number, bits: number) => void): void {
  for (let i = 0; i < 16; i++) {
    write(i, block[at + i] & 15);
    write(i + 16, block[at + i] >> 4);
  }
}

/** Number j of the eight scales and minimums of 6 bits that Q4_K and Q5_K pack into 12 bytes. */
function packedScale(block: Uint8Array, at: number, j: number): [scale: number, minimum: number] {
  if (j < 4) return [block[at + j] & 63, block[at + j + 4] & 63];
  const both = block[at + j + 4];
  return [(both & 15) | ((block[at + j - 4] >> 6) << 4), (both >> 4) | ((block[at + j] >> 6) << 4)];
}

/** Number j of Q3_K's sixteen scales of 6 bits, in 12 bytes: low halves in the first 8, the rest in the last 4. */
function scaleOfQ3(block: Uint8Array, at: number, j: number): number {
  const low = j < 8 ? block[at + j] & 15 : block[at + j - 8] >> 4;
  const high = (block[at + 8 + (j & 3)] >> (2 * (j >> 2))) & 3;
  return (low | (high << 4)) - 32;
}

/** The numbers that four bits stand for in IQ4_NL and IQ4_XS. */
const IQ4_VALUES = Int8Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

/** @param high where the fifth bits stand; undefined where there are none */
function decodeQ45K(
  block: Uint8Array,
  at: number,
  out: Float32Array,
  to: number,
  low: number,
  high: number | undefined,
): void {
  const [d, dmin] = [half(block, at), half(block, at + 2)];
  for (let j = 0; j < 8; j++) {
    const [scale, minimum] = packedScale(block, at + 4, j);
    for (let i = 0; i < 32; i++) {
      const bits = (block[low + 32 * (j >> 1) + i] >> (4 * (j & 1))) & 15;
      const fifth = high === undefined ? 0 : ((block[high + i] >> j) & 1) << 4;
      out[to + 32 * j + i] = d * scale * (bits | fifth) - dmin * minimum;
    }
  }
}

export const BLOCK_KINDS: Readonly<Record<string, BlockKind>> = {
  // d f16 | 16 bytes
  Q4_0: {
    values: 32,
    bytes: 18,
    decode(block, at, out, to) {
      const d = half(block, at);
      nibbles(block, at + 2, (i, bits) => {
        out[to + i] = d * (bits - 8);
      });
    },
  },
  // d f16 | m f16 | 16 bytes
  Q4_1: {
    values: 32,
    bytes: 20,
    decode(block, at, out, to) {
      const [d, m] = [half(block, at), half(block, at + 2)];
      nibbles(block, at + 4, (i, bits) => {
        out[to + i] = d * bits + m;
      });
    },
  },
  // d f16 | 32 fifth bits | 16 bytes
  Q5_0: {
    values: 32,
    bytes: 22,
    decode(block, at, out, to) {
      const d = half(block, at);
      nibbles(block, at + 6, (i, bits) => {
        out[to + i] = d * ((bits | (bitAt(block, at + 2, i) << 4)) - 16);
      });
    },
  },
  // d f16 | m f16 | 32 fifth bits | 16 bytes
  Q5_1: {
    values: 32,
    bytes: 24,
    decode(block, at, out, to) {
      const [d, m] = [half(block, at), half(block, at + 2)];
      nibbles(block, at + 8, (i, bits) => {
        out[to + i] = d * (bits | (bitAt(block, at + 4, i) << 4)) + m;
      });
    },
  },
  // d f16 | 32 i8
  Q8_0: {
    values: 32,
    bytes: 34,
    decode(block, at, out, to) {
      const d = half(block, at);
      for (let i = 0; i < 32; i++) out[to + i] = d * signed(block[at + 2 + i]);
    },
  },
  // 16 bytes: scale, minimum | 64 bytes | d f16 | dmin f16
  Q2_K: {
    values: 256,
    bytes: 84,
    decode(block, at, out, to) {
      const [d, dmin] = [half(block, at + 80), half(block, at + 82)];
      for (let i = 0; i < 256; i++) {
        const bits = (block[at + 16 + 32 * (i >> 7) + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
        const scales = block[at + (i >> 4)];
        out[to + i] = d * (scales & 15) * bits - dmin * (scales >> 4);
      }
    },
  },
  // 32 bytes of third bits | 64 bytes | 12 bytes of scales | d f16
  Q3_K: {
    values: 256,
    bytes: 110,
    decode(block, at, out, to) {
      const d = half(block, at + 108);
      for (let i = 0; i < 256; i++) {
        const low = (block[at + 32 + 32 * (i >> 7) + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
        const third = (block[at + (i & 31)] >> (i >> 5)) & 1;
        out[to + i] = d * scaleOfQ3(block, at + 96, i >> 4) * (low - (third ? 0 : 4));
      }
    },
  },
  // d f16 | dmin f16 | 12 bytes of scales and minimums | 128 bytes
  Q4_K: {
    values: 256,
    bytes: 144,
    decode: (block, at, out, to) => decodeQ45K(block, at, out, to, at + 16, undefined),
  },
  // d f16 | dmin f16 | 12 bytes of scales and minimums | 32 bytes of fifth bits | 128 bytes
  Q5_K: {
    values: 256,
    bytes: 176,
    decode: (block, at, out, to) => decodeQ45K(block, at, out, to, at + 48, at + 16),
  },
  // 128 bytes | 64 bytes of fifth and sixth bits | 16 scales i8 | d f16
  Q6_K: {
    values: 256,
    bytes: 210,
    decode(block, at, out, to) {
      const d = half(block, at + 208);
      for (let i = 0; i < 256; i++) {
        const [part, quarter, l] = [i >> 7, (i >> 5) & 3, i & 31];
        const low = (block[at + 64 * part + 32 * (quarter & 1) + l] >> (4 * (quarter >> 1))) & 15;
        const high = (block[at + 128 + 32 * part + l] >> (2 * quarter)) & 3;
        out[to + i] = d * signed(block[at + 192 + (i >> 4)]) * ((low | (high << 4)) - 32);
      }
    },
  },
  // d f16 | 16 bytes
  IQ4_NL: {
    values: 32,
    bytes: 18,
    decode(block, at, out, to) {
      const d = half(block, at);
      nibbles(block, at + 2, (i, bits) => {
        out[to + i] = d * IQ4_VALUES[bits];
      });
    },
  },
  // d f16 | 16 bits: the scales' fifth and sixth | 4 bytes of scales | 128 bytes
  IQ4_XS: {
    values: 256,
    bytes: 136,
    decode(block, at, out, to) {
      const d = half(block, at);
      for (let j = 0; j < 8; j++) {
        const low = (block[at + 4 + (j >> 1)] >> (4 * (j & 1))) & 15;
        const high = (block[at + 2 + (j >> 2)] >> (2 * (j & 3))) & 3;
        const scale = d * ((low | (high << 4)) - 32);
        nibbles(block, at + 8 + 16 * j, (i, bits) => {
          out[to + 32 * j + i] = scale * IQ4_VALUES[bits];
        });
      }
    },
  },
  // kinds that are not decoded, so that a file which holds them is read all the same
  ...{ Q8_1: { values: 32, bytes: 40 }, Q8_K: { values: 256, bytes: 292 } },
  ...{ IQ1_S: { values: 256, bytes: 50 }, IQ1_M: { values: 256, bytes: 56 }, IQ2_XXS: { values: 256, bytes: 66 } },
  ...{ IQ2_XS: { values: 256, bytes: 74 }, IQ2_S: { values: 256, bytes: 82 }, IQ3_XXS: { values: 256, bytes: 98 } },
  ...{ IQ3_S: { values: 256, bytes: 110 }, TQ1_0: { values: 256, bytes: 54 }, TQ2_0: { values: 256, bytes: 66 } },
  ...{ MXFP4: { values: 32, bytes: 17 }, NVFP4: { values: 64, bytes: 36 }, Q1_0: { values: 128, bytes: 18 } },
};

/** out (count,) = the numbers of whole blocks, as many as it has. */
export function decodeBlocks({ values, bytes, decode }: BlockKind, blocks: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; to < out.length; at += bytes, to += values) decode?.(blocks, at, out, to);
}
