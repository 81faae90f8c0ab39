/** Where an interrupted training goes on: what a checkpoint's file holds beside the model. */

import type { EncodedCorpus } from "../corpus/encoded-corpus.ts";
import { Wasm2VecError } from "../errors.ts";
import type { RunTotals } from "./progress.ts";
import type { RunPosition } from "./run.ts";

/** What of `train`'s options a run depends on. */
export interface RunOptions {
  epochs: number;
  computeLoss: boolean;
  totalExamples?: number;
  totalWords?: number;
}

/** A run that has not come to its end. */
export interface UnfinishedRun {
  options: RunOptions;
  next: RunPosition;
  totals: RunTotals;
  /** the corpus it is of */
  corpus: { sentences: number; words: number; jobs: number };
}

/** What tells one corpus from another. */
export const describeCorpus = ({ sentences, words, jobs }: EncodedCorpus) => ({ sentences, words, jobs: jobs.length });

/**
 * What a file told of its run, checked.
 *
 * @throws {Wasm2VecError} `format-unknown` where it is a model without one, `format-damaged`
 */
export function checkRun(run: unknown, file: string): UnfinishedRun {
  if (run === undefined) {
    const advice = "Word2Vec.load opens it, and model.train trains it further.";
    throw new Wasm2VecError("format-unknown", `${file} is a model, but no checkpoint of a training. ${advice}`);
  }
  const { options, next, totals, corpus } = run as UnfinishedRun;
  const numbers = [options?.epochs, next?.epoch, next?.job, totals?.rawWords, totals?.loss, corpus?.words];
  if (numbers.every((value) => Number.isFinite(value) && value >= 0)) return run as UnfinishedRun;
  const message = `${file} does not say where its training stood. Take an older checkpoint.`;
  throw new Wasm2VecError("format-damaged", message);
}

/** @throws {Wasm2VecError} `checkpoint-mismatch` when the corpus is another than the run's */
export function checkCorpus(corpus: EncodedCorpus, run: UnfinishedRun): void {
  const got = describeCorpus(corpus);
  const { sentences, words } = run.corpus;
  if (got.sentences === sentences && got.words === words && got.jobs === run.corpus.jobs) return;
  throw new Wasm2VecError(
    "checkpoint-mismatch",
    `The corpus has ${got.sentences} sentences of ${got.words} words; the checkpoint's training had ${sentences} of ${words}. Pass the corpus that was trained on.`,
  );
}
