/** How fast a model learns, job by job. */

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
