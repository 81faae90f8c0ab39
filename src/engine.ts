/** The engine: one compiled module, and for each owner of tables an instance with a memory of its own. */

import { instantiate } from "@assemblyscript/loader";
import { runtime } from "#runtime";
import { Wasm2VecError, withDefaults } from "./errors.ts";
import type { Kernels } from "./kernels.ts";
import { ALIGNMENT, roundUp } from "./layout.ts";
import { openSource, readAll } from "./source.ts";

const PAGE = 65536;

/** The largest memory a WebAssembly module can address, in bytes: 4 GiB. */
export const LARGEST_MEMORY = 65536 * PAGE;

/** How the engine is had, where the library cannot find it by itself. Give one of them. */
export interface InitOptions {
  /** the compiled `wasm2vec/engine.wasm`, as edge runtimes hand it over */
  module?: WebAssembly.Module;
  /** its bytes */
  bytes?: BufferSource;
  /** where it can be fetched */
  url?: string | URL;
}

type EngineSource = InitOptions[keyof InitOptions];

const NO_SOURCE: InitOptions = { module: undefined, bytes: undefined, url: undefined };

let loading: Promise<WebAssembly.Module> | undefined;
let loadedFrom: EngineSource;

/**
 * Supplies the engine. Only hosts from which the library cannot load it need to call this; else the first use does.
 * Calling it again with the same argument, or none, changes nothing.
 *
 * @throws {Wasm2VecError} `option-invalid` when another engine is in use already; `engine-not-loaded` when it cannot be
 *   had; `option-unknown`
 */
export async function init(options: InitOptions = {}): Promise<void> {
  const { module, bytes, url } = withDefaults(NO_SOURCE, options, "init");
  const from = module ?? bytes ?? (url === undefined ? undefined : String(url));
  if (loading && from !== undefined && from !== loadedFrom) {
    throw new Wasm2VecError(
      "option-invalid",
      "init() got another engine than the one in use. Call it once, before anything else.",
    );
  }
  await compile(from);
}

function compile(from?: EngineSource): Promise<WebAssembly.Module> {
  if (loading) return loading;
  loadedFrom = from;
  loading = load(from).catch((cause) => {
    loading = undefined;
    throw new Wasm2VecError(
      "engine-not-loaded",
      `The engine could not be loaded: ${cause.message}. Pass it to init({ module | bytes | url }); it is the package's file wasm2vec/engine.wasm.`,
      { cause },
    );
  });
  return loading;
}

async function load(from: EngineSource): Promise<WebAssembly.Module> {
  const module = from === undefined ? await runtime.loadEngine() : await compiled(from);
  if (WebAssembly.Module.exports(module).some(({ name }) => name === "heapBase")) return module;
  throw new Error("it is another WebAssembly module");
}

async function compiled(from: Exclude<EngineSource, undefined>): Promise<WebAssembly.Module> {
  if (from instanceof WebAssembly.Module) return from;
  if (typeof from !== "string" && !(from instanceof URL)) return WebAssembly.compile(from);
  return WebAssembly.compile(await readAll(await openSource(from)));
}

/**
 * An instance of the engine and its memory. Addresses come from layout.ts and begin at `base`; the memory holds zeros
 * where nothing was written. Views are made anew for each use, because growing the memory detaches older ones.
 */
export class Engine {
  readonly base: number;

  private constructor(
    readonly kernels: Kernels,
    private readonly memory: WebAssembly.Memory,
  ) {
    this.base = roundUp(kernels.heapBase(), ALIGNMENT);
  }

  /**
   * Opens an engine. Small memories of closed engines are used again: runtimes reserve gigabytes of address space for
   * each, and free it only when they collect garbage.
   */
  static async open(): Promise<Engine> {
    const pooled = pool.pop();
    if (pooled) return pooled;
    const module = await compile();
    const memory = new WebAssembly.Memory({ initial: 1 });
    const { instance } = await instantiate(module, { env: { memory } });
    return new Engine(instance.exports as Kernels, memory);
  }

  /**
   * Makes sure that addresses below `end` exist.
   *
   * @throws {Wasm2VecError} `too-large` beyond 4 GiB, `out-of-memory` where the runtime refuses
   */
  reserve(end: number, what: string): void {
    if (end > LARGEST_MEMORY) {
      throw new Wasm2VecError(
        "too-large",
        `${what} ${gigabytes(end)} GB; one WebAssembly memory holds ${gigabytes(LARGEST_MEMORY)} GB. Take fewer words or shorter vectors.`,
      );
    }
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / PAGE);
    if (missing <= 0) return;
    try {
      this.memory.grow(missing);
    } catch (cause) {
      throw new Wasm2VecError(
        "out-of-memory",
        `${what} ${gigabytes(end)} GB, which this runtime does not give. Close what is not needed any more, or take fewer words or shorter vectors.`,
        { cause },
      );
    }
  }

  u8(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer as ArrayBuffer, address, length);
  }

  i8(address: number, length: number): Int8Array<ArrayBuffer> {
    return new Int8Array(this.memory.buffer as ArrayBuffer, address, length);
  }

  i16(address: number, length: number): Int16Array<ArrayBuffer> {
    return new Int16Array(this.memory.buffer as ArrayBuffer, address, length);
  }

  u32(address: number, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.memory.buffer as ArrayBuffer, address, length);
  }

  f32(address: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer as ArrayBuffer, address, length);
  }

  f64(address: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.memory.buffer as ArrayBuffer, address, length);
  }

  /** Gives the memory back. The owner must not use the engine again. */
  close(): void {
    const size = this.memory.buffer.byteLength;
    if (pool.length >= POOLED || size > POOLED_BYTES) return;
    this.u8(this.base, size - this.base).fill(0);
    pool.push(this);
  }
}

const POOLED = 8;
const POOLED_BYTES = 4 * 1024 * 1024;
const pool: Engine[] = [];

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
