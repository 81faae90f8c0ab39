/** Which format of vectors a file has, told by how it begins. */

import { hasMark } from "../text/text-bytes.ts";
import { isBlank } from "./float-text.ts";
import { isPickle } from "./foreign-files.ts";
import type { ReadFormat } from "./vector-file.ts";
import { countNumbers, lastBlank, trimmedEnd } from "./word2vec-text.ts";

/** How many bytes tell what a file is: most lines of text are shorter. */
export const DETECT_BYTES = 1 << 14;

/** What a file of a format begins with; the first that fits is meant. */
// biome-ignore format: a line for each
const BEGINNINGS: readonly [ReadFormat, (head: Uint8Array, text: string) => boolean][] = [
  ["safetensors", (head) => head.length >= 10 && head[8] === 0x7b && new DataView(head.buffer, head.byteOffset).getBigUint64(0, true) < 1e8],
  ["gensim", isPickle],
  ["word2vec-binary", (head, text) => hasHeader(text) && isBinaryRow(head, text.indexOf("\n") + 1)],
  ["word2vec", (_, text) => hasHeader(text)],
  ["glove", (head) => isTextRow(head)],
];

const HEADER = /^\d+[ \t]+\d+[ \t]*\r?\n/;

const hasHeader = (text: string) => HEADER.test(text);

const latin = new TextDecoder("latin1");

/** The format of a file that begins so; undefined where it has none of them. */
export function detectFormat(given: Uint8Array): ReadFormat | undefined {
  const head = hasMark(given) ? given.subarray(3) : given;
  const text = latin.decode(head);
  return BEGINNINGS.find(([, begins]) => begins(head, text))?.[0];
}

/** Where a line ends, without blanks behind it: at the newline, or where what is there of the file does. */
function lineEnd(head: Uint8Array, begin: number): number {
  const newline = head.indexOf(NEWLINE, begin);
  return trimmedEnd(head, begin, newline < 0 ? head.length : newline);
}

/** Whether a row begins at a byte that is none of text: behind its first blank there are bytes that numbers have not. */
function isBinaryRow(head: Uint8Array, begin: number): boolean {
  const end = lineEnd(head, begin);
  const blank = head.subarray(0, end).findIndex((byte, i) => i >= begin && isBlank(byte));
  if (blank < 0) return false;
  const rest = head.subarray(blank + 1, end);
  // a key may hold blanks, and characters that are not of ASCII
  return rest.some(isControl) || (rest.some((byte) => byte > 0x7e) && !countNumbers(head.subarray(begin, end)));
}

/** Whether the first line is a key and numbers: where it is longer than what is there of it, all that follows the key is such. */
function isTextRow(head: Uint8Array): boolean {
  const end = lineEnd(head, 0);
  const line = head.subarray(0, end);
  if (line.some(isControl)) return false;
  const numbers = countNumbers(line.subarray(0, end < DETECT_BYTES ? end : lastBlank(line, 0, end)));
  return numbers > 1 || (numbers === 1 && line.filter(isBlank).length === 1);
}

/** What no line of text has. */
const isControl = (byte: number) => byte < 0x20 && byte !== TAB && byte !== RETURN;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const TAB = 0x09;
