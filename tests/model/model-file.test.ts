// A model's file: what is saved comes back to the last bit, and what is no whole model is refused.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { bytesAccess, type RandomAccess } from "../../src/files/random-access.ts";
import type { SourceLike } from "../../src/files/source-kinds.ts";
import { readSafetensors, safetensorsChunks, type TensorToWrite } from "../../src/formats/safetensors.ts";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Word2Vec, type Word2VecOptions } from "../../src/word2vec.ts";
import { readGolden } from "../helpers/golden.ts";
import { rejects } from "../helpers/rejects.ts";
import { withoutRanges, withRanges, withServer } from "../helpers/server.ts";
import { whileReadOnly, withFolder } from "../helpers/temporary.ts";

const KEPT = "model-v1.safetensors";

const sentences = ["the cat sees the dog", "a dog hears the cat", "the bird sees a fish"].map((text) =>
  text.split(" "),
);
const others = ["a cat hears a bird", "the fish sees the sea"].map((text) => text.split(" "));
const settings: Word2VecOptions = { vectorSize: 5, window: 2, minCount: 1, sample: 0.1, epochs: 3, seed: 3 };

/** Each set of tables that a model may have. */
const kinds = [
  { sg: 1, hs: 0, negative: 5 },
  { sg: 0, hs: 1, negative: 0 },
  { sg: 0, hs: 1, negative: 5 },
] as const;

for (const kind of kinds) {
  const what = `sg ${kind.sg}, hs ${kind.hs}, negative ${kind.negative}`;

  test(`a loaded model answers as the saved one did, and saves the same bytes: ${what}`, async () => {
    using saved = await Word2Vec.train(sentences, { ...settings, ...kind });
    const bytes = await saved.toBytes();
    using loaded = await Word2Vec.load(bytes);
    assert.equal([...loaded.wv.indexToKey], [...saved.wv.indexToKey]);
    assert.equal(loaded.wv.toMatrix().data, saved.wv.toMatrix().data);
    assert.equal(loaded.wv.mostSimilar("cat"), saved.wv.mostSimilar("cat"));
    assert.equal(await loaded.toBytes(), bytes);
  });

  test(`train, save, load, train is train, train: ${what}`, async () => {
    using straight = await Word2Vec.train(sentences, { ...settings, ...kind });
    using loaded = await Word2Vec.load(await straight.toBytes());
    for (const model of [straight, loaded]) await model.train(others, { epochs: 2, startAlpha: 0.05 });
    assert.equal(await loaded.toBytes(), await straight.toBytes());
  });
}

test("what a model has been through comes back, and its options", async () => {
  const options = { ...settings, minCount: 2, maxFinalVocab: 3, comment: "of birds", epochs: 4 };
  using loaded = await Word2Vec.load(await (await Word2Vec.train(sentences, options)).toBytes());
  assert.equal([...loaded.wv.indexToKey], ["the"]);
  const { corpusCount, corpusTotalWords, effectiveMinCount, epochs, vectorSize } = loaded;
  assert.equal([corpusCount, corpusTotalWords, effectiveMinCount, epochs, vectorSize], [3, 15, 3, 4, 5]);
  const { metadata } = await readSafetensors(bytesAccess(await loaded.toBytes()));
  assert.is(JSON.parse(metadata.options).comment, "of birds");
  assert.is(JSON.parse(metadata.history).trainCount, 1);
});

test("a vocabulary without training, of one word, of strange words", async () => {
  using fresh = new Word2Vec({ ...settings, hs: 1, comment: null });
  const strange = ["", "New York", "你好", "👩‍🚀", "\0", "\ufeffmark", "x".repeat(10_000)];
  await fresh.buildVocab([strange]);
  using loaded = await Word2Vec.load(await fresh.toBytes());
  assert.equal([...loaded.wv.indexToKey].sort(), strange.sort());
  using single = await Word2Vec.train([["word", "word"]], { ...settings, hs: 1 });
  assert.equal([...(await Word2Vec.load(await single.toBytes())).wv.indexToKey], ["word"]);
});

