/** One pass over a table's rows, which answers many queries. */

import { batchLayout, HEAP_ENTRY, INT8_TILE, int8RowBytesOf, SEARCH_FIELDS } from "../engine/layout.ts";
import { Struct } from "../engine/struct.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { Int8Index } from "./int8-index.ts";

/** What rows are compared with. */
export interface Query {
  /** (D,) of length 1, or zero */
  vector: Float32Array;
  /** the rows that are no answers */
  excluded: ReadonlySet<number>;
}

/** Rows and their scores, the best first; equal ones in the order of the rows. */
export interface Answer {
  ids: number[];
  scores: number[];
}

/** The rows that are compared: begin … end - 1, or those with the given ids, in rising order. */
export type Rows = { begin: number; end: number } | Uint32Array;

/** What is asked of a table, and its index where it has one. */
export interface Search {
  table: VectorTable;
  index: Int8Index | undefined;
  rows: Rows;
  topn: number;
}

/** Multiplications in one call into the engine: some 3 ms of work. */
const TILE_PRODUCTS = 1 << 25;

/** With an index and several queries, how many bytes of its rows are compared with one after the other. */
const INDEX_TILE_BYTES = 1 << 17;

/** An index rules rows out by the best that were found before them, so its first tile is small. */
const FIRST_TILE = 64;

/**
 * Where an index leaves more candidates than these and than an eighth of the rows, it does not pay: the rest of the rows
 * is compared without it.
 */
const FEW_CANDIDATES = 1024;

/** How many rows are kept for each query: those that are no answers may be among the best. */
export function limitOf({ rows, topn }: Search, queries: readonly Query[]): number {
  const excluded = queries.reduce((max, query) => Math.max(max, query.excluded.size), 0);
  return topn > 0 ? Math.min(topn + excluded, countOf(rows)) : 0;
}

/** Whether rows are given one by one. */
export const isListed = (rows: Rows): rows is Uint32Array => ArrayBuffer.isView(rows);

const countOf = (rows: Rows) => (isListed(rows) ? rows.length : Math.max(0, rows.end - rows.begin));

/** One pass over the rows, tile by tile, for as many queries as fit. */
export class SearchPass {
  private readonly limit: number;
  private readonly range: readonly [begin: number, end: number];
  private readonly index: Int8Index | undefined;
  private readonly layout: Pick<ReturnType<typeof batchLayout>, "queries" | "heaps" | "found">;
  /** how many candidates the index left for each query so far */
  private readonly candidates: number[];

  constructor(
    private readonly search: Search,
    private readonly queries: readonly Query[],
  ) {
    const { table, rows, index } = search;
    const listed = isListed(rows);
    this.limit = limitOf(search, queries);
    this.range = listed ? [0, rows.length] : [rows.begin, rows.end];
    this.index = listed ? undefined : index;
    this.candidates = queries.map(() => 0);
    this.layout = this.reserveLayout();
    if (!this.limit) return;
    this.index?.refresh();
    for (const [q, { vector }] of queries.entries()) this.writeQuery(q, vector);
    if (listed) table.engine.u32(table.layout.scores, rows.length).set(rows);
    table.engine.kernels.beginSearch(this.describe(0, queries.length));
  }

  /** The rows in tiles, each a few milliseconds of work at most. */
  *tiles(): Generator<[begin: number, end: number]> {
    if (!this.limit) return;
    const { table } = this.search;
    const [first, last] = this.range;
    const tile = this.queries.length === 1 ? INT8_TILE : Math.ceil(INDEX_TILE_BYTES / int8RowBytesOf(table.vectorSize));
    const whole = Math.ceil(TILE_PRODUCTS / (table.vectorSize * this.queries.length));
    const max = this.index ? Math.min(INT8_TILE, tile) : whole;
    let size = this.index ? FIRST_TILE : whole;
    for (let begin = first; begin < last; begin += size, size = Math.min(size * 2, max)) {
      yield [begin, Math.min(begin + size, last)];
    }
  }

  /** Compares a tile of the rows with every query. */
  compare(begin: number, end: number): void {
    const { queries, search } = this;
    const index = this.index?.isClosed ? undefined : this.index;
    if (isListed(search.rows)) this.compareListed(0, queries.length, begin, end);
    else if (!index) this.compareRange(0, queries.length, begin, end);
    else this.compareIndexed(index, begin, end);
  }

  /** What was found for each query. */
  answers(): Answer[] {
    const { queries, search, layout, limit } = this;
    if (!limit) return queries.map(() => ({ ids: [], scores: [] }));
    const { engine } = search.table;
    engine.kernels.endSearch(this.describe(0, queries.length), layout.found);
    return queries.map(({ excluded }, q) => {
      const count = engine.u32(layout.found + q * 4, 1)[0];
      const ids = engine.u32(this.heap(q), count * 2);
      const scores = engine.f32(this.heap(q), count * 2);
      const answer: Answer = { ids: [], scores: [] };
      for (let i = 0; i < count * 2 && answer.ids.length < search.topn; i += 2) {
        if (excluded.has(ids[i])) continue;
        answer.ids.push(ids[i]);
        answer.scores.push(scores[i + 1]);
      }
      return answer;
    });
  }

