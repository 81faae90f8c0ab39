// Decimals: read as gensim reads them, written as short as they can be and not shorter.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { float32Of, LONGEST_FLOAT, readFloats, writeFloats } from "../../src/formats/float-text.ts";

const encoder = new TextEncoder();

/** The numbers of a line, or undefined where they are none. */
function read(text: string, count = 1): number[] | undefined {
  const bytes = encoder.encode(`${text}\n`);
  const vector = new Float32Array(count);
  const end = readFloats(bytes, 0, vector);
  return end === bytes.length - 1 ? [...vector] : undefined;
}

function written(...numbers: number[]): string {
  const bytes = new Uint8Array(numbers.length * LONGEST_FLOAT);
  return new TextDecoder().decode(bytes.subarray(0, writeFloats(Float32Array.from(numbers), bytes, 0)));
}

/** The shortest decimal of a float32, by trying all lengths. */
function shortest(x: number): number {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((digits) => Math.fround(Number(x.toPrecision(digits))) === x);
  return Number(x.toPrecision(digits));
}

/** Any float32, those of every exponent alike. */
const anyFloat = fc
  .integer({ min: 0, max: 2 ** 32 - 1 })
  .map((bits) => new Float32Array(Uint32Array.of(bits).buffer)[0]);
const usualFloat = fc.float({ min: -8, max: 8, noNaN: true });

test("numbers are written as one expects", () => {
  assert.is(written(0, -0, 1, -2.5, 0.1, 100, 123456.789), " 0 -0 1 -2.5 0.1 100 123456.79");
  assert.is(
    written(1e-4, 9.9e-5, 1e-45, 3.4028234663852886e38, 1e9, 987654336),
    " 0.0001 9.9e-5 1e-45 3.4028235e38 1e9 987654340",
  );
  assert.is(written(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY), " nan inf -inf");
  // a power of two: below it numbers lie closer than above
  assert.is(written(2 ** -24, 2 ** 24, 2 ** 30), " 5.9604645e-8 16777216 1.0737418e9");
});

test("what is written is the shortest decimal that reads back the same, and the nearest of these", () => {
  fc.assert(
    fc.property(fc.oneof(anyFloat, usualFloat), (x) => {
      const text = written(x);
      assert.ok(text.length <= LONGEST_FLOAT, text);
      assert.equal(read(text), [x]);
      assert.ok(Object.is(float32Of(text.slice(1)), x), text);
      if (Number.isFinite(x)) assert.is(Number(text), shortest(x));
    }),
    { numRuns: 20_000 },
  );
});

test("any decimal is read as the nearest float64, rounded to float32, as gensim reads it", () => {
  const texts = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc
      .tuple(fc.double({ min: -100, max: 100, noNaN: true }), fc.integer({ min: 1, max: 60 }))
      .map(([x, digits]) => x.toPrecision(digits)),
    fc
      .tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 40 }))
      .map(([x, digits]) => x.toExponential(digits)),
    // half-way between two float32, and a little beside
    fc.tuple(usualFloat, fc.constantFrom("", "1", "0000000000000001")).map(([x, more]) => {
      const next = new Float32Array([x]);
      new Uint32Array(next.buffer)[0]++;
      return `${((x + next[0]) / 2).toFixed(45)}${more}`;
    }),
  );
  fc.assert(
    fc.property(texts, (text) => assert.equal(read(` ${text}`), [Math.fround(Number(text))], text)),
    { numRuns: 20_000 },
  );
});

test("a decimal beside the middle of two float32 is rounded twice, as numpy rounds it", () => {
  // numpy 1.24 and 2.4: float32("1.00000005960464477539062500000001") is 1.0
  assert.equal(read(" 1.00000005960464477539062500000001"), [1]);
  assert.equal(read(" 1.0000000596046449"), [1 + 2 ** -23]);
});

test("signs, points and exponents in all their places; nan and infinity in any case", () => {
  const numbers = read(" +1 -1. .5 -.5 1e2 1E-2 +1.e+1 007 nan -NaN inf -Infinity 1e400 1e-400", 14);
  assert.equal(numbers, [
    1,
    -1,
    0.5,
    -0.5,
    100,
    Math.fround(0.01),
    10,
    7,
    Number.NaN,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    0,
  ]);
});

for (const text of [
  "",
  "-",
  ".",
  "+.",
  "1e",
  "1e+",
  "e5",
  "1_0",
  "0x10",
  "1,5",
  "1.2.3",
  "--1",
  "1a",
  "na",
  "infin",
  "１",
]) {
  test(`no number: ${JSON.stringify(text)}`, () => {
    assert.is(read(` ${text}`), undefined);
    assert.is(float32Of(text), undefined);
  });
}

test("between numbers there is one blank, and as many come as are asked for", () => {
  assert.equal(read(" 1\t2 3", 3), [1, 2, 3]);
  assert.is(read(" 1  2", 2), undefined);
  assert.is(read(" 1 2", 3), undefined);
  assert.is(read("1 2", 2), undefined);
});

test("a number of a million digits takes its time once", () => {
  assert.equal(read(` 0.${"1".repeat(1e6)}`), [Math.fround(1 / 9)]);
  assert.is(read(` ${"1".repeat(1e6)}x`), undefined);
});

test.run();
