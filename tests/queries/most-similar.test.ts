// The nearest keys, against gensim 4.4 (tests/golden), and of a few vectors in a plane.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Neighbor } from "../../src/queries/most-similar.ts";
import { assertClose, testGoldenCalls } from "../helpers/golden-calls.ts";
import { rejects } from "../helpers/rejects.ts";
import { compass, tableOf } from "../helpers/tables.ts";

testGoldenCalls("mostSimilar", "similarByVector", "similarByKey", "relativeCosineSimilarity");

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

test("one call fits a topn that is a number or null", async () => {
  using vectors = await compass();
  for (const topn of [1, null]) {
    const neighbors: Neighbor[] | Float32Array<ArrayBuffer> = vectors.mostSimilar("east", { topn });
    assert.is(neighbors.length, topn ?? 4);
    assert.is(vectors.mostSimilarCosmul("east", { topn }).length, topn ?? 4);
  }
});

test("a query adds and subtracts: northeast - north points east", async () => {
  using vectors = await compass();
  const [[key]] = vectors.mostSimilar([{ key: "northeast", weight: Math.SQRT2 }], { negative: "north", topn: 1 });
  assert.is(key, "east");
});

test("equal scores come in the order of the rows", async () => {
  using vectors = await tableOf({ a: [1, 1], b: [1, 1], c: [1, 1], d: [1, 1] });
  assert.equal(
    vectors.mostSimilar("c").map(([key]) => key),
    ["a", "b", "d"],
  );
});

test("a zero vector is similar to nothing, and never NaN", async () => {
  using vectors = await tableOf({ zero: [0, 0], one: [1, 0] });
  assert.is(vectors.similarity("zero", "one"), 0);
  assert.equal(vectors.mostSimilar("zero"), [["one", 0]]);
});

test("minSimilarity leaves out what is further, in each query by itself", async () => {
  using vectors = await compass();
  const keys = (neighbors: Neighbor[]) => neighbors.map(([key]) => key);
  assert.equal(keys(vectors.mostSimilar("east", { minSimilarity: 0 })), ["northeast", "north"]);
  assert.equal(keys(vectors.mostSimilar("east", { minSimilarity: 0, topn: 1 })), ["northeast"]);
  assert.equal(keys(vectors.similarByKey("east", { minSimilarity: 0.7 })), ["northeast"]);
  assert.equal(keys(vectors.similarByVector([1, 0], { minSimilarity: 1 })), ["east"]);
  assert.equal(keys(vectors.mostSimilar("east", { minSimilarity: -1 })), ["northeast", "north", "west"]);
  assert.equal(vectors.mostSimilar("east", { minSimilarity: 0.9 }), []);
  const batch = vectors.mostSimilarBatch(["east", "west"], { minSimilarity: 0.5 });
  assert.equal(batch.map(keys), [["northeast"], []]);
  await vectors.buildIndex({ dtype: "int8" });
  assert.equal(vectors.mostSimilarBatch(["east", "west"], { minSimilarity: 0.5 }), batch);
});

test("minSimilarity is a cosine, and does not go with topn: null", async () => {
  using vectors = await compass();
  for (const minSimilarity of [1.1, -2, Number.NaN, "0"])
    await rejects("option-invalid", /minSimilarity/, () => vectors.mostSimilar("east", { minSimilarity } as never));
  await rejects("option-invalid", /topn: wv\.size/, () =>
    vectors.mostSimilar("east", { topn: null, minSimilarity: 0 }),
  );
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

test("a topn of relativeCosineSimilarity is at least 1", async () => {
  using vectors = await compass();
  await rejects("option-invalid", /at least 1/, () => vectors.relativeCosineSimilarity("east", "west", { topn: 0 }));
});

test("a batch takes what mostSimilar takes, with weights, and leaves out what was given", async () => {
  using vectors = await compass();
  const minusNorth = { key: "north", weight: -1 };
  const queries = ["east", ["northeast", minusNorth], Float32Array.of(-1, 0), [{ key: "east", weight: 2 }, { row: 1 }]];
  assert.equal(vectors.mostSimilarBatch(queries, { topn: 2 }), [
    vectors.mostSimilar("east", { topn: 2 }),
    vectors.mostSimilar("northeast", { negative: "north", topn: 2 }),
    vectors.mostSimilar(Float32Array.of(-1, 0), { topn: 2 }),
    vectors.mostSimilar([{ key: "east", weight: 2 }, "north"], { topn: 2 }),
  ]);
  assert.equal(vectors.mostSimilarBatch([]), []);
  assert.equal(vectors.mostSimilarBatch(["east", "west"], { topn: 0 }), [[], []]);
  assert.equal(vectors.mostSimilarBatch(["east", "west"], { clipStart: 3, clipEnd: 3 }), [[], []]);
});

test("an error in one query of a batch names it", async () => {
  using vectors = await compass();
  await rejects("key-not-found", /"sooth"/, () => vectors.mostSimilarBatch(["east", "sooth"]));
  await rejects("empty-query", /no key/, () => vectors.mostSimilarBatch(["east", []]));
  await rejects("option-invalid", /topn is 1\.5/, () => vectors.mostSimilarBatch(["east"], { topn: 1.5 }));
  await rejects("option-unknown", /no option "negative"/, () =>
    vectors.mostSimilarBatch(["east"], { negative: "north" } as object),
  );
});

test("an unknown option names the nearest one", async () => {
  using vectors = await compass();
  await rejects("option-unknown", /Did you mean "topn"/, () => vectors.mostSimilar("east", { topN: 3 } as object));
});

test.run();
