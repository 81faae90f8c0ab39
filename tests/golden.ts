/** Reads the golden tables by hand: they check the reader of safetensors too, so they do not go through it. */

import { readFileSync } from "node:fs";

/** The f32 tensors of a golden file and its metadata, each of whose values is JSON. */
export function readGolden(name: string) {
  const file = readFileSync(`tests/golden/${name}`);
  const dataBegin = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__, ...entries } = JSON.parse(file.toString("utf8", 8, dataBegin));
  const tensors: Record<string, Float32Array> = {};
  for (const [key, { data_offsets }] of Object.entries<{ data_offsets: [number, number] }>(entries)) {
    const [begin, end] = data_offsets.map((offset) => file.byteOffset + dataBegin + offset);
    tensors[key] = new Float32Array(file.buffer.slice(begin, end));
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
