/** Which words of a counted vocabulary stay, and in which order. */

import { isPromise } from "../check-options.ts";
import { OUT_OF_VOCABULARY } from "../engine/kernels.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { byFrequency, byFrequencyQuicksort } from "./frequency-order.ts";
import type { Vocabulary } from "./vocabulary.ts";

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

export interface ChosenWords {
  /** (V,) the scanned ids of the words that stay, in their final order */
  ids: Uint32Array;
  /** the minCount that was applied */
  effectiveMinCount: number;
}

/**
 * Chooses the words that stay and puts them in order. May add the null word to the scanned vocabulary.
 *
 * @param ordered how many words, the first ones, all stay and have an order, which those that are equally frequent keep
 * @throws {Wasm2VecError} `empty-vocabulary` when none stays
 */
export function chooseWords(vocabulary: Vocabulary, rules: VocabularyRules, ordered = 0): ChosenWords {
  const { minCount, maxFinalVocab } = rules;
  const effectiveMinCount =
    maxFinalVocab === null ? minCount : Math.max(minCount, countBeyond(vocabulary.counts, maxFinalVocab));
  const kept = idsThatStay(stayFlags(vocabulary, effectiveMinCount, rules.trimRule));
  if (!kept.length) throw emptyVocabulary(vocabulary, effectiveMinCount);
  const ids = rules.nullWord ? withNullWord(vocabulary, kept) : kept;
  if (!rules.sortedVocab) return { ids, effectiveMinCount };
  // of equally frequent words the later comes first
  ids.subarray(0, ordered).reverse();
  const counts = vocabulary.counts;
  const keptCounts = new Float64Array(ids.length);
  for (let i = 0; i < ids.length; i++) keptCounts[i] = counts[ids[i]];
  const isUnstable = rules.reproduce === "gensim-4.3" && !ordered;
  const order = isUnstable ? byFrequencyQuicksort(keptCounts) : byFrequency(keptCounts);
  return { ids: order.map((i) => ids[i]), effectiveMinCount };
}

/** The words that stay and behind them the null word, unless the text or an updated model has it. */
function withNullWord(vocabulary: Vocabulary, kept: Uint32Array): Uint32Array {
  const known = vocabulary.find(NULL_WORD);
  if (kept.includes(known)) return kept;
  const ids = new Uint32Array(kept.length + 1);
  ids.set(kept);
  ids[kept.length] = known < 0 ? vocabulary.count([NULL_WORD])[0] : known;
  return ids;
}

/** (scanned size) the final id of each scanned word, or OUT_OF_VOCABULARY. */
export function renumbering(scannedSize: number, chosen: Uint32Array): Uint32Array {
  const finalIds = new Uint32Array(scannedSize).fill(OUT_OF_VOCABULARY);
  chosen.forEach((id, final) => {
    finalIds[id] = final;
  });
  return finalIds;
}

/** 1 for each word that stays. */
export function stayFlags(vocabulary: Vocabulary, minCount: number, trimRule: TrimRule | null): Uint8Array {
  const counts = vocabulary.counts;
  const flags = new Uint8Array(counts.length);
  for (let id = 0; id < flags.length; id++) {
    flags[id] = Number(counts[id] >= minCount);
    const decision = trimRule ? decisionOf(trimRule, vocabulary.word(id), counts[id], minCount) : "default";
    if (decision !== "default") flags[id] = Number(decision === "keep");
  }
  return flags;
}

const DECISIONS: readonly unknown[] = ["default", "discard", "keep"];

/**
 * What a rule says of a word; nothing is "default".
 *
 * @throws {Wasm2VecError} `option-invalid` for anything else
 */
function decisionOf(trimRule: TrimRule, word: string, count: number, minCount: number): TrimDecision {
  const decision: unknown = trimRule(word, count, minCount) ?? "default";
  if (DECISIONS.includes(decision)) return decision as TrimDecision;
  isPromise(decision);
  throw new Wasm2VecError(
    "option-invalid",
    `trimRule returned ${show(decision)} for the word ${show(word)}; expected "default", "discard" or "keep".`,
  );
}

/** The ids of the words that stay. */
function idsThatStay(flags: Uint8Array): Uint32Array {
  const ids = new Uint32Array(flags.length);
  let count = 0;
  for (let id = 0; id < flags.length; id++) if (flags[id]) ids[count++] = id;
  return ids.slice(0, count);
}

/** The lowest count that leaves at most `limit` words. */
function countBeyond(counts: Float64Array, limit: number): number {
  if (counts.length <= limit) return 1;
  return counts.slice().sort()[counts.length - 1 - limit] + 1;
}

function emptyVocabulary(vocabulary: Vocabulary, minCount: number): Wasm2VecError {
  const max = vocabulary.counts.reduce((a, b) => Math.max(a, b), 0);
  return new Wasm2VecError(
    "empty-vocabulary",
    `None of ${vocabulary.size} words comes ${minCount} times; the most frequent one comes ${max} times. Lower minCount, or train on more text.`,
  );
}
