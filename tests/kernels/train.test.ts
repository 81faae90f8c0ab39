// A job's steps (step.ts, train.ts, mix.ts) against their plain twin, finite differences and numbers done by head.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { huffmanPaths } from "../../src/model/huffman.ts";
import { GuardedJob, type Learnt, type Place } from "../helpers/guarded-job.ts";
import * as reference from "../helpers/reference.ts";
import { allowRelaxedSimd } from "../helpers/relaxed-simd.ts";
import { DIMENSIONS, ROUNDING, randomRows } from "../helpers/scratch.ts";

allowRelaxedSimd();

const near = (got: number, expected: number, bound: number, what = "") =>
  assert.ok(Math.abs(got - expected) <= bound, `${what} got ${got}, expected ${expected} within ${bound}`);

// ------------------------------------------------------------------ models and jobs

interface Given {
  vocabSize?: number;
  dimension: number;
  sg?: boolean;
  cbowMean?: boolean;
  hs?: boolean;
  draws?: number;
  drawWeight?: number;
}

/** The first word is the most frequent, by far. */
const countsOf = (vocabSize: number) => Array.from({ length: vocabSize }, (_, i) => Math.ceil(100 / (i + 1)));

/** The path to each word in the Huffman tree of such counts. */
function treePaths(vocabSize: number): reference.Model["paths"] {
  const { offsets, points, codes } = huffmanPaths(Float64Array.from(countsOf(vocabSize)));
  const path = Array.from(points, (node, i) => ({ node, code: codes[i] }));
  return Array.from({ length: vocabSize }, (_, word) => path.slice(offsets[word], offsets[word + 1]));
}

/** Rows whose numbers lie in [-1, 1) / √D, so that no logit is beyond ±1. */
function randomModel({ vocabSize = 12, dimension, sg = true, cbowMean = false, hs = false, ...noise }: Given) {
  const twister = new reference.MersenneTwister(dimension);
  const table = (rows: number) =>
    randomRows(twister, rows, dimension).map((row) => row.map((value) => Math.fround(value / Math.sqrt(dimension))));
  const { draws = 0, drawWeight = draws ? 0.625 : 0 } = noise;
  return {
    sg,
    cbowMean,
    draws,
    drawWeight,
    input: table(vocabSize),
    output: draws ? table(vocabSize) : [],
    nodes: hs ? table(vocabSize - 1) : [],
    paths: hs ? treePaths(vocabSize) : [],
    noise: reference.aliasTable(countsOf(vocabSize), 0.75),
  } satisfies reference.Model;
}

const FIRST: Place = [1, 0, 0];

/** The tables after the engine's job. Nothing was written beside its regions, and what is zero stayed so. */
async function train(
  model: reference.Model,
  sentences: reference.Token[][],
  options: reference.PlanOptions,
  {
    alpha,
    place = FIRST,
    hotRows = 0,
    isRelaxed = false,
  }: { alpha: number; place?: Place; hotRows?: number; isRelaxed?: boolean },
): Promise<Learnt> {
  using job = await GuardedJob.open(model, options, hotRows, isRelaxed);
  job.plan(sentences, place);
  job.train(alpha);
  job.scratch.checkGuards();
  assert.ok(
    job.zeros.every((value) => value === 0),
    "the row of zeros and the rows' padding",
  );
  return job.read();
}

/** Calls `visit` for each number of the tables. */
function eachNumber(tables: Learnt, visit: (name: keyof Learnt, i: number, d: number) => void): void {
  for (const name of ["input", "output", "nodes"] as const) {
    for (const [i, row] of tables[name].entries()) for (const d of row.keys()) visit(name, i, d);
  }
}

/** By how much the number moved that moved most. */
function greatestMove(before: Learnt, after: Learnt): number {
  let greatest = 0;
  eachNumber(before, (name, i, d) => {
    greatest = Math.max(greatest, Math.abs(after[name][i][d] - before[name][i][d]));
  });
  return greatest;
}

