/** Word2Vec: learns word vectors from text. */

import { type Corpus, isOneShot, Turns } from "./corpus/corpus.ts";
import type { EncodedCorpus } from "./corpus/encoded-corpus.ts";
import type { JobRange } from "./corpus/job-ranges.ts";
import {
  type CorpusEvent,
  chooseWords,
  encodeCorpus,
  readAgain,
  renumbering,
  scanCorpus,
  type TrimRule,
} from "./corpus/scan.ts";
import { checkObject, Wasm2VecError, withDefaults } from "./errors.ts";
import { nameOf, openSource, type SourceLike } from "./files/source.ts";
import { saveTo, type TargetLike } from "./files/target.ts";
import { checkTopn, type Key, KeyedVectors } from "./keyed-vectors.ts";
import { estimateMemory, type MemoryEstimate } from "./model/memory-estimate.ts";
import { Model } from "./model/model.ts";
import { modelPieces, readModel } from "./model/model-file.ts";
import {
  checkGiven,
  type ResolvedOptions,
  resolveOptions,
  type TrainingCallbacks,
  type Word2VecOptions,
} from "./model/options.ts";
import { type Prediction, predictWords } from "./model/predict.ts";
import { scoreCorpus } from "./model/score.ts";
import { checkCorpus, checkRun, describeCorpus, type RunOptions, type UnfinishedRun } from "./training/checkpoint.ts";
import { checkDivergence, longestRow } from "./training/divergence.ts";
import { LearningRate, type ModelHistory } from "./training/learning-rate.ts";
import { openExecutor } from "./training/open-executor.ts";
import { NO_TOTALS, ProgressMeter, type TrainingProgress } from "./training/progress.ts";
import { type Executor, type TrainingRun, trainEpochs } from "./training/run.ts";
import type { Vocabulary } from "./vocabulary/vocabulary.ts";
import { countedVocabulary, mergedVocabulary, type WordFrequencies } from "./vocabulary/word-frequencies.ts";

/** What long work tells of itself. */
export type TrainingEvent =
  | CorpusEvent
  | TrainingProgress
  | {
      kind: "epoch";
      epoch: number;
      epochs: number;
      words: number;
      trainedWords: number;
      alpha: number;
      /** the mean loss of a word; null without computeLoss */
      loss: number | null;
    };

/** How to follow and to stop long work. */
export interface WorkOptions {
  /** stops the work; the promise rejects with its reason */
  signal?: AbortSignal;
  onProgress?(event: TrainingEvent): void;
}

export interface BuildVocabOptions extends WorkOptions {
  /** instead of the model's */
  trimRule?: TrimRule | null;
  /** keep the words of the model and what they have learnt; false */
  update?: boolean;
}

export interface TrainOptions extends WorkOptions {
  /** passes over the corpus; the model's `epochs` by default */
  epochs?: number;
  /** sentences in an epoch, for the learning rate; by default those of the corpus */
  totalExamples?: number;
  /** words in an epoch, for the learning rate, where totalExamples is not given */
  totalWords?: number;
  /** the learning rate at the beginning, from now on; the model's `alpha` by default */
  startAlpha?: number;
  /** the learning rate at the end, from now on; the model's `minAlpha` by default */
  endAlpha?: number;
  /** add up the loss; the model's `computeLoss` by default */
  computeLoss?: boolean;
  /** instead of the model's */
  callbacks?: TrainingCallbacks | readonly TrainingCallbacks[];
  /** saves now and then, so that `Word2Vec.resume` can go on; not by default */
  checkpoint?: CheckpointOptions;
  /**
   * (N,) how much of its corrections each word vector takes: 0 leaves it as it is, 1 is usual. Row i takes the i % N-th,
   * so one number is for all; [1] by default
   */
  vectorsLockf?: ArrayLike<number>;
}

export interface BuildVocabFromFreqOptions {
  /** how many sentences the counts come from; 0 by default */
  corpusCount?: number;
  /** instead of the model's */
  trimRule?: TrimRule | null;
}

