/** Vectors to be written, a few at a time: their keys as bytes, their rows as bytes of float32. */

import type { VectorList } from "./vector-file.ts";

/** How many bytes of rows are made at a time, about. */
const TILE_BYTES = 1 << 18;

/** The keys of a batch end where their bytes are more than so many. */
const MOST_TEXT = 1 << 24;

const encoder = new TextEncoder();

/** Keys of rows begin … end - 1, one after the other. */
export interface TextBatch {
  begin: number;
  end: number;
  /** where each begins in the text, and where the last ends */
  offsets: Int32Array;
  text: Uint8Array;
}

/** The keys in batches of so many rows, of fewer where they are long. */
export function* textBatches(list: VectorList, most: number): Generator<TextBatch> {
  for (let begin = 0, end = 0; begin < list.size; begin = end) {
    const texts: Uint8Array[] = [];
    const ends = [0];
    for (; end < list.size && end - begin < most && ends[ends.length - 1] < MOST_TEXT; end++) {
      const text = encoder.encode(list.key(end));
      texts.push(text);
      ends.push(ends[ends.length - 1] + text.length);
    }
    const text = new Uint8Array(ends[ends.length - 1]);
    for (const [i, part] of texts.entries()) text.set(part, ends[i]);
    yield { begin, end, offsets: Int32Array.from(ends), text };
  }
}

/** The bytes of rows begin … end - 1. */
export function* tilesOf(list: VectorList, begin: number, end: number): Generator<Uint8Array<ArrayBuffer>> {
  const { width } = list;
  const most = Math.max(1, Math.floor(TILE_BYTES / (width * 4)));
  for (let first = begin; first < end; first += most) {
    const count = Math.min(most, end - first);
    const tile = new Float32Array(count * width);
    for (let i = 0; i < count; i++) tile.set(list.row(first + i), i * width);
    yield new Uint8Array(tile.buffer);
  }
}
