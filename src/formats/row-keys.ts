/** Keys that lie beside rows: in a list, a text with one a line, or a tokenizer.json, whose tokens they are. */

import { isArray, show, Wasm2VecError } from "../errors.ts";
import { joinBytes } from "../files/bytes.ts";
import { parseJson } from "../files/json.ts";
import { readChunks } from "../files/source.ts";
import { type ChunkSource, nameOf } from "../files/source-kinds.ts";
import { textBytes } from "../text/text-bytes.ts";
import { COLUMN_NAMES } from "./columns.ts";

/** Where keys come from. */
export type KeysSource = ChunkSource | readonly string[];

/** A file of keys is no longer than this. */
const LONGEST_TEXT = 2 ** 31;

/** A tokenizer has no more tokens than this. */
const MOST_TOKENS = 2 ** 24;

/** What the first line of a table of keys calls a column of keys. */
const KEY_NAMES: readonly string[] = [...COLUMN_NAMES.key.slice(0, 3), "label"];

const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Keys in the order of their rows. */
export interface RowKeys {
  /** The next one; undefined behind the last. */
  next(): string | Uint8Array | undefined;
  /** how often those came that were asked for, where that stands beside them */
  readonly counts?: readonly number[];
  /** what messages call them */
  readonly name: string;
  /** @throws {Wasm2VecError} `shape-mismatch` where there are others than so many rows need */
  check(rows: number): void;
}

/**
 * Reads keys.
 *
 * A text has a key a line. Where its lines have several columns with tabs between them, its first line names these: then the
 * column is meant that is called so, else the first; and "count" is how often each came. So TensorFlow's projector wants it.
 *
 * @param rows how many rows there are, where that is known: a first line is a header, too, where there is one line more
 * @throws {Wasm2VecError} what openSource throws; `format-damaged`, `too-large`
 */
export async function readRowKeys(from: KeysSource, rows?: number, signal?: AbortSignal): Promise<RowKeys> {
  if (isArray(from)) return listedKeys(from as readonly string[]);
  const name = nameOf(from as ChunkSource);
  const bytes = await readText(from as ChunkSource, name, signal);
  const first = bytes.findIndex((byte) => byte > 0x20);
  return bytes[first] === OPEN_BRACE && /^\s*\{\s*"/.test(decoder.decode(bytes.subarray(0, 200)))
    ? tokenKeys(bytes, name)
    : new KeyLines(bytes, name, rows);
}

function listedKeys(keys: readonly string[]): RowKeys {
  let row = 0;
  const name = "The given list";
  return {
    name,
    next: () => keys[row++],
    check(rows) {
      if (rows !== keys.length) throw otherSize(name, keys.length, rows);
    },
  };
}

async function readText(from: ChunkSource, name: string, signal?: AbortSignal): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of textBytes(readChunks(from, { signal }))) {
    length += chunk.length;
    if (length > LONGEST_TEXT)
      throw new Wasm2VecError("too-large", `${name} is longer than ${LONGEST_TEXT} bytes; expected keys.`);
    chunks.push(chunk.slice());
  }
  return joinBytes(chunks);
}

class KeyLines implements RowKeys {
  readonly counts: number[] | undefined;
  /** the columns of the key and of the count */
  private readonly column: number = 0;
  private readonly countColumn: number = -1;
  private readonly size: number;
  private at = 0;
  private line = 0;

  constructor(
    private readonly bytes: Uint8Array,
    readonly name: string,
    rows: number | undefined,
  ) {
    let lines = bytes.length && bytes[bytes.length - 1] !== NEWLINE ? 1 : 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
    const [end] = this.lineEnd();
    const names = decoder.decode(bytes.subarray(0, end)).split("\t");
    const known = names.findIndex((column) => KEY_NAMES.includes(column.toLowerCase()));
    const hasHeader = rows === undefined ? names.length > 1 || known >= 0 : lines === rows + 1;
    this.size = hasHeader ? lines - 1 : lines;
    if (!hasHeader) return;
    this.column = Math.max(0, known);
    this.countColumn = names.findIndex((column) => column.toLowerCase() === COLUMN_NAMES.count[0]);
    if (this.countColumn >= 0) this.counts = [];
    this.skipLine();
  }

