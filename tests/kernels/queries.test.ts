// The kernels of distance.ts, analogy.ts, predict.ts and score.ts against their plain twins.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { ANALOGY_FIELDS, rowBytesOf } from "../../src/engine/layout.ts";
import * as reference from "../helpers/reference.ts";
import { DIMENSIONS, ROUNDING, randomRow, randomRows, Scratch } from "../helpers/scratch.ts";

const near = (got: number, expected: number, bound: number) =>
  assert.ok(Math.abs(got - expected) <= bound, `got ${got}, expected ${expected} within ${bound}`);

for (const dimension of DIMENSIONS) {
  const bytes = rowBytesOf(dimension);
  const twister = new reference.MersenneTwister(dimension);
  // a difference of numbers up to 1 is off by a few roundings, and the root of a sum of squares by no more than all
  const bound = (dimension + 8) * ROUNDING * Math.sqrt(dimension);

  for (const unit of [false, true]) {
    test(`distances${unit ? " of unit vectors" : ""}, D = ${dimension}`, async () => {
      using scratch = await Scratch.open();
      const table = [...randomRows(twister, 6, dimension), Array<number>(dimension).fill(0)];
      const rows = scratch.rows(table);
      const norms = scratch.f32(reference.norms(table));
      const ids = [6, 0, 3, 3, 5];
      const out = scratch.take(ids.length * 4);
      scratch.kernels.fillDistances(rows, unit ? norms : 0, 3, scratch.u32(ids), ids.length, bytes, out);
      const got = scratch.engine.f32(out, ids.length);
      for (const [i, id] of ids.entries()) near(got[i], reference.distance(table[3], table[id], unit), bound);
      assert.is(got[2], 0, "a row is no distance from itself");
    });
  }

  test(`probabilities, D = ${dimension}, sum up to 1`, async () => {
    using scratch = await Scratch.open();
    const table = randomRows(twister, 9, dimension);
    const hidden = randomRow(twister, dimension);
    const out = scratch.take(table.length * 4);
    scratch.kernels.fillProbabilities(scratch.row(hidden), scratch.rows(table), table.length, bytes, out);
    const got = [...scratch.engine.f32(out, table.length)];
    // an error of the product is a relative one of the exponential
    for (const [i, expected] of reference.probabilities(hidden, table).entries()) {
      near(got[i], expected, 2 * (dimension + 3) * ROUNDING);
    }
    near(
      got.reduce((a, b) => a + b),
      1,
      9 * ROUNDING,
    );
  });
}

test("probabilities of products beyond what an exponential can be", async () => {
  using scratch = await Scratch.open();
  const out = scratch.take(8);
  scratch.kernels.fillProbabilities(scratch.row([1000]), scratch.rows([[100], [-100]]), 2, rowBytesOf(1), out);
  assert.equal([...scratch.engine.f32(out, 2)], [1, 0]);
});

for (const multiplicative of [false, true]) {
  test(`answers to analogies by ${multiplicative ? "3CosMul" : "3CosAdd"}, block by block`, async () => {
    using scratch = await Scratch.open();
    const [words, rows, block] = [5, 50, 13];
    const twister = new reference.MersenneTwister(words);
    // few different cosines, so that equal scores are common
    const cosines = Array.from({ length: words }, () => Array.from({ length: rows }, () => (twister.below(9) - 4) / 4));
    const places = Array.from({ length: rows }, () => twister.below(12)).map((n) => (n < words ? n : 0xffffffff));
    const questions = Array.from({ length: 40 }, () => Array.from({ length: 3 }, () => twister.below(words)));
    const analogies = scratch.u32(questions.flatMap(([a, b, c]) => [a, b, c, 0, 0xffffffff]));
    const fields = ANALOGY_FIELDS.length;
    const scores = scratch.engine.f32(analogies, questions.length * fields);
    for (let q = 0; q < questions.length; q++) scores[q * fields + 3] = Number.NEGATIVE_INFINITY;
    for (let begin = 0; begin < rows; begin += block) {
      const count = Math.min(block, rows - begin);
      // what lies behind the last cosine of a row is no answer
      const part = cosines.flatMap((row) => [...row.slice(begin, begin + count), ...Array(16 - count).fill(1)]);
      scratch.kernels.answerAnalogies(
        analogies, questions.length, scratch.f32(part), 64, scratch.u32(places.slice(begin, begin + count)), begin,
        count, multiplicative,
      ); // biome-ignore format: one call
    }
    const answers = scratch.engine.u32(analogies, questions.length * fields);
    for (const [q, [a, b, c]] of questions.entries()) {
      const expected = reference.answer(cosines[a], cosines[b], cosines[c], multiplicative, (row) =>
        [a, b, c].includes(places[row]),
      );
      assert.is(answers[q * fields + 4], expected, `question ${q}`);
    }
  });
}

test("a block in which every row is one of the question's words has no answer", async () => {
  using scratch = await Scratch.open();
  const analogies = scratch.u32([0, 1, 1, 0, 0xffffffff]);
  scratch.engine.f32(analogies, 5)[3] = Number.NEGATIVE_INFINITY;
  const cosines = scratch.f32([...Array(16).fill(1), ...Array(20).fill(1)]);
  scratch.kernels.answerAnalogies(analogies, 1, cosines, 64, scratch.u32([0, 1, 1]), 0, 3, false);
  assert.is(scratch.engine.u32(analogies, 5)[4], 0xffffffff);
});

for (const sg of [1, 0]) {
  for (const cbowMean of [1, 0]) {
    test(`score of a sentence, sg ${sg}, cbowMean ${cbowMean}: of all windows, and of a part of the words`, async () => {
      using scratch = await Scratch.open();
      const [size, dimension, window] = [6, 10, 2];
      const twister = new reference.MersenneTwister(7);
      const input = randomRows(twister, size, dimension);
      const nodes = randomRows(twister, size - 1, dimension);
      const paths = Array.from({ length: size }, () =>
        Array.from({ length: 1 + twister.below(3) }, () => ({ node: twister.below(size - 1), code: twister.below(2) })),
      );
      const sigmoid = scratch.take(2000 * 4);
      scratch.kernels.fillSigmoid(sigmoid);
      const offsets = paths.map((_, word) => paths.slice(0, word).flat().length);
      const job = scratch.job({
        input: scratch.rows(input),
        nodes: scratch.rows(nodes),
        rowBytes: rowBytesOf(dimension),
        window,
        paths: scratch.u32([...offsets, paths.flat().length]),
        points: scratch.u32(paths.flat().map(({ node }) => node)),
        codes: scratch.u8(paths.flat().map(({ code }) => code)),
        sg,
        cbowMean,
        sigmoid,
        hidden: scratch.take(rowBytesOf(dimension)),
      });
      const model = { input, output: [], negative: 0, noise: [], nodes, paths, sg: sg === 1, cbowMean: cbowMean === 1 };
      const words = [0, 5, 2, 2, 1, 4, 3, 0];
      const ids = scratch.u32(words);
      const score = (from: number, to: number) => scratch.kernels.scoreWords(job, ids, words.length, from, to);
      const expected = reference.scoreSentence(model, words, window);
      // a logit that is rounded may fall into the next entry of the table, 1/83 further
      const entries = words.length * (sg ? 2 * window : 1) * 3;
      near(score(0, words.length), expected, 1e-5 * entries);
      near(score(0, 3) + score(3, 3) + score(3, words.length), score(0, words.length), 1e-9);
    });
  }
}

test.run();
