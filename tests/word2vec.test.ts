// Word2Vec as its user meets it: what it learns, what it tells, what it refuses.

import { Readable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TrainingEvent } from "../src/training/options.ts";
import { Word2Vec } from "../src/word2vec.ts";
import { rejects } from "./helpers/rejects.ts";
import { losses, topicsOf } from "./helpers/topics.ts";

const topics = topicsOf(400);
const settings = { vectorSize: 20, minCount: 1, sample: 0, window: 3, epochs: 5, alpha: 0.05 };

for (const sg of [0, 1] as const) {
  for (const { hs, negative } of losses) {
    test(`words of one topic become neighbours: sg ${sg}, hs ${hs}, negative ${negative}`, async () => {
      using model = await Word2Vec.train(topics, { ...settings, sg, hs, negative });
      const neighbors = model.wv.mostSimilar("cat", { topn: 4 }).map(([key]) => key);
      assert.equal(neighbors.sort(), ["cow", "dog", "horse", "sheep"]);
    });
  }
}

test("training in steps is training at once", async () => {
  using whole = await Word2Vec.train(topics, settings);
  using stepwise = new Word2Vec(settings);
  await stepwise.buildVocab(topics);
  const summary = await stepwise.train(topics);
  assert.equal(summary, { rawWords: 400 * 8 * 5, trainedWords: 400 * 8 * 5, epochLosses: [] });
  assert.equal(stepwise.wv.toMatrix().data, whole.wv.toMatrix().data);
});

test("one seed gives the same vectors, another seed others", async () => {
  const vectors = async (seed: number) => {
    using model = await Word2Vec.train(topics, { ...settings, seed });
    return model.wv.toMatrix().data;
  };
  assert.equal(await vectors(7), await vectors(7));
  assert.not.equal(await vectors(7), await vectors(8));
});

test("a corpus may be arrays, an iterable, an async iterable, or a function that returns one", async () => {
  const sync = { [Symbol.iterator]: () => topics.values() };
  const async = {
    async *[Symbol.asyncIterator]() {
      yield* topics;
    },
  };
  using expected = await Word2Vec.train(topics, settings);
  for (const corpus of [sync, async, () => topics.values(), () => async]) {
    using model = await Word2Vec.train(corpus, settings);
    assert.equal(model.wv.toMatrix().data, expected.wv.toMatrix().data);
  }
});

test("an iterator will do for one epoch", async () => {
  using model = await Word2Vec.train(topics.values(), { ...settings, epochs: 1 });
  assert.is(model.wv.size, 10);
});

test("tokens may be empty, hold spaces, or be long", async () => {
  const strange = ["", "New York", "x".repeat(100_000), "你好"];
  using model = await Word2Vec.train([strange, strange], settings);
  assert.equal([...model.wv.indexToKey].sort(), [...strange].sort());
});

test("words are kept as UTF-8: a lone surrogate is U+FFFD, in training and in queries", async () => {
  using model = await Word2Vec.train([["\ud83d", "\ude00", "a\ud83d", "a\ufffd", "😀"]], settings);
  assert.equal([...model.wv.indexToKey].sort(), ["a\ufffd", "😀", "\ufffd"].sort());
  assert.is(model.wv.getIndex("\ud83d"), model.wv.getIndex("\ude00"));
  assert.not(model.wv.has("\ud83d\ud83d"));
});

test("progress is told, callbacks are called, in order", async () => {
  const events: TrainingEvent[] = [];
  const calls: string[] = [];
  const callbacks = {
    onTrainBegin: () => calls.push("train begins"),
    onEpochBegin: () => calls.push("epoch begins"),
    onEpochEnd: () => calls.push("epoch ends"),
    onTrainEnd: () => calls.push("train ends"),
  };
  const onProgress = (event: TrainingEvent) => events.push(event);
  using _model = await Word2Vec.train(topics, { ...settings, epochs: 2, callbacks, onProgress });
  assert.equal(calls, ["train begins", "epoch begins", "epoch ends", "epoch begins", "epoch ends", "train ends"]);
  assert.equal(events[0], { kind: "vocabulary", words: 3200, sentences: 400, vocabSize: 10 });
  assert.equal(
    events.slice(1).map((event) => event.kind === "epoch" && [event.epoch, event.words, event.trainedWords]),
    [
      [0, 3200, 3200],
      [1, 3200, 6400],
    ],
  );
});

