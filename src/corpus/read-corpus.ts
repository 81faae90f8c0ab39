/** Reading a corpus gives ids: its words are counted into a vocabulary, or found in one, as strings or as bytes of text. */

import { checkedIterable } from "../check-options.ts";
import { isArray } from "../errors.ts";
import { orAbort, TimeSlice, untilAborted } from "../event-loop.ts";
import type { ReadOptions } from "../files/source.ts";
import { isText, type TextSentences, WordLength } from "../text/line-sentences.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { WordBuffer } from "../vocabulary/word-buffer.ts";
import { type Corpus, checkedSentence, isSync, type Sentence, sentencesOf, THE_CORPUS } from "./corpus.ts";

/** Some of a corpus, in its order. */
export interface CorpusPart {
  /** ids, SENTENCE_END after each sentence: valid until the next part is asked for */
  ids: Uint32Array;
  /** how many words each sentence has that ends in this part or was told to end before */
  sentences: Iterable<number>;
  /** how many of its characters were no UTF-8, and became U+FFFD */
  damages: number;
}

/**
 * Reads the corpus once and counts its words into a vocabulary, which no one else may use meanwhile.
 *
 * @param prune is called after a sentence by which the vocabulary has more words than its limit; ids change
 * @throws {Wasm2VecError} `option-invalid` when a sentence is not an array of strings; what LineSentences throws
 */
export async function* countCorpus(
  corpus: Corpus,
  vocabulary: Vocabulary,
  { prune, ...options }: ReadOptions & { prune?(): void } = {},
): AsyncGenerator<CorpusPart> {
  const { buffer } = vocabulary;
  for await (const _ of fillings(corpus, buffer, options)) {
    let { sentences } = buffer;
    let before = vocabulary.damages;
    for (const ids of vocabulary.countBuffer(prune)) {
      yield { ids, sentences, damages: vocabulary.damages - before };
      sentences = [];
      before = vocabulary.damages;
    }
  }
}

/**
 * Reads the corpus once and finds its words in a vocabulary; OUT_OF_VOCABULARY stands for others. Several may read at a time, each
 * through a buffer of its own.
 *
 * @throws {Wasm2VecError} as countCorpus; `closed` when the vocabulary was closed meanwhile
 */
export async function* findCorpus(
  corpus: Corpus,
  vocabulary: Vocabulary,
  options: ReadOptions = {},
): AsyncGenerator<CorpusPart> {
  const { buffer, close } = WordBuffer.open();
  try {
    for await (const _ of fillings(corpus, buffer, options)) {
      const { sentences } = buffer;
      const before = vocabulary.damages;
      const ids = vocabulary.findBuffer(buffer);
      yield { ids, sentences, damages: vocabulary.damages - before };
    }
  } finally {
    close();
  }
}

/** Fills the buffer again and again; it must be cleared before it is filled anew. */
async function* fillings(corpus: Corpus, buffer: WordBuffer, options: ReadOptions): AsyncGenerator<void> {
  options.signal?.throwIfAborted();
  buffer.begin();
  const sentences = await orAbort(sentencesOf(corpus), options.signal);
  if (isText(sentences)) yield* fillWithText(sentences, buffer, options);
  else yield* fillWithSentences(sentences, buffer, options);
}

async function* fillWithSentences(
  sentences: Iterable<Sentence> | AsyncIterable<Sentence>,
  buffer: WordBuffer,
  { signal }: ReadOptions,
): AsyncGenerator<void> {
  const slice = new TimeSlice(signal);
  let number = 0;
  if (isSync(sentences)) {
    for (const sentence of isArray(sentences) ? sentences : checkedIterable(sentences, THE_CORPUS)) {
      for (const _ of putSentence(checkedSentence(sentence, ++number), buffer)) yield;
      if (slice.isOver) await slice.yield();
    }
  } else {
    for await (const sentence of untilAborted(sentences, THE_CORPUS, signal)) {
      for (const _ of putSentence(checkedSentence(sentence, ++number), buffer)) yield;
      if (slice.isOver) await slice.yield();
    }
  }
  if (buffer.size) yield;
}

/** Puts a sentence into the buffer; yields as often as that is full on the way. */
function* putSentence(words: readonly string[], buffer: WordBuffer): Generator<void> {
  if (buffer.isFull) yield;
  for (let from = 0; from < words.length; ) {
    from = buffer.put(words, from);
    if (from < words.length) yield;
  }
  buffer.endSentence(words.length);
}

/** What is no line end ends in one. */
const LINE_END = Uint8Array.of(0x0a);

async function* fillWithText(
  text: TextSentences,
  buffer: WordBuffer,
  { signal, reading }: ReadOptions,
): AsyncGenerator<void> {
  const slice = new TimeSlice(signal);
  buffer.beginText(text.options);
  if (buffer.textIsDone) return;
  const word = new WordLength();
  for await (const chunk of ahead(text.bytes({ reading, signal }))) {
    for (let from = buffer.putBytes(chunk); buffer.isFilled; from += buffer.putBytes(chunk.subarray(from))) {
      yield* splitText(buffer);
      if (buffer.textIsDone) return;
      word.check(buffer.bytes);
      buffer.makeRoom();
      if (slice.isOver) await slice.yield();
    }
  }
  buffer.putBytes(LINE_END);
  yield* splitText(buffer);
}

/** Yields where there are words, or lines that end, in the buffer's bytes. What stays is a word that goes on. */
function* splitText(buffer: WordBuffer): Generator<void> {
  buffer.split();
  if (buffer.size) yield;
  else buffer.clear();
}

/** Asks for the next item while the last is worked on: reading goes on meanwhile. */
async function* ahead<Item>(items: AsyncGenerator<Item>): AsyncGenerator<Item> {
  let next = items.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = items.next();
      // where the loop over the items is left, nobody awaits it
      next.catch(() => {});
      yield value;
    }
  } finally {
    await items.return(undefined);
  }
}
