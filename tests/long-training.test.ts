// A training that is long: what it tells, where it stops, how it goes on.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import type { TrainingEvent } from "../src/training/options.ts";
import { Word2Vec } from "../src/word2vec.ts";
import { rejects } from "./helpers/rejects.ts";
import { withFolder } from "./helpers/temporary.ts";

/** Sentences of two topics: five words each, which never meet. 3,200 words, 8 jobs of 400. */
const topics = Array.from({ length: 400 }, (_, i) =>
  Array.from({ length: 8 }, (_, j) => `${i % 2 ? "animal" : "metal"} ${(i * 7 + j * j * 3 + j) % 5}`),
);
const settings = { vectorSize: 20, minCount: 1, sample: 0, window: 3, epochs: 3, alpha: 0.05, batchWords: 400 };
const kinds = [
  { sg: 1 },
  { sg: 0 },
  { sg: 1, hs: 1, negative: 0 },
  { sg: 0, hs: 1 },
  { sg: 1, reproduce: "gensim-4.4" },
] as const;

/** A signal that is aborted when it is asked for the n-th time: a run asks before each job. */
function abortedAfter(asks: number): AbortSignal {
  let asked = 0;
  return {
    get aborted() {
      return asked >= asks;
    },
    throwIfAborted() {
      if (++asked >= asks) throw new Error("power cut");
    },
  } as unknown as AbortSignal;
}

for (const kind of kinds) {
  test(`a training that is resumed becomes what it would have become: ${JSON.stringify(kind)}`, async () => {
    using whole = await Word2Vec.train(topics, { ...settings, ...kind });
    const expected = await whole.toBytes();
    let resumed = 0;
    for (const asks of [6, 11, 13, 20, 25]) {
      await withFolder(async (folder) => {
        const path = join(folder, "checkpoint.safetensors");
        using model = new Word2Vec({ ...settings, ...kind });
        await model.buildVocab(topics);
        const options = { checkpoint: { path, every: 1000 }, signal: abortedAfter(asks) };
        await model.train(topics, options).catch(({ message }) => assert.is(message, "power cut"));
        assert.equal(readdirSync(folder), existsSync(path) ? ["checkpoint.safetensors"] : []);
        if (!existsSync(path)) return;
        using again = await Word2Vec.resume(path, topics);
        assert.equal(await again.toBytes(), expected);
        resumed++;
      });
    }
    assert.ok(resumed >= 4, `${resumed}`);
  });
}

test("a resumed training ends with the sums of the whole", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "checkpoint.safetensors");
    const epochsOf = (events: TrainingEvent[]) => events.filter(({ kind }) => kind === "epoch");
    const events: TrainingEvent[] = [];
    const onProgress = (event: TrainingEvent) => events.push(event);
    using model = new Word2Vec({ ...settings, computeLoss: true });
    await model.buildVocab(topics);
    await model
      .train(topics, { checkpoint: { path, every: 1000 }, signal: abortedAfter(15), onProgress })
      .catch(() => {});
    using again = await Word2Vec.resume(path, topics, { onProgress });
    using whole = new Word2Vec({ ...settings, computeLoss: true });
    await whole.buildVocab(topics);
    const expected: TrainingEvent[] = [];
    const summary = await whole.train(topics, { onProgress: (event) => expected.push(event) });
    assert.equal(epochsOf(events), epochsOf(expected));
    assert.is(again.getLatestTrainingLoss(), whole.getLatestTrainingLoss());
    assert.is(summary.epochLosses.length, 3);
  });
});

test("a checkpoint is a model too", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "checkpoint.safetensors");
    using model = await Word2Vec.train(topics, { ...settings, checkpoint: { path } });
    using loaded = await Word2Vec.load(path);
    assert.equal(loaded.wv.toMatrix().data, model.wv.toMatrix().data);
  });
});

