// Correlations and their p-values against scipy.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { pearson, pValueOf, ranks, spearman } from "../../src/math/correlation.ts";

const golden = JSON.parse(readFileSync("tests/golden/queries.json", "utf8")).correlations;

/** Within a share of the expected value. */
function assertNear(got: number, expected: number, bound: number): void {
  assert.ok(Math.abs(got - expected) <= bound * Math.abs(expected), `got ${got}, scipy ${expected}`);
}

for (const { size, slope, modulus, ...expected } of golden.samples) {
  test(`${size} pairs, slope ${slope}, modulus ${modulus}: scipy's coefficients and p-values`, () => {
    const x = Array.from({ length: size }, (_, i) => i);
    const y = x.map((i) => slope * i + ((7919 * i * i) % modulus));
    for (const [name, correlate] of Object.entries({ pearson, spearman })) {
      const { coefficient, pValue } = correlate(x, y);
      assert.ok(Math.abs(coefficient - expected[name][0]) <= 1e-12, `${name}: ${coefficient}, ${expected[name][0]}`);
      assertNear(pValue, expected[name][1], 1e-10);
    }
  });
}

test("p-values are scipy's to ten digits, those of 1e-300 too", () => {
  for (const { size, coefficient, pValue } of golden.pValues) {
    if (pValue > 1e-300) assertNear(pValueOf(coefficient, size), pValue, 1e-10);
    else assert.ok(pValueOf(coefficient, size) <= 1e-299);
  }
});

test("equal values share their ranks", () => {
  assert.equal([...ranks([30, 10, 20, 10])], [4, 1.5, 3, 1.5]);
});

test("a straight line correlates wholly, and by no chance", () => {
  const { coefficient, pValue } = pearson([1, 2, 3, 4], [10, 20, 30, 40]);
  assert.ok(Math.abs(coefficient - 1) <= 1e-15);
  assert.ok(pValue <= 1e-15);
});

test("two pairs always lie on a line, which says nothing", () => {
  const { coefficient, pValue } = pearson([1, 2], [5, 3]);
  assert.ok(Math.abs(coefficient + 1) <= 1e-15);
  assert.is(pValue, 1);
});

test("what does not vary has no correlation", () => {
  const { coefficient, pValue } = pearson([1, 1, 1], [1, 2, 3]);
  assert.ok(Number.isNaN(coefficient) && Number.isNaN(pValue));
});

test.run();
