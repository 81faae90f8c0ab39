/** Bytes that can be read in any order: what every reader of a format reads through. */

import { Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../runtime/runtime.ts";

export type { RandomAccess } from "../runtime/runtime.ts";

/** Bytes in memory. Reads are views, copies where the memory is shared. */
export function bytesAccess(bytes: Uint8Array): RandomAccess {
  const { buffer, byteOffset } = bytes;
  return {
    size: bytes.length,
    read: async (begin, end) =>
      buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset + begin, end - begin) : bytes.slice(begin, end),
  };
}

/** A Blob, for instance a File that a user chose: it cannot be read any more once the user has changed it. */
export function blobAccess(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    async read(begin, end) {
      try {
        return new Uint8Array(await blob.slice(begin, end).arrayBuffer());
      } catch (cause) {
        const message = `The Blob could not be read: ${(cause as Error).message}. If it is a file, choose it again.`;
        throw new Wasm2VecError("file-not-readable", message, { cause });
      }
    },
  };
}
