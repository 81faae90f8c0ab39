/** Rows of numbers: what lookups and encoders return, and what tables are made from. */

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

  /** Row i, (columns,): a view of `data`, not a copy. */
  row(i: number): Float32Array {
    const columns = this.shape[1];
    return this.data.subarray(i * columns, (i + 1) * columns);
  }

  *[Symbol.iterator](): Generator<Float32Array> {
    for (let i = 0; i < this.shape[0]; i++) yield this.row(i);
  }
}
