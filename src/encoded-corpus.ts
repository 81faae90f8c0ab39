/** A corpus as ids: what training reads, job by job. */

import { JobCutter, type JobRange } from "./jobs.ts";
import { SENTENCE_END } from "./kernels.ts";
import { NOT_FOUND } from "./vocabulary.ts";

/** Ids lie in chunks of 4 MiB. */
const CHUNK = 1 << 20;

/**
 * The ids of a corpus, u32 each: NOT_FOUND for a word out of the vocabulary, SENTENCE_END after each sentence. Jobs are
 * cut while it is filled. A trainer asks for the ids of one job at a time:
 *
 *     const ids = new Uint32Array(longestJob(corpus.jobs));
 *     for (const job of corpus.jobs) {
 *       const part = ids.subarray(0, job.end - job.begin);
 *       await corpus.read(job.begin, part);
 *       …
 *     }
 */
export class EncodedCorpus {
  private readonly chunks: Uint32Array[] = [];
  private readonly cutter: JobCutter;
  private length = 0;

  /** @param batchWords how many words make a job */
  constructor(batchWords: number) {
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

  push(ids: Uint32Array): void {
    for (let from = 0; from < ids.length; ) {
      const at = this.length % CHUNK;
      if (at === 0) this.chunks.push(new Uint32Array(CHUNK));
      const part = ids.subarray(from, from + CHUNK - at);
      this.chunks[this.chunks.length - 1].set(part, at);
      this.length += part.length;
      from += part.length;
    }
  }

  /** A sentence of so many words ends. */
  endSentence(words: number): void {
    this.push(Uint32Array.of(SENTENCE_END));
    this.cutter.endSentence(words);
  }

  /** Replaces each id by `ids[id]`. */
  renumber(ids: Uint32Array): void {
    for (const chunk of this.chunks) {
      for (let i = 0; i < chunk.length; i++) if (chunk[i] < NOT_FOUND - 1) chunk[i] = ids[chunk[i]];
    }
  }

  /**
   * Fills `into` with the ids from `begin` on. One read at a time: await it before the next. Any order will do, but that
   * of the jobs is the cheapest.
   *
   * @returns undefined when it is done already, as for ids in memory; else a promise
   */
  read(begin: number, into: Uint32Array): Promise<void> | undefined {
    for (let filled = 0; filled < into.length; ) {
      const at = (begin + filled) % CHUNK;
      const chunk = this.chunks[Math.floor((begin + filled) / CHUNK)];
      const part = chunk.subarray(at, Math.min(at + into.length - filled, CHUNK));
      into.set(part, filled);
      filled += part.length;
    }
    return undefined;
  }
}

/** How many ids the longest of the jobs has. */
export function longestJob(jobs: readonly JobRange[]): number {
  return jobs.reduce((longest, { begin, end }) => Math.max(longest, end - begin), 0);
}
