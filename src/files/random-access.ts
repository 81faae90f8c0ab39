/** Bytes that can be read in any order: what every reader of a format reads through. */

import { show, tagOf, Wasm2VecError } from "../errors.ts";
import { orAbort } from "../event-loop.ts";
import { readInto } from "../runtime/read-file.ts";
import type { RandomAccess } from "../runtime/runtime.ts";
import { copyBytes, isBytes, plainBytes } from "./bytes.ts";
import type { BlobLike, RandomAccessLike, ReadableHandle } from "./source-kinds.ts";

export type { RandomAccess } from "../runtime/runtime.ts";

/** Bytes in memory. Reads are views, copies where the memory is shared. */
export function bytesAccess(given: ArrayBufferView | ArrayBufferLike): RandomAccess {
  const bytes = plainBytes(given);
  const { buffer, byteOffset, length } = bytes;
  return {
    size: length,
    read: async (begin, end) =>
      isShared(buffer)
        ? copyBytes(bytes.subarray(begin, end))
        : new Uint8Array(buffer, byteOffset + begin, end - begin),
  };
}

const isShared = (buffer: ArrayBufferLike): buffer is SharedArrayBuffer => tagOf(buffer) === "SharedArrayBuffer";

/** Bytes in several chunks as one source. */
export function chunksAccess(chunks: readonly Uint8Array<ArrayBuffer>[]): RandomAccess {
  const ends: number[] = [];
  for (const chunk of chunks) ends.push((ends.at(-1) ?? 0) + chunk.length);
  return {
    size: ends.at(-1) ?? 0,
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

/** A Blob, for instance a File that a user chose: it cannot be read any more once the user has changed it. */
export function blobAccess(blob: BlobLike): RandomAccess {
  return {
    size: blob.size,
    async read(begin, end) {
      let bytes: Uint8Array<ArrayBuffer>;
      try {
        bytes = new Uint8Array(await bufferOf(blob.slice(begin, end)));
      } catch (cause) {
        const message = `The Blob could not be read: ${(cause as Error).message}. If it is a file, choose it again.`;
        throw new Wasm2VecError("file-not-readable", message, { cause });
      }
      if (bytes.length === end - begin) return bytes;
      // Node's fs.openAsBlob beyond 2 GiB: nodejs/node#52585
      throw new Wasm2VecError(
        "file-not-readable",
        `The Blob gave ${bytes.length} bytes of the ${end - begin} from byte ${begin} on. A file of more than 2 GiB is not read right by fs.openAsBlob: pass its path instead.`,
      );
    },
  };
}

/** jsdom's Blobs, before its 29th version, know no other way than a FileReader. */
function bufferOf(blob: BlobLike): Promise<ArrayBuffer> {
  if (typeof blob.arrayBuffer === "function") return blob.arrayBuffer();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob as Blob);
  });
}

/** A file that the user opened, which stays theirs to close. */
export async function fileHandleAccess(file: ReadableHandle): Promise<RandomAccess> {
  const fail = (cause: unknown) => {
    const message = `The given file handle could not be read: ${(cause as Error).message}. Keep it open until all is read, or pass its path.`;
    throw new Wasm2VecError("file-not-readable", message, { cause });
  };
  const status = await file.stat().catch(fail);
  if (!status.isFile()) fail(new Error("it is not a regular file"));
  const { size } = status;
  return {
    size,
    async read(begin, end) {
      const bytes = new Uint8Array(end - begin);
      await readInto(file, bytes, begin).catch(fail);
      return bytes;
    },
  };
}

/**
 * A user's source: what it reads must be bytes, as many as were asked for. They are copied, because a buffer may be used
 * again, or be part of a larger one. The source stays the user's to close.
 *
 * @throws {Wasm2VecError} `option-invalid` where its size is none; `file-not-readable`, when it is read
 */
export function userAccess(source: RandomAccessLike): RandomAccess {
  const { size } = source;
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new Wasm2VecError(
      "option-invalid",
      `The size of the given source is ${show(size)}; expected how many bytes it has, a whole number from 0 on.`,
    );
  }
  return {
    size,
    async read(begin, end, signal) {
      const got: unknown = await orAbort(source.read(begin, end, signal), signal);
      if (isBytes(got) && got.byteLength === end - begin) return copyBytes(got);
      throw new Wasm2VecError(
        "file-not-readable",
        `read(${begin}, ${end}) of the given source gave ${isBytes(got) ? `${got.byteLength} bytes` : show(got)}; expected ${end - begin} bytes, as a Uint8Array or an ArrayBuffer.`,
      );
    },
  };
}
