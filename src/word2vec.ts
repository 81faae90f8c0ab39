/** Word2Vec: learns word vectors from text. */

import {
  type CheckedOptions,
  checkOptions,
  checkValue,
  type GivenOptions,
  integer,
  isCallable,
  isIterable,
  number,
  oneOf,
  option,
  optional,
  STOPPABLE,
} from "./check-options.ts";
import type { Corpus } from "./corpus/corpus.ts";
import type { EncodedCorpus } from "./corpus/encoded-corpus.ts";
import type { ReadingWork } from "./corpus/scan.ts";
import { Engine } from "./engine/engine.ts";
import { isObject, show, Wasm2VecError } from "./errors.ts";
import { orAbort, tellerOf, withSignals } from "./event-loop.ts";
import { joinBytes } from "./files/bytes.ts";
import {
  asItIs,
  type ChunkSource,
  checkSource,
  type SeveralFiles,
  type SourceLike,
  taken,
} from "./files/source-kinds.ts";
import { fileName, type TargetLike } from "./files/target.ts";
import { EXTENSIONS, extensionOf, UNICODE_ERRORS } from "./formats/vector-file.ts";
import { answerHabits } from "./habits.ts";
import { KeyedVectors } from "./keyed-vectors.ts";
import type { BuiltModel } from "./model/build.ts";
import { closedOnError } from "./model/closed-on-error.ts";
import { MODEL_HABITS } from "./model/habits.ts";
import { estimateMemory, type MemoryEstimate } from "./model/memory-estimate.ts";
import {
  type CallbacksOf,
  type OptionsOf,
  type ResolvedOptions,
  resolveOptions,
  shownOptions,
  WORD2VEC_OPTIONS,
} from "./model/options.ts";
import { type Prediction, type PredictOptions, predictWords } from "./model/predict.ts";
import { CONSOLE, counted, grouped, lineOf, notJson } from "./printed.ts";
import type { CorpusDescription, UnfinishedRun } from "./training/checkpoint.ts";
import {
  BUILD_VOCAB_FROM_FREQ_OPTIONS,
  BUILD_VOCAB_OPTIONS,
  type BuildVocabFromFreqOptions,
  type BuildVocabOptions,
  type CheckpointOptions,
  checkpoint,
  RESUME_OPTIONS,
  type ResumeOptionsOf,
  TRAIN_OPTIONS,
  type TrainOptionsOf,
  WORK_OPTIONS,
  type WorkOptions,
} from "./training/options.ts";
import type { RunStart, TrainSettings, TrainSummary } from "./training/train.ts";
import type { Key } from "./vocabulary/keys.ts";
import { type WordFrequencies, wordCounts } from "./vocabulary/word-frequencies.ts";

/** Called with the model while it is trained; what they return is awaited. @interface */
export type TrainingCallbacks = CallbacksOf<Word2Vec>;
/** Options of a model. They are described in docs/options.md. @interface */
export type Word2VecOptions = OptionsOf<Word2Vec>;
/** Options of `train` of a model. @interface */
export type TrainOptions = TrainOptionsOf<Word2Vec>;
/** Options of `Word2Vec.resume`. @interface */
export type ResumeOptions = ResumeOptionsOf<Word2Vec>;
/** Options of `Word2Vec.load`. @interface */
export type LoadOptions = GivenOptions<typeof STOPPABLE>;
/** Options of `save`. @interface */
export type SaveOptions = GivenOptions<typeof STOPPABLE>;
/** Options of `score`. @interface */
export type ScoreOptions = GivenOptions<typeof STOPPABLE>;

const INTERSECT_OPTIONS = {
  /** how far these words' vectors are trained afterwards: 0, the default, not at all, 1 as others */
  lockf: option(0, number(0, 3.4e38)),
  /** what is done with keys that are not UTF-8: an error ("strict", the default), or such bytes are left out or become U+FFFD */
  unicodeErrors: option("strict", oneOf(...UNICODE_ERRORS)),
  ...STOPPABLE,
};

