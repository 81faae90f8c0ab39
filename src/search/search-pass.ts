/** One pass over a table's rows, which answers many queries. */

import { batchLayout, HEAP_ENTRY, INT8_PIECE, int8RowBytesOf, SEARCH_FIELDS } from "../engine/layout.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { Int8Index } from "./int8-index.ts";

/** A query that is yet to be computed. */
export interface Question {
  /** writes it to the table's `query` */
  pose(): void;
  /** the rows that are no answers */
  given: ReadonlySet<number>;
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
const PIECE_PRODUCTS = 1 << 25;

/** With an index and several queries, how many bytes of its rows are compared with one after the other. */
const INDEX_TILE = 1 << 17;

/** An index rules rows out by the best that were found before them, so its first piece is small. */
const FIRST_PIECE = 64;

/**
 * Where an index leaves more candidates than these and than an eighth of the rows, it does not pay: the rest of the rows
 * is compared without it.
 */
const FEW_CANDIDATES = 1024;

/** How many rows are kept for each question: those that are no answers may be among the best. */
export function limitOf({ rows, topn }: Search, questions: readonly Question[]): number {
  const given = questions.reduce((most, question) => Math.max(most, question.given.size), 0);
  return topn > 0 ? Math.min(topn + given, countOf(rows)) : 0;
}

const countOf = (rows: Rows) => (rows instanceof Uint32Array ? rows.length : Math.max(0, rows.end - rows.begin));

/** One pass over the rows, piece by piece, for as many questions as fit. */
export class SearchPass {
  private readonly limit: number;
  private readonly range: readonly [begin: number, end: number];
  private readonly index: Int8Index | undefined;
  private readonly at: Pick<ReturnType<typeof batchLayout>, "queries" | "heaps" | "found">;
  /** how many candidates the index left for each question so far */
  private readonly candidates: number[];

  constructor(
    private readonly search: Search,
    private readonly questions: readonly Question[],
  ) {
    const { table, rows, index } = search;
    const listed = rows instanceof Uint32Array;
    this.limit = limitOf(search, questions);
    this.range = listed ? [0, rows.length] : [rows.begin, rows.end];
    this.index = listed ? undefined : index;
    this.candidates = questions.map(() => 0);
    this.at = this.lay();
    if (!this.limit) return;
    this.index?.refresh();
    for (const [place, question] of questions.entries()) {
      question.pose();
      this.takeQuery(place);
    }
    if (listed) table.engine.u32(table.at.scores, rows.length).set(rows);
    table.engine.kernels.beginSearch(this.describe(0, questions.length));
  }

  /** The rows in pieces, each a few milliseconds of work at most. */
  *pieces(): Generator<[begin: number, end: number]> {
    if (!this.limit) return;
    const { table } = this.search;
    const [first, last] = this.range;
    const tile = this.questions.length === 1 ? INT8_PIECE : Math.ceil(INDEX_TILE / int8RowBytesOf(table.vectorSize));
    const whole = Math.ceil(PIECE_PRODUCTS / (table.vectorSize * this.questions.length));
    const most = this.index ? Math.min(INT8_PIECE, tile) : whole;
    let size = this.index ? FIRST_PIECE : whole;
    for (let begin = first; begin < last; begin += size, size = Math.min(size * 2, most)) {
      yield [begin, Math.min(begin + size, last)];
    }
  }

  /** Compares a piece of the rows with every query. */
  compare(begin: number, end: number): void {
    const { questions, search } = this;
    const index = this.index?.isOpen ? this.index : undefined;
    if (search.rows instanceof Uint32Array) this.compareListed(0, questions.length, begin, end);
    else if (!index) this.compareRange(0, questions.length, begin, end);
    else for (const place of questions.keys()) this.compareCandidates(index, place, begin, end);
  }

  /** What was found for each question. */
  answers(): Answer[] {
    const { questions, search, at, limit } = this;
    if (!limit) return questions.map(() => ({ ids: [], scores: [] }));
    const { engine } = search.table;
    engine.kernels.endSearch(this.describe(0, questions.length), at.found);
    return questions.map(({ given }, place) => {
      const count = engine.u32(at.found + place * 4, 1)[0];
      const ids = engine.u32(this.heap(place), count * 2);
      const scores = engine.f32(this.heap(place), count * 2);
      const answer: Answer = { ids: [], scores: [] };
      for (let i = 0; i < count * 2 && answer.ids.length < search.topn; i += 2) {
        if (given.has(ids[i])) continue;
        answer.ids.push(ids[i]);
        answer.scores.push(scores[i + 1]);
      }
      return answer;
    });
  }

