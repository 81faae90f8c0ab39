// KeyedVectors against gensim 4.4: tests/golden/keyed-vectors.json holds calls and what gensim answered.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import { Matrix } from "../src/tables/matrix.ts";
import { assertAnswersAs, assertClose, type GoldenCall } from "./helpers/golden-calls.ts";
import { rejects } from "./helpers/rejects.ts";

const golden = JSON.parse(readFileSync("tests/golden/keyed-vectors.json", "utf8"));
const keys = Object.keys(golden.table);

const goldenVectors = () =>
  KeyedVectors.from(
    keys,
    new Matrix(Float32Array.from(Object.values<number[]>(golden.table).flat()), [keys.length, 5]),
  );

/** Four keys in a plane, whose cosines one can see: east, north, north-east, west. */
const compass = () =>
  KeyedVectors.from(["east", "north", "northeast", "west"], {
    data: Float32Array.of(1, 0, 0, 2, 3, 3, -4, 0),
    shape: [4, 2],
  });

for (const entry of golden.entries as GoldenCall[]) {
  test(`${entry.call}(${JSON.stringify(entry.args).slice(1, -1)}) is gensim's`, async () => {
    using vectors = await goldenVectors();
    assertAnswersAs(entry, vectors);
  });
}

test("neighbours come best first, without the key that was asked for", async () => {
  using vectors = await compass();
  const neighbors = vectors.mostSimilar("east");
  assert.equal(
    neighbors.map(([key]) => key),
    ["northeast", "north", "west"],
  );
  assertClose(
    neighbors.map(([, cosine]) => cosine),
    [Math.SQRT1_2, 0, -1],
    "cosines",
  );
});

test("a query adds and subtracts: northeast - north points east", async () => {
  using vectors = await compass();
  const [[key]] = vectors.mostSimilar([{ key: "northeast", weight: Math.SQRT2 }], { negative: "north", topn: 1 });
  assert.is(key, "east");
});

test("equal scores come in the order of the rows", async () => {
  using vectors = await KeyedVectors.from(["a", "b", "c", "d"], { data: new Float32Array(8).fill(1), shape: [4, 2] });
  assert.equal(
    vectors.mostSimilar("c").map(([key]) => key),
    ["a", "b", "d"],
  );
});

test("a zero vector is similar to nothing, and never NaN", async () => {
  using vectors = await KeyedVectors.from(["zero", "one"], { data: Float32Array.of(0, 0, 1, 0), shape: [2, 2] });
  assert.is(vectors.similarity("zero", "one"), 0);
  assert.equal(vectors.mostSimilar("zero"), [["one", 0]]);
});

test("topn beyond the table returns all of it; topn 0 nothing", async () => {
  using vectors = await compass();
  assert.is(vectors.mostSimilar("east", { topn: 100 }).length, 3);
  assert.equal(vectors.mostSimilar("east", { topn: 0 }), []);
});

test("a topn that is negative or no integer is an error", async () => {
  using vectors = await compass();
  for (const topn of [-1, 1.5, Number.NaN, "3" as never]) {
    await rejects("option-invalid", /topn is .*; expected an integer of at least 0/, () =>
      vectors.mostSimilar("east", { topn }),
    );
  }
});

test("rows to compare with may be counted from the end, and end where the table does", async () => {
  using vectors = await compass();
  const keys = (options: object) => vectors.mostSimilar(Float32Array.of(1, 1), options).map(([key]) => key);
  assert.equal(keys({ clipStart: -2 }), ["northeast", "west"]);
  assert.equal(keys({ clipStart: -9, clipEnd: 9 }), ["northeast", "east", "north", "west"]);
  assert.equal(keys({ clipStart: 3, clipEnd: 1 }), []);
  await rejects("option-invalid", /is 0\.5; expected an integer/, () => keys({ clipEnd: 0.5 }));
});

test("topn null returns every row's cosine", async () => {
  using vectors = await compass();
  assertClose(vectors.mostSimilar("west", { topn: null }), [-1, 0, -Math.SQRT1_2, 1], "all");
});

test("keys are found by name and by row, both ways", async () => {
  using vectors = await compass();
  assert.is(vectors.size, 4);
  assert.is(vectors.vectorSize, 2);
  assert.is(vectors.getIndex("west"), 3);
  assert.is(vectors.keyToIndex.get("west"), 3);
  assert.is(vectors.keyToIndex.get("south"), undefined);
  assert.is(vectors.indexToKey.at(1), "north");
  assert.is(vectors.indexToKey.at(-1), "west");
  assert.is(vectors.indexToKey.at(4), undefined);
  assert.equal([...vectors.indexToKey], ["east", "north", "northeast", "west"]);
  assert.equal(vectors.indexToKey.slice(1, 3), ["north", "northeast"]);
  assert.equal([...vectors.keyToIndex].at(2), ["northeast", 2]);
});

