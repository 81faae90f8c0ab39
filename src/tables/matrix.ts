/** Rows of numbers: what lookups and encoders return, and what tables are made from. */

import { sizeOf, Wasm2VecError } from "../errors.ts";
import { CONSOLE, firstOf, rounded, rowsAsText, shapeOf } from "../printed.ts";

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

  /** Its shape and its rows in columns; of many, those at the beginning and the end. */
  toString(): string {
    const [rows, columns] = this.shape;
    if (!this.data.length) return this[CONSOLE]();
    return `Matrix(${shapeOf(rows, columns)})\n${rowsAsText(rows, columns, (i, j) => this.data[i * columns + j])}`;
  }

  /** A list of rows, each a list of numbers: what `JSON.stringify` writes. */
  toJSON(): number[][] {
    return Array.from(this, (row) => Array.from(row));
  }

  /** One line: its shape and its first numbers. */
  [CONSOLE](): string {
    const [rows, columns] = this.shape;
    return `Matrix(${shapeOf(rows, columns)}) [${firstOf(firstRows(this))}]`;
  }
}

function* firstRows(matrix: Matrix): Generator<string> {
  for (const row of matrix) yield `[${firstOf(Array.from(row.subarray(0, 4), rounded))}]`;
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
