// Tables that change: vectors added and replaced, attributes, order, copies.

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import * as reference from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { goldenRows, tableOf } from "../helpers/tables.ts";

const golden = JSON.parse(readFileSync("tests/golden/queries.json", "utf8"));

/** Three keys in a plane, to which others are added. */
const threeWays = () => tableOf({ east: [1, 0], north: [0, 2], west: [-4, 0] });

const empty = (vectorSize: number) => KeyedVectors.from([], { vectorSize });

const nearest = (vectors: KeyedVectors, key: string) => vectors.mostSimilar(key).map(([other]) => other);

test("vectors can be added after queries, which gensim answers with an error", async () => {
  using vectors = await threeWays();
  assert.equal(nearest(vectors, "east"), ["north", "west"]);
  vectors.addVectors(
    ["southeast", "eastward"],
    [
      [1, -1],
      [5, 0.5],
    ],
  );
  assert.equal(nearest(vectors, "east"), ["eastward", "southeast", "north", "west"]);
  assert.is(vectors.size, 5);
  assert.is(vectors.getIndex("eastward"), 4);
  assert.equal([...vectors.getVector("southeast")], [1, -1]);
});

test("a key that is present keeps its vector and attributes, or with replace gets the new ones", async () => {
  using vectors = await threeWays();
  const [keys, rows] = [
    ["north", "south"],
    [
      [3, 3],
      [0, -1],
    ],
  ];
  vectors.addVectors(keys, rows, { extras: { count: [70, 80] } });
  assert.equal([...vectors.getVector("north")], [0, 2]);
  assert.is(vectors.getVecattr("north", "count"), 2);
  vectors.addVectors(keys, rows, { extras: { count: [70, 80] }, replace: true });
  assert.equal([...vectors.getVector("north")], [3, 3]);
  assert.is(vectors.getVecattr("north", "count"), 70);
  assert.is(vectors.size, 4);
});

test("entries are added as keys and vectors are: pairs, a Map, an object, another table", async () => {
  using other = await tableOf({ d: [4, 4] });
  using vectors = await empty(2);
  vectors.addVectors([["a", [1, 1]]]);
  vectors.addVectors(new Map([["b", Float32Array.of(2, 2)]]), { extras: { count: [7] } });
  vectors.addVectors({ c: [3, 3], a: [9, 9] });
  vectors.addVectors(other);
  vectors.addVectors({ b: [5, 5] }, { replace: true });
  assert.equal(
    Array.from(vectors, ([key, vector]) => [key, ...vector]),
    [
      ["a", 1, 1],
      ["b", 5, 5],
      ["c", 3, 3],
      ["d", 4, 4],
    ],
  );
  assert.is(vectors.getVecattr("b", "count"), 7);
});

test("addVector returns the key's row, be it new or old", async () => {
  using vectors = await threeWays();
  assert.is(vectors.addVector("south", [0, -1]), 3);
  assert.is(vectors.addVector("north", [9, 9]), 1);
  assert.equal([...vectors.getVector("north")], [0, 2]);
});

test("setVector replaces a key's vector or a row's, and adds a key that is not there", async () => {
  using vectors = await threeWays();
  assert.ok(Math.abs(vectors.similarity("east", "north")) <= 1e-6);
  vectors.setVector("north", [2, 0]);
  assert.ok(Math.abs(vectors.similarity("east", "north") - 1) <= 1e-6);
  assert.is(vectors.mostSimilar("east")[0][0], "north");
  vectors.setVector({ row: 2 }, Float32Array.of(0, 1));
  assert.ok(Math.abs(vectors.similarity("east", "west")) <= 1e-6);
  vectors.setVector("south", [0, -1]);
  assert.is(vectors.getIndex("south"), 3);
});

test("an empty table can be filled", async () => {
  using vectors = await empty(2);
  assert.is(vectors.size, 0);
  assert.not(vectors.has("a"));
  assert.equal(vectors.mostSimilar(Float32Array.of(1, 0)), []);
  vectors.addVectors(["a", "b c", ""], { data: Float32Array.of(1, 0, 0, 1, 1, 1), shape: [3, 2] });
  assert.equal([...vectors.indexToKey], ["a", "b c", ""]);
  assert.equal(nearest(vectors, "a"), ["", "b c"]);
});

test("a table grows by many keys, one by one and in batches", async () => {
  using vectors = await empty(3);
  const row = (i: number) => [i, -i, i % 7];
  for (let i = 0; i < 3000; i++) vectors.addVector(`key ${i}`, row(i));
  const more = Array.from({ length: 20_000 }, (_, i) => i + 3000);
  vectors.addVectors(
    more.map((i) => `key ${i}`),
    more.map(row),
  );
  assert.is(vectors.size, 23_000);
  for (const i of [0, 1, 2999, 3000, 22_999]) {
    assert.is(vectors.getIndex(`key ${i}`), i);
    assert.equal([...vectors.getVector(`key ${i}`)], row(i));
  }
});

