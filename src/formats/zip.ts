/**
 * Zip archives, whose members are read where they lie:
 *
 *     | local header, name, extra, member | … | directory: header, name, extra, comment | … | end |
 *
 * Where a size or place is beyond 4 GB, the header has 0xffffffff instead, and it stands in an extra field (zip64).
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { damagedFile } from "./tensor-file.ts";

/** A member as the directory has it. */
export interface ZipMember {
  readonly name: string;
  /** how many bytes it has */
  readonly size: number;
  /** where its local header begins */
  readonly header: number;
  /** 0 where it is stored as it is */
  readonly method: number;
}

const [LOCAL, DIRECTORY, END, END64, LOCATOR] = [0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50];
const [LOCAL_BYTES, DIRECTORY_BYTES, END_BYTES, END64_BYTES, LOCATOR_BYTES] = [30, 46, 22, 56, 20];

/** The end's record may be followed by a comment of so many bytes. */
const LONGEST_COMMENT = 65535;

/** The longest directory, in bytes: that of a million members. */
const LONGEST_DIRECTORY = 2 ** 27;

const WIDE = 0xffffffff;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** A zip archive whose directory is read. */
export class ZipFile {
  private constructor(
    readonly source: RandomAccess,
    private readonly file: string,
    /** by their names */
    readonly members: ReadonlyMap<string, ZipMember>,
  ) {}

  /**
   * @param file what messages call it
   * @throws {Wasm2VecError} `format-damaged`, `too-large`
   */
  static async open(source: RandomAccess, file: string, signal?: AbortSignal): Promise<ZipFile> {
    const fail = (what: string) => damagedFile(file, FORMAT, what);
    const tailBegin = Math.max(0, source.size - LONGEST_COMMENT - END_BYTES);
    const tail = await source.read(tailBegin, source.size, signal);
    const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
    let end = tail.length - END_BYTES;
    while (end >= 0 && !(view.getUint32(end, true) === END && isLast(view, end))) end--;
    if (end < 0) {
      throw fail(
        "it has no directory at its end, as a Blob of fs.openAsBlob seems to beyond 4 GiB: pass its path then",
      );
    }
    let [count, size, begin] = [
      view.getUint16(end + 10, true),
      view.getUint32(end + 12, true),
      view.getUint32(end + 16, true),
    ];
    const locator = end - LOCATOR_BYTES;
    if (locator >= 0 && view.getUint32(locator, true) === LOCATOR) {
      const at = wide(view, locator + 8, fail);
      if (at + END64_BYTES > source.size) throw fail(`its end claims to begin at byte ${at}`);
      const bytes = await source.read(at, at + END64_BYTES, signal);
      const end64 = new DataView(bytes.buffer, bytes.byteOffset);
      if (end64.getUint32(0, true) !== END64) throw fail("its end is not where it claims to be");
      [count, size, begin] = [wide(end64, 32, fail), wide(end64, 40, fail), wide(end64, 48, fail)];
    }
    if (begin + size > tailBegin + end) throw fail(`its directory claims to end at byte ${begin + size}`);
    if (count * DIRECTORY_BYTES > size) throw fail(`its directory of ${size} bytes claims to hold ${count} members`);
    if (size > LONGEST_DIRECTORY) {
      const message = `${file} has a directory of ${size} bytes; ${LONGEST_DIRECTORY} are read at most.`;
      throw new Wasm2VecError("too-large", message);
    }
    const directory =
      begin >= tailBegin
        ? tail.subarray(begin - tailBegin, begin - tailBegin + size)
        : await source.read(begin, begin + size, signal);
    return new ZipFile(source, file, readDirectory(directory, count, begin, fail));
  }

  /**
   * Where the bytes of a member begin.
   *
   * @throws {Wasm2VecError} `format-damaged` where its own header says something else than the directory; `format-unknown` where
   *   it is compressed
   */
  async beginOf({ name, size, header, method }: ZipMember, signal?: AbortSignal): Promise<number> {
    const { source, file } = this;
    const fail = (what: string) => damagedFile(file, FORMAT, `its member ${show(name)} ${what}`);
    if (method !== 0) {
      throw new Wasm2VecError(
        "format-unknown",
        `${file} holds ${show(name)} compressed; expected it as it is, as torch.save writes it. Unpack the archive and pack it again without compression.`,
      );
    }
    const nameEnd = header + LOCAL_BYTES + new TextEncoder().encode(name).length;
    if (nameEnd + size > source.size) throw fail(`claims to have ${size} bytes from byte ${header} on`);
    const bytes = await source.read(header, nameEnd, signal);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (view.getUint32(0, true) !== LOCAL || utf8.decode(bytes.subarray(LOCAL_BYTES)) !== name) {
      throw fail("is not where the directory says");
    }
    const begin = header + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
    if (begin + size > source.size) throw fail(`claims to have ${size} bytes from byte ${begin} on`);
    return begin;
  }
}

const FORMAT = "zip archive";

/** Whether the end's record and its comment are the last bytes. */
const isLast = (view: DataView, end: number) => end + END_BYTES + view.getUint16(end + 20, true) === view.byteLength;

function wide(view: DataView, at: number, fail: (what: string) => Error): number {
  const number = Number(view.getBigUint64(at, true));
  if (Number.isSafeInteger(number)) return number;
  throw fail("it holds a number beyond 2^53");
}

function readDirectory(
  bytes: Uint8Array,
  count: number,
  directoryBegin: number,
  fail: (what: string) => Error,
): Map<string, ZipMember> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const members = new Map<string, ZipMember>();
  for (let i = 0, at = 0; i < count; i++) {
    if (at + DIRECTORY_BYTES > bytes.length || view.getUint32(at, true) !== DIRECTORY) {
      throw fail(`member ${i} of its directory is none`);
    }
    const nameBegin = at + DIRECTORY_BYTES;
    const extraBegin = nameBegin + view.getUint16(at + 28, true);
    const extraEnd = extraBegin + view.getUint16(at + 30, true);
    if (extraEnd > bytes.length) throw fail(`member ${i} of its directory is cut off`);
    const name = utf8.decode(bytes.subarray(nameBegin, extraBegin));
    if (members.has(name)) throw fail(`it has the member ${show(name)} twice`);
    // what does not fit stands in an extra field, in this order
    const extra = wideNumbers(view, extraBegin, extraEnd, fail);
    const [size, packed, header] = [24, 20, 42].map((place) => {
      const number = view.getUint32(at + place, true);
      return number === WIDE ? (extra.shift() ?? WIDE) : number;
    });
    const method = view.getUint16(at + 10, true);
    if (method === 0 && size !== packed) throw fail(`its member ${show(name)} has two sizes, ${size} and ${packed}`);
    if (header + packed > directoryBegin) throw fail(`its member ${show(name)} claims to have ${size} bytes`);
    members.set(name, { name, size, header, method });
    at = extraEnd + view.getUint16(at + 32, true);
  }
  return members;
}

/** The numbers of an extra field of zip64. */
function wideNumbers(view: DataView, begin: number, end: number, fail: (what: string) => Error): number[] {
  for (let at = begin; at + 4 <= end; ) {
    const length = view.getUint16(at + 2, true);
    const dataEnd = at + 4 + length;
    if (view.getUint16(at, true) === 1 && dataEnd <= end) {
      return Array.from({ length: Math.floor(length / 8) }, (_, i) => wide(view, at + 4 + 8 * i, fail));
    }
    at = dataEnd;
  }
  return [];
}
