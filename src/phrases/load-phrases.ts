/** Opening Phrases that were saved: ours, and gensim's of all versions. */

import { Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/source.ts";
import { isPickle } from "../formats/foreign-files.ts";
import { damaged } from "../formats/sealed-file.ts";
import type { SavedPhrases } from "../gensim/load-phrases.ts";
import { isCount } from "../tables/saved-words.ts";
import { readFrozen, readPhrases } from "./phrases-file.ts";
import { type PhraseRules, resolveRules } from "./rules.ts";
import type { PhraseScoring } from "./scorers.ts";
import { WordPairs } from "./word-pairs.ts";

/** How many bytes tell a pickle. */
const HEAD_BYTES = 1024;

/**
 * @param file what messages call the source
 * @throws {Wasm2VecError} `format-unknown`, `format-damaged`, `pickle-refused`; `option-invalid` where a scoring function is
 *   missing
 */
export async function loadPhrases(
  source: RandomAccess,
  file: string,
  given: { scoring?: PhraseScoring },
  signal?: AbortSignal,
): Promise<{ rules: PhraseRules; pairs: WordPairs }> {
  const saved = await readGensim(source, file, signal);
  if (!saved) return readPhrases(source, file, given, signal);
  if (saved.kind === "FrozenPhrases") throw other(file, "frozen Phrases", "FrozenPhrases.load");
  const rules = rulesOf({ ...saved, scoring: given.scoring ?? saved.scoring }, file);
  const pairs = await WordPairs.open(rules.connectorWords, rules.delimiter);
  const connectors = new Set(rules.connectorWords);
  try {
    pairs.addWords(counted(saved.vocab, connectors, file));
  } catch (error) {
    pairs.close();
    throw error;
  }
  pairs.total = saved.corpusWordCount;
  pairs.minReduce = saved.minReduce;
  return { rules, pairs };
}

/** See loadPhrases. */
export async function loadFrozen(
  source: RandomAccess,
  file: string,
  signal?: AbortSignal,
): Promise<{ rules: PhraseRules; phrases: Map<string, number> }> {
  const saved = await readGensim(source, file, signal);
  if (!saved) return readFrozen(source, file, signal);
  if (saved.kind === "Phrases") throw other(file, "Phrases that are not frozen", "Phrases.load");
  return { rules: rulesOf(saved, file), phrases: saved.phrasegrams };
}

/** What a file of gensim's holds; undefined for other files. */
async function readGensim(source: RandomAccess, file: string, signal?: AbortSignal): Promise<SavedPhrases | undefined> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size), signal);
  if (!isPickle(head)) return undefined;
  const { readPhrasesPickle } = await import("../gensim/load-phrases.ts");
  return readPhrasesPickle(source, file, signal);
}

function rulesOf(saved: Omit<SavedPhrases, "scoring"> & { scoring: PhraseScoring }, file: string): PhraseRules {
  const { minCount, threshold, maxVocabSize, delimiter, scoring, connectorWords } = saved;
  try {
    return resolveRules({ minCount, threshold, maxVocabSize, delimiter, scoring, connectorWords }, file);
  } catch (cause) {
    throw damaged(file, (cause as Error).message, cause);
  }
}

function* counted(
  vocab: ReadonlyMap<string, number>,
  connectors: ReadonlySet<string>,
  file: string,
): Generator<[word: string, count: number]> {
  for (const [word, count] of vocab) {
    if (!isCount(count)) throw damaged(file, `a word's count is ${count}`);
    if (!connectors.has(word)) yield [word, count];
  }
}

function other(file: string, what: string, advice: string): Wasm2VecError {
  return new Wasm2VecError("format-unknown", `${file} holds gensim's ${what}. Open it with ${advice}.`);
}
