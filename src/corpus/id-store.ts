/** The ids of a corpus: in memory as far as they may be, those beyond in a temporary file. */

import { Wasm2VecError } from "../errors.ts";
import type { TemporaryFile } from "../runtime/runtime.ts";
import { runtime } from "../runtime/runtime.ts";

/** How many ids lie in a chunk: 4 MiB of them. */
const CHUNK_IDS = 1 << 20;

/** A chunk that was read from the file. */
interface ReadChunk {
  index: number;
  ids: Uint32Array<ArrayBuffer>;
}

/** What is written once, from the beginning to the end, and then read, in any order. */
export class IdStore {
  /** how many ids there are */
  length = 0;
  private writing: Promise<void> | undefined;
  /** the first chunks, as many as there is memory for */
  private readonly chunks: Uint32Array<ArrayBuffer>[] = [];
  /** the chunk that is being filled */
  private last = new Uint32Array();
  private file: TemporaryFile | undefined;
  /** The chunks that were read last, the newest first: a job may lie in two. */
  private recent: ReadChunk[] = [];
  private isDropped = false;

  /**
   * @param memory how many bytes of ids are kept in memory; a chunk that is filled, or read, comes on top
   * @param chunk how many ids are written and read at a time
   */
  constructor(
    private readonly memory: number,
    private readonly chunk = CHUNK_IDS,
  ) {}

  /** Whether there are no ids: they were dropped, or there were more than the memory holds and there is no file. */
  get isLost(): boolean {
    return this.isDropped;
  }

  push(ids: Uint32Array): void {
    for (let from = 0; from < ids.length && !this.isDropped; ) {
      const at = this.length % this.chunk;
      if (at === 0) this.last = new Uint32Array(this.chunk);
      const part = ids.subarray(from, from + this.chunk - at);
      this.last.set(part, at);
      this.length += part.length;
      from += part.length;
      if (this.length % this.chunk === 0) this.put(this.last);
    }
  }

  /** Whether a chunk waits to be written. Await `written` before more is pushed: waiting chunks fill the memory. */
  get isWriting(): boolean {
    return this.writing !== undefined;
  }

  /** @throws {Wasm2VecError} `file-not-writable` */
  async written(): Promise<void> {
    const { writing } = this;
    await writing;
    if (this.writing === writing) this.writing = undefined;
  }

  /** There are no more ids. */
  async finish(): Promise<void> {
    const rest = this.length % this.chunk;
    if (rest && !this.isDropped) this.put(this.last.subarray(0, rest));
    this.last = new Uint32Array();
    await this.written();
  }

  /** Fills `into` with the ids from `begin` on: at once, or when the promise is fulfilled that it returns. */
  read(begin: number, into: Uint32Array): Promise<void> | undefined {
    for (let filled = 0; filled < into.length; ) {
      const index = Math.floor((begin + filled) / this.chunk);
      const ids = this.chunks[index] ?? this.recent.find((chunk) => chunk.index === index)?.ids;
      if (!ids) return this.load(index).then(() => this.read(begin + filled, into.subarray(filled)));
      const at = (begin + filled) % this.chunk;
      const part = ids.subarray(at, at + into.length - filled);
      into.set(part, filled);
      filled += part.length;
    }
    return undefined;
  }

  /** Drops the ids, and takes no more. */
  async close(): Promise<void> {
    this.isDropped = true;
    this.chunks.length = 0;
    this.recent = [];
    // what cannot be written any more is not missed
    await this.writing?.catch(() => {});
    await this.file?.close();
    this.file = undefined;
  }

  /** Keeps a chunk that is full, or the last. */
  private put(chunk: Uint32Array<ArrayBuffer>): void {
    if (this.length * 4 <= this.memory) this.chunks.push(chunk);
    else if (runtime.openTemporary) this.spill(chunk);
    else void this.close();
  }

  private spill(chunk: Uint32Array<ArrayBuffer>): void {
    const begin = this.length - chunk.length;
    const before = this.writing ?? Promise.resolve();
    this.writing = before.then(() => this.write(chunk, begin));
    // an error is told to whoever awaits `written`
    this.writing.catch(() => {});
  }

  private async write(chunk: Uint32Array<ArrayBuffer>, begin: number): Promise<void> {
    try {
      this.file ??= await runtime.openTemporary?.();
      await this.file?.write(new Uint8Array(chunk.buffer, 0, chunk.byteLength), this.fileOffset(begin));
    } catch (cause) {
      throw new Wasm2VecError(
        "file-not-writable",
        `The corpus has more ids than the ${this.memory} bytes of corpusMemory hold, and the others could not be written to a temporary file: ${(cause as Error).message}. Make room where temporary files lie, or raise corpusMemory.`,
        { cause },
      );
    }
  }

  private async load(index: number): Promise<void> {
    const begin = index * this.chunk;
    const ids = new Uint32Array(Math.min(this.chunk, this.length - begin));
    try {
      await this.file?.read(new Uint8Array(ids.buffer), this.fileOffset(begin));
    } catch (cause) {
      const message = `The temporary file with the corpus' ids could not be read: ${(cause as Error).message}.`;
      throw new Wasm2VecError("file-not-readable", message, { cause });
    }
    this.recent = [{ index, ids }, ...this.recent.slice(0, 1)];
  }

  /** Where an id lies in the file: behind those that are not in memory. */
  private fileOffset(id: number): number {
    return (id - this.chunks.length * this.chunk) * 4;
  }
}
