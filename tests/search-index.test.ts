// Texts found by what they are about: an encoder that counts letters makes vectors whose cosines one can see.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { safetensorsChunks } from "../src/formats/safetensors.ts";
import { sealedChunks, tensorOf } from "../src/formats/sealed-file.ts";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import { type EncoderLike, SearchIndex, type TextsEvent } from "../src/search-index.ts";
import { lettersEncoder, slowly } from "./helpers/letters.ts";
import { rejects } from "./helpers/rejects.ts";
import { withFolder } from "./helpers/temporary.ts";

const letters = lettersEncoder();
const texts = { east: "aa", north: "b", northeast: "ab", up: "ccc", nothing: "" };

/** Within the first so many bytes of a file is the format's name. */
const HEADER = 200;

const near = (score: number, expected: number) => assert.ok(Math.abs(score - expected) < 1e-6, `${score}, ${expected}`);
const idsOf = (answers: [string, number][]) => answers.map(([id]) => id);
const bytesOf = (chunks: Iterable<Uint8Array>) => new Uint8Array(Buffer.concat([...chunks]));

test("the nearest texts, with their cosines", async () => {
  using index = await SearchIndex.from(letters, texts);
  assert.equal([index.size, index.dimension, index.has("east"), index.has("west")], [5, 3, true, false]);
  const answers = index.search("a a", { topn: 4 });
  assert.equal(idsOf(answers), ["east", "northeast", "north", "up"]);
  for (const [i, expected] of [1, Math.SQRT1_2, 0, 0].entries()) near(answers[i][1], expected);
  assert.equal(index.search([0, 0, 2], { topn: 1 }), [["up", 1]]);
  assert.is(index.search("a").length, 5);
});

test("texts come one by one, as pairs, as a Map and as an object; a number is an id", async () => {
  using index = await SearchIndex.from(letters);
  assert.equal(index.search("a"), []);
  await index.add("one", "a");
  await index.add(7, "b");
  await index.add(new Map([["map", "c"]]));
  await index.add({ object: "ab" });
  await index.add([["pair", "ac"]], {});
  assert.equal(idsOf(index.search("b", { topn: 2 })), ["7", "object"]);
  assert.equal([index.size, index.has(7), index.has("7")], [5, true, true]);
  index.remove(7);
  assert.equal(idsOf(index.search("b", { topn: 1 })), ["object"]);
});

test("what was removed is no answer, and its id can come again", async () => {
  using index = await SearchIndex.from(letters, texts);
  index.remove("east");
  assert.not(index.has("east"));
  assert.not(idsOf(index.search("a")).includes("east"));
  await index.add("east", "c");
  assert.equal(idsOf(index.search("c", { topn: 2 })), ["east", "up"], "it has the first row again");
  await index.add("west", "a");
  assert.equal(index.search("a", { topn: 1 }), [["west", 1]]);
});

test("minSimilarity, topn and filter", async () => {
  using index = await SearchIndex.from(letters, texts);
  assert.equal(idsOf(index.search("a", { minSimilarity: 0.5 })), ["east", "northeast"]);
  assert.equal(index.search("a", { topn: 0 }), []);
  assert.equal(idsOf(index.search("a", { filter: (id) => id !== "east", topn: 1 })), ["northeast"]);
  assert.equal(idsOf(index.search("a", { filter: ["up", "north", "not there", "northeast"] })), [
    "northeast",
    "north",
    "up",
  ]);
  assert.equal(index.search("a", { filter: [] }), [], "nobody may be an answer");
  assert.equal(index.search("a", { filter: () => false }), []);
});

test("a text that says nothing: no NaN, near to nothing, and nothing is near to it", async () => {
  using index = await SearchIndex.from(letters, texts);
  assert.equal(index.search(""), []);
  assert.equal(index.search("xyz"), []);
  assert.equal(index.search("a").at(-1)?.[1], 0);
});

