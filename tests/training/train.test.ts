// How a training ends, and which vectors it may change.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Word2Vec } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";
import { kinds, topicsOf } from "../helpers/topics.ts";

const topics = topicsOf(400);
const settings = { vectorSize: 20, minCount: 1, sample: 0, window: 3, epochs: 3, alpha: 0.05, batchWords: 400 };

test("onEpochEnd ends the training by returning false", async () => {
  let ended = 0;
  const onEpochEnd = () => ++ended < 2;
  using model = new Word2Vec({ ...settings, callbacks: { onEpochEnd } });
  await model.buildVocab(topics);
  assert.is((await model.train(topics)).rawWords, 2 * 3200);
});

for (const kind of kinds) {
  test(`vectorsLockf: 0 keeps a word's vector, 1 is training as usual: ${JSON.stringify(kind)}`, async () => {
    using model = new Word2Vec({ ...settings, ...kind });
    await model.buildVocab(topics);
    const before = model.wv.toMatrix();
    const locked = Array.from({ length: 10 }, (_, i) => (i % 2 ? 0 : 1));
    await model.train(topics, { vectorsLockf: locked });
    const after = model.wv.toMatrix();
    for (let i = 0; i < 10; i++) assert.is(String(after.row(i)) === String(before.row(i)), i % 2 === 1, `row ${i}`);
    using ones = new Word2Vec({ ...settings, ...kind });
    await ones.buildVocab(topics);
    await ones.train(topics, { vectorsLockf: new Float32Array(10).fill(1) });
    using plain = await Word2Vec.train(topics, { ...settings, ...kind });
    assert.equal(ones.wv.toMatrix().data, plain.wv.toMatrix().data);
  });
}

test("vectorsLockf: a half takes half of a correction", async () => {
  // one step of one node: the word's vector moves by alpha (1 - 1/2) · 0 at first, so it is trained twice
  for (const kind of [{ sg: 1 }, { sg: 0 }] as const) {
    const moves = await Promise.all(
      [1, 0.5].map(async (lock) => {
        using model = new Word2Vec({ ...settings, ...kind, hs: 1, negative: 0, window: 1, epochs: 1 });
        await model.buildVocab([["a", "b"]]);
        await model.train([["a", "b"]], { vectorsLockf: [0] });
        const before = model.wv.toMatrix().data;
        await model.train([["a", "b"]], { vectorsLockf: [lock] });
        return Array.from(model.wv.toMatrix().data, (value, i) => value - before[i]).slice(0, 20);
      }),
    );
    for (const [i, move] of moves[0].entries()) {
      assert.ok(Math.abs(moves[1][i] - move / 2) < 1e-3 * Math.abs(move) + 1e-8, `${moves[1][i]} of ${move}`);
    }
  }
});

test("vectorsLockf that is none is refused", async () => {
  using model = new Word2Vec(settings);
  await model.buildVocab(topics);
  await rejects("option-invalid", /vectorsLockf is .*; expected one finite number/, () =>
    model.train(topics, { vectorsLockf: [] }),
  );
});

test("the loss of a sentence of a million words is added up as exactly as that of two", async () => {
  const sentence = Array.from({ length: 1e6 }, (_, i) => "ab"[i & 1]);
  const still = {
    ...settings,
    hs: 1,
    negative: 0,
    sg: 0,
    window: 1,
    shrinkWindows: false,
    epochs: 1,
    sample: 0,
  } as const;
  using model = new Word2Vec({ ...still, alpha: 0, minAlpha: 0, computeLoss: true });
  await model.buildVocab([sentence]);
  const { epochLosses } = await model.train([sentence]);
  assert.ok(Math.abs(epochLosses[0] - Math.LN2) < 1e-6, `${epochLosses}`);
  assert.ok(Math.abs(model.getLatestTrainingLoss() / 1e6 - Math.LN2) < 1e-6);
});

test.run();
