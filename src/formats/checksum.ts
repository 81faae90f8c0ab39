/** Checksums of bytes that come in chunks: any bit that differs changes them. */

import { Engine } from "../engine/engine.ts";
import { CHECKSUM_BYTES, checksumLayout } from "../engine/layout.ts";

/** How many bytes a digest has. */
export const DIGEST_BYTES = 16;

const LANES = 16;
const PRIME = 0x9e3779b1;

/**
 * One checksum after the other, in a memory of its own. The bytes, filled up with zeros, are blocks of sixteen u32; each
 * lane is a polynomial in an odd number of its words, modulo 2^32, and four lanes are folded to one in the same way. Not
 * against forgery. Close it.
 */
export class Checksum {
  private readonly layout: ReturnType<typeof checksumLayout>;
  private filled = 0;

  private constructor(private readonly engine: Engine) {
    this.layout = checksumLayout(engine.base);
  }

  /** Opens one where the engine is ready. */
  static open(): Checksum {
    const engine = Engine.another();
    try {
      const checksum = new Checksum(engine);
      engine.reserve(checksum.layout.end, "A checksum needs");
      return checksum;
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  /** Adds bytes. */
  add(bytes: Uint8Array): void {
    const { engine, layout } = this;
    const text = engine.u8(layout.text, CHECKSUM_BYTES);
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + CHECKSUM_BYTES - this.filled);
      text.set(part, this.filled);
      this.filled += part.length;
      from += part.length;
      if (this.filled === CHECKSUM_BYTES) this.flush();
    }
  }

  /** The checksum of what was added, (16,); the next one begins. */
  digest(): Uint8Array {
    const { engine, layout } = this;
    const padded = Math.ceil(this.filled / 64) * 64;
    engine.u8(layout.text + this.filled, padded - this.filled).fill(0);
    this.filled = padded;
    this.flush();
    const lanes = engine.u32(layout.lanes, LANES);
    const digest = new Uint32Array(DIGEST_BYTES / 4);
    for (let i = 0; i < LANES; i++) digest[i % 4] = Math.imul(digest[i % 4], PRIME) + lanes[i];
    lanes.fill(0);
    return new Uint8Array(digest.buffer);
  }

  close(): void {
    this.engine.close();
  }

  private flush(): void {
    const { engine, layout } = this;
    engine.kernels.addToChecksum(layout.lanes, layout.text, this.filled);
    this.filled = 0;
  }
}
