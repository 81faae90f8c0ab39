// Files that are mistaken for models are called by what they are.

import { gzipSync } from "node:zlib";
import { test } from "uvu";
import { Word2Vec } from "../../src/index.ts";
import { rejects } from "../helpers/rejects.ts";

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Uint8Array.from(part))));

const FILES: Record<string, [file: Uint8Array, message: RegExp]> = {
  "a pickle of something else": [
    bytes([0x80, 4, 0x95, 2, 0, 0, 0, 0, 0, 0, 0], "N."),
    /is a pickle of null; .*Word2Vec/,
  ],
  "gensim's array": [bytes([0x93], "NUMPY\x01\0"), /is a NumPy array.*the model's own file/],
  "vectors of the word2vec tool": [bytes("3 2\ncat 0.1 0.2\n"), /is vectors in word2vec's format/],
  "GloVe's vectors": [bytes("the 0.418 -0.24968 1e-05\n"), /is vectors as text.*KeyedVectors\.load/],
  "a text": [bytes("A sentence of Büchner.\n"), /is a text; .*LineSentences/],
  "a tokenizer": [bytes('{\n  "version": "1.0",\n  "truncation": null'), /is a tokenizer\.json.*AutoTokenizer/],
  JSON: [bytes('{"a": 1, "b": 2}'), /is JSON/],
  "a page": [bytes("\n<!DOCTYPE html><html>"), /is a web page.*\/resolve\//],
  "a pointer": [bytes("version https://git-lfs.github.com/spec/v1\n"), /is a Git LFS pointer.*git lfs pull/],
  "a zip archive": [bytes("PK", [3, 4, 20, 0, 0, 0, 8, 0]), /is a zip archive.*Unpack/],
  "a gzipped text": [gzipSync("A sentence of Büchner.\n"), /is a text; expected a safetensors/],
  "an xz file": [bytes([0xfd], "7zXZ", [0, 0, 4]), /is an xz file.*Unpack/],
  "a GGUF file": [bytes("GGUF", [3, 0, 0, 0, 0]), /is a GGUF file/],
};

for (const [name, [file, message]] of Object.entries(FILES)) {
  test(`${name} is called what it is`, () => rejects("format-unknown", message, () => Word2Vec.load(file)));
}

test("what is no text, and of no format that is known, is damaged", () =>
  rejects("format-damaged", /its header claims/, () => Word2Vec.load(new Uint8Array(100).fill(0xff))));

test("a name on the hub is told from a path", async () => {
  const advice = /https:\/\/huggingface\.co\/owner\/name\/resolve\/main\/model\.safetensors/;
  await rejects("file-not-found", advice, () => Word2Vec.load("owner/name"));
  await rejects("file-not-found", /directory\.$/, () => Word2Vec.load("./owner/name"));
});

test.run();
