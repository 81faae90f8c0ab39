/** gensim's Phrases, Phraser and FrozenPhrases, of all versions, out of their pickles. */

import { Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";

/** What a file holds. */
export interface SavedPhrases {
  /** what it was: Phrases can count on, the others were frozen ("Phraser" is the name before 4.0) */
  kind: "Phrases" | "FrozenPhrases";
  /** how often each word came, and each pair of neighbours, joined by the delimiter; empty where frozen */
  vocab: Map<string, number>;
  /** the score of each phrase, its words joined by the delimiter; empty where not frozen */
  phrasegrams: Map<string, number>;
  minCount: number;
  threshold: number;
  delimiter: string;
  scoring: "default" | "npmi";
  connectorWords: string[];
  /** words that were counted; 0 where the file does not say */
  corpusWordCount: number;
  /** below which count words are dropped at the next pruning; 1 where the file does not say */
  minReduce: number;
  /** how many entries are counted at most; 40,000,000 where the file does not say */
  maxVocabSize: number;
  progressPer: number;
}

/**
 * Reads a file of gensim's; nothing that it names is run.
 *
 * @param file what messages call it
 * @throws {Wasm2VecError} `pickle-refused` where it names what is no part of Phrases, such as a scorer of one's own;
 *   `format-unknown` where it holds something else; `format-damaged`
 */
export async function readPhrasesPickle(
  _source: RandomAccess,
  file: string,
  _signal?: AbortSignal,
): Promise<SavedPhrases> {
  throw new Wasm2VecError("format-unknown", `${file} is not read yet.`);
}
