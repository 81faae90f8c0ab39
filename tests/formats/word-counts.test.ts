// Files of how often words come.

import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readWordCounts, wordCountsChunks } from "../../src/formats/word-counts.ts";
import { rejects } from "../helpers/rejects.ts";
import { chunked, vectorList, written } from "../helpers/vector-sinks.ts";

async function read(bytes: Uint8Array | string): Promise<[string, number][]> {
  const counts: [string, number][] = [];
  await readWordCounts(chunked(Buffer.from(bytes as string), 3), "counts.txt", (word, count) =>
    counts.push([word, count]),
  );
  return counts;
}

test("a word, a blank, a count; words may hold blanks; plain or gzipped", async () => {
  const text = "the 1061396\nNew York 7\r\n日本\t0\n\nlast 1";
  const expected = [
    ["the", 1061396],
    ["New York", 7],
    ["日本", 0],
    ["last", 1],
  ];
  assert.equal(await read(text), expected);
  assert.equal(await read(gzipSync(text)), expected);
});

test("what is written is read", async () => {
  const file = written(wordCountsChunks(vectorList({ the: [1], "New York": [2] }, [10, 3])));
  assert.is(file.toString(), "the 10\nNew York 3\n");
  assert.equal(await read(file), [
    ["the", 10],
    ["New York", 3],
  ]);
});

test("a line that is none is told by its number", async () => {
  for (const line of ["the", "the -1", "the 1.5", "the 99999999999999999999"]) {
    await rejects("format-damaged", /Line 2 of counts\.txt is "the.*such as "the 1061396"/, () =>
      read(`a 1\n${line}\n`),
    );
  }
  await rejects("option-invalid", /holds a line's end/, () => written(wordCountsChunks(vectorList({ "a\nb": [1] }))));
});

test.run();