test("a filter may do what it wants", async () => {
  using index = await SearchIndex.from(letters, texts);
  const answers = index.search("a", {
    filter: (id) => {
      assert.equal(idsOf(index.search("c", { topn: 1 })), ["up"]);
      if (id === "up") index.remove("north");
      return true;
    },
  });
  assert.equal(idsOf(answers), ["east", "northeast", "up", "nothing"]);
  const closing = () => {
    index.close();
    return true;
  };
  await rejects("closed", /closed/, () => index.search("a", { filter: closing }));
});

test("thousands of texts: as many answers of each kind as there are, over blocks, with rows used again", async () => {
  const wide = lettersEncoder("abcdefghij");
  const text = (i: number) => "abcdefghij"[i % 10].repeat(1 + (i % 3));
  using index = await SearchIndex.from(
    wide,
    Array.from({ length: 5000 }, (_, i) => [i, text(i)]),
  );
  for (let i = 0; i < 5000; i += 20) index.remove(i);
  await index.add(Array.from({ length: 300 }, (_, i) => [`new ${i}`, "b"]));
  const found = index.search("a", { topn: 1000, minSimilarity: 0.9 });
  assert.is(found.length, 250);
  assert.ok(found.every(([id, score]) => Number(id) % 20 === 10 && score === 1));
  assert.is(index.search("b", { topn: 10_000, minSimilarity: 0.9 }).length, 800);
});

test("a file: the same answers, in few bytes", async () => {
  const wide = lettersEncoder("abcdefghijklmnopqrstuvwxyz".repeat(10).slice(0, 256));
  const ids = Array.from({ length: 1000 }, (_, i) => `document ${i} – ä`);
  using index = await SearchIndex.from(
    wide,
    ids.map((id, i) => [id, `${id} ${"jumps over the lazy dog".slice(i % 20)}`]),
  );
  index.remove(ids[3]);
  await withFolder(async (folder) => {
    const path = join(folder, "index.safetensors");
    await index.save(path);
    assert.equal(new Uint8Array(await readFile(path)), await index.toBytes());
    using again = await SearchIndex.load(path, { encoder: wide });
    assert.is(again.size, 999);
    for (const query of ["lazy", "document 77", "over"]) assert.equal(again.search(query), index.search(query));
    const { length } = await readFile(path);
    const idBytes = ids.join("").length + 2 * 999;
    assert.ok((length - idBytes) / 999 < 264, `${(length - idBytes) / 999} bytes a text`);
    await again.add("new", "zzz");
    assert.is(again.search("zzz", { topn: 1 })[0][0], "new");
    await rejects("key-duplicate", /"document 7 – ä" is there already/, () => again.add(ids[7], "a"));
  });
});

test("an empty index is a file, too", async () => {
  using index = await SearchIndex.from(letters);
  using again = await SearchIndex.load(await index.toBytes(), { encoder: letters });
  assert.equal([again.size, again.dimension], [0, 3]);
  assert.equal(again.search("a"), []);
});

test("ids of any text stay what they are; half a surrogate pair is U+FFFD", async () => {
  const ids = ["", " ", "\u0000", "\ufeffbom", "😀", "a/b?c", "__proto__", "\ud800"];
  using index = await SearchIndex.from(
    letters,
    ids.map((id) => [id, "a"]),
  );
  using again = await SearchIndex.load(await index.toBytes(), { encoder: letters });
  for (const opened of [index, again]) {
    assert.equal(idsOf(opened.search("a")), [...ids.slice(0, -1), "\ufffd"]);
    assert.ok(opened.has("\ud800"));
  }
  await rejects("key-duplicate", /comes twice/, () => index.add([["\ud801", "a"]]));
});