/** Where, and how often, to save a training that may be interrupted. */
export interface CheckpointOptions {
  /** the file, which is written beside itself and renamed */
  path: string;
  /** after how many words that were read, and at each epoch's end; at each epoch's end only by default */
  every?: number;
}

export interface ResumeOptions extends WorkOptions {
  /** where to save from now on; nowhere by default */
  checkpoint?: CheckpointOptions;
  /** instead of the model's, which a file does not keep */
  callbacks?: TrainingCallbacks | readonly TrainingCallbacks[];
  /** as the interrupted training had it: a file does not keep it */
  vectorsLockf?: ArrayLike<number>;
}

/** What a call of `train` did, over all its epochs. */
export interface TrainSummary {
  /** words that were trained on, after those out of the vocabulary and those sampled away */
  trainedWords: number;
  /** words that were read */
  rawWords: number;
  /** the mean loss of a word, an epoch each; empty without computeLoss */
  epochLosses: number[];
}

export interface LoadOptions {
  /** stops the reading; the promise rejects with its reason */
  signal?: AbortSignal;
}

/** Where a run begins, and what it came to up to there. */
type RunStart = Pick<UnfinishedRun, "next" | "totals">;

const BEGINNING: RunStart = { next: { epoch: 0, job: 0 }, totals: NO_TOTALS };

/** The words of a corpus, before some are chosen. */
interface CountedCorpus {
  vocabulary: Vocabulary;
  sentences: number;
  words: number;
}

const NO_WORK: Required<WorkOptions> = { signal: undefined as never, onProgress: undefined as never };

/**
 * A Word2Vec model.
 *
 * @see Mikolov et al. 2013, https://arxiv.org/abs/1301.3781 and https://arxiv.org/abs/1310.4546
 */
export class Word2Vec {
  private options: ResolvedOptions;
  private model: Model | undefined;
  private vectors: KeyedVectors | undefined;
  private history: ModelHistory = { corpusCount: 0, corpusTotalWords: 0, effectiveMinCount: 0, trainCount: 0 };
  private trainingLoss = 0;
  private isTraining = false;

  /**
   * A model without a vocabulary: call `buildVocab`, then `train`; or `Word2Vec.train`, which does both.
   *
   * @throws {Wasm2VecError} `option-unknown`, `option-invalid`
   */
  constructor(options: Word2VecOptions = {}) {
    this.options = resolveOptions(options);
  }

