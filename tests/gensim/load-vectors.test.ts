// Vectors that gensim saved: what comes out of each of its files is what gensim answers.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { sharedData } from "../helpers/data.ts";
import { type ExpectedWords, expectedOf, filesOf, save, VERSIONS } from "../helpers/gensim-saves.ts";
import { rejects } from "../helpers/rejects.ts";
import { withRanges, withServer } from "../helpers/server.ts";
import { withFolder } from "../helpers/temporary.ts";

/** Asserts that vectors have the words, counts and rows that gensim says. */
function assertWords(vectors: KeyedVectors, { keys, counts, rows }: ExpectedWords): void {
  assert.equal([...vectors.indexToKey], keys);
  assert.equal(
    keys.map((key) => vectors.getVecattr(key, "count")),
    counts,
  );
  assert.equal(vectors.toMatrix().toArrays(), rows);
}

for (const version of VERSIONS) {
  const expected = expectedOf(version);

  test(`gensim ${version}: vectors of Word2Vec, Doc2Vec and KeyedVectors`, async () => {
    for (const [name, words] of [
      [`skipgram-${version}.model`, expected.skipgram],
      [`separate-${version}.model`, expected.skipgram],
      [`vectors-${version}.kv`, expected.skipgram],
      [`both-${version}.model`, expected.both],
      [`doc2vec-${version}.model`, expected.doc2vec],
    ] as const) {
      using vectors = await KeyedVectors.load(save(name));
      assertWords(vectors, words);
    }
  });

  test(`gensim ${version}: float16 becomes float32`, async () => {
    using vectors = await KeyedVectors.load(save(`float16-${version}.kv`));
    assert.equal(vectors.toMatrix().toArrays(), expected.float16);
  });

  test(`gensim ${version}: FastText's words are made of their n-grams, unknown ones too`, async () => {
    using vectors = await KeyedVectors.load(save(`fasttext-${version}.model`));
    assertWords(vectors, expected.fasttext);
    for (const [word, vector] of Object.entries(expected.fasttext.unknown)) {
      assert.equal([...vectors.getVector(word)], vector, word);
    }
    assert.not(vectors.has("cats"));
    using copy = await vectors.detach();
    assert.equal(copy.getVector("cats"), vectors.getVector("cats"));
    const unit = vectors.getVector("cats", { norm: true });
    assert.ok(Math.abs(Math.hypot(...unit) - 1) < 1e-6);
  });
}

test("every protocol holds the same", async () => {
  const { both } = expectedOf("4.4");
  for (const protocol of [0, 1, 2, 3, 5]) {
    using vectors = await KeyedVectors.load(save(`both-protocol${protocol}.model`));
    assertWords(vectors, both);
  }
});

test("arrays beside the file are found beside a path, a URL, in a Map and in a list of files", async () => {
  const { skipgram, both } = expectedOf("4.4");
  const files = filesOf("separate-4.4.model");
  const listed = Array.from(files, ([name, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], name));
  const renamed = new Map(
    Array.from(files, ([name, bytes]) => [name.endsWith(".model") ? "mine.model" : name, bytes] as const),
  );
  for (const from of [pathToFileURL(path.resolve(save("separate-4.4.model"))), files, listed, renamed]) {
    using vectors = await KeyedVectors.load(from);
    assertWords(vectors, skipgram);
  }
  for (const from of [save("both.model.gz"), filesOf("both.model.gz")]) {
    using vectors = await KeyedVectors.load(from);
    assertWords(vectors, both);
  }
});

test("arrays beside the file are found over http, by an address that holds a permission", async () => {
  const asked: string[] = [];
  await withServer(withRanges(Object.fromEntries(filesOf("separate-4.4.model")), asked), async (url) => {
    using vectors = await KeyedVectors.load(`${url}/separate-4.4.model?key=secret`);
    assertWords(vectors, expectedOf("4.4").skipgram);
  });
  assert.ok(asked.some((request) => request.startsWith("/separate-4.4.model.wv.vectors.npy?key=secret ")));
});

test("a missing array says which, and where it was looked for", () =>
  withFolder(async (folder) => {
    const [bytes] = filesOf("separate-4.4.model").values();
    const alone = path.join(folder, "alone.model");
    await writeFile(alone, bytes);
    await rejects(
      "file-not-found",
      /keeps its vectors in a second file.*looked for .*alone\.model\.wv\.vectors\.npy/,
      () => KeyedVectors.load(alone),
    );
    await rejects("file-not-found", /ends with "\.wv\.vectors\.npy", and only one file was given.*Map/, () =>
      KeyedVectors.load(bytes),
    );
    await rejects("file-not-found", /"alone\.model\.wv\.vectors\.npy" among the given Map/, () =>
      KeyedVectors.load(new Map([["alone.model", bytes]])),
    );
  }));

