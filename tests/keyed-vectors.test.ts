// A table as its user meets it: what goes in comes out, what cannot be is refused, and it closes.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../src/keyed-vectors.ts";
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