test("a checkpoint of another corpus, or a model that is none, is refused", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "checkpoint.safetensors");
    using model = await Word2Vec.train(topics, { ...settings, checkpoint: { path } });
    await rejects("checkpoint-mismatch", /The corpus has 399 sentences of 3192 words; .* 400 of 3200/, () =>
      Word2Vec.resume(path, topics.slice(1)),
    );
    const bytes = await model.toBytes();
    await rejects("format-unknown", /no checkpoint of a training/, () => Word2Vec.resume(bytes, topics));
    await rejects("option-invalid", /checkpoint is .*; expected \{ path, every \}/, () =>
      model.train(topics, { checkpoint: { path: 5 } as never }),
    );
  });
});

test("an aborted training leaves a model that can be asked and saved", async () => {
  using model = new Word2Vec(settings);
  await model.buildVocab(topics);
  let thrown: unknown;
  await model.train(topics, { signal: abortedAfter(12) }).catch((error) => {
    thrown = error;
  });
  assert.is((thrown as Error).message, "power cut");
  assert.is(model.wv.mostSimilar("animal 0", { topn: 3 }).length, 3);
  using again = await Word2Vec.load(await model.toBytes());
  assert.equal(again.wv.toMatrix().data, model.wv.toMatrix().data);
});

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

test("onEpochEnd ends the training by returning false", async () => {
  let ended = 0;
  const onEpochEnd = () => ++ended < 2;
  using model = new Word2Vec({ ...settings, callbacks: { onEpochEnd } });
  await model.buildVocab(topics);
  assert.is((await model.train(topics)).rawWords, 2 * 3200);
});

test("a training that diverges ends with advice", async () => {
  await rejects("training-diverged", /diverged: Row \d+ \(".*"\) .* An alpha of 0\.025 is usual/, () =>
    Word2Vec.train(topics, { ...settings, cbowMean: 0, alpha: 1e38, minAlpha: 1e38 }),
  );
});

test("training starts from given vectors, where there is one", async () => {
  using vectors = await KeyedVectors.from(["animal 0", "another"], {
    data: new Float32Array(40).fill(0.5),
    shape: [2, 20],
  });
  using model = new Word2Vec({ ...settings, initialVectors: vectors });
  await model.buildVocab(topics);
  using plain = new Word2Vec(settings);
  await plain.buildVocab(topics);
  assert.equal([...model.wv.getVector("animal 0")], Array(20).fill(0.5));
  assert.equal(model.wv.getVector("animal 1"), plain.wv.getVector("animal 1"));
  const other = new Word2Vec({ ...settings, vectorSize: 10, initialVectors: vectors });
  await rejects("shape-mismatch", /20 numbers each, the model's 10/, () => other.buildVocab(topics));
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

test("update adds up counts, keeps what was learnt, and puts words in the order of all texts", async () => {
  using model = new Word2Vec({ ...settings, minCount: 2 });
  await model.buildVocab([["a", "a", "a", "b", "b", "once"]]);
  await model.train([["a", "a", "a", "b", "b"]]);
  const before = { a: model.wv.getVector("a"), b: model.wv.getVector("b") };
  await model.buildVocab([["b", "b", "b", "c", "c", "once"]], { update: true });
  assert.equal([...model.wv.indexToKey], ["b", "a", "c"]);
  assert.equal(
    ["b", "a", "c"].map((key) => model.wv.getVecattr(key, "count")),
    [5, 3, 2],
  );
  assert.equal({ a: model.wv.getVector("a"), b: model.wv.getVector("b") }, before);
  assert.is(model.corpusTotalWords, 12);
  await model.train([["b", "c", "b", "c"]]);
  assert.not.equal(model.wv.getVector("b"), before.b);
});

test("update keeps words that later texts lack, and refuses a tree", async () => {
  using model = new Word2Vec({ ...settings, minCount: 2 });
  await model.buildVocab([["a", "a", "b", "b"]]);
  await model.buildVocab([["c", "c", "d"]], { update: true });
  assert.equal([...model.wv.indexToKey].sort(), ["a", "b", "c"]);
  using tree = new Word2Vec({ ...settings, hs: 1 });
  await tree.buildVocab([["a", "b"]]);
  await rejects("option-invalid", /hierarchical softmax/, () => tree.buildVocab([["c"]], { update: true }));
});

test.run();
