/** Vectors to add up in: queries, before they are asked. */

import type { Engine } from "../engine/engine.ts";

/** 1 / length; 0 for a zero vector, so that it stays one. */
export const inverse = (length: number) => (length > 0 ? 1 / length : 0);

/** Rounding leads a cosine beyond ±1, where it has no angle. */
const bounded = (cosine: number) => Math.max(-1, Math.min(1, cosine));

/** The table that a sum lies in. */
export interface SummedRows {
  readonly engine: Engine;
  readonly layout: Readonly<Record<"query" | "other", number>>;
  readonly rowBytes: number;
  readonly vectorSize: number;
  /** the address of row i as float32 */
  decodedRow(i: number): number;
  norm(i: number): number;
}

/** A vector (D,) in a table's memory, where rows and other vectors are added up. What it holds is the last caller's. */
export class VectorSum {
  constructor(
    private readonly table: SummedRows,
    private readonly region: "query" | "other",
  ) {}

  /** where it lies, padded as a row is */
  get address(): number {
    return this.table.layout[this.region];
  }

  /** Begins a sum: zeros. */
  clear(): this {
    this.table.engine.u8(this.address, this.table.rowBytes).fill(0);
    return this;
  }

  /** sum += weight · item: a row, first divided by its norm where `unit` is set, or a vector (D,) as it is */
  add(item: number | ArrayLike<number>, weight: number, unit: boolean): this {
    const { engine, rowBytes, vectorSize } = this.table;
    if (typeof item === "number") {
      const factor = unit ? weight * inverse(this.table.norm(item)) : weight;
      engine.kernels.axpy(factor, this.table.decodedRow(item), this.address, rowBytes);
    } else {
      const sum = engine.f32(this.address, vectorSize);
      for (let i = 0; i < item.length; i++) sum[i] += weight * item[i];
    }
    return this;
  }

  /** sum *= factor */
  scale(factor: number): this {
    this.table.engine.kernels.scale(factor, this.address, this.table.rowBytes);
    return this;
  }

  /** sum /= |sum|; a zero vector stays. */
  normalize(): this {
    const { engine, rowBytes } = this.table;
    return this.scale(inverse(engine.kernels.norm(this.address, rowBytes)));
  }

  /** The cosine of two sums of length 1; 0 where one is zero. */
  cosine(other: VectorSum): number {
    return bounded(this.table.engine.kernels.dot(this.address, other.address, this.table.rowBytes));
  }

  /** The cosine of a sum of length 1 with row i, with the bits of `scoreRows`. */
  rowCosine(i: number): number {
    const { engine, rowBytes } = this.table;
    const factor = Math.fround(inverse(this.table.norm(i)));
    return bounded(Math.fround(engine.kernels.dot(this.address, this.table.decodedRow(i), rowBytes) * factor));
  }

  /** A copy of the sum, (D,). */
  read(): Float32Array<ArrayBuffer> {
    return this.table.engine.f32(this.address, this.table.vectorSize).slice();
  }
}
