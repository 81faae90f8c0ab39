// Random number generators. The state of each lies at an address the host gives, so that a run can be saved,
// resumed and moved to another thread by copying bytes.

import { u32At } from "./arrays";

// SplitMix64: 64 random bits from a counter. State: u64.
// See Steele, Lea and Flood 2014, https://doi.org/10.1145/2714064.2660195

const GOLDEN_GAMMA: u64 = 0x9e3779b97f4a7c15;

function mix64(z: u64): u64 {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** The next 64 random bits. */
export function randomNext(state: usize): u64 {
  const next = load<u64>(state) + GOLDEN_GAMMA;
  store<u64>(state, next);
  return mix64(next);
}

/** A uniform integer in [0, bound) from the upper 32 of 64 random bits, by multiplication. */
export function randomBelow(bits: u64, bound: u32): u32 {
  return <u32>(((bits >> 32) * bound) >> 32);
}

/** Seeds the generator of a job, so that a run can be taken up at any. */
export function seedJob(state: usize, seed: u32, epoch: u32, job: u32): void {
  const run = mix64((((<u64>seed) << 32) | epoch) + GOLDEN_GAMMA);
  store<u64>(state, mix64(run + (<u64>job + 1) * GOLDEN_GAMMA));
}

// LCG-48: java.util.Random's recurrence, which word2vec.c and gensim use inside a job. State: u64.

const LCG_MASK: u64 = (1 << 48) - 1;

/** The next 32 random bits of the 48-bit generator at `state`: its upper bits, before the step. */
export function lcgNext(state: usize): u32 {
  const current = load<u64>(state);
  store<u64>(state, (current * 25214903917 + 11) & LCG_MASK);
  return <u32>(current >> 16);
}

// MT19937, as numpy.random.RandomState(seed) runs it. State: 624 words u32, then the position u32.
// See Matsumoto and Nishimura 1998, https://doi.org/10.1145/272991.272995

const MT_WORDS: usize = 624;
const MT_SHIFT: usize = 397;
const MT_POSITION: usize = MT_WORDS << 2;

/** Seeds the generator at `state` by Knuth's recurrence (init_genrand). */
export function mtSeed(state: usize, seed: u32): void {
  store<u32>(state, seed);
  for (let i: usize = 1; i < MT_WORDS; i++) {
    const previous = u32At(state, i - 1);
    store<u32>(state + (i << 2), 1812433253 * (previous ^ (previous >> 30)) + <u32>i);
  }
  store<u32>(state + MT_POSITION, <u32>MT_WORDS);
}

function mtWord(state: usize, index: usize): u32 {
  return u32At(state, index < MT_WORDS ? index : index - MT_WORDS);
}

function mtTwist(state: usize): void {
  for (let i: usize = 0; i < MT_WORDS; i++) {
    const joined = (mtWord(state, i) & 0x80000000) | (mtWord(state, i + 1) & 0x7fffffff);
    const twisted = (joined >> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    store<u32>(state + (i << 2), mtWord(state, i + MT_SHIFT) ^ twisted);
  }
  store<u32>(state + MT_POSITION, 0);
}

/** The next 32 random bits. */
export function mtNext(state: usize): u32 {
  if (load<u32>(state + MT_POSITION) >= <u32>MT_WORDS) mtTwist(state);
  const position = load<u32>(state + MT_POSITION);
  store<u32>(state + MT_POSITION, position + 1);
  let y = u32At(state, position);
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

/** A uniform integer in [0, bound): RandomState.randint's masked draws, rejected until they fit. bound 1 draws nothing. */
export function mtBelow(state: usize, bound: u32): u32 {
  const largest = bound - 1;
  if (!largest) return 0;
  const mask: u32 = 0xffffffff >> clz(largest);
  let value = mtNext(state) & mask;
  while (value > largest) value = mtNext(state) & mask;
  return value;
}

// PCG64 XSL-RR 128/64 seeded by a SeedSequence, as numpy.random.default_rng(seed) runs it.
// State: state low u64, state high u64, increment low u64, increment high u64.
// See O'Neill 2014, https://www.pcg-random.org/paper.html

const PCG_MULTIPLIER_HIGH: u64 = 2549297995355413924;
const PCG_MULTIPLIER_LOW: u64 = 4865540595714422341;

/** The upper 64 bits of the product of two 64-bit numbers. */
function multiplyHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff,
    aHigh = a >> 32;
  const bLow = b & 0xffffffff,
    bHigh = b >> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >> 32);
  const cross = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >> 32) + (cross >> 32);
}

