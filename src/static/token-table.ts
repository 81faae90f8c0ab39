/** A static encoder's rows in the engine, each of a token or of several, and their sums. */

import { Engine } from "../engine/engine.ts";
import { rowBytesOf } from "../engine/layout.ts";
import { tokenTableLayout } from "../engine/token-table-layout.ts";
import { Wasm2VecError } from "../errors.ts";
import { ROW_FORMATS, type RowFormat } from "../tables/row-format.ts";
import { type StaticDtype, toInt8Of } from "./stored-numbers.ts";

/** How many numbers are made others at a time, until others may get their turn. */
const STEP_NUMBERS = 1 << 18;

/** Rows (V, D), stored as float32, float16, or int8 without a scale. */
export class TokenTable {
  private readonly format: RowFormat;
  private readonly storedBytes: number;
  private readonly rowBytes: number;
  private readonly layout: ReturnType<typeof tokenTableLayout>;

  private constructor(
    private readonly engine: Engine,
    readonly size: number,
    readonly dimension: number,
    readonly dtype: StaticDtype,
  ) {
    this.format = ROW_FORMATS[dtype];
    this.storedBytes = this.format.storedBytes(dimension);
    this.rowBytes = rowBytesOf(dimension);
    this.layout = tokenTableLayout(engine.base, size, dimension, this.storedBytes);
    engine.reserve(this.layout.end, `${size} rows of ${dimension} numbers (${dtype}) need`);
  }

  /**
   * A table of zeros; the engine must be ready.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`
   */
  static open(size: number, dimension: number, dtype: StaticDtype): TokenTable {
    const engine = Engine.another();
    try {
      return new TokenTable(engine, size, dimension, dtype);
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  get isClosed(): boolean {
    return this.engine.isClosed;
  }

  /** Row i, (D,): a view, valid until another is asked for. */
  row(i: number): Float32Array {
    return this.engine.f32(this.decoded(i), this.dimension);
  }

  /** Gives row i other numbers (D,), rounded to what is stored of them; for int8 they are whole ones already. */
  setRow(i: number, numbers: Float32Array): void {
    if (this.dtype === "int8") this.setBytes(i, Uint8Array.from(numbers));
    else this.format.write(this.engine.u8(this.address(i), this.storedBytes), numbers);
  }

  /** Gives row i other numbers by their bytes, as `bytes` gives them. */
  setBytes(i: number, bytes: Uint8Array): void {
    this.bytes(i).set(bytes);
    if (this.dtype === "int8") this.engine.u8(this.address(i) + this.storedBytes - 4, 4).set(SCALE);
  }

  /** The bytes of row i's numbers, a view, without padding and scale. */
  bytes(i: number): Uint8Array {
    return this.engine.u8(this.address(i), this.dimension * BYTES[this.dtype]);
  }

  /**
   * out (D,) = the mean of rows, as float32 or as int8's sums are divided; zeros of none.
   *
   * @param rows (N,) numbers of rows, all of them there
   * @param weights (N,) what each counts; undefined where all count the same
   */
  mean(rows: ArrayLike<number>, weights: ArrayLike<number> | undefined, out: Float32Array): void {
    const { engine, layout, rowBytes } = this;
    const { kernels } = engine;
    const count = rows.length;
    if (!count) {
      out.fill(0);
      return;
    }
    engine.f32(layout.sum, rowBytes / 4).fill(0);
    for (let i = 0; i < count; i++) kernels.axpy(weights ? weights[i] : 1, this.decoded(rows[i]), layout.sum, rowBytes);
    const sum = engine.f32(layout.sum, out.length);
    for (let d = 0; d < out.length; d++) out[d] = sum[d] / count;
  }

  /** The same of rows (N,) that count `weights` (N,), summed in float64. */
  meanInFloat64(rows: ArrayLike<number>, weights: ArrayLike<number>, out: Float32Array): void {
    const sum = new Float64Array(this.dimension);
    for (let i = 0; i < rows.length; i++) {
      const row = this.row(rows[i]);
      for (let d = 0; d < row.length; d++) sum[d] += weights[i] * row[d];
    }
    for (let d = 0; d < sum.length; d++) out[d] = rows.length ? sum[d] / rows.length : 0;
  }

  /** The number of the first row that holds NaN or Infinity; -1 where there is none. */
  firstNotFinite(): number {
    if (this.dtype === "int8") return -1;
    for (let i = 0; i < this.size; i++) {
      if (!Number.isFinite(this.engine.kernels.norm(this.decoded(i), this.rowBytes)) && this.row(i).some(isNotFinite)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * A table of the same rows, as model2vec stores them otherwise; their first numbers, `dimension` of them. It pauses now and
   * then.
   *
   * @throws {Wasm2VecError} `option-invalid` where a number is too large for float16
   */
  *converted(dtype: StaticDtype, dimension: number): Generator<void, TokenTable> {
    const table = TokenTable.open(this.size, dimension, dtype);
    try {
      const pause = Math.max(1, Math.floor(STEP_NUMBERS / this.dimension));
      let toStored = (x: number) => x;
      if (dtype === "int8" && this.dtype !== "int8") {
        let largest = 0;
        for (let i = 0; i < this.size; i++) {
          for (const x of this.row(i)) largest = Math.max(largest, Math.abs(x));
          if (i % pause === pause - 1) yield;
        }
        toStored = toInt8Of(largest, this.dtype === "float16");
      }
      for (let i = 0; i < this.size; i++) {
        table.setRow(i, this.row(i).subarray(0, dimension).map(toStored));
        if (i % pause === pause - 1) yield;
      }
      const row = table.firstNotFinite();
      if (row >= 0) throw beyondHalf(row);
      return table;
    } catch (error) {
      table.close();
      throw error;
    }
  }

  close(): void {
    this.engine.close();
  }

  private address(i: number): number {
    return this.layout.rows + i * this.storedBytes;
  }

  /** The address of row i as float32. */
  private decoded(i: number): number {
    const { engine, format, layout } = this;
    const address = this.address(i);
    if (!format.decode) return address;
    format.decode(engine.kernels, address, 1, this.dimension, layout.row);
    return layout.row;
  }
}

/** How many bytes a number takes. */
export const BYTES: Readonly<Record<StaticDtype, number>> = { float32: 4, float16: 2, int8: 1 };

/** What the engine multiplies int8 by: 1, as float32. */
const SCALE = new Uint8Array(Float32Array.of(1).buffer);

const isNotFinite = (x: number) => !Number.isFinite(x);

const beyondHalf = (row: number) =>
  new Wasm2VecError(
    "option-invalid",
    `quantizeTo is "float16", which holds numbers up to 65504, and row ${row} has larger ones. Store them as "float32".`,
  );
