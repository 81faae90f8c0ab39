// What a file of vectors is, by its first bytes.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { DETECT_BYTES, detectFormat } from "../../src/formats/detect.ts";
import { safetensorsChunks } from "../../src/formats/safetensors.ts";
import { written } from "../helpers/vector-sinks.ts";

const floats = (...numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer);
const is = (head: string | Uint8Array) => detectFormat(Buffer.from(head as string));

test("text with a first line", () => {
  for (const text of [
    "2 3\ncat 1 2 3\n",
    "2 3\r\ncat 1 2 3 \r\n",
    "\ufeff2 3\ncat 1 2 3\n",
    "1 2\nNew York é 0.1 -2e-5\n",
    "2 3\n",
  ]) {
    assert.is(is(text), "word2vec", text);
  }
  // its reader tells what is wrong with it
  assert.is(is("2 3\ncat x y z\n"), "word2vec");
});

test("the binary format, with keys that are not of ASCII too", () => {
  for (const key of ["cat", "日本", ""])
    assert.is(is(Buffer.concat([Buffer.from(`2 3\n${key} `), floats(0.1, -2, 3)])), "word2vec-binary", key);
  assert.is(is(Buffer.concat([Buffer.from("2 3\ncat "), floats(0.1, -2).subarray(0, 6)])), "word2vec-binary");
});

test("text without a first line", () => {
  for (const text of ["the 0.1 0.2\n", ", 0.1 0.2\r\n", "1 0.1\n", "the 1\n", "New York -1 2\n"])
    assert.is(is(text), "glove", text);
});

test("a line that is longer than what is looked at", () => {
  const line = `the ${"0.125 ".repeat(4000)}`.slice(0, DETECT_BYTES);
  assert.is(is(line), "glove");
  assert.is(is(`1 4000\n${line}`.slice(0, DETECT_BYTES)), "word2vec");
  const binary = Buffer.concat([Buffer.from("1 4096\nthe "), floats(...new Array(4096).fill(0.1))]);
  assert.is(is(binary.subarray(0, DETECT_BYTES)), "word2vec-binary");
});

test("safetensors", () => assert.is(is(written(safetensorsChunks([]))), "safetensors"));

test("what is none of these", () => {
  for (const text of [
    "",
    "A sentence of words.\n",
    "Born in 1984\n",
    "<!doctype html>\n",
    '{"a": 1}',
    "PK\x03\x04 1 2\n",
  ])
    assert.is(is(text), undefined, text);
});

test.run();
