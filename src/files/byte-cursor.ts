/** Numbers and texts of a file, one after the other: a little of it is in memory at a time. */

import type { Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "./random-access.ts";
import type { ReadOptions } from "./source.ts";

/** How much is read at a time. */
const WINDOW = 1 << 18;

/** The longest text that ends with a byte of its own, in bytes. */
const LONGEST_TEXT = 1 << 24;

/** Makes the error that says what is wrong with a file. */
export type Damaged = (what: string) => Wasm2VecError;

/** Reads on from a place; numbers are little endian. */
export class ByteCursor {
  private window = new Uint8Array();
  private view = new DataView(this.window.buffer);
  /** where the window begins in the file, and what of it is read */
  private begin = 0;
  private at = 0;
  /** behind this nothing is read */
  private end: number;

  constructor(
    private readonly source: RandomAccess,
    /** makes the errors */
    readonly damaged: Damaged,
    private readonly options: ReadOptions = {},
  ) {
    this.end = source.size;
    if (options.reading) options.reading.totalBytes = source.size;
  }

  /** where the next byte is read */
  get position(): number {
    return this.begin + this.at;
  }

  /** Goes on from another place, and reads nothing behind `end`: by default as before. */
  seek(position: number, end = this.end): void {
    this.end = end;
    const at = position - this.begin;
    if (at >= 0 && at <= this.window.length) this.at = at;
    else [this.begin, this.at, this.window] = [position, 0, new Uint8Array()];
  }

  /** how many bytes are left */
  get left(): number {
    return this.end - this.position;
  }

  /**
   * Makes sure that so many bytes can be read without waiting.
   *
   * @param what what messages say they are
   * @throws what `damaged` makes where the file ends before
   */
  async ahead(count: number, what: string): Promise<void> {
    if (this.window.length - this.at >= count) return;
    this.checkLeft(count, what);
    await this.load(Math.max(count, WINDOW));
  }

  /** @throws what `damaged` makes where the file does not hold so many bytes more */
  checkLeft(count: number, what: string): void {
    if (count <= this.left) return;
    throw this.damaged(`${what} needs ${count} bytes from byte ${this.position} on, and ${this.left} are left`);
  }

  u8 = () => this.view.getUint8(this.advance(1));
  i32 = () => this.view.getInt32(this.advance(4), true);
  u32 = () => this.view.getUint32(this.advance(4), true);
  f32 = () => this.view.getFloat32(this.advance(4), true);

  /** A 64-bit number; what is beyond 2^53 is rounded. */
  i64 = () => Number(this.view.getBigInt64(this.advance(8), true));

  /** Bytes as they lie in the file: a view, valid until `ahead` or `until` is called. */
  bytes(count: number): Uint8Array {
    const begin = this.advance(count);
    return this.window.subarray(begin, begin + count);
  }

  /** The bytes up to one, which is passed over: a view, valid as those of `bytes`. */
  async until(end: number, what: string): Promise<Uint8Array> {
    let length = this.window.indexOf(end, this.at) - this.at;
    for (let loaded = this.window.length - this.at; length < 0; loaded = this.window.length) {
      if (loaded >= this.left) throw this.damaged(`${what} does not end`);
      if (loaded > LONGEST_TEXT) throw this.damaged(`${what} is longer than ${LONGEST_TEXT} bytes`);
      await this.load(Math.max(loaded * 2, WINDOW));
      length = this.window.indexOf(end, this.at) - this.at;
    }
    const text = this.bytes(length);
    this.at++;
    return text;
  }

  /** Rows of float32 (count, width), some at a time, as a copy. */
  async *tiles(count: number, width: number): AsyncGenerator<{ first: number; floats: Float32Array }> {
    const rowBytes = width * 4;
    this.checkLeft(count * rowBytes, `${count} rows of ${width} numbers`);
    const most = Math.max(1, Math.floor(WINDOW / rowBytes));
    for (let first = 0; first < count; first += most) {
      const bytes = Math.min(most, count - first) * rowBytes;
      await this.ahead(bytes, "a row");
      yield { first, floats: new Float32Array(this.bytes(bytes).slice().buffer) };
    }
  }

  private advance(count: number): number {
    const { at } = this;
    this.at += count;
    return at;
  }

  /** Reads so many bytes from the position on, or up to the file's end. */
  private async load(count: number): Promise<void> {
    const { position, source, options } = this;
    options.signal?.throwIfAborted();
    const end = Math.min(this.end, position + count);
    this.window = await source.read(position, end, options.signal);
    options.signal?.throwIfAborted();
    if (options.reading) options.reading.bytes += end - position;
    this.view = new DataView(this.window.buffer, this.window.byteOffset, this.window.byteLength);
    [this.begin, this.at] = [position, 0];
  }
}
