// What is wrong in a tokenizer.json's model is named before a table is made of it.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ErrorCode } from "../../../src/errors.ts";
import { buildTable, rulesOf } from "../../../src/tokenizing/models/table.ts";
import { rejects } from "../../helpers/rejects.ts";

const bpe = { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"] };

const WRONG: [what: string, code: ErrorCode, message: RegExp, model: unknown][] = [
  ["no model", "format-damaged", /model is undefined/, undefined],
  ["another model", "format-unknown", /"Unigram"/, { type: "Unigram", vocab: [] }],
  ["dropout", "format-unknown", /dropout 0\.1/, { ...bpe, dropout: 0.1 }],
  ["no vocabulary", "format-damaged", /vocabulary is undefined/, { ...bpe, vocab: undefined }],
  ["a list of tokens", "format-damaged", /vocabulary is \["a"\]/, { ...bpe, vocab: ["a"] }],
  ["half an id", "format-damaged", /id of "b" is 1\.5/, { ...bpe, vocab: { a: 0, b: 1.5, ab: 2 } }],
  [
    "an id that typed arrays of 32 bits do not hold",
    "format-damaged",
    /id of "a" is 2147483648/,
    { ...bpe, vocab: { a: 2 ** 31 } },
  ],
  ["an id below 0", "format-damaged", /id of "a" is -1/, { ...bpe, vocab: { a: -1 } }],
  ["a text for an id", "format-damaged", /id of "a" is "0"/, { ...bpe, vocab: { a: "0" } }],
  ["an id of two", "format-damaged", /"a" and "b".*same id, 1/, { ...bpe, vocab: { a: 1, b: 1, ab: 2 } }],
  ["a token twice", "format-damaged", /twice/, { ...bpe, vocab: { "\ud800": 0, "\ud801": 1 }, merges: [] }],
  ["no merges", "format-damaged", /merges are undefined/, { ...bpe, merges: undefined }],
  ["a merge of three", "format-damaged", /merge 1 is "a b c"/, { ...bpe, merges: ["a b", "a b c"] }],
  ["a merge of numbers", "format-damaged", /merge 0 is \[1, 2\]/, { ...bpe, merges: [[1, 2]] }],
  ["a merge of no token", "format-damaged", /merge 0, "a" and "c"/, { ...bpe, merges: ["a c"] }],
  ["a merge that makes none", "format-damaged", /merge 1, "b" and "a"/, { ...bpe, merges: ["a b", ["b", "a"]] }],
  ["a number for a text", "format-damaged", /unk_token is 3/, { ...bpe, unk_token: 3 }],
  ["a text for a flag", "format-damaged", /fuse_unk is "yes"/, { ...bpe, fuse_unk: "yes" }],
  ["a length below 0", "format-damaged", /max_input_chars_per_word is -1/, { ...bpe, max_input_chars_per_word: -1 }],
];

for (const [what, code, message, model] of WRONG) {
  test(`${what}: ${code}`, () => rejects(code, message, () => buildTable(model)));
}

test("a table has its tokens in the order of their ids, and its merges as places", async () => {
  const table = await buildTable({ ...bpe, vocab: { ab: 7, b: 3, a: 5 } });
  assert.is(new TextDecoder().decode(table.text), "baab");
  assert.equal([...table.offsets], [0, 1, 2, 4]);
  assert.equal([...(table.ids ?? [])], [3, 5, 7]);
  assert.equal([...table.merges], [1, 0, 2]);
  assert.is((await buildTable(bpe)).ids, undefined);
});

test("what is not said is as in Python", () => {
  assert.equal(rulesOf({ type: "WordPiece" }), {
    kind: "WordPiece",
    unknown: "[UNK]",
    prefix: "##",
    suffix: "",
    byteFallback: false,
    fuseUnknown: false,
    ignoreMerges: false,
    maxCharacters: 100,
  });
  const { unknown, prefix } = rulesOf({ type: "BPE", unk_token: null, continuing_subword_prefix: null });
  assert.equal([unknown, prefix], [undefined, ""]);
});

test.run();
