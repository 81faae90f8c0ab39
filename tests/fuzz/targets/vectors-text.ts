/** Vectors as text, of any bytes: what is read is what a plain reader, with regular expressions, reads. */

import { float32Of } from "../../../src/formats/float-text.ts";
import { readWord2vecText } from "../../../src/formats/word2vec-text.ts";
import { chunked } from "../../helpers/vector-sinks.ts";
import { bytesAsCode } from "../bytes.ts";
import { agrees, filesTarget, type PlainRows, type Reading, someReading } from "../plain-reader.ts";
import type { Random } from "../random.ts";
import type { Target } from "../target.ts";

/** What a file is made of. */
// biome-ignore format: as many as fit
const PIECES = [
  "cat", "日", "a b", "1", "-", "x", "\0", "\ufeff", "\xff",
  " ", " ", " ", " ", "\t", "\n", "\n", "\n", "\r\n", "\r", "  ",
  "0", "1", "-2.5", ".5", "5.", "+1", "1e3", "1E-3", "1e", "e1", ".", "nan", "-Inf", "infinity", "0x1", "1_0",
  "123456789", "1234567890", "0.000000001", "0.12345678901234567", "16777217", "1e-46", "1e39", "1.17549435e-38", "0".repeat(30),
  "2 2\n", "1 2\n", "3 1\n", "1000000000000 2\n", "1 1000000000000\n", "0 1\n",
  " 1 2\n", " 0.5 -1\n", "key 1 2\n", "other key -3 4\n",
];

/** A file. */
interface Step extends Reading {
  pieces: number[];
  hasHeader: boolean;
}

export async function open(): Promise<Target<Step>> {
  const next = (random: Random): Step => {
    const pieces = random.few(14, () => random.below(PIECES.length));
    // a first line that fits what follows, more often than chance would have it
    if (random.chance(0.6)) pieces.unshift(PIECES.indexOf(random.pick(["2 2\n", "1 2\n", "3 1\n"])));
    return { pieces, ...someReading(random), hasHeader: random.chance(0.6) };
  };
  return filesTarget(
    next,
    ({ pieces, hasHeader, limit, size }) => {
      const bytes = bytesOf(pieces);
      return agrees(
        (sink) => readWord2vecText(chunked(bytes, size), hasHeader, sink, { limit }),
        plainRead(bytes.toString("latin1"), hasHeader, limit),
      );
    },
    ({ pieces, hasHeader, limit }) =>
      `await KeyedVectors.load(${bytesAsCode(bytesOf(pieces))}, { format: "${hasHeader ? "word2vec" : "glove"}", limit: ${limit} })`,
  );
}

const bytesOf = (pieces: readonly number[]) =>
  Buffer.concat(pieces.map((piece) => Buffer.from(PIECES[piece], PIECES[piece] === "\xff" ? "latin1" : "utf8")));

/** The rows of a file, or what is wrong with it. */
function plainRead(text: string, hasHeader: boolean, limit = Number.POSITIVE_INFINITY): PlainRows {
  const body = text.replace(/^\xef\xbb\xbf/, "");
  if (!body && !text) return "empty";
  const lines = body.split("\n");
  if (lines.at(-1) === "") lines.pop();
  let [wanted, width] = [limit, 0];
  if (hasHeader) {
    const header = /^(\d+)[ \t]+(\d+)\s*$/.exec(lines.shift() ?? "");
    if (!header?.slice(1).every((text) => Number.isSafeInteger(Number(text))) || !Number(header[2]))
      return "no first line";
    wanted = Math.min(limit, Number(header[1]));
    width = Number(header[2]);
  }
  const rows: [string, number[]][] = [];
  for (const line of lines.map((line) => line.replace(/[ \t\r]+$/, ""))) {
    if (rows.length >= wanted) break;
    if (!line) continue;
    const columns = line.split(/[ \t]/);
    if (!width) {
      while (width < columns.length - 1 && float32Of(columns[columns.length - 1 - width]) !== undefined) width++;
      if (!width) return "no width";
    }
    const numbers = columns.slice(Math.max(1, columns.length - width)).map(float32Of);
    if (numbers.length < width || numbers.includes(undefined)) return `line ${line}`;
    const length = columns.slice(-width).reduce((sum, column) => sum + column.length + 1, 0);
    rows.push([line.slice(0, line.length - length), numbers as number[]]);
  }
  if (hasHeader ? rows.length < wanted : !width) return "too few rows";
  return rows;
}
