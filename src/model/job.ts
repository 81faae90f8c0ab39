/** One job of training: what it is given, and its run in an engine's memory. A thread has one runner. */

import type { Instance } from "../engine/instance.ts";
import { SENTENCE_END } from "../engine/kernels.ts";
import { CHUNK_TOKENS, JOB_FIELDS, type JobLayout } from "../engine/layout.ts";
import { Struct } from "../engine/struct.ts";

/** Whole sentences that are trained on in one go, and where in the run they stand. */
export interface TrainingJob {
  /** OUT_OF_VOCABULARY for a word out of the vocabulary, SENTENCE_END after each sentence */
  ids: Uint32Array<ArrayBuffer>;
  /** how many words they have, those out of the vocabulary among them */
  words: number;
  alpha: number;
  computeLoss: boolean;
  /** with the epoch and the job's number: what its random numbers follow from, unless gensim is reproduced */
  seed: number;
  epoch: number;
  number: number;
}

/** What came of a job. */
export interface JobOutcome {
  /** words that were trained on, after those out of the vocabulary and those sampled away */
  trainedWords: number;
  /** the sum of its steps' losses; 0 without computeLoss */
  loss: number;
  /** the same; where gensim is reproduced, what gensim's float32 sum of the run's losses gained */
  reportedLoss: number;
}

type JobField = (typeof JOB_FIELDS)[number]["name"];

const ZEROS = Object.fromEntries(JOB_FIELDS.map(({ name }) => [name, 0])) as Record<JobField, number>;

/** Runs jobs, one after the other, in a scratch of its own; the job's struct tells the engine where all lies. */
export class JobRunner {
  private readonly fields: Struct<JobField>;

  constructor(
    private readonly engine: Instance,
    private readonly layout: JobLayout,
    private readonly reproduce: boolean,
  ) {
    this.fields = new Struct(engine, layout.job, JOB_FIELDS);
  }

  /** Fills the struct; a field that is not given is 0. */
  write(values: Partial<Record<JobField, number>>): void {
    this.fields.write({ ...ZEROS, ...values });
  }

  /** Sets how much of its corrections each word vector takes: the address of (V,) f32; 0 where each takes all. */
  setLocks(address: number): void {
    this.fields.set("locks", address);
  }

  run({ ids, alpha, computeLoss, seed, epoch, number }: TrainingJob): JobOutcome {
    const { fields } = this;
    fields.set("alpha", alpha);
    fields.set("computeLoss", Number(computeLoss));
    if (!this.reproduce) return this.trainWords(ids, seed, epoch, number);
    // gensim adds up the losses of a whole run in float32
    if (epoch === 0 && number === 0) fields.set("loss", 0);
    const before = fields.get("loss");
    const outcome = this.reproduceWords(ids);
    return { ...outcome, reportedLoss: fields.get("loss") - before };
  }

  /** A sentence that is longer than the plan has room for is trained on in parts, as if each were a sentence. */
  private trainWords(ids: Uint32Array, seed: number, epoch: number, number: number): JobOutcome {
    const { kernels } = this.engine;
    const { job, random, words } = this.layout;
    let trainedWords = 0;
    let loss = 0;
    kernels.seedJob(random, seed, epoch, number);
    kernels.beginPlan(job);
    for (const chunk of chunks(ids)) {
      if (this.keptCount + CHUNK_TOKENS > words) {
        this.setTokens(Uint32Array.of(SENTENCE_END));
        kernels.planWords(job);
        loss += kernels.trainJob(job);
        trainedWords += this.keptCount;
        kernels.beginPlan(job);
      }
      this.setTokens(chunk);
      kernels.planWords(job);
    }
    loss += kernels.trainJob(job);
    trainedWords += this.keptCount;
    return { trainedWords, loss, reportedLoss: loss };
  }

  private reproduceWords(ids: Uint32Array): Omit<JobOutcome, "reportedLoss"> {
    const { kernels } = this.engine;
    const { job } = this.layout;
    kernels.reproduceBegin(job);
    for (const chunk of chunks(ids)) {
      this.setTokens(chunk);
      kernels.reproduceWords(job);
    }
    kernels.reproduceSpans(job);
    const loss = kernels.reproduceJob(job);
    return { trainedWords: this.keptCount, loss };
  }

  /** The log-probability of the words at the positions from … to - 1 of a text of at most CHUNK_TOKENS ids. */
  score(ids: Uint32Array, from: number, to: number): number {
    this.setTokens(ids);
    return this.engine.kernels.scoreWords(this.layout.job, this.layout.tokens, ids.length, from, to);
  }

  private get keptCount(): number {
    return this.fields.get("keptCount");
  }

  private setTokens(chunk: Uint32Array): void {
    this.engine.u32(this.layout.tokens, chunk.length).set(chunk);
    this.fields.set("tokenCount", chunk.length);
  }
}

/** The ids in views of the length that the plan takes at a time. */
function* chunks(ids: Uint32Array): Generator<Uint32Array> {
  for (let from = 0; from < ids.length; from += CHUNK_TOKENS) yield ids.subarray(from, from + CHUNK_TOKENS);
}
