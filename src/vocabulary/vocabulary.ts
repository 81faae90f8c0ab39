/** The vocabulary: words <-> ids, as UTF-8 bytes and a hash table in an engine's memory; strings are made when asked for. */

import { Engine } from "../engine/engine.ts";
import { OUT_OF_VOCABULARY } from "../engine/kernels.ts";
import { BUFFER_BYTES, type VocabularyCapacity, vocabularyLayout, WORDS_FIELDS } from "../engine/layout.ts";
import { Struct } from "../engine/struct.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { WordBuffer, writeUtf8 } from "./word-buffer.ts";

/** The capacity of an empty vocabulary, and for a key that is looked up. */
const FIRST_WORDS = 1024;
const FIRST_BYTES = 16384;
const KEY_BYTES = 1024;

/** There is no limit to the words that are held: they are fewer than 2^32. */
const NO_LIMIT = 2 ** 32 - 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The words of a vocabulary as plain bytes: what a file holds. */
export interface WordBytes {
  /** the words' UTF-8, one after the other */
  text: Uint8Array;
  /** (V + 1): where each word begins in `text` */
  offsets: Uint32Array;
}

/** Words and how often each was seen; ids count from 0. Owns its memory. */
export class Vocabulary {
  /** What is counted, or found: its only reader's while a corpus is counted, else of a single call. */
  readonly buffer = new WordBuffer((bytes) => this.grow({ ...this.capacity, incoming: bytes }));
  private layout: ReturnType<typeof vocabularyLayout>;

  private constructor(
    private readonly engine: Engine,
    private capacity: VocabularyCapacity,
    private readonly limit: number,
  ) {
    this.layout = this.reserveLayout(capacity);
    this.writeFields(0);
  }

  /**
   * An empty vocabulary, for counting.
   *
   * @param limit how many words it should hold between sentences; no limit by default
   */
  static async open(limit?: number | null): Promise<Vocabulary> {
    const capacity = { words: FIRST_WORDS, text: FIRST_BYTES, incoming: BUFFER_BYTES * 2, key: KEY_BYTES };
    return Vocabulary.over(await Engine.open(), capacity, limit ?? NO_LIMIT);
  }

  /**
   * A vocabulary of given words, in an engine that it then owns.
   *
   * @param counts (V,) how often each was seen
   * @throws {Wasm2VecError} `key-duplicate` when a word comes twice; `too-large`, `out-of-memory`
   */
  static from({ text, offsets }: WordBytes, counts: ArrayLike<number>, engine: Engine): Vocabulary {
    const size = offsets.length - 1;
    const capacity = { words: size, text: text.length, incoming: 0, key: KEY_BYTES };
    const vocabulary = Vocabulary.over(engine, capacity, NO_LIMIT);
    const { layout } = vocabulary;
    engine.u8(layout.text, text.length).set(text);
    engine.u32(layout.offsets, size + 1).set(offsets);
    engine.f64(layout.counts, size).set(counts);
    vocabulary.writeFields(size);
    const duplicate = engine.kernels.indexWords(layout.words) >>> 0;
    if (duplicate === OUT_OF_VOCABULARY) return vocabulary;
    const word = vocabulary.word(duplicate);
    vocabulary.close();
    throw duplicateKey(word);
  }

