/** The engine's builds: where each is had, compiled once. */

import { runtime } from "#runtime";
import { checkOptions, type GivenOptions, type Kind, oneOf, option, optional } from "../check-options.ts";
import { tagOf, Wasm2VecError } from "../errors.ts";
import { isBytes } from "../files/random-access.ts";
import { isAddress, openSource, readAll } from "../files/source.ts";
import { type EngineBuild, engineFile } from "../runtime/runtime.ts";

const compiledModule: Kind<WebAssembly.Module> = {
  expected: "a WebAssembly.Module",
  accepts: (value) => tagOf(value) === "WebAssembly.Module",
};

const wasmBytes: Kind<BufferSource> = { expected: "bytes", accepts: isBytes };

const address: Kind<string | URL> = {
  expected: "a URL",
  accepts: (value) => isAddress(value) && value !== "",
};

/** Where the engine comes from, where the library cannot find it by itself. Give one of `module`, `bytes` and `url`. */
const INIT_OPTIONS = {
  /** the compiled `wasm2vec/engine.wasm`, as edge runtimes hand it over */
  module: optional(compiledModule),
  /** its bytes */
  bytes: optional(wasmBytes),
  /** where it can be fetched */
  url: optional(address),
  /**
   * which build that is: "simd"; "threads", `wasm2vec/engine-threads.wasm`, for models that several workers train; or
   * "relaxed" and "relaxed-threads", `wasm2vec/engine-relaxed.wasm` and so on, where the same bits are not promised
   */
  build: option("simd", oneOf<EngineBuild>("simd", "threads", "relaxed", "relaxed-threads")),
  /** where a worker's script can be loaded: `wasm2vec/worker.js` */
  workerUrl: optional(address),
};

/** Options of `init`: where the engine comes from. @interface */
export type InitOptions = GivenOptions<typeof INIT_OPTIONS>;

type EngineSource = InitOptions["module" | "bytes" | "url"];

interface Loading {
  from: EngineSource;
  module: Promise<WebAssembly.Module>;
  /** the module, once it is compiled */
  compiled?: WebAssembly.Module;
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
  const { module, bytes, url, build, workerUrl } = checkOptions(INIT_OPTIONS, options, "init");
  const from = module ?? bytes ?? (url === undefined ? undefined : String(url));
  const known = loading[build];
  if (known && from !== undefined && from !== known.from) throw another("engine");
  if (workerScript && workerUrl && String(workerUrl) !== String(workerScript)) throw another("workerUrl");
  workerScript ??= workerUrl;
  await compileEngine(build, from);
}

function another(what: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `init() got another ${what} than the one in use. Call it once, before anything else.`,
  );
}

/** Where init() said that a worker's script is. */
export const givenWorkerUrl = () => workerScript;

/**
 * A build of the engine, compiled at its first use.
 *
 * @throws {Wasm2VecError} `engine-not-loaded`
 */
export function compileEngine(build: EngineBuild, from?: EngineSource): Promise<WebAssembly.Module> {
  const { [build]: known } = loading;
  if (known) return known.module;
  const module = load(build, from);
  const begun: Loading = { from, module };
  loading[build] = begun;
  begun.module = module.then(
    (compiled) => {
      begun.compiled = compiled;
      return compiled;
    },
    (cause) => {
      delete loading[build];
      throw engineNotLoaded(build, cause);
    },
  );
  return begun.module;
}

/** A build of the engine, where it is compiled already. */
export const compiledEngine = (build: EngineBuild) => loading[build]?.compiled;

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

export function engineNotLoaded(build: EngineBuild, cause: Error): Wasm2VecError {
  const named = build === "simd" ? "" : `, build: "${build}"`;
  return new Wasm2VecError(
    "engine-not-loaded",
    `The engine could not be loaded: ${cause.message}. Pass it to init({ module | bytes | url${named} }); it is the package's file wasm2vec/${engineFile(build)}.`,
    { cause },
  );
}
