/** Which words are trained on together, and how fast: jobs and their learning rate. */

import { type EncodedCorpus, SENTENCE_END } from "./corpus.ts";

/** Whole sentences that are trained on in one call: a range of the encoded corpus. */
export interface JobRange {
  begin: number;
  end: number;
  /** sentences of the corpus before it */
  sentencesBefore: number;
  /** and words */
  wordsBefore: number;
  /** its words, those out of the vocabulary among them */
  words: number;
}

/**
 * Cuts the corpus into jobs: as many whole sentences as have `batchWords` words together, those out of the vocabulary
 * among them; a longer sentence is a job of its own. As in gensim, an empty job comes before a first such sentence:
 * it trains nothing, but draws its seed.
 */
export function cutJobs(corpus: EncodedCorpus, batchWords: number): JobRange[] {
  const jobs: JobRange[] = [];
  let job = { begin: 0, end: 0, sentencesBefore: 0, wordsBefore: 0, words: 0 };
  let sentences = 0;
  let words = 0;
  let position = 0;
  for (const piece of corpus.pieces(0, corpus.length, Number.POSITIVE_INFINITY)) {
    for (const id of piece) {
      position++;
      if (id !== SENTENCE_END) {
        words++;
        continue;
      }
      if (job.words + words > batchWords) {
        jobs.push(job);
        job = {
          begin: job.end,
          end: job.end,
          sentencesBefore: sentences,
          wordsBefore: job.wordsBefore + job.words,
          words: 0,
        };
      }
      job.end = position;
      job.words += words;
      sentences++;
      words = 0;
    }
  }
  if (job.end > job.begin) jobs.push(job);
  return jobs;
}

/** What a model has been through; kept in its file. */
export interface ModelHistory {
  /** sentences of the corpus that the vocabulary comes from */
  corpusCount: number;
  /** and its words */
  corpusTotalWords: number;
  /** the minCount that was applied */
  effectiveMinCount: number;
  /** how often `train` was called */
  trainCount: number;
}

/** A learning rate that falls in a straight line over all epochs, job by job. */
export class LearningRate {
  constructor(
    private readonly start: number,
    private readonly end: number,
    private readonly epochs: number,
  ) {}

  /** The rate after so many epochs and a share, in [0, 1], of the next; never below the end. */
  at(epoch: number, share: number): number {
    const progress = (epoch + share) / this.epochs;
    return Math.max(this.end, this.start - (this.start - this.end) * progress);
  }
}