  check(rows: number): void {
    if (rows !== this.size) throw otherSize(this.name, this.size, rows);
  }

  next(): Uint8Array | undefined {
    if (this.at >= this.bytes.length) return undefined;
    const [end] = this.lineEnd();
    const line = this.bytes.subarray(this.at, end);
    this.skipLine();
    if (this.counts) this.counts.push(this.countOf(line));
    return cell(line, this.column) ?? line.subarray(0, 0);
  }

  private countOf(line: Uint8Array): number {
    const text = decoder.decode(cell(line, this.countColumn) ?? new Uint8Array());
    const count = text === "" ? Number.NaN : Number(text);
    if (Number.isSafeInteger(count) && count >= 0) return count;
    throw new Wasm2VecError(
      "format-damaged",
      `${this.name} has the count ${show(text)} in line ${this.line}; expected a whole number from 0 on.`,
    );
  }

  /** Where the line ends, without a carriage return, and where the next begins. */
  private lineEnd(): [end: number, next: number] {
    const newline = this.bytes.indexOf(NEWLINE, this.at);
    const end = newline < 0 ? this.bytes.length : newline;
    return [end > this.at && this.bytes[end - 1] === 0x0d ? end - 1 : end, end + 1];
  }

  private skipLine(): void {
    [, this.at] = this.lineEnd();
    this.line++;
  }
}

/** A column of a line; undefined where there is none. */
function cell(line: Uint8Array, column: number): Uint8Array | undefined {
  let begin = 0;
  for (let i = 0; i < column; i++) {
    begin = line.indexOf(0x09, begin) + 1;
    if (!begin) return undefined;
  }
  const end = line.indexOf(0x09, begin);
  return line.subarray(begin, end < 0 ? line.length : end);
}

/** The tokens of a tokenizer.json by their ids; a row that no token has is named by its number. */
function tokenKeys(bytes: Uint8Array, name: string): RowKeys {
  const tokens = tokensOf(bytes, name);
  let row = 0;
  return {
    name,
    next: () => tokens[row++] ?? `<row ${row - 1}>`,
    check(rows) {
      if (tokens.length > rows) throw otherSize(name, tokens.length, rows);
    },
  };
}

function tokensOf(bytes: Uint8Array, name: string): string[] {
  const damaged = (what: string, cause?: unknown) =>
    new Wasm2VecError("format-damaged", `${name} is no whole tokenizer.json: ${what}. Copy or download it again.`, {
      cause,
    });
  let json: unknown;
  try {
    json = parseJson(bytes);
  } catch (cause) {
    throw damaged((cause as Error).message, cause);
  }
  const { model, added_tokens: added = [] } = json as { model?: { vocab?: unknown }; added_tokens?: unknown };
  const vocab = model?.vocab;
  if (typeof vocab !== "object" || vocab === null || !isArray(added)) throw damaged("it has no model.vocab");
  const tokens: string[] = [];
  const put = (token: unknown, id: unknown) => {
    const isId = Number.isInteger(id) && (id as number) >= 0 && (id as number) < MOST_TOKENS;
    if (typeof token !== "string" || !isId) throw damaged(`token ${show(token)} has the id ${show(id)}`);
    tokens[id as number] = token;
  };
  // a unigram model's tokens stand in their order, each with its score
  if (isArray(vocab)) for (const [id, entry] of vocab.entries()) put(isArray(entry) ? entry[0] : entry, id);
  else for (const [token, id] of Object.entries(vocab)) put(token, id);
  for (const entry of added as readonly Partial<Record<"content" | "id", unknown>>[]) put(entry?.content, entry?.id);
  return tokens;
}

const otherSize = (name: string, keys: number, rows: number) =>
  new Wasm2VecError(
    "shape-mismatch",
    `${name} has ${keys} keys for ${rows} rows. Check that they belong together; a text of keys has one a line, and a first line that names its columns where it has several.`,
  );
