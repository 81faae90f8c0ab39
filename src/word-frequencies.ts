/** A vocabulary from counts instead of a text. */

import { Wasm2VecError } from "./errors.ts";
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
