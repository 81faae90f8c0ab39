// What an encoder knows of tokenizer.json.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { firstCharacters, tokenizerFacts } from "../../src/static/tokenizer-facts.ts";

const words = (vocab: Record<string, number>, more: object = {}) =>
  tokenizerFacts({ model: { type: "WordLevel", vocab, unk_token: "?" }, ...more });

test("tokens, the last id, and the one for what is unknown", () => {
  const { count, lastId, unknownId } = words({ "?": 0, a: 1, b: 5 });
  assert.equal([count, lastId, unknownId], [3, 5, 0]);
  assert.is(words({ a: 0 }).unknownId, undefined);
});

test("added tokens have ids behind the vocabulary, those in it their own", () => {
  const added = ["a", "[X]", "[Y]", "[X]", ""].map((content) => ({ content, id: 99 }));
  const { count, lastId } = words({ "?": 0, a: 1 }, { added_tokens: added });
  assert.equal([count, lastId], [4, 3]);
  assert.is(tokenizerFacts({ model: { unk_token: "?", vocab: {} }, added_tokens: [{ content: "?" }] }).unknownId, 0);
});

test("Unigram says its unknown token by its place", () => {
  const model = {
    type: "Unigram",
    unk_id: 1,
    vocab: [
      ["a", -1],
      ["<unk>", 0],
      ["bcd", -2],
    ],
  };
  const { count, lastId, unknownId, medianLength } = tokenizerFacts({ model });
  assert.equal([count, lastId, unknownId, medianLength], [3, 2, 1, 3]);
});

test("the median length counts code points, and is cut to a whole number", () => {
  assert.is(words({ "😀😀": 0, a: 1, bcd: 2 }).medianLength, 2);
  assert.is(words({ a: 0, bc: 1 }).medianLength, 1);
  assert.is(words({ a: 0, bcde: 1 }).medianLength, 2);
  assert.is(words({}).medianLength, 0);
});

test("a text is cut between characters", () => {
  assert.is(firstCharacters("a😀b", 2), "a😀");
  assert.is(firstCharacters("😀😀", 1), "😀");
  assert.is(firstCharacters("ab", 2), "ab");
  assert.is(firstCharacters("\ud83d\ud83da", 2), "\ud83d\ud83d");
  assert.is(firstCharacters("abc", 0), "");
});

test.run();