const copy = ({ input, output, nodes }: Learnt): Learnt => structuredClone({ input, output, nodes });

// ------------------------------------------------------------------ the twin

/**
 * How far the engine may be from the twin, and how far the number moved that moved most, are counted in roundings of
 * numbers as large as a row's, 2^-24 / √D.
 */
type Bound = (moved: number) => number;

/**
 * The twin's steps move all rows at once, the engine's tile by tile: they differ by products of two gradients, which
 * the square of the greatest move exceeds. Hence a rate so low that moves are small; a single context of a single word
 * moves a row by some 250 roundings all the same.
 */
const LOW = 2 ** -15;
const tileByTile: Bound = (moved) => 40 + moved ** 2 * ROUNDING;

/** Trains the engine's job and the twin's, and compares all numbers of the tables. Returns the greatest move. */
async function checkJob(
  model: reference.Model,
  sentences: reference.Token[][],
  options: reference.PlanOptions,
  { alpha = LOW, bound = tileByTile, place = FIRST, hotRows = 0, isRelaxed = false } = {},
): Promise<number> {
  const before = copy(model);
  const got = await train(model, sentences, options, { alpha, place, hotRows, isRelaxed });
  const generator = reference.SplitMix64.ofJob(...place);
  reference.trainJob(model, reference.plan(sentences, options, generator), generator, alpha);
  const unit = ROUNDING / Math.sqrt(model.input[0].length);
  const moved = greatestMove(before, model) / unit;
  eachNumber(got, (name, i, d) => near(got[name][i][d], model[name][i][d], bound(moved) * unit, `${name} ${i} ${d}:`));
  return moved;
}

/** Sentences of ids below V; few words, so that they come again within a window. */
function randomSentences(seed: number, lengths: number[], vocabSize = 12): number[][] {
  const twister = new reference.MersenneTwister(seed);
  return lengths.map((length) => Array.from({ length }, () => twister.below(vocabSize)));
}

const someSentences = randomSentences(5, [20, 1, 0, 9, 2, 3]);
const sampling = Array.from({ length: 12 }, (_, i) => (i < 4 ? 2 ** 31 : 2 ** 32 - 1));

const architectures = {
  "skip-gram": { sg: true },
  "CBOW, mean": { sg: false, cbowMean: true },
  "CBOW, sum": { sg: false, cbowMean: false },
};
const losses = {
  "1 noise word": { draws: 1 },
  "5 noise words": { draws: 5 },
  "20 noise words": { draws: 20 },
  "the tree": { hs: true },
  "the tree and 8 noise words": { hs: true, draws: 8 },
};

for (const dimension of DIMENSIONS) {
  for (const [architecture, how] of Object.entries(architectures)) {
    for (const [name, loss] of Object.entries(losses)) {
      test(`a job of ${architecture}, ${name}, D = ${dimension}, is the twin's`, async () => {
        for (const options of [
          { window: 5, shrinkWindows: true },
          { window: 1, shrinkWindows: false },
          { window: 40, shrinkWindows: false, sampling },
        ]) {
          for (const isRelaxed of [false, true]) {
            const model = randomModel({ dimension, ...how, ...loss });
            const moved = await checkJob(model, someSentences, options, { isRelaxed });
            assert.ok(moved > 500, `the job moved what it was compared in by ${moved} roundings`);
          }
        }
      });
    }
  }
}

for (const dimension of DIMENSIONS) {
  test(`steps of one hidden vector see all that came before, D = ${dimension}`, async () => {
    for (const cbowMean of [true, false]) {
      const model = randomModel({ dimension, sg: false, cbowMean, hs: true });
      // no output is met by two inputs, so that each step's order is the twin's, and the rate may be high
      await checkJob(model, someSentences, { window: 5, shrinkWindows: true }, { alpha: 0.05, bound: () => 500 });
    }
  });
}

