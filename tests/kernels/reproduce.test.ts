// The kernels that reproduce gensim against their plain twins, gensim's own tables and finite differences.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

import { OUT_OF_VOCABULARY, SENTENCE_END } from "../../src/engine/kernels.ts";

import { MT_WORDS, rowBytesOf } from "../../src/engine/layout.ts";
import * as reference from "../helpers/reference.ts";
import { DIMENSIONS, ROUNDING, randomRow, randomRows, Scratch } from "../helpers/scratch.ts";

const gensim = JSON.parse(readFileSync("tests/golden/internals-4.4.json", "utf8"));

const near = (got: number, expected: number, bound: number, what = "") =>
  assert.ok(Math.abs(got - expected) <= bound, `${what} got ${got}, expected ${expected} within ${bound}`);

// ------------------------------------------------------------------ noise

async function fillNoise(counts: number[], exponent: number): Promise<number[]> {
  using scratch = await Scratch.open();
  const table = scratch.take(counts.length * 4);
  scratch.kernels.fillCumulative(scratch.f64(counts), counts.length, exponent, table);
  return [...scratch.engine.u32(table, counts.length)];
}

test("the noise table of the Lee corpus is gensim's", async () => {
  const { counts, cumTable, options } = gensim;
  assert.equal(await fillNoise(counts, options.nsExponent), cumTable);
  assert.equal(reference.noiseTable(counts, options.nsExponent), cumTable);
});

for (const exponent of [0.75, 0, 1, -0.5]) {
  test(`the noise table of random counts, exponent ${exponent}: 1 off where pow's last bit turns a rounding`, async () => {
    const twister = new reference.MersenneTwister(1);
    const counts = Array.from({ length: 1000 }, () => 1 + twister.below(10 ** 6));
    const table = await fillNoise(counts, exponent);
    const expected = reference.noiseTable(counts, exponent);
    for (const [i, entry] of table.entries()) near(entry, expected[i], 1);
    assert.is(table[999], 2 ** 31 - 1);
  });
}

test("the noise word is the twin's, for random bits and at each entry's border", async () => {
  using scratch = await Scratch.open();
  const table = [3, 3, 10, 11, 11, 11, 500, 2 ** 31 - 1];
  const at = scratch.u32(table);
  const twister = new reference.MersenneTwister(2);
  const borders = table.flatMap((entry) => [entry - 1, entry, entry + 1]);
  for (const bits of [0, 2 ** 32 - 1, ...borders, ...Array.from({ length: 1000 }, () => twister.next())]) {
    assert.is(scratch.kernels.cumulativeWord(at, table.length, bits), reference.noiseWord(table, bits), `${bits}`);
  }
});

test("the only word there is, is every noise word", async () => {
  using scratch = await Scratch.open();
  assert.is(scratch.kernels.cumulativeWord(scratch.u32([2 ** 31 - 1]), 1, 12345), 0);
});

// ------------------------------------------------------------------ plan

const MOST_KEPT = 10000;

/** A planned job in an engine's memory, and its generators. */
class PlannedJob {
  private constructor(
    readonly scratch: Scratch,
    readonly job: number,
    private readonly mt: number,
    private readonly lcg: number,
  ) {}

