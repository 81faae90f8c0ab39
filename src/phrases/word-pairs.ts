/** The words of a corpus and its pairs of neighbours, with their counts: what gensim keeps as one dictionary of strings. */

import { SENTENCE_END } from "../engine/kernels.ts";
import { Wasm2VecError } from "../errors.ts";
import { Vocabulary, type WordBytes } from "../vocabulary/vocabulary.ts";
import { PairTable } from "./pair-table.ts";

/** A pair's beginning: a word's id + 1, or, where connector words follow it, this and the place of that chain. */
const CHAIN = 2 ** 31;

/** How many chains of connector words there may be. */
const MAX_CHAINS = 2 ** 25;

/** How many strings are handed to a vocabulary at a time. */
const AT_ONCE = 4096;

/** Words and pairs as plain numbers: what a file holds. */
export interface PairRows {
  /** (C, 2) a beginning and the connector word that follows it */
  chains: Uint32Array;
  /** (N, 3) a pair's beginning, its second word's id, its count */
  pairs: Uint32Array;
}

/**
 * Words by id, and pairs of ids. A phrase is found by its string, too: "new_york" may be a word of the text, or the pair of
 * "new" and "york", and gensim counts both as one. So what holds a character of the delimiter is kept as a word, `settle` sees to
 * it; then every string is in one place. Owns its vocabulary.
 */
export class WordPairs {
  /** words that were read, connector words among them */
  total = 0;
  /** pruning drops what came less often, and then raises this */
  minReduce = 1;
  private readonly pairs = new PairTable();
  private readonly chainOf = new PairTable();
  /** the chains: two numbers each, a beginning and a connector word's id */
  private readonly chains: number[] = [];
  private counts = new Float64Array(1024);
  private words = 0;

  private constructor(
    readonly vocabulary: Vocabulary,
    /** how many connector words there are: the first words */
    private readonly connectors: number,
    private readonly delimiter: string,
  ) {}

  /** @param connectorWords different ones */
  static async open(connectorWords: readonly string[], delimiter: string): Promise<WordPairs> {
    const vocabulary = await Vocabulary.open();
    vocabulary.count(connectorWords);
    return new WordPairs(vocabulary, connectorWords.length, delimiter);
  }

  /** how many different words and pairs there are */
  get size(): number {
    return this.words + this.pairs.size;
  }