/** Words 1 to N around word 0, the only one with a path, of so many nodes; some words come several times. */
function onePath(
  dimension: number,
  nodes: number,
  words: number[],
  how: Partial<Given> = {},
): [reference.Model, number[]] {
  const model = randomModel({ dimension, hs: true, ...how });
  const path = Array.from({ length: nodes }, (_, node) => ({ node, code: node % 2 }));
  return [{ ...model, paths: model.input.map((_, i) => (i ? [] : path)) }, [0, ...words]];
}

for (const dimension of DIMENSIONS) {
  test(`inputs that would move outputs too far come in parts, as the twin's do, D = ${dimension}`, async () => {
    for (const alpha of [0.45, 0.9, 7.1]) {
      for (const words of [[1], [1, 1, 1, 1, 1, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 3, 3, 3, 3, 4, 5, 5]]) {
        // a part of two inputs and three nodes is one tile, whose rows all move at once; no count of repeats is near a whole one
        const [model, sentence] = onePath(dimension, 3, words);
        await checkJob(model, [sentence], { window: 20, shrinkWindows: false }, { alpha, bound: () => 2000 });
      }
    }
  });

  test(`where steps are long, CBOW's words come one by one, and a context goes where the steps went, D = ${dimension}`, async () => {
    for (const alpha of [0.45, 0.9, 1.7]) {
      for (const words of [
        [1, 2, 3],
        [1, 1, 1, 2, 3, 3],
      ]) {
        for (const cbowMean of [true, false]) {
          const options = { window: 20, shrinkWindows: false };
          // one input and three outputs are one tile
          const [model, sentence] = onePath(dimension, 3, words, { sg: false, cbowMean });
          await checkJob(model, [sentence], options, { alpha, bound: () => 2000 });
          const noise = randomModel({ dimension, sg: false, cbowMean, draws: 2, drawWeight: 1 });
          await checkJob(noise, [sentence], options, { alpha, bound: () => 2000 });
        }
      }
    }
  });
}

test("random jobs are the twin's, and write nowhere beside their regions", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        vocabSize: fc.integer({ min: 1, max: 40 }),
        dimension: fc.integer({ min: 1, max: 20 }),
        sg: fc.boolean(),
        cbowMean: fc.boolean(),
        hs: fc.boolean(),
        draws: fc.integer({ min: 0, max: 25 }),
        drawWeight: fc.constantFrom(0.5, 0.625, 1),
      }),
      fc.array(fc.array(fc.nat(1000), { maxLength: 30 }), { maxLength: 5 }),
      fc.record({ window: fc.integer({ min: 1, max: 12 }), shrinkWindows: fc.boolean() }),
      fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(100), fc.nat(100)),
      fc.constantFrom(0, 1, 5, 64),
      async (given, ids, options, place, hotRows) => {
        const sentences = ids.map((sentence) => sentence.map((id) => id % given.vocabSize));
        await checkJob(randomModel(given), sentences, options, { place, hotRows });
      },
    ),
    { seed: 1, numRuns: 300 },
  ));

test("the largest block there can be stays within its regions: all contexts and all outputs are different words", async () => {
  const vocabSize = 300;
  const sentence = Array.from({ length: vocabSize }, (_, word) => word);
  for (const [window, hotRows] of [
    [4, 0],
    [6, 0],
    [14, 0],
    [14, 64],
  ]) {
    for (const draws of [11, 12, 13, 28]) {
      const model = randomModel({ vocabSize, dimension: 8, draws, hs: true });
      const noise = reference.aliasTable(Array(vocabSize).fill(1), 0);
      const path = Array.from({ length: draws + 4 }, (_, node) => ({ node, code: node % 2 }));
      const paths = model.paths.map(() => path);
      await checkJob({ ...model, noise, paths }, [sentence], { window, shrinkWindows: false }, { hotRows });
    }
  }
});

// ------------------------------------------------------------------ the gradient

/** Which numbers of a row are moved a little: the first, one in the middle, the last. */
const probes = (dimension: number) => [...new Set([0, dimension >> 1, dimension - 1])];

