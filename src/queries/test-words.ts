/** The rows of a table by the words of a test file, which may be written in another case. */

import { type GivenOptions, integer, option, STOPPABLE, toggle } from "../check-options.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";

/** How a table is tried on a test file. */
export const EVALUATION_OPTIONS = {
  /** use the first so many rows only, the most frequent ones; 300,000 by default */
  restrictVocab: option(300_000, integer(1)),
  /** compare words without regard to case, in upper case; true by default */
  caseInsensitive: option(true, toggle),
  /** count what has an unknown word as wrong; false by default: it is left out */
  dummy4unknown: option(false, toggle),
  ...STOPPABLE,
};

/** What `evaluateWordAnalogies` and `evaluateWordPairs` have in common. @interface */
export type EvaluationOptions = GivenOptions<typeof EVALUATION_OPTIONS>;

/** Where several keys become one name, it means the first of them: the most frequent one in a sorted table. */
export class TestWords {
  /** for each row, the first row of the same name */
  readonly firstRows: Uint32Array;
  private readonly rows = new Map<string, number>();
  private readonly caseInsensitive: boolean;

  constructor(
    vocabulary: Vocabulary,
    { restrictVocab, caseInsensitive }: { restrictVocab: number; caseInsensitive: boolean },
  ) {
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
