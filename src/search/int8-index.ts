/** Rows of int8 beside a table, which tell of most rows that they cannot be among the best. */

import { Engine } from "../engine/engine.ts";
import { gatheredRows, INT8_AHEAD, INT8_FIELDS, INT8_FOUND, int8Layout, int8RowBytesOf } from "../engine/layout.ts";
import { hasExactDot } from "../engine/simd.ts";
import { Struct, structBytes } from "../engine/struct.ts";
import { TimeSlice } from "../event-loop.ts";
import type { DirtyRows } from "../tables/dirty-rows.ts";
import type { VectorTable } from "../tables/vector-table.ts";

/** What of a query the bound depends on, beside its whole numbers: see assembly/search/int8.ts. */
export interface Bound {
  scale: number;
  weight: number;
  slack: number;
}

/** A query's bound, and the sum of its whole numbers. */
type QuantizedQuery = Bound & { sum: number };

/**
 * The index of a table, in a memory of its own: a table may fill its own memory. Rows that change are looked at again
 * before the next query. It decides nothing, so it takes the relaxed build where there is one: answers are the same.
 */
export class Int8Index {
  private layout: ReturnType<typeof int8Layout>;
  private readonly rowBytes: number;
  private readonly dirty: DirtyRows;

  private constructor(
    private readonly engine: Engine,
    private readonly table: VectorTable,
  ) {
    this.rowBytes = int8RowBytesOf(table.vectorSize);
    this.layout = this.reserveLayout();
    this.dirty = table.track();
  }

  /**
   * Builds the index of a table.
   *
   * @throws {Wasm2VecError} `out-of-memory`, `too-large`
   */
  static async build(table: VectorTable): Promise<Int8Index> {
    const engine = await Engine.open(hasExactDot());
    let index: Int8Index | undefined;
    try {
      index = new Int8Index(engine, table);
      const slice = new TimeSlice();
      for (const _ of index.refreshing()) if (slice.isOver) await slice.yield();
      return index;
    } catch (error) {
      index?.close();
      engine.close();
      throw error;
    }
  }

  get isClosed(): boolean {
    return this.engine.isClosed;
  }

  /** What it takes beside the table, in bytes. */
  get bytes(): number {
    return this.layout.end;
  }

  /** Looks again at the rows that have changed. */
  refresh(): void {
    for (const _ of this.refreshing());
  }

  /** Takes a vector (D,) as query `q`, from 0 on. */
  setQuery(q: number, query: Float32Array): void {
    const { engine, layout, rowBytes } = this;
    const address = layout.queries + q * rowBytes * 2;
    engine.u8(address, rowBytes * 2).fill(0);
    const isRelaxed = engine.build === "relaxed";
    const whole = isRelaxed ? engine.i8(address, query.length) : engine.i16(address, query.length);
    const { sum, ...bound } = quantizeQuery(query, whole, isRelaxed ? 127 : 32767);
    // the relaxed build's rows are 64 higher
    const start = isRelaxed ? -16 * sum : 0;
    const { rows, factors, residuals } = layout;
    const found = this.foundFor(q);
    const ahead = q ? 0 : INT8_AHEAD;
    const search = new Struct(engine, this.searchOf(q), INT8_FIELDS);
    search.write({ rows, rowBytes, factors, residuals, query: address, ...bound, start, found, ahead, touched: 0 });
  }

  /**
   * Those of rows begin … end - 1, at most INT8_TILE, whose score may be `least` or more for query q; where there is a
   * second score, also those for query q + 1. Views of their ids, valid until the next call.
   */
  candidates(q: number, begin: number, end: number, least: number, nextLeast?: number): Uint32Array[] {
    const { engine } = this;
    const asked = nextLeast === undefined ? [q] : [q, q + 1];
    const found = asked.map((query) => engine.u32(this.foundFor(query), INT8_FOUND));
    for (const ids of found) ids[0] = 0;
    const search = this.searchOf(q);
    if (nextLeast === undefined) engine.kernels.findCandidates(search, begin, end, least);
    else engine.kernels.findPairCandidates(search, begin, end, least, nextLeast);
    return found.map((ids) => ids.subarray(1, 1 + ids[0]));
  }

