// A table as its user meets it: what goes in comes out, what cannot be is refused, and it closes.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import { Matrix } from "../src/tables/matrix.ts";
import { assertClose, testGoldenCalls } from "./helpers/golden-calls.ts";
import { rejects } from "./helpers/rejects.ts";
import { compass, named } from "./helpers/tables.ts";

testGoldenCalls("getVector");

test("vectors come out as they went in, as copies", async () => {
  using vectors = await compass();
  const vector = vectors.getVector("northeast");
  assert.equal([...vector], [3, 3]);
  vector.fill(9);
  assert.equal([...vectors.getVector("northeast")], [3, 3]);
  assert.equal([...vectors.getVectors(["west", { row: 0 }]).data], [-4, 0, 1, 0]);
  assert.equal(vectors.toMatrix().shape, [4, 2]);
  assert.equal([...vectors.toMatrix().row(1)], [0, 2]);
});

test("normed vectors are the vectors divided by their lengths", async () => {
  using vectors = await compass();
  const expected = [1, 0, 0, 1, Math.SQRT1_2, Math.SQRT1_2, -1, 0];
  assertClose(vectors.getNormedVectors().data, expected, "normed");
});

test("more rows than are gathered at a time come in order", async () => {
  const data = Float32Array.from({ length: 3000 }, (_, i) => i);
  using vectors = await KeyedVectors.from(named(1000), { data, shape: [1000, 3] });
  assert.equal(vectors.toMatrix().data, data);
});

test("a table with NaN or Infinity is an error that names the key", async () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 3e38]) {
    await rejects("option-invalid", /Row 1 \("b"\) holds NaN or Infinity/, () =>
      KeyedVectors.from(["a", "b"], { data: Float32Array.of(1, 0, wrong, wrong), shape: [2, 2] }),
    );
  }
});

test("a table is read as a Map of copies", async () => {
  using vectors = await compass();
  const read: ReadonlyMap<string, Float32Array<ArrayBuffer>> = vectors;
  const expected = { east: [1, 0], north: [0, 2], northeast: [3, 3], west: [-4, 0] };
  const asObject = (entries: Iterable<[string, Float32Array]>) =>
    Object.fromEntries(Array.from(entries, ([key, vector]) => [key, [...vector]]));
  assert.equal(asObject(read), expected);
  assert.equal(asObject(read.entries()), expected);
  assert.equal(asObject(new Map(read)), expected);
  assert.equal([...read.keys()], Object.keys(expected));
  assert.equal(
    [...read.values()].map((vector) => [...vector]),
    Object.values(expected),
  );
  const visited: [string, Float32Array][] = [];
  vectors.forEach(function (this: unknown, vector, key, table) {
    assert.is(this, visited);
    assert.is(table, vectors);
    visited.push([key, vector]);
  }, visited);
  assert.equal(asObject(visited), expected);
  read.get("north")?.fill(9);
  assert.equal([...(read.get("north") ?? [])], [0, 2]);
  assert.is(read.get("south"), undefined);
  assert.equal([...(vectors.get({ row: 3 }) ?? [])], [-4, 0]);
  await rejects("id-out-of-range", /Row 4/, () => vectors.get({ row: 4 }));
  await rejects("option-invalid", /A key is null/, () => vectors.get(null as never));
  await rejects("option-invalid", /forEach: callback is 5; expected a function/, () => vectors.forEach(5 as never));
});

test("a table is made of keys and vectors side by side, or of entries", async () => {
  const rows = { a: [1, 2], b: [3, 4] };
  const keys = Object.keys(rows);
  const list = Object.values(rows);
  for (const making of [
    KeyedVectors.from(keys, list),
    KeyedVectors.from(
      new Set(keys),
      list.map((row) => Float64Array.from(row)),
    ),
    KeyedVectors.from(keys, Matrix.from(list)),
    KeyedVectors.from(keys, { data: list.flat(), shape: [2, 2] }),
    KeyedVectors.from(rows),
    KeyedVectors.from(Object.entries(rows)),
    KeyedVectors.from(new Map(Object.entries(rows)), { dtype: "bfloat16" }),
    KeyedVectors.from(await KeyedVectors.from(rows), { vectorSize: 2 }),
  ]) {
    using vectors = await making;
    assert.equal([...vectors.keys()], keys);
    assert.equal(vectors.toMatrix().toArrays(), list);
  }
});

test("an empty table is made with its width", async () => {
  for (const making of [
    KeyedVectors.from([], { vectorSize: 3 }),
    KeyedVectors.from([], [], { vectorSize: 3, dtype: "int8" }),
    KeyedVectors.from({}, { vectorSize: 3 }),
    KeyedVectors.from([], new Matrix(new Float32Array(), [0, 3])),
  ]) {
    using vectors = await making;
    assert.equal([vectors.size, vectors.vectorSize], [0, 3]);
  }
  for (const nothing of [[], {}, new Map()]) {
    await rejects("shape-mismatch", /KeyedVectors\.from\(\[\], \{ vectorSize: 100 \}\)/, () =>
      KeyedVectors.from(nothing),
    );
  }
});

test("keys and vectors of different sizes are an error", async () => {
  const short = { data: new Float32Array(3), shape: [2, 2] } as const;
  await rejects("shape-mismatch", /3 numbers and the shape \[2, 2\]/, () => KeyedVectors.from(["a", "b"], short));
  await rejects("shape-mismatch", /2 keys and 1 vectors/, () => KeyedVectors.from(["a", "b"], [[1, 2]]));
  await rejects("shape-mismatch", /vector 1 of 1 numbers; expected 2/, () => KeyedVectors.from({ a: [1, 2], b: [1] }));
  await rejects("shape-mismatch", /vectors of 2 numbers, and vectorSize: 3/, () =>
    KeyedVectors.from(["a"], Matrix.from([[1, 2]]), { vectorSize: 3 }),
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