/** Whether each row moved by the rate down the loss's slope, within a hundredth of the steepest. */
async function checkGradient(
  model: reference.Model,
  sentence: number[],
  loss: (noise: ReturnType<reference.NoiseWords["next"]>) => number,
): Promise<void> {
  const alpha = 2 ** -13;
  const options = { window: sentence.length, shrinkWindows: false };
  const got = await train(model, [sentence], options, { alpha });
  const generator = reference.SplitMix64.ofJob(...FIRST);
  reference.plan([sentence], options, generator);
  const noise = model.draws ? new reference.NoiseWords(model, generator).next() : { words: [], excess: [] };
  const slopes: { what: string; slope: number; moved: number }[] = [];
  eachNumber(model, (name, i, d) => {
    const row = model[name][i];
    if (!probes(row.length).includes(d)) return;
    const moved = (got[name][i][d] - row[d]) / alpha;
    slopes.push({ what: `${name} ${i} ${d}:`, moved, slope: centralDifference(row, d, () => loss(noise)) });
  });
  const steepest = Math.max(...slopes.map(({ slope }) => Math.abs(slope)));
  assert.ok(steepest > 0.3 / Math.sqrt(model.input[0].length), "there is a slope");
  for (const { what, moved, slope } of slopes) near(moved, -slope, steepest / 100, what);
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

const logSigmoid = (x: number) => Math.log(reference.sigmoid(x));

for (const dimension of DIMENSIONS) {
  for (const draws of [1, 2, 5, 20]) {
    for (const sentence of [
      [3, 7],
      [3, 7, 0],
      [0, 1, 2, 3],
      [5, 0, 5, 0],
    ]) {
      test(`a block goes down its loss's slope: ${sentence}, ${draws} noise words, D = ${dimension}`, () => {
        const { input, output, drawWeight, ...rest } = randomModel({ dimension, draws });
        // every word is context of every other; noise counts against a pair unless it is the pair's centre
        const loss = ({ words, excess }: { words: number[]; excess: number[] }) => {
          let sum = 0;
          for (const [c, center] of sentence.entries()) {
            for (const [i, word] of sentence.entries()) {
              if (i === c) continue;
              const logit = (other: number) => reference.dot(input[word], output[other]);
              sum -= logSigmoid(logit(center));
              for (const other of words) if (other !== center) sum -= drawWeight * logSigmoid(-logit(other));
              sum -= reference.dot(input[word], excess);
            }
          }
          return sum;
        };
        return checkGradient({ ...rest, input, output, drawWeight }, sentence, loss);
      });
    }
  }

  for (const [nodes, contexts] of [
    [1, 1],
    [2, 3],
    [3, 2],
    [5, 8],
    [8, 5],
  ]) {
    test(`a path goes down its loss's slope: ${nodes} nodes, ${contexts} contexts, D = ${dimension}`, () => {
      const model = randomModel({ dimension, hs: true });
      // only the first word has a path, and it has the others around it
      const path = Array.from({ length: nodes }, (_, node) => ({ node, code: node % 2 }));
      const words = Array.from({ length: contexts }, (_, i) => i + 1);
      const loss = () => {
        let sum = 0;
        for (const word of words) {
          for (const { node, code } of path) {
            const logit = reference.dot(model.input[word], model.nodes[node]);
            sum -= logSigmoid(code ? -logit : logit);
          }
        }
        return sum;
      };
      return checkGradient({ ...model, paths: model.input.map((_, i) => (i ? [] : path)) }, [0, ...words], loss);
    });
  }
}

// ------------------------------------------------------------------ the sigmoid

/**
 * σ(x) of the engine for each x: word 0 has a path of one node, (1, 1), on which it turns right; the inputs around it are
 * (x, 0), so the logit is x, and the other number becomes -alpha σ(x).
 */
async function sigmoids(all: number[]): Promise<number[]> {
  const model: reference.Model = {
    ...randomModel({ dimension: 2, vocabSize: all.length + 1, hs: true }),
    input: [0, ...all].map((x) => [x, 0]),
    paths: [0, ...all].map((_, i) => (i ? [] : [{ node: 0, code: 1 }])),
  };
  model.nodes[0] = [1, 1];
  const sentence = model.input.map((_, word) => word);
  const { input } = await train(model, [sentence], { window: all.length, shrinkWindows: false }, { alpha: 2 ** -30 });
  return input.slice(1).map(([, moved]) => -moved * 2 ** 30);
}

test("the sigmoid is within 3 roundings of 1 from -15 to 15, and stays what it is there beyond", async () => {
  const all = Array.from({ length: 2001 }, (_, i) => (i - 1000) / 50).map(Math.fround);
  const got: number[] = [];
  for (let at = 0; at < all.length; at += 60) got.push(...(await sigmoids(all.slice(at, at + 60))));
  for (const [i, x] of all.entries()) {
    const bounded = Math.max(-15, Math.min(15, x));
    near(got[i], reference.sigmoid(bounded), 3 * ROUNDING, `${x}:`);
    // σ(-15) is 3.1e-7
    near(got[i], reference.sigmoid(x), 3.1e-7 + 3 * ROUNDING, `${x}:`);
    if (i && Math.abs(x) <= 15) assert.ok(got[i] >= got[i - 1], `it never falls, at ${x}`);
  }
  assert.is(got[1000], 0.5);
});

test("the sigmoid of small x's neighbours, of the smallest numbers and of infinity", async () => {
  const x = [2 ** -23, -(2 ** -23), 2 ** -149, -(2 ** -149), Math.log(2) / 2, -Math.log(2) / 2, 3e38, -3e38];
  const got = await sigmoids(x.map(Math.fround));
  for (const [i, value] of got.entries()) {
    near(value, reference.sigmoid(Math.max(-15, Math.min(15, Math.fround(x[i])))), 3 * ROUNDING, `${x[i]}:`);
  }
});

// ------------------------------------------------------------------ numbers done by head

/** Fixed windows that reach over a whole sentence. */
const WIDE = { window: 10, shrinkWindows: false };

/** Three words of one number, 1, and outputs of 0: each logit is 0, each sigmoid a half. Every draw is word `noise`. */
function halves(draws: number, noise: number, drawWeight = 1): reference.Model {
  const alwaysNoise = { share: 0, alias: noise };
  return {
    ...randomModel({ dimension: 1, draws, drawWeight }),
    input: [[1], [1], [1]],
    output: [[0], [0], [0]],
    noise: [alwaysNoise, alwaysNoise, alwaysNoise],
  };
}

/** By how many rates each output moved. */
async function outputsMoved(model: reference.Model, sentence: number[]): Promise<number[]> {
  const { output } = await train(model, [sentence], WIDE, { alpha: LOW });
  return output.map(([moved]) => Math.round((moved / LOW) * 1000) / 1000);
}

test("a word that comes three times in a context counts three times", async () => {
  // around word 0 stands 1 three times; around each 1 stand 0 once and 1 twice: each gives half of the rate
  assert.equal(await outputsMoved(halves(1, 2, 0), [0, 1, 1, 1]), [1.5, 4.5, 0]);
});

test("a noise word that is drawn five times counts five times", async () => {
  assert.equal(await outputsMoved(halves(5, 2), [0, 1]), [0.5, 0.5, -5]);
});

test("a noise word that is the centre does not count there; it does for the block's other centres", async () => {
  // noise is word 0: for centre 0 it is lost, for centre 1 it counts five times
  assert.equal(await outputsMoved(halves(5, 0), [0, 1]), [0.5 - 2.5, 0.5, 0]);
});

test("a noise word counts with its weight", async () => {
  assert.equal(await outputsMoved(halves(5, 2, 0.5), [0, 1]), [0.5, 0.5, -2.5]);
});

test("CBOW: the mean of what is 1 and 1 is 1, their sum 2", async () => {
  // each of three words is predicted by the two others
  for (const [cbowMean, moved] of [
    [true, 0.5],
    [false, 1],
  ] as const) {
    assert.equal(await outputsMoved({ ...halves(1, 0, 0), sg: false, cbowMean }, [0, 1, 2]), [moved, moved, moved]);
  }
});

// ------------------------------------------------------------------ what a job promises

const everyLoss = [
  { draws: 8 },
  { hs: true },
  { hs: true, draws: 5, sg: false, cbowMean: true },
  { hs: true, draws: 5, sg: false, cbowMean: false },
].map((loss) => randomModel({ dimension: 20, ...loss }));

test("a word by itself trains nothing and draws nothing", async () => {
  for (const model of everyLoss) {
    using job = await GuardedJob.open(model, WIDE);
    const before = job.read();
    job.plan([[1], [], [2], [3]], FIRST);
    job.train(0.5);
    assert.equal(job.read(), before);
    const generator = reference.SplitMix64.ofJob(...FIRST);
    for (let words = 0; words < 3; words++) generator.next();
    assert.is(job.nextRandom(), generator.next());
  }
});

test("a job of no sentences trains nothing", async () => {
  for (const model of everyLoss) assert.equal(await train(model, [], WIDE, { alpha: 0.5 }), copy(model));
});

test("a window may be longer than a sentence", async () => {
  for (const model of everyLoss) {
    const trainWithin = (window: number) =>
      train(model, randomSentences(7, [6, 2, 5]), { window, shrinkWindows: false }, { alpha: 0.5 });
    assert.equal(await trainWithin(40), await trainWithin(5));
  }
});

test("words do not look beyond their sentence", async () => {
  for (const model of everyLoss.filter(({ draws }) => !draws)) {
    const together = await train(model, [[1, 2, 3], [4]], WIDE, { alpha: 0.5 });
    assert.equal(together, await train(model, [[1, 2, 3]], WIDE, { alpha: 0.5 }));
  }
});

test("the same job gives the same bytes, whatever ran before it in the same memory", async () => {
  const options = { window: 5, shrinkWindows: true };
  for (const model of everyLoss) {
    const expected = await train(model, someSentences, options, { alpha: 0.05 });
    using job = await GuardedJob.open(model, options);
    for (const lengths of [[100], [2], [17, 3, 50]]) {
      job.plan(randomSentences(8, lengths), [7, 7, 7]);
      job.train(0.05);
    }
    job.write(model);
    job.plan(someSentences, FIRST);
    job.train(0.05);
    assert.equal(job.read(), expected);
  }
});

test("another seed, epoch or job gives other bytes", async () => {
  const places: Place[] = [FIRST, [2, 0, 0], [1, 1, 0], [1, 0, 1]];
  for (const model of everyLoss) {
    const seen = new Set<string>();
    for (const place of places) {
      const options = { window: 5, shrinkWindows: true };
      seen.add(JSON.stringify(await train(model, someSentences, options, { alpha: 0.05, place })));
    }
    assert.is(seen.size, places.length);
  }
});

test("noise words are drawn in bulk, and come in their order through several bulks", async () => {
  // 3000 words are 750 blocks, whose 20 words each are four bulks of 4096
  const vocabSize = 1000;
  const model = randomModel({ vocabSize, dimension: 3, draws: 20, sg: false, cbowMean: true });
  await checkJob(model, randomSentences(9, [3000], vocabSize), { window: 1, shrinkWindows: false });
});

test("no number is lost to logits beyond all bounds", async () => {
  const model = randomModel({ dimension: 4, draws: 5, hs: true });
  const input = model.input.map((row) => row.map((value) => value * 1e6));
  const got = await train({ ...model, input }, someSentences, WIDE, { alpha: 0.05 });
  eachNumber(got, (name, i, d) => assert.ok(Number.isFinite(got[name][i][d]), `${name} ${i} ${d}`));
});

test.run();
