/** Word2Vec: learns word vectors from text. */

import { type Corpus, isOneShot } from "./corpus.ts";
import type { EncodedCorpus } from "./encoded-corpus.ts";
import { checkObject, Wasm2VecError, withDefaults } from "./errors.ts";
import { modelPieces, readModel } from "./formats/model-file.ts";
import type { JobRange } from "./jobs.ts";
import { KeyedVectors } from "./keyed-vectors.ts";
import { Model } from "./model.ts";
import { openExecutor } from "./open-executor.ts";
import {
  checkGiven,
  type ResolvedOptions,
  resolveOptions,
  type TrainingCallbacks,
  type Word2VecOptions,
} from "./options.ts";
import { chooseWords, encodeCorpus, renumbering, type ScannedCorpus, scanCorpus, type TrimRule } from "./scan.ts";
import { LearningRate, type ModelHistory } from "./schedule.ts";
import { nameOf, openSource, type SourceLike } from "./source.ts";
import { saveTo, type TargetLike } from "./target.ts";
import { type Executor, type TrainingRun, trainEpochs } from "./training-run.ts";

/** What long work tells of itself. */
export type TrainingEvent =
  | { kind: "vocabulary"; words: number; sentences: number; vocabSize: number }
  | { kind: "epoch"; epoch: number; epochs: number; words: number; trainedWords: number; alpha: number }
  | { kind: "warning"; message: string };

/** How to follow and to stop long work. */
export interface WorkOptions {
  /** stops the work; the promise rejects with its reason */
  signal?: AbortSignal;
  onProgress?(event: TrainingEvent): void;
}

export interface BuildVocabOptions extends WorkOptions {
  /** instead of the model's */
  trimRule?: TrimRule | null;
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
}

/** What a call of `train` did, over all its epochs. */
export interface TrainSummary {
  /** words that were trained on, after those out of the vocabulary and those sampled away */
  trainedWords: number;
  /** words that were read */
  rawWords: number;
}

