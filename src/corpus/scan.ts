/** The first pass over a corpus: count its words, choose those that stay, put them in order. */

import { Wasm2VecError } from "../errors.ts";
import type { Reading } from "../files/source.ts";
import { byFrequency, byFrequencyQuicksort } from "../vocabulary/frequency-order.ts";
import { NOT_FOUND, Vocabulary } from "../vocabulary/vocabulary.ts";
import { type Corpus, isOneShot } from "./corpus.ts";
import { EncodedCorpus, type EncodedCorpusOptions } from "./encoded-corpus.ts";
import { batchesOf } from "./read-corpus.ts";

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

/** What the reading of a corpus tells of itself. */
export type CorpusEvent =
  | {
      kind: "vocabulary";
      words: number;
      sentences: number;
      /** how many words the vocabulary has; while it is scanned, how many were seen */
      vocabSize: number;
      /** true while the corpus is scanned, ten times a second at most; absent from the event at the end */
      scanning?: true;
      /** while a text is scanned: how many bytes of its source were read */
      bytes?: number;
      /** and how many there are, where that is known */
      totalBytes?: number;
    }
  | { kind: "warning"; message: string };

/** How to follow and to stop the reading. */
export interface ReadingWork {
  signal?: AbortSignal;
  onProgress?(event: CorpusEvent): void;
}

export interface ScannedCorpus {
  /** all words seen, in the order of first sight */
  vocabulary: Vocabulary;
  /** the corpus in ids of that vocabulary; lost where they were not wanted, pruned, or more than there is room for */
  encoded: EncodedCorpus;
  /** whether words were dropped, and ids changed, on the way */
  isPruned: boolean;
}

/**
 * Counts the words of a corpus. Where they exceed maxVocabSize, drops those seen least, ever more of them.
 *
 * @param rules.keepIds whether the corpus will be read, too
 */
export async function scanCorpus(
  corpus: Corpus,
  rules: Pick<VocabularyRules, "maxVocabSize" | "trimRule"> & EncodedCorpusOptions & { keepIds: boolean },
  { signal, onProgress }: ReadingWork = {},
): Promise<ScannedCorpus> {
  const vocabulary = await Vocabulary.open(rules.maxVocabSize);
  const scanned = { vocabulary, encoded: new EncodedCorpus(rules), isPruned: false };
  const { encoded } = scanned;
  const reading: Reading = { bytes: 0 };
  const report = new ScanReport(scanned, reading, onProgress);
  let minReduce = 1;
  const prune = () => {
    vocabulary.prune(stayFlags(vocabulary, minReduce++, rules.trimRule));
    scanned.isPruned = true;
  };
  try {
    if (!rules.keepIds) await encoded.forget();
    for await (const batch of batchesOf(corpus, vocabulary, { signal, reading })) {
      encoded.endSentences(batch.sentences);
      let writing: Promise<void> | undefined;
      vocabulary.countBatch((ids) => {
        writing = encoded.push(ids);
      }, prune);
      if (writing) await writing;
      if (scanned.isPruned && !encoded.isLost) await encoded.forget();
      report.tell();
    }
    await encoded.finish();
    warnOfDamages(vocabulary.damages, onProgress);
  } catch (error) {
    vocabulary.close();
    await encoded.close();
    throw error;
  }
  return scanned;
}

/**
 * The corpus in ids of a finished vocabulary. Where there is no room for them, they are made anew in each epoch.
 *
 * @throws {Wasm2VecError} `one-shot-corpus` where they cannot be
 */
export async function encodeCorpus(
  corpus: Corpus,
  vocabulary: Vocabulary,
  options: EncodedCorpusOptions,
  { signal, onProgress }: ReadingWork = {},
): Promise<EncodedCorpus> {
  const encoded = new EncodedCorpus(options);
  const before = vocabulary.damages;
  try {
    for await (const batch of batchesOf(corpus, vocabulary, { signal })) {
      encoded.endSentences(batch.sentences);
      const writing = encoded.push(vocabulary.findBatch());
      if (writing) await writing;
    }
    await encoded.finish();
    warnOfDamages(vocabulary.damages - before, onProgress);
    if (encoded.isLost) readAgain(encoded, corpus, vocabulary, signal);
  } catch (error) {
    await encoded.close();
    throw error;
  }
  return encoded;
}

/**
 * Lets the ids that were lost come from the corpus, in ids of a finished vocabulary, each time they are read.
 *
 * @throws {Wasm2VecError} `one-shot-corpus` where it can be read only once
 */
export function readAgain(encoded: EncodedCorpus, corpus: Corpus, vocabulary: Vocabulary, signal?: AbortSignal): void {
  if (isOneShot(corpus)) {
    throw new Wasm2VecError(
      "one-shot-corpus",
      `The corpus is an iterator, which can be read once, and has more ids than corpusMemory holds: ${encoded.words} words of 4 bytes. Here is no temporary file for them. Raise corpusMemory, or pass what can be read again.`,
    );
  }
  encoded.readAgain(async function* () {
    for await (const _ of batchesOf(corpus, vocabulary, { signal })) yield vocabulary.findBatch().slice();
  });
}

/** Tells how far a scan is, ten times a second at most. */
class ScanReport {
  private last = performance.now();

  constructor(
    private readonly scanned: ScannedCorpus,
    private readonly reading: Reading,
    private readonly onProgress: ReadingWork["onProgress"],
  ) {}

  tell(): void {
    if (!this.onProgress || performance.now() - this.last < EVENT_INTERVAL) return;
    this.last = performance.now();
    const { vocabulary, encoded } = this.scanned;
    const { words, sentences } = encoded;
    const read = this.reading.bytes ? this.reading : {};
    this.onProgress({ kind: "vocabulary", words, sentences, vocabSize: vocabulary.size, scanning: true, ...read });
  }
}

/** Milliseconds from one event to the next. */
const EVENT_INTERVAL = 100;

function warnOfDamages(count: number, onProgress: ReadingWork["onProgress"]): void {
  if (!count) return;
  const message = `The text is not all UTF-8: ${count} damaged characters were read as U+FFFD. Is it in another encoding?`;
  onProgress?.({ kind: "warning", message });
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
  const kept = idsThatStay(stayFlags(vocabulary, effectiveMinCount, rules.trimRule));
  if (!kept.length) throw emptyVocabulary(vocabulary, effectiveMinCount);
  if (rules.nullWord) kept.push(...vocabulary.count([NULL_WORD]));
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
  const flags = new Uint8Array(counts.length);
  for (let id = 0; id < flags.length; id++) {
    const decision = trimRule?.(vocabulary.word(id), counts[id], minCount) ?? "default";
    flags[id] = Number(decision === "default" ? counts[id] >= minCount : decision === "keep");
  }
  return flags;
}

/** The ids of the words that stay. */
function idsThatStay(flags: Uint8Array): number[] {
  const ids: number[] = [];
  for (let id = 0; id < flags.length; id++) if (flags[id]) ids.push(id);
  return ids;
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