  /** Plans the sentences, whose tokens come in pieces of so many, with an MT19937 of this seed. */
  static async open(
    sentences: reference.Token[][],
    { sampling, ...options }: reference.ReproducedPlanOptions,
    { seed = 1, piece = Number.POSITIVE_INFINITY, ...fields }: Record<string, number> = {},
    prepare: (scratch: Scratch) => Record<string, number> = () => ({}),
  ): Promise<PlannedJob> {
    const scratch = await Scratch.open();
    const tokens = sentences.flatMap((sentence) => [...sentence.map((id) => id ?? OUT_OF_VOCABULARY), SENTENCE_END]);
    const mt = scratch.take(MT_WORDS * 4);
    scratch.kernels.mtSeed(mt, seed);
    const lcg = scratch.take(8);
    const job = scratch.job({
      ...prepare(scratch),
      ...fields,
      ...options,
      shrinkWindows: Number(options.shrinkWindows),
      sampling: sampling ? scratch.u32(sampling) : 0,
      mt,
      lcg,
      kept: scratch.take(MOST_KEPT * 4),
      spans: scratch.take(MOST_KEPT * 4),
      sentences: scratch.take(MOST_KEPT * 4),
    });
    scratch.kernels.reproduceBegin(job);
    for (let at = 0; at < tokens.length; at += piece) {
      const part = tokens.slice(at, at + piece);
      scratch.setJobField(job, "tokens", scratch.u32(part));
      scratch.setJobField(job, "tokenCount", part.length);
      scratch.kernels.reproduceWords(job);
    }
    scratch.kernels.reproduceSpans(job);
    return new PlannedJob(scratch, job, mt, lcg);
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]();
  }

  private list(field: "kept" | "spans" | "sentences", count: "keptCount" | "sentenceCount"): number[] {
    const { scratch, job } = this;
    return [...scratch.engine.u32(scratch.jobField(job, field), scratch.jobField(job, count))];
  }

  get sentences(): reference.PlannedWord[][] {
    const spans = this.list("spans", "keptCount");
    const words = this.list("kept", "keptCount").map((word, i) => ({ word, span: spans[i] }));
    const ends = this.list("sentences", "sentenceCount");
    return ends.map((end, i) => words.slice(ends[i - 1] ?? 0, end));
  }

  nextMt(): number {
    return this.scratch.kernels.mtNext(this.mt) >>> 0;
  }

  get lcgState(): bigint {
    const [low, high] = this.scratch.engine.u32(this.lcg, 2);
    return (BigInt(high) << 32n) | BigInt(low);
  }
}

/** Random sentences of ids below V, some of whose words are out of the vocabulary, and some empty. */
function randomSentences(twister: reference.MersenneTwister, lengths: number[], size: number): reference.Token[][] {
  const token = () => (twister.below(10) ? twister.below(size) : undefined);
  return lengths.map((length) => Array.from({ length }, token));
}

/** Whether the engine's plan, and both generators after it, are the twin's. */
async function checkPlan(sentences: reference.Token[][], options: reference.ReproducedPlanOptions, piece?: number) {
  using planned = await PlannedJob.open(sentences, options, piece ? { piece } : {});
  const twister = new reference.MersenneTwister(1);
  const expected = reference.reproducePlan(sentences, options, twister);
  assert.equal(
    planned.sentences,
    expected.sentences.filter((sentence) => sentence.length),
  );
  assert.is(planned.nextMt(), twister.next());
  assert.is(planned.lcgState, expected.lcg?.x ?? 0n);
}

/** Ten words: the first is nearly always dropped, the last never. */
const sampling = Array.from({ length: 10 }, (_, i) => Math.floor((2 ** 32 - 1) * (i / 9)));
const someSentences = randomSentences(new reference.MersenneTwister(3), [0, 12, 1, 30, 0, 2, 25, 0], 10);

for (const given of [undefined, sampling]) {
  for (const negative of [0, 5]) {
    for (const shrinkWindows of [true, false]) {
      const name = `${given ? "sampled" : "all kept"}, negative ${negative}, ${shrinkWindows ? "shrunk" : "fixed"} windows`;
      test(`the plan is the twin's: ${name}`, () =>
        checkPlan(someSentences, { sampling: given, window: 5, shrinkWindows, negative }));
    }
  }
}

test("the plan does not depend on the pieces in which the tokens come", async () => {
  for (const piece of [1, 2, 7, 50]) {
    await checkPlan(someSentences, { sampling, window: 3, shrinkWindows: true, negative: 5 }, piece);
  }
});

test("a window of one word is never drawn", () =>
  checkPlan(someSentences, { window: 1, shrinkWindows: true, negative: 5 }));

test("no more than 10,000 words are kept, and nothing is drawn for those beyond", async () => {
  const sentences = randomSentences(new reference.MersenneTwister(4), [6000, 7000, 100], 10);
  await checkPlan(sentences, { window: 5, shrinkWindows: true, negative: 5 });
  await checkPlan(sentences, { sampling: Array(10).fill(2 ** 32 - 1), window: 5, shrinkWindows: true, negative: 5 });
});

