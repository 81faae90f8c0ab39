/** Which words a model expects in a context. */

import { checkOptions, type GivenOptions, integer, listOf, optional, unchecked } from "../check-options.ts";
import { Wasm2VecError } from "../errors.ts";
import { bestScores, fillProbabilities } from "../tables/scores.ts";
import { type Key, presentRows, rowOf } from "../vocabulary/keys.ts";
import type { Model } from "./model.ts";

const PREDICT_OPTIONS = {
  /** how many to return; 10 by default, all of `words` where these are given */
  topn: optional(integer(0)),
  /** which words may be answers, or their rows; all by default. Their probabilities are those among all words */
  words: optional(unchecked<Iterable<Key>>()),
};

/** Options of `predictOutputWord`. @interface */
export type PredictOptions = GivenOptions<typeof PREDICT_OPTIONS>;

/** A word and its probability; all words' together are 1. */
export type Prediction = [word: string, probability: number];

/**
 * The words whose output vectors agree most with the sum of the context's vectors, or with their mean: see
 * `Word2Vec.predictOutputWord`.
 *
 * @throws {Wasm2VecError} `option-invalid` where the model has no output vectors
 */
export function predictWords(
  model: Model,
  context: readonly Key[],
  mean: boolean,
  options: PredictOptions,
): Prediction[] | null {
  const { topn, words } = checkOptions(PREDICT_OPTIONS, options, "predictOutputWord");
  const { table } = model;
  const { vocabulary } = table;
  const rows = presentRows(vocabulary, listOf(context, "The context's words"));
  const asked = words !== undefined && new Set(listOf(words, "The words").map((word) => rowOf(vocabulary, word)));
  if (!rows.length) return null;
  const output = model.learnt.find(({ name }) => name === "output");
  if (!output) {
    throw new Wasm2VecError(
      "option-invalid",
      "predictOutputWord needs negative sampling, and the model has negative: 0. Train one with negative: 5 or so.",
    );
  }
  const hidden = table.query.clear();
  for (const row of rows) hidden.add(row, 1, false);
  if (mean) hidden.scale(1 / rows.length);
  const probabilities = fillProbabilities(table, output.address);
  const best = asked
    ? [...asked].sort((a, b) => probabilities[b] - probabilities[a]).slice(0, topn)
    : bestScores(table, table.size, topn ?? 10);
  return Array.from(best, (row) => [vocabulary.word(row), probabilities[row]]);
}
