/** Compressed parts of files, unpacked to as many bytes as they are said to be. */

import type { Damaged } from "../files/byte-cursor.ts";

/** Unpacks bytes into `out`; returns how many it makes, or that it makes more. */
type Unpack = (bytes: Uint8Array, out: Uint8Array) => number | Promise<number>;

const CODECS = {
  GZIP: unpackGzip,
  LZ4_FRAME: unpackFrame,
  LZ4_RAW: (bytes, out) => unpackBlock(bytes, out, 0),
  SNAPPY: unpackSnappy,
  ZSTD: unpackZstd,
} as const satisfies Record<string, Unpack>;

export type Codec = keyof typeof CODECS;

/** So much is believed whatever it is unpacked from; more only where it is no more than so many times that. */
const BELIEVED_BYTES = 1 << 24;
const BELIEVED_RATIO = 1000;

/**
 * The bytes that others stand for, which are said to be so many.
 *
 * @throws what `damaged` makes where they are not
 */
export async function unpack(codec: Codec, bytes: Uint8Array, length: number, damaged: Damaged): Promise<Uint8Array> {
  const what = `${bytes.length} bytes (${codec}) that claim to unpack to ${length}`;
  if (!(length >= 0) || length > Math.max(BELIEVED_BYTES, bytes.length * BELIEVED_RATIO)) throw damaged(what);
  const out = new Uint8Array(length);
  let made: number;
  try {
    made = await CODECS[codec](bytes, out);
  } catch (cause) {
    throw damaged(`${what} cannot be unpacked: ${(cause as Error).message}`);
  }
  if (made !== length) throw damaged(`${what} unpack to ${made > length ? "more" : made}`);
  return out;
}

async function unpackGzip(bytes: Uint8Array, out: Uint8Array): Promise<number> {
  const reader = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  let end = 0;
  for (let { done, value } = await reader.read(); !done && value; { done, value } = await reader.read()) {
    end += value.length;
    if (end > out.length) {
      await reader.cancel();
      return end;
    }
    out.set(value, end - value.length);
  }
  return end;
}

async function unpackZstd(bytes: Uint8Array, out: Uint8Array): Promise<number> {
  const { decompress } = await import("fzstd");
  const length = zstdLength(bytes) ?? out.length;
  if (length === out.length) decompress(bytes, out);
  return length;
}

/**
 * How many bytes a Zstandard frame says that it makes; undefined where it does not say.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8878#name-frame_header
 */
function zstdLength(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(4);
  const isSingle = (flags & 32) > 0;
  // a byte of the window's size, a dictionary's id
  const at = 5 + Number(!isSingle) + [0, 1, 2, 4][flags & 3];
  if (flags >> 6 === 0) return isSingle ? view.getUint8(at) : undefined;
  if (flags >> 6 === 1) return view.getUint16(at, true) + 256;
  return flags >> 6 === 2 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

/** See https://github.com/google/snappy/blob/main/format_description.txt */
function unpackSnappy(bytes: Uint8Array, out: Uint8Array): number {
  let [from, to] = [0, 0];
  // how many bytes it makes comes first, seven bits a byte
  while (bytes[from++] & 128);
  const number = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++) value += bytes[from++] * 2 ** (8 * i);
    return value;
  };
  while (from < bytes.length) {
    const tag = bytes[from++];
    const kind = tag & 3;
    if (kind === 0) {
      const length = (tag >> 2 < 60 ? tag >> 2 : number((tag >> 2) - 59)) + 1;
      to = copyLiterals(bytes, from, length, out, to);
      from += length;
    } else if (kind === 1) to = copyMatch(out, to, ((tag >> 5) << 8) | number(1), ((tag >> 2) & 7) + 4);
    else to = copyMatch(out, to, number(kind === 2 ? 2 : 4), (tag >> 2) + 1);
  }
  return to;
}

/** Copies bytes to a place of `out`; returns where they end. */
function copyLiterals(bytes: Uint8Array, from: number, length: number, out: Uint8Array, to: number): number {
  if (!(from + length <= bytes.length && to + length <= out.length)) throw new Error("bytes lie outside");
  out.set(bytes.subarray(from, from + length), to);
  return to + length;
}

/** Repeats what lies so far before a place, which may reach into itself; returns where it ends. */
function copyMatch(out: Uint8Array, begin: number, distance: number, length: number): number {
  if (!(distance > 0 && distance <= begin && begin + length <= out.length)) throw new Error("a match lies outside");
  for (let to = begin; to < begin + length; to++) out[to] = out[to - distance];
  return begin + length;
}

const LZ4_MAGIC = 0x184d2204;

/** See https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
function unpackFrame(bytes: Uint8Array, out: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== LZ4_MAGIC) throw new Error("it is no LZ4 frame");
  const flags = view.getUint8(4);
  // flags, block size, the content's size, a dictionary's id, a checksum of the head
  let at = 6 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1;
  let to = 0;
  for (let size = view.getUint32(at, true); size; size = view.getUint32(at, true)) {
    const count = size & 0x7fffffff;
    const block = bytes.subarray(at + 4, at + 4 + count);
    to = size >>> 31 ? copyLiterals(bytes, at + 4, count, out, to) : unpackBlock(block, out, to);
    at += 4 + count + (flags & 16 ? 4 : 0);
  }
  return to;
}

/**
 * Unpacks an LZ4 block to a place behind what its matches may reach back to; returns where it ends.
 *
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
function unpackBlock(bytes: Uint8Array, out: Uint8Array, begin: number): number {
  let [from, to] = [0, begin];
  const lengthOf = (nibble: number) => {
    let length = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; length += more) more = bytes[from++];
    return length;
  };
  while (from < bytes.length) {
    const token = bytes[from++];
    const literals = lengthOf(token >> 4);
    to = copyLiterals(bytes, from, literals, out, to);
    from += literals;
    if (from >= bytes.length) break;
    const distance = bytes[from] | (bytes[from + 1] << 8);
    from += 2;
    to = copyMatch(out, to, distance, lengthOf(token & 15) + 4);
  }
  return to;
}
