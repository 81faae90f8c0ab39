/** What can be trained on, sentence by sentence. */

import { Wasm2VecError } from "../errors.ts";

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

  /** @param span milliseconds after which others get their turn */
  constructor(
    private readonly signal?: AbortSignal,
    private readonly span = TURN,
  ) {}

  /** Whether it is time to await `pass`. */
  get over(): boolean {
    return performance.now() - this.begin > this.span;
  }

  /** @throws the signal's reason when it is aborted */
  async pass(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
    this.begin = performance.now();
  }
}

/** The sentences of a corpus, from the first on: what may be a function is asked for them. */
export function sentencesOf(corpus: Corpus): Iterable<Sentence> | AsyncIterable<Sentence> {
  return typeof corpus === "function" ? corpus() : corpus;
}

/** What an iterable gives; an abort does not wait for what comes next. */
export async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  let stop: (reason: unknown) => void = () => {};
  const onAbort = () => stop(signal.reason);
  signal.addEventListener("abort", onAbort);
  let ended = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        stop = reject;
        Promise.resolve(iterator.next()).then(resolve, reject);
      });
      ended = Boolean(next.done);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    const closing = ended ? undefined : iterator.return?.();
    if (signal.aborted) closing?.catch(() => {});
    else await closing;
  }
}

/** @throws {Wasm2VecError} `option-invalid` when they are no iterable */
export function isSync(sentences: Iterable<Sentence> | AsyncIterable<Sentence>): sentences is Iterable<Sentence> {
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
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 40))}`;
  return value === null || typeof value !== "object" ? String(value) : "an object";
}
