// What a training tells of itself while it runs: how far it is, and its losses.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TrainingJob } from "../../src/model/job.ts";
import type { TrainingEvent } from "../../src/training/options.ts";
import { NO_TOTALS, ProgressMeter } from "../../src/training/progress.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { topicsOf } from "../helpers/topics.ts";

/** 3,200 words. */
const topics = topicsOf(400);
const settings = { vectorSize: 20, minCount: 1, sample: 0, window: 3, epochs: 3, alpha: 0.05, batchWords: 400 };

test("progress is told at most ten times a second, and adds up", async () => {
  const events: TrainingEvent[] = [];
  const long = Array.from({ length: 40 }, () => topics).flat();
  const begin = performance.now();
  const onProgress = (event: TrainingEvent) => events.push(event);
  using _model = await Word2Vec.train(long, { ...settings, vectorSize: 100, epochs: 5, computeLoss: true, onProgress });
  const seconds = (performance.now() - begin) / 1000;
  const told = events.flatMap((event) => (event.kind === "training" ? [event] : []));
  assert.ok(told.length > 0 && told.length <= seconds * 10, `${told.length} in ${seconds} s`);
  for (const [i, event] of told.entries()) {
    assert.is(event.totalWords, 3200 * 40 * 5);
    assert.ok(event.words > (told[i - 1]?.words ?? 0) && event.words <= event.totalWords);
    assert.ok(Math.abs(event.secondsLeft * event.wordsPerSecond - (event.totalWords - event.words)) < 1);
    assert.ok((event.loss as number) > 0);
  }
});

test("the loss of vectors that know nothing is log 2 for each pair, and it falls", async () => {
  // output vectors of 0: every sigmoid is 1/2. A word has 2 neighbours, each against itself and 5 noise words.
  const pair = [["a", "b", "c", "d", "e", "f", "g", "h"]];
  for (const sg of [0, 1] as const) {
    using model = new Word2Vec({ ...settings, window: 1, shrinkWindows: false, sg, alpha: 0, minAlpha: 0, epochs: 1 });
    await model.buildVocab(pair);
    const { epochLosses } = await model.train(pair, { computeLoss: true });
    // the words at both ends have one neighbour; a noise word that is the word itself does not count
    const most = (sg ? 14 / 8 : 1) * 6 * Math.LN2;
    assert.ok(epochLosses[0] <= most + 1e-5 && epochLosses[0] > most / 2, `${epochLosses[0]} of ${most}`);
  }
  using model = new Word2Vec({ ...settings, computeLoss: true });
  await model.buildVocab(topics);
  const { epochLosses } = await model.train(topics);
  assert.ok(epochLosses[0] > epochLosses[1] && epochLosses[1] > epochLosses[2], `${epochLosses}`);
});

test("an epoch's loss by head: hierarchical softmax of two words is one node", async () => {
  using model = new Word2Vec({ ...settings, hs: 1, negative: 0, sg: 1, window: 1, shrinkWindows: false, epochs: 1 });
  await model.buildVocab([["a", "b"]]);
  const { epochLosses } = await model.train([["a", "b"]], { computeLoss: true, startAlpha: 0, endAlpha: 0 });
  assert.ok(Math.abs(epochLosses[0] - Math.LN2) < 1e-6, `${epochLosses}`);
});

test("a meter adds up jobs: the mean loss of a word begins anew in each epoch", () => {
  const meter = new ProgressMeter({ epochs: 2, wordsPerEpoch: 10, computeLoss: true }, undefined, NO_TOTALS);
  const add = (epoch: number, trainedWords: number, loss: number) =>
    meter.add(epoch, { words: 5, alpha: 0.1 } as TrainingJob, { trainedWords, loss, reportedLoss: loss });
  add(0, 4, 6);
  assert.is(meter.meanLoss, 1.5);
  add(0, 2, 6);
  assert.is(meter.meanLoss, 2);
  meter.endEpoch();
  assert.is(meter.meanLoss, 0);
  add(1, 4, 2);
  assert.equal(meter.totals, {
    ...{ trainedWords: 10, rawWords: 15, loss: 14, epochLosses: [2], epochLoss: 2, epochWords: 4 },
  });
});

test("a meter goes on from the sums of a checkpoint, which stay as they are", () => {
  const before = { trainedWords: 6, rawWords: 10, loss: 12, epochLosses: [2], epochLoss: 0, epochWords: 0 };
  const meter = new ProgressMeter({ epochs: 2, wordsPerEpoch: 10, computeLoss: true }, undefined, before);
  meter.add(1, { words: 10, alpha: 0.1 } as TrainingJob, { trainedWords: 6, loss: 6, reportedLoss: 6 });
  meter.endEpoch();
  assert.equal(meter.totals, {
    ...{ trainedWords: 12, rawWords: 20, loss: 18, epochLosses: [2, 1], epochLoss: 0, epochWords: 0 },
  });
  assert.equal(before.epochLosses, [2]);
});

test("without computeLoss there are no losses", () => {
  const meter = new ProgressMeter({ epochs: 1, wordsPerEpoch: 10, computeLoss: false }, undefined, NO_TOTALS);
  meter.add(0, { words: 10, alpha: 0.1 } as TrainingJob, { trainedWords: 10, loss: 0, reportedLoss: 0 });
  assert.is(meter.meanLoss, null);
  meter.endEpoch();
  assert.equal(meter.totals.epochLosses, []);
});

test.run();
