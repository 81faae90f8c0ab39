// Models and vectors as gensim reads them. That it does is tried by tests/golden/round-trips-gensim.py.

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess } from "../../src/files/random-access.ts";
import { readPickle } from "../../src/formats/pickle.ts";
import type { NdArray, PyDict, PyObject } from "../../src/formats/pickle-values.ts";
import { GENSIM_GLOBALS } from "../../src/gensim/classes.ts";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Word2Vec, type Word2VecOptions } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";

const sentences = ["the cat sees the dog", "a dog hears the cat", "el niño ve 中文"].map((text) => text.split(" "));
const settings: Word2VecOptions = { vectorSize: 5, window: 2, minCount: 1, epochs: 2, seed: 3 };

const read = async (path: string) =>
  (await readPickle(bytesAccess(await readFile(path)), {
    file: path,
    globals: GENSIM_GLOBALS,
    advice: "",
  })) as PyObject;

/** The attributes without which gensim does not train: its thread dies, and the call waits for ever. */
const NEEDED = [
  ...["vector_size", "workers", "epochs", "total_train_time", "batch_words", "sg", "alpha", "min_alpha", "window"],
  ...["random", "hs", "negative", "cbow_mean", "min_alpha_yet_reached", "max_vocab_size", "min_count", "sample"],
  ...["sorted_vocab", "null_word", "wv", "seed", "layer1_size"],
];

for (const kind of [{ sg: 1 }, { hs: 1, negative: 0 }, { hs: 1, negative: 3, sample: 0 }] as const) {
  test(`a model is saved as gensim's, and comes back: ${JSON.stringify(kind)}`, () =>
    withFolder(async (folder) => {
      using model = await Word2Vec.train(sentences, { ...settings, ...kind, comment: "of birds" });
      await model.save(`${folder}/a.model`);
      using again = await Word2Vec.load(`${folder}/a.model`);
      assert.equal(await again.toBytes(), await model.toBytes());
      const object = await read(`${folder}/a.model`);
      const names = Array.from(object.state.entries(), ([name]) => name);
      assert.equal(
        NEEDED.filter((name) => !names.includes(name)),
        [],
      );
      const tables = ["syn1neg", "syn1"].filter((name) => object.get(name));
      assert.equal(
        tables,
        ["negative" in kind && !kind.negative ? [] : ["syn1neg"], "hs" in kind ? ["syn1"] : []].flat(),
      );
      const wv = object.get("wv") as PyObject;
      const expandos = wv.get("expandos") as PyDict;
      const columns = Array.from(expandos.entries(), ([name]) => name);
      assert.equal(columns, ["count", "sample_int", ...("hs" in kind ? ["point", "code"] : [])]);
      assert.equal((wv.get("vectors") as NdArray).shape, [model.wv.size, 5]);
    }));
}

test("whole numbers that gensim keeps as floats stay floats", () =>
  withFolder(async (folder) => {
    using model = await Word2Vec.train(sentences, { ...settings, alpha: 1, sample: 0, minAlpha: 0 });
    await model.save(`${folder}/a.model`);
    const text = (await readFile(`${folder}/a.model`)).toString("latin1");
    assert.ok(text.includes("\x05alphaG\x3f\xf0\0"));
    assert.ok(text.includes(`\x06sampleG${"\0".repeat(8)}`));
  }));

test("vectors are saved as gensim's, with their counts; .gz zips", () =>
  withFolder(async (folder) => {
    using vectors = await KeyedVectors.from({ a: [1, 2], "b c": [3, 4], 中: [-1, 0.5] });
    vectors.setVecattr("a", "count", 7);
    for (const name of ["v.kv", "v.kv.gz"]) {
      await vectors.save(`${folder}/${name}`);
      using again = await KeyedVectors.load(`${folder}/${name}`);
      assert.equal([...again.indexToKey], ["a", "b c", "中"]);
      assert.equal(again.toMatrix().toArrays(), vectors.toMatrix().toArrays());
      assert.equal([again.getVecattr("a", "count"), again.getVecattr("中", "count")], [7, 1]);
    }
    const bytes = await readFile(`${folder}/v.kv`);
    assert.equal(gunzipSync(await readFile(`${folder}/v.kv.gz`)), bytes);
    const object = await read(`${folder}/v.kv`);
    assert.is(object.type, "gensim.models.keyedvectors.KeyedVectors");
    const places = object.get("key_to_index") as PyDict;
    assert.equal(
      [...places.entries()],
      [
        ["a", 0],
        ["b c", 1],
        ["中", 2],
      ],
    );
  }));

test("more words than come at a time, and rows than are copied at a time", () =>
  withFolder(async (folder) => {
    const size = 4_500;
    const rows = Float32Array.from({ length: size * 300 }, (_, i) => i);
    const keys = Array.from({ length: size }, (_, i) => `key ${i}`);
    using vectors = await KeyedVectors.from(keys, { data: rows, shape: [size, 300] });
    await vectors.save(`${folder}/v.kv`);
    using again = await KeyedVectors.load(`${folder}/v.kv`);
    assert.equal(again.toMatrix().data, rows);
    assert.equal([...again.indexToKey], keys);
  }));

test("a model goes where its name says: .gz is zipped, and names of files of vectors are refused", () =>
  withFolder(async (folder) => {
    using model = await Word2Vec.train(sentences, settings);
    for (const name of ["m.model.gz", "m.safetensors.gz", "m.safetensors", "m"]) {
      await model.save(`${folder}/${name}`);
      using again = await Word2Vec.load(`${folder}/${name}`);
      assert.equal(await again.toBytes(), await model.toBytes());
    }
    for (const name of ["m.kv", "m.bin", "m.txt", "m.vec.gz"]) {
      await rejects("option-invalid", /holds vectors only.*model\.wv\.save/, () => model.save(`${folder}/${name}`));
    }
  }));

test("a change of the vectors while they are written replaces nothing", async () => {
  using model = await Word2Vec.train(sentences, settings);
  const target = new WritableStream<Uint8Array<ArrayBuffer>>({}) as WritableStream<Uint8Array<ArrayBuffer>> & {
    name: string;
  };
  target.name = "m.model";
  const saving = model.save(target);
  model.wv.setVector("cat", [1, 2, 3, 4, 5]);
  await rejects("table-changed", /save/, () => saving);
});

test.run();