/** Options of `intersectWord2vecFormat`. @interface */
export type IntersectOptions = GivenOptions<typeof INTERSECT_OPTIONS>;

/** What `Word2Vec.train` takes beside the model's options. */
const TRAIN_WORK_OPTIONS = { ...WORK_OPTIONS, checkpoint: optional(checkpoint) };

const NO_HISTORY = { corpusCount: 0, corpusTotalWords: 0, effectiveMinCount: 0, trainCount: 0 };

/**
 * A Word2Vec model.
 *
 * @see Mikolov et al. 2013, https://arxiv.org/abs/1301.3781 and https://arxiv.org/abs/1310.4546
 */
export class Word2Vec {
  private options: ResolvedOptions;
  private built: BuiltModel | undefined;
  private vectors: KeyedVectors | undefined;
  private trainingLoss = 0;
  /** how far each word's vector is trained, where some are not as others */
  private lockf: Float32Array | undefined;
  /** is aborted when the model is closed, so that nothing waits any longer */
  private readonly closing = new AbortController();
  /** what writes files, which are of the moment of the call: it is loaded before */
  private writer!: typeof import("./model/model-file.ts");
  /** the method that changes the model at this time */
  private change: string | undefined;
  /** whether a change waits for callbacks, so that the model stands still */
  private isPaused = false;
  /** files that are being written; a change does not begin, or go on, before they are done */
  private readonly saves = new Set<Promise<void>>();

  static {
    // biome-ignore-start lint/complexity/noThisInStatic: the library's build names classes after this block
    answerHabits(this, { loadWord2vecFormat: MODEL_HABITS.loadWord2vecFormat });
    answerHabits(this.prototype, MODEL_HABITS);
    // biome-ignore-end lint/complexity/noThisInStatic: as above
  }

  /**
   * A model without a vocabulary: call `buildVocab`, then `train`; or `Word2Vec.train`, which does both.
   *
   * @throws {Wasm2VecError} `option-unknown`, `option-invalid`
   */
  constructor(options: Word2VecOptions = {}) {
    if (isIterable(options) || isCallable(options)) throw sentencesGiven(options);
    this.options = resolveOptions(options);
  }