test("tables of more than are copied at a time", async () => {
  using saved = new Word2Vec({ ...settings, vectorSize: 300_001 });
  await saved.buildVocab(sentences);
  using loaded = await Word2Vec.load(await saved.toBlob());
  assert.is(Buffer.compare(Buffer.from(await loaded.toBytes()), Buffer.from(await saved.toBytes())), 0);
});

test("the file is a safetensors file: eight bytes of length, the header, tensors from a multiple of eight on", async () => {
  using model = await Word2Vec.train(sentences, { ...settings, hs: 1 });
  const { tensors, metadata } = await readSafetensors(bytesAccess(await model.toBytes()));
  const words = model.wv.size;
  assert.equal(Object.fromEntries([...tensors.values()].map(({ name, dtype, shape }) => [name, [dtype, ...shape]])), {
    counts: ["F64", words],
    "vocabulary.offsets": ["U32", words + 1],
    random_state: ["U32", 625],
    input: ["F32", words, 5],
    output: ["F32", words, 5],
    nodes: ["F32", words - 1, 5],
    "vocabulary.text": ["U8", [...model.wv.indexToKey].join("").length],
    checksums: ["U8", 8, 16],
  });
  assert.equal([metadata.format, metadata.formatVersion], ["wasm2vec.word2vec", "2"]);
  for (const { dtype, begin } of tensors.values()) assert.is(begin % (dtype === "F64" ? 8 : dtype === "U8" ? 1 : 4), 0);
});

test("a file of version 1 that is kept: it opens, answers, trains on, and is written as version 2", async () => {
  const kept = await readFile(`tests/golden/${KEPT}`);
  const digest = createHash("sha256").update(kept).digest("hex");
  assert.is(digest, "49bbf5ac82c35d1eef7d0d8da0e411e36fd320882d50bd4682c43f9385c601ee", "it must stay what it was");
  const { tensors, metadata } = readGolden(KEPT);
  using model = await Word2Vec.load(kept);
  assert.equal([...model.wv.indexToKey], ["the", "cat", "", "New York", "你好", "dog", "sees"]);
  assert.equal(model.wv.toMatrix().data, tensors.input);
  assert.is(model.vectorSize, metadata.options.vectorSize);
  // tests/golden/check_model.py computes the same from the file
  assert.ok(Math.abs(model.wv.similarity("the", "cat") - 0.9727399349) < 1e-6);
  const written = await model.toBytes();
  using again = await Word2Vec.load(written);
  assert.equal(again.wv.toMatrix().data, tensors.input);
  assert.equal(await again.toBytes(), written);
  await model.train([["the", "dog", "sees", "the", "cat"]], { epochs: 1 });
  assert.not.equal(model.wv.toMatrix().data, tensors.input);
});

async function loadsTheKept(from: SourceLike): Promise<void> {
  using model = await Word2Vec.load(from);
  assert.equal(model.wv.toMatrix().data, readGolden(KEPT).tensors.input);
}

test("from a path, a file: URL, a Blob, bytes, a view at an odd address, a source of one's own", async () => {
  const path = `tests/golden/${KEPT}`;
  await loadsTheKept(path);
  await loadsTheKept(pathToFileURL(path));
  const bytes = new Uint8Array(await readFile(path));
  await loadsTheKept(bytes);
  await loadsTheKept(bytes.buffer);
  await loadsTheKept(new Blob([bytes]));
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  await loadsTheKept(shifted.subarray(3));
  await loadsTheKept({ size: bytes.length, read: async (begin, end) => bytes.subarray(begin, end) });
});

test("from a URL, with ranges and without", async () => {
  const files = { [KEPT]: await readFile(`tests/golden/${KEPT}`) };
  await withServer(withRanges(files), (url) => loadsTheKept(`${url}/${KEPT}`));
  await withServer(withoutRanges(files), (url) => loadsTheKept(new URL(`${url}/${KEPT}`)));
});