test("a sentence of which nothing is kept, and no sentence at all, leave nothing", async () => {
  const nothing = Array(10).fill(0);
  await checkPlan([[1, 2], [undefined], []], { sampling: nothing, window: 5, shrinkWindows: true, negative: 5 });
  await checkPlan([], { window: 5, shrinkWindows: true, negative: 5 });
});

// ------------------------------------------------------------------ step

async function filledSigmoid(scratch: Scratch): Promise<number> {
  const table = scratch.take(2000 * 4);
  scratch.kernels.fillSigmoid(table);
  return table;
}

test("the sigmoid's table and its logarithm's", async () => {
  using scratch = await Scratch.open();
  const table = [...scratch.engine.f32(await filledSigmoid(scratch), 2000)];
  for (const [i, value] of reference.sigmoidTable.entries()) {
    // x, as float32 has it, is off by up to 24 roundings of 1; the sigmoid's slope is at most 1/4, its logarithm's 1
    near(table[i], value, 10 * ROUNDING);
    near(table[1000 + i], Math.log(value), 32 * ROUNDING);
  }
});

const labels = [1, 0, 0, 1, 0, 1, 0];

/** A hidden vector and rows whose logits are some 1 or 2, but for the last two: 40 and -40. */
function randomStep(dimension: number, seed: number) {
  const twister = new reference.MersenneTwister(seed);
  const hidden = randomRow(twister, dimension).map((value) => Math.fround(value + Math.sign(value) * 0.5));
  const rows = randomRows(twister, labels.length - 2, dimension);
  for (const row of rows) {
    const size = Math.sqrt(dimension);
    for (let d = 0; d < dimension; d++) row[d] = Math.fround((row[d] * 2) / size);
  }
  const far = hidden.map((value) => Math.fround((40 * value) / reference.dot(hidden, hidden)));
  return { hidden, rows: [...rows, far, far.map((value) => -value)] };
}

/** The engine's step over such rows. */
async function runStep({ hidden, rows }: ReturnType<typeof randomStep>, alpha: number) {
  using scratch = await Scratch.open();
  const dimension = hidden.length;
  const rowBytes = rowBytesOf(dimension);
  const at = scratch.rows(rows);
  const error = scratch.take(rowBytes);
  const job = scratch.job({
    sigmoid: await filledSigmoid(scratch),
    error,
    rowBytes,
    outputs: scratch.u32(rows.map((_, i) => at + i * rowBytes)),
    labels: scratch.f32(labels),
    alpha,
    computeLoss: 1,
  });
  const hiddenAt = scratch.row(hidden);
  const loss = scratch.kernels.pairStep(job, hiddenAt, rows.length);
  assert.equal(scratch.readRow(hiddenAt, dimension), hidden, "the hidden vector is the caller's to correct");
  return {
    error: scratch.readRow(error, dimension),
    rows: scratch.readRows(at, rows.length, dimension),
    loss,
    floatLoss: scratch.jobField(job, "loss"),
  };
}

