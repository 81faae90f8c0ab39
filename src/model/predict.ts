/** Which words a model expects in a context. */

import { Wasm2VecError } from "../errors.ts";
import type { Model } from "./model.ts";

/** A word and its probability; all words' together are 1. */
export type Prediction = [word: string, probability: number];

/**
 * The words whose output vectors agree most with the sum of the context's vectors, or with their mean.
 *
 * @param context at least one row
 * @throws {Wasm2VecError} `option-invalid` where the model has no output vectors
 */
export function predictWords(model: Model, context: readonly number[], mean: boolean, topn: number): Prediction[] {
  const { table } = model;
  const output = model.learnt.find(({ name }) => name === "output");
  if (!output) {
    throw new Wasm2VecError(
      "option-invalid",
      "predictOutputWord needs negative sampling, and the model has negative: 0. Train one with negative: 5 or so.",
    );
  }
  table.clear("query");
  for (const row of context) table.addRow("query", row, 1, false);
  if (mean) table.scale("query", 1 / context.length);
  const probabilities = table.probabilities(output.address);
  return Array.from(table.best(table.size, topn), (row) => [table.vocabulary.word(row), probabilities[row]]);
}
