/** An engine: an instance of its module with a memory of its own, for each owner of tables. */

import { instantiateSync } from "@assemblyscript/loader";
import { Wasm2VecError } from "../errors.ts";
import type { EngineBuild } from "../runtime/runtime.ts";
import { type Bound, Instance } from "./instance.ts";
import type { Kernels } from "./kernels.ts";
import { ALIGNMENT, roundUp } from "./layout.ts";
import { compileEngine, engineNotLoaded } from "./load-engine.ts";

const PAGE = 65536;

/** The largest memory a WebAssembly module can address, in bytes: 4 GiB. */
const MAX_MEMORY = 65536 * PAGE;

/** How far a shared memory may grow beyond its tables, for what queries need beside them. Its size must be said first. */
const SHARED_GROWTH = 64 * 1024 * 1024;

/** How many memories of closed engines are kept to be used again, and how many bytes they may have together. */
const MAX_POOLED = 8;
const MAX_POOLED_BYTES = 32 * 1024 * 1024;

/** Memories of closed engines, which are nobody's: they come back under a new engine. */
const pool: { bound: Bound; module: WebAssembly.Module }[] = [];

/**
 * An instance of the engine and its memory. Addresses come from layout.ts and begin at `base`; the memory holds zeros
 * where nothing was written.
 */
export class Engine extends Instance {
  readonly base: number;

  private constructor(
    private readonly build: EngineBuild,
    readonly module: WebAssembly.Module,
    { kernels, memory }: Bound,
  ) {
    super(kernels, memory);
    this.base = roundUp(kernels.heapBase(), ALIGNMENT);
  }

  /**
   * Opens an engine. Small memories of closed engines are used again: runtimes reserve gigabytes of address space for
   * each, and free it only when they collect garbage.
   */
  static async open(): Promise<Engine> {
    const pooled = pool.pop();
    if (pooled) return new Engine("simd", pooled.module, pooled.bound);
    const memory = orOutOfMemory(() => new WebAssembly.Memory({ initial: 1 }), PAGE, "A new memory needs");
    return Engine.over("simd", memory);
  }

  /**
   * Opens an engine whose memory other threads may share.
   *
   * @param bytes how many it needs above its base
   * @throws {Wasm2VecError} `too-large`, `out-of-memory` as `reserve`; `engine-not-loaded`
   */
  static async openShared(bytes: number, what: string): Promise<Engine> {
    // the compiler's tables lie within the first page
    const end = PAGE + bytes;
    checkSize(end, what);
    const initial = Math.ceil(end / PAGE);
    const maximum = Math.ceil(Math.min(end + SHARED_GROWTH, MAX_MEMORY) / PAGE);
    const memory = orOutOfMemory(() => new WebAssembly.Memory({ initial, maximum, shared: true }), end, what);
    return Engine.over("threads", memory);
  }

  private static async over(build: EngineBuild, memory: WebAssembly.Memory): Promise<Engine> {
    const module = await compileEngine(build);
    // the loader's asynchronous way looks for a Response first, for which Node loads its fetch: 20 ms
    try {
      const kernels = instantiateSync(module, { env: { memory } }).exports as unknown as Kernels;
      return new Engine(build, module, { kernels, memory });
    } catch (cause) {
      throw engineNotLoaded(build, cause as Error);
    }
  }

  get isShared(): boolean {
    return this.build === "threads";
  }

  /** how large its memory is, in WebAssembly's pages */
  get pages(): number {
    return this.memory.buffer.byteLength / PAGE;
  }

  /**
   * Makes sure that addresses below `end` exist.
   *
   * @throws {Wasm2VecError} `too-large` beyond 4 GiB, `out-of-memory` where the runtime refuses
   */
  reserve(end: number, what: string): void {
    checkSize(end, what);
    const missing = Math.ceil(end / PAGE) - this.pages;
    if (missing > 0) orOutOfMemory(() => this.memory.grow(missing), end, what);
  }

  /** Gives the memory back. Whoever uses the engine afterwards gets the error `closed`. */
  close(): void {
    const bound = this.release();
    if (!bound || this.isShared) return;
    const { buffer } = bound.memory;
    const pooled = pool.reduce((sum, { bound: { memory } }) => sum + memory.buffer.byteLength, buffer.byteLength);
    if (pool.length >= MAX_POOLED || pooled > MAX_POOLED_BYTES) return;
    new Uint8Array(buffer, this.base).fill(0);
    pool.push({ bound, module: this.module });
  }
}

function checkSize(end: number, what: string): void {
  if (end <= MAX_MEMORY) return;
  throw new Wasm2VecError(
    "too-large",
    `${what} ${sizeOf(end)}; one WebAssembly memory holds ${sizeOf(MAX_MEMORY)}. Take fewer words or shorter vectors.`,
  );
}

function orOutOfMemory<Result>(take: () => Result, end: number, what: string): Result {
  try {
    return take();
  } catch (cause) {
    throw new Wasm2VecError(
      "out-of-memory",
      `${what} ${sizeOf(end)}, which this runtime does not give. Close what is not needed any more, or take fewer words or shorter vectors.`,
      { cause },
    );
  }
}

/** A number of bytes as messages show it. */
const sizeOf = (bytes: number) => (bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);
