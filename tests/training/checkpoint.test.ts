// A training that is interrupted: where it stops, and how it goes on.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TrainingEvent } from "../../src/training/options.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { abortedAfter } from "../helpers/aborts.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";
import { kinds, topicsOf } from "../helpers/topics.ts";

/** 3,200 words, 8 jobs of 400. */
const topics = topicsOf(400);
const settings = { vectorSize: 20, minCount: 1, sample: 0, window: 3, epochs: 3, alpha: 0.05, batchWords: 400 };

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
        const checkpoint = { path, every: 1000 };
        const training = abortedAfter(asks, (signal) => model.train(topics, { checkpoint, signal }));
        await training.catch(({ message }) => assert.is(message, "power cut"));
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
    const checkpoint = { path, every: 1000 };
    await abortedAfter(15, (signal) => model.train(topics, { checkpoint, signal, onProgress })).catch(() => {});
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
  await abortedAfter(12, (signal) => model.train(topics, { signal })).catch((error) => {
    thrown = error;
  });
  assert.is((thrown as Error).message, "power cut");
  assert.is(model.wv.mostSimilar("cat", { topn: 3 }).length, 3);
  using again = await Word2Vec.load(await model.toBytes());
  assert.equal(again.wv.toMatrix().data, model.wv.toMatrix().data);
});

test.run();