test("the encoder of a file must be the one that it was made with", async () => {
  using index = await SearchIndex.from(letters, texts);
  const file = await index.toBytes();
  await rejects("encoder-mismatch", /vectors of 3 numbers; the encoder's have 4.*make it again/, () =>
    SearchIndex.load(file, { encoder: lettersEncoder("abcd") }),
  );
  await rejects("encoder-mismatch", /the same text has the cosine 0\.\d\d with itself; expected 1/, () =>
    SearchIndex.load(file, { encoder: lettersEncoder("bca") }),
  );
  const rounded: EncoderLike = {
    encode: (texts) => Array.from(letters.encode(texts), (row) => row.map((x) => x * 2 + 0.01)),
  };
  (await SearchIndex.load(file, { encoder: rounded })).close();
  // one that knows no word of the text that it is tried on
  const blind = lettersEncoder("ꙮ");
  using other = await SearchIndex.from(blind, { a: "ꙮ" });
  (await SearchIndex.load(await other.toBytes(), { encoder: lettersEncoder("ꙮ") })).close();
});

test("an encoder whose answer is awaited: texts are added, and searched for by their vectors", async () => {
  const slow = slowly(letters);
  using index = await SearchIndex.from(slow, texts);
  using again = await SearchIndex.load(await index.toBytes(), { encoder: slow });
  await rejects("option-invalid", /gave a Promise.*encoder\.encode\(\[text\]\)/, () => again.search("a"));
  const [vector] = letters.encode(["a"]);
  assert.equal(again.search(vector, { topn: 1 }), [["east", 1]]);
});

test("progress: how many of how many", async () => {
  const events: TextsEvent[] = [];
  const many = Array.from({ length: 200 }, (_, i) => [i, "a"] as const);
  (await SearchIndex.from(letters, many, { onProgress: (event) => void events.push(event) })).close();
  assert.equal(events.at(-1), { kind: "texts", done: 200, total: 200 });
});

test("all or nothing: an id that comes twice, an encoder that fails, an abort", async () => {
  let isFailing = false;
  let calls = 0;
  const failing: EncoderLike = {
    encode: (texts) => {
      if (isFailing && ++calls > 1) throw new Error("out of quota");
      return letters.encode(texts);
    },
  };
  using index = await SearchIndex.from(failing, texts);
  const before = index.search("a");
  const unchanged = () => assert.equal([index.size, index.search("a")], [5, before]);
  const many = Array.from({ length: 300 }, (_, i) => [i, "a"] as const);
  await rejects("key-duplicate", /"east" is there already/, () =>
    index.add([
      ["new", "a"],
      ["east", "a"],
    ]),
  );
  unchanged();
  await rejects("key-duplicate", /"new" is there already, or comes twice/, () =>
    index.add([
      ["new", "a"],
      ["new", "a"],
    ]),
  );
  unchanged();
  isFailing = true;
  assert.is(await index.add(many).catch((error) => error.message), "out of quota");
  isFailing = false;
  unchanged();
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error("enough"));
  assert.is(await index.add(many, { signal: controller.signal, onProgress }).catch((error) => error.message), "enough");
  unchanged();
  await index.add(many);
  assert.is(index.size, 305);
});

test("one change at a time; searches go on, and find what is added when all of it is there", async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isGated = false;
  const gated: EncoderLike = {
    encode: (texts) => (isGated ? gate.then(() => letters.encode(texts)) : letters.encode(texts)),
  };
  using index = await SearchIndex.from(gated, texts);
  isGated = true;
  const adding = index.add("new", "a");
  await rejects("busy", /add is changing the index\. Await it before calling add/, () => index.add("other", "a"));
  await rejects("busy", /before calling remove/, () => index.remove("up"));
  assert.is(index.search([1, 0, 0]).length, 5);
  release();
  await adding;
  assert.equal(idsOf(index.search([1, 0, 0], { topn: 2 })), ["east", "new"]);
});

test("a save goes on beside an add that fails", async () => {
  let fail = (_: Error) => {};
  const failing: EncoderLike = {
    encode: (texts) => (texts[0] === "late" ? new Promise((_, reject) => (fail = reject)) : letters.encode(texts)),
  };
  using index = await SearchIndex.from(failing, texts);
  const before = await index.toBytes();
  const chunks: Uint8Array[] = [];
  const adding = index.add({ first: "late" });
  const write = async (chunk: Uint8Array) => {
    chunks.push(chunk);
    fail(new Error("out of quota"));
    await adding.catch(() => {});
  };
  await index.save(new WritableStream<Uint8Array<ArrayBuffer>>({ write }));
  assert.equal(new Uint8Array(Buffer.concat(chunks)), before);
  assert.not(index.has("first"));
});

