/** A corpus on its way from sentences of words to ids in memory. */

import { Wasm2VecError } from "./errors.ts";
import { NOT_FOUND } from "./vocabulary.ts";

/** One sentence: its words in order. They are kept as UTF-8, which turns lone surrogates into U+FFFD. */
export type Sentence = readonly string[];

/**
 * What can be trained on: sentences in an array, any sync or async iterable of them (for instance LineSentences), or a
 * function that returns one. What is read more than once must start anew each time.
 */
export type Corpus =
  | Iterable<Sentence>
  | AsyncIterable<Sentence>
  | (() => Iterable<Sentence> | AsyncIterable<Sentence>);

/** Whether the corpus can be read only once: an iterator that returns itself. */
export function isOneShot(corpus: Corpus): boolean {
  if (typeof corpus === "function") return false;
  if (Symbol.iterator in corpus) return (corpus[Symbol.iterator]() as unknown) === corpus;
  return (corpus[Symbol.asyncIterator]() as unknown) === corpus;
}

/** Milliseconds of work after which others get their turn. */
const TURN = 40;

/** Lets the event loop run now and then during long work, and ends the work when it is aborted. */
export class Turns {
  private begin = performance.now();

  constructor(private readonly signal?: AbortSignal) {}

  /** Whether it is time to await `pass`. */
  get over(): boolean {
    return performance.now() - this.begin > TURN;
  }

  /** @throws the signal's reason when it is aborted */
  async pass(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
    this.begin = performance.now();
  }
}

/**
 * Reads the corpus once.
 *
 * @throws {Wasm2VecError} `option-invalid` when a sentence is not an array of strings
 */
export async function forEachSentence(
  corpus: Corpus,
  signal: AbortSignal | undefined,
  visit: (sentence: Sentence) => void,
): Promise<void> {
  signal?.throwIfAborted();
  const sentences = typeof corpus === "function" ? corpus() : corpus;
  const turns = new Turns(signal);
  if (isSync(sentences)) {
    for (const sentence of sentences) {
      visit(checked(sentence));
      if (turns.over) await turns.pass();
    }
  } else {
    for await (const sentence of sentences) {
      visit(checked(sentence));
      if (turns.over) await turns.pass();
    }
  }
}

function isSync(sentences: Iterable<Sentence> | AsyncIterable<Sentence>): sentences is Iterable<Sentence> {
  if (typeof sentences === "object" && sentences !== null) {
    if (Symbol.iterator in sentences) return true;
    if (Symbol.asyncIterator in sentences) return false;
  }
  throw new Wasm2VecError(
    "option-invalid",
    `The corpus is ${describe(sentences)}; expected sentences, each an array of words: string[][], an iterable, a function that returns one, or LineSentences.`,
  );
}

function checked(sentence: Sentence): Sentence {
  if (Array.isArray(sentence) && sentence.every((word) => typeof word === "string")) return sentence;
  throw new Wasm2VecError(
    "option-invalid",
    `A sentence of the corpus is ${describe(sentence)}; expected an array of words, such as simplePreprocess(text) returns.`,
  );
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return `an array that holds ${describe(value.find((item) => typeof item !== "string"))}`;
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 40))}`;
  return value === null || typeof value !== "object" ? String(value) : "an object";
}

/** Ends a sentence among the ids (assembly/job.ts). */
export const SENTENCE_END = 0xfffffffe;

/** Ids lie in chunks of 4 MiB. */
const CHUNK = 1 << 20;

/** A corpus as ids: (length) u32, NOT_FOUND for a word out of the vocabulary, SENTENCE_END after each sentence. */
export class EncodedCorpus {
  private readonly chunks: Uint32Array[] = [];
  length = 0;
  sentences = 0;

  /** how many words there are, those out of the vocabulary among them */
  get words(): number {
    return this.length - this.sentences;
  }

  push(ids: Uint32Array): void {
    for (let from = 0; from < ids.length; ) {
      const at = this.length % CHUNK;
      if (at === 0) this.chunks.push(new Uint32Array(CHUNK));
      const part = ids.subarray(from, from + CHUNK - at);
      this.chunks[this.chunks.length - 1].set(part, at);
      this.length += part.length;
      from += part.length;
    }
  }

  endSentence(): void {
    this.push(Uint32Array.of(SENTENCE_END));
    this.sentences++;
  }

  /** Replaces each id by `ids[id]`. */
  renumber(ids: Uint32Array): void {
    for (const chunk of this.chunks) {
      for (let i = 0; i < chunk.length; i++) if (chunk[i] < NOT_FOUND - 1) chunk[i] = ids[chunk[i]];
    }
  }

  /** The ids from `begin` up to `end`, in views of at most `longest`. */
  *pieces(begin: number, end: number, longest: number): Generator<Uint32Array> {
    while (begin < end) {
      const at = begin % CHUNK;
      const length = Math.min(end - begin, longest, CHUNK - at);
      yield this.chunks[Math.floor(begin / CHUNK)].subarray(at, at + length);
      begin += length;
    }
  }
}
