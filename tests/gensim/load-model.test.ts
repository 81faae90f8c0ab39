// Word2Vec models that gensim saved train on here, with its words, tables, tree, subsampling and random numbers.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { filesBeside } from "../../src/files/beside.ts";
import { openSource } from "../../src/files/source.ts";
import { PickleWriter } from "../../src/formats/pickle-writer.ts";
import { readGensimModel } from "../../src/gensim/load-model.ts";
import { SaveFiles } from "../../src/gensim/save-files.ts";
import type { Model } from "../../src/model/model.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { sharedData } from "../helpers/data.ts";
import { type ExpectedModel, expectedOf, filesOf, save, VERSIONS } from "../helpers/gensim-saves.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";

/** Opens a save as the library does within. */
async function open(path: string) {
  await Engine.load();
  const pickle = await openSource(path);
  const files = new SaveFiles(filesBeside(path), pickle, false, undefined);
  try {
    return await readGensimModel(files);
  } finally {
    await files.close();
    await pickle.close?.();
  }
}

const rowsOf = (model: Model, name: string) => {
  const table = model.learnt.find((table) => table.name === name);
  if (!table) return undefined;
  return Array.from({ length: table.rows }, (_, i) => [...model.readRows(table, i, i + 1)]);
};

function assertModel(model: Model, { keys, counts, rows, syn1neg, syn1, random }: ExpectedModel): void {
  const { vocabulary } = model.table;
  assert.equal(
    keys.map((_, id) => vocabulary.word(id)),
    keys,
  );
  assert.equal([...vocabulary.counts], counts);
  assert.equal(rowsOf(model, "input"), rows);
  assert.equal(rowsOf(model, "output"), syn1neg);
  assert.equal(rowsOf(model, "nodes"), syn1?.slice(0, -1));
  assert.equal([...model.randomState], random);
}

for (const version of VERSIONS) {
  const expected = expectedOf(version);

  test(`gensim ${version}: words, tables, random numbers; the tree and the subsampling are those of the counts`, async () => {
    for (const [name, kind] of [
      [`skipgram-${version}.model`, "skipgram"],
      [`separate-${version}.model`, "skipgram"],
      [`both-${version}.model`, "both"],
    ] as const) {
      const { built } = await open(save(name));
      assert.ok(built);
      assertModel(built.model, expected[kind]);
      assert.equal(built.model.given, {});
      const { kept, counts } = built.model.frequencies;
      const shares = [...kept].map((number, id) => number / counts[id]);
      const gensims = expected[kind].sampling.map((limit) => limit / 0xffffffff);
      for (const [id, share] of shares.entries()) assert.ok(Math.abs(share - gensims[id]) < 1e-9);
      built.model.close();
    }
  });

  test(`gensim ${version}: options and history`, async () => {
    const { options, built } = await open(save(`both-${version}.model`));
    const { vectorSize, minCount, workers, window, epochs, seed, hs, negative, sample, comment, sg, batchWords } =
      options;
    assert.equal(
      { vectorSize, minCount, workers, window, epochs, seed, hs, negative, sample, comment, sg, batchWords },
      {
        ...{
          vectorSize: 5,
          minCount: 1,
          workers: 1,
          window: 2,
          epochs: 2,
          seed: 3,
          hs: true,
          negative: 3,
          sample: 0.1,
        },
        ...{ comment: "of birds", sg: false, batchWords: 10_000 },
      },
    );
    assert.equal(built?.history, { corpusCount: 9, corpusTotalWords: 47, effectiveMinCount: 1, trainCount: 1 });
    built?.model.close();
  });
}

test("a tree and a subsampling that do not follow from the counts are kept, in our files and in gensim's", async () => {
  const { point, code, sampling, ...words } = expectedOf("4.4").recounted;
  const assertPlan = ({ given }: Model) => {
    assert.equal([...(given.paths?.points ?? [])], point.flat());
    assert.equal([...(given.paths?.codes ?? [])], code.flat());
    assert.equal([...(given.sampling ?? [])], sampling);
  };
  const { built } = await open(save("recounted-4.4.model"));
  assert.ok(built);
  assertModel(built.model, { ...words, sampling });
  assertPlan(built.model);
  built.model.close();
  using model = await Word2Vec.load(save("recounted-4.4.model"));
  const bytes = await model.toBytes();
  assert.match(Buffer.from(bytes).toString("latin1"), /"formatVersion":"3"/);
  using again = await Word2Vec.load(bytes);
  assert.equal(await again.toBytes(), bytes);
  await withFolder(async (folder) => {
    await again.save(`${folder}/recounted.model`);
    const saved = await open(`${folder}/recounted.model`);
    assertPlan((saved.built as { model: Model }).model);
    saved.built?.model.close();
  });
  for (const one of [model, again]) await one.train([["the", "cat", "sees", "the", "sea"]], { epochs: 3 });
  assert.equal(await again.toBytes(), await model.toBytes());
});

