/** The options of Word2Vec: gensim's, in camelCase, with gensim's defaults. */

import type { Reproduce, TrimRule } from "../corpus/scan.ts";
import { Wasm2VecError, withDefaults } from "../errors.ts";
import type { KeyedVectors } from "../keyed-vectors.ts";
import type { Word2Vec } from "../word2vec.ts";

/** Called with the model while it is trained. */
export interface TrainingCallbacks {
  onTrainBegin?(model: Word2Vec): void;
  onEpochBegin?(model: Word2Vec): void;
  /** returns false to end the training after this epoch */
  onEpochEnd?(model: Word2Vec): unknown;
  onTrainEnd?(model: Word2Vec): void;
}

export interface Word2VecOptions {
  /** D, the length of a vector; 100 */
  vectorSize?: number;
  /** the learning rate at the beginning; 0.025 */
  alpha?: number;
  /** how many words to either side are context, at most; 5 */
  window?: number;
  /** words seen less often are left out; 5 */
  minCount?: number;
  /** drop the rarest words during the scan where there are more than so many; no limit by default */
  maxVocabSize?: number | null;
  /** frequent words are dropped at random: those beyond this share of the text, or this count where it is 1 or more; 1e-3, 0 drops none */
  sample?: number;
  /** 0 to 2^32 - 1; 1 */
  seed?: number;
  /** threads; 1. A reproduced gensim runs its jobs in order on one thread, whatever is given. */
  workers?: number;
  /** the learning rate at the end; 1e-4 */
  minAlpha?: number;
  /** 1: skip-gram, 0: CBOW; 0 */
  sg?: 0 | 1 | boolean;
  /** 1: hierarchical softmax; 0. Together with `negative`, both are trained. */
  hs?: 0 | 1 | boolean;
  /** how many noise words are drawn a step; 5. 0: no negative sampling */
  negative?: number;
  /** the power of the counts that noise words are drawn by; 0.75 */
  nsExponent?: number;
  /** CBOW: 1 the mean of the context, 0 its sum; 1 */
  cbowMean?: 0 | 1 | boolean;
  /** passes over the corpus; 5 */
  epochs?: number;
  /** 1: add the word "\0"; 0 */
  nullWord?: 0 | 1 | boolean;
  /** decides which words stay; not kept in files; null */
  trimRule?: TrimRule | null;
  /** 1: the most frequent word first, 0: in the order of first sight; 1 */
  sortedVocab?: 0 | 1 | boolean;
  /** how many words make a job; 10,000 */
  batchWords?: number;
  /**
   * bytes of the corpus' ids, 4 a word, that are kept in memory; 2^30. Those beyond go to a temporary file, or, where
   * there are no files, the corpus is read again in each epoch. Not kept in files.
   */
  corpusMemory?: number;
  /** add up the loss; false */
  computeLoss?: boolean;
  /** not kept in files; [] */
  callbacks?: TrainingCallbacks | readonly TrainingCallbacks[];
  /** kept in the model's file; null */
  comment?: string | null;
  /** raise minCount until at most so many words are left; no limit by default */
  maxFinalVocab?: number | null;
  /** draw each window's size from 1 to `window`; true */
  shrinkWindows?: boolean;
  /** start from these vectors where they have a word; not kept in files; null */
  initialVectors?: KeyedVectors | null;
  /** a gensim whose arithmetic and random numbers to use, at gensim's speed; null */
  reproduce?: Reproduce | null;
  /** with one worker, train to the same bytes in every runtime; true. false: faster where there is relaxed SIMD */
  deterministic?: boolean;
}

/** All options, with switches as booleans. */
export interface ResolvedOptions {
  vectorSize: number;
  alpha: number;
  window: number;
  minCount: number;
  maxVocabSize: number | null;
  sample: number;
  seed: number;
  workers: number;
  minAlpha: number;
  sg: boolean;
  hs: boolean;
  negative: number;
  nsExponent: number;
  cbowMean: boolean;
  epochs: number;
  nullWord: boolean;
  trimRule: TrimRule | null;
  sortedVocab: boolean;
  batchWords: number;
  corpusMemory: number;
  computeLoss: boolean;
  callbacks: readonly TrainingCallbacks[];
  comment: string | null;
  maxFinalVocab: number | null;
  shrinkWindows: boolean;
  initialVectors: KeyedVectors | null;
  reproduce: Reproduce | null;
  deterministic: boolean;
}

const DEFAULTS: Required<Word2VecOptions> = {
  vectorSize: 100,
  alpha: 0.025,
  window: 5,
  minCount: 5,
  maxVocabSize: null,
  sample: 1e-3,
  seed: 1,
  workers: 1,
  minAlpha: 1e-4,
  sg: 0,
  hs: 0,
  negative: 5,
  nsExponent: 0.75,
  cbowMean: 1,
  epochs: 5,
  nullWord: 0,
  trimRule: null,
  sortedVocab: 1,
  batchWords: 10000,
  corpusMemory: 2 ** 30,
  computeLoss: false,
  callbacks: [],
  comment: null,
  maxFinalVocab: null,
  shrinkWindows: true,
  initialVectors: null,
  reproduce: null,
  deterministic: true,
};

interface Kind {
  expected: string;
  accepts(value: unknown): boolean;
}

