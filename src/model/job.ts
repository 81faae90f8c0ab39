/** One job of training: what it is given, and its run in an engine's memory. A thread has one runner. */

import type { Instance } from "../engine/instance.ts";
import { SENTENCE_END } from "../engine/kernels.ts";
import { JOB_FIELDS, type JobLayout, PIECE_TOKENS } from "../engine/layout.ts";

/** Whole sentences that are trained on in one go, and where in the run they stand. */
export interface TrainingJob {
  /** NOT_FOUND for a word out of the vocabulary, SENTENCE_END after each sentence */
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

export type JobField = (typeof JOB_FIELDS)[number];

/** Runs jobs, one after the other, in a scratch of its own; the job's struct tells the engine where all lies. */
export class JobRunner {
  constructor(
    private readonly engine: Instance,
    private readonly at: JobLayout,
    private readonly reproduce: boolean,
  ) {}

  /** Fills the struct; a field that is not given is 0. */
  write({ drawWeight, hotUses, ...values }: Partial<Record<JobField, number>>): void {
    for (const name of JOB_FIELDS) this.setField(name, values[name as keyof typeof values] ?? 0);
    this.setFloat("drawWeight", drawWeight ?? 0);
    this.setFloat("hotUses", hotUses ?? 0);
  }

  run({ ids, alpha, computeLoss, seed, epoch, number }: TrainingJob): JobOutcome {
    this.setFloat("alpha", alpha);
    this.setField("computeLoss", Number(computeLoss));
    if (!this.reproduce) return this.trainWords(ids, seed, epoch, number);
    if (epoch === 0 && number === 0) this.setFloat("loss", 0);
    const before = this.loss;
    const outcome = this.reproduceWords(ids);
    return { ...outcome, reportedLoss: this.loss - before };
  }

  /** A sentence that is longer than the plan has room for is trained on in parts, as if each were a sentence. */
  private trainWords(ids: Uint32Array, seed: number, epoch: number, number: number): JobOutcome {
    const { kernels } = this.engine;
    const { job, random, words } = this.at;
    let trainedWords = 0;
    let loss = 0;
    kernels.seedJob(random, seed, epoch, number);
    kernels.beginPlan(job);
    for (const piece of pieces(ids)) {
      if (this.keptCount + PIECE_TOKENS > words) {
        this.setTokens(Uint32Array.of(SENTENCE_END));
        kernels.planWords(job);
        loss += kernels.trainJob(job);
        trainedWords += this.keptCount;
        kernels.beginPlan(job);
      }
      this.setTokens(piece);
      kernels.planWords(job);
    }
    loss += kernels.trainJob(job);
    trainedWords += this.keptCount;
    return { trainedWords, loss, reportedLoss: loss };
  }

  private reproduceWords(ids: Uint32Array): Omit<JobOutcome, "reportedLoss"> {
    const { kernels } = this.engine;
    const { job } = this.at;
    kernels.reproduceBegin(job);
    for (const piece of pieces(ids)) {
      this.setTokens(piece);
      kernels.reproduceWords(job);
    }
    kernels.reproduceSpans(job);
    const loss = kernels.reproduceJob(job);
    return { trainedWords: this.keptCount, loss };
  }

  /** The log-probability of the words at the positions from … to - 1 of a text of at most PIECE_TOKENS ids. */
  score(ids: Uint32Array, from: number, to: number): number {
    this.setTokens(ids);
    return this.engine.kernels.scoreWords(this.at.job, this.at.tokens, ids.length, from, to);
  }

  private get keptCount(): number {
    return this.engine.u32(this.fieldAddress("keptCount"), 1)[0];
  }

  private get loss(): number {
    return this.engine.f32(this.fieldAddress("loss"), 1)[0];
  }

  private setTokens(piece: Uint32Array): void {
    this.engine.u32(this.at.tokens, piece.length).set(piece);
    this.setField("tokenCount", piece.length);
  }

  private fieldAddress(name: JobField): number {
    return this.at.job + JOB_FIELDS.indexOf(name) * 4;
  }

  private setField(name: JobField, value: number): void {
    this.engine.u32(this.fieldAddress(name), 1)[0] = value;
  }

  private setFloat(name: JobField, value: number): void {
    this.engine.f32(this.fieldAddress(name), 1)[0] = value;
  }
}

/** The ids in views of the length that the plan takes at a time. */
function* pieces(ids: Uint32Array): Generator<Uint32Array> {
  for (let from = 0; from < ids.length; from += PIECE_TOKENS) yield ids.subarray(from, from + PIECE_TOKENS);
}
