// The generators of random.ts, against their plain twins and against numpy's.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { MT_WORDS, rowBytesOf } from "../../src/engine/layout.ts";
import { Lcg, MersenneTwister, Pcg64, SplitMix64, uniformRows } from "../helpers/reference.ts";
import { DIMENSIONS, Scratch } from "../helpers/scratch.ts";

const numpy: Record<string, NumpyNumbers> = JSON.parse(readFileSync("tests/golden/internals-4.4.json", "utf8")).random;

/** What numpy.random.RandomState(seed) and default_rng(seed) gave (tests/golden/make.py). */
interface NumpyNumbers {
  randint16777216: number[];
  randint5: number[];
  randint1: number[];
  /** calls of one generator: twice below 2^24, seven times below 5, once below 2^24 */
  job: number[];
  float32: number[];
}

const jobBounds = [2 ** 24, 2 ** 24, 5, 5, 5, 5, 5, 5, 5, 2 ** 24];

const draw = <T>(count: number, next: () => T) => Array.from({ length: count }, next);

async function seededTwister(seed: number) {
  const scratch = await Scratch.open();
  const state = scratch.take(MT_WORDS * 4);
  scratch.kernels.mtSeed(state, seed);
  return {
    next: () => scratch.kernels.mtNext(state) >>> 0,
    below: (bound: number) => scratch.kernels.mtBelow(state, bound) >>> 0,
  };
}

async function seededPcg(seed: number) {
  const scratch = await Scratch.open();
  const state = scratch.take(32);
  scratch.kernels.pcgSeed(state, seed, scratch.take(48));
  return { scratch, state, next: () => BigInt.asUintN(64, scratch.kernels.pcgNext(state)) };
}

const unsigned = (bits: bigint) => BigInt.asUintN(64, bits);

test("SplitMix64: the numbers of java.util.SplittableRandom(0), and its twin's from the greatest state on", async () => {
  using scratch = await Scratch.open();
  const zero = scratch.u64(0n);
  const java = [0xe220a8397b1dcdafn, 0x6e789e6aa1b965f4n, 0x06c45d188009454fn];
  assert.equal(
    draw(3, () => unsigned(scratch.kernels.randomNext(zero))),
    java,
  );
  const twin = new SplitMix64(2n ** 64n - 1n);
  const state = scratch.u64(twin.x);
  for (let i = 0; i < 1000; i++) assert.is(unsigned(scratch.kernels.randomNext(state)), twin.next());
});

/** The first numbers of a job's generator. */
function drawJob(scratch: Scratch, place: [seed: number, epoch: number, job: number]): bigint[] {
  const state = scratch.take(8);
  scratch.kernels.seedJob(state, ...place);
  return draw(3, () => unsigned(scratch.kernels.randomNext(state)));
}

test("a job's generator is its twin's, for small and the greatest numbers", async () => {
  using scratch = await Scratch.open();
  const some = [0, 1, 2 ** 31, 2 ** 32 - 1];
  for (const seed of some) {
    for (const epoch of some) {
      for (const job of some) {
        const twin = SplitMix64.ofJob(seed, epoch, job);
        assert.equal(
          drawJob(scratch, [seed, epoch, job]),
          draw(3, () => twin.next()),
        );
      }
    }
  }
});

test("60,000 numbers of jobs whose seeds, epochs and places are neighbours: none comes twice", async () => {
  using scratch = await Scratch.open();
  const seen = new Set<bigint>();
  for (let seed = 0; seed < 20; seed++) {
    for (let epoch = 0; epoch < 20; epoch++) {
      for (let job = 0; job < 50; job++) for (const bits of drawJob(scratch, [seed, epoch, job])) seen.add(bits);
    }
  }
  assert.is(seen.size, 20 * 20 * 50 * 3);
});

test("neighbouring jobs differ in half of their bits", async () => {
  using scratch = await Scratch.open();
  const places: ((i: number) => [number, number, number])[] = [(i) => [i, 0, 0], (i) => [0, i, 0], (i) => [0, 0, i]];
  for (const place of places) {
    let turned = 0;
    for (let i = 0; i < 1000; i++) {
      const [a] = drawJob(scratch, place(i));
      const [b] = drawJob(scratch, place(i + 1));
      turned += (a ^ b).toString(2).replaceAll("0", "").length;
    }
    // 64,000 throws of a coin, whose standard deviation is 126
    assert.ok(Math.abs(turned - 32000) < 5 * 126, `${turned} of 64000`);
  }
});

