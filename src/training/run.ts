/** The run of a training: its jobs, epoch by epoch, by whatever trains on them. */

import type { EncodedCorpus } from "../corpus/encoded-corpus.ts";
import type { JobRange } from "../corpus/job-ranges.ts";
import type { JobOutcome, TrainingJob } from "../model/job.ts";

/** Who trains on jobs: this thread, or others. */
export interface Executor {
  /** how many jobs it takes at a time; where it is one, its ids are not looked at after it is done */
  readonly capacity: number;
  trainJob(job: TrainingJob): Promise<JobOutcome>;
  /** Brings what was learnt so far to the model, where it is elsewhere. No job may be under way. */
  collect(): Promise<void>;
  /** Ends what it started. */
  close(): Promise<void>;
}

/** Where a run stands: its first job that is not trained on yet. */
export interface RunPosition {
  epoch: number;
  /** the job's number in its epoch */
  job: number;
}

/** What is trained on, and how. */
export interface TrainingRun {
  corpus: EncodedCorpus;
  epochs: number;
  seed: number;
  computeLoss: boolean;
  /** where it begins: anywhere but at the beginning when it goes on from a checkpoint */
  begin: RunPosition;
  /** after how many words, and at each epoch's end, onPause is called, when no job is under way; never by default */
  pauseEvery?: number;
  /** stops the run between jobs */
  signal?: AbortSignal;
  /** the learning rate of a job */
  alphaOf(epoch: number, job: JobRange): number;
  onEpochBegin(): Promise<void>;
  /** @returns what is to be awaited */
  onJobEnd(epoch: number, job: TrainingJob, outcome: JobOutcome): unknown;
  onPause(next: RunPosition): Promise<void>;
  /** @returns false to end the run */
  onEpochEnd(epoch: number): Promise<boolean>;
}

/**
 * Trains. Where it fails or is aborted, the jobs under way are awaited first, and the model has what was learnt.
 *
 * @throws the signal's reason when it is aborted, and what the executor throws
 */
export async function trainEpochs(run: TrainingRun, executor: Executor): Promise<void> {
  const { begin, corpus } = run;
  try {
    for (let epoch = begin.epoch; epoch < run.epochs; epoch++) {
      if (epoch !== begin.epoch || !begin.job) await run.onEpochBegin();
      let from = epoch === begin.epoch ? begin.job : 0;
      while (from < corpus.jobs.length) {
        const to = pauseAfter(corpus.jobs, from, run.pauseEvery);
        await trainJobs(run, epoch, from, to, executor);
        from = to;
        if (from < corpus.jobs.length) await pause(run, executor, { epoch, job: from });
      }
      const goesOn = await run.onEpochEnd(epoch);
      await pause(run, executor, { epoch: epoch + 1, job: 0 });
      if (!goesOn) return;
    }
  } finally {
    await executor.collect();
  }
}

async function pause(run: TrainingRun, executor: Executor, next: RunPosition): Promise<void> {
  if (run.pauseEvery === undefined) return;
  await executor.collect();
  await run.onPause(next);
}

/** The job to stop before, when there are `every` words or more from job `from` on. */
function pauseAfter(jobs: readonly JobRange[], from: number, every = Number.POSITIVE_INFINITY): number {
  let words = 0;
  let to = from;
  while (to < jobs.length && words < every) words += jobs[to++].words;
  return to;
}

/** Keeps as many jobs under way as the executor takes: each lane takes the next one when its last is done. */
async function trainJobs(run: TrainingRun, epoch: number, from: number, to: number, executor: Executor): Promise<void> {
  const jobs = jobsOf(run, epoch, from, to, executor.capacity === 1);
  const lane = async () => {
    // leaving the loop, by an error too, ends the generator, and so the other lanes
    for await (const job of jobs) {
      const outcome = await executor.trainJob(job);
      await run.onJobEnd(epoch, job, outcome);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: executor.capacity }, lane));
  for (const settled of lanes) if (settled.status === "rejected") throw settled.reason;
}

/**
 * Jobs of an epoch with their ids, in order, also where several ask for the next one at once.
 *
 * @param reusesBuffer reads all ids into one buffer, where nobody looks at a job's ids when the next is asked for: fewer,
 *   shorter-lived allocations
 */
async function* jobsOf(
  { corpus, seed, computeLoss, signal, alphaOf }: TrainingRun,
  epoch: number,
  from: number,
  to: number,
  reusesBuffer: boolean,
): AsyncGenerator<TrainingJob> {
  let buffer = new ArrayBuffer(0);
  for (let number = from; number < to; number++) {
    const range = corpus.jobs[number];
    signal?.throwIfAborted();
    const count = range.end - range.begin;
    if (!reusesBuffer || buffer.byteLength < count * 4) buffer = new ArrayBuffer(count * 4);
    const ids = new Uint32Array(buffer, 0, count);
    await corpus.read(range.begin, ids);
    yield { ids, words: range.words, alpha: alphaOf(epoch, range), computeLoss, seed, epoch, number };
  }
}
