/** What can be trained on, sentence by sentence. */

import { show, Wasm2VecError } from "../errors.ts";

/** One sentence: its words in order. They are kept as UTF-8, which turns lone surrogates into U+FFFD. */
export type Sentence = readonly string[];

type Sentences = Iterable<Sentence> | AsyncIterable<Sentence>;

/**
 * What can be trained on: sentences in an array, any sync or async iterable of them (for instance LineSentences), or a
 * function that returns one. What is read more than once must start anew each time.
 */
export type Corpus = Sentences | (() => Sentences);

/** Whether the corpus can be read only once: an iterator, or a stream. It is not opened for that. */
export function isOneShot(corpus: Corpus): boolean {
  if (typeof corpus === "function") return false;
  return typeof (corpus as { next?: unknown }).next === "function" || corpus instanceof ReadableStream;
}

/** The sentences of a corpus, from the first on: what may be a function is asked for them. */
export function sentencesOf(corpus: Corpus): Sentences {
  return typeof corpus === "function" ? corpus() : corpus;
}

/** @throws {Wasm2VecError} `option-invalid` when they are no iterable */
export function isSync(sentences: Sentences): sentences is Iterable<Sentence> {
  if (typeof sentences === "object" && sentences !== null) {
    if (Symbol.iterator in sentences) return true;
    if (Symbol.asyncIterator in sentences) return false;
  }
  throw new Wasm2VecError(
    "option-invalid",
    `The corpus is ${describe(sentences)}; expected sentences, each an array of words: string[][], an iterable, a function that returns one, or LineSentences.`,
  );
}

/** @throws {Wasm2VecError} `option-invalid` when the sentence is not an array of strings */
export function checked(sentence: Sentence): Sentence {
  if (Array.isArray(sentence) && sentence.every((word) => typeof word === "string")) return sentence;
  throw new Wasm2VecError(
    "option-invalid",
    `A sentence of the corpus is ${describe(sentence)}; expected an array of words, such as simplePreprocess(text) returns.`,
  );
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array that holds ${describe(value.find((item) => typeof item !== "string"))}`;
  if (typeof value === "string") return `the string ${show(value)}`;
  return show(value);
}
