/** The engine: its builds, compiled once, and for each owner of tables an instance with a memory of its own. */

import { instantiateSync } from "@assemblyscript/loader";
import { runtime } from "#runtime";
import { Wasm2VecError, withDefaults } from "../errors.ts";
import { openSource, readAll } from "../files/source.ts";
import { type EngineBuild, engineFile } from "../runtime/runtime.ts";
import { Instance } from "./instance.ts";
import type { Kernels } from "./kernels.ts";
import { ALIGNMENT, roundUp } from "./layout.ts";
import { hasRelaxedSimd } from "./relaxed-simd.ts";

const PAGE = 65536;

/** The largest memory a WebAssembly module can address, in bytes: 4 GiB. */
export const LARGEST_MEMORY = 65536 * PAGE;

/** How far a shared memory may grow beyond its tables, for what queries need beside them. Its size must be said first. */
const SHARED_GROWTH = 64 * 1024 * 1024;

/** How the engine is had, where the library cannot find it by itself. Give one of `module`, `bytes` and `url`. */
export interface InitOptions {
  /** the compiled `wasm2vec/engine.wasm`, as edge runtimes hand it over */
  module?: WebAssembly.Module;
  /** its bytes */
  bytes?: BufferSource;
  /** where it can be fetched */
  url?: string | URL;
  /**
   * which build that is: "simd"; "threads", `wasm2vec/engine-threads.wasm`, for models that several workers train; or
   * "relaxed" and "relaxed-threads", `wasm2vec/engine-relaxed.wasm` and so on, where the same bits are not promised
   */
  build?: EngineBuild;
  /** where a worker's script can be loaded: `wasm2vec/worker.js` */
  workerUrl?: string | URL;
}

type EngineSource = InitOptions["module" | "bytes" | "url"];

const NO_SOURCE: InitOptions = {
  module: undefined,
  bytes: undefined,
  url: undefined,
  build: "simd",
  workerUrl: undefined,
};

const BUILDS: readonly EngineBuild[] = ["simd", "threads", "relaxed", "relaxed-threads"];

interface Loading {
  from: EngineSource;
  module: Promise<WebAssembly.Module>;
}

const loading: Partial<Record<EngineBuild, Loading>> = {};
let workerScript: string | URL | undefined;

/**
 * Supplies the engine. Only hosts from which the library cannot load it need to call this; else the first use does.
 * Calling it again with the same argument, or none, changes nothing.
 *
 * @throws {Wasm2VecError} `option-invalid` when another engine is in use already; `engine-not-loaded` when it cannot be
 *   had; `option-unknown`
 */
export async function init(options: InitOptions = {}): Promise<void> {
  const { module, bytes, url, build = "simd", workerUrl } = withDefaults(NO_SOURCE, options, "init");
  checkBuild(build);
  const from = module ?? bytes ?? (url === undefined ? undefined : String(url));
  const known = loading[build];
  if (known && from !== undefined && from !== known.from) throw another("engine");
  if (workerScript && workerUrl && String(workerUrl) !== String(workerScript)) throw another("workerUrl");
  workerScript ??= workerUrl;
  await compile(build, from);
}

function another(what: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `init() got another ${what} than the one in use. Call it once, before anything else.`,
  );
}

function checkBuild(build: EngineBuild): void {
  if (BUILDS.includes(build)) return;
  const expected = BUILDS.map((name) => `"${name}"`).join(" or ");
  throw new Wasm2VecError("option-invalid", `build is ${String(build)}; expected ${expected}.`);
}

/** Where init() said that a worker's script is. */
export const givenWorkerUrl = () => workerScript;

function compile(build: EngineBuild, from?: EngineSource): Promise<WebAssembly.Module> {
  const { [build]: known } = loading;
  if (known) return known.module;
  const module = load(build, from).catch((cause) => {
    delete loading[build];
    throw notLoaded(build, cause);
  });
  loading[build] = { from, module };
  return module;
}

async function load(build: EngineBuild, from: EngineSource): Promise<WebAssembly.Module> {
  const module = from === undefined ? await runtime.loadEngine(build) : await compiled(from);
  if (WebAssembly.Module.exports(module).some(({ name }) => name === "heapBase")) return module;
  throw new Error("it is another WebAssembly module");
}

async function compiled(from: Exclude<EngineSource, undefined>): Promise<WebAssembly.Module> {
  if (from instanceof WebAssembly.Module) return from;
  if (typeof from !== "string" && !(from instanceof URL)) return WebAssembly.compile(from);
  return WebAssembly.compile(await readAll(await openSource(from)));
}

