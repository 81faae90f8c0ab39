/** How strongly two words belong together: gensim's two scores, or the user's own. */

import { isCallable, type Kind } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";

/** What a score is made of: gensim's names in camelCase. */
export interface PhraseCounts {
  /** how often the first word came */
  wordaCount: number;
  /** how often the second came */
  wordbCount: number;
  /** how often the second came right after the first, or with connector words between them */
  bigramCount: number;
  /** how many different words and pairs there are */
  lenVocab: number;
  /** the option of that name */
  minCount: number;
  /** how many words were read, connector words among them */
  corpusWordCount: number;
}

/** Gives a pair's score from its counts. */
export type PhraseScorer = (counts: PhraseCounts) => number;

/** A name of gensim's, or a function of one's own. */
export type PhraseScoring = "default" | "npmi" | PhraseScorer;

const NAMED = {
  /** @see Mikolov et al. 2013, https://arxiv.org/abs/1310.4546 */
  default: ({ wordaCount, wordbCount, bigramCount, lenVocab, minCount }) =>
    ((bigramCount - minCount) / (wordaCount * wordbCount)) * lenVocab,

  /** In [-1, 1]. @see Bouma 2009, https://svn.spraakdata.gu.se/repos/gerlof/pub/www/Docs/npmi-pfd.pdf */
  npmi({ wordaCount, wordbCount, bigramCount, minCount, corpusWordCount }) {
    if (bigramCount < minCount) return Number.NEGATIVE_INFINITY;
    const [a, b, both] = [wordaCount, wordbCount, bigramCount].map((count) => count / corpusWordCount);
    const score = Math.log(both / (a * b)) / -Math.log(both);
    // where nothing else was read
    return Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score;
  },
} satisfies Record<string, PhraseScorer>;

export const phraseScoring: Kind<PhraseScoring> = {
  expected: '"default", "npmi" or a function of counts',
  accepts: (value) => value === "default" || value === "npmi" || isCallable(value),
};

/** The scorer that is meant. What a function of the user's gives is checked. */
export function scorerOf(scoring: PhraseScoring): PhraseScorer {
  if (typeof scoring === "string") return NAMED[scoring];
  return (counts) => {
    const score: unknown = scoring({ ...counts });
    if (typeof score === "number" && !Number.isNaN(score)) return score;
    Promise.resolve(score).catch(() => {});
    throw new Wasm2VecError(
      "option-invalid",
      `The scoring function returned ${show(score)} for ${JSON.stringify(counts)}; expected a number.`,
    );
  };
}

/** @throws {Wasm2VecError} `option-invalid` for a threshold that this score never, or always, is above */
export function checkThreshold(threshold: number, scoring: PhraseScoring, where: string): void {
  const isOutside =
    scoring === "default" ? !(threshold > 0) : scoring === "npmi" && !(threshold >= -1 && threshold <= 1);
  if (!isOutside) return;
  const expected = scoring === "default" ? "a number above 0 for the default scoring" : "one from -1 to 1 for npmi";
  throw new Wasm2VecError("option-invalid", `${where}: threshold is ${threshold}; expected ${expected}.`);
}
