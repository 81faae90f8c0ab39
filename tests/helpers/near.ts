/** What a test of vectors checks: each number, up to a bound. */

import * as assert from "uvu/assert";

/** Asserts that numbers are as many as expected, and differ by no more than the bound. */
export function assertNear(got: ArrayLike<number>, expected: ArrayLike<number>, bound: number, what = "it"): void {
  assert.is(got.length, expected.length, what);
  for (let i = 0; i < got.length; i++) {
    const isNear = Math.abs(got[i] - expected[i]) <= bound;
    assert.ok(isNear, `${what}: number ${i} is ${got[i]}; expected ${expected[i]}, up to ${bound}`);
  }
}
