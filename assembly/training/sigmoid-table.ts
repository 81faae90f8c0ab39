// gensim's table of the sigmoid, and its logarithm.

import { exp, log } from "../numbers/math";

/** The sigmoid's table covers (-6, 6) in 1000 entries; its index is (x + 6) * 83, gensim's integer 1000 / 6 / 2. */
export const ENTRIES: i32 = 1000;
export const MAX_LOGIT: f32 = 6;
const PER_UNIT: f64 = 83;

/** Fills table: 1000 f32 of the sigmoid, then 1000 f32 of its logarithm. */
export function fillSigmoid(table: usize): void {
  for (let i = 0; i < ENTRIES; i++, table += 4) {
    const power = <f32>exp(((<f32>i / <f32>ENTRIES) * 2 - 1) * MAX_LOGIT);
    const value = power / (power + 1);
    store<f32>(table, value);
    store<f32>(table + (ENTRIES << 2), <f32>log(value));
  }
}

/** Where in the table the sigmoid of x stands, |x| < 6. */
export function entryOf(table: usize, x: f32): usize {
  return table + ((<usize>((<f64>x + MAX_LOGIT) * PER_UNIT)) << 2);
}
