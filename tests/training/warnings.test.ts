// Warnings of trainings that go on, but hardly teach anything; healthy ones give none.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { WarningEvent } from "../../src/errors.ts";
import type { TrainingEvent } from "../../src/training/options.ts";
import { Word2Vec, type Word2VecOptions } from "../../src/word2vec.ts";
import { smallCorpora } from "../helpers/small-corpora.ts";
import { kinds, topicsOf } from "../helpers/topics.ts";

const settings = { vectorSize: 20, minCount: 1, sample: 0 };

/** Where warnings come together. */
function collector() {
  const warnings: WarningEvent[] = [];
  const onProgress = (event: TrainingEvent) => void (event.kind === "warning" && warnings.push(event));
  return { warnings, onProgress };
}

/** The warnings of a training. */
async function warningsOf(sentences: string[][], options: Word2VecOptions): Promise<WarningEvent[]> {
  const { warnings, onProgress } = collector();
  const model = await Word2Vec.train(sentences, { ...settings, ...options, onProgress });
  model.close();
  return warnings;
}

test("nothing-trained: a corpus of unknown words, once in five epochs", async () => {
  using model = new Word2Vec(settings);
  await model.buildVocab(topicsOf(10));
  const { warnings, onProgress } = collector();
  const { trainedWords } = await model.train([["Cat", "Dog", "Horse"]], { onProgress, epochs: 5 });
  assert.is(trainedWords, 0);
  const told = warnings.filter(({ code }) => code === "nothing-trained");
  assert.is(told.length, 1);
  assert.match(told[0].message, /of the corpus' 3 words none is among the 10 of the vocabulary.*update: true/);
});

test("nothing-trained: sentences of one word", async () => {
  const texts = Array.from({ length: 100 }, () => ["a whole sentence"]);
  const [{ code, message }, ...others] = await warningsOf(texts, { epochs: 3 });
  assert.is(code, "nothing-trained");
  assert.match(message, /no sentence has two words, .* Pass sentences as arrays of words/);
  assert.equal(others, []);
});

test("sample-drops-most: two words that are half of the text each", async () => {
  const sentences = Array.from({ length: 100 }, () => ["a", "b"]);
  // sqrt(0.001 / 0.5) + 0.001 / 0.5 = 4.7 % are kept
  const [{ code, message }, ...others] = await warningsOf(sentences, { sample: 1e-3 });
  assert.is(code, "sample-drops-most");
  assert.match(message, /sample: 0\.001 drops 95 % of the words: a text of 2 different words .* Set sample: 0/);
  assert.equal(others, []);
  assert.equal(await warningsOf(sentences, { sample: 0 }), []);
  assert.equal(await warningsOf(sentences, { sample: 0.1 }), []);
});

test("text-too-small: words that are trained on a few times", async () => {
  const sentences = Array.from({ length: 20 }, (_, i) => [`a${i % 10}`, `b${i % 10}`]);
  // 20 different words, each twice, in 5 epochs
  const [{ code, message }, ...others] = await warningsOf(sentences, { epochs: 5 });
  assert.is(code, "text-too-small");
  assert.match(
    message,
    /In 5 epochs each of 20 different words is trained on 10 times in the mean, .* Set epochs: 50,/,
  );
  assert.equal(others, []);
  assert.equal(await warningsOf(sentences, { epochs: 50 }), []);
});

test("text-too-small: minCount leaves less than half of the words", async () => {
  const sentences = Array.from({ length: 200 }, (_, i) => ["a", "b", `once ${i}`, `twice ${i >> 1}`, `more ${i >> 2}`]);
  const [{ code, message }, ...others] = await warningsOf(sentences, { minCount: 5 });
  assert.is(code, "text-too-small");
  assert.match(message, /minCount: 5 leaves 40 % of its words, 2 different ones\. Set minCount: 1 or 2\./);
  assert.equal(others, []);
});

test("text-too-small is not told of a later training, nor of one that begins with vectors", async () => {
  const sentences = [["a", "b", "a", "b"]];
  const { warnings, onProgress } = collector();
  using model = await Word2Vec.train(sentences, { ...settings, onProgress });
  assert.is(warnings.length, 1);
  await model.train(sentences, { onProgress });
  assert.is(warnings.length, 1);
  assert.equal(await warningsOf(sentences, { initialVectors: model.wv }), []);
});

test("loss-rises: an alpha by which steps go too far, told once", async () => {
  const { sentences } = smallCorpora["20 amino acids"]();
  const options = { sg: 1, alpha: 0.5, epochs: 10, computeLoss: true, seed: 1 } as const;
  const [{ code, message }, ...others] = await warningsOf(sentences, options);
  assert.is(code, "loss-rises");
  assert.match(message, /The loss of an epoch rose from \d.* to \d.*Lower alpha, where 0\.025 is usual/);
  assert.equal(others, []);
  assert.equal(await warningsOf(sentences, { ...options, computeLoss: false }), []);
});

test("healthy trainings give no warning, whatever they train", async () => {
  const corpora = { ...smallCorpora, topics: () => ({ sentences: topicsOf(400) }) };
  for (const [name, make] of Object.entries(corpora)) {
    const { sentences } = make();
    for (const kind of kinds) {
      const given = { ...kind, epochs: 4, computeLoss: true, alpha: name === "topics" ? 0.05 : 0.025 };
      assert.equal(await warningsOf(sentences, given), [], `${name}, ${JSON.stringify(kind)}`);
    }
  }
});

test.run();