  /** A reader of sentences in ids of the vocabulary, to be told of all of them. */
  counter(maxSize: number): (ids: Uint32Array) => void {
    const { connectors, pairs } = this;
    let begin = 0;
    return (ids) => {
      this.makeRoom();
      const { counts } = this;
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i];
        if (id === SENTENCE_END) {
          begin = 0;
          if (this.size > maxSize) this.prune();
          continue;
        }
        this.total++;
        if (id < connectors) {
          if (begin) begin = this.chain(begin, id);
          continue;
        }
        if (counts[id]++ === 0) this.words++;
        if (begin) pairs.add(begin, id);
        begin = id + 1;
      }
    };
  }

  /** Adds strings with their counts, be they words or phrases. */
  addWords(entries: Iterable<readonly [word: string, count: number]>): void {
    let words: string[] = [];
    let counts: number[] = [];
    const flush = () => {
      const ids = this.vocabulary.count(words);
      this.makeRoom();
      for (let i = 0; i < ids.length; i++) this.addWord(ids[i], counts[i]);
      words = [];
      counts = [];
    };
    for (const [word, count] of entries) {
      words.push(word);
      counts.push(count);
      if (words.length === AT_ONCE) flush();
    }
    flush();
  }

  /** Adds all that another one holds, of the same connector words and delimiter. */
  merge(other: WordPairs): void {
    const ids = this.idsOf(other);
    const begins: number[] = [];
    const here = (begin: number) => (begin < CHAIN ? ids[begin - 1] + 1 : begins[begin - CHAIN]);
    for (let i = 0; i < other.chains.length; i += 2)
      begins.push(this.chain(here(other.chains[i]), other.chains[i + 1]));
    this.pairs.reserve(other.pairs.size);
    other.pairs.forEach((begin, id, count) => {
      this.pairs.add(here(begin), ids[id], count);
    });
    this.total += other.total;
    this.minReduce = Math.max(this.minReduce, other.minReduce);
    this.settle();
  }

  /** Drops what came less often than `minReduce`, and raises that. */
  prune(): void {
    const { counts, minReduce } = this;
    for (let id = 0; id < this.vocabulary.size; id++) {
      if (counts[id] && counts[id] < minReduce) {
        counts[id] = 0;
        this.words--;
      }
    }
    this.pairs.prune(minReduce);
    this.minReduce++;
  }

  /** Turns each pair into a word whose string may be another's. */
  settle(): void {
    if (!this.pairs.size) return;
    const spelt = this.speltFlags();
    if (!spelt.includes(1)) return;
    const isSpelt = (begin: number): boolean =>
      begin < CHAIN
        ? spelt[begin - 1] > 0
        : spelt[this.chains[(begin - CHAIN) * 2 + 1]] > 0 || isSpelt(this.chains[(begin - CHAIN) * 2]);
    const moved: number[] = [];
    this.pairs.forEach((begin, id) => {
      if (spelt[id] || isSpelt(begin)) moved.push(begin, id);
    });
    this.addWords(this.takePhrases(moved));
    for (const id of this.speltIds()) {
      const pair = this.pairOf(this.vocabulary.word(id).split(this.delimiter));
      if (pair) this.counts[id] += this.pairs.take(...pair);
    }
  }

  /** How often a string came, as a word or as a phrase. */
  count(word: string): number {
    const id = this.vocabulary.find(word);
    return id < 0 ? 0 : this.counts[id];
  }

  /** How often a pair came whose string, all of it joined, is a word where it is not in the table of pairs. */
  countPhrase(parts: readonly string[]): number {
    const pair = this.pairOf(parts);
    return (pair && this.pairs.get(...pair)) || this.count(parts.join(this.delimiter));
  }

  /** The pairs, and the words that may be one, as far as all their parts were counted. */
  forEachPhrase(visit: (a: number, b: number, count: number, phrase: () => string) => void): void {
    const { counts, vocabulary, delimiter } = this;
    this.pairs.forEach((begin, id, count) => {
      const a = counts[this.firstOf(begin)];
      if (a && counts[id]) visit(a, counts[id], count, () => this.phrase(begin, id));
    });
    for (const id of this.speltIds()) {
      const word = vocabulary.word(id);
      const parts = word.split(delimiter);
      if (parts.length < 2) continue;
      const [a, b] = [this.count(parts[0]), this.count(parts[parts.length - 1])];
      if (a && b) visit(a, b, counts[id], () => word);
    }
  }

  /** The words that hold a character of the delimiter. */
  *speltWords(): Generator<string> {
    for (const id of this.speltIds()) yield this.vocabulary.word(id);
  }

  /** What a file keeps: copies. */
  toRows(): PairRows & WordBytes & { counts: Float64Array } {
    const { text, offsets } = this.vocabulary.bytes;
    return {
      text: text.slice(),
      offsets: offsets.slice(),
      counts: this.counts.slice(0, this.vocabulary.size),
      chains: Uint32Array.from(this.chains),
      pairs: this.pairs.toRows(),
    };
  }

  /**
   * What a file kept; it then owns the vocabulary, which has the counts: 0 for connector words, which come first, and for words
   * that were dropped.
   *
   * @throws {Error} where it cannot be what `toRows` gave
   */
  static fromRows(
    vocabulary: Vocabulary,
    { chains, pairs }: PairRows,
    connectorWords: readonly string[],
    delimiter: string,
  ): WordPairs {
    const made = new WordPairs(vocabulary, connectorWords.length, delimiter);
    const isConnector = (id: number) => id < connectorWords.length;
    const isWord = (id: number) => id < vocabulary.size && !isConnector(id);
    const isBegin = (begin: number, chainCount: number) =>
      begin < CHAIN ? begin > 0 && isWord(begin - 1) : begin - CHAIN < chainCount;
    if (connectorWords.some((word, id) => vocabulary.find(word) !== id)) {
      throw new Error("its connector words are not its first words");
    }
    made.makeRoom();
    const { counts } = vocabulary;
    for (let id = 0; id < counts.length; id++) {
      if (counts[id] && isConnector(id)) throw new Error(`connector word ${id} has a count`);
      made.addWord(id, counts[id]);
    }
    for (let i = 0; i < chains.length; i += 2) {
      const [begin, id] = chains.subarray(i, i + 2);
      if (!isBegin(begin, i / 2) || !isConnector(id)) throw new Error(`chain ${i / 2} joins what there is not`);
      if (made.chain(begin, id) !== CHAIN + i / 2) throw new Error(`chain ${i / 2} is there twice`);
    }
    made.pairs.reserve(pairs.length / 3);
    for (let i = 0; i < pairs.length; i += 3) {
      const [begin, id, count] = pairs.subarray(i, i + 3);
      if (!isBegin(begin, chains.length / 2) || !isWord(id)) throw new Error(`pair ${i / 3} joins what there is not`);
      made.pairs.add(begin, id, count);
    }
    return made;
  }

  close(): void {
    this.vocabulary.close();
  }

  /** The beginning that is another one with a connector word behind it. */
  private chain(begin: number, connector: number): number {
    const known = this.chainOf.get(begin, connector);
    if (known) return CHAIN + known - 1;
    if (this.chains.length / 2 >= MAX_CHAINS) throw tooManyChains();
    this.chains.push(begin, connector);
    this.chainOf.add(begin, connector, this.chains.length / 2);
    return CHAIN + this.chains.length / 2 - 1;
  }

  /** The first word's id of a beginning. */
  private firstOf(begin: number): number {
    let first = begin;
    while (first >= CHAIN) first = this.chains[(first - CHAIN) * 2];
    return first - 1;
  }

  private phrase(begin: number, id: number): string {
    const words = [this.vocabulary.word(id)];
    let first = begin;
    for (; first >= CHAIN; first = this.chains[(first - CHAIN) * 2]) {
      words.push(this.vocabulary.word(this.chains[(first - CHAIN) * 2 + 1]));
    }
    words.push(this.vocabulary.word(first - 1));
    return words.reverse().join(this.delimiter);
  }

  /** Where words would be in the table of pairs: two with connector words between them. */
  private pairOf(parts: readonly string[]): [begin: number, id: number] | undefined {
    const ids = parts.map((part) => this.vocabulary.find(part));
    const last = ids.pop() ?? -1;
    const [first, ...between] = ids;
    if (!(first >= this.connectors && last >= this.connectors)) return undefined;
    let begin = first + 1;
    for (const id of between) {
      const chain = id >= 0 && id < this.connectors ? this.chainOf.get(begin, id) : 0;
      if (!chain) return undefined;
      begin = CHAIN + chain - 1;
    }
    return [begin, last];
  }

  private addWord(id: number, count: number): void {
    if (count && !this.counts[id]) this.words++;
    this.counts[id] += count;
  }

  /** The ids here of another one's words; those that were dropped there are not added. */
  private idsOf(other: WordPairs): Uint32Array {
    const { vocabulary } = other;
    const ids = new Uint32Array(vocabulary.size);
    const kept = ids.map((_, id) => id).filter((id) => id < other.connectors || other.counts[id] > 0);
    for (let from = 0; from < kept.length; from += AT_ONCE) {
      const some = kept.subarray(from, from + AT_ONCE);
      const here = this.vocabulary.count(Array.from(some, (id) => vocabulary.word(id)));
      this.makeRoom();
      some.forEach((id, i) => {
        ids[id] = here[i];
        this.addWord(here[i], other.counts[id]);
      });
    }
    return ids;
  }

  private makeRoom(): void {
    const { size } = this.vocabulary;
    if (size <= this.counts.length) return;
    const counts = new Float64Array(Math.max(size, this.counts.length * 2));
    counts.set(this.counts);
    this.counts = counts;
  }

  /** Takes pairs out of the table: their strings and counts. */
  private *takePhrases(pairs: readonly number[]): Generator<[phrase: string, count: number]> {
    for (let i = 0; i < pairs.length; i += 2) {
      yield [this.phrase(pairs[i], pairs[i + 1]), this.pairs.take(pairs[i], pairs[i + 1])];
    }
  }

  /** The ids of counted words that hold a character of the delimiter. */
  private *speltIds(): Generator<number> {
    const flags = this.speltFlags();
    for (let id = flags.indexOf(1); id >= 0; id = flags.indexOf(1, id + 1)) if (this.counts[id]) yield id;
  }

  /** (V,) 1 for words that hold a character of the delimiter, found in their bytes. */
  private speltFlags(): Uint8Array {
    const { text, offsets } = this.vocabulary.bytes;
    const flags = new Uint8Array(this.vocabulary.size);
    for (const character of new Set(this.delimiter)) {
      const bytes = new TextEncoder().encode(character);
      let id = 0;
      for (let at = text.indexOf(bytes[0]); at >= 0; at = text.indexOf(bytes[0], at + 1)) {
        if (!bytes.every((byte, i) => text[at + i] === byte)) continue;
        while (offsets[id + 1] <= at) id++;
        flags[id] = 1;
      }
    }
    return flags;
  }
}

function tooManyChains(): Wasm2VecError {
  return new Wasm2VecError(
    "too-large",
    `More than ${MAX_CHAINS} different chains of connector words follow words. Pass fewer connectorWords.`,
  );
}
