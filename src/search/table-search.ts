/** Which rows of a table are nearest to queries. */

import { questionsAtOnce } from "../engine/layout.ts";
import { Wasm2VecError, withDefaults } from "../errors.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { Int8Index } from "./int8-index.ts";
import { findNeighborGraph, type NeighborGraph, type NeighborGraphOptions } from "./neighbor-graph.ts";
import { type Answer, limitOf, type Question, type Rows, SearchPass } from "./search-pass.ts";

export interface IndexOptions {
  /** what the index keeps of each number */
  dtype: "int8";
}

/** An index, which queries of its table use by themselves. */
export interface VectorIndex {
  /** what it takes beside the vectors, in bytes */
  readonly bytes: number;
  /** Gives its memory back. Queries go on without it. */
  close(): void;
  [Symbol.dispose](): void;
}

/** A table and, where one was built, its index. */
export class TableSearch {
  private index: Int8Index | undefined;

  constructor(private readonly table: VectorTable) {}

  /** Answers questions, each by the `topn` nearest of the rows. */
  answer(questions: readonly Question[], rows: Rows, topn: number): Answer[] {
    const search = { table: this.table, index: this.index, rows, topn };
    const answers: Answer[] = [];
    const atOnce = questionsAtOnce(limitOf(search, questions));
    for (let first = 0; first < questions.length; first += atOnce) {
      const pass = new SearchPass(search, questions.slice(first, first + atOnce));
      for (const [begin, end] of pass.pieces()) pass.compare(begin, end);
      answers.push(...pass.answers());
    }
    return answers;
  }

  /** The scores of the rows, in their order. */
  scores(question: Question, rows: Rows): Float32Array {
    question.pose();
    if (!(rows instanceof Uint32Array)) return this.table.scores(rows.begin, rows.end).slice();
    const scores = this.table.scores(0, this.table.size);
    return Float32Array.from(rows, (row) => scores[row]);
  }

  /** @throws {Wasm2VecError} `option-invalid`, `table-changed` */
  async neighborGraph(question: (row: number) => Question, options: NeighborGraphOptions): Promise<NeighborGraph> {
    return findNeighborGraph(this.table, this.index, question, options);
  }

  /** @throws {Wasm2VecError} `option-invalid`, `out-of-memory`, `too-large` */
  async buildIndex(options: IndexOptions): Promise<VectorIndex> {
    const { dtype } = withDefaults<Partial<IndexOptions>>({ dtype: undefined }, options, "buildIndex");
    if (dtype !== "int8") {
      throw new Wasm2VecError("option-invalid", `buildIndex got the dtype ${JSON.stringify(dtype)}; expected "int8".`);
    }
    const built = this.index ?? (await Int8Index.build(this.table));
    // another call may have been faster
    if (this.index && this.index !== built) built.close();
    this.index ??= built;
    const { index } = this;
    const close = () => this.close(index);
    return { bytes: index.bytes, close, [Symbol.dispose]: close };
  }

  /** Gives the index's memory back, if it still is this one. */
  close(index = this.index): void {
    if (!index || index !== this.index) return;
    this.index = undefined;
    index.close();
  }
}