for (const dimension of DIMENSIONS) {
  const given = randomStep(dimension, dimension);

  test(`a step is the twin's, D = ${dimension}`, async () => {
    const alpha = 0.025;
    const got = await runStep(given, alpha);
    const rows = given.rows.map((row) => [...row]);
    for (const row of rows.slice(0, -2)) {
      // float32's logit stands at the same entry as float64's: it is no nearer to a border than it may be off
      const logit = reference.dot(given.hidden, row);
      const place = (logit + 6) * 83;
      const off = 83 * (dimension + 1) * ROUNDING * reference.dot(given.hidden.map(Math.abs), row.map(Math.abs));
      assert.ok(Math.abs(place - Math.round(place)) > off, "choose another seed");
    }
    const outputs = rows.map((row, i) => ({ row, label: labels[i] }));
    const expected = reference.pairStep(given.hidden, outputs, alpha);
    for (const loss of [got.loss, got.floatLoss]) near(loss, expected.loss, labels.length * 40 * ROUNDING);
    for (let d = 0; d < dimension; d++) {
      // a gradient is off by 12 roundings of alpha: 10 of the table, the difference, the product
      const sum = given.rows.reduce((total, row) => total + Math.abs(row[d]), 0);
      near(got.error[d], expected.error[d], (12 + labels.length) * ROUNDING * alpha * sum);
      for (const [i, row] of rows.entries()) {
        const bound = 14 * ROUNDING * (alpha * Math.abs(given.hidden[d]) + Math.abs(row[d]));
        near(got.rows[i][d], row[d], bound, `row ${i}`);
      }
    }
  });

  test(`a step goes down the gradient of -log σ(± hidden · row), D = ${dimension}`, async () => {
    // the last two rows are beyond the table: nothing moves there
    const count = labels.length - 2;
    const loss = (hidden: number[], rows: number[][]) =>
      rows.slice(0, count).reduce((sum, row, i) => {
        const logit = reference.dot(hidden, row);
        return sum - Math.log(reference.sigmoid(labels[i] ? logit : -logit));
      }, 0);
    const got = await runStep(given, 1);
    // an entry of the table stands up to 0.004 (x + 6) + 0.012 <= 0.06 below x, and the sigmoid's slope is at most 1/4
    const resolution = 0.015;
    for (let d = 0; d < dimension; d++) {
      const slope = centralDifference(given.hidden, d, () => loss(given.hidden, given.rows));
      const sum = given.rows.slice(0, count).reduce((total, row) => total + Math.abs(row[d]), 0);
      near(got.error[d], -slope, resolution * sum + 1e-6);
      for (const [i, row] of given.rows.entries()) {
        const rowSlope = centralDifference(row, d, () => loss(given.hidden, given.rows));
        near(got.rows[i][d] - row[d], -rowSlope, resolution * Math.abs(given.hidden[d]) + 1e-6, `row ${i}`);
      }
    }
  });
}

/** The derivative of f by x[i]. */
function centralDifference(x: number[], i: number, f: () => number): number {
  const width = 1e-4;
  const value = x[i];
  x[i] = value + width;
  const above = f();
  x[i] = value - width;
  const below = f();
  x[i] = value;
  return (above - below) / (2 * width);
}

test("a logit of exactly ±6 is beyond the table, one bit less is not", async () => {
  for (const logit of [6, -6, 6 - 2 ** -21, -6 + 2 ** -21]) {
    using scratch = await Scratch.open();
    const row = scratch.row([logit]);
    const job = scratch.job({
      sigmoid: await filledSigmoid(scratch),
      error: scratch.take(32),
      rowBytes: 32,
      outputs: scratch.u32([row]),
      labels: scratch.f32([logit > 0 ? 0 : 1]),
      alpha: 1,
    });
    scratch.kernels.pairStep(job, scratch.row([1]), 1);
    assert.is(scratch.readRow(row, 1)[0] === logit, Math.abs(logit) === 6);
  }
});

// ------------------------------------------------------------------ a whole job

const V = 12;

/** A tree that is a comb: word w hangs at node w, the last two at the last node. */
const combPaths = Array.from({ length: V }, (_, word) =>
  Array.from({ length: Math.min(word, V - 2) + 1 }, (_, node) => ({ node, code: Number(node < word) })),
);

function randomModel(
  dimension: number,
  options: Pick<reference.ReproducedModel, "sg" | "cbowMean" | "negative"> & { hs: boolean },
) {
  const twister = new reference.MersenneTwister(dimension);
  const table = (rows: number) =>
    randomRows(twister, rows, dimension).map((row) => row.map((value) => Math.fround(value / Math.sqrt(dimension))));
  const counts = Array.from({ length: V }, (_, i) => 3 * (V - i));
  const { hs, ...rest } = options;
  return {
    ...rest,
    input: table(V),
    output: table(V),
    nodes: hs ? table(V - 1) : [],
    paths: combPaths,
    noise: reference.noiseTable(counts, 0.75),
  } satisfies reference.ReproducedModel;
}