test("as bytes also where Blobs cannot be read, as in jsdom", async () => {
  using model = await Word2Vec.train(sentences, settings);
  const bytes = await model.toBytes();
  const { arrayBuffer } = Blob.prototype;
  Reflect.deleteProperty(Blob.prototype, "arrayBuffer");
  try {
    assert.equal(await model.toBytes(), bytes);
  } finally {
    Blob.prototype.arrayBuffer = arrayBuffer;
  }
});

test("to a path and to a stream: the same bytes as toBytes and toBlob", () =>
  withFolder(async (folder) => {
    using model = await Word2Vec.train(sentences, settings);
    const bytes = await model.toBytes();
    const path = join(folder, "model.safetensors");
    await model.save(path);
    assert.equal(new Uint8Array(await readFile(path)), bytes);
    const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
    const [streamed] = await Promise.all([new Response(readable).arrayBuffer(), model.save(writable)]);
    assert.equal(new Uint8Array(streamed), bytes);
    assert.equal(new Uint8Array(await (await model.toBlob()).arrayBuffer()), bytes);
  }));

test("a save to a read-only place is an error, and the old file stays", () =>
  withFolder(async (folder) => {
    if (process.platform === "win32") return console.log("not run: folders of Windows are never read-only");
    using model = await Word2Vec.train(sentences, settings);
    const path = join(folder, "model.safetensors");
    await model.save(path);
    const old = await readFile(path);
    await model.train(others);
    await whileReadOnly(folder, () =>
      rejects("file-not-writable", /model\.safetensors" could not be written: EACCES.*Choose a place/, () =>
        model.save(path),
      ),
    );
    assert.equal(await readFile(path), old);
    assert.equal(await readdir(folder), ["model.safetensors"]);
  }));

test("a save onto a folder, or below a file, is an error, and changes nothing", () =>
  withFolder(async (folder) => {
    using model = await Word2Vec.train(sentences, settings);
    await mkdir(join(folder, "below"));
    await writeFile(join(folder, "file"), "old");
    await rejects("file-not-writable", /EISDIR/, () => model.save(join(folder, "below")));
    await rejects("file-not-writable", /ENOTDIR/, () => model.save(join(folder, "file", "model.safetensors")));
    assert.equal((await readdir(folder)).sort(), ["below", "file"]);
    assert.is(await readFile(join(folder, "file"), "utf8"), "old");
  }));

test("a model without a vocabulary, or closed, is not saved", () =>
  withFolder(async (folder) => {
    const path = join(folder, "model.safetensors");
    const model = new Word2Vec(settings);
    await rejects("empty-vocabulary", /Call buildVocab/, () => model.save(path));
    await rejects("empty-vocabulary", /Call buildVocab/, () => model.toBytes());
    await model.buildVocab(sentences);
    model.close();
    await rejects("closed", /closed/, () => model.save(path));
    await rejects("closed", /closed/, () => model.toBlob());
    assert.equal(await readdir(folder), []);
  }));

test("a path that is not there, or cannot be read; no source at all", async () => {
  await rejects("file-not-found", /There is no file "no\/such\.safetensors"/, () =>
    Word2Vec.load("no/such.safetensors"),
  );
  await rejects("file-not-readable", /"tests" could not be read/, () => Word2Vec.load("tests"));
  await rejects("option-invalid", /A source is undefined/, () => Word2Vec.load(undefined as never));
  await rejects("option-unknown", /Word2Vec\.load has no option "sginal"\. Did you mean "signal"/, () =>
    Word2Vec.load("x", { sginal: 1 } as object),
  );
});

