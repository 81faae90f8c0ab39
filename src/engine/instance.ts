/** An instance of the engine over a memory, and views of that memory. */

import type { Kernels } from "./kernels.ts";

/** Views are made anew for each use, because growing the memory detaches older ones. Those of a shared memory are shared. */
export class Instance {
  constructor(
    readonly kernels: Kernels,
    readonly memory: WebAssembly.Memory,
  ) {}

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
}
