/** What can be trained on, sentence by sentence. */

import { checkedIterable, isCallable, isIterable } from "../check-options.ts";
import { isArray, isObject, show, Wasm2VecError } from "../errors.ts";
import { untilAborted } from "../event-loop.ts";
import { isWebStream } from "../files/source-kinds.ts";
import { TextSentences } from "../text/line-sentences.ts";
import { type KeyText, textOf } from "../vocabulary/keys.ts";

/**
 * One sentence: its words in order; a finite number n is the word `String(n)`. They are kept as UTF-8, which turns lone
 * surrogates into U+FFFD.
 */
export type Sentence = readonly KeyText[];

type Sentences = Iterable<Sentence> | AsyncIterable<Sentence>;

type MaybePromise<T> = T | Promise<T>;

/**
 * What can be trained on: sentences in an array, any sync or async iterable of them (for instance LineSentences), or a
 * function that returns one; a promise of any of these is awaited. What is read more than once must start anew each time.
 */
export type Corpus = MaybePromise<Sentences> | (() => MaybePromise<Sentences>);

/** What messages call it. */
export const THE_CORPUS = "The corpus";

/** What items can be had from: as a corpus, of anything. */
export type ItemSource<Item> = MaybePromise<Items<Item>> | (() => MaybePromise<Items<Item>>);

type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/** Sentences that are made of another corpus' items while they are asked for: it is asked anew each time. */
export class MappedCorpus<Item> implements AsyncIterable<readonly string[]> {
  /** @param map makes a sentence of an item; `number` counts from 1 */
  constructor(
    private readonly source: ItemSource<Item>,
    private readonly map: (item: Item, number: number) => readonly string[],
  ) {
    if (!isObject(source) && !isCallable(source)) throw noCorpus(source);
  }

  /**
   * The sentences, each made when it is asked for; the source is read anew each time.
   *
   * @throws {Wasm2VecError} what reading the source throws
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly string[], void, undefined> {
    const items = await sentencesOf(this.source as Corpus);
    let number = 0;
    const map = (item: unknown) => this.map(item as Item, ++number);
    if (isSync(items)) for (const item of checkedIterable(items, THE_CORPUS)) yield map(item);
    else for await (const item of untilAborted(items, THE_CORPUS)) yield map(item);
  }

  /** Whether it can be read only once. @internal */
  isOneShot(): Promise<boolean> {
    return isOneShot(this.source as Corpus);
  }
}

/** Whether the corpus can be read only once: an iterator, or a stream. It is not opened for that. */
export async function isOneShot(corpus: Corpus): Promise<boolean> {
  if (typeof corpus === "function") return false;
  const sentences = await corpus;
  if (sentences instanceof TextSentences) return sentences.isOneShot;
  if (sentences instanceof MappedCorpus) return sentences.isOneShot();
  return typeof (sentences as { next?: unknown }).next === "function" || isWebStream(sentences);
}

/**
 * The sentences of a corpus, from the first on: what may be a function is asked for them.
 *
 * @throws {Wasm2VecError} `option-invalid` when they are no iterable
 */
export async function sentencesOf(corpus: Corpus): Promise<Sentences> {
  // a revoked Proxy cannot be awaited
  if (!isObject(corpus) && !isCallable(corpus)) throw noCorpus(corpus);
  const sentences = typeof corpus === "function" ? await corpus() : await corpus;
  if (isSync(sentences) || isAsync(sentences)) {
    if (isWebStream(sentences) && sentences.locked) throw lockedCorpus();
    return sentences;
  }
  throw noCorpus(sentences);
}

export function emptyCorpus(sentences: number): Wasm2VecError {
  return new Wasm2VecError(
    "empty-corpus",
    `The corpus has ${sentences} sentences and no words. Pass sentences as arrays of words; an iterator may have been read already.`,
  );
}

function lockedCorpus(): Wasm2VecError {
  return new Wasm2VecError(
    "one-shot-corpus",
    "The corpus is a ReadableStream that someone else reads. Pass a function that opens it anew.",
  );
}

/** Whether sentences come without waiting. */
export const isSync = (sentences: Sentences): sentences is Iterable<Sentence> => isIterable(sentences);

const isAsync = (sentences: unknown): sentences is AsyncIterable<Sentence> =>
  isObject(sentences) && typeof (sentences as AsyncIterable<Sentence>)[Symbol.asyncIterator] === "function";

function noCorpus(corpus: unknown): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `The corpus is ${describe(corpus)}; expected sentences, each an array of words: string[][], an iterable, a function that returns one, or LineSentences.`,
  );
}

/**
 * The words of a sentence.
 *
 * @param number which sentence of the corpus it is, from 1; absent where it is none of a corpus
 * @throws {Wasm2VecError} `option-invalid` when the sentence is not an array of strings and finite numbers
 */
export function checkedSentence(sentence: Sentence, number?: number): readonly string[] {
  if (isArray(sentence)) {
    if (areStrings(sentence)) return sentence;
    if (wrongWord(sentence) < 0) return Array.from(sentence, String);
  }
  throw new Wasm2VecError(
    "option-invalid",
    `${number === undefined ? "The sentence" : `Sentence ${number} of the corpus`} is ${describe(sentence)}; expected an array of words, such as simplePreprocess(text) returns.`,
  );
}

/** A hole is no string. */
function areStrings(words: readonly unknown[]): words is readonly string[] {
  for (let i = 0; i < words.length; i++) if (typeof words[i] !== "string") return false;
  return true;
}

/** The place of the first that is no word, or -1. */
const wrongWord = (words: readonly unknown[]) => words.findIndex((word) => textOf(word) === undefined);

function describe(value: unknown): string {
  if (isArray(value)) {
    const wrong = wrongWord(value);
    return `an array whose item ${wrong} is ${show(value[wrong])}`;
  }
  return typeof value === "string" ? `the string ${show(value)}` : show(value);
}
