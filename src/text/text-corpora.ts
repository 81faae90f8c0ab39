/** Texts that are no single file of lines: gensim's Text8Corpus and PathLineSentences. */

import { checkOptions, type GivenOptions, isIterable, listOf } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { orAbort } from "../event-loop.ts";
import { isAddress, type UrlLike } from "../files/address.ts";
import { type ReadOptions, readChunks } from "../files/source.ts";
import {
  type ChunkSource,
  checkSource,
  clipped,
  type FileLike,
  isBlob,
  isOneShotSource,
  locate,
  quoted,
} from "../files/source-kinds.ts";
import { runtime } from "../runtime/runtime.ts";
import { LINE_SENTENCES_OPTIONS, type LineSentencesOptions, shownText, TextSentences } from "./line-sentences.ts";

const TEXT8_OPTIONS = {
  /** how many words make a sentence; 10,000 */
  maxSentenceLength: LINE_SENTENCES_OPTIONS.maxSentenceLength,
};

/** Options of `Text8Corpus`. @interface */
export type Text8Options = GivenOptions<typeof TEXT8_OPTIONS>;

const [LINE_END, BLANK] = [0x0a, 0x20];

/**
 * One stream of words without sentences, such as the file text8: cut into sentences of so many words, and lines mean nothing.
 * As gensim's Text8Corpus; otherwise as LineSentences.
 */
export class Text8Corpus extends TextSentences {
  /**
   * Nothing is read yet.
   *
   * @param source as LineSentences takes it
   * @throws {Wasm2VecError} `option-invalid`, `option-unknown`
   */
  constructor(
    private readonly source: ChunkSource,
    options: Text8Options = {},
  ) {
    checkSource(source);
    super({ ...checkOptions(TEXT8_OPTIONS, options, "Text8Corpus"), limit: null });
  }

  toString(): string {
    return shownText("Text8Corpus", this.source, this.options);
  }

  /** @internal */
  get isOneShot(): boolean {
    return isOneShotSource(this.source);
  }

  /** @internal */
  protected async *text({ reading, signal }: ReadOptions): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { textBytes } = await import("./text-bytes.ts");
    for await (const chunk of textBytes(readChunks(this.source, { reading, signal }))) {
      // the chunk may be the user's own memory
      const oneLine = chunk.slice();
      for (let at = oneLine.indexOf(LINE_END); at >= 0; at = oneLine.indexOf(LINE_END, at + 1)) oneLine[at] = BLANK;
      yield oneLine;
    }
  }
}

/**
 * The sentences of all files of a folder, one a line, file after file in the order of their names; folders below are left out.
 * As gensim's PathLineSentences; otherwise as LineSentences.
 */
export class PathLineSentences extends TextSentences {
  private readonly source: string | UrlLike | readonly FileLike[];
  private readonly limit: number | null;

  /**
   * Nothing is read yet.
   *
   * @param source a folder's path or file: URL (Node, Deno, Bun); or a list of Files, such as those that were chosen in a page
   * @param options.limit of each file
   * @throws {Wasm2VecError} `option-invalid`, `option-unknown`; while it is read, `file-not-found`, and `not-supported-here`
   *   for a path where there are no folders
   */
  constructor(source: string | UrlLike | Iterable<FileLike>, options: LineSentencesOptions = {}) {
    const checked = isAddress(source) ? source : sortedFiles(source);
    const { maxSentenceLength, limit } = checkOptions(LINE_SENTENCES_OPTIONS, options, "PathLineSentences");
    super({ maxSentenceLength, limit: null });
    this.source = checked;
    this.limit = limit;
  }

  toString(): string {
    const { source } = this;
    const shown = isAddress(source) ? source : source.map(({ name }) => name);
    return shownText("PathLineSentences", shown, { ...this.options, limit: this.limit });
  }

  /** @internal */
  get isOneShot(): boolean {
    return false;
  }

  /** @internal */
  protected async *text({ reading, signal }: ReadOptions): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { textBytes } = await import("./text-bytes.ts");
    const files = isAddress(this.source) ? await orAbort(listFolder(this.source), signal) : this.source;
    for (const file of files) {
      let last = LINE_END;
      const before = reading?.bytes ?? 0;
      const ofFile = { bytes: 0 };
      for await (const chunk of firstLines(textBytes(readChunks(file, { reading: ofFile, signal })), this.limit)) {
        if (reading) reading.bytes = before + ofFile.bytes;
        last = chunk[chunk.length - 1];
        yield chunk;
      }
      if (last !== LINE_END) yield Uint8Array.of(LINE_END);
    }
  }
}

/** The bytes of the first lines of a text. */
async function* firstLines(
  chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>,
  limit: number | null,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  if (!left) return;
  for await (const chunk of chunks) {
    let end = Number.isFinite(left) ? 0 : chunk.length;
    while (left && end < chunk.length) {
      const lineEnd = chunk.indexOf(LINE_END, end);
      if (lineEnd >= 0) left--;
      end = lineEnd < 0 ? chunk.length : lineEnd + 1;
    }
    yield chunk.subarray(0, end);
    if (!left) return;
  }
}

/** @throws {Wasm2VecError} `file-not-found`, `file-not-readable`, `not-supported-here` */
async function listFolder(from: string | UrlLike): Promise<string[]> {
  const address = locate(from);
  const isFolder = typeof address === "string" || address.protocol === "file:";
  if (!runtime.listFolder || !isFolder) {
    throw new Wasm2VecError(
      "not-supported-here",
      `${quoted(from)} is no folder whose files can be listed here. Pass the Files themselves, or a function that yields from one LineSentences after the other.`,
    );
  }
  const files = await runtime.listFolder(address).catch((cause) => {
    const advice = "Check that you may read it.";
    const message = `${quoted(from)} could not be listed: ${clipped((cause as Error).message)}. ${advice}`;
    throw new Wasm2VecError("file-not-readable", message, { cause });
  });
  if (files) return files.sort();
  throw new Wasm2VecError(
    "file-not-found",
    `There is no folder ${quoted(from)}. Check the path; a relative one starts from the working directory.`,
  );
}

/** @throws {Wasm2VecError} `option-invalid` */
function sortedFiles(given: Iterable<FileLike>): FileLike[] {
  const files = isIterable(given) ? listOf(given as Iterable<FileLike>, "The files") : [given as unknown as FileLike];
  const wrong = files.find((file) => !isFile(file));
  if (wrong === undefined && files.every(isFile)) {
    return [...files].sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1));
  }
  throw new Wasm2VecError(
    "option-invalid",
    `PathLineSentences got ${show(wrong)}; expected a folder's path, or a list of Files. Of other sources, pass a function that yields from one LineSentences after the other.`,
  );
}

const isFile = (file: unknown): file is FileLike => isBlob(file) && "name" in file;
