/** The run of a training: its jobs, epoch by epoch, by whatever trains on them. */

import type { EncodedCorpus } from "./encoded-corpus.ts";
import type { JobRange } from "./jobs.ts";
import type { JobOutcome, TrainingJob } from "./training-job.ts";

/** Who trains on jobs: this thread, or others. */
export interface Executor {
  /** how many jobs it takes at a time */
  readonly capacity: number;
  trainJob(job: TrainingJob): Promise<JobOutcome>;
  /** Brings what was learnt so far to the model, where it is elsewhere. No job may be under way. */
  collect(): Promise<void>;
  /** Ends what it started. */
  close(): Promise<void>;
}

/** What is trained on, and how. */
export interface TrainingRun {
  corpus: EncodedCorpus;
  epochs: number;
  seed: number;
  computeLoss: boolean;
  /** stops the run between jobs */
  signal?: AbortSignal;
  /** the learning rate of a job */
  alphaOf(epoch: number, job: JobRange): number;
  onEpochBegin(): void;
  onEpochEnd(epoch: number, totals: TrainingTotals): Promise<void>;
}

/** Sums over the run up to now. */
export interface TrainingTotals {
  trainedWords: number;
  /** words that were read */
  rawWords: number;
  loss: number;
}

/**
 * Trains. Where it fails or is aborted, the jobs under way are awaited first, and the model has what was learnt.
 *
 * @throws the signal's reason when it is aborted, and what the executor throws
 */
export async function trainEpochs(run: TrainingRun, executor: Executor): Promise<TrainingTotals> {
  const totals = { trainedWords: 0, rawWords: 0, loss: 0 };
  try {
    for (let epoch = 0; epoch < run.epochs; epoch++) {
      run.onEpochBegin();
      await trainJobs(jobsOf(run, epoch), executor, totals);
      totals.rawWords += run.corpus.words;
      await run.onEpochEnd(epoch, totals);
    }
  } finally {
    await executor.collect();
  }
  return totals;
}

/** Keeps as many jobs under way as the executor takes: each lane takes the next one when its last is done. */
async function trainJobs(jobs: AsyncGenerator<TrainingJob>, executor: Executor, totals: TrainingTotals): Promise<void> {
  const lane = async () => {
    // leaving the loop, by an error too, ends the generator, and so the other lanes
    for await (const job of jobs) {
      const { trainedWords, loss } = await executor.trainJob(job);
      totals.trainedWords += trainedWords;
      totals.loss += loss;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: executor.capacity }, lane));
  for (const settled of lanes) if (settled.status === "rejected") throw settled.reason;
}

/** The jobs of an epoch with their ids, in order, also where several ask for the next one at once. */
async function* jobsOf(
  { corpus, seed, computeLoss, signal, alphaOf }: TrainingRun,
  epoch: number,
): AsyncGenerator<TrainingJob> {
  for (const [number, range] of corpus.jobs.entries()) {
    signal?.throwIfAborted();
    const ids = new Uint32Array(range.end - range.begin);
    await corpus.read(range.begin, ids);
    yield { ids, alpha: alphaOf(epoch, range), computeLoss, seed, epoch, number };
  }
}
