/** Numbers as files keep them -> float32, exactly. */

import { Engine } from "../engine/engine.ts";
import { widenLayout } from "../engine/layout.ts";

/** How many numbers are widened at a time, so that the engine needs no more than its smallest memory or two. */
const PIECE = 16384;

/** The kinds of number that can be widened. */
export type WidenedDtype = "BF16" | "F16" | "F32";

/** Turns bytes of one kind of number into float32. */
export interface Widener {
  /** out (count,) = the numbers whose little-endian bytes are given, as many */
  widen(bytes: Uint8Array, out: Float32Array): void;
  close(): void;
}

export async function openWidener(dtype: WidenedDtype): Promise<Widener> {
  if (dtype === "F32") return { widen: copyFloats, close: () => {} };
  return new EngineWidener(await Engine.open(), dtype === "BF16" ? "decodeBfloat16" : "decodeFloat16");
}

/** Every processor that runs JavaScript today is little endian, as the file is. */
function copyFloats(bytes: Uint8Array, out: Float32Array): void {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
}

class EngineWidener implements Widener {
  private readonly layout: ReturnType<typeof widenLayout>;

  constructor(
    private readonly engine: Engine,
    private readonly kernel: "decodeBfloat16" | "decodeFloat16",
  ) {
    this.layout = widenLayout(engine.base, PIECE);
    engine.reserve(this.layout.end, "Widening numbers needs");
  }

  widen(bytes: Uint8Array, out: Float32Array): void {
    const { engine, kernel, layout } = this;
    for (let begin = 0; begin < out.length; begin += PIECE) {
      const count = Math.min(PIECE, out.length - begin);
      engine.u8(layout.narrow, count * 2).set(bytes.subarray(begin * 2, (begin + count) * 2));
      engine.kernels[kernel](layout.narrow, count, layout.wide);
      out.set(engine.f32(layout.wide, count), begin);
    }
  }

  close(): void {
    this.engine.close();
  }
}
