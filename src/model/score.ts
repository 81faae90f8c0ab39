/** How likely a model finds sentences. */

import type { Corpus } from "../corpus/corpus.ts";
import { findCorpus } from "../corpus/read-corpus.ts";
import { OUT_OF_VOCABULARY, SENTENCE_END } from "../engine/kernels.ts";
import { CHUNK_TOKENS } from "../engine/layout.ts";
import { Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import type { Model } from "./model.ts";

/** In a sentence that does not fit into one chunk, words further apart do not count as each other's context. */
const MAX_REACH = CHUNK_TOKENS / 4;

/**
 * (N,) the log-probability of each sentence: see `Word2Vec.score`.
 *
 * @throws {Wasm2VecError} `option-invalid` where the model has no hierarchical softmax, or the corpus is none
 */
export async function scoreCorpus(
  model: Model,
  corpus: Corpus,
  window: number,
  signal: AbortSignal,
): Promise<Float64Array> {
  if (!model.hasNodes) {
    throw new Wasm2VecError(
      "option-invalid",
      "score needs hierarchical softmax, and the model has hs: 0. Train one with hs: 1.",
    );
  }
  const slice = new TimeSlice(signal);
  const scores: number[] = [];
  let sentence: number[] = [];
  for await (const { ids } of findCorpus(corpus, model.table.vocabulary, { signal })) {
    for (const id of ids) {
      if (id === SENTENCE_END) {
        scores.push(scoreSentence(model, Uint32Array.from(sentence), window));
        sentence = [];
        if (slice.isOver) await slice.yield();
      } else if (id !== OUT_OF_VOCABULARY) sentence.push(id);
    }
  }
  return Float64Array.from(scores);
}

/** Scores a sentence in chunks that overlap by as much as a word sees to either side. */
function scoreSentence(model: Model, ids: Uint32Array, window: number): number {
  if (ids.length <= CHUNK_TOKENS) return model.scoreWords(ids, 0, ids.length);
  const reach = Math.min(window, MAX_REACH);
  let score = 0;
  for (let from = 0; from < ids.length; from += CHUNK_TOKENS - 2 * reach) {
    const to = Math.min(from + CHUNK_TOKENS - 2 * reach, ids.length);
    const begin = Math.max(0, from - reach);
    score += model.scoreWords(ids.subarray(begin, to + reach), from - begin, to - begin);
  }
  return score;
}
