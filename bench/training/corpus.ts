/** The text that the training bench works on: the first megabytes of a file, and what is in them. */

import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { basename } from "node:path";
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
  if (!existsSync(source)) throw new Error(`${source} is missing. Give --corpus a text file, one sentence a line.`);
  const name = basename(source).replace(/(\.txt)?(\.gz)?$/, "");
  const path = `build/bench/${name}-${megabytes || "all"}.txt`;
  const madeFrom = `${source}, ${statSync(source).size} bytes, minCount ${minCount}`;
  const kept = existsSync(`${path}.json`) && JSON.parse(readFileSync(`${path}.json`, "utf8"));
  if (kept?.madeFrom === madeFrom) return kept.slice;
  const file = createReadStream(source);
  const bytes = source.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  await writeFile(path, firstLines(bytes, megabytes * 1e6 || Number.POSITIVE_INFINITY));
  file.destroy();
  const slice = { path, ...(await countWords(path, minCount)) };
  writeFileSync(`${path}.json`, JSON.stringify({ madeFrom, slice }));
  return slice;
}

/** Lets so many bytes pass, and of the last line what it needs to be whole. */
async function* firstLines(chunks: AsyncIterable<Buffer>, bytes: number) {
  let left = bytes;
  for await (const chunk of chunks) {
    const end = chunk.length < left ? -1 : chunk.indexOf("\n", Math.max(0, left));
    left -= chunk.length;
    yield end < 0 ? chunk : chunk.subarray(0, end + 1);
    if (end >= 0) return;
  }
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
