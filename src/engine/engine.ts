/** An engine: an instance of its module with a memory of its own, for each owner of tables. */

import { sizeOf, Wasm2VecError } from "../errors.ts";
import { orAbort } from "../event-loop.ts";
import { type Bound, Instance, instantiate } from "./instance.ts";
import { ALIGNMENT, roundUp } from "./layout.ts";
import { compiledEngine, compileEngine, type EngineBuild, engineNotLoaded } from "./load-engine.ts";
import { hasRelaxedSimd } from "./simd.ts";

const PAGE = 65536;

/** The largest memory a WebAssembly module can address, in bytes: 4 GiB. */
export const MAX_MEMORY = 65536 * PAGE;

/** How far a shared memory may grow beyond its tables, for what queries need beside them. Its size must be said first. */
const SHARED_GROWTH = 64 * 1024 * 1024;

/** How many memories of closed engines are kept to be used again, and how many bytes they may have together. */
const MAX_POOLED = 8;
const MAX_POOLED_BYTES = 32 * 1024 * 1024;

/** Memories of closed engines, which are nobody's: they come back under a new engine. */
const pool: { bound: Bound; module: WebAssembly.Module }[] = [];

/**
 * The build for a memory, compiled: where `isRelaxed`, the one with fused multiply-adds, if the runtime takes it and it can
 * be loaded; else the plain one.
 */
async function chooseBuild(isShared: boolean, isRelaxed: boolean): Promise<[EngineBuild, WebAssembly.Module]> {
  if (isRelaxed && hasRelaxedSimd()) {
    const relaxed = isShared ? "relaxed-threads" : "relaxed";
    try {
      return [relaxed, await compileEngine(relaxed)];
    } catch {
      // it is faster, and not needed
    }
  }
  const plain = isShared ? "threads" : "simd";
  return [plain, await compileEngine(plain)];
}

const newMemory = () => orOutOfMemory(() => new WebAssembly.Memory({ initial: 1 }), PAGE, "A new memory needs");

/**
 * An instance of the engine and its memory. Addresses come from layout.ts and begin at `base`; the memory holds zeros
 * where nothing was written.
 */
export class Engine extends Instance {
  readonly base: number;

  private constructor(
    readonly build: EngineBuild,
    readonly module: WebAssembly.Module,
    bound: Bound,
  ) {
    super(bound);
    this.base = roundUp(bound.kernels.heapBase(), ALIGNMENT);
  }

  /** Whether an engine can be opened at once. */
  static get isReady(): boolean {
    return compiledEngine("simd") !== undefined;
  }

  /**
   * Makes the engine ready.
   *
   * @throws {Wasm2VecError} `engine-not-loaded`; the signal's reason, also while the engine is fetched
   */
  static async load(signal?: AbortSignal): Promise<void> {
    await orAbort(compileEngine("simd"), signal);
  }

  /**
   * Opens an engine, the first time when it is loaded.
   *
   * @param isRelaxed whether the same bits everywhere are not needed
   * @throws {Wasm2VecError} `engine-not-loaded`, `out-of-memory`
   */
  static async open(isRelaxed = false): Promise<Engine> {
    await Engine.load();
    if (!isRelaxed) return Engine.another();
    const [build, module] = await chooseBuild(false, true);
    return Engine.over(build, module, newMemory());
  }

  /**
   * Opens an engine at once, where one was opened before, so that what is copied to it cannot change meanwhile. Small
   * memories of closed engines are used again: runtimes reserve gigabytes of address space for each, and free it only when
   * they collect garbage.
   *
   * @throws {Wasm2VecError} `out-of-memory`
   */
  static another(): Engine {
    const pooled = pool.pop();
    if (pooled) return new Engine("simd", pooled.module, pooled.bound);
    const module = compiledEngine("simd");
    if (!module) throw engineNotLoaded(new Error("it was not asked for"));
    return Engine.over("simd", module, newMemory());
  }

  /**
   * Opens an engine whose memory other threads may share.
   *
   * @param bytes how many it needs above its base
   * @throws {Wasm2VecError} `too-large`, `out-of-memory` as `reserve`; `engine-not-loaded`
   */
  static async openShared(bytes: number, what: string, isRelaxed = false): Promise<Engine> {
    // the compiler's tables lie within the first page
    const end = PAGE + bytes;
    checkSize(end, what);
    const initial = Math.ceil(end / PAGE);
    const maximum = Math.ceil(Math.min(end + SHARED_GROWTH, MAX_MEMORY) / PAGE);
    const memory = orOutOfMemory(() => new WebAssembly.Memory({ initial, maximum, shared: true }), end, what);
    const [build, module] = await chooseBuild(true, isRelaxed);
    return Engine.over(build, module, memory);
  }

  private static over(build: EngineBuild, module: WebAssembly.Module, memory: WebAssembly.Memory): Engine {
    try {
      return new Engine(build, module, instantiate(module, memory));
    } catch (cause) {
      throw engineNotLoaded(cause as Error);
    }
  }

  get isShared(): boolean {
    return this.build === "threads" || this.build === "relaxed-threads";
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
    if (!bound || this.build !== "simd") return;
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
