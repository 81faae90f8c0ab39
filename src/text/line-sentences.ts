/** Text files of sentences: one a line, words separated by white space, plain or gzipped. */

import { type CheckedOptions, checkOptions, type GivenOptions, integer, option, orNull } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { isUrl } from "../files/address.ts";
import { type ReadOptions, readChunks } from "../files/source.ts";
import { type ChunkSource, checkSource, isOneShotSource, nameOf } from "../files/source-kinds.ts";
import { CONSOLE, lineOf } from "../printed.ts";

export const LINE_SENTENCES_OPTIONS = {
  /** a longer line makes several sentences; 10,000 words */
  maxSentenceLength: option(10000, integer(1)),
  /** read so many lines only; null: all */
  limit: option(null, orNull(integer(0))),
};

/** Options of `LineSentences`. @interface */
export type LineSentencesOptions = GivenOptions<typeof LINE_SENTENCES_OPTIONS>;
export type CheckedLineOptions = CheckedOptions<typeof LINE_SENTENCES_OPTIONS>;

/** What is not white space to Python's str.split(): JavaScript's \s has U+FEFF too, and lacks U+001C to U+001F, U+0085. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they separate words in Python
const WORDS = /[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** White space to Python's str.split(). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they separate words in Python
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** The words that Python's str.split() gives. */
export const pythonWords = (text: string): string[] => text.match(WORDS) ?? [];

/** The longest word of a text, in UTF-16 units: a bound of what is read of a line without white space. */
const LONGEST_WORD = 1 << 24;

/** Sentences of text, cut where they are asked for as strings, or where a vocabulary counts them as bytes. */
export abstract class TextSentences implements AsyncIterable<string[]> {
  /** @internal */
  constructor(
    /** how lines are cut @internal */
    readonly options: CheckedLineOptions,
  ) {}

  /**
   * Leaving the loop closes the source, and ends the fetch of a URL.
   *
   * @throws {Wasm2VecError} while it is read: `file-not-found` and the like, see openSource; `format-damaged` where gzip
   *   is damaged, or a word longer than 16 million characters; `format-unknown` where it is no text, such as a zip archive;
   *   `one-shot-corpus` for a stream that was read before
   */
  [Symbol.asyncIterator](): AsyncGenerator<string[], void, undefined> {
    return stoppable((stop) => sentencesOf(this.open(stop), this.options));
  }

  /** One line: the source, and options that differ from the defaults. */
  abstract toString(): string;

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  /** Whether it can be read only once. @internal */
  abstract get isOneShot(): boolean;

  /**
   * The text's bytes, unzipped: what training reads, which makes no strings of them. They end when they are returned or
   * aborted, also while the next are waited for.
   *
   * @internal
   */
  bytes(options?: ReadOptions): AsyncGenerator<Uint8Array> {
    return stoppable((stop) => this.open(stop, options));
  }

  /** The text's bytes from the first on; a sentence ends where a line does. @internal */
  protected abstract text(options: ReadOptions): AsyncGenerator<Uint8Array<ArrayBuffer>>;

