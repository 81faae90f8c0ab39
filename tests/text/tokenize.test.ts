// tokenize, deaccent and removeStopwords against gensim 4.4 (tests/golden/make-texts.py).

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { removeStopwords, STOPWORDS } from "../../src/text/stop-words.ts";
import { deaccent, type TokenizeOptions, tokenize } from "../../src/text/tokenize.ts";
import { rejects } from "../helpers/rejects.ts";

interface Golden {
  tokenize: { text: string; options: TokenizeOptions; tokens: string[] }[];
  stopwords: string[];
  removeStopwords: { text: string; left: string }[];
}

const golden: Golden = JSON.parse(readFileSync("tests/golden/texts.json", "utf8"));

test("gensim's tokens", () => {
  for (const { text, options, tokens } of golden.tokenize) {
    assert.equal([...tokenize(text, options)], tokens, `${text} ${JSON.stringify(options)}`);
    assert.equal([...tokenize(new TextEncoder().encode(text), options)], tokens);
  }
});

test("tokens are made while they are asked for", () => {
  const tokens = tokenize("one two");
  assert.is(tokens.next().value, "one");
  assert.is(tokens.next().value, "two");
  assert.is(tokens.next().done, true);
});

test("bytes that are no UTF-8", async () => {
  const bytes = Uint8Array.of(0x63, 0x61, 0xe9, 0x66, 0x65);
  await rejects("format-damaged", /not all UTF-8.*"replace"/, () => tokenize(bytes));
  assert.equal([...tokenize(bytes, { errors: "replace" })], ["ca", "fe"]);
  assert.equal([...tokenize(bytes, { errors: "ignore" })], ["cafe"]);
});

test("what is no text, and no option", async () => {
  await rejects("option-invalid", /tokenize: text is 7/, () => tokenize(7 as never));
  await rejects("option-invalid", /errors is "skip"/, () => tokenize("", { errors: "skip" as never }));
  await rejects("option-invalid", /deaccent: text is/, () => deaccent(undefined as never));
  await rejects("option-invalid", /removeStopwords got 7/, () => removeStopwords(7 as never));
  await rejects("option-invalid", /removeStopwords got/, () => removeStopwords(["a", 7] as never));
  await rejects("option-invalid", /stopwords is "a"/, () => removeStopwords("a", { stopwords: "a" as never }));
  assert.equal(["The tea", "a cup"].map(removeStopwords as (text: string) => string), ["The tea", "cup"]);
  assert.equal(
    ["The tea"].map(tokenize as (text: string) => Iterable<string>).map((tokens) => [...tokens]),
    [["The", "tea"]],
  );
});

test("accents", () => {
  assert.is(
    deaccent("Šéf chomutovských komunistů dostal poštou bílý prášek"),
    "Sef chomutovskych komunistu dostal postou bily prasek",
  );
});

test("gensim's texts without given stop words", () => {
  const { stopwords } = golden;
  for (const { text, left } of golden.removeStopwords) assert.is(removeStopwords(text, { stopwords }), left);
});

test("English stop words, of a text and of a sentence", () => {
  assert.is(STOPWORDS.size, 318);
  assert.is(removeStopwords("the cat drinks what the dog would not drink"), "cat drinks dog drink");
  assert.equal(removeStopwords(["better", "late", "than", "never"]), ["better", "late"]);
});

test.run();
