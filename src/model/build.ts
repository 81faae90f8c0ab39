/** Models that have not learnt yet: of a corpus, of counts, of another model's words; and one that grows by a corpus. */

import { type Corpus, emptyCorpus } from "../corpus/corpus.ts";
import { checkReadable, readAgain } from "../corpus/encode.ts";
import type { EncodedCorpus } from "../corpus/encoded-corpus.ts";
import { type ReadingWork, scanCorpus } from "../corpus/scan.ts";
import { Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import { chooseWords, renumbering, type TrimRule, type VocabularyRules } from "../vocabulary/choose-words.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { countedVocabulary, mergedVocabulary, type WordCounts } from "../vocabulary/word-frequencies.ts";
import { closedOnError } from "./closed-on-error.ts";
import { Model, type ModelHistory } from "./model.ts";
import type { InitialVectors, ResolvedOptions } from "./options.ts";

/** A model whose tables are new. */
export interface BuiltModel {
  model: Model;
  history: ModelHistory;
}

/** The words of a corpus, before some are chosen. */
interface CountedCorpus {
  vocabulary: Vocabulary;
  sentences: number;
  words: number;
}

/**
 * Counts a corpus, chooses the words that stay, and makes the tables.
 *
 * @param keepIds whether the corpus will be trained on
 * @returns `encoded` the corpus' ids, to be closed, where they are wanted and pruning did not change them
 * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary`, `too-large`, and what reading the corpus throws
 */
export async function buildModel(
  corpus: Corpus,
  options: ResolvedOptions,
  work: ReadingWork,
  keepIds: boolean,
): Promise<BuiltModel & { encoded?: EncodedCorpus }> {
  const { vocabulary, encoded, isPruned } = await scanCorpus(corpus, { ...options, keepIds }, work);
  try {
    const counted = checkedCount(vocabulary, encoded);
    const { size } = vocabulary;
    if (encoded.isLost && keepIds && !isPruned) await checkReadable(corpus, encoded);
    const { ids, ...built } = await choose(counted, options, work.onProgress);
    if (isPruned || !keepIds) return built;
    if (encoded.isLost) readAgain(encoded, corpus, built.model.table.vocabulary, work.signal);
    else encoded.renumber(renumbering(size, ids));
    return { ...built, encoded };
  } catch (error) {
    await encoded.close();
    throw error;
  } finally {
    vocabulary.close();
  }
}

/**
 * Adds a corpus to what a model knows: its words, as a file would hold them, in tables of the new size.
 *
 * @throws {Wasm2VecError} `option-invalid` where the words' places in a tree would be lost; and as buildModel
 */
export async function growModel(
  known: BuiltModel,
  corpus: Corpus,
  options: ResolvedOptions,
  work: ReadingWork,
): Promise<BuiltModel> {
  if (options.hs) throw fixedTree();
  const { vocabulary, encoded } = await scanCorpus(corpus, { ...options, keepIds: false }, work);
  let merged: Vocabulary | undefined;
  try {
    const { sentences, words } = checkedCount(vocabulary, encoded);
    const knownWords = known.model.table.vocabulary;
    merged = mergedVocabulary(knownWords, vocabulary);
    const keepKnown: TrimRule = (word, count, minCount) =>
      knownWords.find(word) >= 0 ? "keep" : (options.trimRule?.(word, count, minCount) ?? "default");
    const { ids } = chooseWords(merged, { ...options, trimRule: keepKnown }, knownWords.size);
    await work.onProgress?.({ kind: "vocabulary", words, sentences, vocabSize: ids.length });
    const model = await makeTables(merged.select(ids), { ...options, initialVectors: null });
    await closedOnError(model, () => model.takeWhatIsLearnt(known.model));
    const { corpusCount, corpusTotalWords } = known.history;
    const counts = { corpusCount: corpusCount + sentences, corpusTotalWords: corpusTotalWords + words };
    return { model, history: { ...known.history, ...counts } };
  } finally {
    merged?.close();
    vocabulary.close();
    await encoded.close();
  }
}

/**
 * Chooses the vocabulary from counts instead of a corpus.
 *
 * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary`, `key-duplicate`, `option-invalid`, `too-large`
 */
export async function modelFromCounts(
  frequencies: WordCounts,
  sentences: number,
  options: ResolvedOptions,
): Promise<BuiltModel> {
  const vocabulary = await countedVocabulary(frequencies);
  try {
    const words = vocabulary.counts.reduce((sum, count) => sum + count, 0);
    if (!words) throw emptyCorpus(sentences);
    const { model, history } = await choose({ vocabulary, sentences, words }, options, undefined);
    return { model, history };
  } finally {
    vocabulary.close();
  }
}

/** A copy of a model's words, to be closed where no model takes it, and what is known of where they come from. */
export interface KnownWords {
  vocabulary: Vocabulary;
  history: ModelHistory;
}

/**
 * A model of another's words, which it then owns.
 *
 * @throws {Wasm2VecError} `too-large`, `out-of-memory`
 */
export async function modelOfWords({ vocabulary, history }: KnownWords, options: ResolvedOptions): Promise<BuiltModel> {
  return { model: await makeTables(vocabulary, options), history };
}

/**
 * Chooses the words that stay, tells of them, closes the vocabulary, whose memory the tables may take, and makes these.
 *
 * @returns `ids` the words' scanned ids in their final order
 */
async function choose(
  { vocabulary, sentences, words }: CountedCorpus,
  options: ResolvedOptions,
  onProgress: ReadingWork["onProgress"],
): Promise<BuiltModel & { ids: Uint32Array }> {
  // what follows each of these cannot be interrupted
  const slice = new TimeSlice(undefined, 10);
  const rules: VocabularyRules = options;
  const { ids, effectiveMinCount } = chooseWords(vocabulary, rules);
  await onProgress?.({ kind: "vocabulary", words, sentences, vocabSize: ids.length });
  if (slice.isOver) await slice.yield();
  const selected = vocabulary.select(ids);
  vocabulary.close();
  if (slice.isOver) await slice.yield();
  const model = await makeTables(selected, options);
  return { ids, model, history: { corpusCount: sentences, corpusTotalWords: words, effectiveMinCount, trainCount: 0 } };
}

async function makeTables(vocabulary: Vocabulary, options: ResolvedOptions): Promise<Model> {
  const model = await Model.open(vocabulary, options);
  const { initialVectors, seed } = options;
  return closedOnError(model, async () => {
    await model.initialize(seed);
    if (initialVectors) startFrom(initialVectors, model);
    return model;
  });
}

/**
 * Gives words that have a vector already that one.
 *
 * @throws {Wasm2VecError} `shape-mismatch`
 */
function startFrom(vectors: InitialVectors, { table }: Model): void {
  if (vectors.vectorSize !== table.vectorSize) {
    throw new Wasm2VecError(
      "shape-mismatch",
      `initialVectors have ${vectors.vectorSize} numbers each, the model's ${table.vectorSize}. Set vectorSize: ${vectors.vectorSize}.`,
    );
  }
  for (let id = 0; id < table.size; id++) {
    const word = table.vocabulary.word(id);
    if (vectors.has(word)) table.setRow(id, vectors.getVector(word));
  }
  table.changed();
}

function checkedCount(vocabulary: Vocabulary, { sentences, words }: EncodedCorpus): CountedCorpus {
  if (words) return { vocabulary, sentences, words };
  throw emptyCorpus(sentences);
}

function fixedTree(): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    "buildVocab cannot update a model of hierarchical softmax: its tree follows from the counts, and with other counts the nodes would mean something else. Train a new model with initialVectors, or use negative sampling.",
  );
}
