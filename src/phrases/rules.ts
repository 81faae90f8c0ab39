/** What is counted, and what is a phrase: gensim's options, with their defaults and checks. */

import {
  type CheckedOptions,
  checkOptions,
  type GivenOptions,
  integer,
  type Kind,
  option,
  type STOPPABLE,
  textList,
} from "../check-options.ts";
import { checkThreshold, phraseScoring } from "./scorers.ts";

const finite: Kind<number> = { expected: "a number", accepts: (value) => Number.isFinite(value) };

/** In UTF-16 units: it is in every phrase. */
const LONGEST_DELIMITER = 100;

/** A half of a surrogate pair would be another text in UTF-8. */
const delimiter: Kind<string> = {
  expected: `a text of 1 to ${LONGEST_DELIMITER} characters, such as "_"`,
  accepts: (value) =>
    typeof value === "string" && value !== "" && value.length <= LONGEST_DELIMITER && !/\p{Surrogate}/u.test(value),
};

export const PHRASES_OPTIONS = {
  /** pairs that came no more often than this have a score of 0 or less; words and pairs are counted all the same; 5 */
  minCount: option(5, integer(1)),
  /** a pair is a phrase where its score is above; 10. Above 0 for the default scoring, from -1 to 1 for "npmi" */
  threshold: option(10, finite),
  /** how many words and pairs are counted at most: beyond, those seen least are dropped, ever more of them; 40,000,000 */
  maxVocabSize: option(40_000_000, integer(1)),
  /** what joins the words of a phrase; "_" */
  delimiter: option("_", delimiter),
  /** how pairs are scored: "default", "npmi", or a function of their counts */
  scoring: option("default", phraseScoring),
  /** words that may stand within a phrase, but not at its ends, such as ENGLISH_CONNECTOR_WORDS; none */
  connectorWords: option([], textList("The connectorWords")),
};

/** Options of `Phrases`. @interface */
export type PhrasesOptions = GivenOptions<typeof PHRASES_OPTIONS>;
/** Options of `findPhrases`, of `save`, and of `FrozenPhrases.load`. @interface */
export type PhrasesWorkOptions = GivenOptions<typeof STOPPABLE>;
export type PhraseRules = CheckedOptions<typeof PHRASES_OPTIONS>;

/** @throws {Wasm2VecError} `option-unknown`, `option-invalid` */
export function resolveRules(given: PhrasesOptions, where: string): PhraseRules {
  const rules = checkOptions(PHRASES_OPTIONS, given, where);
  checkThreshold(rules.threshold, rules.scoring, where);
  return rules;
}

/** The words that gensim lets stand within English phrases. */
export const ENGLISH_CONNECTOR_WORDS: readonly string[] = Object.freeze(
  "a an the for of with without at from to in on by and or".split(" "),
);

/** The rules as a line shows them. */
export const shownRules = ({ minCount, threshold, scoring }: PhraseRules) =>
  `minCount ${minCount}, threshold ${threshold}${scoring === "default" ? "" : `, scoring ${typeof scoring === "string" ? scoring : "a function"}`}`;