test("a file that may not be read", () =>
  withFolder(async (folder) => {
    if (process.platform === "win32") return console.log("not run: files of Windows can always be read");
    const path = join(folder, "secret.safetensors");
    await writeFile(path, "secret", { mode: 0 });
    await whileReadOnly(folder, () =>
      rejects("file-not-readable", /secret\.safetensors" could not be read: EACCES/, () => Word2Vec.load(path)),
    );
  }));

test("an abort ends loading with the signal's reason", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const error = await Word2Vec.load(`tests/golden/${KEPT}`, { signal }).catch((error) => error);
  assert.is(error.message, "enough");
});

test("messages call a URL by its address, without the query, which may be a secret", async () => {
  await withServer(withRanges({ "notes.txt": new TextEncoder().encode("no model") }), (url) =>
    rejects("format-unknown", /^http:\/\/127\.0\.0\.1:\d+\/notes\.txt is a text; expected(?!.*secret)/, () =>
      Word2Vec.load(`${url}/notes.txt?key=secret`),
    ),
  );
});

interface Parts {
  metadata: Record<string, string>;
  tensors: Record<string, TensorToWrite>;
}

/** The kept file with something changed: still a whole safetensors file. */
async function changed(change: (parts: Parts) => void): Promise<Uint8Array> {
  const file = await readSafetensors(bytesAccess(new Uint8Array(await readFile(`tests/golden/${KEPT}`))));
  const tensors: Parts["tensors"] = {};
  for (const { name, dtype, shape } of file.tensors.values()) {
    tensors[name] = { name, dtype, shape, chunks: [(await file.read(name)).slice()] };
  }
  const parts = { metadata: { ...file.metadata }, tensors };
  change(parts);
  return Buffer.concat([...safetensorsChunks(Object.values(parts.tensors), parts.metadata)]);
}

/** A tensor of the same name and dtype with other numbers. */
function withNumbers({ tensors }: Parts, name: string, numbers: Float32Array | Float64Array | Uint32Array): void {
  const { dtype } = tensors[name];
  tensors[name] = { name, dtype, shape: [numbers.length], chunks: [new Uint8Array(numbers.buffer)] };
}

const withOptions = (parts: Parts, options: object) => {
  parts.metadata.options = JSON.stringify({ ...JSON.parse(parts.metadata.options), ...options });
};

const whole = (offsets: number[]) => Uint32Array.from(offsets);

