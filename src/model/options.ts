/** The options of Word2Vec: gensim's, in camelCase, with gensim's defaults. */

import {
  type CheckedOptions,
  checkOptions,
  type GivenOptions,
  having,
  holeOf,
  integer,
  isCallable,
  isRecord,
  type Kind,
  number,
  oneOf,
  option,
  orNull,
  string,
  toggle,
} from "../check-options.ts";
import { isArray, nearestName, show, Wasm2VecError } from "../errors.ts";
import type { TrimRule } from "../vocabulary/choose-words.ts";

/** Called with the model while it is trained; what they return is awaited. */
export interface CallbacksOf<Model> {
  /** Before the first epoch. */
  onTrainBegin?(model: Model): unknown;
  /** Before each epoch. */
  onEpochBegin?(model: Model): unknown;
  /** After each epoch; returns false, or a promise of it, to end the training. */
  onEpochEnd?(model: Model): unknown;
  /** After the last epoch. */
  onTrainEnd?(model: Model): unknown;
}

/** One object of callbacks, or several. */
export type CallbackList<Model> = CallbacksOf<Model> | readonly CallbacksOf<Model>[];

/** Vectors that a model can start from: KeyedVectors are such. */
export interface InitialVectors {
  /** D, the length of each vector: the model's `vectorSize` */
  readonly vectorSize: number;
  /** Whether there is a vector of this word. */
  has(key: string): boolean;
  /** The vector (D,) of a word that is there. */
  getVector(key: string): Float32Array;
}

const CALLBACKS: (keyof CallbacksOf<never>)[] = ["onTrainBegin", "onEpochBegin", "onEpochEnd", "onTrainEnd"];

/** A copy of the list is taken, whose callbacks stay bound to their objects. */
export const callbackList: Kind<CallbackList<never>, readonly CallbacksOf<never>[]> = {
  expected: `an object whose ${CALLBACKS.join(", ")} are functions, or an array of these`,
  accepts: (value) => (isArray(value) ? holeOf(value) === undefined && value.every(isCallbacks) : isCallbacks(value)),
  take: (value) => ([value].flat() as CallbacksOf<never>[]).map(checkedNames),
};

function isCallbacks(item: unknown): boolean {
  if (!isRecord(item)) return false;
  return CALLBACKS.every((name) => ["function", "undefined"].includes(typeof item[name]));
}

/**
 * @throws {Wasm2VecError} `option-unknown` for a method, its own or its class's, that looks like a callback and is none, and
 *   where there is no callback at all
 */
function checkedNames(callbacks: CallbacksOf<never>): CallbacksOf<never> {
  const names = new Set<string>();
  for (
    let object: object | null = callbacks;
    object && object !== Object.prototype;
    object = Object.getPrototypeOf(object)
  ) {
    for (const name of Object.getOwnPropertyNames(object)) names.add(name);
  }
  const wrong = [...names].find((name) => /^on_?[A-Za-z]/.test(name) && !CALLBACKS.includes(name as "onTrainEnd"));
  const isSome = CALLBACKS.some((name) => callbacks[name]);
  if (wrong === undefined && isSome) return callbacks;
  if (wrong === undefined) {
    const got = `callbacks are ${show(callbacks)}, which has none of the methods ${CALLBACKS.join(", ")}`;
    throw new Wasm2VecError("option-unknown", `${got}. Give it one, or leave it out.`);
  }
  const nearest = nearestName(wrong, CALLBACKS) ?? CALLBACKS.join(", ");
  throw new Wasm2VecError("option-unknown", `callbacks have no method ${show(wrong)}. Did you mean ${nearest}?`);
}

/** The largest number that the engine holds as a signed one. */
const MAX_I32 = 2 ** 31 - 1;

/** The engine computes with float32. */
export const learningRate = number(0, 3e38);

/** With counts below 2^53, as many as a memory holds, no power within it makes their sum infinite, or zero. */
const MAX_EXPONENT = 16;

