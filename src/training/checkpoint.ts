/** Where an interrupted training goes on: what a checkpoint's file holds beside the model. */

import type { EncodedCorpus } from "../corpus/encoded-corpus.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { Checksum } from "../formats/checksum.ts";
import type { RunTotals } from "./progress.ts";
import type { RunPosition } from "./run.ts";

/** What of `train`'s options a run depends on. */
export interface RunOptions {
  epochs: number;
  computeLoss: boolean;
  totalExamples?: number;
  totalWords?: number;
}

/** What tells one corpus from another. */
export interface CorpusDescription {
  sentences: number;
  words: number;
  jobs: number;
  /** the checksum of the ids, in hexadecimal; absent in checkpoints of version 1 */
  ids?: string;
}

/** A run that has not come to its end. */
export interface UnfinishedRun {
  options: RunOptions;
  next: RunPosition;
  totals: RunTotals;
  /** the corpus it is of */
  corpus: CorpusDescription;
}

/** Describes a corpus; its ids are read once. */
export async function describeCorpus(corpus: EncodedCorpus): Promise<Required<CorpusDescription>> {
  const { sentences, words, jobs } = corpus;
  const checksum = Checksum.open();
  try {
    for (const { begin, end } of jobs) {
      const ids = new Uint32Array(end - begin);
      await corpus.read(begin, ids);
      checksum.add(new Uint8Array(ids.buffer));
    }
    const ids = Array.from(checksum.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { sentences, words, jobs: jobs.length, ids };
  } finally {
    checksum.close();
  }
}

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
  const { options, next, totals, corpus } = objectOf(run);
  const parts = { options: OPTIONS, next: POSITION, totals: TOTALS, corpus: CORPUS };
  const wrong = Object.entries(parts).flatMap(([name, fields]) => wrongFields(objectOf(run)[name], fields, name));
  if (!wrong.length) {
    const { epoch, job } = next as RunPosition;
    const { epochs } = options as RunOptions;
    const { jobs } = corpus as CorpusDescription;
    if (epoch < epochs ? job < jobs : epoch === epochs && job === 0)
      return { options, next, totals, corpus } as UnfinishedRun;
    wrong.push(`next is epoch ${epoch}, job ${job} of ${epochs} epochs of ${jobs} jobs`);
  }
  throw new Wasm2VecError(
    "format-damaged",
    `${file} does not say where its training stood: ${wrong[0]}. Take an older checkpoint.`,
  );
}

type Check = (value: unknown) => boolean;

const isWhole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isPositive: Check = (value) => isWhole(value) && (value as number) > 0;
const isNumber: Check = (value) => Number.isFinite(value);
const isAbsentOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const OPTIONS: Record<keyof RunOptions, Check> = {
  epochs: isPositive,
  computeLoss: (value) => typeof value === "boolean",
  totalExamples: isAbsentOr(isPositive),
  totalWords: isAbsentOr(isPositive),
};
const POSITION: Record<keyof RunPosition, Check> = { epoch: isWhole, job: isWhole };
const TOTALS: Record<keyof RunTotals, Check> = {
  trainedWords: isWhole,
  rawWords: isWhole,
  loss: isNumber,
  epochLosses: (value) => Array.isArray(value) && value.every(isNumber),
  epochLoss: isNumber,
  epochWords: isWhole,
};
const CORPUS: Record<keyof CorpusDescription, Check> = {
  sentences: isWhole,
  words: isPositive,
  jobs: isPositive,
  ids: isAbsentOr((value) => typeof value === "string"),
};

const objectOf = (value: unknown) =>
  (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;

/** What messages say of the fields that are not as they should be. */
function wrongFields(part: unknown, fields: Record<string, Check>, name: string): string[] {
  const given = objectOf(part);
  const wrong = Object.entries(fields).filter(([field, check]) => !check(given[field]));
  return wrong.map(([field]) => `${name}.${field} is ${show(given[field])}`);
}

/** @throws {Wasm2VecError} `checkpoint-mismatch` when the corpus is another than the run's */
export function checkCorpus(got: CorpusDescription, { corpus }: UnfinishedRun): void {
  const { sentences, words } = corpus;
  if (got.sentences !== sentences || got.words !== words || got.jobs !== corpus.jobs) {
    throw new Wasm2VecError(
      "checkpoint-mismatch",
      `The corpus has ${got.sentences} sentences of ${got.words} words; the checkpoint's training had ${sentences} of ${words}. Pass the corpus that was trained on.`,
    );
  }
  if (corpus.ids === undefined || got.ids === corpus.ids) return;
  throw new Wasm2VecError(
    "checkpoint-mismatch",
    `The corpus has as many sentences and words as the checkpoint's training had, ${sentences} and ${words}, but other words, or in another order. Pass the corpus that was trained on.`,
  );
}
