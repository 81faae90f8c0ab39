/** What a training tells of itself while it runs. */

import { EventPace } from "../event-loop.ts";
import type { JobOutcome, TrainingJob } from "../model/job.ts";

/** How a training stands: told at most ten times a second, while the jobs of an epoch are done. */
export interface TrainingProgress {
  /** tells it from the other events */
  kind: "training";
  /** which epoch is under way, from 0 */
  epoch: number;
  /** how many there will be */
  epochs: number;
  /** words that were read, over all epochs */
  words: number;
  /** how many words will be read, over all epochs */
  totalWords: number;
  /** words read a second, over all workers */
  wordsPerSecond: number;
  /** the learning rate */
  alpha: number;
  /** the mean loss of a word in this epoch, up to now; null without computeLoss */
  loss: number | null;
  /** seconds until the end at this speed */
  secondsLeft: number;
}

/** Sums over a run; a checkpoint keeps them. */
export interface RunTotals {
  trainedWords: number;
  /** words that were read */
  rawWords: number;
  /** the sum of all losses, as getLatestTrainingLoss reports it */
  loss: number;
  /** the mean loss of a word, an epoch each; empty without computeLoss */
  epochLosses: number[];
  /** the loss of the epoch that is under way */
  epochLoss: number;
  /** the words that were trained on in the epoch that is under way */
  epochWords: number;
}

export const NO_TOTALS: RunTotals = {
  ...{ trainedWords: 0, rawWords: 0, loss: 0, epochLosses: [], epochLoss: 0, epochWords: 0 },
};

/** Adds up what jobs came to, and tells of it now and then. */
export class ProgressMeter {
  readonly totals: RunTotals;
  private readonly begin = performance.now();
  private readonly wordsBefore: number;
  private readonly pace = new EventPace();

  constructor(
    private readonly run: { epochs: number; wordsPerEpoch: number; computeLoss: boolean },
    private readonly tell: ((event: TrainingProgress) => unknown) | undefined,
    totals: RunTotals,
  ) {
    this.totals = { ...totals, epochLosses: [...totals.epochLosses] };
    this.wordsBefore = totals.rawWords;
  }

  /** Adds a job's outcome. Returns what is to be awaited, where that was told. */
  add(epoch: number, { words, alpha }: TrainingJob, { trainedWords, loss, reportedLoss }: JobOutcome): unknown {
    const { totals } = this;
    totals.rawWords += words;
    totals.trainedWords += trainedWords;
    totals.loss += reportedLoss;
    totals.epochLoss += loss;
    totals.epochWords += trainedWords;
    if (!this.tell || !this.pace.takeTurn()) return undefined;
    return this.tell(this.event(epoch, alpha, (performance.now() - this.begin) / 1000));
  }

  /** The mean loss of a word in the epoch up to now; null without computeLoss. */
  get meanLoss(): number | null {
    const { epochLoss, epochWords } = this.totals;
    return this.run.computeLoss ? epochLoss / Math.max(1, epochWords) : null;
  }

  endEpoch(): void {
    const { totals, meanLoss } = this;
    if (meanLoss !== null) totals.epochLosses.push(meanLoss);
    totals.epochLoss = 0;
    totals.epochWords = 0;
  }

  private event(epoch: number, alpha: number, seconds: number): TrainingProgress {
    const { epochs, wordsPerEpoch } = this.run;
    const words = this.totals.rawWords;
    const totalWords = epochs * wordsPerEpoch;
    const wordsPerSecond = (words - this.wordsBefore) / seconds;
    const secondsLeft = (totalWords - words) / wordsPerSecond;
    return {
      kind: "training",
      epoch,
      epochs,
      words,
      totalWords,
      wordsPerSecond,
      alpha,
      loss: this.meanLoss,
      secondsLeft,
    };
  }
}
