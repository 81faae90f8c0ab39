/** The options of training and of what leads to it. */

import {
  callback,
  type GivenOptions,
  integer,
  type Kind,
  option,
  optional,
  orNull,
  STOPPABLE,
  toggle,
} from "../check-options.ts";
import type { CorpusEvent } from "../corpus/scan.ts";
import { type CallbackList, callbackList, learningRate } from "../model/options.ts";
import { isEach, isFloat32, isVector } from "../tables/vector-arguments.ts";
import type { TrimRule } from "../vocabulary/choose-words.ts";
import type { TrainingProgress } from "./progress.ts";

/** What an epoch came to. */
export interface EpochEvent {
  kind: "epoch";
  epoch: number;
  epochs: number;
  words: number;
  trainedWords: number;
  alpha: number;
  /** the mean loss of a word; null without computeLoss */
  loss: number | null;
}

/** What long work tells of itself. */
export type TrainingEvent = CorpusEvent | TrainingProgress | EpochEvent;

/** How to follow and to stop long work. */
export const WORK_OPTIONS = {
  ...STOPPABLE,
  /** is told how far the work is; what it returns is awaited */
  onProgress: optional(callback<(event: TrainingEvent) => unknown>()),
};

const trimRule = optional(orNull(callback<TrimRule>()));

export const BUILD_VOCAB_OPTIONS = {
  /** instead of the model's */
  trimRule,
  /** keep the words of the model and what they have learnt; false */
  update: option(false, toggle),
  ...WORK_OPTIONS,
};

export const BUILD_VOCAB_FROM_FREQ_OPTIONS = {
  /** how many sentences the counts come from; 0 by default */
  corpusCount: option(0, integer(0)),
  /** instead of the model's */
  trimRule,
};

/** Where, and how often, to save a training that may be interrupted. */
export interface CheckpointOptions {
  /** the file, which is written beside itself and renamed */
  path: string;
  /** after how many words that were read, and at each epoch's end; at each epoch's end only by default */
  every?: number;
}

export const checkpoint: Kind<CheckpointOptions> = {
  expected: "{ path, every }: a path, and an integer of words",
  accepts: (value) => {
    const { path, every } = (value ?? {}) as { path: unknown; every: unknown };
    return typeof path === "string" && (every === undefined || (Number.isInteger(every) && (every as number) > 0));
  },
  take: ({ path, every }) => ({ path, every }),
};

/** More words than a memory holds. */
const MAX_LOCKS = 2 ** 24;

const locks: Kind<ArrayLike<number>> = {
  expected: `one finite number or more, ${MAX_LOCKS} at most, in an array`,
  accepts: (value) => isVector(value) && value.length > 0 && value.length <= MAX_LOCKS && isEach(value, isFloat32),
  take: (value) => Array.from(value),
};

/** What a run that is resumed does not take from its checkpoint. */
export const RESUME_OPTIONS = {
  ...WORK_OPTIONS,
  /** instead of the model's, which a file does not keep */
  callbacks: optional(callbackList),
  /** saves now and then, so that `Word2Vec.resume` can go on; not by default */
  checkpoint: optional(checkpoint),
  /**
   * (N,) how much of its corrections each word vector takes: 0 leaves it as it is, 1 is usual. Row i takes the i % N-th,
   * so one number is for all; by default what `intersectWord2vecFormat` set, else [1]
   */
  vectorsLockf: optional(locks),
};

export const TRAIN_OPTIONS = {
  /** passes over the corpus; the model's `epochs` by default */
  epochs: optional(integer(1, 2 ** 31 - 1)),
  /** sentences in an epoch, for the learning rate; by default those of the corpus */
  totalExamples: optional(integer(1)),
  /** words in an epoch, for the learning rate, where totalExamples is not given */
  totalWords: optional(integer(1)),
  /** the learning rate at the beginning, from now on; the model's `alpha` by default */
  startAlpha: optional(learningRate),
  /** the learning rate at the end, from now on; the model's `minAlpha` by default */
  endAlpha: optional(learningRate),
  /** add up the loss; the model's `computeLoss` by default */
  computeLoss: optional(toggle),
  ...RESUME_OPTIONS,
};

export type WorkOptions = GivenOptions<typeof WORK_OPTIONS>;
export type BuildVocabOptions = GivenOptions<typeof BUILD_VOCAB_OPTIONS>;
export type BuildVocabFromFreqOptions = GivenOptions<typeof BUILD_VOCAB_FROM_FREQ_OPTIONS>;

type WithCallbacks<Given, Model> = Omit<Given, "callbacks"> & {
  /** instead of the model's */
  callbacks?: CallbackList<Model>;
};
export type TrainOptionsOf<Model> = WithCallbacks<GivenOptions<typeof TRAIN_OPTIONS>, Model>;
export type ResumeOptionsOf<Model> = WithCallbacks<GivenOptions<typeof RESUME_OPTIONS>, Model>;
