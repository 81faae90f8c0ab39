/** Texts as bytes, and as sources that have no end. */

import type { RandomAccess } from "../../src/files/random-access.ts";

export const utf8 = (text: string) => new TextEncoder().encode(text);

/** A source of a text without end (2^53 bytes), which counts what is read of it. */
export function endless(text: string): RandomAccess & { bytesRead: number } {
  const bytes = utf8(text.repeat(Math.ceil(2 ** 20 / text.length)));
  return {
    size: Number.MAX_SAFE_INTEGER,
    bytesRead: 0,
    async read(begin, end) {
      this.bytesRead += end - begin;
      return bytes.slice(0, end - begin);
    },
  };
}