/** state = state * multiplier + increment, modulo 2^128 */
function pcgStep(state: usize): void {
  const low = load<u64>(state),
    high = load<u64>(state, 8);
  const productLow = low * PCG_MULTIPLIER_LOW;
  const productHigh = multiplyHigh(low, PCG_MULTIPLIER_LOW) + low * PCG_MULTIPLIER_HIGH + high * PCG_MULTIPLIER_LOW;
  pcgAdd(state, productLow, productHigh, load<u64>(state, 16), load<u64>(state, 24));
}

/** state = a + b, modulo 2^128 */
function pcgAdd(state: usize, aLow: u64, aHigh: u64, bLow: u64, bHigh: u64): void {
  const low = aLow + bLow;
  store<u64>(state, low);
  store<u64>(state, aHigh + bHigh + u64(low < aLow), 8);
}

/** The next 64 random bits. */
export function pcgNext(state: usize): u64 {
  pcgStep(state);
  const low = load<u64>(state),
    high = load<u64>(state, 8);
  return rotr<u64>(high ^ low, high >> 58);
}

/** Seeds the generator at `state` from a SeedSequence of one word. `scratch`: 48 bytes. */
export function pcgSeed(state: usize, seed: u32, scratch: usize): void {
  const words = scratch + 16;
  seedSequence(scratch, seed);
  seedWords(scratch, words);
  const low = (load<u64>(words, 24) << 1) | 1;
  const high = (load<u64>(words, 16) << 1) | (load<u64>(words, 24) >> 63);
  store<u64>(state, low, 16);
  store<u64>(state, high, 24);
  // the first step, from 0, leads to the increment; the second follows
  pcgAdd(state, low, high, load<u64>(words, 8), load<u64>(words));
  pcgNext(state);
}

// SeedSequence: one word of entropy spread over a pool of four.
// See O'Neill 2015, https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html

const POOL: usize = 4;

function mixIn(x: u32, y: u32): u32 {
  const mixed = 0xca01f9dd * x - 0x4973f715 * y;
  return mixed ^ (mixed >> 16);
}

/** Fills the pool (4 words u32) from one word of entropy. */
function seedSequence(pool: usize, entropy: u32): void {
  let multiplier: u32 = 0x43b0d7e5;
  for (let i: usize = 0; i < POOL; i++) {
    store<u32>(pool + (i << 2), hashed(i ? 0 : entropy, multiplier, 0x931e8875));
    multiplier *= 0x931e8875;
  }
  for (let from: usize = 0; from < POOL; from++) {
    for (let to: usize = 0; to < POOL; to++) {
      if (from == to) continue;
      const mixed = mixIn(u32At(pool, to), hashed(u32At(pool, from), multiplier, 0x931e8875));
      store<u32>(pool + (to << 2), mixed);
      multiplier *= 0x931e8875;
    }
  }
}

/** Draws eight words u32 from the pool. */
function seedWords(pool: usize, words: usize): void {
  let multiplier: u32 = 0x8b51f9dd;
  for (let i: usize = 0; i < 8; i++) {
    store<u32>(words + (i << 2), hashed(u32At(pool, i & 3), multiplier, 0x58f38ded));
    multiplier *= 0x58f38ded;
  }
}

/** One round of the sequence's hash, whose multiplier moves on by `factor` between its two uses. */
function hashed(value: u32, multiplier: u32, factor: u32): u32 {
  value = (value ^ multiplier) * (multiplier * factor);
  return value ^ (value >> 16);
}

/**
 * Fills rows (V, D) with uniform numbers in [-1, 1) / D, in row order, as gensim 4 does:
 * Generator.random(dtype=float32), two floats from each 64 bits, the low half first.
 */
export function fillUniform(state: usize, rows: usize, count: u32, dimension: u32, rowBytes: usize): void {
  let bits: u64 = 0;
  let half = false;
  for (let row: u32 = 0; row < count; row++, rows += rowBytes) {
    for (let at = rows, end = rows + ((<usize>dimension) << 2); at < end; at += 4) {
      bits = half ? bits >> 32 : pcgNext(state);
      half = !half;
      const unit = <f32>(<u32>bits >> 8) * <f32>5.9604644775390625e-8;
      store<f32>(at, (unit * 2 - 1) / <f32>dimension);
    }
  }
}