  /** Keeps what others overwrite who use the table; returns what sets it again. */
  pause(): () => void {
    const { at, limit, questions, search } = this;
    const { engine, rowBytes, vectorSize } = search.table;
    const regions: [address: number, bytes: number][] = [
      [at.queries, questions.length * rowBytes],
      [at.heaps, questions.length * limit * HEAP_ENTRY],
    ];
    const kept = regions.map(([address, bytes]) => engine.u8(address, bytes).slice());
    return () => {
      for (const [i, [address, bytes]] of regions.entries()) engine.u8(address, bytes).set(kept[i]);
      for (const place of questions.keys()) this.index?.setQuery(place, engine.f32(this.query(place), vectorSize));
    };
  }

  /** One question is asked with what every table has; several need room behind it. */
  private lay() {
    const { table } = this.search;
    const { at, engine, vectorSize } = table;
    const { length } = this.questions;
    if (length === 1) return { queries: at.query, heaps: at.best, found: at.found };
    const layout = batchLayout(at.end, length, this.limit, vectorSize);
    engine.reserve(layout.end, `${length} queries of ${vectorSize} floats at once need`);
    return layout;
  }

  private takeQuery(place: number): void {
    const { engine, at, rowBytes, vectorSize } = this.search.table;
    const address = this.query(place);
    if (address !== at.query) engine.u8(address, rowBytes).set(engine.u8(at.query, rowBytes));
    this.index?.setQuery(place, engine.f32(address, vectorSize));
  }

  /** Lets the index choose which rows of a piece one question is compared with. */
  private compareCandidates(index: Int8Index, place: number, begin: number, end: number): void {
    const { engine, at } = this.search.table;
    const [first, last] = this.range;
    if (this.candidates[place] > Math.max(FEW_CANDIDATES, (last - first) / 8)) {
      this.compareRange(place, 1, begin, end);
      return;
    }
    const found = index.candidates(place, begin, end, engine.kernels.worstKept(this.heap(place)));
    if (!found.length) return;
    this.candidates[place] += found.length;
    engine.u32(at.scores, found.length).set(found);
    this.compareListed(place, 1, 0, found.length);
  }

  /** Compares rows begin … end - 1 with `count` queries from `place` on. */
  private compareRange(place: number, count: number, begin: number, end: number): void {
    const { table } = this.search;
    for (const rows of table.wideRows(begin, end)) {
      // the address that row 0 would have: addresses are modulo 2^32
      const search = this.describe(place, count, rows.address - rows.begin * table.rowBytes);
      table.engine.kernels.searchRows(search, 0, rows.begin, rows.end);
    }
  }

  /** Compares rows whose ids lie, from place `begin` to `end`, where scores would. */
  private compareListed(place: number, count: number, begin: number, end: number): void {
    const { engine, at, dtype } = this.search.table;
    if (dtype === "float32") {
      engine.kernels.searchRows(this.describe(place, count), at.scores, begin, end);
    } else {
      const ids = engine.u32(at.scores, end).slice(begin);
      for (const id of ids) this.compareRange(place, count, id, id + 1);
    }
  }

  /** Writes the engine's struct of a search for `count` questions from `place` on; returns its address. */
  private describe(place: number, count: number, rows = this.search.table.at.rows): number {
    const { table } = this.search;
    const fields: Record<(typeof SEARCH_FIELDS)[number], number> = {
      rows,
      norms: table.norms(),
      rowBytes: table.rowBytes,
      queries: this.query(place),
      queryCount: count,
      heaps: this.heap(place),
      limit: this.limit,
    };
    table.engine.u32(table.at.search, SEARCH_FIELDS.length).set(SEARCH_FIELDS.map((name) => fields[name]));
    return table.at.search;
  }

  private query(place: number): number {
    return this.at.queries + place * this.search.table.rowBytes;
  }

  private heap(place: number): number {
    return this.at.heaps + place * this.limit * HEAP_ENTRY;
  }
}
