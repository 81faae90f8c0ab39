// What may be asked with: keys, rows and vectors, with weights where these count.

import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { ngramHashes } from "../../src/formats/ngrams.ts";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { buildTable } from "../../src/tables/build-table.ts";
import { rejects } from "../helpers/rejects.ts";
import { compass, tableOf } from "../helpers/tables.ts";

test("a key, its row and its vector ask the same; what is given by its key or row is no answer", async () => {
  using vectors = await compass();
  const among = (item: Parameters<typeof vectors.mostSimilar>[0]) =>
    vectors.mostSimilar(item, { topn: 2 }).map(([key]) => key);
  assert.equal(among("north"), ["northeast", "east"]);
  assert.equal(among({ row: 1 }), ["northeast", "east"]);
  assert.equal(among({ row: 1, weight: 3 }), ["northeast", "east"]);
  assert.equal(among(Float32Array.of(0, 7)), ["north", "northeast"]);
  assert.equal(among({ vector: Float32Array.of(0, 7), weight: 3 }), ["north", "northeast"]);
});

test("a row counts by its direction, a vector by its length too", async () => {
  using vectors = await compass();
  // west is (-4, 0): as a row it counts -1, as a vector -4 against the 2 of (2, 0)
  const similar = (item: "west" | Float32Array) =>
    vectors.mostSimilar([Float32Array.of(2, 0), item], { topn: 1 })[0][0];
  assert.is(similar("west"), "east");
  assert.is(similar(Float32Array.of(-4, 0)), "west");
});

test("a weight below 0 counts against", async () => {
  using vectors = await compass();
  assert.is(vectors.mostSimilar({ key: "east", weight: -1 }, { topn: 1 })[0][0], "west");
});

test("nothing to ask with is an error", async () => {
  using vectors = await compass();
  await rejects("empty-query", /at least one/, () => vectors.mostSimilar([]));
  await rejects("empty-query", /at least one/, () => vectors.mostSimilarCosmul([], { negative: "east" }));
  await rejects("empty-query", /at least one/, () => vectors.mostSimilarToGiven("east", []));
  await rejects("empty-query", /at least one/, () => vectors.rankByCentrality(["south"]));
  await rejects("empty-query", /at least one/, () => vectors.doesntMatch([]));
});

/** The compass, where every n-gram of one character points north and is 8 long. */
async function compassWithSubwords(): Promise<KeyedVectors> {
  const rows = { east: [1, 0], north: [0, 2], northeast: [3, 3], west: [-4, 0] };
  await Engine.load();
  const table = await buildTable(Object.keys(rows), 2, "float32", (table) => {
    for (const [i, row] of Object.values(rows).entries()) table.setRow(i, row);
  });
  table.subwords = {
    rowsOf: (word) => ngramHashes(word, { minn: 1, maxn: 1 }),
    row: () => [0, 8],
  };
  return new KeyedVectors(table);
}

test("where a model makes vectors of unknown words, these can be asked with and are still not present", async () => {
  using vectors = await compassWithSubwords();
  assert.equal([...vectors.getVector("northern")], [0, 8]);
  assert.equal([...vectors.getVector("northern", { norm: true })], [0, 1]);
  assert.equal([...vectors.getVector("east")], [1, 0]);
  assert.equal(vectors.getVectors(["west", "northern"]).toArrays(), [
    [-4, 0],
    [0, 8],
  ]);
  assert.equal([vectors.has("northern"), vectors.get("northern"), vectors.size], [false, undefined, 4]);
  assert.equal(
    vectors.mostSimilar("northern", { topn: 2 }).map(([key]) => key),
    ["north", "northeast"],
  );
  assert.is(vectors.similarity("northern", "east"), 0);
  // as a key it counts by its direction, as rows do
  assert.is(vectors.mostSimilar(["northern", "east"], { topn: 1 })[0][0], "northeast");
  assert.equal([...vectors.getMeanVector(["northern", "east"])], [0.5, 0.5]);
  assert.equal([...vectors.getMeanVector(["northern", "east"], { preNormalize: false })], [0.5, 4]);
  using copy = await vectors.detach();
  assert.equal([...copy.getVector("northern")], [0, 8]);
  await rejects("id-out-of-range", /Row 4/, () => vectors.getVector({ row: 4 }));
});

