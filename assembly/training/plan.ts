// The plan of a job: which words are kept, and how far each looks.

import { u32At } from "../numbers/arrays";
import { randomBelow, randomNext } from "../numbers/random";
import { OUT_OF_VOCABULARY, SENTENCE_END } from "../vocabulary/tokens";
import { Job } from "./job";

/** Empties the plan; the job's generator was seeded. */
export function beginPlan(job: Job): void {
  job.keptCount = 0;
  job.sentenceCount = 0;
  // beyond it: the first noise words
  job.drawn = job.negativeCapacity + 1;
}

/**
 * Adds the words of `tokens` that subsampling keeps, and draws how far each looks: 1 to `window` words, all equally
 * likely, or always `window`. A job's tokens may come in several pieces.
 * @see Mikolov et al. 2013, https://arxiv.org/abs/1310.4546, section 2.3
 */
export function planWords(job: Job): void {
  for (let at: usize = job.tokens, end = at + ((<usize>job.tokenCount) << 2); at < end; at += 4) {
    const token = load<u32>(at);
    if (token == OUT_OF_VOCABULARY) continue;
    if (token == SENTENCE_END) {
      endSentence(job);
      continue;
    }
    const bits = randomNext(job.random);
    if (job.sampling && u32At(job.sampling, token) < <u32>bits) continue;
    const to = (<usize>job.keptCount) << 2;
    store<u32>(job.kept + to, token);
    store<u32>(job.spans + to, job.shrinkWindows ? 1 + randomBelow(bits, job.window) : job.window);
    job.keptCount++;
  }
}

/** Closes the sentence, if it has words. */
export function endSentence(job: Job): void {
  const last = job.sentences + ((<usize>job.sentenceCount) << 2);
  const begin = job.sentenceCount ? load<u32>(last - 4) : 0;
  if (begin == job.keptCount) return;
  store<u32>(last, job.keptCount);
  job.sentenceCount++;
}