  /** Copies what other users of the table overwrite while this pass waits; returns a function that writes it back. */
  pause(): () => void {
    const { layout, limit, queries, search } = this;
    const { engine, rowBytes, vectorSize } = search.table;
    const regions: [address: number, bytes: number][] = [
      [layout.queries, queries.length * rowBytes],
      [layout.heaps, queries.length * limit * HEAP_ENTRY],
    ];
    const kept = regions.map(([address, bytes]) => engine.u8(address, bytes).slice());
    return () => {
      for (const [i, [address, bytes]] of regions.entries()) engine.u8(address, bytes).set(kept[i]);
      if (this.index?.isClosed) return;
      for (const q of queries.keys()) this.index?.setQuery(q, engine.f32(this.query(q), vectorSize));
    };
  }

  /** One query is asked with what every table has; several need room behind it. */
  private reserveLayout() {
    const { layout, engine, vectorSize } = this.search.table;
    const { length } = this.queries;
    if (length === 1) return { queries: layout.query, heaps: layout.best, found: layout.found };
    const behind = batchLayout(layout.end, length, this.limit, vectorSize);
    engine.reserve(behind.end, `${length} queries of ${vectorSize} floats at once need`);
    return behind;
  }

  private writeQuery(q: number, vector: Float32Array): void {
    const { engine, rowBytes } = this.search.table;
    const padded = engine.f32(this.query(q), rowBytes / 4);
    padded.fill(0);
    padded.set(vector);
    this.index?.setQuery(q, vector);
  }

  /** The first query alone, because it reads the index from memory, the others two by two. */
  private compareIndexed(index: Int8Index, begin: number, end: number): void {
    const { length } = this.queries;
    this.compareCandidates(index, [0], begin, end);
    for (let q = 1; q < length; q += 2) this.compareCandidates(index, q + 1 < length ? [q, q + 1] : [q], begin, end);
  }

  /** Lets the index choose which rows of a tile one query, or two that follow each other, are compared with. */
  private compareCandidates(index: Int8Index, queries: readonly number[], begin: number, end: number): void {
    const few = queries.filter((q) => this.leavesFew(q));
    for (const q of queries) if (!few.includes(q)) this.compareRange(q, 1, begin, end);
    if (!few.length) return;
    const { engine, layout } = this.search.table;
    const [least, nextLeast] = few.map((q) => engine.kernels.worstKept(this.heap(q)));
    for (const [i, found] of index.candidates(few[0], begin, end, least, nextLeast).entries()) {
      if (!found.length) continue;
      this.candidates[few[i]] += found.length;
      engine.u32(layout.scores, found.length).set(found);
      this.compareListed(few[i], 1, 0, found.length);
    }
  }

  /** Whether the index pays for a query: so far it ruled most rows out. */
  private leavesFew(q: number): boolean {
    const [first, last] = this.range;
    return this.candidates[q] <= Math.max(FEW_CANDIDATES, (last - first) / 8);
  }

  /** Compares rows begin … end - 1 with `count` queries from `first` on. */
  private compareRange(first: number, count: number, begin: number, end: number): void {
    const { table } = this.search;
    for (const rows of table.decodedTiles(begin, end)) {
      // the address that row 0 would have: addresses are modulo 2^32
      const search = this.describe(first, count, rows.address - rows.begin * table.rowBytes);
      table.engine.kernels.searchRows(search, 0, rows.begin, rows.end);
    }
  }

  /** Compares rows whose ids lie where scores would, from the one at `begin` to that before `end`. */
  private compareListed(first: number, count: number, begin: number, end: number): void {
    const { engine, layout, dtype } = this.search.table;
    if (dtype === "float32") {
      engine.kernels.searchRows(this.describe(first, count), layout.scores, begin, end);
    } else {
      const ids = engine.u32(layout.scores, end).slice(begin);
      for (const id of ids) this.compareRange(first, count, id, id + 1);
    }
  }

  /** Writes the engine's struct of a search for `count` queries from `first` on; returns its address. */
  private describe(first: number, count: number, rows = this.search.table.layout.rows): number {
    const { table } = this.search;
    const search = new Struct(table.engine, table.layout.search, SEARCH_FIELDS);
    search.write({
      rows,
      norms: table.norms(),
      rowBytes: table.rowBytes,
      queries: this.query(first),
      queryCount: count,
      heaps: this.heap(first),
      limit: this.limit,
    });
    return search.address;
  }

  /** The address of query q. */
  private query(q: number): number {
    return this.layout.queries + q * this.search.table.rowBytes;
  }

  /** The address of query q's heap. */
  private heap(q: number): number {
    return this.layout.heaps + q * this.limit * HEAP_ENTRY;
  }
}