test("an unknown word without n-grams is a zero vector, which is like nothing", async () => {
  using vectors = await compassWithSubwords();
  assert.equal([...vectors.getVector("", { norm: true })], [0, 0]);
  assert.is(vectors.similarity("", "east"), 0);
});

test("a weight that is no finite number is an error", async () => {
  using vectors = await compass();
  await rejects("option-invalid", /weight is NaN/, () => vectors.mostSimilar({ key: "east", weight: Number.NaN }));
  await rejects("option-invalid", /weights is \[Infinity\]; expected finite numbers/, () =>
    vectors.getMeanVector(["east"], { weights: [Number.POSITIVE_INFINITY] }),
  );
});

test("a weight is an error where nothing is weighed", async () => {
  using vectors = await compass();
  const weighted = { key: "east", weight: 2 } as never;
  await rejects("option-invalid", /nothing is weighed/, () => vectors.mostSimilarCosmul(weighted));
});

test("what is no key, row or vector is an error", async () => {
  using vectors = await compass();
  for (const item of [{}, { key: "east", row: 1 }, { keys: "east" }, true, Symbol("east"), 7n, [{ weight: 2 }]]) {
    await rejects("option-invalid", /to ask with; expected a key, \{ row \}, a vector/, () =>
      vectors.mostSimilar(item as never),
    );
  }
  await rejects("option-invalid", /A weight is 1e\+39/, () => vectors.mostSimilar({ row: 1, weight: 1e39 }));
});

test("a plain number is a key's text, never a row", async () => {
  using vectors = await tableOf({ 7: [1, 0], west: [-1, 0], north: [0, 1] });
  assert.equal(vectors.mostSimilar(7, { topn: 1 }), [["north", 0]]);
  assert.equal([...vectors.getVector(7)], [1, 0]);
  assert.ok(vectors.has(7));
  assert.is(vectors.getIndex(7), 0);
  assert.is(vectors.similarity(7, "west"), -1);
  assert.is(vectors.doesntMatch([7, "north", "north"]), "7");
  await rejects("key-not-found", /Key "1" is not .* A row is written \{ row: 1 \}/, () => vectors.getVector(1));
});

test("numbers alone are a vector, of whatever class; among others they are an error", async () => {
  using vectors = await compass();
  const expected = vectors.similarByVector(Float32Array.of(0, 7));
  assert.is(expected[0][0], "north");
  for (const vector of [[0, 7], Float64Array.of(0, 7), Int8Array.of(0, 7)] as number[][]) {
    assert.equal(vectors.mostSimilar(vector), expected);
    assert.equal(vectors.mostSimilar([vector]), expected);
    assert.equal(vectors.mostSimilar([{ vector, weight: 2 }]), expected);
    assert.equal(vectors.similarByVector(vector), expected);
    assert.equal(vectors.mostSimilarBatch([vector, vector]), [expected, expected]);
    assert.equal([...vectors.getMeanVector([vector, [0, 1]])], [0, 4]);
    assert.is(vectors.similarity(vector, "west"), 0);
  }
  for (const mixed of [
    ["north", 7],
    [[0, 7], 7],
    [7, { row: 1 }],
  ]) {
    await rejects("option-invalid", /numbers among others; write a key as "7", a row as \{ row: 7 \}/, () =>
      vectors.mostSimilar(mixed as never),
    );
  }
  await rejects("option-invalid", /Number 1 of a vector is "1"/, () => vectors.similarByVector([0, "1"] as never));
  await rejects("option-invalid", /Number 0 of a vector is 1e\+39/, () => vectors.setVector("north", [1e39, 0]));
});

