/** Rows of numbers: what lookups and encoders return, and what tables are made from. */

import { show, sizeOf, Wasm2VecError } from "../errors.ts";

/** A dense matrix in row order. */
export class Matrix implements Iterable<Float32Array> {
  /**
   * @param data rows * columns floats, row after row
   * @param shape [rows, columns]
   */
  constructor(
    readonly data: Float32Array,
    readonly shape: readonly [rows: number, columns: number],
  ) {}

  /**
   * Row i, (columns,): a view of `data`, not a copy.
   *
   * @throws {Wasm2VecError} `id-out-of-range`
   */
  row(i: number): Float32Array {
    const [rows, columns] = this.shape;
    if (Number.isInteger(i) && i >= 0 && i < rows) return this.data.subarray(i * columns, (i + 1) * columns);
    throw new Wasm2VecError(
      "id-out-of-range",
      `Row ${show(i)} is not there; the matrix has ${rows} rows, which count from 0.`,
    );
  }

  *[Symbol.iterator](): Generator<Float32Array> {
    for (let i = 0; i < this.shape[0]; i++) yield this.row(i);
  }
}

/**
 * A matrix of zeros.
 *
 * @throws {Wasm2VecError} `out-of-memory`
 */
export function zeroMatrix(rows: number, columns: number): Matrix {
  return new Matrix(
    allocated(() => new Float32Array(rows * columns), `${rows} rows of ${columns} floats`, rows * columns * 4),
    [rows, columns],
  );
}

/**
 * What a runtime gives of its memory.
 *
 * @param what messages say needs so many bytes
 * @throws {Wasm2VecError} `out-of-memory` where it refuses
 */
export function allocated<Numbers>(take: () => Numbers, what: string, bytes: number): Numbers {
  try {
    return take();
  } catch (cause) {
    throw new Wasm2VecError("out-of-memory", `${what} need ${sizeOf(bytes)}. Ask for fewer at a time.`, { cause });
  }
}
