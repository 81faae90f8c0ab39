/** Words on their way into a vocabulary: UTF-8 in an engine's memory, and a record of each (assembly/vocabulary). */

import { Engine } from "../engine/engine.ts";
import type { Instance } from "../engine/instance.ts";
import { SENTENCE_END } from "../engine/kernels.ts";
import { BUFFER_BYTES, bufferLayout, SPLIT_FIELDS } from "../engine/layout.ts";
import { Struct } from "../engine/struct.ts";

/** The splitter counts lines and a sentence's words in 32 bits. */
const MAX_U32 = 2 ** 32 - 1;

/** How a text is cut into sentences. */
export interface SplitOptions {
  /** a longer line makes several sentences */
  maxSentenceLength: number;
  /** read so many lines only; null: all */
  limit: number | null;
}

type Layout = Omit<ReturnType<typeof bufferLayout>, "end">;

/**
 * A buffer takes words of sentences, or the bytes of a text, until it is full. Then a vocabulary counts or finds them, and
 * clears it. It lies in the vocabulary's memory, which one reader has to itself while it counts, or in one of its own, so
 * that several readers of one vocabulary do not meet.
 */
export class WordBuffer {
  /** how many records there are */
  size = 0;
  /** how many words each sentence has that ends in the buffer */
  sentences: ArrayLike<number> & Iterable<number> = [];
  private instance!: Instance;
  private layout!: Layout;
  private text!: Uint8Array;
  private records!: Uint32Array;
  private splitter!: Struct<(typeof SPLIT_FIELDS)[number]["name"]>;
  private used = 0;
  /** where the bytes begin that have no record yet */
  private rest = 0;
  /** how many bytes of a text were put since the last split */
  private fresh = 0;
  private linesLeft = 0;
  /** how many words of a text the sentence has that is not over */
  private words = 0;
  private maxSentenceLength = 0;

  /** @param enlarge gives the buffer so many bytes, by `relocate` */
  constructor(private readonly enlarge: (bytes: number) => void) {}

  /** A buffer with a memory of its own, which is to be closed with it. */
  static open(): { buffer: WordBuffer; close(): void } {
    const engine = Engine.another();
    const buffer = new WordBuffer((bytes) => {
      const layout = bufferLayout(engine.base, bytes);
      engine.reserve(layout.end, "A buffer of words needs");
      buffer.relocate(engine, layout);
    });
    try {
      buffer.enlarge(BUFFER_BYTES * 2);
    } catch (error) {
      engine.close();
      throw error;
    }
    return { buffer, close: () => engine.close() };
  }

  /** Follows its memory, which grew or was laid out anew. The text is where it was; there are no records where they move. */
  relocate(instance: Instance, layout: Layout): void {
    this.instance = instance;
    this.layout = layout;
    this.text = instance.u8(layout.incoming, layout.incomingBytes);
    this.records = instance.u32(layout.records, layout.maxRecords * 2);
    this.splitter = new Struct(instance, layout.splitter, SPLIT_FIELDS);
  }

  /** Whether there is no room for one more word and the end of its sentence. */
  get isFull(): boolean {
    return this.size + 2 > this.layout.maxRecords;
  }

  /** Whether so many bytes of a text were put that they must be split before there is room for more. */
  get isFilled(): boolean {
    return this.fresh === BUFFER_BYTES;
  }

  /** how many bytes it can hold beside those that it holds */
  get capacityLeft(): number {
    return this.text.length - this.used;
  }

  /** what it holds: a view */
  get bytes(): Uint8Array {
    return this.text.subarray(0, this.used);
  }

  /** The length in bytes of the word of a record. */
  wordLength(record: number): number {
    return this.records[record * 2 + 1];
  }

  /** Whether a sentence ends at a record. */
  endsSentence(record: number): boolean {
    return this.records[record * 2] === SENTENCE_END;
  }

  /**
   * Puts words, from the given one on, as long as there is room for them and for the end of their sentence; at least one
   * into an empty buffer.
   *
   * @returns the first that was not put; as many as there are words when all were
   */
  put(words: readonly string[], from: number): number {
    const { text, records, layout } = this;
    const maxSize = layout.maxRecords - 1;
    let { size, used } = this;
    let i = from;
    for (; i < words.length; i++) {
      const word = words[i];
      if (size >= maxSize || used + word.length * 3 > text.length) break;
      const end = writeUtf8(word, text, used);
      records[size * 2] = layout.incoming + used;
      records[size * 2 + 1] = end - used;
      size++;
      used = end;
    }
    this.size = size;
    this.used = this.rest = used;
    if (size || i === words.length) return i;
    this.enlarge(Math.max(BUFFER_BYTES * 2, text.length * 2, words[i].length * 3));
    return this.put(words, i);
  }

