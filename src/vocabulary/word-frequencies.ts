/** A vocabulary from counts instead of a text, or from two vocabularies. */

import { isIterable, isRecord, listOf } from "../check-options.ts";
import { Engine } from "../engine/engine.ts";
import { isArray, show, Wasm2VecError } from "../errors.ts";
import { joinWords, Vocabulary } from "./vocabulary.ts";

/** Words and how often each comes: pairs, a Map, or an object; an object puts words that are integers first. */
export type WordFrequencies = Iterable<readonly [word: string, count: number]> | Readonly<Record<string, number>>;

/** Words and their counts, checked. */
export type WordCounts = readonly (readonly [word: string, count: number])[];

/**
 * A copy of frequencies.
 *
 * @throws {Wasm2VecError} `option-invalid` for what is no word or no count
 */
export function wordCounts(frequencies: WordFrequencies): WordCounts {
  const isList = isIterable(frequencies);
  if (!isList && !isRecord(frequencies)) {
    throw new Wasm2VecError(
      "option-invalid",
      `The word frequencies are ${show(frequencies)}; expected an object of counts, a Map, or pairs of a word and its count.`,
    );
  }
  const pairs: readonly unknown[] = isList ? listOf(frequencies, "The word frequencies") : Object.entries(frequencies);
  return pairs.map((pair): [string, number] => {
    const [word, count] = (isArray(pair) ? pair : [pair]) as [string, number];
    if (typeof word === "string" && Number.isSafeInteger(count) && count >= 0) return [word, count];
    throw new Wasm2VecError(
      "option-invalid",
      `The word ${show(word)} has the count ${show(count)}; expected a string and an integer of at least 0.`,
    );
  });
}

/** @throws {Wasm2VecError} `key-duplicate` */
export async function countedVocabulary(pairs: WordCounts): Promise<Vocabulary> {
  const words = joinWords(pairs.map(([word]) => word));
  const counts = pairs.map(([, count]) => count);
  return Vocabulary.from(words, counts, await Engine.open());
}

/** The words of both, those of the first in their order before the others; counts are added up. */
export function mergedVocabulary(first: Vocabulary, second: Vocabulary): Vocabulary {
  const words = Array.from({ length: first.size }, (_, id) => first.word(id));
  const counts = Array.from(first.counts);
  const secondCounts = second.counts.slice();
  for (let id = 0; id < secondCounts.length; id++) {
    const word = second.word(id);
    const known = first.find(word);
    if (known >= 0) counts[known] += secondCounts[id];
    else {
      words.push(word);
      counts.push(secondCounts[id]);
    }
  }
  return Vocabulary.from(joinWords(words), counts, Engine.another());
}
