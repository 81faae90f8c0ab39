/** Counts and a threshold -> phrases and their scores. */

import { type Corpus, checkedSentence, MappedCorpus, type Sentence, THE_CORPUS } from "../corpus/corpus.ts";
import { Wasm2VecError } from "../errors.ts";
import { orAbort, TimeSlice, untilAborted } from "../event-loop.ts";
import { PhraseMatcher } from "./matcher.ts";
import type { PhraseRules } from "./rules.ts";
import { scorerOf } from "./scorers.ts";
import type { WordPairs } from "./word-pairs.ts";

/** How many phrases a Map holds. */
const MAX_PHRASES = 2 ** 24 - 1;

/**
 * The pairs whose score is above the threshold, the best first; of equal ones, in the order of their characters.
 *
 * @throws {Wasm2VecError} `too-large`; what the user's scoring function throws
 */
export function exportPhrases(pairs: WordPairs, rules: PhraseRules): Map<string, number> {
  const { threshold } = rules;
  const score = scorerOf(rules.scoring);
  const counts = countsOf(pairs, rules);
  const found: [phrase: string, score: number][] = [];
  pairs.forEachPhrase((wordaCount, wordbCount, bigramCount, phrase) => {
    Object.assign(counts, { wordaCount, wordbCount, bigramCount });
    const got = score(counts);
    if (!(got > threshold)) return;
    if (found.length === MAX_PHRASES) throw tooManyPhrases(threshold);
    found.push([phrase(), got]);
  });
  return new Map(found.sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || (a < b ? -1 : 1)));
}

/** What finds the phrases of sentences by the counts of their words. */
export function matcherOf(pairs: WordPairs, rules: PhraseRules): PhraseMatcher {
  const { threshold } = rules;
  const score = scorerOf(rules.scoring);
  return new PhraseMatcher({
    ...rules,
    phrases: exportPhrases(pairs, rules),
    speltWords: pairs.speltWords(),
    scoreSpelt(words) {
      const [wordaCount, wordbCount] = [pairs.count(words[0]), pairs.count(words[words.length - 1])];
      const bigramCount = wordaCount && wordbCount && pairs.countPhrase(words);
      if (!bigramCount) return undefined;
      const got = score({ ...countsOf(pairs, rules), wordaCount, wordbCount, bigramCount });
      return got > threshold ? got : undefined;
    },
  });
}

const countsOf = ({ size, total }: WordPairs, { minCount }: PhraseRules) => ({
  ...{ wordaCount: 0, wordbCount: 0, bigramCount: 0 },
  ...{ lenVocab: size, minCount, corpusWordCount: total },
});

/** The sentences of a corpus with their phrases as one token each. */
export const phrasedCorpus = (corpus: Corpus, matcher: () => PhraseMatcher) =>
  new MappedCorpus<Sentence>(corpus, (sentence, number) => matcher().apply(checkedSentence(sentence, number)));

/** The phrases that come in a corpus, with their scores. */
export async function findPhrases(
  corpus: Corpus,
  matcher: () => PhraseMatcher,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const sentences = new MappedCorpus<Sentence>(corpus, (sentence, number) => {
    const words = checkedSentence(sentence, number);
    matcher().find(words, found);
    return words;
  });
  const slice = new TimeSlice(signal);
  for await (const _ of untilAborted(sentences, THE_CORPUS, signal)) if (slice.isOver) await slice.yield();
  return orAbort(found, signal);
}

function tooManyPhrases(threshold: number): Wasm2VecError {
  return new Wasm2VecError(
    "too-large",
    `More than ${MAX_PHRASES} phrases have a score above ${threshold}. Raise the threshold or minCount.`,
  );
}
