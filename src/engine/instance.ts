/** An instance of the engine over a memory, and views of that memory. */

import { Wasm2VecError } from "../errors.ts";
import type { Kernels } from "./kernels.ts";

/** A module's functions, the engine's or another's, bound to a memory. */
export interface Bound<Functions = Kernels> {
  readonly kernels: Functions;
  readonly memory: WebAssembly.Memory;
}

/**
 * Binds the engine to a memory. By the constructor itself, because edge runtimes' modules and `WebAssembly` may be of two
 * realms, for which AssemblyScript's loader takes a module for bytes.
 */
export function instantiate<Functions = Kernels>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Bound<Functions> {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { kernels: exports as unknown as Functions, memory };
}

/**
 * Views are made anew for each use, because growing the memory detaches older ones. Those of a shared memory are shared. A
 * closed instance has no memory: whoever still holds one is refused, and cannot reach what lies there for others by then.
 */
export class Instance<Functions = Kernels> {
  private bound: Bound<Functions> | undefined;

  constructor(bound: Bound<Functions>) {
    this.bound = bound;
  }

  /** @throws {Wasm2VecError} `closed`, as all that follow */
  get kernels(): Functions {
    return this.open.kernels;
  }

  get memory(): WebAssembly.Memory {
    return this.open.memory;
  }

  get isClosed(): boolean {
    return this.bound === undefined;
  }

  u8(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  i8(address: number, length: number): Int8Array {
    return new Int8Array(this.memory.buffer, address, length);
  }

  i16(address: number, length: number): Int16Array {
    return new Int16Array(this.memory.buffer, address, length);
  }

  u32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  f32(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  /** Closes the instance. Returns what it was bound to, which is nobody's now; undefined when it was closed before. */
  protected release(): Bound<Functions> | undefined {
    const { bound } = this;
    this.bound = undefined;
    return bound;
  }

  private get open(): Bound<Functions> {
    if (this.bound) return this.bound;
    throw new Wasm2VecError(
      "closed",
      "The memory was closed while it was in use. Close what you load or train after its last use.",
    );
  }
}