/** A model's options. A file keeps them in this order, but for those that it cannot keep. */
export const WORD2VEC_OPTIONS = {
  /** D, the length of a vector; 100 */
  vectorSize: option(100, integer(1, MAX_I32)),
  /** the learning rate at the beginning; 0.025 */
  alpha: option(0.025, learningRate),
  /** how many words to either side are context, at most; 5 */
  window: option(5, integer(1, MAX_I32)),
  /** words seen less often are left out; 5 */
  minCount: option(5, integer(0, MAX_I32)),
  /** drop the rarest words during the scan where there are more than so many; no limit by default */
  maxVocabSize: option(null, orNull(integer(1, MAX_I32))),
  /** frequent words are dropped at random: those beyond this share of the text, or this count where it is 1 or more; 1e-3, 0 drops none */
  sample: option(1e-3, number(0)),
  /** 0 to 2^32 - 1; 1 */
  seed: option(1, integer(0, 2 ** 32 - 1)),
  /** threads; 1. A reproduced gensim runs its jobs in order on one thread, whatever is given. */
  workers: option(1, integer(1, 1024)),
  /** the learning rate at the end; 1e-4 */
  minAlpha: option(1e-4, learningRate),
  /** 1: skip-gram, 0: CBOW; 0 */
  sg: option(false, toggle),
  /** 1: hierarchical softmax; 0. Together with `negative`, both are trained. */
  hs: option(false, toggle),
  /** how many noise words are drawn a step; 5. 0: no negative sampling */
  negative: option(5, integer(0, 10000)),
  /** the power of the counts that noise words are drawn by; 0.75 */
  nsExponent: option(0.75, number(-MAX_EXPONENT, MAX_EXPONENT)),
  /** CBOW: 1 the mean of the context, 0 its sum; 1 */
  cbowMean: option(true, toggle),
  /** passes over the corpus; 5 */
  epochs: option(5, integer(1, MAX_I32)),
  /** 1: add the word "\0"; 0 */
  nullWord: option(false, toggle),
  /** decides which words stay; not kept in files; null */
  trimRule: option(null, orNull<TrimRule, TrimRule>({ expected: "a function", accepts: isCallable })),
  /** 1: the most frequent word first, 0: in the order of first sight; 1 */
  sortedVocab: option(true, toggle),
  /** how many words make a job; 10,000 */
  batchWords: option(10000, integer(1, MAX_I32)),
  /**
   * bytes of the corpus' ids, 4 a word, that are kept in memory; 2^30. Those beyond go to a temporary file, or, where
   * there are no files, the corpus is read again in each epoch. Not kept in files.
   */
  corpusMemory: option(2 ** 30, integer(0)),
  /** add up the loss; false */
  computeLoss: option(false, toggle),
  /** not kept in files; [] */
  callbacks: option([], callbackList),
  /** kept in the model's file; null */
  comment: option(null, orNull(string)),
  /** raise minCount until at most so many words are left; no limit by default */
  maxFinalVocab: option(null, orNull(integer(1, MAX_I32))),
  /** draw each window's size from 1 to `window`; true */
  shrinkWindows: option(true, toggle),
  /** start from these vectors where they have a word; not kept in files; null */
  initialVectors: option(null, orNull(having<InitialVectors>("getVector", "KeyedVectors"))),
  /** a gensim whose arithmetic and random numbers to use, at gensim's speed; null */
  reproduce: option(null, orNull(oneOf("gensim-4.3", "gensim-4.4"))),
  /** with one worker, train to the same bytes in every runtime; true. false: faster where there is relaxed SIMD */
  deterministic: option(true, toggle),
};

/** The options that differ from the defaults, as a line shows them; vectorSize is part of the shape. */
export function shownOptions(options: ResolvedOptions): string[] {
  const names = Object.keys(WORD2VEC_OPTIONS) as (keyof ResolvedOptions)[];
  return names.flatMap((name) => {
    const value = options[name];
    const isDefault = Array.isArray(value) ? !value.length : value === WORD2VEC_OPTIONS[name].fallback;
    return isDefault || name === "vectorSize" ? [] : [shownOption(name, value)];
  });
}

function shownOption(name: string, value: unknown): string {
  if (typeof value === "boolean") return `${name} ${Number(value)}`;
  return typeof value === "number" || typeof value === "string" ? `${name} ${show(value)}` : name;
}

type Given = GivenOptions<typeof WORD2VEC_OPTIONS>;

/** What a caller may give for a model whose callbacks are handed a `Model`. */
export type OptionsOf<Model> = Omit<Given, "callbacks"> & {
  /** not kept in files; [] */
  callbacks?: CallbackList<Model>;
};

/** All options, checked, with switches as booleans. */
export type ResolvedOptions = CheckedOptions<typeof WORD2VEC_OPTIONS>;

/**
 * Lays the given options over the defaults and checks them.
 *
 * @throws {Wasm2VecError} `option-unknown`, `option-invalid`
 */
export function resolveOptions(given: OptionsOf<never>): ResolvedOptions {
  const options = checkOptions(WORD2VEC_OPTIONS, given, "Word2Vec");
  if (options.hs || options.negative) return options;
  throw new Wasm2VecError(
    "option-invalid",
    "hs and negative are both 0, so there is nothing to train. Set hs: 1, or negative to 5 or so.",
  );
}
