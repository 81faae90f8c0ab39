/** What a table's trials on files are told: what is read before the code that does them is loaded. */

import {
  type GivenOptions,
  integer,
  type Kind,
  oneOf,
  option,
  optional,
  STOPPABLE,
  string,
  toggle,
} from "../check-options.ts";

/** How a table is tried on a test file. */
export const EVALUATION_OPTIONS = {
  /** use the first so many rows only, the most frequent ones; 300,000 by default */
  restrictVocab: option(300_000, integer(1)),
  /** compare words without regard to case, in upper case; true by default */
  caseInsensitive: option(true, toggle),
  /** count what has an unknown word as wrong; false by default: it is left out */
  dummy4unknown: option(false, toggle),
  ...STOPPABLE,
};

/** What `evaluateWordAnalogies` and `evaluateWordPairs` have in common. @interface */
export type EvaluationOptions = GivenOptions<typeof EVALUATION_OPTIONS>;

/** Which method answers the questions. */
export type SimilarityFunction = "mostSimilar" | "mostSimilarCosmul";

export const ANALOGY_OPTIONS = {
  ...EVALUATION_OPTIONS,
  /** which method answers the questions; "mostSimilar" by default */
  similarityFunction: option("mostSimilar", oneOf<SimilarityFunction>("mostSimilar", "mostSimilarCosmul")),
};

/** Options of `evaluateWordAnalogies`. @interface */
export type AnalogyOptions = GivenOptions<typeof ANALOGY_OPTIONS>;

/** The columns of a file, from 0 on, that hold the two words and the number. */
export type Columns = readonly [first: number, second: number, score: number];

const columns: Kind<Columns> = {
  expected: "three different columns, from 0 on, in an array: of a word, of the other, of the number",
  accepts: (value) =>
    Array.isArray(value) &&
    value.length === 3 &&
    new Set(value).size === 3 &&
    value.every((column) => Number.isSafeInteger(column) && column >= 0),
  take: ([first, second, score]) => [first, second, score],
};

export const PAIR_OPTIONS = {
  ...EVALUATION_OPTIONS,
  /** what stands between the columns; a tab, a semicolon, a comma or spaces by default, whichever there is */
  delimiter: optional(string),
  /** which columns hold the words and the number; by default the first two, and the first behind them that is a number */
  columns: optional(columns),
  /** pass over the first line; by default where it has no number in the column that the others have */
  skipHeader: optional(toggle),
};

/** Options of `evaluateWordPairs`. @interface */
export type PairOptions = GivenOptions<typeof PAIR_OPTIONS>;