  // in one call

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
    const checked = checkOptions({ ...WORD2VEC_OPTIONS, ...TRAIN_WORK_OPTIONS }, options, "Word2Vec.train");
    const { signal: given, onProgress, checkpoint, ...rest } = checked;
    const model = new Word2Vec(rest);
    return closedOnError(model, () =>
      model.alone("Word2Vec.train", given, async (signal) => {
        const work = { signal, onProgress: tellerOf(onProgress, signal) };
        const { buildModel } = await import("./model/build.ts");
        const { encoded, ...built } = await buildModel(corpus, model.options, work, true);
        await model.use(built, encoded);
        await withCorpus(encoded ?? (await model.encode(corpus, work, true)), (corpus) =>
          model.run(corpus, { ...work, checkpoint }),
        );
        return model;
      }),
    );
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
    const given = checkOptions(RESUME_OPTIONS, options, "Word2Vec.resume");
    const source = taken(from);
    const { checkCorpus, checkRun, describeCorpus } = await import("./training/checkpoint.ts");
    const { model, run, file } = await Word2Vec.open(source, given.signal);
    return closedOnError(model, () =>
      model.alone("Word2Vec.resume", given.signal, async (signal) => {
        const unfinished = checkRun(run, file);
        const work = { signal, onProgress: tellerOf(given.onProgress, signal) };
        await withCorpus(await model.encode(corpus, work), async (corpus) => {
          checkCorpus(await describeCorpus(corpus), unfinished);
          return model.run(corpus, { ...unfinished.options, ...given, ...work }, unfinished);
        });
        return model;
      }),
    );
  }

  /**
   * Opens a saved model, to query it or to train it further: one of ours, or one that gensim saved, of any version. What
   * gensim keeps of a large model in further files (.npy) is found beside the given one; no code in them is run.
   *
   * @param from the model's file; of gensim's, also all of its files, as a list of Files or a Map of names and files
   * @throws {Wasm2VecError} `format-unknown`, `format-damaged`, `too-large`; of gensim's also `pickle-refused` where a file
   *   asks for what is no part of gensim's models, `file-not-found` where one is missing, `model-incomplete`; and what
   *   openSource throws
   */
  static async load(from: SourceLike | SeveralFiles, options: LoadOptions = {}): Promise<Word2Vec> {
    const { signal } = checkOptions(STOPPABLE, options, "Word2Vec.load");
    return (await Word2Vec.open(taken(from), signal)).model;
  }

  // vocabulary

  /**
   * Scans the corpus, chooses the vocabulary, and makes the tables anew. With `update`, adds the corpus to what the model
   * knows: counts are added up, words that now come often enough join, and all words keep what they have learnt. What
   * follows from counts, the order of the words too, follows from those of all texts.
   *
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary`, `option-invalid`, `too-large`
   */
  async buildVocab(corpus: Corpus, options: BuildVocabOptions = {}): Promise<void> {
    const checked = checkOptions(BUILD_VOCAB_OPTIONS, options, "buildVocab");
    const { update, trimRule = this.options.trimRule, onProgress } = checked;
    await this.alone("buildVocab", checked.signal, async (signal) => {
      const work = { signal, onProgress: tellerOf(onProgress, signal) };
      const rules = { ...this.options, trimRule };
      const { buildModel, growModel } = await import("./model/build.ts");
      const known = update ? this.known : undefined;
      await this.use(await (known ? growModel(known, corpus, rules, work) : buildModel(corpus, rules, work, false)));
    });
  }

  /**
   * Chooses the vocabulary from counts instead of a corpus, and makes the tables anew.
   *
   * @param wordFreq how often each word comes, in the order of first sight, which decides among equal counts
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary`, `key-duplicate`, `option-invalid`, `too-large`
   */
  async buildVocabFromFreq(wordFreq: WordFrequencies, options: BuildVocabFromFreqOptions = {}): Promise<void> {
    const checked = checkOptions(BUILD_VOCAB_FROM_FREQ_OPTIONS, options, "buildVocabFromFreq");
    const { corpusCount, trimRule = this.options.trimRule } = checked;
    const counts = wordCounts(wordFreq);
    await this.alone("buildVocabFromFreq", undefined, async () => {
      const { modelFromCounts } = await import("./model/build.ts");
      await this.use(await modelFromCounts(counts, corpusCount, { ...this.options, trimRule }));
    });
  }

  /**
   * Gives words that the model has the vectors that a file has for them. Other words of the file are passed over; of a word
   * that comes twice in it, the first vector is taken.
   *
   * @param from vectors in word2vec's text or binary format, as `KeyedVectors.load` finds them
   * @param options.lockf how far these words' vectors are trained afterwards; 0 by default: not at all, where `train` is given
   *   no `vectorsLockf`. It is not kept in files
   * @returns how many words got a vector
   * @throws {Wasm2VecError} `empty-vocabulary`; `shape-mismatch` where the vectors have another length; `format-damaged` also for
   *   NaN and Infinity; `busy`; and what `KeyedVectors.load` throws
   */
  async intersectWord2vecFormat(from: ChunkSource, options: IntersectOptions = {}): Promise<number> {
    const { lockf, unicodeErrors, signal: given } = checkOptions(INTERSECT_OPTIONS, options, "intersectWord2vecFormat");
    checkSource(from);
    const source = asItIs(from);
    return this.alone("intersectWord2vecFormat", given, async (signal) => {
      const { table } = this.known.model;
      const { intersect } = await import("./exchange/intersect.ts");
      const rows = await intersect(table, source, unicodeErrors, signal);
      this.lockf ??= new Float32Array(table.size).fill(1);
      for (const row of rows) this.lockf[row] = lockf;
      return rows.length;
    });
  }

  /**
   * Takes over another model's vocabulary, and makes the tables anew.
   *
   * @throws {Wasm2VecError} `empty-vocabulary` where the other has none, `too-large`
   */
  async resetFrom(other: Word2Vec): Promise<void> {
    if (!isObject(other) || !(other instanceof Word2Vec)) {
      throw new Wasm2VecError(
        "option-invalid",
        `resetFrom got ${show(other)}; expected a Word2Vec model that this copy of the library made.`,
      );
    }
    const { model, history } = other.known;
    const words = { vocabulary: model.table.vocabulary.copy(), history: { ...history, trainCount: 0 } };
    await closedOnError(words.vocabulary, () =>
      this.alone("resetFrom", undefined, async () => {
        const { modelOfWords } = await import("./model/build.ts");
        await this.use(await modelOfWords(words, this.options));
      }),
    );
  }

  // training

  /**
   * Trains on a corpus, which may be another than the vocabulary's; words that are not in it are passed over.
   *
   * @throws {Wasm2VecError} `empty-corpus`, `empty-vocabulary` before buildVocab, `one-shot-corpus`, `option-invalid`,
   *   `busy`, `worker-failed`
   */
  async train(corpus: Corpus, options: TrainOptions = {}): Promise<TrainSummary> {
    const given = checkOptions(TRAIN_OPTIONS, options, "train");
    return this.alone("train", given.signal, async (signal) => {
      const work = { signal, onProgress: tellerOf(given.onProgress, signal) };
      return withCorpus(await this.encode(corpus, work), (corpus) => this.run(corpus, { ...given, ...work }));
    });
  }

  // files

  /**
   * Writes the model as one safetensors file: tables, words, options. Where the target's name ends with `.model`, as one
   * that gensim 4 opens, and goes on training. `trimRule` and `callbacks` are not kept; in a `.model`, neither are
   * `deterministic` and `reproduce`.
   *
   * @param target a path; the file is written beside it, then renamed. Or a file handle, or a WritableStream
   * @throws {Wasm2VecError} `file-not-writable`, `empty-vocabulary`, `closed`; `option-invalid` for a name that ends as that of
   *   a file of vectors
   */
  async save(target: TargetLike, options: SaveOptions = {}): Promise<void> {
    const { signal } = checkOptions(STOPPABLE, options, "save");
    this.checkStill("save");
    const { known, options: modelOptions } = this;
    const chunks = isPlain(fileName(target)) ? this.chunks() : undefined;
    const place = asItIs(target);
    const { version } = known.model.table;
    const saving = withSignals([signal, ...this.ends], async (signal) => {
      if (chunks) {
        const { saveTo } = await import("./files/target.ts");
        return saveTo(place, chunks, signal);
      }
      const { saveModel } = await import("./exchange/save-model.ts");
      return saveModel({ ...known, options: modelOptions }, version, place, signal);
    });
    const done = saving.catch(() => {});
    this.saves.add(done);
    await saving.finally(() => this.saves.delete(done));
  }

  /** What `save` writes, as bytes. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    this.checkStill("toBytes");
    return joinBytes([...this.chunks()]);
  }

  /** What `save` writes, as a Blob, for instance to be downloaded from a page. */
  async toBlob(): Promise<Blob> {
    this.checkStill("toBlob");
    return new Blob([...this.chunks()] as Uint8Array<ArrayBuffer>[], { type: "application/octet-stream" });
  }

  // what it knows

  /** The word vectors: a view of the model, which training changes. */
  get wv(): KeyedVectors {
    if (this.vectors) return this.vectors;
    throw noVocabulary();
  }

  /** D, the length of each vector. */
  get vectorSize(): number {
    return this.options.vectorSize;
  }

  /** How many times `train` reads the corpus where it is not told otherwise. */
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

  // what it can do

  /**
   * The words that fit best among some context words: a crude use of the model, but for CBOW what it was trained to do.
   *
   * @param context words, which are left out where they are not present, or rows
   * @returns [word, probability] pairs, the most likely first; null where no context word is present
   * @throws {Wasm2VecError} `option-invalid` where the model was trained without negative sampling
   */
  predictOutputWord(context: readonly Key[], options: PredictOptions = {}): Prediction[] | null {
    return predictWords(this.known.model, context, this.options.cbowMean, options);
  }

  /**
   * The log-probability of each sentence, (N,): the sum over its words, each seen from its whole window. Words that are
   * not present are passed over; as in gensim, so is what the model is surest of, beyond 6 in the logit.
   *
   * @throws {Wasm2VecError} `option-invalid` where the model was trained without hierarchical softmax
   * @see Taddy 2015, https://arxiv.org/abs/1504.07295
   */
  async score(corpus: Corpus, options: ScoreOptions = {}): Promise<Float64Array> {
    const { signal } = checkOptions(STOPPABLE, options, "score");
    const { model } = this.known;
    const { window } = this.options;
    const ends = [signal, ...this.ends];
    const { scoreCorpus } = await import("./model/score.ts");
    return withSignals(ends, (signal) => scoreCorpus(model, corpus, window, signal));
  }

  /**
   * How many bytes the model takes, or one of these options with `vocabSize` words would take.
   *
   * @throws {Wasm2VecError} `empty-vocabulary` where neither is known, `option-invalid`
   */
  estimateMemory(vocabSize = this.built?.model.table.size): MemoryEstimate {
    if (vocabSize === undefined) throw noVocabulary();
    return estimateMemory(checkValue("vocabSize", vocabSize, integer(1), "estimateMemory"), this.options);
  }

  // printed

  /** One line: words × vectorSize, options that differ from the defaults, whether it is trained. */
  toString(): string {
    return lineOf("Word2Vec", () => {
      this.checkOpen();
      return [...this.shownShape(), ...shownOptions(this.options), this.shownState()];
    });
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  /** @throws {Wasm2VecError} `option-invalid`: see `save`, `toBytes` */
  toJSON(): never {
    throw notJson("a Word2Vec model", "Write it with save(path), or take its bytes with toBytes().");
  }

  /** Gives the memory back, the vectors' too. Use after it is an error. */
  close(): void {
    this.closing.abort(closedModel());
    this.vectors?.close();
  }

  /** As `close()`: what `using` calls. */
  [Symbol.dispose](): void {
    this.close();
  }

  private shownShape(): string[] {
    const { vectorSize } = this.options;
    const size = this.built?.model.table.size;
    return size === undefined
      ? ["no vocabulary", `vectorSize ${vectorSize}`]
      : [`${counted(size, "word")} × ${grouped(vectorSize)}`];
  }

  private shownState(): string {
    if (this.change) return `in ${this.change}`;
    if (!this.built) return "";
    return this.history.trainCount ? "trained" : "not trained";
  }

  /** @throws {Wasm2VecError} `closed`, `empty-vocabulary` */
  private get known(): BuiltModel {
    this.checkOpen();
    if (this.built) return this.built;
    throw noVocabulary();
  }

  private get history() {
    return this.built?.history ?? NO_HISTORY;
  }

  /** What ends work on the model. */
  private get ends(): (AbortSignal | undefined)[] {
    return [this.closing.signal, this.built?.model.table.closed];
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private checkOpen(): void {
    if (this.isClosed) throw closedModel();
  }

  /**
   * Changes the model while no other call does, and after the files that are being written.
   *
   * @param change is given a signal that is aborted with the caller's, and when the model is closed
   */
  private async alone<Result>(
    method: string,
    signal: AbortSignal | undefined,
    change: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    this.checkOpen();
    if (this.change) throw busy(this.change, method);
    this.change = method;
    try {
      return await withSignals([signal, ...this.ends], async (signal) => {
        await this.settleSaves();
        await Engine.load(signal);
        return change(signal);
      });
    } finally {
      this.change = undefined;
    }
  }

  /** Waits until no file is being written. */
  private async settleSaves(): Promise<void> {
    while (this.saves.size) await Promise.all(this.saves);
  }

  /**
   * A file must hold the model of one moment.
   *
   * @throws {Wasm2VecError} `busy` while another call changes the model, but for its callbacks, which it waits for
   */
  private checkStill(method: string): void {
    this.checkOpen();
    if (this.change && !this.isPaused) throw busy(this.change, method);
  }

  /** Lets callbacks use the model as it stands, and waits for them and for what they save. */
  private async pause<Result>(signal: AbortSignal | undefined, work: () => Promise<Result>): Promise<Result> {
    this.isPaused = true;
    try {
      const result = await orAbort(work(), signal);
      await this.settleSaves();
      signal?.throwIfAborted();
      return result;
    } finally {
      this.isPaused = false;
    }
  }

  /** Takes a model in place of the one before, unless this was closed meanwhile. */
  private async use(built: BuiltModel, encoded?: EncodedCorpus): Promise<void> {
    this.writer = await import("./model/model-file.ts");
    if (this.isClosed) {
      built.model.close();
      await encoded?.close();
      this.checkOpen();
    }
    this.built?.model.table.close(replacedTable());
    this.vectors?.close();
    this.built = built;
    this.lockf = undefined;
    this.vectors = new KeyedVectors(built.model.table);
  }

  /** A saved model, and the run that it is a checkpoint of. */
  private static async open(
    from: SourceLike | SeveralFiles,
    signal?: AbortSignal,
  ): Promise<{ model: Word2Vec; run: unknown; file: string }> {
    const { openModel } = await import("./exchange/open-model.ts");
    const { options, run, built, file } = await openModel(from, signal);
    const model = new Word2Vec(options);
    if (built) await model.use(built);
    return { model, run, file };
  }

  private chunks(run?: UnfinishedRun): Generator<Uint8Array> {
    const { known, options, writer } = this;
    return writer.modelChunks({ ...known, options, run });
  }

  /** @param isSecondReading whether the corpus was read before */
  private async encode(corpus: Corpus, work: ReadingWork, isSecondReading = false): Promise<EncodedCorpus> {
    const [{ encodeCorpus }, { isOneShot }] = await Promise.all([
      import("./corpus/encode.ts"),
      import("./corpus/corpus.ts"),
    ]);
    const { model } = this.known;
    if (isSecondReading && (await isOneShot(corpus))) throw oneShot();
    return encodeCorpus(corpus, model.table.vocabulary, this.options, work);
  }

  /** Trains on a corpus of ids, from the beginning or from where a run was interrupted. */
  private async run(corpus: EncodedCorpus, given: Partial<GivenSettings>, from?: RunStart): Promise<TrainSummary> {
    const { trainModel, warningsBefore } = await import("./training/train.ts");
    const { model, history } = this.known;
    corpus.checkWords();
    const settings = this.settings(given);
    const { startAlpha: alpha, endAlpha: minAlpha } = settings;
    if (given.onProgress && !history.trainCount && !from) {
      const warnings = warningsBefore(model, corpus, { ...this.options, epochs: settings.epochs }, history);
      for (const warning of warnings) await given.onProgress(warning);
    }
    this.options = { ...this.options, alpha, minAlpha };
    const callbacks = (given.callbacks ?? this.options.callbacks) as readonly TrainingCallbacks[];
    const call = (name: keyof TrainingCallbacks) => this.pause(given.signal, () => callAll(callbacks, name, this));
    const { checkpoint } = given;
    const description = checkpoint && (await (await import("./training/checkpoint.ts")).describeCorpus(corpus));
    const save = (at: RunStart) =>
      this.saveCheckpoint(checkpoint as CheckpointOptions, description as CorpusDescription, settings, at);
    const summary = await trainModel(
      model,
      corpus,
      settings,
      {
        call,
        saveEvery: checkpoint && (checkpoint.every ?? corpus.words),
        save,
        onLoss: (loss) => {
          this.trainingLoss = loss;
        },
      },
      from,
    );
    history.trainCount++;
    await call("onTrainEnd");
    return summary;
  }

  /** What a training follows: what is given, else the model's. */
  private settings(given: Partial<GivenSettings>): TrainSettings {
    const { alpha, minAlpha, epochs, computeLoss, seed, workers } = this.options;
    const { totalExamples, totalWords, vectorsLockf = this.lockf ?? [1], signal, onProgress } = given;
    return {
      epochs: given.epochs ?? epochs,
      startAlpha: given.startAlpha ?? alpha,
      endAlpha: given.endAlpha ?? minAlpha,
      computeLoss: given.computeLoss ?? computeLoss,
      ...{ totalExamples, totalWords, vectorsLockf, signal, onProgress, seed, workers },
    };
  }

  private async saveCheckpoint(
    { path }: CheckpointOptions,
    corpus: CorpusDescription,
    { epochs, computeLoss, totalExamples, totalWords }: TrainSettings,
    at: RunStart,
  ): Promise<void> {
    const options = { epochs, computeLoss, totalExamples, totalWords };
    const { saveTo } = await import("./files/target.ts");
    await saveTo(path, this.chunks({ options, ...at, corpus }));
  }
}

/** What is given to a training, checked. */
type GivenSettings = CheckedOptions<typeof TRAIN_OPTIONS>;

/** Calls a method of all callbacks, one after the other. */
async function callAll(
  callbacks: readonly TrainingCallbacks[],
  name: keyof TrainingCallbacks,
  model: Word2Vec,
): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const callback of callbacks) answers.push(await callback[name]?.(model));
  return answers;
}

