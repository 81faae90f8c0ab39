/** The engine's builds: where each is had, compiled once. */

import { checkOptions, type GivenOptions, type Kind, oneOf, option, optional } from "../check-options.ts";
import { tagOf, Wasm2VecError } from "../errors.ts";
import { isAddress, type UrlLike } from "../files/address.ts";
import { copyBytes, isBytes } from "../files/bytes.ts";
import { checkEngineBytes } from "../runtime/engine-bytes.ts";
import { ENGINE_FILES, type EngineCode, type EngineFile, runtime } from "../runtime/runtime.ts";
import { hasSimd } from "./simd.ts";

/** The engine for a memory of its own, and for one that threads share; the latter is the former's file but for one import. */
export type EngineBuild = "simd" | "threads" | "relaxed" | "relaxed-threads";

const isModule = (value: unknown) => tagOf(value) === "WebAssembly.Module";

const isCode = (value: Given | EngineCode): value is Uint8Array<ArrayBuffer> => ArrayBuffer.isView(value);

/** A module's type is one that all values have: at least objects are asked for. */
const compiledModule: Kind<object> = { expected: "a WebAssembly.Module", accepts: isModule };

const wasmBytes: Kind<ArrayBufferView | ArrayBufferLike> = { expected: "bytes", accepts: isBytes };

const address: Kind<string | UrlLike, string> = {
  expected: "a URL",
  accepts: (value) => isAddress(value) && value !== "",
  take: (given) => (typeof given === "string" ? given : given.href),
};

/** Where the engine comes from, where the library cannot find it by itself. Give one of `module`, `bytes` and `url`. */
const INIT_OPTIONS = {
  /** the compiled `wasm2vec/engine.wasm`, as edge runtimes hand it over; threads that share a memory need its bytes */
  module: optional(compiledModule),
  /** its bytes */
  bytes: optional(wasmBytes),
  /** where it can be fetched */
  url: optional(address),
  /** which file that is: "simd", or "relaxed", `wasm2vec/engine-relaxed.wasm`, where the same bits are not promised */
  build: option("simd", oneOf<EngineFile>("simd", "relaxed")),
  /** where a worker's script can be loaded: `wasm2vec/worker.js` */
  workerUrl: optional(address),
};

/** Options of `init`: where the engine comes from. @interface */
export type InitOptions = GivenOptions<typeof INIT_OPTIONS>;

type Given = WebAssembly.Module | Uint8Array<ArrayBuffer> | string;

/** What a file is had from. */
interface Supply {
  /** what init() was given; undefined where the library looks for it */
  from?: Given;
  code: Promise<EngineCode>;
}

interface Compiling {
  module: Promise<WebAssembly.Module>;
  /** the module, once it is compiled */
  compiled?: WebAssembly.Module;
}

const supplies: Partial<Record<EngineFile, Supply>> = {};
const builds: Partial<Record<EngineBuild, Compiling>> = {};
let workerScript: string | undefined;

/**
 * Supplies the engine. Only hosts from which the library cannot load it need to call this; else the first use does.
 * Calling it again with the same argument or equal bytes, or with none, changes nothing.
 *
 * @throws {Wasm2VecError} `option-invalid` when another engine is in use already; `engine-not-loaded` when it cannot be
 *   had; `option-unknown`
 */
export async function init(options: InitOptions = {}): Promise<void> {
  const { module, bytes, url, build, workerUrl } = checkOptions(INIT_OPTIONS, options, "init");
  const from = (module as WebAssembly.Module | undefined) ?? (bytes ? copyBytes(bytes) : url);
  const known = supplies[build];
  if (known && from !== undefined && !(await isSame(known, from))) throw another("engine");
  if (workerScript && workerUrl && workerUrl !== workerScript) throw another("workerUrl");
  const before = workerScript;
  workerScript ??= workerUrl;
  supplies[build] ??= { from, code: codeOf(build, from) };
  try {
    await compileEngine(build);
  } catch (error) {
    workerScript = before;
    throw error;
  }
}

