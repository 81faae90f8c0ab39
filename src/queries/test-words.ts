/** The rows of a table by the words of a test file, which may be written in another case. */

import { Wasm2VecError } from "../errors.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";

/** How a table is tried on a test file. */
export interface EvaluationOptions {
  /** use the first so many rows only, the most frequent ones; 300,000 by default */
  restrictVocab?: number;
  /** compare words without regard to case, in upper case; true by default */
  caseInsensitive?: boolean;
  /** count what has an unknown word as wrong; false by default: it is left out */
  dummy4unknown?: boolean;
  /** stops the work; the promise rejects with its reason */
  signal?: AbortSignal;
}

export const EVALUATION_DEFAULTS: Required<EvaluationOptions> = {
  restrictVocab: 300_000,
  caseInsensitive: true,
  dummy4unknown: false,
  signal: undefined as never,
};

/** Where several keys become one name, it means the first of them: the most frequent one in a sorted table. */
export class RowNames {
  /** for each row, the first row of the same name */
  readonly firstRows: Uint32Array;
  private readonly rows = new Map<string, number>();
  private readonly caseInsensitive: boolean;

  /** @throws {Wasm2VecError} `option-invalid` */
  constructor(
    vocabulary: Vocabulary,
    { restrictVocab, caseInsensitive }: Required<Pick<EvaluationOptions, "restrictVocab" | "caseInsensitive">>,
  ) {
    if (!Number.isInteger(restrictVocab) || restrictVocab < 1) {
      throw new Wasm2VecError("option-invalid", `restrictVocab is ${restrictVocab}; expected an integer from 1 on.`);
    }
    this.caseInsensitive = caseInsensitive;
    this.firstRows = new Uint32Array(Math.min(restrictVocab, vocabulary.size));
    for (let row = 0; row < this.firstRows.length; row++) {
      const name = this.name(vocabulary.word(row));
      if (!this.rows.has(name)) this.rows.set(name, row);
      this.firstRows[row] = this.rows.get(name) as number;
    }
  }

  /** What a word is called: in upper case where case does not matter. */
  name(word: string): string {
    return this.caseInsensitive ? word.toUpperCase() : word;
  }

  /** The row of a name, or undefined. */
  row(name: string): number | undefined {
    return this.rows.get(name);
  }
}
