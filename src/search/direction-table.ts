/** Directions of vectors as int8, and the nearest of them: what a search over many texts keeps of each. */

import { Engine } from "../engine/engine.ts";
import { directionsLayout, INT8_AHEAD, INT8_FIELDS } from "../engine/layout.ts";
import { Struct } from "../engine/struct.ts";
import { type Bound, quantizeQuery } from "./int8-index.ts";

/** The largest whole number of a row. */
const LARGEST = 127;

/** Less than any cosine. */
const NO_LIMIT = -2;

/** The best that were found rule others out, so the first rows that are looked at are few. */
const FIRST_TILE = 64;

/** A row that is no answer: the bound of its score is below all others. */
const HIDDEN = Number.NEGATIVE_INFINITY;

/** A row and its cosine with what was asked. */
export interface Near {
  row: number;
  score: number;
}

/** What is asked of a table. */
export interface NearestOf {
  /** how many, at most */
  topn: number;
  /** the least cosine; any by default */
  minSimilarity?: number;
  /** whether a row may be an answer */
  isTaken(row: number): boolean;
}

/**
 * Rows (V, D) of whole numbers from -127 to 127 that have the direction of a vector; its length is not kept. They lie in
 * blocks, which stay where they are when others are added. A row is no answer before it is shown, and rows that were given
 * back are used again.
 */
export class DirectionTable {
  private readonly engine = Engine.another();
  private layout: ReturnType<typeof directionsLayout>;
  private blocks = 0;
  private rows = 0;
  private readonly free: number[] = [];
  private changes = 0;

  /** The engine must be ready. */
  constructor(readonly dimension: number) {
    this.layout = directionsLayout(this.engine.base, 0, dimension);
  }

  /**
   * How often its answers changed.
   *
   * @throws {Wasm2VecError} `closed`
   */
  get version(): number {
    this.engine.memory;
    return this.changes;
  }

  /**
   * A row of the direction of a vector (D,), not shown yet.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`
   */
  add(vector: Float32Array): number {
    const row = this.free.pop() ?? this.append();
    quantize(vector, this.row(row));
    return row;
  }

  /** Likewise of what `row` gave. */
  addStored(numbers: Int8Array): number {
    const row = this.free.pop() ?? this.append();
    this.row(row).set(numbers);
    return row;
  }

  /** Rows become answers. */
  show(rows: readonly number[]): void {
    for (const row of rows) {
      const length = lengthOf(this.row(row));
      this.setBound(row, length ? 1 / length : 0, 0);
    }
    if (rows.length) this.changes++;
  }

  /** Gives a row back that is an answer. */
  remove(row: number): void {
    this.setBound(row, 0, HIDDEN);
    this.free.push(row);
    this.changes++;
  }

  /** Gives rows back that were not shown. */
  discard(rows: readonly number[]): void {
    for (const row of rows) this.free.push(row);
  }

  /** A row's numbers (D,): a view, valid until a row is added. */
  row(row: number): Int8Array {
    const { block, i } = this.placeOf(row);
    return this.engine.i8(block + i * this.layout.rowBytes, this.dimension);
  }

  /**
   * The rows nearest to a vector (D,), the best first; equal ones in their order. None is near to zeros. The engine rules
   * most rows out by its whole numbers, the others' cosines are computed here, so that they are the same in every runtime.
   */
  nearest(vector: Float32Array, { topn, minSimilarity = NO_LIMIT, isTaken }: NearestOf): Near[] {
    const query = unit(vector);
    if (!query || !topn) return [];
    const best = new Best(topn, minSimilarity);
    const whole = new Int16Array(query.length);
    const { sum: _, ...bound } = quantizeQuery(Float32Array.from(query), whole, 32767);
    for (const [begin, end] of tiles(this.rows, this.layout.blockRows)) {
      for (const row of this.candidates(whole, bound, begin, end, best.least)) {
        // it may be a user's function, which may change the table: nothing of that is held over it
        if (!isTaken(row)) continue;
        const near = this.near(row, query);
        if (best.isBetter(near)) best.add(near);
      }
      best.sort();
    }
    return best.sort();
  }

  /** The same for some rows alone, in rising order. */
  nearestOf(rows: readonly number[], vector: Float32Array, topn: number, minSimilarity = NO_LIMIT): Near[] {
    const query = unit(vector);
    if (!query || !topn) return [];
    const best = new Best(topn, minSimilarity);
    for (const row of rows) {
      const near = this.near(row, query);
      if (best.isBetter(near)) best.add(near);
    }
    return best.sort();
  }

