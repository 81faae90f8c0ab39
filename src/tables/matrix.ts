/** Rows of numbers: what lookups and encoders return, and what tables are made from. */

import { listOf } from "../check-options.ts";
import { isArray, isObject, show, sizeOf, Wasm2VecError } from "../errors.ts";
import { isFloat32Array } from "../files/bytes.ts";
import { CONSOLE, firstOf, rounded, rowsAsText, shapeOf } from "../printed.ts";
import { checkedVector, isVector, type Vector } from "./vector-arguments.ts";

/** [rows, columns] */
export type Shape = readonly [rows: number, columns: number];

/** Vectors: a Matrix, `{ data, shape: [N, D] }`, or a list of N vectors (D,). */
export type Vectors = { readonly data: Vector; readonly shape: Shape } | Iterable<Vector>;

/** A dense matrix in row order. */
export class Matrix<Data extends Float32Array = Float32Array<ArrayBuffer>> implements Iterable<Data> {
  /**
   * @param data rows * columns floats, row after row; not copied
   * @param shape [rows, columns]
   * @throws {Wasm2VecError} `option-invalid`, `shape-mismatch`
   */
  constructor(
    /** rows * columns floats, row after row */
    readonly data: Data,
    /** [rows, columns] */
    readonly shape: Shape,
  ) {
    if (!isFloat32Array(data)) {
      throw new Wasm2VecError(
        "option-invalid",
        `The data of a Matrix is ${show(data)}; expected a Float32Array. Matrix.from([[1, 2], [3, 4]]) makes one of rows.`,
      );
    }
    checkShape(data, shape);
  }

  /**
   * A matrix of rows (D,), which are copied.
   *
   * @throws {Wasm2VecError} `option-invalid`; `shape-mismatch` where they are not of one length
   */
  static from(rows: Vectors): Matrix {
    const matrix = checkedMatrix(rows);
    return matrix.data === (rows as Matrix).data ? new Matrix(matrix.data.slice(), matrix.shape) : (matrix as Matrix);
  }

  /**
   * Row i, (columns,): a view of `data`, not a copy.
   *
   * @throws {Wasm2VecError} `id-out-of-range`
   */
  row(i: number): Data {
    const [rows, columns] = this.shape;
    if (Number.isInteger(i) && i >= 0 && i < rows) return this.data.subarray(i * columns, (i + 1) * columns) as Data;
    throw new Wasm2VecError(
      "id-out-of-range",
      `Row ${show(i)} is not there; the matrix has ${rows} rows, which count from 0.`,
    );
  }

  /** The rows as lists of numbers. */
  toArrays(): number[][] {
    return Array.from(this, (row) => Array.from(row));
  }

  /** The rows in their order, (columns,) each: views of `data`, not copies. */
  *[Symbol.iterator](): Generator<Data, undefined> {
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
    return this.toArrays();
  }

  /** One line: its shape and its first numbers. */
  [CONSOLE](): string {
    const [rows, columns] = this.shape;
    return `Matrix(${shapeOf(rows, columns)}) [${firstOf(firstRows(this))}]`;
  }
}

function* firstRows(matrix: Iterable<Float32Array>): Generator<string> {
  for (const row of matrix) yield `[${firstOf(Array.from(row.subarray(0, 4), rounded))}]`;
}

/**
 * Vectors as one matrix (N, D): the numbers of one that is given as float32 themselves, others as a copy.
 *
 * @param columns D; by default that of the first vector, 0 where there is none
 * @throws {Wasm2VecError} `option-invalid`, `shape-mismatch`
 */
export function checkedMatrix(vectors: Vectors, columns?: number): Matrix<Float32Array> {
  if (isMatrixLike(vectors)) {
    const { data, shape } = vectors;
    checkShape(data, shape);
    return new Matrix(isFloat32Array(data) ? data : checkedVector(data, data.length), [...shape]);
  }
  const rows = listOf(vectors as Iterable<Vector>, "The vectors");
  const width = columns ?? (isVector(rows[0]) ? rows[0].length : 0);
  const matrix = zeroMatrix(rows.length, width);
  for (const [i, row] of rows.entries()) matrix.data.set(checkedVector(row, width, i), i * width);
  return matrix;
}

/**
 * Vectors one by one, as float32.
 *
 * @throws {Wasm2VecError} `option-invalid`, `shape-mismatch`, where they are none of so many columns
 */
export function checkedRows(vectors: Vectors, columns: number): Float32Array[] {
  const rows = isMatrixLike(vectors) ? checkedMatrix(vectors) : listOf(vectors as Iterable<Vector>, "The vectors");
  return Array.from(rows, (row, i) => checkedVector(row, columns, i));
}

/** Whether a value is meant as a matrix, though it may be a wrong one. */
export const isMatrixLike = (value: unknown): value is { data: Vector; shape: Shape } =>
  isObject(value) && ("data" in value || "shape" in value);

function checkShape(data: Vector, shape: Shape): void {
  const isShape =
    isArray(shape) && shape.length === 2 && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape || !isVector(data)) {
    throw new Wasm2VecError(
      "option-invalid",
      `Got a matrix with the data ${show(data)} and the shape ${show(shape)}; expected { data, shape: [N, D] } with N × D numbers.`,
    );
  }
  if (shape[0] * shape[1] === data.length) return;
  throw new Wasm2VecError(
    "shape-mismatch",
    `Got ${data.length} numbers and the shape ${show(shape)}; expected [N, D], and N × D numbers.`,
  );
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
