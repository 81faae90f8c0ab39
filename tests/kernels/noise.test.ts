// The noise distribution as an alias table, and the words drawn from it.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as reference from "../helpers/reference.ts";
import { Scratch } from "../helpers/scratch.ts";

const EXPONENTS = [0.75, 0, 1, -0.5];

/** The engine's table. */
function fillAlias(
  scratch: Scratch,
  counts: number[],
  exponent: number,
): { at: number; table: reference.AliasColumn[] } {
  const size = counts.length;
  const at = scratch.take(size * 8);
  scratch.kernels.fillAlias(scratch.f64(counts), size, exponent, at, scratch.take(size * 4));
  const entries = scratch.engine.u32(at, size * 2);
  const table = counts.map((_, word) => ({ share: entries[word * 2], alias: entries[word * 2 + 1] }));
  return { at, table };
}

/** (V,) how likely a table makes each word: its own share, and what it is given as an alias. */
function likelihoods(table: reference.AliasColumn[]): number[] {
  const shares = table.map(() => 0);
  for (const [word, { share, alias }] of table.entries()) {
    shares[word] += share / 2 ** 32 / table.length;
    shares[alias] += (1 - share / 2 ** 32) / table.length;
  }
  return shares;
}

/** (V,) how likely the words should be. */
function expected(counts: number[], exponent: number): number[] {
  const powers = counts.map((count) => count ** exponent);
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

function checkTable(table: reference.AliasColumn[], counts: number[], exponent: number): void {
  const wanted = expected(counts, exponent);
  for (const [word, got] of likelihoods(table).entries()) {
    assert.ok(Math.abs(got - wanted[word]) <= 2 ** -30, `word ${word}: got ${got}, expected ${wanted[word]}`);
  }
}

/** Counts as words have them: the i-th is 1 / i as frequent as the first; the last ones are equal. */
const zipf = (size: number) => Array.from({ length: size }, (_, i) => Math.max(5, Math.floor(1e6 / (i + 1))));

for (const exponent of EXPONENTS) {
  for (const counts of [[7], [1, 2], [2, 1], [3, 3], zipf(1000), zipf(1000).reverse()]) {
    const name = `${counts.length} words, ${counts[0]}, … ${counts[counts.length - 1]}, exponent ${exponent}`;
    test(`the table is the counts' distribution: ${name}`, async () => {
      using scratch = await Scratch.open();
      checkTable(fillAlias(scratch, counts, exponent).table, counts, exponent);
      checkTable(reference.aliasTable(counts, exponent), counts, exponent);
    });
  }
}

test("the table is the distribution of any counts, and writes nowhere else", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 60 }),
      fc.double({ min: -1, max: 1.5, noNaN: true }),
      async (counts, exponent) => {
        using scratch = await Scratch.open();
        const size = counts.length;
        const [table, stack] = [size * 8, size * 4].map((bytes) => scratch.guarded(bytes));
        scratch.kernels.fillAlias(scratch.f64(counts), size, exponent, table, stack);
        scratch.checkGuards();
        const entries = scratch.engine.u32(table, size * 2);
        const columns = counts.map((_, word) => ({ share: entries[word * 2], alias: entries[word * 2 + 1] }));
        checkTable(columns, counts, exponent);
      },
    ),
    { seed: 1, numRuns: 200 },
  ));

/** `count` words drawn from a table, and where the generator is. */
function draw(scratch: Scratch, at: number, size: number, count: number, seed: bigint) {
  const random = scratch.u64(seed);
  const out = scratch.take(count * 4);
  scratch.kernels.drawNoise(at, size, random, out, count);
  return { words: [...scratch.engine.u32(out, count)], random };
}

test("the words drawn are the twin's", async () => {
  using scratch = await Scratch.open();
  for (const size of [1, 2, 3, 1000]) {
    const { at, table } = fillAlias(scratch, zipf(size), 0.75);
    const twin = new reference.SplitMix64(5n);
    const { words, random } = draw(scratch, at, size, 2000, 5n);
    assert.equal(
      words,
      words.map(() => reference.drawNoise(table, twin)),
    );
    assert.is(BigInt.asUintN(64, scratch.kernels.randomNext(random)), twin.next(), "one number a word");
  }
});

test("a column's own share ends where it says: the bits below it are the word's, the others its alias's", async () => {
  using scratch = await Scratch.open();
  // the generator's first number after state 0
  const bits = 0xe220a8397b1dcdafn;
  const lower = Number(bits % 2n ** 32n);
  for (const [share, word] of [
    [lower, 7],
    [lower + 1, 0],
  ]) {
    assert.equal(draw(scratch, scratch.u32([share, 7]), 1, 1, 0n).words, [word]);
  }
});

for (const exponent of EXPONENTS) {
  test(`a million words come as often as they should, exponent ${exponent}`, async () => {
    using scratch = await Scratch.open();
    const counts = zipf(100);
    const drawn = 2 ** 20;
    const { at } = fillAlias(scratch, counts, exponent);
    const seen = counts.map(() => 0);
    for (const word of draw(scratch, at, 100, drawn, 11n).words) seen[word]++;
    const chiSquare = expected(counts, exponent).reduce(
      (sum, share, word) => sum + (seen[word] - share * drawn) ** 2 / (share * drawn),
      0,
    );
    // 99 degrees of freedom: one draw in a thousand lies above 148.2, one in a thousand below 61.1
    assert.ok(chiSquare > 61.1 && chiSquare < 148.2, `${chiSquare}`);
  });
}

test.run();