  private async *open(stop: AbortController, { reading, signal }: ReadOptions = {}): AsyncGenerator<Uint8Array> {
    const onAbort = () => stop.abort(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort);
    try {
      yield* this.text({ reading, signal: stop.signal });
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

/**
 * The sentences of a text file, read while they are asked for: little of it is in memory at a time, however long it or
 * a line is. Each iteration opens the source anew, so it can be trained on for several epochs.
 *
 *     for await (const words of new LineSentences("corpus.txt.gz")) …
 *
 * As gensim's LineSentence: lines end with "\n", words are what Python's str.split() gives, blank lines are passed over.
 * Unlike it, bytes that are no UTF-8 do not stop the reading: they become U+FFFD. A byte order mark at the beginning is no
 * part of the first word.
 */
export class LineSentences extends TextSentences {
  /**
   * Nothing is read yet.
   *
   * @param source a path, URL, Blob or bytes, or what else openSource takes; gzipped where it begins as gzip does, whatever
   *   its name. Or a stream of bytes, of the Web or of Node, or a Response, which is read once
   * @throws {Wasm2VecError} `option-invalid`, `option-unknown`
   */
  constructor(
    private readonly source: ChunkSource,
    options: LineSentencesOptions = {},
  ) {
    checkSource(source);
    super(checkOptions(LINE_SENTENCES_OPTIONS, options, "LineSentences"));
  }

  /** One line: the source, and options that differ from the defaults. */
  toString(): string {
    return shownText("LineSentences", this.source, this.options);
  }

  /** @internal */
  get isOneShot(): boolean {
    return isOneShotSource(this.source);
  }

  /** @internal */
  protected async *text({ reading, signal }: ReadOptions): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { textBytes } = await import("./text-bytes.ts");
    yield* textBytes(readChunks(this.source, { reading, signal }));
  }
}

/** One line of a text: its class, its source, and options that differ from the defaults. */
export function shownText(name: string, source: unknown, { limit, maxSentenceLength }: CheckedLineOptions): string {
  const isDefault = maxSentenceLength === LINE_SENTENCES_OPTIONS.maxSentenceLength.fallback;
  return lineOf(name, () => [
    isUrl(source) ? nameOf(source) : show(source),
    isDefault ? "" : `maxSentenceLength ${maxSentenceLength}`,
    limit === null ? "" : `limit ${limit}`,
  ]);
}

/** A generator that ends when it is returned, also while it waits: then what it waits for is aborted. */
function stoppable<Items extends AsyncGenerator<unknown>>(begin: (stop: AbortController) => Items): Items {
  const stop = new AbortController();
  const items = begin(stop);
  const end = items.return.bind(items);
  items.return = (value) => {
    stop.abort();
    return end(value);
  };
  return items;
}

/** Whether a corpus is text whose lines may be split without making strings: nobody has changed what it gives. */
export function isText(corpus: unknown): corpus is TextSentences {
  const iterate = TextSentences.prototype[Symbol.asyncIterator];
  return corpus instanceof TextSentences && corpus[Symbol.asyncIterator] === iterate;
}

async function* sentencesOf(
  bytes: AsyncIterable<Uint8Array>,
  options: CheckedLineOptions,
): AsyncGenerator<string[], void, undefined> {
  const lines = new Lines(options);
  if (lines.areDone) return;
  for await (const text of decoded(bytes)) {
    yield* lines.push(text);
    if (lines.areDone) return;
  }
  yield* lines.end();
}

/** Cuts text that comes in chunks into lines, and these into sentences. What was looked at is not looked at again. */
class Lines {
  private readonly maxSentenceLength: number;
  private left: number;
  /** the words of the line so far that are in no sentence yet */
  private words: string[] = [];
  /** what the text so far ends in, where that is no white space: the next chunk may go on with the word */
  private unfinished = "";

  constructor({ maxSentenceLength, limit }: CheckedLineOptions) {
    this.maxSentenceLength = maxSentenceLength;
    this.left = limit ?? Number.POSITIVE_INFINITY;
  }

  /** Whether as many lines were read as were wanted. */
  get areDone(): boolean {
    return this.left === 0;
  }

  *push(text: string): Generator<string[]> {
    const wordEnd = text.search(SPACE);
    this.unfinished += wordEnd < 0 ? text : text.slice(0, wordEnd);
    checkWord(this.unfinished);
    if (wordEnd >= 0) yield* this.pushLines(text.slice(wordEnd));
  }

  /** The last line, which may have no line end. */
  *end(): Generator<string[]> {
    yield* this.endLine("");
  }

  /** Takes text that begins with white space. */
  private *pushLines(text: string): Generator<string[]> {
    const lines = text.split("\n");
    const rest = lines.pop() as string;
    for (const line of lines) {
      yield* this.endLine(line);
      if (this.areDone) return;
    }
    const words = this.takeWords(rest);
    if (words.length && rest.endsWith(words[words.length - 1])) this.unfinished = words.pop() as string;
    yield* this.add(words);
  }

  private *endLine(rest: string): Generator<string[]> {
    yield* this.add(this.takeWords(rest));
    if (this.words.length) yield this.words;
    this.words = [];
    this.left--;
  }

  /** The words of some text, before them the word that ends where it begins. */
  private takeWords(text: string): string[] {
    const words = pythonWords(text);
    if (!this.unfinished) return words;
    words.unshift(this.unfinished);
    this.unfinished = "";
    return words;
  }

  /** Yields the sentences that are full. */
  private *add(more: string[]): Generator<string[]> {
    const { maxSentenceLength } = this;
    let begin = 0;
    while (this.words.length + more.length - begin >= maxSentenceLength) {
      const end = begin + maxSentenceLength - this.words.length;
      yield this.words.concat(more.slice(begin, end));
      this.words = [];
      begin = end;
    }
    if (this.words.length === 0) this.words = begin ? more.slice(begin) : more;
    else for (let i = begin; i < more.length; i++) this.words.push(more[i]);
  }
}

/** Counts the characters of a word in UTF-8 that grows at its end, each once. */
export class WordLength {
  private bytes = 0;
  private characters = 0;

  /** @throws {Wasm2VecError} `format-damaged` where the word is longer than words may be */
  check(word: Uint8Array): void {
    // no word has more characters than bytes; and a shorter one is another word
    if (word.length <= LONGEST_WORD || word.length < this.bytes) this.bytes = this.characters = 0;
    if (word.length <= LONGEST_WORD) return;
    for (; this.bytes < word.length; this.bytes++) {
      const byte = word[this.bytes];
      // a character begins with any byte but 10xxxxxx; from 11110xxx on, it is two in UTF-16
      this.characters += Number((byte & 0xc0) !== 0x80) + Number(byte >= 0xf0);
    }
    if (this.characters > LONGEST_WORD) throw tooLong(new TextDecoder().decode(word.subarray(0, 160)));
  }
}

/** @throws {Wasm2VecError} `format-damaged` where it is longer than words may be */
function checkWord(word: string): void {
  if (word.length > LONGEST_WORD) throw tooLong(word);
}

function tooLong(word: string): Wasm2VecError {
  return new Wasm2VecError(
    "format-damaged",
    `The text has a word of more than ${LONGEST_WORD} characters, which begins ${show(word.slice(0, 40))}. Is it text, with white space between its words?`,
  );
}

/** UTF-8 as text. */
async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}