test("an abort ends training with the signal's reason", async () => {
  const controller = new AbortController();
  const onEpochBegin = () => controller.abort(new Error("enough"));
  const long = Array.from({ length: 50 }, () => topics).flat();
  let thrown: unknown;
  try {
    await Word2Vec.train(long, { ...settings, epochs: 1000, callbacks: { onEpochBegin }, signal: controller.signal });
  } catch (error) {
    thrown = error;
  }
  assert.is((thrown as Error).message, "enough");
});

test("a sentence of any length is trained on whole", async () => {
  const sentence = Array.from({ length: 60_000 }, (_, i) => `w${(i * i) % 97}`);
  for (const sg of [0, 1] as const) {
    const trained: number[] = [];
    const onProgress = (event: TrainingEvent) => event.kind === "epoch" && trained.push(event.trainedWords);
    using model = await Word2Vec.train([sentence], { ...settings, sg, epochs: 1, onProgress });
    assert.equal(trained, [60_000]);
    assert.ok(model.wv.toMatrix().data.every(Number.isFinite));
  }
});

test("a model that is closed while it is trained ends the training", async () => {
  const callbacks = { onEpochEnd: (model: Word2Vec) => model.close() };
  await rejects("closed", /closed/, () => Word2Vec.train(topics, { ...settings, callbacks }));
});

test("a corpus without words is an error", async () => {
  await rejects("empty-corpus", /0 sentences and no words/, () => Word2Vec.train([]));
  await rejects("empty-corpus", /2 sentences and no words/, () => Word2Vec.train([[], []]));
});

test("an iterator is read once, and serves all epochs", async () => {
  async function* generator() {
    yield* topics;
  }
  using expected = await Word2Vec.train(topics, settings);
  const vectors = expected.wv.toMatrix().data;
  for (const corpus of [
    topics.values(),
    generator(),
    Readable.toWeb(Readable.from(topics)) as ReadableStream<string[]>,
  ]) {
    using model = await Word2Vec.train(corpus, settings);
    assert.equal(model.wv.toMatrix().data, vectors);
  }
});

test("an iterator cannot be read again where words were dropped on the way", async () => {
  const pruned = { ...settings, maxVocabSize: 8 };
  await rejects("one-shot-corpus", /maxVocabSize dropped words/, () => Word2Vec.train(topics.values(), pruned));
});

test("a corpus of strings instead of arrays of words is explained", async () => {
  const strings = ["a whole sentence"] as unknown as string[][];
  await rejects("option-invalid", /the string "a whole sentence"; expected an array of words/, () =>
    Word2Vec.train(strings),
  );
  await rejects("option-invalid", /the string "text"/, () => Word2Vec.train("text" as never));
  await rejects("option-invalid", /Sentence 1 .* an array whose item 1 is true/, () =>
    Word2Vec.train([["a", true]] as never),
  );
  await rejects("option-invalid", /undefined/, () => Word2Vec.train(undefined as never));
});

test("a number in a corpus is the word of its digits", async () => {
  using model = await Word2Vec.train(Array(5).fill([12, "a", 0.5, -0]), { minCount: 1 });
  assert.equal([...model.wv.indexToKey].sort(), ["0", "0.5", "12", "a"]);
  assert.ok(model.wv.has(12));
  for (const [word, what] of [
    [Number.NaN, "NaN"],
    [null, "null"],
    [7n, "7"],
  ] as const) {
    await rejects("option-invalid", new RegExp(`Sentence 2 .* an array whose item 1 is ${what}`), () =>
      Word2Vec.train([["a"], ["a", word]] as never),
    );
  }
  await rejects("option-invalid", /an array whose item 0 is undefined/, () => Word2Vec.train([new Array(1)] as never));
});

test("a learning rate that float32 does not hold is an error", () =>
  rejects(
    "option-invalid",
    /alpha is 1e\+39; expected a number from 0 to 3e\+38/,
    () => new Word2Vec({ alpha: 1e39 }),
  ));

test("hs and negative both 0 is an error", async () => {
  await rejects("option-invalid", /hs and negative are both 0/, () => new Word2Vec({ hs: 0, negative: 0 }));
});