  private static over(engine: Engine, capacity: VocabularyCapacity, limit: number): Vocabulary {
    try {
      return new Vocabulary(engine, capacity, limit);
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  get size(): number {
    return this.fields.get("size");
  }

  /** Counts the words, and adds those that are new. Returns their ids. */
  count(words: readonly string[]): Uint32Array {
    const ids = new Uint32Array(words.length);
    let counted = 0;
    for (let from = 0; from < words.length; ) {
      from = this.buffer.put(words, from);
      for (const some of this.countBuffer()) {
        ids.set(some, counted);
        counted += some.length;
      }
    }
    return ids;
  }

  /**
   * Counts what is in the vocabulary's own buffer, adds the words that are new, and clears it.
   *
   * @param prune is called after a sentence by which there are more words than the limit
   * @returns the ids, SENTENCE_END where a sentence ends: views, each valid until the next is asked for
   */
  *countBuffer(prune?: () => void): Generator<Uint32Array> {
    const { buffer, engine } = this;
    for (let from = 0; from < buffer.size; ) {
      const { words, records, ids } = this.layout;
      const [begin, count] = [ids + from * 4, buffer.size - from];
      const done = engine.kernels.countWords(words, records + from * 8, count, begin) >>> 0;
      yield engine.u32(begin, done);
      from += done;
      if (done && this.size > this.limit && buffer.endsSentence(from - 1)) prune?.();
      else if (done < count) this.makeRoom(buffer.wordLength(from));
    }
    buffer.clear();
  }

  /** The ids of what is in a reader's buffer, OUT_OF_VOCABULARY for words that are not held: a copy. Clears the buffer. */
  findBuffer(incoming: WordBuffer): Uint32Array {
    const { buffer, engine } = this;
    buffer.copyFrom(incoming);
    incoming.clear();
    const { words, records, ids } = this.layout;
    const { size } = buffer;
    engine.kernels.findWords(words, records, size, ids);
    buffer.clear();
    return engine.u32(ids, size).slice();
  }

  /** How many characters so far were damaged, and became U+FFFD. */
  get damages(): number {
    return this.fields.get("damages");
  }

  /** The id of a word, or -1. */
  find(word: string): number {
    const bytes = word.length * 3;
    if (bytes > this.capacity.key) this.grow({ ...this.capacity, key: bytes });
    const { words, key } = this.layout;
    return this.engine.kernels.findWord(words, key, writeUtf8(word, this.engine.u8(key, bytes), 0)) | 0;
  }

  /** The word of an id. */
  word(id: number): string {
    const [begin, end] = this.engine.u32(this.layout.offsets + id * 4, 2);
    return decoder.decode(this.engine.u8(this.layout.text + begin, end - begin));
  }

  /** (V,) how often each word was seen: a view, valid until the vocabulary grows. */
  get counts(): Float64Array {
    return this.engine.f64(this.layout.counts, this.size);
  }

  /** The words as bytes: views, valid until the vocabulary grows. */
  get bytes(): WordBytes {
    const offsets = this.engine.u32(this.layout.offsets, this.size + 1);
    return { offsets, text: this.engine.u8(this.layout.text, offsets[this.size]) };
  }

  /** Keeps the words whose flag is not 0, in their order; ids change. */
  prune(flags: Uint8Array): void {
    const { engine, layout } = this;
    const scratch = layout.end;
    engine.reserve(scratch + flags.length, `Pruning a vocabulary of ${this.size} words needs`);
    this.buffer.relocate(engine, layout);
    engine.u8(scratch, flags.length).set(flags);
    engine.kernels.pruneWords(layout.words, scratch);
  }

  /**
   * Adds words that are new and differ, not seen yet.
   *
   * @throws {Wasm2VecError} `out-of-memory`, `too-large`: none was added
   */
  add(words: readonly string[]): void {
    const { size } = this;
    this.reserve(words);
    this.count(words);
    this.counts.fill(0, size);
  }

  /** Makes room for so many more words, so that what adds them cannot fail. */
  reserve(words: readonly string[]): void {
    const { capacity, size } = this;
    const bytes = words.map((word) => word.length * 3);
    const text = this.bytes.text.length + bytes.reduce((sum, length) => sum + length, 0);
    const longest = bytes.reduce((max, length) => Math.max(max, length), BUFFER_BYTES * 2);
    if (size + words.length <= capacity.words && text <= capacity.text && longest <= capacity.incoming) return;
    this.grow({
      ...capacity,
      words: enlarged(capacity.words, size + words.length),
      text: enlarged(capacity.text, text),
      incoming: Math.max(capacity.incoming, longest),
    });
  }

  /** Puts the words in another order: ids[i] becomes i. */
  reorder(ids: Uint32Array): void {
    const { engine, layout } = this;
    const { text, offsets, counts } = this.selected(ids);
    engine.u8(layout.text, text.length).set(text);
    engine.u32(layout.offsets, offsets.length).set(offsets);
    this.counts.set(counts);
    engine.u8(0, layout.counts).fill(0, layout.recent);
    engine.kernels.indexWords(layout.words);
  }

  /** A new vocabulary of the words with the given ids, in that order, with their counts. */
  select(ids: Uint32Array): Vocabulary {
    const { counts, ...words } = this.selected(ids);
    return Vocabulary.from(words, counts, Engine.another());
  }

  /** A copy with a memory of its own. */
  copy(): Vocabulary {
    return this.select(Uint32Array.from({ length: this.size }, (_, id) => id));
  }

  /** Gives the memory back; again is nothing. Use after it throws `closed`. */
  close(): void {
    this.engine.close();
  }

  /** A copy of the words with the given ids, in that order. */
  private selected(ids: Uint32Array): WordBytes & { counts: Float64Array } {
    const { text, offsets } = this.bytes;
    const selectedOffsets = new Uint32Array(ids.length + 1);
    ids.forEach((id, i) => {
      selectedOffsets[i + 1] = selectedOffsets[i] + offsets[id + 1] - offsets[id];
    });
    const selected = new Uint8Array(selectedOffsets[ids.length]);
    ids.forEach((id, i) => {
      selected.set(text.subarray(offsets[id], offsets[id + 1]), selectedOffsets[i]);
    });
    const counts = this.counts;
    return { text: selected, offsets: selectedOffsets, counts: Float64Array.from(ids, (id) => counts[id]) };
  }

  /** Doubles what is full, so that one more word fits. */
  private makeRoom(wordLength: number): void {
    const { words, text } = this.capacity;
    const used = this.engine.u32(this.layout.offsets + this.size * 4, 1)[0];
    // a word that is repaired may become three times as long
    const needed = used + wordLength * 3;
    this.grow({
      ...this.capacity,
      words: enlarged(words, this.size + 1),
      text: enlarged(text, needed),
    });
  }

  /** Moves the regions apart, the last first, and indexes the words anew. What is in the buffer stays where it is. */
  private grow(capacity: VocabularyCapacity): void {
    const { engine, layout: old, size, damages } = this;
    const offsetsLength = (size + 1) * 4;
    const textLength = this.bytes.text.length;
    const layout = this.reserveLayout(capacity);
    const memory = engine.u8(0, layout.end);
    memory.copyWithin(layout.text, old.text, old.text + textLength);
    memory.copyWithin(layout.offsets, old.offsets, old.offsets + offsetsLength);
    memory.copyWithin(layout.counts, old.counts, old.counts + size * 8);
    memory.fill(0, layout.recent, layout.counts);
    this.layout = layout;
    this.capacity = capacity;
    this.writeFields(size, damages);
    engine.kernels.indexWords(layout.words);
  }

  /** The regions for a capacity, there and known to the buffer. */
  private reserveLayout(capacity: VocabularyCapacity) {
    const layout = vocabularyLayout(this.engine.base, capacity);
    this.engine.reserve(layout.end, `A vocabulary of more than ${capacity.words} words needs`);
    this.buffer.relocate(this.engine, layout);
    return layout;
  }

  private writeFields(size: number, damages = 0): void {
    const { layout, capacity, limit } = this;
    const { words: maxWords, text: textCapacity } = capacity;
    this.fields.write({
      ...layout,
      size,
      capacity: maxWords,
      mask: layout.slotCount - 1,
      textCapacity,
      limit,
      damages,
    });
  }

  private get fields() {
    return new Struct(this.engine, this.layout.words, WORDS_FIELDS);
  }
}

/** A capacity that suffices, twice the old one where that does not. */
const enlarged = (capacity: number, needed: number) => (needed > capacity ? Math.max(capacity * 2, needed) : capacity);

/** What a key that comes twice is told. */
export function duplicateKey(word: string): Wasm2VecError {
  return new Wasm2VecError("key-duplicate", `The key ${show(word)} comes twice. Keys must differ.`);
}

/** Joins keys to the bytes of a vocabulary. */
export function joinWords(words: readonly string[]): WordBytes {
  const parts = words.map((word) => encoder.encode(word));
  const offsets = new Uint32Array(words.length + 1);
  parts.forEach((part, i) => {
    offsets[i + 1] = offsets[i] + part.length;
  });
  const text = new Uint8Array(offsets[words.length]);
  parts.forEach((part, i) => {
    text.set(part, offsets[i]);
  });
  return { text, offsets };
}