// The kept file has 7 words of 27 bytes and vectors of 3 numbers.
const damages: [what: string, message: RegExp, change: (parts: Parts) => void][] = [
  ["a tensor is missing", /no tensor "output"/, ({ tensors }) => delete tensors.output],
  ["the counts are missing", /no tensor "counts"/, ({ tensors }) => delete tensors.counts],
  ["the random state is missing", /no tensor "random_state"/, ({ tensors }) => delete tensors.random_state],
  [
    "a table has another shape",
    /tensor "nodes" is F32 \[3, 6\]; expected F32 \[6, 3\]/,
    ({ tensors }) => Object.assign(tensors.nodes, { shape: [3, 6] }),
  ],
  [
    "a table has another dtype",
    /tensor "input" is I32 \[7, 3\]; expected F32 \[7, 3\]/,
    ({ tensors }) => Object.assign(tensors.input, { dtype: "I32" }),
  ],
  [
    "the counts have two dimensions",
    /tensor "counts" is F64 \[7, 1\]; expected F64 \[V\]/,
    ({ tensors }) => Object.assign(tensors.counts, { shape: [7, 1] }),
  ],
  [
    "there are counts for fewer words",
    /tensor "vocabulary\.offsets" is U32 \[8\]; expected U32 \[7\]/,
    (parts) => withNumbers(parts, "counts", new Float64Array(6).fill(1)),
  ],
  [
    "there are no words",
    /it has no words/,
    (parts) => {
      withNumbers(parts, "counts", new Float64Array());
      withNumbers(parts, "vocabulary.offsets", whole([0]));
    },
  ],
  [
    "a count is none",
    /a word's count is no count/,
    (parts) => withNumbers(parts, "counts", new Float64Array(7).fill(Number.NaN)),
  ],
  [
    "a count is a fraction",
    /a word's count is no count/,
    (parts) => withNumbers(parts, "counts", new Float64Array(7).fill(0.5)),
  ],
  [
    "the words' offsets fall",
    /the offsets of its words do not cover their text/,
    (parts) => withNumbers(parts, "vocabulary.offsets", whole([0, 5, 3, 9, 12, 15, 20, 27])),
  ],
  [
    "the words' offsets go beyond their text",
    /the offsets of its words do not cover their text/,
    (parts) => withNumbers(parts, "vocabulary.offsets", whole([0, 3, 6, 9, 12, 15, 20, 4_000_000_000])),
  ],
  [
    "the words' offsets begin late",
    /the offsets of its words do not cover their text/,
    (parts) => withNumbers(parts, "vocabulary.offsets", whole([1, 3, 6, 9, 12, 15, 20, 27])),
  ],
  [
    "a word comes twice",
    /The key "" comes twice/,
    (parts) => withNumbers(parts, "vocabulary.offsets", whole([0, 0, 0, 6, 14, 20, 23, 27])),
  ],
  [
    "a word ends within a character",
    /word 5 begins within a character/,
    (parts) => withNumbers(parts, "vocabulary.offsets", whole([0, 3, 6, 6, 14, 15, 23, 27])),
  ],
  ["the options are missing", /its metadata: /, ({ metadata }) => delete metadata.options],
  ["the options are no JSON", /its metadata: .*JSON/, ({ metadata }) => Object.assign(metadata, { options: "{" })],
  [
    "the options are no object",
    /its metadata: .*expected an object/,
    ({ metadata }) => Object.assign(metadata, { options: "null" }),
  ],
  ["an option is out of range", /its metadata: Word2Vec: window is -1/, (parts) => withOptions(parts, { window: -1 })],
  ["an option is unknown", /its metadata: .*no option "windows"/, (parts) => withOptions(parts, { windows: 5 })],
  [
    "the options promise longer vectors; no memory is taken for them",
    /tensor "input" is F32 \[7, 3\]; expected F32 \[7, 100000000\]/,
    (parts) => withOptions(parts, { vectorSize: 1e8 }),
  ],
  ["the history is missing", /its metadata: /, ({ metadata }) => delete metadata.history],
  [
    "the history lacks a count",
    /its metadata: the history .* lacks a count/,
    ({ metadata }) => Object.assign(metadata, { history: '{"corpusCount":2}' }),
  ],
  [
    "the version is none",
    /its formatVersion is "one"/,
    ({ metadata }) => Object.assign(metadata, { formatVersion: "one" }),
  ],
  ["the version is missing", /its formatVersion is undefined/, ({ metadata }) => delete metadata.formatVersion],
];

for (const [what, message, change] of damages) {
  test(`damaged: ${what}`, async () => {
    const bytes = await changed(change);
    await rejects("format-damaged", message, () => Word2Vec.load(bytes));
  });
}

test("a newer version says what to install", async () => {
  const newer = await changed(({ metadata }) => Object.assign(metadata, { formatVersion: "4" }));
  await rejects("format-unknown", /format version "4"; .* up to 3\. Install a newer one/, () => Word2Vec.load(newer));
});

test("another safetensors file says what reads it; what is none at all says so", async () => {
  await rejects(
    "format-unknown",
    /word2vec-toy-4\.4\.safetensors" is no Word2Vec model of wasm2vec\. .*EmbeddingMatrix/,
    () => Word2Vec.load("tests/golden/word2vec-toy-4.4.safetensors"),
  );
  await rejects("format-unknown", /"package\.json" is JSON; expected a safetensors/, () =>
    Word2Vec.load("package.json"),
  );
  await rejects("format-damaged", /The given source .* has 0 bytes/, () => Word2Vec.load(new Uint8Array()));
});

