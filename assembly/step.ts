// One step of training: a hidden vector against a few output rows, each with the label it should have had.

import { Job } from "./job";
import { axpy, dot } from "./vector";

/** The sigmoid's table covers (-6, 6) in 1000 entries; its index is (x + 6) * 83, gensim's integer 1000 / 6 / 2. */
export const ENTRIES: i32 = 1000;
export const LARGEST: f32 = 6;
const PER_UNIT: f64 = 83;

/** Fills table: 1000 f32 of the sigmoid, then 1000 f32 of its logarithm. */
export function fillSigmoid(table: usize): void {
  for (let i = 0; i < ENTRIES; i++, table += 4) {
    const power = <f32>Math.exp(((<f32>i / <f32>ENTRIES) * 2 - 1) * LARGEST);
    const value = power / (power + 1);
    store<f32>(table, value);
    store<f32>(table + (ENTRIES << 2), <f32>Math.log(value));
  }
}

/** Where in the table the sigmoid of x stands, |x| < 6. */
export function entry(table: usize, x: f32): usize {
  return table + ((<usize>((<f64>x + LARGEST) * PER_UNIT)) << 2);
}

/**
 * error += Σ g output, output += g hidden, with g = alpha (label - σ(hidden · output)), one output after the other.
 * An output whose logit lies outside (-6, 6) is left as it is, as gensim leaves it. Adds -log σ(±logit) to the loss.
 */
export function step(job: Job, hidden: usize, count: u32): void {
  for (let i: usize = 0; i < count; i++) {
    const output = load<usize>(job.outputs + (i << 2));
    const label = load<f32>(job.labels + (i << 2));
    const logit = dot(hidden, output, job.rowBytes);
    if (logit <= -LARGEST || logit >= LARGEST) continue;
    const gradient = (label - load<f32>(entry(job.sigmoid, logit))) * job.alpha;
    if (job.computeLoss) job.loss -= load<f32>(entry(job.sigmoid, label ? logit : -logit), ENTRIES << 2);
    axpy(gradient, output, job.error, job.rowBytes);
    axpy(gradient, hidden, output, job.rowBytes);
  }
}
