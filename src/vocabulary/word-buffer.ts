/** Words on their way into a vocabulary: UTF-8 in the engine's memory, and a record of each (assembly/vocabulary.ts). */

import type { Engine } from "../engine/engine.ts";
import { SENTENCE_END } from "../engine/kernels.ts";
import { BATCH_BYTES, BATCH_RECORDS, SPLIT_FIELDS, type vocabularyLayout } from "../engine/layout.ts";

/** The splitter counts lines and a sentence's words in 32 bits. */
const MOST = 2 ** 32 - 1;

/** How a text is cut into sentences. */
export interface SplitOptions {
  /** a longer line makes several sentences */
  maxSentenceLength: number;
  /** read so many lines only; null: all */
  limit: number | null;
}

type Layout = ReturnType<typeof vocabularyLayout>;
type SplitField = (typeof SPLIT_FIELDS)[number];

/**
 * A batch takes words of sentences, or the bytes of a text, until it is full. Then the vocabulary counts or finds them,
 * and clears it.
 */
export class Batch {
  /** how many records there are */
  size = 0;
  /** how many words each sentence has that ends in the batch */
  sentences: ArrayLike<number> & Iterable<number> = [];
  private engine!: Engine;
  private layout!: Layout;
  private text!: Uint8Array;
  private records!: Uint32Array;
  private used = 0;
  /** where the bytes begin that have no record yet */
  private rest = 0;
  /** how many bytes of a text were put since the last split */
  private fresh = 0;
  private linesLeft = 0;

  /** Takes its place in the memory, again when that has grown; what is in the batch must be there already. */
  lay(engine: Engine, layout: Layout, bytes: number): void {
    this.engine = engine;
    this.layout = layout;
    this.text = engine.u8(layout.batch, bytes);
    this.records = engine.u32(layout.records, bytes ? BATCH_RECORDS * 2 : 0);
  }

  /** Whether there is no room for one more word and the end of its sentence. */
  get isFull(): boolean {
    return this.size + 2 > BATCH_RECORDS;
  }

  /** Whether so many bytes of a text were put that they must be split before there is room for more. */
  get isFilled(): boolean {
    return this.fresh === BATCH_BYTES;
  }

  /** how many bytes it could hold beside those that it holds */
  get room(): number {
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
   * Puts words, from the given one on, as long as there is room for them and for the end of their sentence.
   *
   * @returns the first that was not put; as many as there are words when all were
   */
  put(words: readonly string[], from: number): number {
    const { text, records } = this;
    for (let i = from; i < words.length; i++) {
      const word = words[i];
      if (this.isFull || this.used + word.length * 3 > text.length) return i;
      const end = writeUtf8(word, text, this.used);
      this.addRecord(records, this.layout.batch + this.used, end - this.used);
      this.used = end;
      this.rest = end;
    }
    return words.length;
  }

  /** Ends a sentence of so many words. */
  endSentence(words: number): void {
    this.addRecord(this.records, SENTENCE_END, 0);
    (this.sentences as number[]).push(words);
  }

  /** Begins to split a text. */
  beginText({ maxSentenceLength, limit }: SplitOptions): void {
    this.setField("words", 0);
    this.setField("maxSentenceLength", Math.min(maxSentenceLength, MOST));
    this.linesLeft = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Whether as many lines were split as were wanted. */
  get textIsDone(): boolean {
    return this.linesLeft === 0;
  }

  /** Puts bytes of a text, as many as there is room for. Returns how many. */
  putBytes(bytes: Uint8Array): number {
    const part = bytes.subarray(0, BATCH_BYTES - this.fresh);
    this.text.set(part, this.used);
    this.used += part.length;
    this.fresh += part.length;
    return part.length;
  }

  /** Makes records of the bytes, but for the word at their end, which may go on. */
  split(): void {
    const { engine, layout } = this;
    const lines = Math.min(this.linesLeft, MOST);
    this.setField("lines", lines);
    this.setField("begin", layout.batch);
    this.setField("end", layout.batch + this.used);
    this.setField("records", layout.records);
    this.setField("sentences", layout.sentences);
    engine.kernels.split(layout.splitter);
    this.linesLeft -= lines - this.field("lines");
    this.size = this.field("recordCount");
    this.sentences = engine.u32(layout.sentences, this.field("sentenceCount"));
    this.rest = this.field("begin") - layout.batch;
    this.fresh = 0;
  }

  /** Empties it, whatever is in it. */
  reset(): void {
    this.rest = this.used;
    this.fresh = 0;
    this.clear();
  }

  /** Forgets the records and what they stand for; bytes without one move to the front. */
  clear(): void {
    this.text.copyWithin(0, this.rest, this.used);
    this.used -= this.rest;
    this.rest = 0;
    this.size = 0;
    this.sentences = [];
  }

  private addRecord(records: Uint32Array, begin: number, length: number): void {
    records[this.size * 2] = begin;
    records[this.size * 2 + 1] = length;
    this.size++;
  }

  private field(name: SplitField): number {
    return this.engine.u32(this.layout.splitter + SPLIT_FIELDS.indexOf(name) * 4, 1)[0];
  }

  private setField(name: SplitField, value: number): void {
    this.engine.u32(this.layout.splitter + SPLIT_FIELDS.indexOf(name) * 4, 1)[0] = value;
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
