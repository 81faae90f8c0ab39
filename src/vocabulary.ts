/** The vocabulary: words <-> ids, as UTF-8 bytes and a hash table in an engine's memory; strings are made when asked for. */

import { Engine } from "./engine.ts";
import { Wasm2VecError } from "./errors.ts";
import { vocabularyLayout, WORDS_FIELDS } from "./layout.ts";

/** A kernel's answer where there is no such word. */
export const NOT_FOUND = 0xffffffff;

/** How many words, and bytes of them, go to the engine at a time. */
const BATCH_WORDS = 4096;
const BATCH_BYTES = 65536;

/** Room for an empty vocabulary's first words. */
const FIRST_WORDS = 1024;
const FIRST_BYTES = 16384;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The words of a vocabulary as plain bytes: what a file holds. */
export interface WordBytes {
  /** the words' UTF-8, one after the other */
  text: Uint8Array;
  /** (V + 1): where each word begins in `text` */
  offsets: Uint32Array;
}

interface Room {
  words: number;
  text: number;
  batch: number;
}

/** Words and how often each was seen; ids count from 0. Owns its memory. */
export class Vocabulary {
  private layout: ReturnType<typeof vocabularyLayout>;

  private constructor(
    private readonly engine: Engine,
    private room: Room,
  ) {
    this.layout = this.lay(room);
    this.writeFields(0);
  }

  /** An empty vocabulary, for counting. */
  static async open(): Promise<Vocabulary> {
    return new Vocabulary(await Engine.open(), { words: FIRST_WORDS, text: FIRST_BYTES, batch: BATCH_BYTES });
  }

  /**
   * A vocabulary of given words.
   *
   * @param counts (V,) how often each was seen
   * @throws {Wasm2VecError} `key-duplicate` when a word comes twice
   */
  static async from({ text, offsets }: WordBytes, counts: ArrayLike<number>): Promise<Vocabulary> {
    const size = offsets.length - 1;
    const vocabulary = new Vocabulary(await Engine.open(), { words: size, text: text.length, batch: 1024 });
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
    return this.engine.u32(this.layout.words, 1)[0];
  }

  /** Counts the words, adds new ones, and hands their ids to `take` in batches (views, to be copied). */
  count(words: readonly string[], take: (ids: Uint32Array) => void): void {
    for (let from = 0; from < words.length; ) {
      const wanted = this.encode(words, from);
      const { words: struct, batchText, batchLengths, batchIds } = this.layout;
      const done = this.engine.kernels.countWords(struct, batchText, batchLengths, wanted, batchIds) >>> 0;
      take(this.engine.u32(batchIds, done));
      from += done;
      if (done < wanted) this.makeRoom(words[from]);
    }
  }

  /** Hands the ids of words to `take` in batches (views, to be copied): NOT_FOUND for those it does not hold. */
  findAll(words: readonly string[], take: (ids: Uint32Array) => void): void {
    for (let from = 0; from < words.length; ) {
      const count = this.encode(words, from);
      const { words: struct, batchText, batchLengths, batchIds } = this.layout;
      this.engine.kernels.findWords(struct, batchText, batchLengths, count, batchIds);
      take(this.engine.u32(batchIds, count));
      from += count;
    }
  }

  /** The id of a word, or -1. */
  find(word: string): number {
    this.encode([word], 0);
    const { words, batchText, batchLengths } = this.layout;
    return this.engine.kernels.findWord(words, batchText, this.engine.u32(batchLengths, 1)[0]) | 0;
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
    engine.reserve(scratch + flags.length, "The vocabulary needs");
    engine.u8(scratch, flags.length).set(flags);
    engine.kernels.pruneWords(layout.words, scratch);
  }

  /** Adds words that are new and differ, not seen yet. */
  add(words: readonly string[]): void {
    const { size } = this;
    this.count(words, () => {});
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

  /** Writes words as UTF-8 to the batch, as many as fit, and their lengths. Returns how many. */
  private encode(words: readonly string[], from: number): number {
    let to = from;
    let units = 0;
    while (to < words.length && to - from < BATCH_WORDS && (units + words[to].length) * 3 <= this.room.batch) {
      units += words[to++].length;
    }
    if (to === from) {
      this.grow({ ...this.room, batch: words[from].length * 3 });
      return this.encode(words, from);
    }
    const text = this.engine.u8(this.layout.batchText, this.room.batch);
    const lengths = this.engine.u32(this.layout.batchLengths, to - from);
    const batch = from === 0 && to === words.length ? words : words.slice(from, to);
    const { written } = encoder.encodeInto(batch.join(""), text);
    if (written === units) for (let i = 0; i < batch.length; i++) lengths[i] = batch[i].length;
    else encodeEach(batch, text, lengths);
    return to - from;
  }

  /** Doubles what is full, so that one more word fits. */
  private makeRoom(word: string): void {
    const { words, text, batch } = this.room;
    const used = this.engine.u32(this.layout.offsets + this.size * 4, 1)[0];
    const needed = used + word.length * 3;
    this.grow({
      words: this.size === words ? Math.max(1, words * 2) : words,
      text: needed > text ? Math.max(text * 2, needed) : text,
      batch,
    });
  }

  /** Moves the regions apart, the last first, and indexes the words anew. */
  private grow(room: Room): void {
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

  private lay(room: Room) {
    const batch = { words: BATCH_WORDS, bytes: room.batch };
    const layout = vocabularyLayout(this.engine.base, room.words, room.text, batch);
    this.engine.reserve(layout.end, `A vocabulary of more than ${room.words} words needs`);
    return layout;
  }

  private writeFields(size: number): void {
    const { layout, room } = this;
    const fields = { ...layout, size, capacity: room.words, mask: layout.slotCount - 1, textCapacity: room.text };
    this.engine.u32(layout.words, WORDS_FIELDS.length).set(WORDS_FIELDS.map((name) => fields[name]));
  }
}

/** Writes each word by itself: some character takes more than one byte. */
function encodeEach(words: readonly string[], text: Uint8Array, lengths: Uint32Array): void {
  let at = 0;
  for (let i = 0; i < words.length; i++) {
    const { written } = encoder.encodeInto(words[i], text.subarray(at));
    lengths[i] = written;
    at += written;
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
