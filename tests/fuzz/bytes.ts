/** Bytes with something changed. */

import type { Random } from "./random.ts";

/** Bytes at which readers stumble: a gzip head, halves of characters, marks. */
const STRANGE = [
  [0],
  [0xff],
  [0x80],
  [0xc3],
  [0xe2, 0x82],
  [0xf0, 0x9f],
  [0xed, 0xa0, 0x80],
  [0xef, 0xbb, 0xbf],
  [0x1f, 0x8b],
];

/** Changes one thing; returns the new bytes and what was changed. */
export function changeBytes(bytes: Uint8Array, random: Random): { bytes: Uint8Array; note: string } {
  const at = random.below(bytes.length + 1);
  const length = Math.min(random.pick([1, 2, 4, 8, 100, 5000]), bytes.length - at);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const kind = random.pick(["flip", "set", "remove", "truncate", "repeat", "insert", "move"] as const);
  const note = `${kind} at byte ${at}`;
  if (kind === "truncate") return { bytes: before.slice(), note };
  if (kind === "remove") return { bytes: joined(before, after.subarray(length)), note: `${note}, ${length} bytes` };
  if (kind === "repeat") return { bytes: joined(before, after.subarray(0, length), after), note: `${note}, ${length}` };
  if (kind === "insert") return { bytes: joined(before, Uint8Array.from(random.pick(STRANGE)), after), note };
  if (kind === "move") return { bytes: joined(after, before), note };
  const changed = bytes.slice();
  const value = kind === "flip" ? changed[at] ^ (1 << random.below(8)) : random.pick([0, 1, 0x7f, 0x80, 0xff]);
  if (at < bytes.length) changed[at] = value;
  return { bytes: changed, note: `byte ${at} = ${value}` };
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}

/** The longest bytes that are printed; of others one can ask by seed and case. */
const LONGEST_PRINTED = 30_000;

/** Bytes as an expression. */
export function bytesAsCode(bytes: Uint8Array): string {
  if (bytes.length > LONGEST_PRINTED) return `/* ${bytes.length} bytes: ask with --case */ undefined`;
  return `Buffer.from("${Buffer.from(bytes).toString("base64")}", "base64")`;
}
