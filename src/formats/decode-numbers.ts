/** Numbers as files hold them -> float32, exactly. */

import { Engine } from "../engine/engine.ts";
import { decodeLayout } from "../engine/layout.ts";
import { NUMBER_KINDS, type NumberKind, type NumberName } from "./number-kinds.ts";

/** How many numbers are decoded at a time, so that the engine needs no more than its smallest memory or two. */
const CHUNK_NUMBERS = 16384;

/** Turns bytes of one kind of number into float32. Close it. */
export interface Decoder {
  /** out (count,) = the numbers whose little-endian bytes are given, as many */
  decode(bytes: Uint8Array, out: Float32Array): void;
  close(): void;
}

export async function openDecoder(name: NumberName): Promise<Decoder> {
  const kind: NumberKind = NUMBER_KINDS[name];
  if (!kind.decode) return { decode: copyFloats, close: () => {} };
  return new EngineDecoder(await Engine.open(), kind);
}

/** Every processor that runs JavaScript today is little endian, as the file is. */
function copyFloats(bytes: Uint8Array, out: Float32Array): void {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
}

class EngineDecoder implements Decoder {
  private readonly layout: ReturnType<typeof decodeLayout>;

  constructor(
    private readonly engine: Engine,
    private readonly kind: NumberKind,
  ) {
    this.layout = decodeLayout(engine.base, CHUNK_NUMBERS);
    try {
      engine.reserve(this.layout.end, "Decoding numbers needs");
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  decode(bytes: Uint8Array, out: Float32Array): void {
    const { engine, kind, layout } = this;
    for (let begin = 0; begin < out.length; begin += CHUNK_NUMBERS) {
      const count = Math.min(CHUNK_NUMBERS, out.length - begin);
      engine
        .u8(layout.narrow, count * kind.bytes)
        .set(bytes.subarray(begin * kind.bytes, (begin + count) * kind.bytes));
      kind.decode?.(engine.kernels, layout.narrow, count, layout.wide);
      out.set(engine.f32(layout.wide, count), begin);
    }
  }

  close(): void {
    this.engine.close();
  }
}
