/** What can be trained on, sentence by sentence. */

import { show, Wasm2VecError } from "../errors.ts";
import { LineSentences } from "../text/line-sentences.ts";
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

/** Whether the corpus can be read only once: an iterator, or a stream. It is not opened for that. */
export async function isOneShot(corpus: Corpus): Promise<boolean> {
  if (typeof corpus === "function") return false;
  const sentences = await corpus;
  if (sentences instanceof LineSentences) return sentences.isOneShot;
  return typeof (sentences as { next?: unknown }).next === "function" || sentences instanceof ReadableStream;
}

/** The sentences of a corpus, from the first on: what may be a function is asked for them. */
export async function sentencesOf(corpus: Corpus): Promise<Sentences> {
  return typeof corpus === "function" ? corpus() : corpus;
}

/** @throws {Wasm2VecError} `option-invalid` when they are no iterable */
export function isSync(sentences: Sentences): sentences is Iterable<Sentence> {
  if (typeof sentences === "object" && sentences !== null) {
    if (typeof (sentences as Iterable<Sentence>)[Symbol.iterator] === "function") return true;
    if (typeof (sentences as AsyncIterable<Sentence>)[Symbol.asyncIterator] === "function") return false;
  }
  throw new Wasm2VecError(
    "option-invalid",
    `The corpus is ${describe(sentences)}; expected sentences, each an array of words: string[][], an iterable, a function that returns one, or LineSentences.`,
  );
}

/**
 * The words of a sentence.
 *
 * @param number which sentence of the corpus it is, from 1
 * @throws {Wasm2VecError} `option-invalid` when the sentence is not an array of strings and finite numbers
 */
export function checkedSentence(sentence: Sentence, number: number): readonly string[] {
  if (Array.isArray(sentence)) {
    const words = areStrings(sentence) ? sentence : Array.from(sentence, textOf);
    if (areStrings(words)) return words;
  }
  throw new Wasm2VecError(
    "option-invalid",
    `Sentence ${number} of the corpus is ${describe(sentence)}; expected an array of words, such as simplePreprocess(text) returns.`,
  );
}

/** A hole is no string. */
function areStrings(words: readonly unknown[]): words is readonly string[] {
  for (let i = 0; i < words.length; i++) if (typeof words[i] !== "string") return false;
  return true;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) {
    const wrong = value.findIndex((item) => textOf(item) === undefined);
    return `an array whose item ${wrong} is ${show(value[wrong])}`;
  }
  return typeof value === "string" ? `the string ${show(value)}` : show(value);
}