export interface LoadOptions {
  /** stops the reading; the promise rejects with its reason */
  signal?: AbortSignal;
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
  static async train(corpus: Corpus, options: Word2VecOptions & WorkOptions = {}): Promise<Word2Vec> {
    checkObject(options, "Word2Vec.train");
    const { signal, onProgress, ...rest } = options;
    checkGiven({ signal, onProgress });
    const model = new Word2Vec(rest);
    checkReadable(corpus, model.options.epochs);
    try {
      const ids = await model.scan(corpus, { signal, onProgress });
      const encoded = ids ?? (await model.encode(corpus, { signal }));
      await model.run(encoded, { signal, onProgress });
      return model;
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /**
   * Scans the corpus, chooses the vocabulary, and makes the tables anew.
   *
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary`, `option-invalid`, `too-large`
   */
  async buildVocab(corpus: Corpus, options: BuildVocabOptions = {}): Promise<void> {
    const { trimRule, ...work } = withDefaults({ ...NO_WORK, trimRule: this.options.trimRule }, options, "buildVocab");
    checkGiven({ ...work, trimRule });
    await this.scan(corpus, { ...work, trimRule });
  }

  /**
   * Trains on a corpus, which may be another than the vocabulary's; words that are not in it are passed over.
   *
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary` before buildVocab, `one-shot-corpus`, `option-invalid`,
   *   `busy`, `worker-failed`
   */
  async train(corpus: Corpus, options: TrainOptions = {}): Promise<TrainSummary> {
    const { epochs, signal } = this.trainOptions(options);
    checkReadable(corpus, epochs);
    return this.run(await this.encode(corpus, { signal }), options);
  }

  /**
   * Opens a saved model, to query it or to train it further.
   *
   * @throws {Wasm2VecError} `format-unknown`, `format-damaged`, `too-large`; and what openSource throws
   */
  static async load(from: SourceLike, options: LoadOptions = {}): Promise<Word2Vec> {
    const { signal } = withDefaults<LoadOptions>({ signal: undefined }, options, "Word2Vec.load");
    checkGiven({ signal });
    const source = await openSource(from, signal);
    try {
      const saved = await readModel(source, nameOf(from), signal);
      const word2vec = new Word2Vec();
      word2vec.options = saved.options;
      word2vec.history = saved.history;
      word2vec.setModel(saved.model);
      return word2vec;
    } finally {
      await source.close?.();
    }
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

  /** Gives the memory back, the vectors' too. Use after it is an error. */
  close(): void {
    this.model?.table.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Counts the corpus and makes the tables; returns its ids where the scan could keep them. */
  private async scan(
    corpus: Corpus,
    { signal, onProgress, trimRule = this.options.trimRule }: BuildVocabOptions,
  ): Promise<EncodedCorpus | undefined> {
    const rules = { ...this.options, trimRule };
    const scanned = await scanCorpus(corpus, rules, signal);
    try {
      const { sentences, words } = scanned;
      if (!words) throw emptyCorpus(sentences);
      const { ids, effectiveMinCount } = chooseWords(scanned.vocabulary, rules);
      scanned.ids?.renumber(renumbering(scanned.vocabulary.size, ids));
      await this.makeTables(scanned, ids);
      this.history = { corpusCount: sentences, corpusTotalWords: words, effectiveMinCount, trainCount: 0 };
      onProgress?.({ kind: "vocabulary", words, sentences, vocabSize: ids.length });
      return scanned.ids;
    } finally {
      scanned.vocabulary.close();
    }
  }

  private pieces(): Generator<Uint8Array> {
    const { model, options, history } = this;
    if (!model) throw noVocabulary();
    return modelPieces({ model, options, history });
  }

  private async makeTables(scanned: ScannedCorpus, ids: Uint32Array): Promise<void> {
    const model = await Model.open(await scanned.vocabulary.select(ids), this.options);
    await model.initialize(this.options.seed);
    this.close();
    this.setModel(model);
  }

  private setModel(model: Model): void {
    this.model = model;
    this.vectors = new KeyedVectors(model.table);
  }

  private async encode(corpus: Corpus, { signal }: WorkOptions): Promise<EncodedCorpus> {
    if (!this.model) throw noVocabulary();
    return encodeCorpus(corpus, this.model.table.vocabulary, this.options.batchWords, signal);
  }

  /** Trains on a corpus of ids: finds who does it, and ends them. */
  private async run(corpus: EncodedCorpus, given: TrainOptions): Promise<TrainSummary> {
    const options = this.trainOptions(given);
    const { model } = this;
    if (!model) throw noVocabulary();
    if (!corpus.words) throw emptyCorpus(corpus.sentences);
    if (this.isTraining) throw busy();
    this.isTraining = true;
    try {
      this.options = { ...this.options, alpha: options.startAlpha, minAlpha: options.endAlpha };
      const warn = (message: string) => options.onProgress?.({ kind: "warning", message });
      const executor = await openExecutor(model, this.options.workers, warn);
      return await this.runBy(executor, corpus, options).finally(() => executor.close());
    } finally {
      this.isTraining = false;
    }
  }

  /** Trains epoch by epoch, job by job. */
  private async runBy(
    executor: Executor,
    corpus: EncodedCorpus,
    options: ReturnType<Word2Vec["trainOptions"]>,
  ): Promise<TrainSummary> {
    const { epochs, callbacks, signal, onProgress, computeLoss, startAlpha, endAlpha } = options;
    const rate = new LearningRate(startAlpha, endAlpha, epochs);
    const share = progressShare(corpus, options);
    const alphaOf = (epoch: number, job: JobRange) => rate.at(epoch, share(job));
    for (const callback of callbacks) callback.onTrainBegin?.(this);
    const run: TrainingRun = {
      ...{ corpus, epochs, computeLoss, signal, alphaOf, seed: this.options.seed },
      onEpochBegin: () => {
        for (const callback of callbacks) callback.onEpochBegin?.(this);
      },
      onEpochEnd: async (epoch, { trainedWords, loss }) => {
        this.trainingLoss = loss;
        if (callbacks.length) await executor.collect();
        for (const callback of callbacks) callback.onEpochEnd?.(this);
        const alpha = alphaOf(epoch, corpus.jobs[corpus.jobs.length - 1]);
        onProgress?.({ kind: "epoch", epoch, epochs, words: corpus.words, trainedWords, alpha });
      },
    };
    const { trainedWords, rawWords } = await trainEpochs(run, executor);
    this.history.trainCount++;
    for (const callback of callbacks) callback.onTrainEnd?.(this);
    return { trainedWords, rawWords };
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
    };
    const options = withDefaults(defaults, given, "train");
    checkGiven(given);
    return { ...options, callbacks: [options.callbacks].flat() as TrainingCallbacks[] };
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