test("a vectorSize that is no positive integer is an error", async () => {
  for (const vectorSize of [0, -1, 1.5, Number.NaN, "100" as never]) {
    await rejects("option-invalid", /vectorSize is .*; expected an integer from 1/, () => new Word2Vec({ vectorSize }));
  }
});

test("each option is checked", async () => {
  const wrong = {
    alpha: -1, window: 0, minCount: -1, maxVocabSize: 0, sample: -1, seed: -1, workers: 0, minAlpha: Number.NaN, sg: 2,
    hs: "yes", negative: 0.5, nsExponent: 17, cbowMean: 3, epochs: 0, nullWord: 5, trimRule: 1,
    sortedVocab: 9, batchWords: 0, computeLoss: "no", callbacks: 1, comment: 1, maxFinalVocab: 0, shrinkWindows: 3,
    reproduce: "gensim-3.8",
  }; // biome-ignore format: one line is enough for each
  for (const [name, value] of Object.entries(wrong)) {
    await rejects(
      "option-invalid",
      new RegExp(`^Word2Vec: ${name} is .*; expected `),
      () => new Word2Vec({ [name]: value }),
    );
  }
});

test("each option of train and buildVocab is checked", async () => {
  using model = new Word2Vec(settings);
  await model.buildVocab(topics);
  const before = model.wv.toMatrix().data;
  const wrong = {
    epochs: "3", totalExamples: 0, totalWords: -1, startAlpha: "0.1", endAlpha: Number.NaN, computeLoss: 5,
    callbacks: [{ onTrainEnd: 5 }], signal: 5, onProgress: "print",
  }; // biome-ignore format: one line is enough for each
  for (const [name, value] of Object.entries(wrong)) {
    await rejects("option-invalid", new RegExp(`^train: ${name} is .*; expected `), () =>
      model.train(topics, { [name]: value } as object),
    );
  }
  await rejects("option-unknown", /train has no option "epoch". Did you mean "epochs"/, () =>
    model.train(topics, { epoch: 3 } as object),
  );
  assert.equal(model.wv.toMatrix().data, before);
  await rejects("option-invalid", /^buildVocab: trimRule is 1; expected a function/, () =>
    model.buildVocab(topics, { trimRule: 1 } as object),
  );
  await rejects("option-invalid", /^Word2Vec\.train: signal is 5; expected an AbortSignal/, () =>
    Word2Vec.train(topics, { signal: 5 } as object),
  );
});

test("options that are no object", async () => {
  await rejects("option-invalid", /Word2Vec got the options 5; expected an object/, () => new Word2Vec(5 as never));
  await rejects("option-invalid", /Word2Vec\.train got the options null/, () => Word2Vec.train(topics, null as never));
  await rejects("option-invalid", /buildVocab got the options null/, () =>
    new Word2Vec().buildVocab(topics, null as never),
  );
});

for (const nsExponent of [-16, 16]) {
  test(`noise can be drawn by counts to the power of ${nsExponent}`, async () => {
    const corpus = [Array(10_000).fill("often"), ["once", "twice", "twice"]];
    using model = await Word2Vec.train(corpus, { ...settings, nsExponent });
    assert.ok(model.wv.toMatrix().data.every(Number.isFinite));
  });
}

test("an unknown option names the nearest one", async () => {
  await rejects(
    "option-unknown",
    /"vector_size". Did you mean "vectorSize"/,
    () => new Word2Vec({ vector_size: 5 } as never),
  );
  await rejects("option-unknown", /"windw". Did you mean "window"/, () =>
    Word2Vec.train(topics, { windw: 5 } as never),
  );
});

test("tables over 4 GiB are an error that says how large they would be", async () => {
  await rejects("too-large", /10 words of 100000000 floats need 19\.2 GB; .* 4\.3 GB\. Take fewer words/, () =>
    Word2Vec.train(topics, { ...settings, vectorSize: 1e8 }),
  );
});

test("tables that the runtime has no memory for are an error that says how large they are", async () => {
  // 20 rows of 40 MB, and seven vectors to work in
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (pages > 1000) throw new RangeError("refused");
    return grow.call(this, pages);
  };
  try {
    await rejects("out-of-memory", /10 words of 10000000 floats need 1\.9 GB, .* Close what is not needed/, () =>
      Word2Vec.train(topics, { ...settings, vectorSize: 1e7 }),
    );
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
});

