/** The keys of a table as lists: strings are made only when one is asked for. */

import type { Vocabulary } from "./vocabulary.ts";

/** The keys in the order of their rows: what gensim calls index_to_key. */
export class KeyList implements Iterable<string> {
  constructor(private readonly vocabulary: () => Vocabulary) {}

  get length(): number {
    return this.vocabulary().size;
  }

  /** The key of row i; a negative i counts from the end. */
  at(i: number): string | undefined {
    const { length } = this;
    const index = i < 0 ? length + i : i;
    return Number.isInteger(index) && index >= 0 && index < length ? this.vocabulary().word(index) : undefined;
  }

  /** The keys of rows begin … end - 1. */
  slice(begin = 0, end = this.length): string[] {
    const last = Math.min(end, this.length);
    return Array.from({ length: Math.max(0, last - begin) }, (_, i) => this.vocabulary().word(begin + i));
  }

  *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.length; i++) yield this.vocabulary().word(i);
  }
}

/** The row of each key: what gensim calls key_to_index. */
export class KeyIndex implements Iterable<[key: string, index: number]> {
  constructor(private readonly vocabulary: () => Vocabulary) {}

  get size(): number {
    return this.vocabulary().size;
  }

  has(key: string): boolean {
    return this.vocabulary().find(key) >= 0;
  }

  /** The row of a key, or undefined. */
  get(key: string): number | undefined {
    const index = this.vocabulary().find(key);
    return index < 0 ? undefined : index;
  }

  *[Symbol.iterator](): Generator<[string, number]> {
    for (let i = 0; i < this.size; i++) yield [this.vocabulary().word(i), i];
  }
}
