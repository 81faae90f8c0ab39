// Vocabularies from counts, and from two vocabularies.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { joinWords, Vocabulary } from "../../src/vocabulary/vocabulary.ts";
import { mergedVocabulary } from "../../src/vocabulary/word-frequencies.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";

const settings = { vectorSize: 10, minCount: 1 };

test("a vocabulary comes from counts as from the corpus they count", async () => {
  const corpus = [["b", "a", "c"], ["a", "c"], ["a"]];
  const counts = { b: 1, a: 3, c: 2 };
  using counted = await Word2Vec.train(corpus, settings);
  for (const frequencies of [counts, new Map(Object.entries(counts)), Object.entries(counts)]) {
    using model = new Word2Vec(settings);
    await model.buildVocabFromFreq(frequencies, { corpusCount: 3 });
    assert.equal([...model.wv.indexToKey], ["a", "c", "b"]);
    assert.is(model.wv.getVecattr("c", "count"), 2);
    assert.is(model.corpusCount, 3);
    assert.is(model.corpusTotalWords, 6);
    await model.train(corpus);
    assert.equal(model.wv.toMatrix().data, counted.wv.toMatrix().data);
  }
});

test("counts that are none are an error that names the word", async () => {
  const model = new Word2Vec(settings);
  await rejects("option-invalid", /word "a" has the count -1; expected/, () => model.buildVocabFromFreq({ a: -1 }));
  await rejects("option-invalid", /word "a" has the count 0\.5/, () => model.buildVocabFromFreq({ a: 0.5 }));
  await rejects("option-invalid", /word 7 has/, () => model.buildVocabFromFreq([[7 as never, 1]]));
  await rejects("key-duplicate", /"a" comes twice/, () => model.buildVocabFromFreq([["a", 1], ["a", 2]])); // biome-ignore format: short
  await rejects("empty-corpus", /no words/, () => model.buildVocabFromFreq({}));
  await rejects("empty-vocabulary", /comes 5 times/, () => new Word2Vec({ minCount: 5 }).buildVocabFromFreq({ a: 1 }));
});

test("two vocabularies are one: the first's words in their order, then the other's; counts are added up", async () => {
  const first = Vocabulary.from(joinWords(["a", "b", "c"]), [1, 2, 3], await Engine.open());
  const second = Vocabulary.from(joinWords(["d", "b", "e"]), [10, 20, 30], await Engine.open());
  const merged = mergedVocabulary(first, second);
  assert.equal(
    Array.from(merged.counts, (count, id) => [merged.word(id), count]),
    [
      ["a", 1],
      ["b", 22],
      ["c", 3],
      ["d", 10],
      ["e", 30],
    ],
  );
  for (const vocabulary of [first, second, merged]) vocabulary.close();
});

test.run();
