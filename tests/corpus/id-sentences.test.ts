// Ids that their owner has already, as a corpus.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { type IdSentence, IdSentences, Phrases, Word2Vec } from "../../src/index.ts";
import { rejects } from "../helpers/rejects.ts";

const vocabulary = ["tea", "milk", "cup", "never"];
const ids = [Uint32Array.of(0, 1, 2), Uint32Array.of(2, 0), Uint32Array.of()];
const words = ids.map((sentence) => Array.from(sentence, (id) => vocabulary[id]));
const options = { minCount: 1, vectorSize: 4, epochs: 2 };

test("the same model as of the words, of arrays of any kind, streams and functions", async () => {
  const expected = await (await Word2Vec.train(words, options)).toBytes();
  const kinds: IdSentence[][] = [
    ids,
    ids.map((sentence) => Uint8Array.from(sentence)),
    ids.map((sentence) => Int32Array.from(sentence)),
    ids.map((sentence) => [...sentence]),
  ];
  for (const sentences of kinds) {
    assert.equal(await (await Word2Vec.train(new IdSentences(vocabulary, sentences), options)).toBytes(), expected);
  }
  async function* stream() {
    yield* ids;
  }
  for (const sentences of [stream(), stream]) {
    assert.equal(await (await Word2Vec.train(new IdSentences(vocabulary, sentences), options)).toBytes(), expected);
  }
});

test("words may be numbers, and phrases are found", async () => {
  const corpus = new IdSentences([10, 20], [[0, 1], [0, 1], [1]]);
  const phrases = await Phrases.train(corpus, { minCount: 1, threshold: 0.1 });
  assert.equal([...phrases.exportPhrases().keys()], ["10_20"]);
  assert.is(String(corpus), "IdSentences(of 2 words)");
});

test("ids that are none, by their sentence", async () => {
  for (const id of [4, -1, 0.5, Number.NaN, "0", "length", undefined]) {
    const corpus = new IdSentences(vocabulary, [[0], [1, id as number]]);
    await rejects("id-out-of-range", /Sentence 2 .* expected an integer from 0 to 3/, () => Word2Vec.train(corpus));
  }
  await rejects("id-out-of-range", /vocabulary is empty/, () => Word2Vec.train(new IdSentences([], [[0]])));
});

test("what is no vocabulary, no sentences, no sentence", async () => {
  await rejects("option-invalid", /vocabulary/, () => new IdSentences("tea" as never, ids));
  await rejects("option-invalid", /word 1 is/, () => new IdSentences(["tea", null] as never, ids));
  await rejects("option-invalid", /The corpus is/, () => new IdSentences(vocabulary, 7 as never));
  for (const wrong of [7, "tea", new Float32Array(2)]) {
    await rejects("option-invalid", /Sentence 1 .* expected ids/, () =>
      Word2Vec.train(new IdSentences(vocabulary, [wrong] as never)),
    );
  }
});

test.run();
