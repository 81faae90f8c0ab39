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

/** What four or five bits stand for in the block at hand: looking up costs less than computing. */
const meanings = new Float32Array(32);

/** So many: multiples of `scale` from `first` times on. A product keeps the sign of zero, which a sum would lose. */
function setCounted(count: number, scale: number, first: number): void {
  for (let bits = 0; bits < count; bits++) meanings[bits] = scale * (bits + first);
}

/** So many: multiples of `scale`, and `offset`. */
function setMeanings(count: number, scale: number, offset: number): void {
  for (let bits = 0; bits < count; bits++) meanings[bits] = scale * bits + offset;
}

/** Writes 32 numbers: the low halves of 16 bytes are the first, the high ones the others. */
function lookUpNibbles(block: Uint8Array, at: number, out: Float32Array, to: number): void {
  for (let i = 0; i < 16; i++) {
    const both = block[at + i];
    out[to + i] = meanings[both & 15];
    out[to + i + 16] = meanings[both >> 4];
  }
}

/** As lookUpNibbles, with a fifth bit of each in 4 bytes. */
function lookUpFifths(block: Uint8Array, fifths: number, at: number, out: Float32Array, to: number): void {
  const low = block[fifths] | (block[fifths + 1] << 8);
  const high = block[fifths + 2] | (block[fifths + 3] << 8);
  for (let i = 0; i < 16; i++) {
    const both = block[at + i];
    out[to + i] = meanings[(both & 15) | (((low >> i) & 1) << 4)];
    out[to + i + 16] = meanings[(both >> 4) | (((high >> i) & 1) << 4)];
  }
}

/** The numbers that four bits stand for in IQ4_NL and IQ4_XS. */
const IQ4_VALUES = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

function setIQ4Meanings(scale: number): void {
  for (let bits = 0; bits < 16; bits++) meanings[bits] = scale * IQ4_VALUES[bits];
}

/** Number j of the eight scales of 6 bits that Q4_K and Q5_K pack into 12 bytes, and of the minimums. */
const packedScale = (block: Uint8Array, at: number, j: number) =>
  j < 4 ? block[at + j] & 63 : (block[at + j + 4] & 15) | ((block[at + j - 4] >> 6) << 4);
const packedMinimum = (block: Uint8Array, at: number, j: number) =>
  j < 4 ? block[at + j + 4] & 63 : (block[at + j + 4] >> 4) | ((block[at + j] >> 6) << 4);

/** Number j of Q3_K's sixteen scales of 6 bits, in 12 bytes: low halves in the first 8, the rest in the last 4. */
function scaleOfQ3(block: Uint8Array, at: number, j: number): number {
  const low = j < 8 ? block[at + j] & 15 : block[at + j - 8] >> 4;
  const high = (block[at + 8 + (j & 3)] >> (2 * (j >> 2))) & 3;
  return (low | (high << 4)) - 32;
}