/** Whether what is in use is what was given; equal bytes are, wherever they come from. */
async function isSame({ from, code }: Supply, given: Given): Promise<boolean> {
  if (from === given) return true;
  const used = await code.catch(() => undefined);
  // what could not be had is not in use
  if (!used) return true;
  return isCode(used) && isCode(given) && used.length === given.length && used.every((byte, i) => byte === given[i]);
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
export function compileEngine(build: EngineBuild): Promise<WebAssembly.Module> {
  const { [build]: known } = builds;
  if (known) return known.module;
  const begun: Compiling = {
    module: compile(build).then(
      (compiled) => {
        begun.compiled = compiled;
        return compiled;
      },
      (cause) => {
        delete builds[build];
        throw engineNotLoaded(cause);
      },
    ),
  };
  builds[build] = begun;
  return begun.module;
}

/** A build of the engine, where it is compiled already. */
export const compiledEngine = (build: EngineBuild) => builds[build]?.compiled;

async function compile(build: EngineBuild): Promise<WebAssembly.Module> {
  const file: EngineFile = build.startsWith("relaxed") ? "relaxed" : "simd";
  const isShared = build.endsWith("threads");
  supplies[file] ??= { code: codeOf(file) };
  const supply = supplies[file];
  let code: EngineCode | undefined;
  try {
    code = await supply.code;
    const module = isShared ? await compileShared(code, file) : await compiled(code);
    if (WebAssembly.Module.exports(module).some(({ name }) => name === "heapBase")) return module;
    throw new Error("it is another WebAssembly module");
  } catch (error) {
    // where threads cannot have what is there, one thread can
    if (!(isShared && code) && supplies[file] === supply) delete supplies[file];
    throw error;
  }
}

/** A module of code, whether it is one yet or not. */
export async function compiled(code: EngineCode): Promise<WebAssembly.Module> {
  return isCode(code) ? compileBytes(code) : code;
}

/** It has no call of `WebAssembly.compile`: where Next finds one, it builds no edge function with webpack. */
function compileBytes(bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  const { compile } = WebAssembly;
  return compile(bytes);
}

/** A compiled module has its memory for itself. */
async function compileShared(code: EngineCode, file: EngineFile): Promise<WebAssembly.Module> {
  const own = isCode(code) ? code : await runtime.loadEngine(file);
  if (!isCode(own)) throw new Error("threads share a memory only where the engine's bytes are had");
  const { withSharedMemory } = await import("./shared-memory.ts");
  return compileBytes(withSharedMemory(own));
}

/** A file's code, from what init() was given or from beside the library. */
async function codeOf(file: EngineFile, from?: Given): Promise<EngineCode> {
  if (from === undefined) return runtime.loadEngine(file);
  if (typeof from !== "string") return from;
  const { openSource, readAll } = await import("../files/source.ts");
  const source = await openSource(from);
  try {
    return checkEngineBytes(await readAll(source), from);
  } finally {
    await source.close?.();
  }
}

export function engineNotLoaded(cause: Error): Wasm2VecError {
  const message = `The engine could not be loaded: ${cause.message.replace(/\.$/, "")}. ${adviceOn(cause)}`;
  return new Wasm2VecError("engine-not-loaded", message, { cause });
}

function adviceOn({ name, message }: Error): string {
  if (typeof WebAssembly === "undefined") {
    return "There is no WebAssembly here; Safari's lockdown mode and some settings switch it off.";
  }
  if (/embedder/i.test(message)) {
    return 'This runtime compiles no bytes: pass it a module, import module from "wasm2vec/engine.wasm", to init({ module }).';
  }
  if (/content.security.policy|csp|unsafe-eval/i.test(message)) {
    return "The page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src.";
  }
  if (/^(NotCapable|PermissionDenied)$/.test(name)) return "Allow the file to be read: deno run --allow-read.";
  if (!hasSimd()) {
    return "This runtime has no WebAssembly SIMD; Chrome and Edge have it from 91 on, Firefox from 89, Safari from 16.4, Node from 16.4.";
  }
  return `Pass it to init({ module | bytes | url }); it is the package's file wasm2vec/${ENGINE_FILES.simd}.`;
}
