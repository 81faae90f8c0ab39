// What words become alone, put together, is what the tokenizer makes of the whole text.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { JsonObject } from "../../src/files/folder.ts";
import { isWordwise, WordMemory } from "../../src/static/wordwise.ts";
import { AutoTokenizer } from "../../src/tokenizer.ts";
import { sharedData } from "../helpers/data.ts";

const plain = {
  ...{ added_tokens: [], normalizer: null, post_processor: null, decoder: null },
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", vocab: { "[UNK]": 0, cat: 1, dog: 2 }, unk_token: "[UNK]" },
};

const sequence = (name: string, ...types: object[]) => ({ type: "Sequence", [name]: types });
const metaspace = (scheme: string) => ({ type: "Metaspace", replacement: "▁", prepend_scheme: scheme, split: true });
const replace = (pattern: string, content: string) => ({ type: "Replace", pattern: { Regex: pattern }, content });

const cases: [what: string, json: JsonObject, isWordwise: boolean][] = [
  ["words between spaces", plain, true],
  ["no pre-tokenizer", { ...plain, pre_tokenizer: null }, false],
  ["BERT's", { ...plain, normalizer: { type: "BertNormalizer" }, pre_tokenizer: { type: "BertPreTokenizer" } }, true],
  ["GPT-2's, where the space belongs to the word", { ...plain, pre_tokenizer: { type: "ByteLevel" } }, false],
  ["Metaspace alone, which may begin once", { ...plain, pre_tokenizer: metaspace("first") }, false],
  [
    "XLM-RoBERTa's",
    {
      ...plain,
      normalizer: sequence("normalizers", { type: "Precompiled" }, replace(" {2,}", " ")),
      pre_tokenizer: sequence("pretokenizers", { type: "WhitespaceSplit" }, metaspace("always")),
    },
    true,
  ],
  [
    "Metaspace that marks the first word only",
    { ...plain, pre_tokenizer: sequence("pretokenizers", { type: "WhitespaceSplit" }, metaspace("first")) },
    false,
  ],
  ["a replacement that may reach over a space", { ...plain, normalizer: replace("a b", "c") }, false],
  ["Prepend, which is for the whole text", { ...plain, normalizer: { type: "Prepend", prepend: "▁" } }, false],
  ["an added token of two words", { ...plain, added_tokens: [{ id: 3, content: "cat dog" }] }, false],
  ["an added token of one", { ...plain, added_tokens: [{ id: 3, content: "[MASK]" }] }, true],
];

for (const [what, json, expected] of cases) {
  test(`${what}: ${expected ? "word by word" : "whole texts"}`, () => assert.is(isWordwise(json), expected));
}

/** Letters, marks, signs and spaces that meet in every way. */
const PIECES = [
  ..."aZé1_-.,!'#@/\\ßŁſİΣσςиा한字ー".split(""),
  ...[" ", "  ", "\t", "\n", "\u00a0", "\u3000", "\u200b", "\u200d", "\ufeff", "\u0301", "\u0308", "e\u0301", "\u0345"],
  ...[
    "ﬁ",
    "①",
    "½",
    "👩‍🚀",
    "🏳️",
    "\ud800",
    "\0",
    "[MASK]",
    "[UNK]",
    "the",
    "cats",
    "##s",
    "don't",
    "…",
    "ａｂｃ",
    "\u1e9e",
  ],
];

/** Texts of pieces that follow from a number. */
function* texts(count: number): Generator<string> {
  let state = 20;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let i = 0; i < count; i++) yield Array.from({ length: next(30) }, () => PIECES[next(PIECES.length)]).join("");
}

async function compare(folder: string | Record<string, Uint8Array>, count: number): Promise<void> {
  const tokenizer = await AutoTokenizer.fromPretrained(folder);
  const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: false });
  const words = new WordMemory(encode);
  for (const text of texts(count)) assert.equal(words.ids(text), encode(text), JSON.stringify(text));
}

test("BERT's tokens of 5,000 texts are the same", async () => {
  const folder = sharedData("tokenizers/bert-base-uncased");
  if (!folder) return console.log("not run: the tokenizer of bert-base-uncased, which is not on this machine");
  assert.is(isWordwise(JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8"))), true);
  await compare(folder, 5000);
});

for (const type of ["Lowercase", "NFC", "NFD", "NFKC", "NFKD", "StripAccents", "Nmt", "Strip"]) {
  test(`tokens of 1,000 texts after ${type} are the same`, async () => {
    const letters = [...new Set(PIECES.join("").normalize("NFKD").toLowerCase() + PIECES.join(""))].filter((x) =>
      x.trim(),
    );
    const vocab = [...letters, ...letters.map((letter) => `##${letter}`), "[UNK]"].map((token, id) => [token, id]);
    const json = {
      ...plain,
      normalizer: type === "Strip" ? { type, strip_left: true, strip_right: true } : { type },
      model: {
        type: "WordPiece",
        vocab: Object.fromEntries(vocab),
        ...{ unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
      },
    };
    assert.is(isWordwise(json), true);
    await compare({ "tokenizer.json": new TextEncoder().encode(JSON.stringify(json)) }, 1000);
  });
}

test("of more words than are remembered, and of long ones, the tokens are right", () => {
  const words = new WordMemory((text) => [text.length]);
  for (let i = 0; i < 40_000; i++) words.ids(`word${i}`);
  const long = "x".repeat(1000);
  assert.equal(words.ids(`word7 ${long} word39999`), [5, 1000, 9]);
});

test.run();