/** Works on a corpus, and closes it. */
async function withCorpus<Result>(
  corpus: EncodedCorpus,
  work: (corpus: EncodedCorpus) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(corpus);
  } finally {
    await corpus.close();
  }
}

/** Whether a file of this name holds our own format as it is: neither zipped nor of another format. */
const isPlain = (name: string) =>
  !/\.gz$/i.test(name) && (EXTENSIONS[extensionOf(name)] ?? "safetensors") === "safetensors";

function busy(change: string, method: string): Wasm2VecError {
  return new Wasm2VecError("busy", `${change} is changing the model. Await it before calling ${method}.`);
}

function noVocabulary(): Wasm2VecError {
  return new Wasm2VecError("empty-vocabulary", "The model has no vocabulary yet. Call buildVocab(corpus) first.");
}

function closedModel(): Wasm2VecError {
  return new Wasm2VecError("closed", "The model was closed. Load or train it again, or close it later.");
}

function replacedTable(): Wasm2VecError {
  return new Wasm2VecError(
    "closed",
    "The model has a new vocabulary since these vectors were taken from it. Take model.wv again, or keep a copy: await wv.detach().",
  );
}

function sentencesGiven(given: unknown): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `Word2Vec got the options ${show(given)}; expected an object. Sentences are trained on by await Word2Vec.train(sentences, { vectorSize: 100 }).`,
  );
}

function oneShot(): Wasm2VecError {
  return new Wasm2VecError(
    "one-shot-corpus",
    "The corpus is an iterator, which can be read once, and maxVocabSize dropped words on the way, so that it must be read again. Pass an array, an object whose [Symbol.iterator]() starts anew, or the generator function itself: () => sentences().",
  );
}
