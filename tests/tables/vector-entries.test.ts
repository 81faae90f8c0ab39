// Keys with their vectors, as they are given, by whatever realm's objects.

import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { rejects } from "../helpers/rejects.ts";

/** A value of another realm, whose Array, Map and Float32Array are not ours. */
const elsewhere = (code: string) => runInNewContext(`(${code})`);

test("lists, Maps, objects and typed arrays of another realm are as good as ours", async () => {
  for (const given of [
    [elsewhere("['a', 'b']"), elsewhere("[[1, 2], [3, 4]]")],
    [elsewhere("new Set(['a', 'b'])"), elsewhere("{ data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] }")],
    [elsewhere("{ a: [1, 2], b: Float64Array.of(3, 4) }")],
    [elsewhere("new Map([['a', [1, 2]], ['b', Float32Array.of(3, 4)]])"), elsewhere("{ dtype: 'float16' }")],
    [elsewhere("(function* () { yield ['a', [1, 2]]; yield ['b', [3, 4]]; })()")],
  ]) {
    using vectors = await KeyedVectors.from(...(given as Parameters<typeof KeyedVectors.from>));
    assert.equal([...vectors.indexToKey], ["a", "b"]);
    assert.equal(vectors.toMatrix().toArrays(), [
      [1, 2],
      [3, 4],
    ]);
  }
});

test("an object puts keys that are integers first, pairs keep their order", async () => {
  using object = await KeyedVectors.from({ b: [1], 7: [2] });
  assert.equal([...object.indexToKey], ["7", "b"]);
  using pairs = await KeyedVectors.from([
    ["b", [1]],
    [7, [2]],
  ]);
  assert.equal([...pairs.indexToKey], ["b", "7"]);
});

test("what is read is what was there when the call was made", async () => {
  const [keys, vector, shape] = [["a"], Float32Array.of(1, 2), [1, 2]];
  const making = KeyedVectors.from(keys, { data: vector, shape: shape as unknown as [number, number] });
  keys[0] = "b";
  shape[0] = 9;
  vector.fill(9);
  using vectors = await making;
  assert.equal([...(vectors.get("a") ?? [])], [1, 2]);
});

test("what are neither entries nor keys and vectors is told", async () => {
  const from =
    (...given: unknown[]) =>
    () =>
      KeyedVectors.from(...(given as Parameters<typeof KeyedVectors.from>));
  await rejects("option-invalid", /Entry 0 is "a"; .*their vectors follow: \(keys, vectors\)/, from(["a"]));
  await rejects("option-invalid", /Entry 0 is "a"/, from(["a"], { a: [1, 2] }));
  await rejects("option-invalid", /Entry 1 is \["b"\]/, from([["a", [1]], ["b"]]));
  await rejects("option-invalid", /Vector 0 is 1; expected numbers/, from({ a: 1 }));
  await rejects("option-invalid", /Vector 0 is "xy"; expected numbers/, from(["a"], ["xy"]));
  await rejects("option-invalid", /The vectors are null/, from(["a"], null));
  await rejects("option-invalid", /The vectors are undefined/, from(["a"], undefined, {}));
  await rejects("option-invalid", /the shape undefined/, from(["a"], { data: [1, 2] }));
  await rejects("option-invalid", /Key 0 is \[/, from([["a", [1]]], [[1]]));
  for (const nothing of [undefined, null, 5, "text", Promise.resolve({}), new Date(0), () => {}]) {
    await rejects("option-invalid", /The keys and vectors are .*expected an array/, from(nothing, { vectorSize: 1 }));
  }
});

test.run();
