/** Trains a model on an encoded corpus: epochs, learning rate, callbacks, events, checkpoints. */

import type { EncodedCorpus } from "../corpus/encoded-corpus.ts";
import type { JobRange } from "../corpus/job-ranges.ts";
import type { Model } from "../model/model.ts";
import type { CallbacksOf } from "../model/options.ts";
import type { UnfinishedRun } from "./checkpoint.ts";
import { checkDivergence, longestRow } from "./divergence.ts";
import { LearningRate } from "./learning-rate.ts";
import { openExecutor } from "./open-executor.ts";
import type { EpochEvent, TrainingEvent } from "./options.ts";
import { NO_TOTALS, ProgressMeter } from "./progress.ts";
import { type TrainingRun, trainEpochs } from "./run.ts";
import { EpochWarnings } from "./warnings.ts";

export { warningsBefore } from "./warnings.ts";

/** Where a run begins, and what it came to up to there. */
export type RunStart = Pick<UnfinishedRun, "next" | "totals">;

const BEGINNING: RunStart = { next: { epoch: 0, job: 0 }, totals: NO_TOTALS };

/** What a training follows, all of it given. */
export interface TrainSettings {
  epochs: number;
  startAlpha: number;
  endAlpha: number;
  totalExamples?: number;
  totalWords?: number;
  computeLoss: boolean;
  seed: number;
  workers: number;
  vectorsLockf: ArrayLike<number>;
  signal?: AbortSignal;
  onProgress?(event: TrainingEvent): unknown;
}

/** Who is told of a training; each call is awaited. */
export interface TrainObservers {
  /** the callbacks' methods, bound to the model that users know */
  call(name: keyof CallbacksOf<never>): Promise<unknown[]>;
  /** after how many words, and at each epoch's end, `save` is called; never by default */
  saveEvery?: number;
  save(at: RunStart): Promise<void>;
  /** is told the sum of all losses when an epoch ends */
  onLoss(loss: number): void;
}

/** What a call of `train` did, over all its epochs. */
export interface TrainSummary {
  /** words that were trained on, after those out of the vocabulary and those sampled away */
  trainedWords: number;
  /** words that were read */
  rawWords: number;
  /** the mean loss of a word, an epoch each; empty without computeLoss */
  epochLosses: number[];
}

/**
 * Trains from the beginning or from where a run was interrupted: finds who does it, and ends them.
 *
 * @throws {Wasm2VecError} `training-diverged`, `worker-failed`, `engine-not-loaded`, `closed`; the signal's reason; and
 *   what callbacks throw
 */
export async function trainModel(
  model: Model,
  corpus: EncodedCorpus,
  settings: TrainSettings,
  observers: TrainObservers,
  from = BEGINNING,
): Promise<TrainSummary> {
  const { computeLoss, epochs, onProgress, seed, signal, vectorsLockf, workers } = settings;
  const warn = (message: string) => onProgress?.({ kind: "warning", code: "single-thread", message });
  const warnings = new EpochWarnings(model, corpus);
  const executor = await openExecutor(model, workers, warn, signal);
  try {
    const alphaOf = alphaSchedule(corpus, settings);
    const meter = new ProgressMeter({ epochs, wordsPerEpoch: corpus.words, computeLoss }, onProgress, from.totals);
    model.setLocks(vectorsLockf);
    await observers.call("onTrainBegin");
    const longestAtBegin = longestRow(model);
    const run: TrainingRun = {
      ...{ corpus, epochs, computeLoss, signal, alphaOf, seed, begin: from.next, pauseEvery: observers.saveEvery },
      onEpochBegin: async () => void (await observers.call("onEpochBegin")),
      onJobEnd: (epoch, job, outcome) => meter.add(epoch, job, outcome),
      onPause: (next) => observers.save({ next, totals: meter.totals }),
      onEpochEnd: async (epoch) => {
        await executor.collect();
        checkDivergence(model, longestAtBegin);
        const alpha = alphaOf(epoch, corpus.jobs[corpus.jobs.length - 1]);
        for (const warning of warnings.after(meter)) await onProgress?.(warning);
        return finishEpoch(meter, observers, onProgress, { epoch, epochs, words: corpus.words, alpha });
      },
    };
    await trainEpochs(run, executor);
    const { trainedWords, rawWords, epochLosses } = meter.totals;
    return { trainedWords, rawWords, epochLosses };
  } finally {
    await executor.close();
  }
}

/** Tells what an epoch came to. Returns false to end the run. */
async function finishEpoch(
  meter: ProgressMeter,
  observers: TrainObservers,
  onProgress: TrainSettings["onProgress"],
  epoch: Pick<EpochEvent, "epoch" | "epochs" | "words" | "alpha">,
): Promise<boolean> {
  const loss = meter.meanLoss;
  meter.endEpoch();
  const { trainedWords, loss: sum } = meter.totals;
  observers.onLoss(sum);
  const answers = await observers.call("onEpochEnd");
  await onProgress?.({ kind: "epoch", ...epoch, trainedWords, loss });
  return !answers.includes(false);
}

/** The learning rate of each job: it falls with the sentences, or with the words where only their number is given. */
function alphaSchedule(corpus: EncodedCorpus, settings: TrainSettings): (epoch: number, job: JobRange) => number {
  const { startAlpha, endAlpha, epochs, totalExamples, totalWords } = settings;
  const rate = new LearningRate(startAlpha, endAlpha, epochs);
  if (totalExamples === undefined && totalWords !== undefined) {
    return (epoch, job) => rate.at(epoch, job.wordsBefore / totalWords);
  }
  const total = totalExamples ?? corpus.sentences;
  return (epoch, job) => rate.at(epoch, job.sentencesBefore / total);
}
