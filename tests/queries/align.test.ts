// alignTo against scipy's orthogonal Procrustes (tests/golden/make-alignment.py).

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors, Word2Vec } from "../../src/index.ts";
import { rejects } from "../helpers/rejects.ts";

interface Golden {
  first: Record<string, number[]>;
  second: Record<string, number[]>;
  aligned: number[][];
  keys: string[];
  alignedByKeys: number[][];
}

const golden: { cases: Golden[] } = JSON.parse(readFileSync("tests/golden/alignment.json", "utf8"));

function assertNear(got: Iterable<Float32Array>, expected: readonly (readonly number[])[], tolerance = 2e-6): void {
  const rows = [...got];
  assert.is(rows.length, expected.length);
  for (const [i, row] of rows.entries())
    for (const [d, x] of row.entries()) {
      assert.ok(Math.abs(x - expected[i][d]) <= tolerance, `row ${i}: ${x}, expected ${expected[i][d]}`);
    }
}

test("scipy's rotation: of all common keys, and of some", async () => {
  for (const { first, second, aligned, keys, alignedByKeys } of golden.cases) {
    const [a, b] = [await KeyedVectors.from(first), await KeyedVectors.from(second)];
    a.setVecattr("w3", "year", 1990);
    const turned = await a.alignTo(b);
    assertNear(turned.toMatrix(), aligned);
    assert.equal([...turned.indexToKey], Object.keys(first));
    assert.is(turned.getVecattr("w3", "year"), 1990);
    assertNear((await a.alignTo(b, { keys: new Set([...keys, "a0", "b0", "nowhere"]) })).toMatrix(), alignedByKeys);
    assert.equal(a.toMatrix(), (await KeyedVectors.from(first)).toMatrix(), "the table stays as it was");
  }
});

test("a quarter turn, undone by head", async () => {
  const a = await KeyedVectors.from({ east: [1, 0], north: [0, 2], northeast: [3, 3] });
  const b = await KeyedVectors.from({ east: [0, 1], north: [-1, 0] });
  assertNear((await a.alignTo(b)).toMatrix(), [
    [0, 1],
    [-2, 0],
    [-3, 3],
  ]);
  assertNear((await b.alignTo(b)).toMatrix(), [
    [0, 1],
    [-1, 0],
  ]);
});

test("fewer keys than numbers, zeros, equal ones: still a rotation, that fits what there is", async () => {
  const tables = [
    { x: [1, 2, 3, 4], y: [4, 3, 2, 2] },
    { x: [1, 2, 3, 4], y: [2, 4, 6, 8] },
    { x: [0, 0, 0, 0], y: [0, 0, 0, 0] },
    { x: [0, 0, 0, 0], y: [1, -1, 1, 0] },
  ];
  const [other] = [{ x: [0, 1, 0, 0], y: [0, 0, 0, 1], z: [1, 1, 1, 1] }];
  const b = await KeyedVectors.from(other);
  for (const table of tables) {
    const a = await KeyedVectors.from({
      ...table,
      e0: [1, 0, 0, 0],
      e1: [0, 1, 0, 0],
      e2: [0, 0, 1, 0],
      e3: [0, 0, 0, 1],
    });
    const turned = await a.alignTo(b);
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        const [x, y] = [turned.getVector(`e${i}`), turned.getVector(`e${j}`)];
        const product = x.reduce((sum, value, d) => sum + value * y[d], 0);
        assert.ok(Math.abs(product - Number(i === j)) < 1e-6, `${i} and ${j}: ${product}`);
      }
  }
  const one = await KeyedVectors.from({ x: [3, 0, 0, 0] });
  assertNear((await one.alignTo(b)).toMatrix(), [[0, 3, 0, 0]]);
});

test("similarities stay, in narrow tables too, and a model's vectors can be turned", async () => {
  const sentences = Array.from({ length: 30 }, (_, i) => ["tea", "milk", "cup", `w${i % 9}`, `w${i % 4}`]);
  const options = { minCount: 1, vectorSize: 8 };
  const [a, b] = [await Word2Vec.train(sentences, options), await Word2Vec.train(sentences, { ...options, seed: 2 })];
  const turned = await a.wv.alignTo(b.wv);
  a.close();
  assert.ok(
    Math.abs(
      turned.similarity("tea", "milk") - (await Word2Vec.train(sentences, options)).wv.similarity("tea", "milk"),
    ) < 1e-6,
  );
  const narrow = await KeyedVectors.from(golden.cases[0].first, { dtype: "bfloat16" });
  const other = await KeyedVectors.from(golden.cases[0].second);
  const result = await narrow.alignTo(other);
  assert.is(result.dtype, "bfloat16");
  assertNear(result.toMatrix(), golden.cases[0].aligned, 0.05);
});

test("what cannot be aligned", async () => {
  const a = await KeyedVectors.from({ a: [1, 0], b: [0, 1] });
  await rejects("option-invalid", /alignTo got/, () => a.alignTo({ a: [1, 0] } as never));
  await rejects("option-invalid", /The keys are "a"/, () => a.alignTo(a, { keys: "a" }));
  await rejects("option-unknown", /words/, () => a.alignTo(a, { words: ["a"] } as never));
  const wide = await KeyedVectors.from({ a: [1, 0, 0] });
  await rejects("shape-mismatch", /2 numbers cannot be turned onto those of 3/, () => a.alignTo(wide));
  const strange = await KeyedVectors.from({ c: [1, 0] });
  await rejects("empty-query", /no key in common/, () => a.alignTo(strange));
  await rejects("empty-query", /none of the given keys/, () => a.alignTo(a, { keys: ["c"] }));
  await rejects("id-out-of-range", /Row 9/, () => a.alignTo(a, { keys: [{ row: 9 }] }));
  const closed = await KeyedVectors.from({ a: [1, 0] });
  const aligning = a.alignTo(closed);
  closed.close();
  await rejects("closed", /closed/, () => aligning);
});

test("an abort, and a change while it works", async () => {
  const rows = Object.fromEntries(
    Array.from({ length: 4000 }, (_, i) => [`w${i}`, Array.from({ length: 200 }, (_, d) => Math.sin(i * 7 + d * d))]),
  );
  const a = await KeyedVectors.from(rows);
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 30);
  await a.alignTo(a, { signal: controller.signal }).then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, "enough"),
  );
  const aligning = a.alignTo(a);
  setTimeout(() => a.setVector("w0", new Float32Array(200)), 30);
  await rejects("table-changed", /alignTo/, () => aligning);
});

test("vectors that change right after the call are told, too", async () => {
  const numbers = { a: [1, 0], b: [0, 1] };
  using first = await KeyedVectors.from(numbers);
  using second = await KeyedVectors.from(numbers);
  for (const changed of [first, second]) {
    const aligning = first.alignTo(second);
    changed.setVector("a", [1, 1]);
    await rejects("table-changed", /alignTo/, () => aligning);
  }
});

test.run();