  close(): void {
    this.table.forget(this.dirty);
    this.engine.close();
  }

  /** The rows that have changed, some at a time. */
  private *refreshing(): Generator<void> {
    const { table, dirty } = this;
    const [begin, end] = dirty.within(table.size);
    if (begin === end) return;
    this.layout = this.reserveLayout();
    // what changes from now on is looked at the next time
    dirty.clear();
    const max = gatheredRows(table.vectorSize);
    let first = begin;
    try {
      for (; first < end; first += max) {
        this.quantize(first, Math.min(max, end - first));
        yield;
      }
    } finally {
      if (first < end) dirty.add(first, end);
    }
  }

  /** Makes rows of the table int8, with what their bounds depend on. */
  private quantize(first: number, count: number): void {
    const { engine, table, layout, rowBytes } = this;
    engine.f32(layout.tableNorms, count).set(table.engine.f32(table.norms() + first * 4, count));
    for (const rows of table.decodedTiles(first, first + count)) {
      const bytes = (rows.end - rows.begin) * table.rowBytes;
      const to = layout.tableRows + (rows.begin - first) * table.rowBytes;
      engine.u8(to, bytes).set(table.engine.u8(rows.address, bytes));
    }
    engine.kernels.quantizeRows(
      layout.tableRows,
      layout.tableNorms,
      count,
      table.rowBytes,
      layout.rows + first * rowBytes,
      rowBytes,
      layout.factors + first * 4,
      layout.residuals + first * 4,
    );
  }

  private reserveLayout() {
    const { size, vectorSize } = this.table;
    const layout = int8Layout(this.engine.base, size, vectorSize);
    this.engine.reserve(layout.end, `An index of ${size} vectors of ${vectorSize} int8 needs`);
    return layout;
  }

  /** The address of what is found for query `q`; two queries that are asked at once have different ones. */
  private foundFor(q: number): number {
    return this.layout.found + (q % 2) * INT8_FOUND * 4;
  }

  /** The address of the engine's struct for query `q`. */
  private searchOf(q: number): number {
    return this.layout.searches + q * structBytes(INT8_FIELDS);
  }
}

/**
 * A query (D,) as whole numbers up to `most` times a scale. A product with a row of int8 stays within 32 bits:
 * 127 Σ |p| < 2^31.
 */
export function quantizeQuery(query: Float32Array, out: Int8Array | Int16Array, most: number): QuantizedQuery {
  const { length: dimension } = query;
  const largest = query.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  const magnitude = query.reduce((total, x) => total + Math.abs(x), 0);
  const scale = roundUpwards(Math.max(largest / most, (127 * magnitude) / (2 ** 31 - 64 * dimension - 2)));
  let sum = 0;
  let squares = 0;
  let squaresLeft = 0;
  for (let i = 0; i < dimension; i++) {
    out[i] = scale ? Math.round(query[i] / scale) : 0;
    sum += out[i];
    squares += query[i] ** 2;
    squaresLeft += (query[i] - out[i] * scale) ** 2;
  }
  const length = Math.sqrt(squares);
  const left = Math.sqrt(squaresLeft);
  // every f32 operation of the score, of the bound and of the index rounds by 2^-24 at most, and there are far fewer than
  // 4 (D + 24) of them one after the other
  const rounding = 4 * (dimension + 24) * 2 ** -24;
  return {
    sum,
    scale,
    weight: roundUpwards((length + left) * (1 + rounding)),
    slack: roundUpwards(length * rounding + left * (1 + rounding)),
  };
}

/** A float32 that is not less. */
const roundUpwards = (x: number) => Math.fround(x * (1 + 2 ** -22));
