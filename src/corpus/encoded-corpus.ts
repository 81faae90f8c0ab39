/** A corpus as ids: what training reads, job by job. */

import { SENTENCE_END } from "../engine/kernels.ts";
import { Wasm2VecError } from "../errors.ts";
import { emptyCorpus } from "./corpus.ts";
import { IdStore } from "./id-store.ts";
import { JobCutter, type JobRange } from "./job-ranges.ts";
import type { CorpusPart } from "./read-corpus.ts";

export interface EncodedCorpusOptions {
  /** how many words make a job */
  batchWords: number;
  /** how many bytes of ids are kept in memory */
  corpusMemory: number;
}

/**
 * The ids of a corpus, u32 each: OUT_OF_VOCABULARY for a word out of the vocabulary, SENTENCE_END after each sentence. Jobs are
 * cut while it is filled. A trainer asks for the ids of one job at a time:
 *
 *     for (const job of corpus.jobs) {
 *       const ids = new Uint32Array(job.end - job.begin);
 *       await corpus.read(job.begin, ids);
 *       …
 *     }
 *
 * Whoever fills one closes it.
 */
export class EncodedCorpus {
  private readonly store: IdStore;
  private readonly cutter: JobCutter;
  private finalIds: Uint32Array | undefined;
  private again: RereadIds | undefined;

  constructor({ batchWords, corpusMemory }: EncodedCorpusOptions) {
    this.store = new IdStore(corpusMemory);
    this.cutter = new JobCutter(batchWords);
  }

  get jobs(): readonly JobRange[] {
    return this.cutter.jobs;
  }

  get sentences(): number {
    return this.cutter.sentences;
  }

  /** how many words there are, those out of the vocabulary among them */
  get words(): number {
    return this.cutter.words;
  }

  /** @throws {Wasm2VecError} `empty-corpus` where there are no words */
  checkWords(): void {
    if (!this.words) throw emptyCorpus(this.sentences);
  }

  /** how many words the longest sentence has */
  get longestSentence(): number {
    return this.cutter.longest;
  }

  /**
   * Adds a part of the corpus.
   *
   * @returns undefined, or a promise that is to be awaited before more is added
   * @throws {Wasm2VecError} `file-not-writable`, when it is awaited
   */
  push({ ids, sentences }: CorpusPart): Promise<void> | undefined {
    for (const words of sentences) this.cutter.endSentence(words);
    this.store.push(ids);
    return this.store.isWriting ? this.store.written() : undefined;
  }

  /** There are no more ids. */
  finish(): Promise<void> {
    return this.store.finish();
  }

  /** Drops the ids so far, and those that are added from now on; jobs are cut as before. */
  forget(): Promise<void> {
    return this.store.close();
  }

  /** Whether there are no ids to read, so that `readAgain` must be told where they come from. */
  get isLost(): boolean {
    return this.store.isLost;
  }

  /** Replaces each id by `ids[id]`. */
  renumber(ids: Uint32Array): void {
    this.finalIds = ids;
  }

  /** Lets ids that were lost come from elsewhere: from the first on, in copies, each time that it is called. */
  readAgain(ids: () => AsyncGenerator<Uint32Array>): void {
    this.again = new RereadIds(ids);
    this.finalIds = undefined;
  }

  /**
   * Fills `into` with the ids from `begin` on. One read at a time: await it before the next. Any order will do, but that
   * of the jobs is the cheapest.
   *
   * @returns undefined when it is done already, as for ids in memory; else a promise
   * @throws {Wasm2VecError} `file-not-readable`, `corpus-changed`
   */
  read(begin: number, into: Uint32Array): Promise<void> | undefined {
    const reading = this.again ? this.again.read(begin, into) : this.store.read(begin, into);
    const { finalIds } = this;
    if (!finalIds) return reading;
    if (reading) return reading.then(() => renumber(into, finalIds));
    renumber(into, finalIds);
    return undefined;
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.again?.close();
  }
}

function renumber(ids: Uint32Array, finalIds: Uint32Array): void {
  for (let i = 0; i < ids.length; i++) if (ids[i] !== SENTENCE_END) ids[i] = finalIds[ids[i]];
}

/** Ids that are made anew for each pass over them. */
class RereadIds {
  private ids: AsyncGenerator<Uint32Array> | undefined;
  /** those that were made and not read yet */
  private ready: Uint32Array = new Uint32Array();
  /** where these begin */
  private at = 0;

  constructor(private readonly open: () => AsyncGenerator<Uint32Array>) {}

  async read(begin: number, into: Uint32Array): Promise<void> {
    if (begin < this.at) await this.close();
    let filled = 0;
    while (filled < into.length) {
      const part = this.ready.subarray(begin + filled - this.at, begin - this.at + into.length);
      into.set(part, filled);
      filled += part.length;
      if (filled < into.length) await this.advance();
    }
  }

  /** The next pass is from the beginning. */
  async close(): Promise<void> {
    await this.ids?.return(undefined);
    this.ids = undefined;
    this.ready = new Uint32Array();
    this.at = 0;
  }

  private async advance(): Promise<void> {
    this.ids ??= this.open();
    const { done, value } = await this.ids.next();
    if (done) {
      throw new Wasm2VecError(
        "corpus-changed",
        `The corpus ended after ${this.at + this.ready.length} ids, earlier than when it was read before. What is read in each epoch must stay the same.`,
      );
    }
    this.at += this.ready.length;
    this.ready = value;
  }
}
