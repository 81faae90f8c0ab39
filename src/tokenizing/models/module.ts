/** The tokenizer's WebAssembly module: loaded and compiled at its first use, an instance and a memory for each model. */

import { Instance, instantiate } from "../../engine/instance.ts";
import { ALIGNMENT, roundUp } from "../../engine/layout.ts";
import { compiled } from "../../engine/load-engine.ts";
import { sizeOf, Wasm2VecError } from "../../errors.ts";
import { runtime } from "../../runtime/runtime.ts";

/** assembly/tokenizer/index.ts in numbers. What returns a u32 is read with `>>> 0`. */
export interface TokenizerKernels {
  heapBase(): number;
  measure(text: number, end: number, lengths: number, count: number, offsets: number): void;
  indexTokens(model: number): number;
  indexMerges(model: number, text: number, offsets: number): number;
  checkModel(model: number, textBytes: number): number;
  findToken(model: number, token: number, length: number): number;
  fillCharacters(model: number, scratch: number): number;
  encode(model: number, pieces: number, isWordPiece: boolean): void;
}

/** A kernel's answer where there is no such token or merge. */
export const NONE = 0xffffffff;

const PAGE = 65536;
const MAX_MEMORY = 65536 * PAGE;

let module: Promise<WebAssembly.Module> | undefined;

function compileTokenizer(): Promise<WebAssembly.Module> {
  module ??= runtime
    .loadTokenizer()
    .then(compiled)
    .catch((cause: Error) => {
      module = undefined;
      throw new Wasm2VecError(
        "engine-not-loaded",
        `The tokenizer's module could not be loaded: ${cause.message.replace(/\.$/, "")}. It needs what the engine needs: WebAssembly, which a page's Content-Security-Policy allows with 'wasm-unsafe-eval', or an edge runtime's import of the package.`,
        { cause },
      );
    });
  return module;
}

/** An instance of the module with a memory of its own, which the host may use from `base` on. */
export class TokenizerInstance extends Instance<TokenizerKernels> {
  readonly base: number;

  private constructor(private readonly module: WebAssembly.Module) {
    const memory = orRefused(() => new WebAssembly.Memory({ initial: 1 }), PAGE);
    super(instantiate<TokenizerKernels>(module, memory));
    this.base = roundUp(this.kernels.heapBase(), ALIGNMENT);
  }

  /** @throws {Wasm2VecError} `engine-not-loaded`, `out-of-memory` */
  static async open(): Promise<TokenizerInstance> {
    return new TokenizerInstance(await compileTokenizer());
  }

  /** Another one, whose memory begins with the same bytes, up to `end`. */
  copy(end: number): TokenizerInstance {
    const other = new TokenizerInstance(this.module);
    other.reserve(end);
    other.u8(this.base, end - this.base).set(this.u8(this.base, end - this.base));
    return other;
  }

  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /**
   * Makes sure that addresses below `end` exist.
   *
   * @throws {Wasm2VecError} `too-large` beyond 4 GiB, `out-of-memory` where the runtime refuses
   */
  reserve(end: number): void {
    const missing = Math.ceil(end / PAGE) - this.size / PAGE;
    if (missing <= 0) return;
    if (end > MAX_MEMORY) {
      throw new Wasm2VecError(
        "too-large",
        `A tokenizer and a word of the text need ${sizeOf(end)}; one WebAssembly memory holds ${sizeOf(MAX_MEMORY)}. Cut the text into parts.`,
      );
    }
    orRefused(() => this.memory.grow(missing), end);
  }

  close(): void {
    this.release();
  }
}

function orRefused<Result>(take: () => Result, end: number): Result {
  try {
    return take();
  } catch (cause) {
    throw new Wasm2VecError(
      "out-of-memory",
      `A tokenizer needs ${sizeOf(end)}, which this runtime does not give. Close what is not needed any more, or cut the text into parts.`,
      { cause },
    );
  }
}
