/** How likely a model finds sentences. */

import { type Corpus, Turns } from "../corpus/corpus.ts";
import { batchesOf } from "../corpus/read-corpus.ts";
import { SENTENCE_END } from "../engine/kernels.ts";
import { PIECE_TOKENS } from "../engine/layout.ts";
import { Wasm2VecError } from "../errors.ts";
import { NOT_FOUND } from "../vocabulary/vocabulary.ts";
import type { Model } from "./model.ts";

/** In a sentence that does not fit into one piece, words further apart do not count as each other's context. */
const FURTHEST = PIECE_TOKENS / 4;

/**
 * (N,) the log-probability of each sentence: see `Word2Vec.score`.
 *
 * @throws {Wasm2VecError} `option-invalid` where the model has no hierarchical softmax, or the corpus is none
 */
export async function scoreCorpus(
  model: Model,
  corpus: Corpus,
  window: number,
  signal?: AbortSignal,
): Promise<Float64Array> {
  if (!model.learnt.some(({ name }) => name === "nodes")) {
    throw new Wasm2VecError(
      "option-invalid",
      "score needs hierarchical softmax, and the model has hs: 0. Train one with hs: 1.",
    );
  }
  const { vocabulary } = model.table;
  const turns = new Turns(signal);
  const scores: number[] = [];
  let sentence: number[] = [];
  for await (const _ of batchesOf(corpus, vocabulary, { signal })) {
    for (const id of vocabulary.findBatch().slice()) {
      if (id === SENTENCE_END) {
        scores.push(scoreSentence(model, Uint32Array.from(sentence), window));
        sentence = [];
        if (turns.over) await turns.pass();
      } else if (id !== NOT_FOUND) sentence.push(id);
    }
  }
  return Float64Array.from(scores);
}

/** Scores a sentence in pieces that overlap by as much as a word sees to either side. */
function scoreSentence(model: Model, ids: Uint32Array, window: number): number {
  if (ids.length <= PIECE_TOKENS) return model.scoreWords(ids, 0, ids.length);
  const reach = Math.min(window, FURTHEST);
  let score = 0;
  for (let from = 0; from < ids.length; from += PIECE_TOKENS - 2 * reach) {
    const to = Math.min(from + PIECE_TOKENS - 2 * reach, ids.length);
    const begin = Math.max(0, from - reach);
    score += model.scoreWords(ids.subarray(begin, to + reach), from - begin, to - begin);
  }
  return score;
}