test("a file that is cut off, wherever that is", async () => {
  const kept = new Uint8Array(await readFile(`tests/golden/${KEPT}`));
  for (let length = 0; length < kept.length; length++) {
    await rejects("format-damaged", /no whole safetensors file/, () => Word2Vec.load(kept.subarray(0, length)));
  }
});

test("a source that fails on the way", async () => {
  const kept = new Uint8Array(await readFile(`tests/golden/${KEPT}`));
  for (let good = 0; good < 9; good++) {
    let reads = 0;
    const failing: RandomAccess = {
      size: kept.length,
      read: async (begin, end) => {
        if (reads++ === good) throw new Error("the cable was cut");
        return kept.slice(begin, end);
      },
    };
    const error = await Word2Vec.load(failing).catch((error) => error);
    assert.is(error.message, "the cable was cut", `after ${good} reads`);
  }
});

test("a bit of any byte of a file of version 2 that is not what was written is told", async () => {
  const kept = new Uint8Array(await readFile("tests/golden/model-v2.safetensors"));
  for (let bit = 0; bit < kept.length * 8; bit += bit % 8 === 7 ? 1 : 9) {
    const flipped = kept.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    const error = await Word2Vec.load(flipped).catch((error) => error);
    assert.ok(["format-damaged", "format-unknown"].includes(error.code), `bit ${bit}: ${error}`);
  }
});

test("a file of version 2 that is kept: it opens with its words' attributes, and is written again as it is", async () => {
  const kept = await readFile("tests/golden/model-v2.safetensors");
  using model = await Word2Vec.load(kept);
  assert.is(model.wv.getVecattr("cat", "kind"), "animal");
  assert.is(model.wv.getVecattr("dog", "kind"), undefined);
  assert.is(model.wv.getVecattr("dog", "legs"), 4);
  assert.is(Buffer.compare(kept, Buffer.from(await model.toBytes())), 0);
});

test("a file of version 3 that is kept: it opens, as vectors too, and is written again as it is", async () => {
  const kept = await readFile("tests/golden/model-v3.safetensors");
  using model = await Word2Vec.load(kept);
  using vectors = await KeyedVectors.load(kept);
  assert.equal(vectors.toMatrix().data, model.wv.toMatrix().data);
  assert.is(Buffer.compare(kept, Buffer.from(await model.toBytes())), 0);
});

test("a name that stands for a file of vectors is refused, and nothing is written", () =>
  withFolder(async (folder) => {
    using model = await Word2Vec.train(sentences, settings);
    for (const name of ["a.kv", "a.bin", "a.txt", "a.vec", "a.parquet", "a.arrow", "a.feather", "a.npy", "a.tsv.gz"]) {
      await rejects("option-invalid", /holds vectors only; expected \.safetensors, or \.model/, () =>
        model.save(join(folder, name)),
      );
    }
    assert.equal(await readdir(folder), []);
    for (const name of ["a", "a.w2v", "a.SAFETENSORS"]) await model.save(join(folder, name));
    assert.is((await readFile(join(folder, "a"))).length, (await readFile(join(folder, "a.SAFETENSORS"))).length);
  }));

test("attributes of all kinds are kept, in a file and when the vocabulary grows", async () => {
  using model = await Word2Vec.train(sentences, settings);
  const values = { weight: -0, limit: Number.NaN, note: "of \ud83d birds", isBird: true, __proto__x: Infinity };
  for (const [name, value] of Object.entries(values)) model.wv.setVecattr("cat", name, value);
  await model.buildVocab([["cat", "parrot"]], { update: true });
  using loaded = await Word2Vec.load(await model.toBytes());
  for (const wv of [model.wv, loaded.wv]) {
    for (const [name, value] of Object.entries(values)) assert.ok(Object.is(wv.getVecattr("cat", name), value), name);
    assert.is(wv.getVecattr("parrot", "note"), undefined);
  }
  model.wv.setVecattr("cat", "nest", { eggs: 3 });
  await rejects("option-invalid", /"nest" holds values of type object; a file keeps numbers/, () => model.toBytes());
});

