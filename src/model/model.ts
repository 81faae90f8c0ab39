/** A model's memory: the tables that are learnt, and what training reads beside them. */

import { runtime } from "#runtime";
import { Engine } from "../engine/engine.ts";
import {
  BLOCK,
  hotRowsOf,
  type JobLayout,
  type ModelSizes,
  MT_WORDS,
  modelLayout,
  negativesAtOnce,
  roundUp,
  wordsOfJob,
} from "../engine/layout.ts";
import type { Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import { VectorTable } from "../tables/vector-table.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { type HuffmanPaths, huffmanPaths } from "./huffman.ts";
import { type JobOutcome, JobRunner, type TrainingJob } from "./job.ts";
import type { ResolvedOptions } from "./options.ts";

/** What of a model's options its memory and its steps depend on. */
export type ModelOptions = Pick<
  ResolvedOptions,
  | "vectorSize"
  | "window"
  | "shrinkWindows"
  | "sample"
  | "sg"
  | "hs"
  | "negative"
  | "nsExponent"
  | "cbowMean"
  | "nullWord"
  | "batchWords"
  | "reproduce"
  | "workers"
  | "deterministic"
>;

/** What a model has been through; kept in its file. */
export interface ModelHistory {
  /** sentences of the corpus that the vocabulary comes from */
  corpusCount: number;
  /** words of the corpus that the vocabulary comes from */
  corpusTotalWords: number;
  /** the minCount that was applied */
  effectiveMinCount: number;
  /** how often `train` was called */
  trainCount: number;
}

/** What training follows beside the counts, where a model that was trained elsewhere did not have it from them. */
export interface GivenPlan {
  /** the words' places in the tree */
  paths?: HuffmanPaths;
  /** (V,) below which of 2^32 random numbers a word is kept */
  sampling?: Uint32Array;
}

/** A learnt table: `rows` rows of vectorSize floats, padded, from `address` on. */
export interface LearntTable {
  name: "input" | "output" | "nodes";
  address: number;
  rows: number;
}

/** How many bytes of rows are initialized at a time: some three milliseconds. */
const INITIALIZED_BYTES = 1 << 20;

/** What another thread needs to train a model. */
export interface ModelRegions {
  engine: Engine;
  /** the scratch of each thread */
  jobs: JobLayout[];
  /** the addresses of all that training reads: [begin, end) */
  read: [number, number];
  /** the addresses of what training changes beside the jobs: [begin, end) */
  learnt: [number, number];
}

/**
 * How many noise words the four words of a block share: 1.6 times as many as each would have by itself, filled up to whole
 * vectors but for one place, each of which counts less. The row that takes back their chance has that place. With `negative`
 * of them, analogies fell: of skip-gram from 16.8 % to 14.9 %, of CBOW from 11.1 % to 10.7 %; with more they did not rise
 * (bench/README.md).
 */
const noiseDraws = ({ negative }: Pick<ModelOptions, "negative">) => negative && 4 * Math.ceil(negative * 0.4) - 1;

/** How many threads are to share the model's memory; 0 where it has one for itself. */
function sharersOf({ workers, reproduce }: ModelOptions): number {
  const { threads } = runtime;
  if (!threads || threads.cannotShare) return 0;
  const wanted = reproduce ? 1 : workers;
  return wanted > 1 || threads.isPage ? wanted : 0;
}

/** So many threads at least may train a model, however few words it was made from. */
const MIN_THREADS = 4;

/** How many threads the words that a vocabulary comes from keep busy: each is given a job at a time, and takes memory. */
function threadsFor(counts: Float64Array, batchWords: number): number {
  const words = counts.reduce((sum, count) => sum + count, 0);
  return Math.max(MIN_THREADS, Math.ceil(words / batchWords));
}

/**
 * An engine with room for so many bytes. Where one that can be shared is not to be had, one thread has to do. It may be a
 * relaxed one where the model's bits are not promised: several threads never give the same ones twice.
 */
async function openEngine(bytes: number, what: string, sharers: number, options: ModelOptions): Promise<Engine> {
  const isRelaxed = !options.deterministic && !options.reproduce;
  if (sharers) {
    try {
      return await Engine.openShared(bytes, what, isRelaxed || sharers > 1);
    } catch (error) {
      if ((error as Wasm2VecError).code !== "engine-not-loaded") throw error;
    }
  }
  const engine = await Engine.open(isRelaxed);
  try {
    engine.reserve(engine.base + bytes, what);
    return engine;
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** (V,) below which of 2^32 random numbers a word is kept. See Mikolov et al. 2013, and gensim for the formula. */
export function samplingLimits(
  counts: Float64Array,
  { sample, nullWord }: Pick<ModelOptions, "sample" | "nullWord">,
): Uint32Array {
  const total = counts.reduce((sum, count) => sum + count, nullWord ? -1 : 0);
  const threshold = sample < 1 ? sample * total : Math.floor((sample * (3 + Math.sqrt(5))) / 2);
  return Uint32Array.from(counts, (count) => {
    const share = (Math.sqrt(count / threshold) + 1) * (threshold / count);
    return Math.min(1, share) * 0xffffffff;
  });
}

/** The tables of one model. */
export class Model {
  /** The word vectors with their keys: a view of this memory. */
  readonly table: VectorTable;
  private readonly layout: ReturnType<typeof modelLayout>;
  private readonly runners: JobRunner[];
  private readonly scorer: JobRunner | undefined;

  private constructor(
    private readonly engine: Engine,
    private readonly vocabulary: Vocabulary,
    private readonly options: ModelOptions,
    sizes: ModelSizes,
    paths: HuffmanPaths | undefined,
    /** what does not follow from the counts */
    readonly given: GivenPlan,
  ) {
    this.layout = modelLayout(engine.base, sizes);
    const { layout } = this;
    const { vectorSize } = options;
    this.table = new VectorTable({ engine, vocabulary, vectorSize, layout, ownsMemory: false, dtype: "float32" });
    if (paths) {
      engine.u32(layout.paths, paths.offsets.length).set(paths.offsets);
      engine.u32(layout.points, paths.points.length).set(paths.points);
      engine.u8(layout.codes, paths.codes.length).set(paths.codes);
    }
    engine.u32(layout.sampling, vocabulary.size).set(given.sampling ?? samplingLimits(vocabulary.counts, options));
    if (options.negative) this.fillNoise();
    engine.kernels.fillSigmoid(layout.sigmoid);
    const hotUses = this.hotUses(layout.jobs.length);
    this.runners = layout.jobs.map((job) => this.writeJob(job, hotUses));
    this.scorer = layout.scorer && this.writeJob(layout.scorer, hotUses);
  }

  /**
   * Lays out a model for a vocabulary, which it then owns; its tables hold zeros. It lies in a shared memory where
   * threads are to train it that can share one.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`
   */
  static async open(vocabulary: Vocabulary, options: ModelOptions, given: GivenPlan = {}): Promise<Model> {
    let engine: Engine | undefined;
    try {
      const slice = new TimeSlice();
      const paths = options.hs ? (given.paths ?? huffmanPaths(vocabulary.counts)) : undefined;
      if (slice.isOver) await slice.yield();
      const sharers = Math.min(sharersOf(options), threadsFor(vocabulary.counts, options.batchWords));
      const sizes = {
        vocabSize: vocabulary.size,
        vectorSize: options.vectorSize,
        window: Math.min(options.window, wordsOfJob(options.batchWords)),
        batchWords: options.batchWords,
        negative: noiseDraws(options),
        pathNodes: paths?.points.length ?? 0,
        longestPath: paths?.longest ?? 0,
        workers: Math.max(1, sharers),
      };
      const what = `${vocabulary.size} words of ${options.vectorSize} floats need`;
      engine = await openEngine(modelLayout(0, sizes).end, what, sharers, options);
      return new Model(engine, vocabulary, options, sizes, paths, given);
    } catch (error) {
      vocabulary.close();
      engine?.close();
      throw error;
    }
  }

  /** Whether other threads can share the model's memory. */
  get isShared(): boolean {
    return this.engine.isShared;
  }

  /** Whether gensim is reproduced, whose jobs draw from one generator. */
  get reproduces(): boolean {
    return this.options.reproduce !== null;
  }

  /** @throws {Wasm2VecError} `closed` */
  get regions(): ModelRegions {
    const { jobs, rows, sampling, norms } = this.layout;
    return { engine: this.table.engine, jobs, read: [rows, norms], learnt: [rows, sampling] };
  }

  /** The learnt tables, in the order in which a file holds them. */
  get learnt(): LearntTable[] {
    const { layout, options } = this;
    const rows = this.vocabulary.size;
    const tables: LearntTable[] = [{ name: "input", address: layout.rows, rows }];
    if (options.negative) tables.push({ name: "output", address: layout.output, rows });
    if (options.hs) tables.push({ name: "nodes", address: layout.nodes, rows: rows - 1 });
    return tables;
  }

  /** A copy of rows of a learnt table from `begin` to `end`, one after the other, without padding. */
  readRows({ address }: LearntTable, begin: number, end: number): Float32Array<ArrayBuffer> {
    const { rowBytes, vectorSize } = this.table;
    const rows = new Float32Array((end - begin) * vectorSize);
    for (let i = begin; i < end; i++) {
      rows.set(this.engine.f32(address + i * rowBytes, vectorSize), (i - begin) * vectorSize);
    }
    return rows;
  }

  /** Writes such rows from row `begin` on. */
  writeRows({ address }: LearntTable, begin: number, rows: Float32Array): void {
    const { rowBytes, vectorSize } = this.table;
    for (let i = 0; i * vectorSize < rows.length; i++) {
      const row = rows.subarray(i * vectorSize, (i + 1) * vectorSize);
      this.engine.f32(address + (begin + i) * rowBytes, vectorSize).set(row);
    }
  }

  /** Takes over what another model has learnt and knows of its words, which are words of this one too. */
  takeWhatIsLearnt(other: Model): void {
    this.randomState.set(other.randomState);
    const { vocabulary } = other;
    const ids = Array.from({ length: vocabulary.size }, (_, id) => this.vocabulary.find(vocabulary.word(id)));
    for (const [i, table] of other.learnt.entries()) {
      for (const [from, to] of ids.entries()) {
        this.writeRows(this.learnt[i], to, other.readRows(table, from, from + 1));
      }
    }
    const knownRows = new Int32Array(this.vocabulary.size).fill(-1);
    for (const [from, to] of ids.entries()) knownRows[to] = from;
    this.table.attributes.copyFrom(other.table.attributes, knownRows);
    this.table.changed();
  }

  /** Sets how much of its corrections each word vector takes: word i the i % N-th of the locks (N,). */
  setLocks(locks: ArrayLike<number>): void {
    const { engine, layout } = this;
    const ofWords = engine.f32(layout.locks, this.vocabulary.size);
    for (let id = 0; id < ofWords.length; id++) ofWords[id] = locks[id % locks.length];
    const address = ofWords.every((lock) => lock === 1) ? 0 : layout.locks;
    for (const runner of this.runners) runner.setLocks(address);
  }

  /** (625) the state of the run's generator: a view to read or write. */
  get randomState(): Uint32Array {
    return this.engine.u32(this.layout.mt, MT_WORDS);
  }

  /** Fills the input table with uniform numbers in [-1, 1) / D and seeds the run's generator. Others get their turn. */
  async initialize(seed: number): Promise<void> {
    const { rowBytes, vectorSize, size, engine } = this.table;
    const { pcg, mt, rows } = this.layout;
    engine.kernels.mtSeed(mt, seed);
    engine.kernels.pcgSeed(pcg, seed, pcg + 32);
    const slice = new TimeSlice();
    const step = Math.ceil(INITIALIZED_BYTES / rowBytes);
    for (let begin = 0; begin < size; begin += step) {
      const count = Math.min(step, size - begin);
      engine.kernels.fillUniform(pcg, rows + begin * rowBytes, count, vectorSize, rowBytes);
      if (slice.isOver) await slice.yield();
    }
    this.table.changed();
  }

  /** Whether the model has hierarchical softmax. */
  get hasNodes(): boolean {
    return this.options.hs;
  }

  /** Trains on one job, in this thread. */
  trainJob(job: TrainingJob): JobOutcome {
    this.table.changed();
    return this.runners[0].run(job);
  }

  /**
   * The log-probability of the words at the positions from … to - 1 of a text, by hierarchical softmax. Has a scratch of
   * its own, so it may be called while the model is trained.
   *
   * @param ids at most CHUNK_TOKENS, all in the vocabulary
   */
  scoreWords(ids: Uint32Array, from: number, to: number): number {
    return (this.scorer as JobRunner).score(ids, from, to);
  }

  close(): void {
    this.table.close();
  }

  /** (V,) how often each word comes in its text, and, in the mean, after `sample` dropped some. */
  get frequencies(): { counts: Float64Array; kept: Float64Array } {
    const { counts } = this.vocabulary;
    const limits = this.engine.u32(this.layout.sampling, counts.length);
    const kept = counts.map((count, id) => (this.options.sample ? (count * limits[id]) / 0xffffffff : count));
    return { counts, kept };
  }

  /** How many uses the most frequent word has in a block of each thread, in the mean, all threads together. */
  private hotUses(threads: number): number {
    const { kept } = this.frequencies;
    const largest = kept.reduce((max, count) => Math.max(max, count), 0);
    const total = kept.reduce((sum, count) => sum + count, 0);
    return threads * BLOCK * this.options.window * (largest / Math.max(1, total));
  }

  private fillNoise(): void {
    const { engine, layout, vocabulary } = this;
    const counts = engine.f64(layout.counts, vocabulary.size);
    counts.set(vocabulary.counts);
    // where no word was ever seen, all are as likely
    if (!counts.some((count) => count > 0)) counts.fill(1);
    const { nsExponent, reproduce } = this.options;
    if (reproduce) engine.kernels.fillCumulative(layout.counts, vocabulary.size, nsExponent, layout.noise);
    else engine.kernels.fillAlias(layout.counts, vocabulary.size, nsExponent, layout.noise, layout.scores);
  }

  private writeJob(job: JobLayout, hotUses: number): JobRunner {
    const { engine, layout, options } = this;
    const runner = new JobRunner(engine, job, options.reproduce !== null);
    runner.write({
      ...layout,
      ...job,
      input: layout.rows,
      output: options.negative ? layout.output : 0,
      nodes: options.hs ? layout.nodes : 0,
      sampling: options.sample ? layout.sampling : 0,
      rowBytes: this.table.rowBytes,
      locks: 0,
      vectorBytes: roundUp(options.vectorSize * 4, 16),
      negativeCapacity: negativesAtOnce(noiseDraws(options)),
      vocabSize: this.vocabulary.size,
      window: options.window,
      shrinkWindows: Number(options.shrinkWindows),
      negative: options.negative,
      draws: noiseDraws(options),
      drawWeight: options.negative / Math.max(1, noiseDraws(options)),
      hotRows: hotRowsOf(layout.jobs.length, this.vocabulary.size),
      hotUses,
      sg: Number(options.sg),
      cbowMean: Number(options.cbowMean),
    });
    return runner;
  }
}
