// The order of a run: which jobs are trained on when, and how it ends.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { EncodedCorpus } from "../../src/corpus/encoded-corpus.ts";
import { SENTENCE_END } from "../../src/engine/kernels.ts";
import type { JobOutcome, TrainingJob } from "../../src/model/job.ts";
import { type Executor, type TrainingRun, trainEpochs } from "../../src/training/run.ts";

/** Six jobs of one sentence each: the words 0; 1, 1; 2, 2, 2; … */
const corpus = new EncodedCorpus({ batchWords: 1, corpusMemory: 1e6 });
for (let id = 0; id < 6; id++) {
  const ids = Uint32Array.from({ length: id + 2 }, (_, i) => (i <= id ? id : SENTENCE_END));
  await corpus.push({ ids, sentences: [id + 1], damages: 0 });
}
await corpus.finish();
const names = (jobs: TrainingJob[]) => jobs.map(({ epoch, number }) => `${epoch}.${number}`).join(" ");

/** Takes `capacity` jobs at a time; each is done when `finish` is called, the last one first. */
class Fake implements Executor {
  readonly begun: TrainingJob[] = [];
  readonly events: string[] = [];
  words = 0;
  loss = 0;
  private readonly underWay: ((error?: Error) => void)[] = [];

  constructor(readonly capacity: number) {}

  trainJob(job: TrainingJob) {
    this.begun.push(job);
    return new Promise<JobOutcome>((resolve, reject) => {
      this.underWay.push((error) =>
        error ? reject(error) : resolve({ trainedWords: job.ids.length - 1, loss: 0.5, reportedLoss: 0.5 }),
      );
    });
  }

  get jobsUnderWay(): number {
    return this.underWay.length;
  }

  finish(error?: Error): Promise<void> {
    this.underWay.pop()?.(error);
    return turn();
  }

  async collect() {
    this.events.push(`collected with ${this.jobsUnderWay} under way`);
  }

  async close() {}
}

/** The message of the error that it ends with. */
const endingOf = (training: Promise<unknown>) =>
  training.then(
    () => "",
    ({ message }) => message,
  );

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

function runOf(executor: Fake, options: Partial<TrainingRun> = {}): TrainingRun {
  return {
    corpus,
    epochs: 2,
    seed: 7,
    computeLoss: true,
    alphaOf: (epoch, job) => epoch + job.sentencesBefore / 10,
    onEpochBegin: async () => {
      executor.events.push("begin");
    },
    begin: { epoch: 0, job: 0 },
    onJobEnd: (_epoch, { words }, { loss }) => {
      executor.words += words;
      executor.loss += loss;
    },
    onPause: async ({ epoch, job }) => {
      executor.events.push(`pause before ${epoch}.${job} with ${executor.jobsUnderWay} under way`);
    },
    onEpochEnd: async (epoch) => {
      executor.events.push(`end ${epoch}: ${executor.words}, loss ${executor.loss}`);
      return true;
    },
    ...options,
  };
}

test("as many jobs are under way as the executor takes, in order; an epoch ends when all are done", async () => {
  const executor = new Fake(4);
  const training = trainEpochs(runOf(executor), executor);
  await turn();
  assert.is(names(executor.begun), "0.0 0.1 0.2 0.3");
  await executor.finish();
  assert.is(names(executor.begun), "0.0 0.1 0.2 0.3 0.4");
  for (let i = 0; i < 4; i++) await executor.finish();
  assert.is(names(executor.begun), "0.0 0.1 0.2 0.3 0.4 0.5");
  assert.equal(executor.events, ["begin"]);
  await executor.finish();
  assert.is(names(executor.begun.slice(6)), "1.0 1.1 1.2 1.3");
  while (executor.jobsUnderWay) await executor.finish();
  await training;
  assert.equal(executor.events, [
    "begin",
    "end 0: 21, loss 3",
    "begin",
    "end 1: 42, loss 6",
    "collected with 0 under way",
  ]);
});

test("a job brings its ids, its learning rate, and its place in the run", async () => {
  const executor = new Fake(1);
  const training = trainEpochs(runOf(executor, { epochs: 1 }), executor);
  await turn();
  while (executor.jobsUnderWay) await executor.finish();
  await training;
  const ids = Uint32Array.of(2, 2, 2, SENTENCE_END);
  assert.equal(executor.begun[2], { ids, words: 3, alpha: 0.2, computeLoss: true, seed: 7, epoch: 0, number: 2 });
});

test("ids that are read by a promise are read one job at a time", async () => {
  let reading = 0;
  const slow = Object.create(corpus, {
    read: {
      value: async (begin: number, into: Uint32Array) => {
        assert.is(++reading, 1);
        await turn();
        reading--;
        corpus.read(begin, into);
      },
    },
  });
  const executor = new Fake(3);
  const training = trainEpochs(runOf(executor, { epochs: 1, corpus: slow }), executor);
  for (let i = 0; i < 20; i++) await executor.finish();
  await training;
  assert.is(executor.words, 21);
  assert.is(names(executor.begun), "0.0 0.1 0.2 0.3 0.4 0.5");
});

test("a run pauses after enough words and at an epoch's end, with no job under way, and begins anywhere", async () => {
  const executor = new Fake(2);
  const training = trainEpochs(runOf(executor, { pauseEvery: 5, begin: { epoch: 0, job: 2 } }), executor);
  await turn();
  while (executor.jobsUnderWay) await executor.finish();
  await training;
  // words of the jobs: 1, 2, 3, 4, 5, 6
  const pauses = executor.events.filter((event) => event.startsWith("pause"));
  assert.equal(
    pauses.map((event) => event.split(" with 0")[0]),
    ["0.4", "0.5", "1.0", "1.3", "1.5", "2.0"].map((next) => `pause before ${next}`),
  );
  assert.is(names(executor.begun.slice(0, 4)), "0.2 0.3 0.4 0.5");
});

test("a run ends with the epoch whose end says so", async () => {
  const executor = new Fake(1);
  const training = trainEpochs(runOf(executor, { onEpochEnd: async () => false }), executor);
  await turn();
  while (executor.jobsUnderWay) await executor.finish();
  await training;
  assert.is(executor.begun.length, 6);
});

test("an abort begins no job, and waits for those under way", async () => {
  const controller = new AbortController();
  const executor = new Fake(3);
  const ending = endingOf(trainEpochs(runOf(executor, { signal: controller.signal }), executor));
  await turn();
  controller.abort(new Error("enough"));
  for (let i = 0; i < 3; i++) await executor.finish();
  assert.is(names(executor.begun), "0.0 0.1 0.2");
  assert.is(await ending, "enough");
  assert.equal(executor.events, ["begin", "collected with 0 under way"]);
});

test("a job that fails ends the run when the others are done", async () => {
  const executor = new Fake(3);
  const ending = endingOf(trainEpochs(runOf(executor), executor));
  await turn();
  await executor.finish(new Error("failed"));
  await executor.finish();
  await executor.finish();
  assert.is(executor.jobsUnderWay, 0);
  assert.is(names(executor.begun), "0.0 0.1 0.2");
  assert.is(await ending, "failed");
});

test.run();
