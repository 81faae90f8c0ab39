/** The first pass over a corpus: count its words, choose those that stay, put them in order. */

import { type Corpus, EncodedCorpus, forEachSentence } from "./corpus.ts";
import { Wasm2VecError } from "./errors.ts";
import { byFrequency, byFrequencyQuicksort } from "./frequency-order.ts";
import { NOT_FOUND, Vocabulary } from "./vocabulary.ts";

/** What a rule says of a word; "default" leaves it to minCount. */
export type TrimDecision = "default" | "discard" | "keep";

/** Decides whether a word stays in the vocabulary. */
export type TrimRule = (word: string, count: number, minCount: number) => TrimDecision;

/** gensim's releases whose training is reproduced. */
export type Reproduce = "gensim-4.3" | "gensim-4.4";

export interface VocabularyRules {
  minCount: number;
  maxVocabSize: number | null;
  maxFinalVocab: number | null;
  trimRule: TrimRule | null;
  sortedVocab: boolean;
  nullWord: boolean;
  reproduce: Reproduce | null;
}

/** The word that `nullWord` adds. */
const NULL_WORD = "\0";

export interface ScannedCorpus {
  /** all words seen, in the order of first sight */
  vocabulary: Vocabulary;
  /** the corpus in ids of that vocabulary; undefined when pruning changed them on the way */
  ids: EncodedCorpus | undefined;
  sentences: number;
  words: number;
}

/** Counts the words of a corpus. Where they exceed maxVocabSize, drops those seen least, ever more of them. */
export async function scanCorpus(
  corpus: Corpus,
  rules: Pick<VocabularyRules, "maxVocabSize" | "trimRule">,
  signal?: AbortSignal,
): Promise<ScannedCorpus> {
  const vocabulary = await Vocabulary.open();
  const scanned: ScannedCorpus = { vocabulary, ids: new EncodedCorpus(), sentences: 0, words: 0 };
  let minReduce = 1;
  try {
    await forEachSentence(corpus, signal, (sentence) => {
      vocabulary.count(sentence, (ids) => scanned.ids?.push(ids));
      scanned.ids?.endSentence();
      scanned.sentences++;
      scanned.words += sentence.length;
      if (rules.maxVocabSize === null || vocabulary.size <= rules.maxVocabSize) return;
      vocabulary.prune(stayFlags(vocabulary, minReduce++, rules.trimRule));
      scanned.ids = undefined;
    });
  } catch (error) {
    vocabulary.close();
    throw error;
  }
  return scanned;
}

/** The corpus in ids of a finished vocabulary. */
export async function encodeCorpus(
  corpus: Corpus,
  vocabulary: Vocabulary,
  signal?: AbortSignal,
): Promise<EncodedCorpus> {
  const encoded = new EncodedCorpus();
  await forEachSentence(corpus, signal, (sentence) => {
    vocabulary.findAll(sentence, (ids) => encoded.push(ids));
    encoded.endSentence();
  });
  return encoded;
}

export interface ChosenWords {
  /** (V,) the scanned ids of the words that stay, in their final order */
  ids: Uint32Array;
  /** the minCount that was applied */
  effectiveMinCount: number;
}

/**
 * Chooses the words that stay and puts them in order. May add the null word to the scanned vocabulary.
 *
 * @throws {Wasm2VecError} `empty-vocabulary` when none stays
 */
export function chooseWords(vocabulary: Vocabulary, rules: VocabularyRules): ChosenWords {
  const effectiveMinCount = Math.max(rules.minCount, countBeyond(vocabulary.counts, rules.maxFinalVocab));
  const stays = stayFlags(vocabulary, effectiveMinCount, rules.trimRule);
  const kept = Array.from(stays.keys()).filter((id) => stays[id]);
  if (!kept.length) throw emptyVocabulary(vocabulary, effectiveMinCount);
  if (rules.nullWord) vocabulary.count([NULL_WORD], (ids) => kept.push(ids[0]));
  const ids = Uint32Array.from(kept);
  if (!rules.sortedVocab) return { ids, effectiveMinCount };
  const counts = vocabulary.counts;
  const keptCounts = Float64Array.from(ids, (id) => counts[id]);
  const order = rules.reproduce === "gensim-4.3" ? byFrequencyQuicksort(keptCounts) : byFrequency(keptCounts);
  return { ids: order.map((i) => ids[i]), effectiveMinCount };
}

/** (scanned size) the final id of each scanned word, or NOT_FOUND. */
export function renumbering(scannedSize: number, chosen: Uint32Array): Uint32Array {
  const finalIds = new Uint32Array(scannedSize).fill(NOT_FOUND);
  chosen.forEach((id, final) => {
    finalIds[id] = final;
  });
  return finalIds;
}

/** 1 for each word that stays. */
function stayFlags(vocabulary: Vocabulary, minCount: number, trimRule: TrimRule | null): Uint8Array {
  const counts = vocabulary.counts;
  return Uint8Array.from(counts, (count, id) => {
    const decision = trimRule?.(vocabulary.word(id), count, minCount) ?? "default";
    return Number(decision === "default" ? count >= minCount : decision === "keep");
  });
}

/** The lowest count that leaves at most `limit` words. */
function countBeyond(counts: Float64Array, limit: number | null): number {
  if (limit === null || counts.length <= limit) return 1;
  return counts.slice().sort()[counts.length - 1 - limit] + 1;
}

function emptyVocabulary(vocabulary: Vocabulary, minCount: number): Wasm2VecError {
  const most = vocabulary.counts.reduce((a, b) => Math.max(a, b), 0);
  return new Wasm2VecError(
    "empty-vocabulary",
    `None of ${vocabulary.size} words comes ${minCount} times; the most frequent one comes ${most} times. Lower minCount, or train on more text.`,
  );
}