test("a model without a vocabulary says what to do", async () => {
  const model = new Word2Vec(settings);
  await rejects("empty-vocabulary", /Call buildVocab/, () => model.train(topics));
  await rejects("empty-vocabulary", /Call buildVocab/, () => model.wv);
});

test("use after close is an error", async () => {
  const model = await Word2Vec.train(topics, settings);
  const vectors = model.wv;
  model.close();
  model.close();
  await rejects("closed", /closed/, () => vectors.getVector("cat"));
  await rejects("closed", /closed/, () => model.train(topics));
});

test("the null word is there once, in an update and where the text has it", async () => {
  using model = new Word2Vec({ ...settings, nullWord: 1 });
  await model.buildVocab([["a", "b", "a"]]);
  await model.buildVocab([["a", "c"]], { update: true });
  assert.equal([...model.wv.indexToKey].sort(), ["\0", "a", "b", "c"]);
  assert.is(model.wv.getVecattr("\0", "count"), 1);
  await model.buildVocab([["\0", "a", "\0"]]);
  assert.equal([...model.wv.indexToKey], ["\0", "a"]);
  await model.train([["a", "\0"]], { epochs: 1 });
});

test("a corpus is opened once for each time that it is read, and its iterator is closed when the reading ends", async () => {
  let [opened, closed] = [0, 0];
  const corpus = {
    async *[Symbol.asyncIterator]() {
      opened++;
      try {
        yield* topics;
      } finally {
        closed++;
      }
    },
  };
  using model = await Word2Vec.train(corpus, settings);
  assert.equal([opened, closed], [1, 1]);
  await model.train(corpus, { epochs: 2 });
  assert.equal([opened, closed], [2, 2]);
  using read = await Word2Vec.train(Promise.resolve(corpus), settings);
  assert.equal(read.wv.toMatrix().data, (await Word2Vec.train(async () => corpus, settings)).wv.toMatrix().data);
  await rejects("option-invalid", /Sentence 3 of the corpus is the string "c"/, () =>
    Word2Vec.train([["a"], ["b"], "c"] as never, settings),
  );
});

test("wide windows, many workers and long lists of locks cost what there is to train on", async () => {
  const few = Array.from({ length: 12 }, () => ["a", "b", "c", "d", "e", "f", "g", "h"]);
  using wide = await Word2Vec.train(few, { ...settings, window: 2 ** 31 - 1, sg: 1, hs: 1 });
  assert.ok(wide.wv.toMatrix().data.every(Number.isFinite));
  using many = await Word2Vec.train(few, { ...settings, workers: 1024 });
  assert.is(many.wv.size, 8);
  await rejects("option-invalid", /vectorsLockf is .*; expected one finite number or more/, () =>
    many.train(few, { vectorsLockf: { length: 1e9 } as never }),
  );
  await rejects("key-not-found", /^.{0,400}$/s, () => many.wv.getVector("x".repeat(1e5)));
});

test("callbacks are awaited: their promises of false end a training, their errors are its, a misspelt one is unknown", async () => {
  let epochs = 0;
  const counting = { onEpochBegin: async () => void epochs++ };
  const callbacks = [counting, { onEpochEnd: async () => epochs < 2 }];
  using _ = await Word2Vec.train(topics, { ...settings, epochs: 5, callbacks });
  assert.is(epochs, 2);
  for (const name of ["onTrainBegin", "onEpochBegin", "onEpochEnd", "onTrainEnd"]) {
    const failing = { [name]: () => Promise.reject(new Error(`no ${name}`)) };
    const error = await Word2Vec.train(topics, { ...settings, callbacks: failing }).catch((error) => error);
    assert.is(error.message, `no ${name}`);
  }
  const onProgress = () => Promise.reject(new Error("not listening"));
  assert.is(
    (await Word2Vec.train(topics, { ...settings, onProgress }).catch((error) => error)).message,
    "not listening",
  );
  await rejects("option-unknown", /callbacks have no method "onEpochend"\. Did you mean onEpochEnd/, () =>
    Word2Vec.train(topics, { ...settings, callbacks: { onEpochend() {} } as never }),
  );
  class Mine {
    on_epoch_end() {}
  }
  await rejects("option-unknown", /no method "on_epoch_end"\. Did you mean onEpochEnd/, () =>
    Word2Vec.train(topics, { ...settings, callbacks: new Mine() as never }),
  );
});

test.run();