function notLoaded(build: EngineBuild, cause: Error): Wasm2VecError {
  const named = build === "simd" ? "" : `, build: "${build}"`;
  return new Wasm2VecError(
    "engine-not-loaded",
    `The engine could not be loaded: ${cause.message}. Pass it to init({ module | bytes | url${named} }); it is the package's file wasm2vec/${engineFile(build)}.`,
    { cause },
  );
}

/**
 * The build for a memory, compiled: where `isRelaxed`, the one with fused multiply-adds, if the runtime takes it and it can be
 * had; else the plain one.
 */
async function chooseBuild(isShared: boolean, isRelaxed: boolean): Promise<[EngineBuild, WebAssembly.Module]> {
  if (isRelaxed && hasRelaxedSimd()) {
    const relaxed = isShared ? "relaxed-threads" : "relaxed";
    try {
      return [relaxed, await compile(relaxed)];
    } catch {
      // it is faster, and not needed
    }
  }
  const plain = isShared ? "threads" : "simd";
  return [plain, await compile(plain)];
}

/**
 * An instance of the engine and its memory. Addresses come from layout.ts and begin at `base`; the memory holds zeros
 * where nothing was written.
 */
export class Engine extends Instance {
  readonly base: number;

  private constructor(
    readonly build: EngineBuild,
    readonly module: WebAssembly.Module,
    kernels: Kernels,
    memory: WebAssembly.Memory,
  ) {
    super(kernels, memory);
    this.base = roundUp(kernels.heapBase(), ALIGNMENT);
  }

  /**
   * Opens an engine. Small memories of closed engines are used again: runtimes reserve gigabytes of address space for
   * each, and free it only when they collect garbage.
   *
   * @param isRelaxed whether the same bits everywhere are not needed
   */
  static async open(isRelaxed = false): Promise<Engine> {
    const pooled = isRelaxed ? undefined : pool.pop();
    return pooled ?? Engine.over(new WebAssembly.Memory({ initial: 1 }), false, isRelaxed);
  }

  /**
   * Opens an engine whose memory other threads may share.
   *
   * @param bytes how many it needs above its base
   * @param isRelaxed whether the same bits everywhere are not needed
   * @throws {Wasm2VecError} `too-large`, `out-of-memory` as `reserve`; `engine-not-loaded`
   */
  static async openShared(bytes: number, what: string, isRelaxed = false): Promise<Engine> {
    // the compiler's tables lie within the first page
    const end = PAGE + bytes;
    checkSize(end, what);
    const initial = Math.ceil(end / PAGE);
    const maximum = Math.ceil(Math.min(end + SHARED_GROWTH, LARGEST_MEMORY) / PAGE);
    const memory = orOutOfMemory(() => new WebAssembly.Memory({ initial, maximum, shared: true }), end, what);
    return Engine.over(memory, true, isRelaxed);
  }

  private static async over(memory: WebAssembly.Memory, isShared: boolean, isRelaxed: boolean): Promise<Engine> {
    const [build, module] = await chooseBuild(isShared, isRelaxed);
    // the loader's asynchronous way looks for a Response first, for which Node loads its fetch: 20 ms
    try {
      return new Engine(
        build,
        module,
        instantiateSync(module, { env: { memory } }).exports as unknown as Kernels,
        memory,
      );
    } catch (cause) {
      throw notLoaded(build, cause as Error);
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

  /** Gives the memory back. The owner must not use the engine again. */
  close(): void {
    const size = this.memory.buffer.byteLength;
    const pooled = pool.reduce((sum, engine) => sum + engine.memory.buffer.byteLength, size);
    if (this.build !== "simd" || pool.length >= MOST_POOLED || pooled > MOST_POOLED_BYTES) return;
    this.u8(this.base, size - this.base).fill(0);
    pool.push(this);
  }
}

const MOST_POOLED = 8;
const MOST_POOLED_BYTES = 32 * 1024 * 1024;
const pool: Engine[] = [];

function checkSize(end: number, what: string): void {
  if (end <= LARGEST_MEMORY) return;
  throw new Wasm2VecError(
    "too-large",
    `${what} ${gigabytes(end)} GB; one WebAssembly memory holds ${gigabytes(LARGEST_MEMORY)} GB. Take fewer words or shorter vectors.`,
  );
}

function orOutOfMemory<Result>(take: () => Result, end: number, what: string): Result {
  try {
    return take();
  } catch (cause) {
    throw new Wasm2VecError(
      "out-of-memory",
      `${what} ${gigabytes(end)} GB, which this runtime does not give. Close what is not needed any more, or take fewer words or shorter vectors.`,
      { cause },
    );
  }
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
