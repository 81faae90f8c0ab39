/** A model's memory: the tables that are learnt, what training reads beside them, and the run of one job. */

import { Engine } from "./engine.ts";
import { huffmanPaths } from "./huffman.ts";
import { JOB_FIELDS, MT_WORDS, modelLayout, NEGATIVE_CAPACITY, PIECE_TOKENS, roundUp } from "./layout.ts";
import type { Reproduce } from "./scan.ts";
import { VectorTable } from "./vector-table.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What of a model's options its memory and its steps depend on. */
export interface ModelOptions {
  vectorSize: number;
  window: number;
  shrinkWindows: boolean;
  sample: number;
  sg: boolean;
  hs: boolean;
  negative: number;
  nsExponent: number;
  cbowMean: boolean;
  nullWord: boolean;
  batchWords: number;
  reproduce: Reproduce | null;
}

/** A learnt table: `rows` rows of vectorSize floats, padded, from `address` on. */
export interface LearntTable {
  name: "input" | "output" | "nodes";
  address: number;
  rows: number;
}

type JobField = (typeof JOB_FIELDS)[number];

/**
 * How many noise words the four words of a block share. A hidden vector of CBOW meets `negative` of them, as it would by
 * itself. A context word of skip-gram is used some 2.4 times in a block; with `negative` noise words for all of that,
 * analogies fell from 16.8 % to 14.9 %, with 1.6 times as many, each counting less, they did not (bench/README.md).
 */
const noiseDraws = ({ sg, negative }: ModelOptions) => (sg ? Math.ceil(negative * 1.6) : negative);

/** The tables of one model. */
export class Model {
  /** The word vectors with their keys: a view of this memory. */
  readonly table: VectorTable;
  private readonly layout: ReturnType<typeof modelLayout>;

  private constructor(
    private readonly engine: Engine,
    private readonly vocabulary: Vocabulary,
    private readonly options: ModelOptions,
  ) {
    const paths = options.hs ? huffmanPaths(vocabulary.counts) : undefined;
    const sizes = {
      vocabSize: vocabulary.size,
      vectorSize: options.vectorSize,
      window: options.window,
      batchWords: options.batchWords,
      negative: noiseDraws(options),
      pathNodes: paths?.points.length ?? 0,
      longestPath: paths?.longest ?? 0,
    };
    this.layout = modelLayout(engine.base, sizes);
    const { layout } = this;
    engine.reserve(layout.end, `${vocabulary.size} words of ${options.vectorSize} floats need`);
    this.table = new VectorTable(engine, vocabulary, options.vectorSize, layout);
    if (paths) {
      engine.u32(layout.paths, paths.offsets.length).set(paths.offsets);
      engine.u32(layout.points, paths.points.length).set(paths.points);
      engine.u8(layout.codes, paths.codes.length).set(paths.codes);
    }
    this.fillSampling();
    if (options.negative) this.fillNoise();
    engine.kernels.fillSigmoid(layout.sigmoid);
    this.writeJob();
  }