test("nothing is added when one of the vectors is wrong", async () => {
  using vectors = await threeWays();
  const add = (second: [string, ...number[]], extras: object = {}) => {
    const [key, ...vector] = second;
    vectors.addVectors(["south", key], [[0, -1], vector], { extras: extras as Record<string, number[]> });
  };
  await rejects("shape-mismatch", /vector 1 of 3 numbers; expected 2/, () => add(["x", 1, 2, 3]));
  await rejects("option-invalid", /Number 1 of vector 1 is NaN/, () => add(["x", 1, Number.NaN]));
  await rejects("option-invalid", /is Infinity; expected finite/, () => add(["x", 1, Number.POSITIVE_INFINITY]));
  await rejects("key-duplicate", /"south" comes twice/, () => add(["south", 1, 2]));
  await rejects("option-invalid", /Key 1 is true; expected a string/, () => add([true as never, 1, 2]));
  await rejects("shape-mismatch", /2 keys, but "count" has 1 entries/, () => add(["x", 1, 2], { count: [1] }));
  await rejects("option-invalid", /"count" got 0\.5; expected an integer/, () => add(["x", 1, 2], { count: [1, 0.5] }));
  await rejects("shape-mismatch", /2 keys, but "vectors" has 1/, () => vectors.addVectors(["a", "b"], [[1, 2]]));
  await rejects("shape-mismatch", /1 numbers/, () => vectors.setVector("north", [1]));
  await rejects("id-out-of-range", /Row 3/, () => vectors.setVector({ row: 3 }, [1, 2]));
  assert.is(vectors.size, 3);
  assert.equal([...vectors.getVector("north")], [0, 2]);
});

test("keys that are one in UTF-8 come twice: half a surrogate pair is held as U+FFFD", async () => {
  using vectors = await empty(2);
  const add = (...keys: string[]) =>
    vectors.addVectors(
      keys,
      keys.map((_, i) => [i, 1]),
    );
  await rejects("key-duplicate", /comes twice/, () => add("\ufffd", "\ud800"));
  await rejects("key-duplicate", /comes twice/, () => add("a\ud800", "a\udfff"));
  add("👩‍🚀", "👩‍\ud83d", "\ufffd");
  assert.is(vectors.size, 3);
  assert.is(vectors.getIndex("\ud800"), 2);
});

test("the most frequent keys come first, equal ones as gensim has them", async () => {
  using vectors = await tableOf(goldenRows);
  for (const [i, count] of golden.attributes.counts.entries()) vectors.setVecattr({ row: i }, "count", count);
  vectors.setVecattr("king", "royal", 1);
  const before = vectors.similarity("king", "queen");
  vectors.sortByDescendingFrequency();
  assert.equal([...vectors.indexToKey], golden.attributes.sorted);
  assert.equal(
    golden.attributes.sorted.map((key: string) => vectors.getVecattr(key, "royal")),
    golden.attributes.royal,
  );
  assert.equal([...vectors.getVector("queen")], golden.attributes.queen);
  assert.is(vectors.similarity("king", "queen"), before);
  for (const [i, key] of golden.attributes.sorted.entries()) assert.is(vectors.getIndex(key), i);
});

test("all vectors are made unit vectors, a zero vector stays", async () => {
  using vectors = await tableOf({ a: [3, 4], zero: [0, 0], b: [0, 0.5] });
  vectors.similarity("a", "b");
  vectors.unitNormalizeAll();
  const expected = [0.6, 0.8, 0, 0, 0, 1];
  for (const [i, value] of vectors.toMatrix().data.entries()) assert.ok(Math.abs(value - expected[i]) <= 1e-7);
  assert.ok(Math.abs(vectors.similarity("a", "b") - 0.8) <= 1e-6);
});

test("vectorsForAll takes each key once, in the order given", async () => {
  using vectors = await threeWays();
  vectors.setVecattr("west", "degrees", 270);
  using some = await vectors.vectorsForAll(["west", "south", "east", "west"]);
  assert.equal([...some.indexToKey], ["west", "east"]);
  assert.equal([...some.getVector("west")], [-4, 0]);
  await rejects("attribute-not-found", /"degrees"/, () => some.getVecattr("west", "degrees"));
  using all = await vectors.vectorsForAll(["west", "east"], { copyVecattrs: true });
  assert.is(all.getVecattr("west", "degrees"), 270);
  using none = await vectors.vectorsForAll(["south"]);
  assert.is(none.size, 0);
  assert.is(none.vectorSize, 2);
});

