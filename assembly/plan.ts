// The plan of a job, gensim's: which words are kept, and how far each looks.
// Everything random but the negatives is drawn here, in gensim's order.

import { Job, MAX_KEPT, OUT_OF_VOCABULARY, SENTENCE_END } from "./job";
import { lcgNext, mtBelow } from "./random";

/** Empties the plan and seeds the job's generator from the run's. */
export function beginPlan(job: Job): void {
  job.keptCount = 0;
  job.sentenceCount = 0;
  if (!job.negative && !job.sampling) return;
  const high = mtBelow(job.mt, 1 << 24);
  store<u64>(job.lcg, ((<u64>high) << 24) + mtBelow(job.mt, 1 << 24));
}

/**
 * Adds the words of `tokens` that subsampling keeps. A job's tokens may come in several pieces.
 * @see Mikolov et al. 2013, https://arxiv.org/abs/1310.4546, section 2.3
 */
export function planWords(job: Job): void {
  for (let at: usize = job.tokens, end = at + ((<usize>job.tokenCount) << 2); at < end; at += 4) {
    const token = load<u32>(at);
    if (token == OUT_OF_VOCABULARY || job.keptCount == MAX_KEPT) continue;
    if (token == SENTENCE_END) {
      endSentence(job);
      continue;
    }
    if (job.sampling && load<u32>(job.sampling + ((<usize>token) << 2)) < lcgNext(job.lcg)) continue;
    store<u32>(job.kept + ((<usize>job.keptCount) << 2), token);
    job.keptCount++;
  }
}

/** Draws how far each kept word looks: 1 to `window` words, all equally likely, or always `window`. */
export function planSpans(job: Job): void {
  endSentence(job);
  for (let i: u32 = 0; i < job.keptCount; i++) {
    const less = job.shrinkWindows ? mtBelow(job.mt, job.window) : 0;
    store<u32>(job.spans + ((<usize>i) << 2), job.window - less);
  }
}

/** Closes the sentence, if it has words. */
function endSentence(job: Job): void {
  const last = job.sentences + ((<usize>job.sentenceCount) << 2);
  const begin = job.sentenceCount ? load<u32>(last - 4) : 0;
  if (begin == job.keptCount) return;
  store<u32>(last, job.keptCount);
  job.sentenceCount++;
}