  /**
   * Lays out a model for a vocabulary, which it then owns; its tables hold zeros.
   *
   * @throws {Wasm2VecError} `too-large`, `out-of-memory`
   */
  static async open(vocabulary: Vocabulary, options: ModelOptions): Promise<Model> {
    return new Model(await Engine.open(), vocabulary, options);
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

  /** (625) the state of the run's generator: a view to read or write. */
  get randomState(): Uint32Array<ArrayBuffer> {
    return this.engine.u32(this.layout.mt, MT_WORDS);
  }

  /** Fills the input table with uniform numbers in [-1, 1) / D and seeds the run's generator. */
  initialize(seed: number): void {
    const { kernels } = this.engine;
    const { pcg, rows, mt } = this.layout;
    kernels.mtSeed(mt, seed);
    kernels.pcgSeed(pcg, seed, pcg + 32);
    kernels.fillUniform(pcg, rows, this.vocabulary.size, this.options.vectorSize, this.table.rowBytes);
    this.table.changed();
  }

  /**
   * Trains on one job.
   *
   * @param pieces the job's ids, in pieces of at most PIECE_TOKENS
   * @param place seed, epoch and number of the job: what its random numbers follow from, unless gensim is reproduced
   * @returns how many words were trained on
   */
  trainJob(pieces: Iterable<Uint32Array>, alpha: number, place: { seed: number; epoch: number; job: number }): number {
    const { engine, layout } = this;
    const { kernels } = engine;
    const { job } = layout;
    this.setFloat("alpha", alpha);
    if (this.options.reproduce) {
      kernels.reproduceBegin(job);
      this.planPieces(pieces, kernels.reproduceWords);
      kernels.reproduceSpans(job);
      kernels.reproduceJob(job);
    } else {
      kernels.seedJob(layout.random, place.seed, place.epoch, place.job);
      kernels.beginPlan(job);
      this.planPieces(pieces, kernels.planWords);
      kernels.trainJob(job);
    }
    this.table.changed();
    return engine.u32(this.fieldAddress("keptCount"), 1)[0];
  }

  private planPieces(pieces: Iterable<Uint32Array>, planWords: (job: number) => void): void {
    const { engine, layout } = this;
    for (const piece of pieces) {
      engine.u32(layout.tokens, PIECE_TOKENS).set(piece);
      this.setField("tokenCount", piece.length);
      planWords(layout.job);
    }
  }

  /** Begins to add up the loss, or not to. */
  resetLoss(computeLoss: boolean): void {
    this.setField("computeLoss", Number(computeLoss));
    this.setFloat("loss", 0);
  }

  /** The loss added up since then. */
  get loss(): number {
    return this.engine.f32(this.fieldAddress("loss"), 1)[0];
  }

  /** (V,) below which of 2^32 random numbers a word is kept. See Mikolov et al. 2013, and gensim for the formula. */
  private fillSampling(): void {
    const { counts } = this.vocabulary;
    const { sample, nullWord } = this.options;
    const total = counts.reduce((sum, count) => sum + count, nullWord ? -1 : 0);
    const threshold = sample < 1 ? sample * total : Math.floor((sample * (3 + Math.sqrt(5))) / 2);
    const kept = counts.map((count) => (Math.sqrt(count / threshold) + 1) * (threshold / count));
    const limits = Uint32Array.from(kept, (share) => Math.min(1, share) * 0xffffffff);
    this.engine.u32(this.layout.sampling, limits.length).set(limits);
  }

  private fillNoise(): void {
    const { engine, layout, vocabulary } = this;
    engine.f64(layout.counts, vocabulary.size).set(vocabulary.counts);
    const { nsExponent, reproduce } = this.options;
    if (reproduce) engine.kernels.fillCumulative(layout.counts, vocabulary.size, nsExponent, layout.noise);
    else engine.kernels.fillAlias(layout.counts, vocabulary.size, nsExponent, layout.noise, layout.scores);
  }

  private writeJob(): void {
    const { layout, options } = this;
    const values: Partial<Record<JobField, number>> = {
      ...layout,
      input: layout.rows,
      output: options.negative ? layout.output : 0,
      nodes: options.hs ? layout.nodes : 0,
      sampling: options.sample ? layout.sampling : 0,
      rowBytes: this.table.rowBytes,
      vectorBytes: roundUp(options.vectorSize * 4, 16),
      negativeCapacity: NEGATIVE_CAPACITY,
      vocabSize: this.vocabulary.size,
      window: options.window,
      shrinkWindows: Number(options.shrinkWindows),
      negative: options.negative,
      draws: noiseDraws(options),
      sg: Number(options.sg),
      cbowMean: Number(options.cbowMean),
    };
    for (const name of JOB_FIELDS) this.setField(name, values[name] ?? 0);
    this.setFloat("drawWeight", options.negative / Math.max(1, noiseDraws(options)));
  }

  private fieldAddress(name: JobField): number {
    return this.layout.job + JOB_FIELDS.indexOf(name) * 4;
  }

  private setField(name: JobField, value: number): void {
    this.engine.u32(this.fieldAddress(name), 1)[0] = value;
  }

  private setFloat(name: JobField, value: number): void {
    this.engine.f32(this.fieldAddress(name), 1)[0] = value;
  }
}
