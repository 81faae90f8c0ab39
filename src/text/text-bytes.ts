/** A text's bytes: unzipped, without a byte order mark, and refused where they are no text in UTF-8. */

import { Wasm2VecError } from "../errors.ts";
import { joinBytes } from "../files/bytes.ts";
import { gunzip } from "../files/gunzip.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How many bytes tell what a file is. */
const HEAD_BYTES = 16;

const CONVERT = "Convert it to UTF-8, for instance with iconv -t UTF-8.";
const UNPACK = "Unpack it first; gzip needs no unpacking.";

const PASS_ROWS = "Write its column of text as a text file, or pass its rows as sentences.";

/** What is mistaken for text, by its first bytes in hexadecimal digits. */
// biome-ignore format: a line for each
const OTHER_FORMATS: readonly [head: RegExp, what: string, advice: string][] = [
  [/^(fffe0000|0000feff)/, "text in UTF-32", CONVERT],
  [/^(fffe|feff)/, "text in UTF-16", CONVERT],
  [/^504b(0304|0506|0708)/, "a zip archive", UNPACK],
  [/^425a683[1-9](314159265359|177245385090)/, "a bzip2 file", UNPACK],
  [/^28b52ffd/, "a zstd file", UNPACK],
  [/^fd377a585a00/, "an xz file", UNPACK],
  [/^377abcaf271c/, "a 7z archive", UNPACK],
  [/^04224d18/, "an lz4 file", UNPACK],
  [/^526172211a07/, "a rar archive", UNPACK],
  [/^1f8b08/, "gzip within gzip", "Unpack it once."],
  // "PAR1" alone is a word
  [/^50415231(?!0[9a-d]|20)../, "a Parquet file", PASS_ROWS],
  [/^4152524f573100/, "an Arrow file", PASS_ROWS],
];

/**
 * The bytes of a text.
 *
 * @param chunks the bytes of its source: they are unzipped where they begin as gzip does
 * @throws {Wasm2VecError} `format-unknown` where they are no text that can be read; `format-damaged` where gzip is damaged
 */
export async function* textBytes(chunks: AsyncGenerator<Bytes>): AsyncGenerator<Bytes> {
  let isFirst = true;
  for await (const chunk of withHead(unzipped(chunks), HEAD_BYTES)) {
    if (isFirst) checkFormat(chunk);
    const part = isFirst && hasMark(chunk) ? chunk.subarray(3) : chunk;
    isFirst = false;
    if (part.length) yield part;
  }
}

function otherFormat(head: Uint8Array) {
  const hex = Array.from(head.subarray(0, HEAD_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return OTHER_FORMATS.find(([beginning]) => beginning.test(hex));
}

/** What a file is that begins so and must be unpacked, such as "an xz file"; undefined for others. */
export function compressionOf(head: Uint8Array): string | undefined {
  const [, what, advice] = otherFormat(head) ?? [];
  return advice === UNPACK ? what : undefined;
}

function checkFormat(head: Bytes): void {
  const other = otherFormat(head);
  if (!other) return;
  const [, what, advice] = other;
  throw new Wasm2VecError("format-unknown", `The text is ${what}; expected text in UTF-8, plain or gzipped. ${advice}`);
}

/** Whether bytes begin with a byte order mark in UTF-8. */
export const hasMark = ([first, second, third]: Uint8Array) => first === 0xef && second === 0xbb && third === 0xbf;

/** The chunks again, the first of them of so many bytes at least, unless all are fewer. */
export async function* withHead(chunks: AsyncGenerator<Bytes>, length: number): AsyncGenerator<Bytes> {
  let head: Bytes | undefined = new Uint8Array();
  for await (const chunk of chunks) {
    if (head) {
      head = head.length ? joinBytes([head, chunk]) : chunk;
      if (head.length < length) continue;
    }
    yield head ?? chunk;
    head = undefined;
  }
  if (head) yield head;
}

/** Whether bytes begin as gzip does. */
export const isGzip = ([first, second]: Uint8Array) => first === 0x1f && second === 0x8b;

/** The bytes, unzipped where they begin as gzip does. */
async function* unzipped(chunks: AsyncGenerator<Bytes>): AsyncGenerator<Bytes> {
  const all = withHead(chunks, 2);
  try {
    const { value: head } = await all.next();
    if (!head) return;
    const whole = withFirst(head, all);
    yield* isGzip(head) ? gunzip(whole, "The gzipped text") : whole;
  } finally {
    await all.return(undefined);
  }
}

/** The bytes whose first chunk is read already. */
export async function* withFirst(first: Bytes, rest: AsyncGenerator<Bytes>): AsyncGenerator<Bytes> {
  yield first;
  yield* rest;
}
