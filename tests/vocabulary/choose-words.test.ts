// Which words of a corpus, or of counts, stay in a vocabulary.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { chooseWords, renumbering, type VocabularyRules } from "../../src/vocabulary/choose-words.ts";
import { joinWords, Vocabulary } from "../../src/vocabulary/vocabulary.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";

const settings = { vectorSize: 10, minCount: 1, epochs: 1 };

test("minCount leaves out rare words, maxFinalVocab raises it", async () => {
  const corpus = [["a", "a", "a", "b", "b", "c"]];
  using rare = await Word2Vec.train(corpus, { ...settings, minCount: 2 });
  assert.equal([...rare.wv.indexToKey], ["a", "b"]);
  using few = await Word2Vec.train(corpus, { ...settings, maxFinalVocab: 1 });
  assert.equal([...few.wv.indexToKey], ["a"]);
  assert.is(few.effectiveMinCount, 3);
});

test("minCount: 0 is told to trimRule and kept, as gensim does; maxFinalVocab makes it 1 at least", async () => {
  const told: number[] = [];
  const trimRule = (_word: string, _count: number, minCount: number) => {
    told.push(minCount);
    return "default" as const;
  };
  using model = await Word2Vec.train([["a", "b", "a", "c"]], { ...settings, minCount: 0, trimRule });
  assert.equal([[...model.wv.indexToKey], model.effectiveMinCount, told], [["a", "c", "b"], 0, [0, 0, 0]]);
  using many = await Word2Vec.train([["a", "b"]], { ...settings, minCount: 0, maxFinalVocab: 9 });
  assert.is(many.effectiveMinCount, 1);
});

test("minCount: 0 keeps a word that was never seen, which can be trained on", async () => {
  for (const loss of [{ sample: 0 }, { hs: 1 }, { reproduce: "gensim-4.4" }] as const) {
    using model = new Word2Vec({ ...settings, minCount: 0, ...loss });
    await model.buildVocabFromFreq({ a: 3, never: 0, b: 2 });
    assert.equal([...model.wv.indexToKey], ["a", "b", "never"]);
    await model.train([["a", "never", "b"]]);
    assert.ok(model.wv.toMatrix().data.every(Number.isFinite));
  }
});

test("trimRule decides word by word", async () => {
  const corpus = [["a", "a", "a", "b", "b", "c"]];
  const trimRule = (word: string) => (word === "c" ? "keep" : word === "a" ? "discard" : "default");
  using model = await Word2Vec.train(corpus, { ...settings, minCount: 2, trimRule });
  assert.equal([...model.wv.indexToKey], ["b", "c"]);
});

test("a trimRule that says none of its three words is an error, not a discard", async () => {
  const said: [unknown, RegExp][] = [
    [true, /returned true for the word "a"; expected "default", "discard" or "keep"/],
    [2, /returned 2 for the word "a"/],
    ["KEEP", /returned "KEEP" for the word "a"/],
    [Promise.resolve("keep"), /returned a Promise: await it first for the word "a"/],
  ];
  for (const [answer, message] of said) {
    const trimRule = (() => answer) as never;
    await rejects("option-invalid", message, () => Word2Vec.train([["a", "b"]], { ...settings, trimRule }));
  }
  using model = await Word2Vec.train([["a", "b"]], { ...settings, trimRule: (() => undefined) as never });
  assert.is(model.wv.size, 2, "nothing said leaves it to minCount");
});

test("minCount and trimRule choose among counts", async () => {
  using model = new Word2Vec({ ...settings, minCount: 2 });
  await model.buildVocabFromFreq({ a: 3, b: 1, c: 2 }, { trimRule: (word) => (word === "b" ? "keep" : "default") });
  assert.equal([...model.wv.indexToKey], ["a", "c", "b"]);
});

test("no word that comes minCount times is an error that says how often the first one comes", async () => {
  await rejects("empty-vocabulary", /None of 2 words comes 5 times; .* comes 2 times\. Lower minCount/, () =>
    Word2Vec.train([["a", "b"], ["a"]]),
  );
});

/** The words that stay, in their order, of b twice, c once, a twice, d thrice. */
async function chosen(rules: Partial<VocabularyRules>): Promise<string[]> {
  const vocabulary = Vocabulary.from(joinWords(["b", "c", "a", "d"]), [2, 1, 2, 3], await Engine.open());
  const none = { maxVocabSize: null, maxFinalVocab: null, trimRule: null, reproduce: null };
  const { ids } = chooseWords(vocabulary, { ...none, minCount: 1, sortedVocab: true, nullWord: false, ...rules });
  const words = Array.from(ids, (id) => vocabulary.word(id));
  vocabulary.close();
  return words;
}

test("the most frequent word comes first, or the words stay as they were seen", async () => {
  assert.equal(await chosen({}), ["d", "a", "b", "c"]);
  assert.equal(await chosen({ sortedVocab: false }), ["b", "c", "a", "d"]);
});

test("of words that come equally often, maxFinalVocab keeps all or none", async () => {
  assert.equal(await chosen({ maxFinalVocab: 4 }), ["d", "a", "b", "c"]);
  assert.equal(await chosen({ maxFinalVocab: 3 }), ["d", "a", "b"]);
  assert.equal(await chosen({ maxFinalVocab: 2 }), ["d"]);
});

test("the null word stays, though it comes but once", async () => {
  assert.equal(await chosen({ minCount: 2, nullWord: true }), ["d", "a", "b", "\0"]);
});

test("a word's new id is its place among those that stay", () => {
  assert.equal([...renumbering(4, Uint32Array.of(3, 0))], [1, 0xffffffff, 0xffffffff, 0]);
});

test.run();