  close(): void {
    this.engine.close();
  }

  /** A new row, with a block for it where the others are full. */
  private append(): number {
    const { engine, dimension } = this;
    if (this.rows === this.blocks * this.layout.blockRows) {
      const layout = directionsLayout(engine.base, this.blocks + 1, dimension);
      engine.reserve(layout.end, `An index of more than ${this.rows} texts, of ${dimension} int8 each, needs`);
      this.layout = layout;
      const block = layout.blocks + this.blocks * layout.blockBytes;
      engine.f32(block + layout.residuals, layout.blockRows).fill(HIDDEN);
      this.blocks++;
    }
    return this.rows++;
  }

  /** What the bound of a row's score is computed from. */
  private setBound(row: number, factor: number, residual: number): void {
    const { engine, layout } = this;
    const { block, i } = this.placeOf(row);
    engine.f32(block + layout.factors + i * 4, 1)[0] = factor;
    engine.f32(block + layout.residuals + i * 4, 1)[0] = residual;
  }

  /** The address of a row's block, and its place there. */
  private placeOf(row: number): { block: number; i: number } {
    const { blocks, blockBytes, blockRows } = this.layout;
    return { block: blocks + Math.floor(row / blockRows) * blockBytes, i: row % blockRows };
  }

  /** Those of rows begin … end - 1, which are of one block, whose score may be `least` or more. */
  private candidates(query: Int16Array, bound: Bound, begin: number, end: number, least: number): number[] {
    const { engine, layout } = this;
    const { block, i } = this.placeOf(begin);
    engine.i16(layout.query, query.length).set(query);
    const found = engine.u32(layout.found, 1 + layout.blockRows);
    found[0] = 0;
    new Struct(engine, layout.search, INT8_FIELDS).write({
      rows: block,
      rowBytes: layout.rowBytes,
      factors: block + layout.factors,
      residuals: block + layout.residuals,
      query: layout.query,
      ...bound,
      start: 0,
      found: layout.found,
      ahead: INT8_AHEAD,
      touched: 0,
    });
    engine.kernels.findCandidates(layout.search, i, i + end - begin, least);
    return Array.from(found.subarray(1, 1 + found[0]), (row) => begin - i + row);
  }

  private near(row: number, query: Float64Array): Near {
    return { row, score: cosine(this.row(row), query) };
  }
}

/** The best that were found so far. */
class Best {
  private kept: Near[] = [];
  private isFull = false;

  constructor(
    private readonly limit: number,
    /** what a score must reach to be among them */
    public least: number,
  ) {}

  /** Whether a row belongs to them: where there are enough, one of an equal score came too late. */
  isBetter({ score }: Near): boolean {
    return this.isFull ? score > this.least : score >= this.least;
  }

  add(near: Near): void {
    this.kept.push(near);
    if (this.kept.length >= 2 * this.limit) this.sort();
  }

  /** They, the best first. */
  sort(): Near[] {
    this.kept.sort((a, b) => b.score - a.score || a.row - b.row);
    this.kept.length = Math.min(this.kept.length, this.limit);
    this.isFull = this.kept.length === this.limit;
    if (this.isFull) this.least = this.kept[this.limit - 1].score;
    return this.kept;
  }
}

/** Rows 0 … size - 1 in tiles that lie within a block each. */
function* tiles(size: number, blockRows: number): Generator<[begin: number, end: number]> {
  for (let begin = 0, tile = Math.min(FIRST_TILE, blockRows); begin < size; begin += tile) {
    if (begin) tile = Math.min(begin, blockRows);
    yield [begin, Math.min(begin + tile, size)];
  }
}

/** A vector (D,) divided by its length; undefined for zeros. */
function unit(vector: Float32Array): Float64Array | undefined {
  const numbers = Float64Array.from(vector);
  const length = Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));
  return length ? numbers.map((x) => x / length) : undefined;
}

/** The largest number becomes 127 or -127. */
function quantize(vector: Float32Array, out: Int8Array): void {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]));
  for (let i = 0; i < vector.length; i++) out[i] = largest ? Math.round((vector[i] / largest) * LARGEST) : 0;
}

function lengthOf(row: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] * row[i];
  return Math.sqrt(sum);
}

/** The cosine of a row with a vector of length 1; 0 where the row is zero. */
function cosine(row: Int8Array, query: Float64Array): number {
  let product = 0;
  for (let i = 0; i < row.length; i++) product += row[i] * query[i];
  return product ? Math.max(-1, Math.min(1, product / lengthOf(row))) : 0;
}