/** A model as gensim 0.13 saved it: words "a", "b", … with counts and what gensim said of each, a vector of [i, 1] for word i. */
function oldModel(counts: readonly number[], sampling: readonly number[]): Uint8Array {
  const writer = new PickleWriter();
  const floats = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
  const chunks: Uint8Array[] = [];
  const rows = counts.flatMap((_, i) => [i, 1]);
  const word = (i: number) => String.fromCharCode(97 + i);
  writer.beginObject("gensim.models.word2vec", "Word2Vec");
  writer.entries({
    vector_size: 2,
    window: 5,
    alpha: 0.025,
    min_alpha: 0.0001,
    min_count: 1,
    sample: 0.1,
    negative: 5,
  });
  writer.entries({ hs: 0, sg: 0, iter: 3, workers: 1, seed: 1, cbow_mean: 1, sorted_vocab: 1, max_vocab_size: null });
  writer.text("index2word");
  chunks.push(...writer.items("list", counts.length, (i) => writer.text(word(i))));
  writer.text("vocab");
  const vocabulary = writer.items("dict", counts.length, (i) => {
    writer.text(word(i));
    writer.beginObject("gensim.models.word2vec", "Vocab");
    writer.entries({ count: counts[i], index: i, sample_int: sampling[i] });
    writer.endObject();
  });
  chunks.push(...vocabulary);
  for (const name of ["syn0", "syn1neg"]) {
    writer.text(name);
    chunks.push(...writer.array([counts.length, 2], "f4", [floats(rows)]));
  }
  writer.endObject();
  writer.stop();
  chunks.push(...writer.rest());
  return new Uint8Array(Buffer.concat(chunks));
}

test("2^32 means always, and so does the 0 that gensim 4 made of it; other limits are the file's", async () => {
  // the threshold is 0.1 · 100: a word of up to 26 is never dropped
  const counts = [80, 15, 5];
  const limit = Math.round((Math.sqrt(8) + 1) * (1 / 8) * 2 ** 32);
  for (const always of [2 ** 32, 2 ** 32 - 1, 0]) {
    using model = await Word2Vec.load(oldModel(counts, [limit, always, always]));
    assert.equal([...model.wv.getVector("b")], [1, 1]);
    assert.not.match(Buffer.from(await model.toBytes()).toString("latin1"), /"sampling"/);
    const { trainedWords } = await model.train(Array(100).fill(["b", "c"]), { epochs: 1 });
    assert.is(trainedWords, 200);
  }
  using other = await Word2Vec.load(oldModel(counts, [limit, 2 ** 31, 2 ** 32]));
  const { trainedWords } = await other.train(Array(1000).fill(["b"]), { epochs: 1 });
  assert.ok(trainedWords > 400 && trainedWords < 600, `${trainedWords} of 1,000, of which a half was to be kept`);
});

test("a model without a vocabulary, and one without what training needs", async () => {
  const empty = oldModel([], []);
  using model = await Word2Vec.load(empty);
  assert.match(String(model), /no vocabulary/);
  assert.is(model.epochs, 3);
  const text = Buffer.from(oldModel([2, 1], [0, 0])).toString("latin1");
  const trimmed = Buffer.from(text.replace("syn1neg", "synxneg"), "latin1");
  await rejects("model-incomplete", /has no syn1neg, which training needs.*KeyedVectors\.load/, () =>
    Word2Vec.load(trimmed),
  );
  const odd = Buffer.from(text.replace("cbow_mean", "cbow_mode").replace("window", "WINDOW"), "latin1");
  using loaded = await Word2Vec.load(odd);
  assert.is(loaded.vectorSize, 2);
  const wrong = Buffer.from(text.replace("\x08negativeK\x05", "\x08negativeJ\xff\xff\xff\xff"), "latin1");
  await rejects("format-damaged", /negative is -1/, () => Word2Vec.load(wrong));
});

test("a model of gensim's answers, trains on, and is saved and loaded to the last bit", async () => {
  for (const from of [save("both-protocol5.model"), filesOf("both.model.gz"), save("separate-4.3.model")]) {
    using model = await Word2Vec.load(from);
    const before = [...model.wv.getVector("sea")];
    const { trainedWords } = await model.train(Array(50).fill(["the", "cat", "sees", "the", "sea"]), { epochs: 2 });
    assert.ok(trainedWords > 0);
    assert.not.equal([...model.wv.getVector("sea")], before);
    const bytes = await model.toBytes();
    using again = await Word2Vec.load(bytes);
    assert.equal(await again.toBytes(), bytes);
  }
});

test("another class of gensim's says what reads it", async () => {
  await rejects("format-unknown", /holds gensim's FastText; expected a Word2Vec.*KeyedVectors\.load/, () =>
    Word2Vec.load(save("fasttext-4.4.model")),
  );
  await rejects("format-unknown", /gensim's KeyedVectors/, () => Word2Vec.load(save("vectors-4.4.kv")));
  await rejects("format-unknown", /gensim's FrozenPhrases.*Phrases\.load/, () =>
    Word2Vec.load(save("frozen-4.4.model")),
  );
});

test("a missing table says which", async () => {
  const files = filesOf("separate-4.4.model");
  files.delete("separate-4.4.model.syn1neg.npy");
  await rejects("file-not-found", /keeps its syn1neg in a second file/, () => Word2Vec.load(files));
});

test("gensim 0.12: sample_int 2^32 means always, in an old model and in its text", async () => {
  const path = sharedData("vectors/w2v_0.12.0.mdl");
  if (!path) return console.log("not run: w2v_0.12.0.mdl, which is not on this machine");
  const { options, built } = await open(path);
  const { counts, kept } = (built as { model: Model }).model.frequencies;
  assert.equal([...kept], [...counts]);
  assert.is(options.hs, true);
  built?.model.close();
  using model = await Word2Vec.load(path);
  const { trainedWords, rawWords } = await model.train([["first", "second", "sentence"]], { epochs: 4 });
  assert.equal([trainedWords, rawWords], [12, 12]);
});

test.run();
