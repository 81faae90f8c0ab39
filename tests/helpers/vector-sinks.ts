/** Where tests have readers put what they read, and what they have writers write: all of it in plain arrays. */

import type { VectorList, VectorSink } from "../../src/formats/vector-file.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Keeps what a reader gives. */
export class CollectingSink implements VectorSink {
  shape: { rows?: number; width: number } | undefined;
  readonly keys: string[] = [];
  /** the keys' bytes, where they came as such */
  readonly keyBytes: (Uint8Array | undefined)[] = [];
  readonly rows: number[][] = [];
  readonly attributes: Record<string, number[]> = {};

  /** @param wanted how many rows it takes; all by default */
  constructor(private readonly wanted = Number.POSITIVE_INFINITY) {}

  begin(shape: { rows?: number; width: number }): void {
    if (this.shape) throw new Error("begin was called twice");
    this.shape = shape;
  }

  add(key: string | Uint8Array, vector: ArrayLike<number>): boolean {
    if (!this.shape) throw new Error("add was called before begin");
    if (vector.length !== this.shape.width) throw new Error(`a row of ${vector.length} numbers`);
    if (this.rows.length >= this.wanted) throw new Error("more rows came than were wanted");
    this.keys.push(typeof key === "string" ? key : decoder.decode(key));
    this.keyBytes.push(typeof key === "string" ? undefined : key.slice());
    this.rows.push(Array.from(vector));
    return this.rows.length < this.wanted;
  }

  attribute(name: string, values: ArrayLike<number>): void {
    this.attributes[name] = Array.from(values);
  }
}

/** Keys and their rows as a list to be written: each row is the same array, as a table's is. */
export function vectorList(
  rows: Readonly<Record<string, readonly number[]>> | readonly (readonly [string, readonly number[]])[],
  counts?: readonly number[],
): VectorList {
  const entries = Array.isArray(rows) ? rows : Object.entries(rows);
  const width = entries[0]?.[1].length ?? 1;
  const shared = new Float32Array(width);
  return {
    size: entries.length,
    width,
    key: (row) => entries[row][0],
    row: (row) => {
      shared.set(entries[row][1]);
      return shared;
    },
    ...(counts ? { counts } : {}),
  };
}

/** Bytes in chunks of so many, each of them in the memory of the last but one: as a source may give them. */
export async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const buffers = [new Uint8Array(size), new Uint8Array(size)];
  for (let begin = 0; begin < bytes.length; begin += size) {
    const chunk = bytes.subarray(begin, begin + size);
    const buffer = buffers[(begin / size) % 2].fill(0xff);
    buffer.set(chunk);
    yield buffer.subarray(0, chunk.length);
  }
}

/** The bytes of a file that a writer makes, whose chunks may be valid for a turn only. */
export const written = (chunks: Iterable<Uint8Array>) => Buffer.concat(Array.from(chunks, (chunk) => chunk.slice()));
