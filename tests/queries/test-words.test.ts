// The words of a test file: which rows they mean.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { TestWords } from "../../src/queries/test-words.ts";
import { joinWords, Vocabulary } from "../../src/vocabulary/vocabulary.ts";
import { rejects } from "../helpers/rejects.ts";
import { tableOf } from "../helpers/tables.ts";

const words = ["King", "queen", "king", "KING", "man"];
const vocabulary = Vocabulary.from(joinWords(words), [5, 4, 3, 2, 1], await Engine.open());
test.after(() => vocabulary.close());

test("keys that differ in case only are one word: the first of them", () => {
  const names = new TestWords(vocabulary, { restrictVocab: 5, caseInsensitive: true });
  assert.equal([...names.firstRows], [0, 1, 0, 0, 4]);
  assert.is(names.name("kInG"), "KING");
  assert.is(names.row("KING"), 0);
  assert.is(names.row("WOMAN"), undefined);
});

test("where case matters, each key is its own word", () => {
  const names = new TestWords(vocabulary, { restrictVocab: 5, caseInsensitive: false });
  assert.equal([...names.firstRows], [0, 1, 2, 3, 4]);
  assert.is(names.name("kInG"), "kInG");
  assert.is(names.row("KING"), 3);
});

test("rows beyond restrictVocab are not looked at", () => {
  const names = new TestWords(vocabulary, { restrictVocab: 3, caseInsensitive: false });
  assert.equal([...names.firstRows], [0, 1, 2]);
  assert.is(names.row("king"), 2);
  assert.is(names.row("KING"), undefined);
});

test("restrictVocab must leave a row", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  for (const restrictVocab of [0, -1, 1.5]) {
    await rejects("option-invalid", /restrictVocab is .*; expected an integer of at least 1/, () =>
      vectors.evaluateWordPairs(new Uint8Array(), { restrictVocab }),
    );
  }
});

test.run();