  /** Puts a single word's bytes. Returns false where there is no room: then what is there must be counted first. */
  putWord(word: Uint8Array): boolean {
    if (this.size >= this.layout.maxRecords - 1 || word.length > this.capacityLeft) {
      if (this.size) return false;
      this.enlarge(Math.max(BUFFER_BYTES * 2, word.length));
    }
    const { text, records, layout, size, used } = this;
    text.set(word, used);
    records[size * 2] = layout.incoming + used;
    records[size * 2 + 1] = word.length;
    this.size = size + 1;
    this.used = this.rest = used + word.length;
    return true;
  }

  /** Ends a sentence of so many words. */
  endSentence(words: number): void {
    this.records[this.size * 2] = SENTENCE_END;
    this.records[this.size * 2 + 1] = 0;
    this.size++;
    (this.sentences as number[]).push(words);
  }

  /** Begins to split a text. */
  beginText({ maxSentenceLength, limit }: SplitOptions): void {
    this.words = 0;
    this.maxSentenceLength = Math.min(maxSentenceLength, MAX_U32);
    this.linesLeft = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Whether as many lines were split as were wanted. */
  get textIsDone(): boolean {
    return this.linesLeft === 0;
  }

  /** Puts bytes of a text, as many as there is room for. Returns how many. */
  putBytes(bytes: Uint8Array): number {
    const part = bytes.subarray(0, BUFFER_BYTES - this.fresh);
    this.text.set(part, this.used);
    this.used += part.length;
    this.fresh += part.length;
    return part.length;
  }

  /** Makes room for more bytes of a text, where a word that is not over fills the buffer. */
  makeRoom(): void {
    if (this.capacityLeft < BUFFER_BYTES) this.enlarge(this.text.length * 2);
  }

  /** Makes records of the bytes, but for the word at their end, which may go on. */
  split(): void {
    const { instance, layout, splitter } = this;
    const lines = Math.min(this.linesLeft, MAX_U32);
    // a long word is not looked through again for each part that comes: white space may have begun two bytes before this
    const seen = this.used - this.fresh - 2;
    if (seen > BUFFER_BYTES && this.runSplit(seen, lines) === seen) {
      this.fresh = 0;
      return;
    }
    this.rest = this.runSplit(0, lines);
    this.words = splitter.get("words");
    this.linesLeft -= lines - splitter.get("lines");
    this.size = splitter.get("recordCount");
    this.sentences = instance.u32(layout.sentences, splitter.get("sentenceCount"));
    this.fresh = 0;
  }

  /** Splits the bytes from `from` on, and returns where those begin that have no record. */
  private runSplit(from: number, lines: number): number {
    const { instance, layout, splitter, words, maxSentenceLength } = this;
    const { incoming, records, sentences } = layout;
    const counts = { recordCount: 0, sentenceCount: 0, words, maxSentenceLength, lines };
    splitter.write({ begin: incoming + from, end: incoming + this.used, records, sentences, ...counts });
    instance.kernels.split(splitter.address);
    return splitter.get("begin") - incoming;
  }

  /** Empties the buffer, whatever work that was ended left in it, and gives it its first memory. */
  begin(): void {
    this.rest = this.used;
    this.fresh = 0;
    this.clear();
    if (!this.layout.maxRecords) this.enlarge(BUFFER_BYTES * 2);
  }

  /** Forgets the records and what they stand for; bytes without one move to the front. */
  clear(): void {
    if (this.rest) this.text.copyWithin(0, this.rest, this.used);
    this.used -= this.rest;
    this.rest = 0;
    this.size = 0;
    this.sentences = [];
  }

  /** Takes over what another buffer holds; its records hold addresses that are the same here. */
  copyFrom(other: WordBuffer): void {
    if (other.text.length > this.text.length) this.enlarge(other.text.length);
    this.text.set(other.bytes);
    this.records.set(other.records.subarray(0, other.size * 2));
    this.size = other.size;
    this.used = this.rest = other.used;
  }
}

/**
 * Writes a word as UTF-8, a lone surrogate as U+FFFD, and returns where it ends. TextEncoder takes longer for words,
 * which are short: 60 ns each, where this takes 30.
 */
export function writeUtf8(word: string, bytes: Uint8Array, at: number): number {
  let to = at;
  for (let i = 0; i < word.length; i++) {
    let code = word.charCodeAt(i);
    if (code < 0x80) {
      bytes[to++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      code = word.codePointAt(i) as number;
      if (code < 0x10000) code = 0xfffd;
      else i++;
    }
    if (code < 0x800) bytes[to++] = 0xc0 | (code >> 6);
    else {
      if (code < 0x10000) bytes[to++] = 0xe0 | (code >> 12);
      else {
        bytes[to++] = 0xf0 | (code >> 18);
        bytes[to++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[to++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[to++] = 0x80 | (code & 0x3f);
  }
  return to;
}
