// Rounding as NumPy does it; golden vectors of int8 and float16 are in read-folder.test.ts.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { NUMBER_KINDS } from "../../src/formats/number-kinds.ts";
import { toHalf, toInt8Of } from "../../src/static/stored-numbers.ts";

/** What the bits of a float16 stand for. */
function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14;
  return (bits & 0x8000 ? -1 : 1) * (exponent === 31 ? Number.POSITIVE_INFINITY : size);
}

test("every float16 stays, and what lies between goes to the nearest, half-way cases to even", () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [halfOf(bits), halfOf(bits + 1)];
    const middle = (low + high) / 2;
    assert.is(toHalf(low), low);
    assert.is(toHalf(-high), -high);
    assert.is(toHalf(middle), bits % 2 ? high : low);
    assert.is(toHalf(low + (high - low) * 0.49), low);
    assert.is(toHalf(low + (high - low) * 0.51), high);
  }
});

test("numbers round as they do where files are written", () => {
  const numbers = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i) * 10 ** ((i % 15) - 9));
  const bytes = new Uint8Array(10_000);
  NUMBER_KINDS.float16.encode(numbers, bytes);
  const halves = new Uint16Array(bytes.buffer);
  for (const [i, x] of numbers.entries()) assert.is(toHalf(x) + 0, halfOf(halves[i]) + 0);
});

test("beyond float16, and no number", () => {
  assert.is(toHalf(65519), 65504);
  assert.is(toHalf(65520), Number.POSITIVE_INFINITY);
  assert.is(toHalf(-1e9), Number.NEGATIVE_INFINITY);
  assert.ok(Number.isNaN(toHalf(Number.NaN)));
});

test("int8: 127 for the largest, whole numbers to even, and zeros of a table of zeros", () => {
  const toInt8 = toInt8Of(127, false);
  assert.equal([127, -127, 0.5, 1.5, -2.5, 126.6].map(toInt8), [127, -127, 0, 2, -2, 127]);
  assert.is(toInt8Of(0, false)(0), 0);
});

test.run();
