// Keys and rows: which row has which key, and what is told of one that there is not.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { testGoldenCalls } from "../helpers/golden-calls.ts";
import { rejects } from "../helpers/rejects.ts";
import { compass } from "../helpers/tables.ts";

testGoldenCalls("getIndex");

test("keys are found by name and by row, both ways", async () => {
  using vectors = await compass();
  assert.is(vectors.size, 4);
  assert.is(vectors.vectorSize, 2);
  assert.is(vectors.getIndex("west"), 3);
  assert.is(vectors.keyToIndex.get("west"), 3);
  assert.is(vectors.keyToIndex.get("south"), undefined);
  assert.is(vectors.indexToKey[3], "west");
});

test("the rows of keys are read as a Map", async () => {
  using vectors = await compass();
  const rows: ReadonlyMap<string, number> = vectors.keyToIndex;
  const entries = [
    ["east", 0],
    ["north", 1],
    ["northeast", 2],
    ["west", 3],
  ];
  assert.equal([...rows], entries);
  assert.equal([...rows.entries()], entries);
  assert.equal([...rows.keys()], ["east", "north", "northeast", "west"]);
  assert.equal([...rows.values()], [0, 1, 2, 3]);
  assert.equal([...new Map(rows)], entries);
  const visited: unknown[] = [];
  rows.forEach((row, key, map) => {
    visited.push([key, row, map === rows]);
  });
  assert.equal(visited[3], ["west", 3, true]);
  assert.is(rows.size, 4);
  assert.ok(rows.has("west"));
  vectors.addVector("south", [0, -1]);
  assert.is(rows.get("south"), 4);
  await rejects("option-invalid", /forEach: callback is undefined; expected a function/, () =>
    rows.forEach(undefined as never),
  );
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
  await rejects("id-out-of-range", /Row 4 .* from 0 to 3/, () => vectors.getVector({ row: 4 }));
  await rejects("id-out-of-range", /Row 0\.5/, () => vectors.getVector({ row: 0.5 }));
});

test.run();