/** Places the model; what it does not train with is 0. */
function placeModel(scratch: Scratch, model: reference.ReproducedModel) {
  const { paths, nodes, negative } = model;
  const path = paths.flat();
  const begins = [0];
  for (const [i, { length }] of paths.entries()) begins.push(begins[i] + length);
  const rowBytes = rowBytesOf(model.input[0].length);
  const mostOutputs = Math.max(negative + 1, V);
  return {
    input: scratch.rows(model.input),
    output: negative ? scratch.rows(model.output) : 0,
    nodes: nodes.length ? scratch.rows(nodes) : 0,
    rowBytes,
    vocabSize: V,
    noise: scratch.u32(model.noise),
    paths: scratch.u32(begins),
    points: scratch.u32(path.map(({ node }) => node)),
    codes: scratch.u8(path.map(({ code }) => code)),
    sg: Number(model.sg),
    cbowMean: Number(model.cbowMean),
    hidden: scratch.take(rowBytes),
    error: scratch.take(rowBytes),
    outputs: scratch.take(mostOutputs * 4),
    labels: scratch.take(mostOutputs * 4),
  };
}

const jobSentences = randomSentences(new reference.MersenneTwister(5), [20, 1, 0, 9, 2], V);
const jobSampling = Array.from({ length: V }, (_, i) => (i < 4 ? 2 ** 31 : 2 ** 32 - 1));

/**
 * How far float32 may be from float64 in numbers of at most 1 that change some 200 times: by 200 roundings of 2^-24 at
 * the very worst. No logit of these falls into another entry of the sigmoid's table.
 */
const JOB_BOUND = 200 * ROUNDING;

async function checkJob(
  dimension: number,
  model: reference.ReproducedModel,
  options: reference.ReproducedPlanOptions,
): Promise<void> {
  const alpha = Math.fround(0.1);
  const before = model.input.map((row) => [...row]);
  using planned = await PlannedJob.open(jobSentences, options, { alpha, computeLoss: 1 }, (scratch) => ({
    ...placeModel(scratch, model),
    sigmoid: tableOf(scratch),
  }));
  const { scratch, job } = planned;
  const gotLoss = scratch.kernels.reproduceJob(job);
  const plan = reference.reproducePlan(jobSentences, options, new reference.MersenneTwister(1));
  const loss = reference.reproduceJob(model, plan, alpha);
  near(gotLoss, loss, 1e-6 * loss);
  near(scratch.jobField(job, "loss"), loss, 1e-5 * loss);
  assert.is(planned.lcgState, plan.lcg?.x ?? 0n, "as many negatives were drawn");
  const tables = { input: model.input, output: model.negative ? model.output : [], nodes: model.nodes };
  for (const [name, rows] of Object.entries(tables)) {
    const got = scratch.readRows(scratch.jobField(job, name as "input"), rows.length, dimension);
    for (const [i, row] of rows.entries()) {
      for (const [d, value] of row.entries()) near(got[i][d], value, JOB_BOUND, `${name} ${i} ${d}:`);
    }
  }
  const moved = model.input.flatMap((row, i) => row.map((value, d) => Math.abs(value - before[i][d])));
  assert.ok(Math.max(...moved) > 1000 * JOB_BOUND, "the job moved what it was compared in");
}

function tableOf(scratch: Scratch): number {
  const table = scratch.take(2000 * 4);
  scratch.kernels.fillSigmoid(table);
  return table;
}

const losses = { ns: { hs: false, negative: 5 }, hs: { hs: true, negative: 0 }, both: { hs: true, negative: 5 } };

for (const dimension of DIMENSIONS) {
  for (const [name, { hs, negative }] of Object.entries(losses)) {
    for (const [architecture, sg, cbowMean] of [
      ["skip-gram", true, false],
      ["CBOW, mean", false, true],
      ["CBOW, sum", false, false],
    ] as const) {
      test(`a job of ${architecture}, ${name}, D = ${dimension}, is the twin's`, async () => {
        for (const shrinkWindows of [true, false]) {
          for (const given of [undefined, jobSampling]) {
            const model = randomModel(dimension, { sg, cbowMean, hs, negative });
            await checkJob(dimension, model, { sampling: given, window: 4, shrinkWindows, negative });
          }
        }
      });
    }
  }
}

test.run();
