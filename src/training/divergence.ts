/** Whether a training diverges: rows that grow without end are told before they are infinite. */

import { show, Wasm2VecError } from "../errors.ts";
import type { Model } from "../model/model.ts";

/** How long a row may become. Those of healthy trainings are shorter than 100, those that diverge reach 1e12 in an epoch. */
const MAX_LENGTH = 1e3;

const ADVICE =
  "An alpha of 0.025 is usual. Take a lower one, a narrower window or fewer noise words; a text of few different words diverges sooner.";

/**
 * The length of the longest word vector.
 *
 * @throws {Wasm2VecError} `training-diverged` when one holds NaN or is beyond float32
 */
export function longestRow(model: Model): number {
  const lengths = lengthsOf(model);
  let longest = 0;
  // a callback for each row would take ten times as long
  for (let row = 0; row < lengths.length; row++) if (lengths[row] > longest) longest = lengths[row];
  return longest;
}

/**
 * Looks at all word vectors once. Vectors that the training began with may be longer.
 *
 * @throws {Wasm2VecError} `training-diverged` when one holds NaN, is beyond float32 or is longer than a healthy one
 */
export function checkDivergence(model: Model, longestAtBegin: number): void {
  const limit = Math.max(MAX_LENGTH, longestAtBegin);
  if (longestRow(model) <= limit) return;
  const lengths = lengthsOf(model);
  const row = lengths.findIndex((length) => length > limit);
  const word = model.table.vocabulary.word(row);
  throw diverged(`Row ${row} (${show(word)}) is ${lengths[row].toPrecision(3)} long.`);
}

/** (V,) a view of the rows' lengths, which queries need anyway. */
function lengthsOf({ table }: Model): Float32Array {
  try {
    return table.engine.f32(table.norms(), table.size);
  } catch (cause) {
    if ((cause as Wasm2VecError).code !== "option-invalid") throw cause;
    throw diverged((cause as Error).message, cause);
  }
}

function diverged(why: string, cause?: unknown): Wasm2VecError {
  return new Wasm2VecError("training-diverged", `The training diverged: ${why} ${ADVICE}`, { cause });
}