test("the 48-bit generator: java.util.Random's numbers for its seed 42", async () => {
  using scratch = await Scratch.open();
  // Random scrambles its seed by the multiplier, and steps before it reads
  const scrambled = new Lcg(42n ^ 25214903917n);
  scrambled.next();
  const state = scratch.u64(scrambled.x);
  // new java.util.Random(42).nextInt(), twice
  assert.equal([scratch.kernels.lcgNext(state), scratch.kernels.lcgNext(state)], [-1170105035, 234785527]);
});

test("the 48-bit generator and its twin, from the greatest state on", async () => {
  using scratch = await Scratch.open();
  const twin = new Lcg(2n ** 48n - 1n);
  const state = scratch.u64(twin.x);
  assert.equal(
    draw(1000, () => scratch.kernels.lcgNext(state) >>> 0),
    draw(1000, () => twin.next()),
  );
});

test("MT19937: the number that C++ demands of std::mt19937", async () => {
  const twister = await seededTwister(5489);
  // ISO C++ [rand.predef]: the 10000th number of the default seed
  assert.is(draw(10000, twister.next)[9999], 4123659995);
});

for (const seed of [0, 1, 42, 2 ** 32 - 1]) {
  const golden = numpy[seed];

  test(`MT19937 and its twin, seed ${seed}, over three blocks`, async () => {
    const twister = await seededTwister(seed);
    const twin = new MersenneTwister(seed);
    assert.equal(
      draw(2000, twister.next),
      draw(2000, () => twin.next()),
    );
  });

  test(`below a bound: numpy's randint, seed ${seed}`, async () => {
    for (const twister of [await seededTwister(seed), new MersenneTwister(seed)]) {
      assert.equal(
        jobBounds.map((bound) => twister.below(bound)),
        golden.job,
      );
    }
    for (const twister of [await seededTwister(seed), new MersenneTwister(seed)]) {
      assert.equal(
        draw(5, () => twister.below(2 ** 24)),
        golden.randint16777216,
      );
    }
    for (const twister of [await seededTwister(seed), new MersenneTwister(seed)]) {
      assert.equal(
        draw(20, () => twister.below(5)),
        golden.randint5,
      );
    }
  });

  test(`PCG64 and its twin, seed ${seed}`, async () => {
    const generator = await seededPcg(seed);
    const twin = new Pcg64(seed);
    for (let i = 0; i < 200; i++) assert.is(generator.next(), twin.next());
  });

  test(`rows: numpy's float32 numbers of default_rng(${seed}), spread over [-1, 1) / D`, async () => {
    const { scratch, state } = await seededPcg(seed);
    const at = scratch.take(2 * rowBytesOf(4));
    scratch.kernels.fillUniform(state, at, 2, 4, rowBytesOf(4));
    const expected = golden.float32.map((unit) => Math.fround((unit * 2 - 1) / 4));
    assert.equal(scratch.readRows(at, 2, 4).flat(), expected);
    assert.equal(uniformRows(new Pcg64(seed), 2, 4).flat(), expected);
  });
}

test("below 1 there is only 0, and no number is drawn", async () => {
  const twister = await seededTwister(7);
  assert.equal([twister.below(1), twister.below(1)], [0, 0]);
  assert.is(twister.next(), new MersenneTwister(7).next());
});

for (const bound of [2, 3, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1]) {
  test(`below ${bound}: as the twin`, async () => {
    const twister = await seededTwister(3);
    const twin = new MersenneTwister(3);
    assert.equal(
      draw(500, () => twister.below(bound)),
      draw(500, () => twin.below(bound)),
    );
  });
}

for (const dimension of DIMENSIONS) {
  test(`rows, D = ${dimension}: the twin's, rounded once; the padding stays zero`, async () => {
    const { scratch, state } = await seededPcg(9);
    const at = scratch.take(7 * rowBytesOf(dimension));
    scratch.kernels.fillUniform(state, at, 7, dimension, rowBytesOf(dimension));
    const expected = uniformRows(new Pcg64(9), 7, dimension).map((row) => row.map(Math.fround));
    assert.equal(scratch.readRows(at, 7, dimension), expected);
    for (let i = 0; i < 7; i++) {
      const padding = scratch.readPadding(at + i * rowBytesOf(dimension), dimension);
      assert.ok(padding.every((value) => value === 0));
    }
  });
}

test("rows of the Lee corpus' model: gensim's first vectors", async () => {
  const { initialRows, options } = JSON.parse(readFileSync("tests/golden/internals-4.4.json", "utf8"));
  const { scratch, state } = await seededPcg(options.seed);
  const at = scratch.take(2 * rowBytesOf(options.vectorSize));
  scratch.kernels.fillUniform(state, at, 2, options.vectorSize, rowBytesOf(options.vectorSize));
  assert.equal(scratch.readRows(at, 2, options.vectorSize), initialRows);
});

test.run();
