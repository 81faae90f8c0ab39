/** Zipped bytes, unzipped into memory: for readers that read in any order. */

import { sizeOf, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "./random-access.ts";
import { webChunks } from "./stream.ts";

/** How much is read at a time. */
const CHUNK_BYTES = 1 << 18;

/** So much is unzipped from whatever it is, and more only where it is no more than so many times the zipped bytes. */
const BELIEVED_BYTES = 1 << 26;
const BELIEVED_RATIO = 100;

/** Whether bytes begin as gzip does. */
export const isGzip = ([first, second]: Uint8Array) => first === 0x1f && second === 0x8b;

/**
 * Unzips the bytes of a source from `begin` to `end`.
 *
 * @param file what messages call it
 * @throws {Wasm2VecError} `format-damaged`; `too-large` where few bytes become very many
 */
export async function unzip(
  source: RandomAccess,
  format: CompressionFormat,
  { begin = 0, end = source.size, file, signal }: { begin?: number; end?: number; file: string; signal?: AbortSignal },
): Promise<RandomAccess> {
  const limit = BELIEVED_BYTES + BELIEVED_RATIO * (end - begin);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let failure: unknown;
  let at = begin;
  const zipped = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const next = Math.min(at + CHUNK_BYTES, end);
        if (at < next) controller.enqueue((await source.read(at, next, signal)).slice());
        else controller.close();
        at = next;
      } catch (error) {
        failure = error;
        throw error;
      }
    },
  });
  let size = 0;
  try {
    for await (const chunk of webChunks(zipped.pipeThrough(new DecompressionStream(format)), signal)) {
      size += chunk.length;
      if (size > limit) throw bomb(file, end - begin, limit);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (failure !== undefined) throw failure;
    if (cause instanceof Wasm2VecError) throw cause;
    throw new Wasm2VecError(
      "format-damaged",
      `${file} could not be unzipped to its end: ${(cause as Error).message}. Copy or download it again.`,
      { cause },
    );
  }
  return chunksAccess(chunks, size);
}

function bomb(file: string, zipped: number, limit: number): Wasm2VecError {
  return new Wasm2VecError(
    "too-large",
    `${file} has ${zipped} bytes that unzip to more than ${sizeOf(limit)}, which no vectors do. If it is meant so, unzip it first.`,
  );
}

/** Bytes in several chunks as one source. */
function chunksAccess(chunks: readonly Uint8Array<ArrayBuffer>[], size: number): RandomAccess {
  const ends: number[] = [];
  for (const chunk of chunks) ends.push((ends.at(-1) ?? 0) + chunk.length);
  return {
    size,
    async read(begin, end) {
      const first = firstBeyond(ends, begin);
      const firstBegin = ends[first] - chunks[first]?.length;
      if (end <= ends[first]) return chunks[first].subarray(begin - firstBegin, end - firstBegin);
      const bytes = new Uint8Array(end - begin);
      for (let i = first, at = begin; at < end; i++) {
        const chunkBegin = ends[i] - chunks[i].length;
        const part = chunks[i].subarray(at - chunkBegin, end - chunkBegin);
        bytes.set(part, at - begin);
        at += part.length;
      }
      return bytes;
    },
  };
}

/** The place of the first number that is larger, in a list that rises. */
function firstBeyond(rising: readonly number[], number: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle] > number) high = middle;
    else low = middle + 1;
  }
  return low;
}