test("a detached copy lives by itself", async () => {
  const vectors = await threeWays();
  vectors.setVecattr("west", "degrees", 270);
  using copy = await vectors.detach();
  vectors.setVector("east", [0, 1]);
  vectors.close();
  assert.equal([...copy.getVector("east")], [1, 0]);
  assert.is(copy.getVecattr("west", "degrees"), 270);
  assert.equal(nearest(copy, "east"), ["north", "west"]);
});

const corpus = Array.from({ length: 20 }, (_, i) => ["a", "b", "c", i % 2 ? "d" : "e"]);

test("a model's vectors can be replaced, but neither grow nor change their order; a detached copy can", async () => {
  using model = await Word2Vec.train(corpus, { vectorSize: 4, minCount: 1 });
  model.wv.setVector("a", [1, 2, 3, 4]);
  assert.equal([...model.wv.getVector("a")], [1, 2, 3, 4]);
  await rejects("vocabulary-fixed", /"f" is none of them\. .*detach\(\)/, () => model.wv.addVector("f", [1, 2, 3, 4]));
  await rejects("vocabulary-fixed", /detach\(\)/, () => model.wv.sortByDescendingFrequency());
  using copy = await model.wv.detach();
  assert.equal(copy.toMatrix().data, model.wv.toMatrix().data);
  assert.is(copy.getVecattr("d", "count"), 10);
  copy.addVector("f", [1, 2, 3, 4]);
  copy.sortByDescendingFrequency();
  assert.ok(Math.abs(copy.similarity("a", "f") - 1) <= 1e-6);
});

test("changing a closed table is an error", async () => {
  const vectors = await threeWays();
  vectors.close();
  for (const change of [
    () => vectors.addVector("south", [0, -1]),
    () => vectors.setVector(0, [0, -1]),
    () => vectors.setVecattr("east", "count", 1),
    () => vectors.getVecattr("east", "count"),
    () => vectors.sortByDescendingFrequency(),
    () => vectors.unitNormalizeAll(),
    () => vectors.detach(),
    () => vectors.vectorsForAll(["east"]),
  ]) {
    await rejects("closed", /closed/, change);
  }
});

test("queries are right after any changes", async () => {
  const key = fc.nat(9).map((i) => `key ${i}`);
  const vector = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }));
  const change = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), key, vector }),
    fc.record({ kind: fc.constant("add" as const), key, vector }),
    fc.record({ kind: fc.constant("count" as const), key, vector }),
    fc.record({ kind: fc.constant("sort" as const), key, vector }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 30 }), async (changes) => {
      using vectors = await empty(2);
      let rows: { key: string; vector: number[]; count: number }[] = [];
      for (const { kind, key, vector } of changes) {
        const row = rows.find((other) => other.key === key);
        if (kind === "set") vectors.setVector(key, vector);
        else if (kind === "add") vectors.addVector(key, vector);
        else if (kind === "sort") vectors.sortByDescendingFrequency();
        else if (row) vectors.setVecattr(key, "count", vector[0] + 3);
        if ((kind === "set" || kind === "add") && !row) rows.push({ key, vector, count: 0 });
        else if (kind === "set" && row) row.vector = vector;
        else if (kind === "count" && row) row.count = vector[0] + 3;
        else if (kind === "sort") rows = rows.reverse().sort((a, b) => b.count - a.count);
        assert.equal(
          [...vectors.indexToKey],
          rows.map((other) => other.key),
        );
        const scores = reference.scores(
          vector,
          rows.map((other) => other.vector),
        );
        const got = vectors.mostSimilar(Float32Array.from(vector), { topn: null });
        const length = reference.norm(vector) || 1;
        for (const [i, score] of scores.entries()) assert.ok(Math.abs(got[i] - score / length) <= 1e-5);
      }
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("the empty key may be the first that is added, after one was looked up", async () => {
  using vectors = await empty(2);
  assert.is(vectors.has("x"), false);
  assert.is(vectors.addVector("", [1, 2]), 0);
  assert.equal([...vectors.getVector("")], [1, 2]);
});

test("an attribute may be called as the vectors are", async () => {
  using vectors = await tableOf({ a: [1, 2] });
  vectors.addVectors(["b"], [[3, 4]], { extras: { vectors: ["mine"] } });
  assert.is(vectors.getVecattr("b", "vectors"), "mine");
  await rejects("shape-mismatch", /Got 1 keys, but "vectors" has 0 entries/, () =>
    vectors.addVectors(["c"], [], { extras: { vectors: ["mine"] } }),
  );
});

test.run();
