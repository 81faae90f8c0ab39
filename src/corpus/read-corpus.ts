/** A corpus in batches: filled into a vocabulary's batch again and again, as strings or as bytes of text. */

import { BATCH_BYTES } from "../engine/layout.ts";
import type { Reading } from "../files/source.ts";
import { checkWord, isText, type LineSentences, LONGEST_WORD } from "../text/line-sentences.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import type { Batch } from "../vocabulary/word-buffer.ts";
import { type Corpus, checked, isSync, type Sentence, sentencesOf, Turns, untilAborted } from "./corpus.ts";

export interface BatchesOptions {
  /** stops the reading */
  signal?: AbortSignal;
  /** is told how far a text was read */
  reading?: Reading;
}

/**
 * Reads the corpus once. Each batch must be counted or found, which clears it, before the next is asked for.
 *
 * @throws {Wasm2VecError} `option-invalid` when a sentence is not an array of strings; what LineSentences throws
 */
export async function* batchesOf(
  corpus: Corpus,
  vocabulary: Vocabulary,
  options: BatchesOptions = {},
): AsyncGenerator<Batch> {
  options.signal?.throwIfAborted();
  vocabulary.beginBatches();
  const sentences = sentencesOf(corpus);
  if (isText(sentences)) yield* batchesOfText(sentences, vocabulary, options);
  else yield* batchesOfSentences(sentences, vocabulary, options);
}

async function* batchesOfSentences(
  sentences: Iterable<Sentence> | AsyncIterable<Sentence>,
  vocabulary: Vocabulary,
  { signal }: BatchesOptions,
): AsyncGenerator<Batch> {
  const turns = new Turns(signal);
  if (isSync(sentences)) {
    for (const sentence of sentences) {
      for (const batch of putSentence(checked(sentence), vocabulary)) yield batch;
      if (turns.over) await turns.pass();
    }
  } else {
    for await (const sentence of signal ? untilAborted(sentences, signal) : sentences) {
      for (const batch of putSentence(checked(sentence), vocabulary)) yield batch;
      if (turns.over) await turns.pass();
    }
  }
  if (vocabulary.batch.size) yield vocabulary.batch;
}

/** Puts a sentence into the batch, which it gives as often as that is full on the way. */
function* putSentence(words: Sentence, vocabulary: Vocabulary): Generator<Batch> {
  const { batch } = vocabulary;
  if (batch.isFull) yield batch;
  for (let from = 0; from < words.length; ) {
    from = vocabulary.putInto(words, from);
    if (from < words.length) yield batch;
  }
  batch.endSentence(words.length);
}

/** What is no line end ends in one. */
const LINE_END = Uint8Array.of(0x0a);

async function* batchesOfText(
  text: LineSentences,
  vocabulary: Vocabulary,
  { signal, reading }: BatchesOptions,
): AsyncGenerator<Batch> {
  const { batch } = vocabulary;
  const turns = new Turns(signal);
  batch.beginText(text.options);
  if (batch.textIsDone) return;
  const bytes = text.bytes(reading);
  for await (const chunk of ahead(signal ? untilAborted(bytes, signal) : bytes)) {
    for (let from = batch.putBytes(chunk); batch.isFilled; from += batch.putBytes(chunk.subarray(from))) {
      yield* splitBatch(vocabulary);
      if (batch.textIsDone) return;
      if (batch.room < BATCH_BYTES) growForWord(vocabulary);
      if (turns.over) await turns.pass();
    }
  }
  batch.putBytes(LINE_END);
  yield* splitBatch(vocabulary);
}

/** Gives the batch where there are words, or lines that end, in its bytes. */
function* splitBatch({ batch }: Vocabulary): Generator<Batch> {
  batch.split();
  if (batch.size) yield batch;
  else batch.clear();
}

/** The batch holds but one word, which goes on and is long. */
function growForWord(vocabulary: Vocabulary): void {
  const { bytes } = vocabulary.batch;
  if (bytes.length > LONGEST_WORD) checkWord(decoder.decode(bytes));
  vocabulary.growBatch();
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

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