test("a vector of another length, or with NaN, is an error", async () => {
  using vectors = await compass();
  const long = new Float32Array(3);
  await rejects("shape-mismatch", /3 numbers; the table's have 2/, () => vectors.similarByVector(long));
  await rejects("shape-mismatch", /3 numbers; the table's have 2/, () => vectors.distances(long));
  await rejects("shape-mismatch", /3 numbers; the table's have 2/, () => vectors.mostSimilarCosmul(long));
  await rejects("option-invalid", /NaN/, () => vectors.similarByVector(Float32Array.of(1, Number.NaN)));
});

test("a text where a list is wanted is no list of letters: the list is written out", async () => {
  using vectors = await compass();
  const written = /expected an array, such as \["a", "b", "c"\]/;
  await rejects("option-invalid", written, () => vectors.doesntMatch("a b c" as never));
  await rejects("option-invalid", written, () => vectors.getVectors("a b c" as never));
  await rejects("option-invalid", written, () => vectors.vectorsForAll("a b c"));
  await rejects("option-invalid", /such as \["k"\]/, () => vectors.getVectors("k" as never));
  await rejects("option-invalid", /are a Promise: await it first; expected an array/, () =>
    vectors.getVectors(Promise.resolve(["east"]) as never),
  );
  await rejects("option-invalid", /an array that has nothing at 1; expected no holes/, () => {
    const keys = ["east", "west", "north"];
    delete keys[1];
    vectors.getVectors(keys);
  });
});

test("keys and vectors of another realm are as good", async () => {
  using vectors = await compass();
  const elsewhere = (code: string) => runInNewContext(code);
  assert.equal(vectors.getVectors(elsewhere('["east"]')).data, Float32Array.of(1, 0));
  assert.is(vectors.similarByVector(elsewhere("new Float32Array([1, 0])"))[0][0], "east");
  assert.is(
    vectors.mostSimilar(elsewhere('["east", { key: "north", weight: -1 }]'), elsewhere("({ topn: 1 })")).length,
    1,
  );
  using made = await KeyedVectors.from(
    elsewhere('["a"]'),
    elsewhere("({ data: new Float32Array([5]), shape: [1, 1] })"),
  );
  assert.equal(made.getVector("a"), Float32Array.of(5));
});

test("a weight or a vector beyond float32 is refused before it is in the table", async () => {
  using vectors = await compass();
  const before = vectors.mostSimilar("east");
  await rejects("option-invalid", /A weight is 1e\+39/, () => vectors.mostSimilar({ key: "east", weight: 1e39 }));
  await rejects("option-invalid", /weights is \[1e\+39\]; expected finite/, () =>
    vectors.getMeanVector(["east"], { weights: [1e39] }),
  );
  await rejects("option-invalid", /Number 0 of a vector is 1e\+39/, () => vectors.setVector("east", [1e39, 0]));
  await rejects("option-invalid", /missing is "none"; expected a number/, () => vectors.getIndex("x", "none" as never));
  assert.equal(vectors.mostSimilar("east"), before);
});

test("what is asked with no list is an error that says so", async () => {
  using vectors = await compass();
  const nothing = null as never;
  for (const ask of [
    () => vectors.nSimilarity(["east"], nothing),
    () => vectors.mostSimilarToGiven("east", { length: 2 } as never),
    () => vectors.mostSimilarToGiven("east", new Array(1)),
    () => vectors.distances("east", "west" as never),
    () => vectors.getMeanVector(5 as never),
    () => vectors.rankByCentrality(nothing),
    () => vectors.wmdistance(["east"], {} as never),
    () => vectors.mostSimilarBatch({ length: 2 ** 53 } as never),
    () => vectors.project({ keys: 5 as never }),
    () => vectors.addVectors(nothing, []),
    () => vectors.addVectors(["a"], 5 as never),
    () => vectors.addVectors(["a"], { shape: nothing, data: nothing }),
    () => vectors.mostSimilarCosmul("east", { negative: new Array(1) }),
    () => vectors.mostSimilar(new Array(1)),
    () => KeyedVectors.cosineSimilarities(5 as never, [nothing]),
    () => KeyedVectors.cosineSimilarities(nothing, []),
  ]) {
    await rejects(
      "option-invalid",
      /expected an array|expected no holes|numbers in an array|expected \{ data, shape/,
      ask,
    );
  }
  await rejects("shape-mismatch", /Got 2 numbers and the shape \[2, 2\]; expected \[N, D\]/, () =>
    vectors.addVectors(["a", "b"], { data: new Float32Array(2), shape: [2, 2] }),
  );
});

test.run();