export const BLOCK_KINDS: Readonly<Record<string, BlockKind>> = {
  // d f16 | 16 bytes
  Q4_0: {
    values: 32,
    bytes: 18,
    decode(block, at, out, to) {
      setCounted(16, half(block, at), -8);
      lookUpNibbles(block, at + 2, out, to);
    },
  },
  // d f16 | m f16 | 16 bytes
  Q4_1: {
    values: 32,
    bytes: 20,
    decode(block, at, out, to) {
      setMeanings(16, half(block, at), half(block, at + 2));
      lookUpNibbles(block, at + 4, out, to);
    },
  },
  // d f16 | 32 fifth bits | 16 bytes
  Q5_0: {
    values: 32,
    bytes: 22,
    decode(block, at, out, to) {
      setCounted(32, half(block, at), -16);
      lookUpFifths(block, at + 2, at + 6, out, to);
    },
  },
  // d f16 | m f16 | 32 fifth bits | 16 bytes
  Q5_1: {
    values: 32,
    bytes: 24,
    decode(block, at, out, to) {
      setMeanings(32, half(block, at), half(block, at + 2));
      lookUpFifths(block, at + 4, at + 8, out, to);
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
      const d = half(block, at + 80);
      const dmin = half(block, at + 82);
      for (let j = 0; j < 16; j++) {
        const scale = d * (block[at + j] & 15);
        const minimum = dmin * (block[at + j] >> 4);
        const from = at + 16 + 32 * (j >> 3) + 16 * (j & 1);
        const shift = j & 6;
        for (let i = 0; i < 16; i++) out[to + 16 * j + i] = scale * ((block[from + i] >> shift) & 3) - minimum;
      }
    },
  },
  // 32 bytes of third bits, which are 0 where 4 is to be taken away | 64 bytes | 12 bytes of scales | d f16
  Q3_K: {
    values: 256,
    bytes: 110,
    decode(block, at, out, to) {
      const d = half(block, at + 108);
      for (let j = 0; j < 16; j++) {
        const scale = d * scaleOfQ3(block, at + 96, j);
        const thirds = at + 16 * (j & 1);
        const from = at + 32 + 32 * (j >> 3) + 16 * (j & 1);
        const shift = j & 6;
        for (let i = 0; i < 16; i++) {
          const third = (block[thirds + i] >> (j >> 1)) & 1;
          out[to + 16 * j + i] = scale * (((block[from + i] >> shift) & 3) + 4 * third - 4);
        }
      }
    },
  },
  // d f16 | dmin f16 | 12 bytes of scales and minimums | 128 bytes
  Q4_K: {
    values: 256,
    bytes: 144,
    decode(block, at, out, to) {
      const d = half(block, at);
      const dmin = half(block, at + 2);
      for (let j = 0; j < 8; j++) {
        const scale = d * packedScale(block, at + 4, j);
        const minimum = dmin * packedMinimum(block, at + 4, j);
        const from = at + 16 + 32 * (j >> 1);
        const shift = 4 * (j & 1);
        for (let i = 0; i < 32; i++) out[to + 32 * j + i] = scale * ((block[from + i] >> shift) & 15) - minimum;
      }
    },
  },
  // d f16 | dmin f16 | 12 bytes of scales and minimums | 32 bytes of fifth bits | 128 bytes
  Q5_K: {
    values: 256,
    bytes: 176,
    decode(block, at, out, to) {
      const d = half(block, at);
      const dmin = half(block, at + 2);
      for (let j = 0; j < 8; j++) {
        const scale = d * packedScale(block, at + 4, j);
        const minimum = dmin * packedMinimum(block, at + 4, j);
        const from = at + 48 + 32 * (j >> 1);
        const shift = 4 * (j & 1);
        for (let i = 0; i < 32; i++) {
          const fifth = (block[at + 16 + i] >> j) & 1;
          out[to + 32 * j + i] = scale * (((block[from + i] >> shift) & 15) | (fifth << 4)) - minimum;
        }
      }
    },
  },
  // 128 bytes | 64 bytes of fifth and sixth bits | 16 scales i8 | d f16
  Q6_K: {
    values: 256,
    bytes: 210,
    decode(block, at, out, to) {
      const d = half(block, at + 208);
      for (let j = 0; j < 16; j++) {
        const scale = d * signed(block[at + 192 + j]);
        const quarter = (j >> 1) & 3;
        const lows = at + 64 * (j >> 3) + 32 * (quarter & 1) + 16 * (j & 1);
        const highs = at + 128 + 32 * (j >> 3) + 16 * (j & 1);
        const shift = 4 * (quarter >> 1);
        for (let i = 0; i < 16; i++) {
          const bits = ((block[lows + i] >> shift) & 15) | (((block[highs + i] >> (2 * quarter)) & 3) << 4);
          out[to + 16 * j + i] = scale * (bits - 32);
        }
      }
    },
  },
  // d f16 | 16 bytes
  IQ4_NL: {
    values: 32,
    bytes: 18,
    decode(block, at, out, to) {
      setIQ4Meanings(half(block, at));
      lookUpNibbles(block, at + 2, out, to);
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
        setIQ4Meanings(d * ((low | (high << 4)) - 32));
        lookUpNibbles(block, at + 8 + 16 * j, out, to + 32 * j);
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
