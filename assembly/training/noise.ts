// The distribution that negative samples are drawn from: counts to a power. As an alias table, from which a draw is one
// look-up; and as a cumulative table, from which gensim draws.
// See Mikolov et al. 2013, https://arxiv.org/abs/1310.4546

import { u32At } from "../numbers/arrays";
import { pow } from "../numbers/math";
import { randomBelow, randomNext } from "../numbers/random";

/** The table's last entry: every draw falls below it. */
const DOMAIN: f64 = 2147483647;

/** counts (V,) f64 = counts^exponent. Returns their sum. */
function raise(counts: usize, size: u32, exponent: f64): f64 {
  let total: f64 = 0;
  for (const end = counts + ((<usize>size) << 3); counts < end; counts += 8) {
    const weight = pow(load<f64>(counts), exponent);
    store<f64>(counts, weight);
    total += weight;
  }
  return total;
}

/**
 * Fills table (V,) u32 with round(2^31-1 · Σ counts^exponent up to i / Σ counts^exponent). counts: (V,) f64, which are
 * overwritten.
 */
export function fillCumulative(counts: usize, size: u32, exponent: f64, table: usize): void {
  const total = raise(counts, size, exponent);
  let cumulative: f64 = 0;
  for (let i: usize = 0; i < size; i++) {
    cumulative += load<f64>(counts + (i << 3));
    store<u32>(table + (i << 2), <u32>nearest((cumulative / total) * DOMAIN));
  }
}

/** The word that 32 random bits stand for: the first whose entry is not below bits modulo the last entry. */
export function cumulativeWord(table: usize, size: u32, bits: u32): u32 {
  const wanted = bits % u32At(table, size - 1);
  let low: u32 = 0;
  for (let high = size; low < high; ) {
    const middle = low + ((high - low) >> 1);
    if (u32At(table, middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The alias table: a column for each word, as high as 1 / V of the distribution; of what the word does not fill itself,
// an alias takes the rest. An entry is the share that is the word's own, in 2^-32, then the alias, both u32.
// See Walker 1977, Vose 1991, https://doi.org/10.1109/32.92917

/**
 * Fills table (V, 2) u32 for counts^exponent. counts: (V,) f64, which are overwritten; `stack` (V,) u32 is scratch:
 * columns that are too low lie at its beginning, those that are too high at its end.
 */
export function fillAlias(counts: usize, size: u32, exponent: f64, table: usize, stack: usize): void {
  const total = raise(counts, size, exponent);
  let low: u32 = 0;
  let high = size;
  for (let i: u32 = 0; i < size; i++) {
    const at = counts + ((<usize>i) << 3);
    const height = (load<f64>(at) / total) * <f64>size;
    store<f64>(at, height);
    store<u32>(stack + ((<usize>(height < 1 ? low++ : --high)) << 2), i);
  }
  while (low && high < size) {
    const poor = u32At(stack, --low);
    const rich = u32At(stack, high);
    const height = load<f64>(counts + ((<usize>poor) << 3));
    setAlias(table, poor, height, rich);
    const rest = counts + ((<usize>rich) << 3);
    store<f64>(rest, load<f64>(rest) - (1 - height));
    if (load<f64>(rest) >= 1) continue;
    high++;
    store<u32>(stack + ((<usize>low) << 2), rich);
    low++;
  }
  // what rounding left is full
  while (low) fillColumn(table, u32At(stack, --low));
  for (; high < size; high++) fillColumn(table, u32At(stack, high));
}

function setAlias(table: usize, word: u32, share: f64, alias: u32): void {
  const entry = table + ((<usize>word) << 3);
  store<u32>(entry, <u32>min<f64>(share * 4294967296, 4294967295));
  store<u32>(entry, alias, 4);
}

function fillColumn(table: usize, word: u32): void {
  setAlias(table, word, 1, word);
}

/** out (count,) u32 = words drawn from the alias table of `size` columns. */
export function drawNoise(table: usize, size: u32, random: usize, out: usize, count: u32): void {
  for (const end = out + ((<usize>count) << 2); out < end; out += 4) {
    const bits = randomNext(random);
    const column = randomBelow(bits, size);
    const entry = table + ((<usize>column) << 3);
    // without a branch, which nobody could predict
    store<u32>(out, select<u32>(column, load<u32>(entry, 4), <u32>bits < load<u32>(entry)));
  }
}
