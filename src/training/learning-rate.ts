/** How fast a model learns, job by job, and what it has been through. */

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
