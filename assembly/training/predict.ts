// What a trained model makes of a hidden vector: the probability of each word.

import { exp } from "../numbers/math";
import { dot } from "../numbers/vector";

/**
 * probabilities (count,) = softmax(hidden · row) for consecutive rows. The largest product is taken off before the
 * exponential, which changes nothing but lets none be beyond float64.
 */
export function fillProbabilities(hidden: usize, rows: usize, count: u32, rowBytes: usize, probabilities: usize): void {
  const end = probabilities + ((<usize>count) << 2);
  let largest: f32 = -Infinity;
  for (let at = probabilities; at < end; at += 4, rows += rowBytes) {
    const product = dot(hidden, rows, rowBytes);
    largest = max(largest, product);
    store<f32>(at, product);
  }
  let sum: f64 = 0;
  for (let at = probabilities; at < end; at += 4) {
    const share = <f32>exp(<f64>load<f32>(at) - <f64>largest);
    sum += share;
    store<f32>(at, share);
  }
  for (let at = probabilities; at < end; at += 4) store<f32>(at, <f32>(<f64>load<f32>(at) / sum));
}
