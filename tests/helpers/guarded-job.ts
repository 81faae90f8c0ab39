/** A training job in an engine's memory, laid out as a model has it, with a guard on either side of each region. */

import { OUT_OF_VOCABULARY, SENTENCE_END } from "../../src/engine/kernels.ts";
import {
  CHUNK_TOKENS,
  hotRowsOf,
  JOB_FIELDS,
  type ModelSizes,
  modelLayout,
  negativesAtOnce,
  roundUp,
  rowBytesOf,
} from "../../src/engine/layout.ts";
import { HOT_USES, type Model, type PlannedWord, type PlanOptions, type Token, type Vector } from "./reference.ts";
import { Scratch } from "./scratch.ts";

/** Seed, epoch and number of a job. */
export type Place = [seed: number, epoch: number, job: number];

/** The tables of a model, as they were learnt. */
export type Learnt = Pick<Model, "input" | "output" | "nodes">;

/** The addresses of a model with one job. */
function addressesOf(sizes: ModelSizes) {
  const { jobs, scorer, window, ...model } = modelLayout(0, sizes);
  const { words, ...job } = jobs[0];
  return { ...model, ...job };
}

type Layout = ReturnType<typeof addressesOf>;

/** The layout's regions, each in a room of its own: from one address to the next. */
function guardedRegions(scratch: Scratch, layout: Layout): Layout {
  const names = (Object.keys(layout) as (keyof Layout)[]).sort((a, b) => layout[a] - layout[b]);
  const regions = { ...layout };
  for (const [i, name] of names.slice(0, -1).entries()) {
    regions[name] = scratch.guarded(layout[names[i + 1]] - layout[name]);
  }
  return regions;
}

/** Which tables a model learns, by their names in the job. */
const TABLES = ["input", "output", "nodes"] as const;

export class GuardedJob {
  private constructor(
    readonly scratch: Scratch,
    private readonly regions: Layout,
    private readonly job: number,
    private readonly model: Model,
  ) {}

  /** `hotRows`: how many rows of each table are worked on in local copies; `isRelaxed`: whether in the relaxed build. */
  static async open(model: Model, options: PlanOptions, hotRows = 0, isRelaxed = false): Promise<GuardedJob> {
    const { sampling, window, shrinkWindows } = options;
    const scratch = await Scratch.open(isRelaxed);
    const { input, output, nodes, paths, noise, draws } = model;
    const vectorSize = input[0].length;
    const path = paths.flat();
    const sizes = {
      vocabSize: input.length,
      vectorSize,
      window,
      negative: draws,
      pathNodes: path.length,
      longestPath: Math.max(0, ...paths.map(({ length }) => length)),
      batchWords: 1,
      workers: hotRows ? 2 : 1,
    };
    const regions = guardedRegions(scratch, addressesOf(sizes));
    const fields: Partial<Record<(typeof JOB_FIELDS)[number]["name"], number>> = {
      ...regions,
      input: regions.rows,
      output: output.length ? regions.output : 0,
      nodes: nodes.length ? regions.nodes : 0,
      sampling: sampling ? regions.sampling : 0,
      locks: 0,
      rowBytes: rowBytesOf(vectorSize),
      vectorBytes: roundUp(vectorSize * 4, 16),
      negativeCapacity: negativesAtOnce(draws),
      vocabSize: input.length,
      window,
      shrinkWindows: Number(shrinkWindows),
      draws,
      hotRows: Math.min(hotRows, hotRowsOf(2, input.length)),
      sg: Number(model.sg),
      cbowMean: Number(model.cbowMean),
    };
    const job = new GuardedJob(scratch, regions, regions.job, model);
    for (const { name } of JOB_FIELDS) scratch.setJobField(regions.job, name, fields[name] ?? 0);
    scratch.setJobField(regions.job, "drawWeight", model.drawWeight);
    scratch.setJobField(regions.job, "hotUses", HOT_USES);
    const begins = paths.map((_, word) => paths.slice(0, word).flat().length);
    const { engine } = scratch;
    engine.u32(regions.paths, paths.length + 1).set([...begins, path.length]);
    engine.u32(regions.points, path.length).set(path.map(({ node }) => node));
    engine.u8(regions.codes, path.length).set(path.map(({ code }) => code));
    if (draws) engine.u32(regions.noise, 2 * noise.length).set(noise.flatMap(({ share, alias }) => [share, alias]));
    if (sampling) engine.u32(regions.sampling, sampling.length).set(sampling);
    job.write(model);
    return job;
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]();
  }

  /** Plans the sentences, whose tokens come in chunks of so many. */
  plan(sentences: Token[][], place: Place, chunk = CHUNK_TOKENS): void {
    const { scratch, regions, job } = this;
    const tokens = sentences.flatMap((sentence) => [...sentence.map((id) => id ?? OUT_OF_VOCABULARY), SENTENCE_END]);
    scratch.kernels.seedJob(regions.random, ...place);
    scratch.kernels.beginPlan(job);
    for (let at = 0; at < tokens.length; at += chunk) {
      const part = tokens.slice(at, at + chunk);
      scratch.engine.u32(regions.tokens, part.length).set(part);
      scratch.setJobField(job, "tokenCount", part.length);
      scratch.kernels.planWords(job);
    }
  }

  /** What was planned. */
  get sentences(): PlannedWord[][] {
    const { engine } = this.scratch;
    const { kept, spans, sentences } = this.regions;
    const count = this.field("keptCount");
    const spanOf = engine.u32(spans, count);
    const words = Array.from(engine.u32(kept, count), (word, i) => ({ word, span: spanOf[i] }));
    const ends = [...engine.u32(sentences, this.field("sentenceCount"))];
    return ends.map((end, i) => words.slice(ends[i - 1] ?? 0, end));
  }

  /** Trains on what was planned. */
  train(alpha: number): void {
    this.scratch.setJobField(this.job, "alpha", alpha);
    this.scratch.kernels.trainJob(this.job);
  }

  /** 64 random bits of the job's generator. */
  nextRandom(): bigint {
    return BigInt.asUintN(64, this.scratch.kernels.randomNext(this.regions.random));
  }

  field(name: (typeof JOB_FIELDS)[number]["name"]): number {
    return this.scratch.jobField(this.job, name);
  }

  /** Writes the tables. */
  write(learnt: Learnt): void {
    for (const name of TABLES) {
      for (const [i, row] of learnt[name].entries())
        this.scratch.engine.f32(this.address(name, i), row.length).set(row);
    }
  }

  /** The tables as they are now. */
  read(): Learnt {
    const rows = (name: (typeof TABLES)[number]): Vector[] =>
      this.model[name].map((row, i) => this.scratch.readRow(this.address(name, i), row.length));
    return { input: rows("input"), output: rows("output"), nodes: rows("nodes") };
  }

  /** What must stay zero: the row of zeros, and what lies behind the numbers of each row. */
  get zeros(): number[] {
    const { scratch } = this;
    const dimension = this.model.input[0].length;
    const padding = TABLES.flatMap((name) =>
      this.model[name].flatMap((_, i) => scratch.readPadding(this.address(name, i), dimension)),
    );
    const { zeros } = this.regions;
    return [...scratch.readRow(zeros, dimension), ...scratch.readPadding(zeros, dimension), ...padding];
  }

  private address(name: (typeof TABLES)[number], i: number): number {
    return this.field(name) + i * this.field("rowBytes");
  }
}
