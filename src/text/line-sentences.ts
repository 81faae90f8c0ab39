/** Text files of sentences: one a line, words separated by white space, plain or gzipped. */

import { type CheckedOptions, checkOptions, type GivenOptions, integer, option, orNull } from "../check-options.ts";
import { Wasm2VecError } from "../errors.ts";
import { openStream, type Reading, type SourceLike } from "../files/source.ts";

const LINE_SENTENCES_OPTIONS = {
  /** a longer line makes several sentences; 10,000 words */
  maxSentenceLength: option(10000, integer(1)),
  /** read so many lines only; null: all */
  limit: option(null, orNull(integer(0))),
};

export type LineSentencesOptions = GivenOptions<typeof LINE_SENTENCES_OPTIONS>;
type CheckedLineOptions = CheckedOptions<typeof LINE_SENTENCES_OPTIONS>;

/** What is not white space to Python's str.split(): JavaScript's \s has U+FEFF too, and lacks U+001C to U+001F, U+0085. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they separate words in Python
const WORDS = /[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;

/** No text has a longer word, in UTF-16 units: so what is read of a line without white space stays bounded. */
export const LONGEST_WORD = 1 << 24;

/**
 * The sentences of a text file, read while they are asked for: little of it is in memory at a time, however long it or
 * a line is. Each iteration opens the source anew, so it can be trained on for several epochs.
 *
 *     for await (const words of new LineSentences("corpus.txt.gz")) …
 *
 * As gensim's LineSentence: lines end with "\n", words are what Python's str.split() gives, blank lines are passed over.
 * Unlike it, bytes that are no UTF-8 do not stop the reading: they become U+FFFD.
 */
export class LineSentences implements AsyncIterable<string[]> {
  /** @internal */
  readonly options: CheckedLineOptions;

  /**
   * Nothing is read yet.
   *
   * @param source a path, URL, Blob or bytes; gzipped where it begins as gzip does, whatever its name
   * @throws {Wasm2VecError} `option-invalid`, `option-unknown`
   */
  constructor(
    private readonly source: SourceLike,
    options: LineSentencesOptions = {},
  ) {
    this.options = checkOptions(LINE_SENTENCES_OPTIONS, options, "LineSentences");
  }

  /**
   * @throws {Wasm2VecError} while it is read: `file-not-found` and the like, see openSource; `format-damaged` where gzip
   *   is damaged, or a word longer than 16 million characters
   */
  [Symbol.asyncIterator](): AsyncGenerator<string[], void, undefined> {
    return sentencesOf(() => openStream(this.source), this.options);
  }

  /**
   * The text's bytes, unzipped: what training reads, which makes no strings of them.
   *
   * @internal
   * @param reading is told how far the source was read
   */
  bytes(reading?: Reading): AsyncGenerator<Uint8Array> {
    return unzipped(openStream(this.source, reading));
  }
}

/** Whether a corpus is text whose lines may be split without making strings: nobody has changed what it gives. */
export function isText(corpus: unknown): corpus is LineSentences {
  const iterate = LineSentences.prototype[Symbol.asyncIterator];
  return corpus instanceof LineSentences && corpus[Symbol.asyncIterator] === iterate;
}

/** The sentences of a stream of bytes, which is opened when the first is asked for and closed with the last. */
export async function* sentencesOf(
  open: () => ReadableStream<Uint8Array<ArrayBuffer>>,
  options: CheckedLineOptions,
): AsyncGenerator<string[], void, undefined> {
  const lines = new Lines(options);
  if (lines.areDone) return;
  for await (const text of decoded(unzipped(open()))) {
    yield* lines.push(text);
    if (lines.areDone) return;
  }
  yield* lines.end();
}

/** Cuts text that comes in pieces into lines, and these into sentences. */
class Lines {
  private readonly maxSentenceLength: number;
  private left: number;
  /** the words of the line so far that are in no sentence yet */
  private words: string[] = [];
  /** what the text so far ends in, where that is no white space: the next piece may go on with the word */
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
    const lines = (this.unfinished + text).split("\n");
    const rest = lines.pop() as string;
    for (const line of lines) {
      yield* this.endLine(line);
      if (this.areDone) return;
    }
    const words = rest.match(WORDS) ?? [];
    this.unfinished = words.length && rest.endsWith(words[words.length - 1]) ? (words.pop() as string) : "";
    checkWord(this.unfinished);
    yield* this.add(words);
  }

  /** The last line, which may have no line end. */
  *end(): Generator<string[]> {
    yield* this.endLine(this.unfinished);
  }

  private *endLine(rest: string): Generator<string[]> {
    yield* this.add(rest.match(WORDS) ?? []);
    if (this.words.length) yield this.words;
    this.words = [];
    this.left--;
  }

  /** Yields the sentences that are full. */
  private *add(more: string[]): Generator<string[]> {
    const { maxSentenceLength } = this;
    const words = this.words.length ? this.words.concat(more) : more;
    let begin = 0;
    for (; words.length - begin >= maxSentenceLength; begin += maxSentenceLength) {
      yield words.slice(begin, begin + maxSentenceLength);
    }
    this.words = begin ? words.slice(begin) : words;
  }
}

/** @throws {Wasm2VecError} `format-damaged` where it is longer than words may be */
export function checkWord(word: string): void {
  if (word.length <= LONGEST_WORD) return;
  throw new Wasm2VecError(
    "format-damaged",
    `The text has a word of more than ${LONGEST_WORD} characters, which begins "${word.slice(0, 40)}". Is it text, with white space between its words?`,
  );
}

/** UTF-8 as text. A byte order mark at the beginning stays, as in Python. */
async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** The bytes of a stream, unzipped where they begin as gzip does. */
async function* unzipped(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  const head = await readHead(reader);
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(head),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => reader.cancel(),
  });
  yield* head[0] === 0x1f && head[1] === 0x8b ? gunzipped(whole) : chunksOf(whole);
}

async function* gunzipped(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunksOf(stream.pipeThrough(new DecompressionStream("gzip")));
  } catch (cause) {
    if (cause instanceof Wasm2VecError) throw cause;
    const reason = (cause as Error).message;
    throw new Wasm2VecError("format-damaged", `The gzipped text could not be unzipped to its end: ${reason}.`, {
      cause,
    });
  }
}

/** The first two bytes or more; fewer where there are no more. */
async function readHead(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>) {
  let head = new Uint8Array();
  while (head.length < 2) {
    const { done, value } = await reader.read();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  return head;
}

/** What a stream gives, chunk by chunk; leaving the loop over it closes it. */
async function* chunksOf<Chunk>(stream: ReadableStream<Chunk>): AsyncGenerator<Chunk> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