test("a save is of the moment of its call, or nothing is replaced", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "index.safetensors");
    await writeFile(path, "old");
    using index = await SearchIndex.from(letters, texts);
    const saving = index.save(path);
    index.remove("up");
    await rejects("table-changed", /while they were being saved/, () => saving);
    assert.is(await readFile(path, "utf8"), "old");
  });
});

test("texts, ids and encoders that are none", async () => {
  using index = await SearchIndex.from(letters, texts);
  await rejects(
    "option-invalid",
    /encoder is \{\}; expected an object with encode\(texts\), such as a StaticModel/,
    () => SearchIndex.from({} as never),
  );
  await rejects("option-invalid", /encoder is undefined; expected an object with encode/, () =>
    SearchIndex.load(new Uint8Array(9), {} as never),
  );
  await rejects("option-invalid", /The texts are 3; expected \[id, text\] pairs/, () =>
    SearchIndex.from(letters, 3 as never),
  );
  await rejects("option-invalid", /Text 1 is "b"; expected \[id, text\], both strings/, () =>
    index.add([["a", "a"], "b"] as never),
  );
  await rejects("option-invalid", /Text 0 is \["a", undefined\]/, () => index.add("a" as never));
  await rejects("key-not-found", /no text of the id "west" among the 5\. Ask has\(id\) first/, () =>
    index.remove("west"),
  );
  await rejects("option-invalid", /search got \{"text":"a"\}; expected a text, or a vector of 3 numbers/, () =>
    index.search({ text: "a" } as never),
  );
  await rejects("shape-mismatch", /vector of 2 numbers.*3/, () => index.search([1, 2]));
  await rejects("option-invalid", /The filter is 3; expected a function of an id, or a list of ids/, () =>
    index.search("a", { filter: 3 as never }),
  );
  await rejects("option-invalid", /The filter holds \{\}; expected ids/, () =>
    index.search("a", { filter: [{}] as never }),
  );
  await rejects("option-invalid", /The filter returned a Promise/, () =>
    index.search("a", { filter: (async () => true) as never }),
  );
  await rejects("option-unknown", /search has no option "top"\. Did you mean "topn"/, () =>
    index.search("a", { top: 3 } as never),
  );
});

test("an encoder that gives other than a vector for each text", async () => {
  let gives: unknown = [[1, 2]];
  const encoder: EncoderLike = { encode: () => gives as number[][] };
  using index = await SearchIndex.from(encoder);
  gives = [[1, 2, 3]];
  await rejects("shape-mismatch", /the shape \[1, 3\] for 1 text; expected \[1, 2\]/, () => index.add("a", "a"));
  gives = [[1, 2]];
  await rejects("shape-mismatch", /the shape \[1, 2\] for 2 texts; expected \[2, 2\]/, () =>
    index.add({ a: "a", b: "b" }),
  );
  gives = { data: new Float32Array([1, Number.NaN]), shape: [1, 2] };
  await rejects("option-invalid", /gave NaN as number 1 of a vector; expected finite numbers/, () => index.search("a"));
  gives = undefined;
  await rejects("option-invalid", /The vectors are undefined/, () => index.add("a", "a"));
  gives = [[]];
  await rejects("shape-mismatch", /the shape \[1, 0\] for 1 text; expected \[1, D\]/, () => SearchIndex.from(encoder));
});