test("counts of 0, and counts whose sum is beyond 2^53, are kept", async () => {
  using model = new Word2Vec(settings);
  await model.buildVocabFromFreq({ a: 2 ** 53 - 1, b: 2 ** 53 - 1, c: 1 });
  model.wv.setVecattr("c", "count", 0);
  using loaded = await Word2Vec.load(await model.toBytes());
  assert.equal([...loaded.wv.indexToKey], ["b", "a", "c"]);
  assert.is(loaded.wv.getVecattr("c", "count"), 0);
  assert.is(loaded.corpusTotalWords, 2 ** 54);
  await loaded.train([["a", "b", "c", "a"]], { epochs: 1 });
  for (const key of ["a", "b", "c"]) model.wv.setVecattr(key, "count", 0);
  using unseen = await Word2Vec.load(await model.toBytes());
  await unseen.train([["a", "b", "c", "a"]], { epochs: 1 });
  assert.ok(unseen.wv.toMatrix().data.every(Number.isFinite));
});

test("a file that is saved while vectors change, or the model is closed, stays what it was", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "model.safetensors");
    using model = await Word2Vec.train(sentences, settings);
    await model.save(path);
    const before = await readFile(path);
    const changes: Record<string, () => void> = {
      "table-changed": () => model.wv.setVector("cat", [1, 2, 3, 4, 5]),
      closed: () => model.close(),
    };
    for (const [code, change] of Object.entries(changes)) {
      const saving = model.save(path);
      change();
      const error = await saving.catch((error) => error);
      assert.is(error.code, code);
      assert.equal(await readdir(folder), ["model.safetensors"]);
      assert.is(Buffer.compare(await readFile(path), before), 0);
    }
  });
});

test("saves beside each other, and before a training, hold the model of their moment", async () => {
  await withFolder(async (folder) => {
    using model = await Word2Vec.train(sentences, settings);
    const bytes = await model.toBytes();
    const paths = ["a", "b"].map((name) => join(folder, name));
    const saving = paths.map((path) => model.save(path));
    await model.train(sentences, { epochs: 1 });
    await Promise.all(saving);
    for (const path of paths) assert.is(Buffer.compare(await readFile(path), Buffer.from(bytes)), 0);
    const training = model.train(sentences, { epochs: 1 });
    await rejects("busy", /train is changing the model\. Await it before calling save/, () => model.save(paths[0]));
    await training;
  });
});

test("a callback's save holds its epoch", async () => {
  await withFolder(async (folder) => {
    let epoch = 0;
    const path = (epoch: number) => join(folder, `${epoch}`);
    const expected: Uint8Array[] = [];
    const callbacks = {
      async onEpochEnd(model: Word2Vec) {
        expected.push(await model.toBytes());
        // one is awaited, the other is not
        if (epoch++ % 2) await model.save(path(epoch));
        else void model.save(path(epoch));
      },
    };
    using _ = await Word2Vec.train(sentences, { ...settings, epochs: 4, callbacks });
    for (const [i, bytes] of expected.entries()) {
      assert.is(Buffer.compare(await readFile(path(i + 1)), Buffer.from(bytes)), 0, `epoch ${i}`);
    }
    assert.is(new Set(expected.map((bytes) => Buffer.from(bytes).toString("base64"))).size, 4);
  });
});

test("any byte may be another: the file is read, and trained on, or refused", async () => {
  const kept = new Uint8Array(await readFile(`tests/golden/${KEPT}`));
  await fc.assert(
    fc.asyncProperty(fc.nat(kept.length - 1), fc.nat(255), async (at, value) => {
      const bytes = kept.map((byte, i) => (i === at ? value : byte));
      try {
        using model = await Word2Vec.load(bytes);
        await model.train([["the", "dog", "sees", "the", "cat"]], { epochs: 1 });
      } catch (error) {
        assert.instance(error, Wasm2VecError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

test.run();
