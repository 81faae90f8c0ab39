/** Rows of a tensor as a file stores them -> float32. */

import { type Decoder, openDecoder } from "./decode-numbers.ts";
import { BLOCK_KINDS, decodeBlocks } from "./ggml-blocks.ts";
import { NUMBER_KINDS, NUMBER_NAMES } from "./number-kinds.ts";

/** What a file stores of a row. */
export interface RowKind {
  /** its name, as people know it: "bfloat16", "float8_e4m3fn", "q6_k" */
  readonly dtype: string;
  /** how many numbers lie in a block, and how many bytes that has; 1 where each stands by itself */
  readonly values: number;
  readonly bytes: number;
  open(): Promise<Decoder>;
}

const plain = (dtype: string, bytes: number, decode: Decoder["decode"]): RowKind => ({
  dtype,
  values: 1,
  bytes,
  open: async () => ({ decode, close: () => {} }),
});

/**
 * The 256 numbers of eight bits, of which `fraction` are the fraction's.
 *
 * @param isSpecial which bits, without the sign, are NaN or infinity
 */
function float8(fraction: number, bias: number, special: (magnitude: number) => number | undefined): Float32Array {
  return Float32Array.from({ length: 256 }, (_, bits) => {
    const magnitude = bits & 127;
    const exponent = magnitude >> fraction;
    const part = (magnitude & ((1 << fraction) - 1)) / (1 << fraction);
    const size = special(magnitude) ?? (exponent ? (1 + part) * 2 ** (exponent - bias) : part * 2 ** (1 - bias));
    return bits & 128 ? -size : size;
  });
}

/** Without a negative zero, whose bits are the only NaN. */
function withoutNegativeZero(numbers: Float32Array): Float32Array {
  numbers[128] = Number.NaN;
  return numbers;
}

const none = () => undefined;

/** @see https://onnx.ai/onnx/technical/float8.html */
const FLOAT8: Readonly<Record<string, readonly [dtype: string, numbers: () => Float32Array]>> = {
  F8_E4M3: ["float8_e4m3fn", () => float8(3, 7, (bits) => (bits === 127 ? Number.NaN : undefined))],
  F8_E5M2: [
    "float8_e5m2",
    () => float8(2, 15, (bits) => (bits === 124 ? Number.POSITIVE_INFINITY : bits > 124 ? Number.NaN : undefined)),
  ],
  F8_E4M3FNUZ: ["float8_e4m3fnuz", () => withoutNegativeZero(float8(3, 8, none))],
  F8_E5M2FNUZ: ["float8_e5m2fnuz", () => withoutNegativeZero(float8(2, 16, none))],
  // an exponent alone, which scales have
  F8_E8M0: [
    "float8_e8m0fnu",
    () => Float32Array.from({ length: 256 }, (_, bits) => (bits === 255 ? Number.NaN : 2 ** (bits - 127))),
  ],
};

function float8Kind(dtype: string, numbers: () => Float32Array): RowKind {
  let table: Float32Array | undefined;
  return plain(dtype, 1, (bytes, out) => {
    table ??= numbers();
    for (let i = 0; i < out.length; i++) out[i] = table[bytes[i]];
  });
}

/** The kinds that are read, as safetensors or GGUF call them. */
const ROW_KINDS: Readonly<Record<string, RowKind>> = {
  ...Object.fromEntries(
    NUMBER_NAMES.map((dtype): [string, RowKind] => {
      const { safetensors, bytes } = NUMBER_KINDS[dtype];
      return [safetensors, { dtype, values: 1, bytes, open: () => openDecoder(dtype) }];
    }),
  ),
  F64: plain("float64", 8, (bytes, out) => out.set(new Float64Array(bytes.slice().buffer))),
  I8: plain("int8", 1, (bytes, out) => out.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length))),
  U8: plain("uint8", 1, (bytes, out) => out.set(bytes)),
  ...Object.fromEntries(Object.entries(FLOAT8).map(([name, [dtype, numbers]]) => [name, float8Kind(dtype, numbers)])),
  ...Object.fromEntries(
    Object.entries(BLOCK_KINDS)
      .filter(([, { decode }]) => decode)
      .map(([name, kind]): [string, RowKind] => {
        const decode = (bytes: Uint8Array, out: Float32Array) => decodeBlocks(kind, bytes, out);
        return [name, { ...plain(name.toLowerCase(), kind.bytes, decode), values: kind.values }];
      }),
  ),
};

/** How rows of a kind are read; undefined where they are not. */
export const rowKind = (name: string): RowKind | undefined =>
  Object.hasOwn(ROW_KINDS, name) ? ROW_KINDS[name] : undefined;

/** The kinds that are read, as messages list them. */
export const ROW_KIND_NAMES = Object.keys(ROW_KINDS).filter((name) => name !== "F8_E8M0");
