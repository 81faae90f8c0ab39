/** word2vec's binary format, of any bytes: what is read is what a plain reader reads. */

import { readWord2vecBinary } from "../../../src/formats/word2vec-binary.ts";
import { chunked } from "../../helpers/vector-sinks.ts";
import { bytesAsCode } from "../bytes.ts";
import { agrees, filesTarget, type PlainRows, type Reading, someReading } from "../plain-reader.ts";
import type { Random } from "../random.ts";
import type { Target } from "../target.ts";

/** What a file is made of, in Latin-1. */
// biome-ignore format: as many as fit
const PIECES = [
  "2 2\n", "1 2\n", "3 1\n", "0 3\n", "2\t1\r\n", "1000000000000 1\n", "1 1000000000000\n", "1 4000000000\n", "99999999999999999999 1\n", "-1 2\n", "2 2", "x".repeat(80),
  "cat ", "\xe6\x97\xa5 ", " ", "\n", "\n", "\n\ncat ", "a\nb ", "\xff ",
  "\0\0\x80?", "\0\0\x80?", "\x20\x20\x20\x20", "\n\n\n\n", "\0\0\xc0\x7f", "\0\0\x80\xff", "\0", "\x01\x02\x03", "\x7f\x7f\x7f\x7f",
];

/** A file. */
interface Step extends Reading {
  pieces: number[];
}

export async function open(): Promise<Target<Step>> {
  const next = (random: Random): Step => {
    const pieces = random.few(14, () => random.below(PIECES.length));
    // a first line that fits what follows, more often than chance would have it
    if (random.chance(0.8)) pieces.unshift(random.below(5));
    return { pieces, ...someReading(random) };
  };
  return filesTarget(
    next,
    ({ pieces, limit, size }) => {
      const bytes = bytesOf(pieces);
      return agrees((sink) => readWord2vecBinary(chunked(bytes, size), sink, { limit }), plainRead(bytes, limit));
    },
    ({ pieces, limit }) =>
      `await KeyedVectors.load(${bytesAsCode(bytesOf(pieces))}, { format: "word2vec-binary", limit: ${limit} })`,
  );
}

const bytesOf = (pieces: readonly number[]) =>
  Buffer.concat(pieces.map((piece) => Buffer.from(PIECES[piece], "latin1")));

/** The rows of a file, or what is wrong with it. */
function plainRead(bytes: Buffer, limit = Number.POSITIVE_INFINITY): PlainRows {
  const newline = bytes.indexOf("\n");
  const header = /^(\d+)[ \t]+(\d+)\s*$/.exec(bytes.subarray(0, Math.max(0, newline)).toString("latin1"));
  const [count, width] = [Number(header?.[1]), Number(header?.[2])];
  if (!(newline < 64) || !(width > 0) || !Number.isSafeInteger(count) || !Number.isSafeInteger(width * 4))
    return "no first line";
  const rows: [string, number[]][] = [];
  for (let at = newline + 1; rows.length < Math.min(count, limit); ) {
    while (bytes[at] === 10) at++;
    const space = bytes.indexOf(" ", at);
    if (space < 0 || space + 1 + width * 4 > bytes.length) return "too short";
    const row = Array.from({ length: width }, (_, i) => bytes.readFloatLE(space + 1 + i * 4));
    rows.push([bytes.subarray(at, space).toString("latin1"), row]);
    at = space + 1 + width * 4;
  }
  return rows;
}
