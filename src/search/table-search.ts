/** Which rows of a table are nearest to queries. */

import { checkOptions, type GivenOptions, oneOf, required } from "../check-options.ts";
import { queriesAtOnce } from "../engine/layout.ts";
import { sizeOf } from "../errors.ts";
import { CONSOLE, lineOf } from "../printed.ts";
import { scoreRows } from "../tables/scores.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { Int8Index } from "./int8-index.ts";
import { findNeighborGraph, type NeighborGraph, type NeighborGraphOptions } from "./neighbor-graph.ts";
import { type Answer, isListed, limitOf, type Query, type Rows, SearchPass } from "./search-pass.ts";

const INDEX_OPTIONS = {
  /** what the index keeps of each number */
  dtype: required(oneOf("int8")),
};

/** Options of `buildIndex`. @interface */
export type IndexOptions = Required<GivenOptions<typeof INDEX_OPTIONS>>;

/** An index, which queries of its table use by themselves. */
export class VectorIndex {
  /** what it takes beside the vectors, in bytes */
  readonly bytes: number;

  /** @internal */
  constructor(
    private readonly index: Int8Index,
    private readonly search: TableSearch,
  ) {
    this.bytes = index.bytes;
  }

  /** Gives its memory back. Queries go on without it. */
  close(): void {
    this.search.close(this.index);
  }

  /** As `close()`: what `using` calls. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** One line: what it keeps of each number, and its size. */
  toString(): string {
    return lineOf("VectorIndex", () => (this.index.isClosed ? ["closed"] : ["int8", sizeOf(this.bytes)]));
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }
}

/** A table and, where one was built, its index. */
export class TableSearch {
  private index: Int8Index | undefined;

  constructor(readonly table: VectorTable) {}

  /** Answers queries, each by the `topn` nearest of the rows. */
  answer(queries: readonly Query[], rows: Rows, topn: number): Answer[] {
    const search = { table: this.table, index: this.index, rows, topn };
    const answers: Answer[] = [];
    const atOnce = queriesAtOnce(limitOf(search, queries));
    for (let first = 0; first < queries.length; first += atOnce) {
      const pass = new SearchPass(search, queries.slice(first, first + atOnce));
      for (const [begin, end] of pass.tiles()) pass.compare(begin, end);
      answers.push(...pass.answers());
    }
    return answers;
  }

  /** The scores of the rows, in their order. */
  scores(query: Query, rows: Rows): Float32Array<ArrayBuffer> {
    this.table.query.clear().add(query.vector, 1, false);
    if (!isListed(rows)) return scoreRows(this.table, rows.begin, rows.end).slice();
    const scores = scoreRows(this.table, 0, this.table.size);
    return Float32Array.from(rows, (row) => scores[row]);
  }

  /** @throws {Wasm2VecError} `option-invalid`, `table-changed` */
  async neighborGraph(query: (row: number) => Query, options: NeighborGraphOptions): Promise<NeighborGraph> {
    return findNeighborGraph(this.table, this.index, query, options);
  }

  /** @throws {Wasm2VecError} `option-invalid`, `out-of-memory`, `too-large` */
  async buildIndex(options: IndexOptions): Promise<VectorIndex> {
    checkOptions(INDEX_OPTIONS, options, "buildIndex");
    const built = this.index ?? (await buildIndex(this.table));
    // another call may have been faster
    if (this.index && this.index !== built) built.close();
    this.index ??= built;
    return new VectorIndex(this.index, this);
  }

  /** Gives the index's memory back, if it still is this one. */
  close(index = this.index): void {
    if (!index || index !== this.index) return;
    this.index = undefined;
    index.close();
  }
}

async function buildIndex(table: VectorTable): Promise<Int8Index> {
  const { Int8Index } = await import("./int8-index.ts");
  return Int8Index.build(table);
}
