/** The rows of a table by the words of a test file, which may be written in another case. */

import type { Vocabulary } from "../vocabulary/vocabulary.ts";

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
