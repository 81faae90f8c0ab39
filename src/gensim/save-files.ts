/** The opened files of one of gensim's saves: the pickle, and the arrays that lie beside it. */

import { Wasm2VecError } from "../errors.ts";
import { type FilesBeside, openBeside } from "../files/beside.ts";
import { inflate } from "../files/inflate.ts";
import type { RandomAccess } from "../files/random-access.ts";

export class SaveFiles {
  private readonly opened: RandomAccess[] = [];

  /**
   * @param pickle its bytes, unzipped; whoever opened it closes it
   * @param isZipped whether it was gzipped: then each array beside it is an .npz, else an .npy
   */
  constructor(
    private readonly files: FilesBeside,
    readonly pickle: RandomAccess,
    private readonly isZipped: boolean,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** what messages call the save */
  get name(): string {
    return this.files.name;
  }

  /**
   * Opens an array's file.
   *
   * @param suffix what the names of the object's arrays begin with, behind the pickle's name
   * @throws {Wasm2VecError} `file-not-found`, which says where it was looked for
   */
  async openArray(suffix: string, name: string): Promise<{ source: RandomAccess; file: string }> {
    const ending = `${suffix}.${name}.${this.isZipped ? "npz" : "npy"}`;
    const source = await openBeside(this.files, ending, name, this.signal);
    this.opened.push(source);
    const file = `The file "…${ending}" of ${this.name}`;
    return { source: this.isZipped ? await firstOfZip(source, file, this.signal) : source, file };
  }

  async close(): Promise<void> {
    for (const source of this.opened) await source.close?.();
  }
}

const ENTRY = 0x02014b50;
const END = 0x06054b50;

/** How many bytes the end of a zip archive's directory has, and at most, with a comment. */
const END_BYTES = 22;
const LONGEST_END = END_BYTES + 0xffff;

const STORED = 0;
const DEFLATED = 8;

/**
 * The first member of a zip archive: an .npz of gensim's has one array.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
async function firstOfZip(source: RandomAccess, file: string, signal?: AbortSignal): Promise<RandomAccess> {
  const damaged = () => new Wasm2VecError("format-damaged", `${file} is no whole .npz. Copy or download it again.`);
  const view = async (begin: number, length: number) => {
    if (begin + length > source.size) throw damaged();
    const { buffer, byteOffset, byteLength } = await source.read(begin, begin + length, signal);
    return new DataView(buffer, byteOffset, byteLength);
  };
  const tail = await view(Math.max(0, source.size - LONGEST_END), Math.min(LONGEST_END, source.size));
  let at = tail.byteLength - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw damaged();
  const entry = await view(tail.getUint32(at + 16, true), 46);
  if (entry.getUint32(0, true) !== ENTRY) throw damaged();
  const method = entry.getUint16(10, true);
  const header = entry.getUint32(42, true);
  const local = await view(header, 30);
  const begin = header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const end = begin + entry.getUint32(20, true);
  if (end > source.size || !(method === STORED || method === DEFLATED)) throw damaged();
  const member = {
    size: end - begin,
    read: (from: number, to: number) => source.read(begin + from, begin + to, signal),
  };
  return method === STORED ? member : inflate(member, file, signal);
}