  /**
   * Builds the vocabulary of a corpus and trains on it, reading it once where it can.
   *
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary`, `one-shot-corpus`, `option-invalid`, `too-large`,
   *   `worker-failed`
   */
  static async train(
    corpus: Corpus,
    options: Word2VecOptions & WorkOptions & Pick<TrainOptions, "checkpoint"> = {},
  ): Promise<Word2Vec> {
    checkObject(options, "Word2Vec.train");
    const { signal, onProgress, checkpoint, ...rest } = options;
    checkGiven({ signal, onProgress, checkpoint });
    const model = new Word2Vec(rest);
    checkReadable(corpus, model.options.epochs);
    try {
      const scanned = await model.scan(corpus, { signal, onProgress }, true);
      const encoded = scanned ?? (await model.encode(corpus, { signal, onProgress }));
      await model.alone(() => withCorpus(encoded, () => model.run(encoded, { signal, onProgress, checkpoint })));
      return model;
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /**
   * Goes on with a training from its checkpoint. With one worker, the model is the one that it would have become without
   * the interruption, to the last bit.
   *
   * @param corpus the one that was trained on
   * @throws {Wasm2VecError} `checkpoint-mismatch` for another corpus, `format-unknown`, `format-damaged`; and what
   *   openSource and train throw
   */
  static async resume(from: SourceLike, corpus: Corpus, options: ResumeOptions = {}): Promise<Word2Vec> {
    const defaults = { ...NO_WORK, checkpoint: undefined, callbacks: [], vectorsLockf: undefined };
    const given = withDefaults<ResumeOptions>(defaults, options, "resume");
    checkGiven(given as Parameters<typeof checkGiven>[0]);
    const { signal, onProgress } = given;
    const { model, run } = await Word2Vec.open(from, signal);
    try {
      const unfinished = checkRun(run, nameOf(from));
      const encoded = await model.encode(corpus, { signal, onProgress });
      const trainOptions = { ...unfinished.options, ...given };
      const goOn = () => {
        checkCorpus(encoded, unfinished);
        return model.run(encoded, trainOptions, unfinished);
      };
      await model.alone(() => withCorpus(encoded, async () => goOn()));
      return model;
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /**
   * Scans the corpus, chooses the vocabulary, and makes the tables anew. With `update`, adds the corpus to what the model
   * knows: counts are added up, words that now come often enough join, and all words keep what they have learnt. What
   * follows from counts, the order of the words too, follows from those of all texts.
   *
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary`, `option-invalid`, `too-large`
   */
  async buildVocab(corpus: Corpus, options: BuildVocabOptions = {}): Promise<void> {
    const defaults = { ...NO_WORK, trimRule: this.options.trimRule, update: false };
    const { trimRule, update, ...work } = withDefaults(defaults, options, "buildVocab");
    checkGiven({ ...work, trimRule, update });
    await this.scan(corpus, { ...work, trimRule, update }, false);
  }

  /**
   * Trains on a corpus, which may be another than the vocabulary's; words that are not in it are passed over.
   *
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary` before buildVocab, `one-shot-corpus`, `option-invalid`,
   *   `busy`, `worker-failed`
   */
  async train(corpus: Corpus, options: TrainOptions = {}): Promise<TrainSummary> {
    const { epochs, signal, onProgress } = this.trainOptions(options);
    checkReadable(corpus, epochs);
    return this.alone(async () => {
      const encoded = await this.encode(corpus, { signal, onProgress });
      return withCorpus(encoded, () => this.run(encoded, options));
    });
  }

  /**
   * Opens a saved model, to query it or to train it further.
   *
   * @throws {Wasm2VecError} `format-unknown`, `format-damaged`, `too-large`; and what openSource throws
   */
  static async load(from: SourceLike, options: LoadOptions = {}): Promise<Word2Vec> {
    const { signal } = withDefaults<LoadOptions>({ signal: undefined }, options, "Word2Vec.load");
    checkGiven({ signal });
    return (await Word2Vec.open(from, signal)).model;
  }

  /**
   * Writes the model as one safetensors file: tables, words, options. `trimRule` and `callbacks` are not kept.
   *
   * @param target a path; the file is written beside it, then renamed. Or a file handle, or a WritableStream
   * @throws {Wasm2VecError} `file-not-writable`, `empty-vocabulary`, `closed`
   */
  async save(target: TargetLike): Promise<void> {
    await saveTo(target, this.pieces());
  }

  /** What `save` writes, as bytes. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await this.toBlob()).arrayBuffer());
  }

  /** What `save` writes, as a Blob, for instance to be downloaded from a page. */
  async toBlob(): Promise<Blob> {
    return new Blob([...this.pieces()] as Uint8Array<ArrayBuffer>[], { type: "application/octet-stream" });
  }

  /** The word vectors: a view of the model, which training changes. */
  get wv(): KeyedVectors {
    if (this.vectors) return this.vectors;
    throw noVocabulary();
  }

  get vectorSize(): number {
    return this.options.vectorSize;
  }

  get epochs(): number {
    return this.options.epochs;
  }

  /** sentences in the corpus of the vocabulary */
  get corpusCount(): number {
    return this.history.corpusCount;
  }

  /** words in the corpus of the vocabulary */
  get corpusTotalWords(): number {
    return this.history.corpusTotalWords;
  }

  /** the minCount that was applied, which maxFinalVocab may have raised */
  get effectiveMinCount(): number {
    return this.history.effectiveMinCount;
  }

  /** The loss of the last `train`, over all its epochs; 0 without computeLoss. */
  getLatestTrainingLoss(): number {
    return this.trainingLoss;
  }

  /**
   * Chooses the vocabulary from counts instead of a corpus, and makes the tables anew.
   *
   * @param wordFreq how often each word comes, in the order of first sight, which decides among equal counts
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary`, `key-duplicate`, `option-invalid`, `too-large`
   */
  async buildVocabFromFreq(wordFreq: WordFrequencies, options: BuildVocabFromFreqOptions = {}): Promise<void> {
    const defaults = { corpusCount: 0, trimRule: this.options.trimRule };
    const { corpusCount, trimRule } = withDefaults(defaults, options, "buildVocabFromFreq");
    checkGiven({ corpusCount, trimRule });
    const vocabulary = await countedVocabulary(wordFreq);
    try {
      const words = vocabulary.counts.reduce((sum, count) => sum + count, 0);
      if (!words) throw emptyCorpus(corpusCount);
      await this.choose({ vocabulary, sentences: corpusCount, words }, { ...this.options, trimRule });
    } finally {
      vocabulary.close();
    }
  }

  /**
   * Takes over another model's vocabulary, and makes the tables anew.
   *
   * @throws {Wasm2VecError} `empty-vocabulary` where the other has none, `too-large`
   */
  async resetFrom(other: Word2Vec): Promise<void> {
    if (!other.model) throw noVocabulary();
    const { vocabulary } = other.model.table;
    const history = { ...other.history, trainCount: 0 };
    const ids = Uint32Array.from({ length: vocabulary.size }, (_, id) => id);
    await this.makeTables(await vocabulary.select(ids));
    this.history = history;
  }

  /**
   * The words that fit best among some context words: a crude use of the model, but for CBOW what it was trained to do.
   *
   * @param context words, which are left out where they are not present, or row numbers
   * @param options.topn how many to return; 10 by default
   * @returns [word, probability] pairs, the most likely first; null where no context word is present
   * @throws {Wasm2VecError} `option-invalid` where the model was trained without negative sampling
   */
  predictOutputWord(context: readonly Key[], options: { topn?: number } = {}): Prediction[] | null {
    const { topn } = withDefaults({ topn: 10 }, options, "predictOutputWord");
    checkTopn(topn, 0);
    const { model, wv } = this;
    if (!model) throw noVocabulary();
    const rows = context.filter((key) => typeof key !== "string" || wv.has(key)).map((key) => wv.getIndex(key));
    return rows.length ? predictWords(model, rows, this.options.cbowMean, topn) : null;
  }

  /**
   * The log-probability of each sentence, (N,): the sum over its words, each seen from its whole window. Words that are
   * not present are passed over; as in gensim, so is what the model is surest of, beyond 6 in the logit.
   *
   * @throws {Wasm2VecError} `option-invalid` where the model was trained without hierarchical softmax
   * @see Taddy 2015, https://arxiv.org/abs/1504.07295
   */
  async score(corpus: Corpus, options: { signal?: AbortSignal } = {}): Promise<Float64Array> {
    const { signal } = withDefaults<{ signal?: AbortSignal }>({ signal: undefined }, options, "score");
    checkGiven({ signal });
    if (!this.model) throw noVocabulary();
    return scoreCorpus(this.model, corpus, this.options.window, signal);
  }

  /**
   * How many bytes the model takes, or one of these options with `vocabSize` words would take.
   *
   * @throws {Wasm2VecError} `empty-vocabulary` where neither is known
   */
  estimateMemory(vocabSize = this.model?.table.size): MemoryEstimate {
    if (!vocabSize) throw noVocabulary();
    return estimateMemory(vocabSize, this.options);
  }

  /** Gives the memory back, the vectors' too. Use after it is an error. */
  close(): void {
    this.model?.table.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Counts the corpus and makes the tables; returns its ids where they are wanted and pruning did not change them. */
  private async scan(
    corpus: Corpus,
    { signal, onProgress, trimRule = this.options.trimRule, update }: BuildVocabOptions,
    keepIds: boolean,
  ): Promise<EncodedCorpus | undefined> {
    const rules = { ...this.options, trimRule, keepIds };
    const known = update ? this.updatable() : undefined;
    const scanned = await scanCorpus(corpus, rules, { signal, onProgress });
    const { vocabulary, encoded, isPruned } = scanned;
    try {
      const { sentences, words } = encoded;
      if (!words) throw emptyCorpus(sentences);
      const counted = { vocabulary, sentences, words };
      if (known) return await this.update(known, counted, rules, onProgress);
      const { size } = vocabulary;
      const { ids, model } = await this.choose(counted, rules, onProgress);
      if (isPruned || !keepIds) return undefined;
      if (encoded.isLost) readAgain(encoded, corpus, model.table.vocabulary, signal);
      else encoded.renumber(renumbering(size, ids));
      return encoded;
    } catch (error) {
      await encoded.close();
      throw error;
    } finally {
      vocabulary.close();
    }
  }

  /**
   * Chooses the words that stay, tells of them, makes the tables and closes the vocabulary.
   *
   * @returns the words' scanned ids in their final order, and the tables
   */
  private async choose(
    { vocabulary, sentences, words }: CountedCorpus,
    rules: ResolvedOptions,
    onProgress?: WorkOptions["onProgress"],
  ): Promise<{ ids: Uint32Array; model: Model }> {
    // what follows each of these cannot be interrupted
    const turns = new Turns(undefined, 10);
    const { ids, effectiveMinCount } = chooseWords(vocabulary, rules);
    onProgress?.({ kind: "vocabulary", words, sentences, vocabSize: ids.length });
    if (turns.over) await turns.pass();
    const selected = await vocabulary.select(ids);
    // the tables may lie where it lay
    vocabulary.close();
    if (turns.over) await turns.pass();
    const model = await this.makeTables(selected);
    this.history = { corpusCount: sentences, corpusTotalWords: words, effectiveMinCount, trainCount: 0 };
    return { ids, model };
  }

  /** A saved model, and the run that it is a checkpoint of. */
  private static async open(from: SourceLike, signal?: AbortSignal): Promise<{ model: Word2Vec; run: unknown }> {
    const source = await openSource(from, signal);
    try {
      const saved = await readModel(source, nameOf(from), signal);
      const model = new Word2Vec();
      model.options = saved.options;
      model.history = saved.history;
      model.setModel(saved.model);
      return { model, run: saved.run };
    } finally {
      await source.close?.();
    }
  }

  private pieces(run?: UnfinishedRun): Generator<Uint8Array> {
    const { model, options, history } = this;
    if (!model) throw noVocabulary();
    return modelPieces({ model, options, history, run });
  }

  /** @throws {Wasm2VecError} `empty-vocabulary`; `option-invalid` where the words' places in a tree would be lost */
  private updatable(): Model {
    if (!this.model) throw noVocabulary();
    if (!this.options.hs) return this.model;
    throw new Wasm2VecError(
      "option-invalid",
      "buildVocab cannot update a model of hierarchical softmax: its tree follows from the counts, and with other counts the nodes would mean something else. Train a new model with initialVectors, or use negative sampling.",
    );
  }

  /** Adds a scanned corpus to the model; its words, as a file would hold them, in tables of the new size. */
  private async update(
    known: Model,
    { vocabulary, sentences, words }: CountedCorpus,
    rules: ResolvedOptions,
    onProgress: WorkOptions["onProgress"],
  ): Promise<undefined> {
    const merged = await mergedVocabulary(known.table.vocabulary, vocabulary);
    try {
      const keepKnown: TrimRule = (word, count, minCount) =>
        known.table.vocabulary.find(word) >= 0 ? "keep" : (rules.trimRule?.(word, count, minCount) ?? "default");
      const { ids } = chooseWords(merged, { ...rules, trimRule: keepKnown });
      const model = await Model.open(await merged.select(ids), this.options);
      await model.initialize(this.options.seed);
      model.randomState.set(known.randomState);
      model.takeRows(known);
      this.close();
      this.setModel(model);
      this.history.corpusCount += sentences;
      this.history.corpusTotalWords += words;
      onProgress?.({ kind: "vocabulary", words, sentences, vocabSize: ids.length });
    } finally {
      merged.close();
    }
  }

  private async makeTables(vocabulary: Vocabulary): Promise<Model> {
    const model = await Model.open(vocabulary, this.options);
    await model.initialize(this.options.seed);
    const { initialVectors } = this.options;
    if (initialVectors) startFrom(initialVectors, model);
    this.close();
    this.setModel(model);
    return model;
  }

  private setModel(model: Model): void {
    this.model = model;
    this.vectors = new KeyedVectors(model.table);
  }

  private async encode(corpus: Corpus, work: WorkOptions): Promise<EncodedCorpus> {
    if (!this.model) throw noVocabulary();
    return encodeCorpus(corpus, this.model.table.vocabulary, this.options, work);
  }

  /** Trains on a corpus of ids, from the beginning or from where a run was interrupted: finds who does it, and ends them. */
  private async run(corpus: EncodedCorpus, given: TrainOptions, from: RunStart = BEGINNING): Promise<TrainSummary> {
    const options = this.trainOptions(given);
    const { model } = this;
    if (!model) throw noVocabulary();
    if (!corpus.words) throw emptyCorpus(corpus.sentences);
    this.options = { ...this.options, alpha: options.startAlpha, minAlpha: options.endAlpha };
    const warn = (message: string) => options.onProgress?.({ kind: "warning", message });
    const executor = await openExecutor(model, this.options.workers, warn);
    return await this.runBy(executor, model, corpus, options, from).finally(() => executor.close());
  }

  /** Trains while no other call does. */
  private async alone<Result>(training: () => Promise<Result>): Promise<Result> {
    if (this.isTraining) throw busy();
    this.isTraining = true;
    try {
      return await training();
    } finally {
      this.isTraining = false;
    }
  }

  /** Trains epoch by epoch, job by job. */
  private async runBy(
    executor: Executor,
    model: Model,
    corpus: EncodedCorpus,
    options: ReturnType<Word2Vec["trainOptions"]>,
    from: RunStart,
  ): Promise<TrainSummary> {
    const { epochs, callbacks, signal, onProgress, computeLoss, checkpoint, startAlpha, endAlpha } = options;
    const rate = new LearningRate(startAlpha, endAlpha, epochs);
    const share = progressShare(corpus, options);
    const alphaOf = (epoch: number, job: JobRange) => rate.at(epoch, share(job));
    const meter = new ProgressMeter({ epochs, wordsPerEpoch: corpus.words, computeLoss }, onProgress, from.totals);
    model.setLocks(options.vectorsLockf);
    const longestAtBegin = longestRow(model);
    for (const callback of callbacks) callback.onTrainBegin?.(this);
    const run: TrainingRun = {
      ...{ corpus, epochs, computeLoss, signal, alphaOf, seed: this.options.seed, begin: from.next },
      pauseEvery: checkpoint && (checkpoint.every ?? corpus.words),
      onEpochBegin: () => {
        for (const callback of callbacks) callback.onEpochBegin?.(this);
      },
      onJobEnd: (epoch, job, outcome) => meter.add(epoch, job, outcome),
      onPause: async (next) => {
        const { totals } = meter;
        if (checkpoint) await this.saveCheckpoint(checkpoint.path, corpus, options, { next, totals });
      },
      onEpochEnd: async (epoch) => {
        await executor.collect();
        checkDivergence(model, longestAtBegin);
        const loss = meter.meanLoss;
        meter.endEpoch();
        this.trainingLoss = meter.totals.loss;
        const answers = callbacks.map((callback) => callback.onEpochEnd?.(this));
        const alpha = alphaOf(epoch, corpus.jobs[corpus.jobs.length - 1]);
        const { trainedWords } = meter.totals;
        onProgress?.({ kind: "epoch", epoch, epochs, words: corpus.words, trainedWords, alpha, loss });
        return !answers.includes(false);
      },
    };
    await trainEpochs(run, executor);
    this.history.trainCount++;
    for (const callback of callbacks) callback.onTrainEnd?.(this);
    const { trainedWords, rawWords, epochLosses } = meter.totals;
    return { trainedWords, rawWords, epochLosses };
  }

  private async saveCheckpoint(
    path: string,
    corpus: EncodedCorpus,
    { epochs, computeLoss, totalExamples, totalWords }: RunOptions,
    at: RunStart,
  ): Promise<void> {
    const options = { epochs, computeLoss, totalExamples, totalWords };
    await saveTo(path, this.pieces({ options, ...at, corpus: describeCorpus(corpus) }));
  }

  /** The options of one `train`, checked; its alpha and minAlpha become the model's, as in gensim. */
  private trainOptions(given: TrainOptions) {
    const { epochs, alpha, minAlpha, computeLoss, callbacks } = this.options;
    const defaults = {
      ...NO_WORK,
      epochs,
      startAlpha: alpha,
      endAlpha: minAlpha,
      computeLoss,
      callbacks: callbacks as TrainingCallbacks | readonly TrainingCallbacks[],
      totalExamples: undefined as number | undefined,
      totalWords: undefined as number | undefined,
      checkpoint: undefined as CheckpointOptions | undefined,
      vectorsLockf: [1] as ArrayLike<number>,
    };
    const options = withDefaults(defaults, given, "train");
    checkGiven(given);
    return { ...options, callbacks: [options.callbacks].flat() as TrainingCallbacks[] };
  }
}

/**
 * Gives words that have a vector already that one.
 *
 * @throws {Wasm2VecError} `shape-mismatch`
 */
function startFrom(vectors: KeyedVectors, { table }: Model): void {
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

/** Works on a corpus, and closes it. */
async function withCorpus<Result>(corpus: EncodedCorpus, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } finally {
    await corpus.close();
  }
}

/** How much of an epoch lies before a job: by sentences, or by words where only their number is given. */
function progressShare(corpus: EncodedCorpus, { totalExamples, totalWords }: TrainOptions): (job: JobRange) => number {
  if (totalExamples === undefined && totalWords !== undefined) return (job) => job.wordsBefore / totalWords;
  const total = totalExamples ?? corpus.sentences;
  return (job) => job.sentencesBefore / total;
}

function checkReadable(corpus: Corpus, epochs: number): void {
  if (corpus === null || (typeof corpus !== "object" && typeof corpus !== "function")) return;
  if (epochs === 1 || !isOneShot(corpus)) return;
  throw new Wasm2VecError(
    "one-shot-corpus",
    `The corpus is an iterator, which can be read once, and ${epochs} epochs were asked for. Pass an array, an object whose [Symbol.iterator]() starts anew, or the generator function itself: () => sentences().`,
  );
}

function busy(): Wasm2VecError {
  return new Wasm2VecError("busy", "The model is being trained already. Await train() before calling it again.");
}

function noVocabulary(): Wasm2VecError {
  return new Wasm2VecError("empty-vocabulary", "The model has no vocabulary yet. Call buildVocab(corpus) first.");
}

function emptyCorpus(sentences: number): Wasm2VecError {
  return new Wasm2VecError(
    "empty-corpus",
    `The corpus has ${sentences} sentences and no words. Pass sentences as arrays of words; an iterator may have been read already.`,
  );
}
