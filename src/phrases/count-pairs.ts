/** A corpus -> its words and pairs, counted. */

import type { Corpus } from "../corpus/corpus.ts";
import { countCorpus } from "../corpus/read-corpus.ts";
import { type ReadingWork, warnOfDamages } from "../corpus/scan.ts";
import { EventPace } from "../event-loop.ts";
import type { Reading } from "../files/source.ts";
import type { PhraseRules } from "./rules.ts";
import { WordPairs } from "./word-pairs.ts";

/**
 * Counts the words of a corpus, and each with the one before it in its sentence.
 *
 * @throws {Wasm2VecError} what reading the corpus throws; `out-of-memory`, `too-large`
 */
export async function countPairs(
  corpus: Corpus,
  { connectorWords, delimiter, maxVocabSize }: PhraseRules,
  { signal, onProgress }: ReadingWork,
): Promise<WordPairs> {
  const counted = await WordPairs.open(connectorWords, delimiter);
  const reading: Reading = { bytes: 0 };
  const pace = new EventPace();
  let sentences = 0;
  let damages = 0;
  const event = () => ({ kind: "vocabulary" as const, words: counted.total, sentences, vocabSize: counted.size });
  try {
    const count = counted.counter(maxVocabSize);
    for await (const part of countCorpus(corpus, counted.vocabulary, { signal, reading })) {
      count(part.ids);
      for (const _ of part.sentences) sentences++;
      damages += part.damages;
      if (onProgress && pace.takeTurn()) {
        await onProgress({ ...event(), scanning: true, ...(reading.bytes ? reading : {}) });
      }
    }
    counted.settle();
    await warnOfDamages(damages, onProgress);
    await onProgress?.(event());
    return counted;
  } catch (error) {
    counted.close();
    throw error;
  }
}