test("damaged files, files of newer versions, and files of others", async () => {
  using index = await SearchIndex.from(letters, texts);
  const file = await index.toBytes();
  const load = (bytes: Uint8Array) => SearchIndex.load(bytes, { encoder: letters });
  for (let at = 0; at < file.length; at += 7) {
    const damaged = file.slice();
    damaged[at] ^= 16;
    const error = await load(damaged).catch((error) => error);
    // the format's name, and its version, may be damaged so that they are others
    assert.match(error.code, at < HEADER ? /^format-(damaged|unknown)$/ : /^format-damaged$/, `byte ${at}: ${error}`);
    await rejects("format-damaged", /bytes|end|cover/, () => load(file.subarray(0, at)));
  }
  const tensors = (change: Record<string, unknown> = {}) => {
    const given = {
      probe: Float32Array.of(1, 0, 0),
      offsets: Uint32Array.of(0, 1, 2),
      rows: new Uint8Array(6),
      text: new Uint8Array([97, 98]),
      ...change,
    };
    return [
      tensorOf("probe", "F32", given.probe),
      tensorOf("ids.offsets", "U32", given.offsets),
      { name: "directions", dtype: "I8" as const, shape: [given.rows.length / 3, 3], chunks: [given.rows] },
      tensorOf("ids.text", "U8", given.text),
    ];
  };
  const metadata = { format: "wasm2vec.index", formatVersion: "1" };
  const sealed = (change?: Record<string, unknown>, meta = metadata) => bytesOf(sealedChunks(tensors(change), meta));
  const good = await SearchIndex.load(sealed(), { encoder: lettersEncoder("ꙮჵ℧") });
  assert.equal([good.has("a"), good.has("b"), good.size], [true, true, 2]);
  good.close();
  await rejects("format-unknown", /version "2"; this wasm2vec reads versions up to 1/, () =>
    load(sealed({}, { ...metadata, formatVersion: "2" })),
  );
  await rejects("format-damaged", /formatVersion is "new"/, () =>
    load(sealed({}, { ...metadata, formatVersion: "new" })),
  );
  await rejects("format-damaged", /an id comes twice/, () => load(sealed({ text: new Uint8Array([97, 97]) })));
  await rejects("format-damaged", /not UTF-8/, () => load(sealed({ text: new Uint8Array([97, 255]) })));
  await rejects("format-damaged", /offsets of its words/, () => load(sealed({ offsets: Uint32Array.of(0, 2, 1) })));
  await rejects("format-damaged", /"directions" is I8 \[1, 3\]; expected I8 \[2, 3\]/, () =>
    load(sealed({ rows: new Uint8Array(3) })),
  );
  await rejects("format-damaged", /begin/, () => load(sealed({ offsets: new Uint32Array(0) })));
  await rejects("format-damaged", /is no vector/, () => load(sealed({ probe: Float32Array.of(Number.NaN, 0, 0) })));
  await rejects("format-damaged", /no numbers/, () => load(sealed({ probe: new Float32Array(0) })));
  await rejects("format-damaged", /no tensor "checksums"/, () => load(bytesOf(safetensorsChunks(tensors(), metadata))));
  const vectors = await KeyedVectors.from(["a"], [[1, 2, 3]]);
  await withFolder(async (folder) => {
    const path = join(folder, "vectors.safetensors");
    await vectors.save(path);
    await rejects("format-unknown", /no index of texts of wasm2vec/, () =>
      SearchIndex.load(path, { encoder: letters }),
    );
  });
  await rejects("file-not-found", /There is no file/, () => SearchIndex.load("not-there", { encoder: letters }));
});

test("closed", async () => {
  const index = await SearchIndex.from(letters, texts);
  assert.is(inspect(index), "SearchIndex(5 texts × 3, int8)");
  assert.is(String(index), inspect(index));
  await rejects("option-invalid", /a SearchIndex, which is no JSON\. Write it with save\(path\)/, () =>
    JSON.stringify(index),
  );
  index.close();
  index.close();
  assert.is(String(index), "SearchIndex(closed)");
  for (const use of [
    () => index.size,
    () => index.has("east"),
    () => index.search("a"),
    () => index.add("a", "a"),
    () => index.remove("east"),
    () => index.save(new WritableStream()),
    () => index.toBytes(),
  ]) {
    await rejects("closed", /The SearchIndex was closed/, use);
  }
});

test.run();
