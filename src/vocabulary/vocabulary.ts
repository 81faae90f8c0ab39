/** The vocabulary: words <-> ids, as UTF-8 bytes and a hash table in an engine's memory; strings are made when asked for. */

import { Engine } from "../engine/engine.ts";
import { BATCH_BYTES, type VocabularyRoom, vocabularyLayout, WORDS_FIELDS } from "../engine/layout.ts";
import { Wasm2VecError } from "../errors.ts";
import { Batch, writeUtf8 } from "./word-buffer.ts";

/** A kernel's answer where there is no such word. */
export const NOT_FOUND = 0xffffffff;

/** Room for an empty vocabulary's first words, for a batch of words, and for a key that is looked up. */
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
  /** What is to be counted, or found. */
  readonly batch = new Batch();
  private layout: ReturnType<typeof vocabularyLayout>;
  private isClosed = false;

  private constructor(
    private readonly engine: Engine,
    private room: VocabularyRoom,
    private readonly limit: number,
  ) {
    this.layout = this.lay(room);
    this.writeFields(0);
  }

  /**
   * An empty vocabulary, for counting.
   *
   * @param limit how many words it should hold between sentences; no limit by default
   */
  static async open(limit?: number | null): Promise<Vocabulary> {
    const room = { words: FIRST_WORDS, text: FIRST_BYTES, batch: BATCH_BYTES * 2, key: KEY_BYTES };
    return new Vocabulary(await Engine.open(), room, limit ?? NO_LIMIT);
  }

  /**
   * A vocabulary of given words.
   *
   * @param counts (V,) how often each was seen
   * @throws {Wasm2VecError} `key-duplicate` when a word comes twice
   */
  static async from({ text, offsets }: WordBytes, counts: ArrayLike<number>): Promise<Vocabulary> {
    const size = offsets.length - 1;
    const room = { words: size, text: text.length, batch: 0, key: KEY_BYTES };
    const vocabulary = new Vocabulary(await Engine.open(), room, NO_LIMIT);
    const { engine, layout } = vocabulary;
    engine.u8(layout.text, text.length).set(text);
    engine.u32(layout.offsets, size + 1).set(offsets);
    engine.f64(layout.counts, size).set(counts);
    vocabulary.writeFields(size);
    const duplicate = engine.kernels.indexWords(layout.words) >>> 0;
    if (duplicate !== NOT_FOUND) {
      const word = vocabulary.word(duplicate);
      vocabulary.close();
      throw new Wasm2VecError("key-duplicate", `The key "${word}" comes twice. Keys must differ.`);
    }
    return vocabulary;
  }

  get size(): number {
    return this.field("size");
  }

  /** Counts the words, and adds those that are new. Returns their ids. */
  count(words: readonly string[]): Uint32Array {
    const ids = new Uint32Array(words.length);
    let counted = 0;
    for (let from = 0; from < words.length; ) {
      from = this.putInto(words, from);
      this.countBatch((some) => {
        ids.set(some, counted);
        counted += some.length;
      });
    }
    return ids;
  }

  /** Puts words into the batch, from the given one on, as long as they fit; at least one into an empty batch. */
  putInto(words: readonly string[], from: number): number {
    const to = this.batch.put(words, from);
    if (to > from || this.batch.size) return to;
    this.growBatch(words[from].length * 3);
    return this.batch.put(words, from);
  }

  /** Empties the batch: what is in it may come from work that was ended. */
  beginBatches(): void {
    this.batch.reset();
    if (!this.room.batch) this.growBatch();
  }

  /** Doubles the batch's bytes, or makes room for so many. */
  growBatch(bytes = 0): void {
    this.grow({ ...this.room, batch: Math.max(BATCH_BYTES, this.room.batch, bytes / 2) * 2 });
  }

  /**
   * Counts what is in the batch, adds the words that are new, and clears it.
   *
   * @param take is handed the ids, SENTENCE_END where a sentence ends: views, to be copied
   * @param prune is called after a sentence by which there are more words than the limit
   */
  countBatch(take: (ids: Uint32Array) => void, prune?: () => void): void {
    const { batch, engine } = this;
    for (let from = 0; from < batch.size; ) {
      const { words, records, ids } = this.layout;
      const [begin, count] = [ids + from * 4, batch.size - from];
      const done = engine.kernels.countWords(words, records + from * 8, count, begin) >>> 0;
      take(engine.u32(begin, done));
      from += done;
      if (done && this.size > this.limit && batch.endsSentence(from - 1)) prune?.();
      else if (done < count) this.makeRoom(batch.wordLength(from));
    }
    batch.clear();
  }

  /** The ids of what is in the batch, NOT_FOUND for words that are not held: a view, to be copied. Clears it. */
  findBatch(): Uint32Array {
    const { batch, engine } = this;
    const { size } = batch;
    const { words, records, ids } = this.layout;
    engine.kernels.findWords(words, records, size, ids);
    batch.clear();
    return engine.u32(ids, size);
  }

  /** How many characters of the batches so far were damaged, and became U+FFFD. */
  get damages(): number {
    return this.field("damages");
  }

  /** The id of a word, or -1. */
  find(word: string): number {
    const bytes = word.length * 3;
    if (bytes > this.room.key) this.grow({ ...this.room, key: bytes });
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
    this.reserve(scratch + flags.length);
    engine.u8(scratch, flags.length).set(flags);
    engine.kernels.pruneWords(layout.words, scratch);
  }

  /** Adds words that are new and differ, not seen yet. */
  add(words: readonly string[]): void {
    const { size } = this;
    this.count(words);
    this.counts.fill(0, size);
  }

  /** Puts the words in another order: ids[i] becomes i. */
  reorder(ids: Uint32Array): void {
    const { engine, layout } = this;
    const { text, offsets, counts } = this.selected(ids);
    engine.u8(layout.text, text.length).set(text);
    engine.u32(layout.offsets, offsets.length).set(offsets);
    this.counts.set(counts);
    engine.u8(layout.slots, layout.slotCount * 8).fill(0);
    engine.kernels.indexWords(layout.words);
  }

  /** A new vocabulary of the words with the given ids, in that order, with their counts. */
  async select(ids: Uint32Array): Promise<Vocabulary> {
    const { counts, ...words } = this.selected(ids);
    return Vocabulary.from(words, counts);
  }

  /** Gives the memory back; again is nothing. */
  close(): void {
    if (!this.isClosed) this.engine.close();
    this.isClosed = true;
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
    const { words, text } = this.room;
    const used = this.engine.u32(this.layout.offsets + this.size * 4, 1)[0];
    // a word that is repaired may become three times as long
    const needed = used + wordLength * 3;
    this.grow({
      ...this.room,
      words: this.size === words ? Math.max(1, words * 2) : words,
      text: needed > text ? Math.max(text * 2, needed) : text,
    });
  }

  /** Moves the regions apart, the last first, and indexes the words anew. What is in the batch stays where it is. */
  private grow(room: VocabularyRoom): void {
    const { engine, layout: old, size } = this;
    const offsetsLength = (size + 1) * 4;
    const textLength = this.bytes.text.length;
    const layout = this.lay(room);
    const memory = engine.u8(0, layout.end);
    memory.copyWithin(layout.text, old.text, old.text + textLength);
    memory.copyWithin(layout.offsets, old.offsets, old.offsets + offsetsLength);
    memory.copyWithin(layout.counts, old.counts, old.counts + size * 8);
    memory.fill(0, layout.slots, layout.slots + layout.slotCount * 8);
    this.layout = layout;
    this.room = room;
    this.writeFields(size);
    engine.kernels.indexWords(layout.words);
  }

  private lay(room: VocabularyRoom) {
    const layout = vocabularyLayout(this.engine.base, room);
    this.engine.reserve(layout.end, `A vocabulary of more than ${room.words} words needs`);
    this.batch.lay(this.engine, layout, room.batch);
    return layout;
  }

  private reserve(end: number): void {
    this.engine.reserve(end, `Pruning a vocabulary of ${this.size} words needs`);
    this.batch.lay(this.engine, this.layout, this.room.batch);
  }

  private writeFields(size: number): void {
    const { layout, room, limit } = this;
    const mask = layout.slotCount - 1;
    const fields = {
      ...layout,
      size,
      capacity: room.words,
      mask,
      textCapacity: room.text,
      limit,
      damages: this.damages,
    };
    this.engine.u32(layout.words, WORDS_FIELDS.length).set(WORDS_FIELDS.map((name) => fields[name]));
  }

  private field(name: (typeof WORDS_FIELDS)[number]): number {
    return this.engine.u32(this.layout.words + WORDS_FIELDS.indexOf(name) * 4, 1)[0];
  }
}

/** Joins keys to the bytes of a vocabulary. */
export function joinWords(words: readonly string[]): WordBytes {
  const pieces = words.map((word) => encoder.encode(word));
  const offsets = new Uint32Array(words.length + 1);
  pieces.forEach((piece, i) => {
    offsets[i + 1] = offsets[i] + piece.length;
  });
  const text = new Uint8Array(offsets[words.length]);
  pieces.forEach((piece, i) => {
    text.set(piece, offsets[i]);
  });
  return { text, offsets };
}
