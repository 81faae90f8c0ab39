/** A vocabulary from counts instead of a text, or from two vocabularies. */

import { Wasm2VecError } from "../errors.ts";
import { joinWords, Vocabulary } from "./vocabulary.ts";

/** Words and how often each comes: pairs, a Map, or an object; an object puts words that are integers first. */
export type WordFrequencies = Iterable<readonly [word: string, count: number]> | Readonly<Record<string, number>>;

/** @throws {Wasm2VecError} `option-invalid` for what is no word or no count; `key-duplicate` */
export async function countedVocabulary(frequencies: WordFrequencies): Promise<Vocabulary> {
  const pairs = Symbol.iterator in frequencies ? [...frequencies] : Object.entries(frequencies);
  for (const [word, count] of pairs) {
    if (typeof word === "string" && Number.isSafeInteger(count) && count >= 0) continue;
    throw new Wasm2VecError(
      "option-invalid",
      `The word ${JSON.stringify(word)} has the count ${count}; expected a string and an integer of at least 0.`,
    );
  }
  return Vocabulary.from(
    joinWords(pairs.map(([word]) => word)),
    pairs.map(([, count]) => count),
  );
}

/** The words of both, those of the first in their order before the others; counts are added up. */
export async function mergedVocabulary(first: Vocabulary, second: Vocabulary): Promise<Vocabulary> {
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
  return Vocabulary.from(joinWords(words), counts);
}