const integer = (least: number, most = 2 ** 31 - 1): Kind => ({
  expected: `an integer from ${least} to ${most}`,
  accepts: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
});
const number = (least: number, most = Number.MAX_VALUE): Kind => ({
  expected: most === Number.MAX_VALUE ? `a number of at least ${least}` : `a number from ${least} to ${most}`,
  accepts: (value) => typeof value === "number" && value >= least && value <= most,
});
const toggle: Kind = { expected: "0 or 1", accepts: (value) => [0, 1, false, true].includes(value as never) };
const orNull = ({ expected, accepts }: Kind): Kind => ({
  expected: `${expected}, or null`,
  accepts: (value) => value === null || accepts(value),
});
const oneOf = (...names: string[]): Kind => ({
  expected: names.map((name) => `"${name}"`).join(" or "),
  accepts: (value) => names.includes(value as string),
});
const typed = (type: string): Kind => ({ expected: `a ${type}`, accepts: (value) => typeof value === type });
const CALLBACKS: (keyof TrainingCallbacks)[] = ["onTrainBegin", "onEpochBegin", "onEpochEnd", "onTrainEnd"];
const callbacks: Kind = {
  expected: `an object whose ${CALLBACKS.join(", ")} are functions, or an array of these`,
  accepts: (value) => [value].flat().every(isCallbacks),
};
function isCallbacks(item: unknown): boolean {
  if (typeof item !== "object" || item === null) return false;
  return CALLBACKS.every((name) => ["function", "undefined"].includes(typeof (item as TrainingCallbacks)[name]));
}

/** With counts below 2^53, as many as a memory holds, no power within it makes their sum infinite, or zero. */
const LARGEST_EXPONENT = 16;

/** The checks of the options that are Word2Vec's, and of those that methods have beside them. */
const KINDS = {
  vectorSize: integer(1),
  alpha: number(0),
  window: integer(1),
  minCount: integer(0),
  maxVocabSize: orNull(integer(1)),
  sample: number(0),
  seed: integer(0, 2 ** 32 - 1),
  workers: integer(1, 1024),
  minAlpha: number(0),
  sg: toggle,
  hs: toggle,
  negative: integer(0, 10000),
  nsExponent: number(-LARGEST_EXPONENT, LARGEST_EXPONENT),
  cbowMean: toggle,
  epochs: integer(1),
  nullWord: toggle,
  trimRule: orNull(typed("function")),
  sortedVocab: toggle,
  batchWords: integer(1),
  corpusMemory: integer(0, Number.MAX_SAFE_INTEGER),
  computeLoss: toggle,
  callbacks,
  comment: orNull(typed("string")),
  maxFinalVocab: orNull(integer(1)),
  shrinkWindows: toggle,
  initialVectors: orNull({
    expected: "KeyedVectors",
    accepts: (value) => typeof (value as KeyedVectors)?.getVector === "function",
  }),
  reproduce: orNull(oneOf("gensim-4.3", "gensim-4.4")),
  deterministic: toggle,
  startAlpha: number(0),
  endAlpha: number(0),
  totalExamples: integer(1, Number.MAX_SAFE_INTEGER),
  totalWords: integer(1, Number.MAX_SAFE_INTEGER),
  corpusCount: integer(0, Number.MAX_SAFE_INTEGER),
  onProgress: typed("function"),
  update: toggle,
  vectorsLockf: {
    expected: "one finite number or more, in an array",
    accepts: (value) => {
      const numbers = Array.from((value ?? []) as ArrayLike<number>);
      return typeof value === "object" && numbers.length > 0 && numbers.every(Number.isFinite);
    },
  },
  checkpoint: {
    expected: "{ path, every }: a path, and an integer of words",
    accepts: (value) => {
      const { path, every } = (value ?? {}) as { path: unknown; every: unknown };
      return typeof path === "string" && (every === undefined || (Number.isInteger(every) && (every as number) > 0));
    },
  },
  signal: {
    expected: "an AbortSignal",
    accepts: (value) => typeof (value as AbortSignal | null)?.throwIfAborted === "function",
  },
} satisfies Record<keyof Word2VecOptions, Kind> & Record<string, Kind>;

/** @throws {Wasm2VecError} `option-invalid` */
export function checkOption(name: keyof typeof KINDS, value: unknown): void {
  const kind = KINDS[name];
  if (kind.accepts(value)) return;
  const got = typeof value === "string" ? `"${value}"` : String(value);
  throw new Wasm2VecError("option-invalid", `${name} is ${got}; expected ${kind.expected}.`);
}

/**
 * Checks those of a method's options that are given.
 *
 * @throws {Wasm2VecError} `option-invalid`
 */
export function checkGiven(options: Partial<Record<keyof typeof KINDS, unknown>>): void {
  for (const name of Object.keys(options) as (keyof typeof KINDS)[]) {
    if (options[name] !== undefined) checkOption(name, options[name]);
  }
}

/**
 * Lays the given options over the defaults and checks them.
 *
 * @throws {Wasm2VecError} `option-unknown`, `option-invalid`
 */
export function resolveOptions(given: Word2VecOptions): ResolvedOptions {
  const all = withDefaults(DEFAULTS, given, "Word2Vec");
  for (const name of Object.keys(DEFAULTS) as (keyof Word2VecOptions)[]) checkOption(name, all[name]);
  if (!all.hs && !all.negative) {
    throw new Wasm2VecError(
      "option-invalid",
      "hs and negative are both 0, so there is nothing to train. Set hs: 1, or negative to 5 or so.",
    );
  }
  return {
    ...all,
    callbacks: Array.isArray(all.callbacks) ? all.callbacks : [all.callbacks],
    sg: Boolean(all.sg),
    hs: Boolean(all.hs),
    cbowMean: Boolean(all.cbowMean),
    nullWord: Boolean(all.nullWord),
    sortedVocab: Boolean(all.sortedVocab),
  };
}