test("vectors come out as they went in, as copies", async () => {
  using vectors = await compass();
  const vector = vectors.getVector("northeast");
  assert.equal([...vector], [3, 3]);
  vector.fill(9);
  assert.equal([...vectors.getVector("northeast")], [3, 3]);
  assert.equal([...vectors.getVectors(["west", 0]).data], [-4, 0, 1, 0]);
  assert.equal(vectors.toMatrix().shape, [4, 2]);
  assert.equal([...vectors.toMatrix().row(1)], [0, 2]);
});

test("more rows than are gathered at a time come in order", async () => {
  const data = Float32Array.from({ length: 3000 }, (_, i) => i);
  using vectors = await KeyedVectors.from(
    Array.from({ length: 1000 }, (_, i) => `key ${i}`),
    { data, shape: [1000, 3] },
  );
  assert.equal(vectors.toMatrix().data, data);
});

test("keys may be empty, hold spaces, or be any Unicode text", async () => {
  const strange = ["", "a b", "ключ", "你好", "👩‍🚀", "\ufeffbom", "x".repeat(5000), "\0"];
  const data = Float32Array.from({ length: strange.length }, (_, i) => i + 1);
  using vectors = await KeyedVectors.from(strange, { data, shape: [strange.length, 1] });
  for (const [i, key] of strange.entries()) assert.is(vectors.getVector(key)[0], i + 1);
  assert.equal([...vectors.indexToKey], strange);
});

test("a key that is not present is named, with the nearest one", async () => {
  using vectors = await compass();
  await rejects("key-not-found", /Key "weast" is not among the 4 keys\. Did you mean "east"/, () =>
    vectors.getVector("weast"),
  );
});

test("a row beyond the table says how many there are", async () => {
  using vectors = await compass();
  await rejects("id-out-of-range", /Row 4 .* from 0 to 3/, () => vectors.getVector(4));
  await rejects("id-out-of-range", /Row 0\.5/, () => vectors.getVector(0.5));
});

test("an empty query is an error", async () => {
  using vectors = await compass();
  await rejects("empty-query", /at least one/, () => vectors.mostSimilar([]));
});

test("a vector of another length, or with NaN, is an error", async () => {
  using vectors = await compass();
  await rejects("shape-mismatch", /3 numbers; the table's have 2/, () => vectors.similarByVector(new Float32Array(3)));
  await rejects("option-invalid", /NaN/, () => vectors.similarByVector(Float32Array.of(1, Number.NaN)));
});

test("a weight that is no finite number is an error", async () => {
  using vectors = await compass();
  await rejects("option-invalid", /weight is NaN/, () => vectors.mostSimilar({ key: "east", weight: Number.NaN }));
  await rejects("option-invalid", /weights is \[Infinity\]; expected finite numbers/, () =>
    vectors.getMeanVector(["east"], { weights: [Number.POSITIVE_INFINITY] }),
  );
});

test("a table with NaN or Infinity is an error that names the key", async () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 1e30]) {
    await rejects("option-invalid", /Row 1 \("b"\) holds NaN or Infinity/, () =>
      KeyedVectors.from(["a", "b"], { data: Float32Array.of(1, 0, wrong, 0), shape: [2, 2] }),
    );
  }
});

test("an unknown option names the nearest one", async () => {
  using vectors = await compass();
  await rejects("option-unknown", /Did you mean "topn"/, () => vectors.mostSimilar("east", { topN: 3 } as object));
});

test("keys and matrix of different sizes are an error", async () => {
  await rejects("shape-mismatch", /2 keys, 3 numbers/, () =>
    KeyedVectors.from(["a", "b"], { data: new Float32Array(3), shape: [2, 2] }),
  );
});

test("a key that comes twice is an error that names it", async () => {
  await rejects("key-duplicate", /"a" comes twice/, () =>
    KeyedVectors.from(["a", "b", "a"], { data: new Float32Array(3), shape: [3, 1] }),
  );
});

test("use after close is an error", async () => {
  const vectors = await compass();
  vectors.close();
  vectors.close();
  await rejects("closed", /closed/, () => vectors.mostSimilar("east"));
  await rejects("closed", /closed/, () => vectors.getVector("east"));
  await rejects("closed", /closed/, () => vectors.indexToKey.at(0));
});

test("a thousand small tables can be opened, asked and closed in a row", async () => {
  for (let i = 0; i < 1000; i++) {
    const vectors = await compass();
    assert.is(vectors.mostSimilar("east")[0][0], "northeast");
    vectors.close();
  }
});

test.run();
