// The distribution that negative samples are drawn from: counts to a power, as a cumulative table.
// See Mikolov et al. 2013, https://arxiv.org/abs/1310.4546

/** The table's last entry: every draw falls below it. */
const DOMAIN: f64 = 2147483647;

/** Fills table (V,) u32 with round(2^31-1 · Σ counts^exponent up to i / Σ counts^exponent). counts: (V,) f64. */
export function fillNoise(counts: usize, size: u32, exponent: f64, table: usize): void {
  let total: f64 = 0;
  for (let i: usize = 0; i < size; i++) total += Math.pow(load<f64>(counts + (i << 3)), exponent);
  let cumulative: f64 = 0;
  for (let i: usize = 0; i < size; i++) {
    cumulative += Math.pow(load<f64>(counts + (i << 3)), exponent);
    store<u32>(table + (i << 2), <u32>nearest((cumulative / total) * DOMAIN));
  }
}

/** The word that 32 random bits stand for: the first whose entry is not below bits modulo the last entry. */
export function noiseWord(table: usize, size: u32, bits: u32): u32 {
  const wanted = bits % load<u32>(table + ((<usize>(size - 1)) << 2));
  let low: u32 = 0;
  for (let high = size; low < high; ) {
    const middle = low + ((high - low) >> 1);
    if (load<u32>(table + ((<usize>middle) << 2)) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
