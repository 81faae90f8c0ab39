/** Reads the golden tables by hand: they check the reader of safetensors too, so they do not go through it. */

import { readFileSync } from "node:fs";

/** The kinds of number that golden files hold. */
const ARRAYS = { F32: Float32Array, F64: Float64Array, U32: Uint32Array, U8: Uint8Array };

type Entry = { dtype: keyof typeof ARRAYS; data_offsets: [number, number] };

/** The tensors of a golden file, most of them f32, and its metadata, whose values are JSON or texts. */
export function readGolden(name: string) {
  const file = readFileSync(`tests/golden/${name}`);
  const dataBegin = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__, ...entries } = JSON.parse(file.toString("utf8", 8, dataBegin));
  const tensors: Record<string, Float32Array> = {};
  for (const [key, { dtype, data_offsets }] of Object.entries<Entry>(entries)) {
    const [begin, end] = data_offsets.map((offset) => file.byteOffset + dataBegin + offset);
    tensors[key] = new ARRAYS[dtype](file.buffer.slice(begin, end)) as Float32Array;
  }
  const parsed = Object.entries<string>(__metadata__).map(([key, text]) => [key, parse(text)]);
  // biome-ignore lint/suspicious/noExplicitAny: JSON
  return { tensors, metadata: Object.fromEntries(parsed) as Record<string, any> };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
