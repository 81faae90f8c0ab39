/** The text that the training bench works on: the first megabytes of a file, and what is in them. */

import { createReadStream, createWriteStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** A text file, one sentence a line, and its counts. */
export interface TrainingText {
  path: string;
  /** raw words: whatever stands between white space */
  words: number;
  /** V, words seen minCount times or more */
  vocabSize: number;
  /** different words, and the bytes of them all */
  distinct: number;
  distinctBytes: number;
}

/**
 * Writes the slice, whole lines, into build/bench, where it is not there yet.
 *
 * @param source plain or gzipped (.gz)
 * @param megabytes 0: all
 */
export async function sliceOf(source: string, megabytes: number, minCount: number): Promise<TrainingText> {
  const name = basename(source).replace(/(\.txt)?(\.gz)?$/, "");
  const path = `build/bench/${name}-${megabytes || "all"}.txt`;
  const counts = `${path}.json`;
  if (existsSync(counts)) return JSON.parse(readFileSync(counts, "utf8"));
  const file = createReadStream(source);
  const text = source.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  await pipeline(text, firstLines(megabytes * 1e6 || Number.POSITIVE_INFINITY), createWriteStream(path));
  const slice = { path, ...(await countWords(path, minCount)) };
  writeFileSync(counts, JSON.stringify(slice));
  return slice;
}

/** Lets so many bytes pass, and of the last line what it needs to be whole. */
function firstLines(bytes: number) {
  return async function* (chunks: AsyncIterable<Buffer>) {
    let left = bytes;
    for await (const chunk of chunks) {
      const end = chunk.length < left ? -1 : chunk.indexOf("\n", Math.max(0, left));
      left -= chunk.length;
      yield end < 0 ? chunk : chunk.subarray(0, end + 1);
      if (end >= 0) return;
    }
  };
}

async function countWords(path: string, minCount: number) {
  const counts = new Map<string, number>();
  const file = await open(path);
  for await (const line of file.readLines()) {
    for (const word of line.split(/\s+/)) if (word) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return {
    words: [...counts.values()].reduce((sum, count) => sum + count, 0),
    vocabSize: [...counts.values()].filter((count) => count >= minCount).length,
    distinct: counts.size,
    distinctBytes: [...counts.keys()].reduce((sum, word) => sum + Buffer.byteLength(word), 0),
  };
}
