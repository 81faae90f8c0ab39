/** The directions in which a matrix's rows differ most, and the rows along them. */

import { componentsLayout, covarianceLayout, TOGETHER } from "../engine/components-layout.ts";
import { Engine } from "../engine/engine.ts";
import { Wasm2VecError } from "../errors.ts";
import { largestOfSymmetric } from "../math/symmetric-eigen.ts";

/** So many products in one go, until others may get their turn: some milliseconds of work. */
const STEP_PRODUCTS = 1 << 24;

/** The mean (D,) of rows, and axes (K, D) through it, each of length 1 and orthogonal to the others. */
export interface Components {
  mean: Float64Array;
  axes: Float64Array[];
}

/**
 * Sums up products of rows (N, D): those of some rows in float32, their sums in float64. The first rows' mean is taken off
 * all, because products of numbers that lie far from zero would drown their differences.
 */
export class Covariance {
  private readonly engine = Engine.another();
  private readonly layout;
  private readonly sums: Float64Array[];
  private readonly rowSum: Float64Array;
  private readonly shift: Float32Array;
  private rows = 0;
  /** how many rows wait in the engine */
  private waiting = 0;

  /** @throws {Wasm2VecError} `too-large`, `out-of-memory` */
  constructor(private readonly dimension: number) {
    this.layout = covarianceLayout(this.engine.base, dimension);
    try {
      this.engine.reserve(this.layout.end, `The covariances of ${dimension} numbers need`);
      this.sums = Array.from({ length: dimension }, (_, i) => new Float64Array(i + 1));
    } catch (error) {
      this.engine.close();
      throw error;
    }
    this.engine.f32(this.layout.ones, dimension).fill(1);
    this.rowSum = new Float64Array(dimension);
    this.shift = new Float32Array(dimension);
  }

  /**
   * Adds rows (n, D). It pauses now and then.
   *
   * @param first the first one's number, for messages
   * @throws {Wasm2VecError} `option-invalid` for NaN and Infinity
   */
  *add(rows: Float32Array, first: number): Generator<void> {
    const { dimension } = this;
    const count = rows.length / dimension;
    if (!this.rows) this.shift.set(meanOf(rows, dimension));
    for (let i = 0; i < count; i++) {
      const row = rows.subarray(i * dimension, (i + 1) * dimension);
      checkFinite(row, first + i);
      this.write(row);
      if (this.waiting === TOGETHER) yield* this.multiply();
    }
  }

  /**
   * The axes along which the rows differ most, the first the most.
   *
   * @param count K, at most D
   */
  *components(count: number): Generator<void, Components> {
    if (this.waiting) yield* this.multiply();
    const { dimension, rowSum, rows, shift, sums } = this;
    const mean = rowSum.map((sum) => sum / rows);
    const covariances = sums.map((line, i) => {
      const whole = new Float64Array(dimension);
      for (let j = 0; j <= i; j++) whole[j] = line[j] - rowSum[i] * mean[j];
      return whole;
    });
    const { vectors } = yield* largestOfSymmetric(covariances, count);
    return { mean: mean.map((x, d) => x + shift[d]), axes: vectors };
  }

  close(): void {
    this.engine.close();
  }

  /** Column by column: the products of two columns are then one of two rows. */
  private write(row: Float32Array): void {
    const { dimension, engine, layout, rowSum, shift } = this;
    const columns = engine.f32(layout.columns, dimension * TOGETHER);
    for (let d = 0, at = this.waiting; d < dimension; d++, at += TOGETHER) {
      const x = Math.fround(row[d] - shift[d]);
      columns[at] = x;
      rowSum[d] += x;
    }
    this.waiting++;
    this.rows++;
  }

  private *multiply(): Generator<void> {
    const { dimension, engine, layout, sums } = this;
    const { columns, ones, products } = layout;
    const bytes = TOGETHER * 4;
    if (this.waiting < TOGETHER) {
      for (let d = 0; d < dimension; d++) engine.f32(columns + d * bytes, TOGETHER).fill(0, this.waiting);
    }
    this.waiting = 0;
    let done = 0;
    for (let i = 0; i < dimension; i++) {
      engine.kernels.fillScores(columns + i * bytes, columns, ones, i + 1, bytes, Number.POSITIVE_INFINITY, products);
      const line = engine.f32(products, i + 1);
      for (let j = 0; j <= i; j++) sums[i][j] += line[j];
      done += (i + 1) * TOGETHER;
      if (done < STEP_PRODUCTS) continue;
      done = 0;
      yield;
    }
  }
}

/** Rows (n, D) -> their coordinates (n, K) on axes through a mean. */
export class Projection {
  private readonly engine = Engine.another();
  private readonly layout;
  private readonly mean: Float32Array;

  /** @throws {Wasm2VecError} `too-large`, `out-of-memory` */
  constructor({ mean, axes }: Components) {
    const [dimension, count] = [mean.length, axes.length];
    this.mean = Float32Array.from(mean);
    this.layout = componentsLayout(this.engine.base, dimension, count);
    try {
      this.engine.reserve(this.layout.end, `${count} principal components of ${dimension} numbers need`);
    } catch (error) {
      this.engine.close();
      throw error;
    }
    const { axes: address, ones, rowBytes } = this.layout;
    for (const [k, axis] of axes.entries()) this.engine.f32(address + k * rowBytes, dimension).set(axis);
    this.engine.f32(ones, count).fill(1);
  }

  /** @param out (n, K) */
  project(rows: Float32Array, out: Float32Array): void {
    const { engine, mean } = this;
    const { axes, count, ones, row, rowBytes, products } = this.layout;
    const dimension = mean.length;
    const centered = engine.f32(row, dimension);
    const coordinates = engine.f32(products, count);
    for (let i = 0; i * count < out.length; i++) {
      for (let d = 0; d < dimension; d++) centered[d] = rows[i * dimension + d] - mean[d];
      engine.kernels.fillScores(row, axes, ones, count, rowBytes, Number.POSITIVE_INFINITY, products);
      out.set(coordinates, i * count);
    }
  }

  close(): void {
    this.engine.close();
  }
}

function meanOf(rows: Float32Array, dimension: number): Float64Array {
  const sum = new Float64Array(dimension);
  for (let i = 0; i < rows.length; i++) sum[i % dimension] += rows[i];
  return sum.map((x) => (x * dimension) / rows.length);
}

function checkFinite(row: Float32Array, id: number): void {
  let sum = 0;
  for (let d = 0; d < row.length; d++) sum += row[d];
  if (Number.isFinite(sum)) return;
  throw new Wasm2VecError(
    "option-invalid",
    `load: row ${id} holds NaN or Infinity; expected finite numbers, of which principal components are made. Load it without pcaDims, or with fewer rows.`,
  );
}