test("of several files it must be clear which is meant", async () => {
  const [bytes] = filesOf("vectors-4.4.kv").values();
  await rejects("option-invalid", /are \["a.kv", "b.kv"\]; expected one/, () =>
    KeyedVectors.load(
      new Map([
        ["a.kv", bytes],
        ["b.kv", bytes],
      ]),
    ),
  );
  await rejects("option-invalid", /are none; expected one/, () => KeyedVectors.load(new Map()));
  await rejects("option-invalid", /File 0 of the given list is 7/, () => KeyedVectors.load([7] as unknown as File[]));
});

test("a gzipped file of any name, and a stream", async () => {
  const [bytes] = filesOf("vectors-4.4.kv").values();
  for (const from of [gzipSync(bytes), new Blob([gzipSync(bytes)]).stream(), new Blob([bytes.slice()]).stream()]) {
    using vectors = await KeyedVectors.load(from);
    assertWords(vectors, expectedOf("4.4").skipgram);
  }
});

test("the first rows only; what the file is, is told", async () => {
  const events: unknown[] = [];
  using vectors = await KeyedVectors.load(save("both-4.4.model"), {
    limit: 3,
    onProgress: (event) => events.push(event),
  });
  const { keys, counts, rows } = expectedOf("4.4").both;
  assertWords(vectors, { keys: keys.slice(0, 3), counts: counts.slice(0, 3), rows: rows.slice(0, 3) });
  assert.equal(events[0], { kind: "format", format: "gensim", gzipped: false });
});

test("other numbers of the words are attributes", async () => {
  using vectors = await KeyedVectors.load(save("vectors-4.4.kv"));
  assert.equal([vectors.getVecattr("sea", "weight"), vectors.getVecattr("the", "weight")], [7, 0]);
  await rejects("attribute-not-found", /only "count", "weight"/, () => vectors.getVecattr("sea", "sample_int"));
});

test("what holds no vectors says what reads it", async () => {
  await rejects("format-unknown", /holds phrases.*Phrases\.load/, () => KeyedVectors.load(save("phrases-4.4.model")));
  const dict = Uint8Array.from([0x80, 4, 0x7d, 0x2e, 0, 0, 0, 0, 0]);
  await rejects("format-unknown", /is a pickle of a dict; expected a model/, () => KeyedVectors.load(dict));
  const array = filesOf("separate-4.4.model").get("separate-4.4.model.wv.vectors.npy") as Uint8Array;
  await rejects("format-unknown", /NumPy array.*the model's own file/, () => KeyedVectors.load(array));
});

test("a file that is cut is damaged", async () => {
  const [bytes] = filesOf("vectors-4.4.kv").values();
  for (let length = 12; length < bytes.length; length += 7) {
    await rejects("format-damaged", /is no whole pickle/, () => KeyedVectors.load(bytes.slice(0, length)));
  }
});

/** Files of gensim's own tests, of all eras: the words, the size, and whether words that are unknown have vectors. */
const OLD_FILES: [file: string, words: number, width: number, first: string, hasNgrams?: true][] = [
  ["w2v_0.12.0.mdl", 3, 4, "second"],
  ["w2v_0.13.2.mdl", 3, 4, "sentence"],
  ["w2v_1.0.0.mdl", 3, 4, "sentence"],
  ["w2v_3.3.0.mdl", 3, 4, "sentence"],
  ["model-from-gensim-3.8.0.w2v", 3, 300, "t"],
  ["compatible-hash-true.model", 22, 5, "the", true],
  ["ft_kv_3.6.0.model.gz", 12, 3, "system", true],
];

for (const [file, words, width, first, hasNgrams] of OLD_FILES) {
  test(`an old file: ${file}`, async () => {
    const from = sharedData(`vectors/${file}`);
    if (!from) return console.log(`not run: ${file}, which is not on this machine`);
    using vectors = await KeyedVectors.load(from);
    assert.equal([vectors.size, vectors.vectorSize, vectors.indexToKey[0]], [words, width, first]);
    assert.ok((vectors.getVecattr(first, "count") as number) > 0);
    if (hasNgrams) assert.ok(vectors.getVector("systematically").some((number) => number !== 0));
    else await rejects("key-not-found", /"systematically"/, () => vectors.getVector("systematically"));
  });
}

test.run();
