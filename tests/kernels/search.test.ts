// The kernels of search.ts, heap.ts and int8.ts against their plain twins.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { HEAP_ENTRY, INT8_FIELDS, INT8_FOUND, int8RowBytesOf, rowBytesOf } from "../../src/engine/layout.ts";
import { hasExactDot } from "../../src/engine/simd.ts";
import { structBytes } from "../../src/engine/struct.ts";
import * as reference from "../helpers/reference.ts";
import { allowRelaxedSimd } from "../helpers/relaxed-simd.ts";
import { DIMENSIONS, ROUNDING, randomRow, randomRows, Scratch } from "../helpers/scratch.ts";

const near = (got: number, expected: number, bound: number) =>
  assert.ok(Math.abs(got - expected) <= bound, `got ${got}, expected ${expected} within ${bound}`);

/** What a score's product, norm, inverse and their product may be off by, relatively to Σ |q x| / |x|. */
const scoreBound = (query: number[], row: number[]) => {
  const length = reference.norm(row) || 1;
  const magnitude = reference.dot(query.map(Math.abs), row.map(Math.abs)) / length;
  return (1.5 * (row.length + 1) + 4) * ROUNDING * magnitude;
};

allowRelaxedSimd();

/** What the builds make whole numbers of: rows up to `most`, `added` to each, and queries up to `queryMost`. */
const FORMS = [
  { name: "simd", isRelaxed: false, most: 127, added: 0, queryMost: 32767 },
  { name: "relaxed", isRelaxed: true, most: 63, added: 64, queryMost: 127 },
].filter(({ isRelaxed }) => !isRelaxed || hasExactDot());

const unit = (row: number[]) => row.map((x) => x / reference.norm(row));

/** A table of random rows, a copy of its fourth row, one of zeros, and its norms. */
function place(scratch: Scratch, twister: reference.MersenneTwister, dimension: number) {
  const table = randomRows(twister, 30, dimension);
  table.push([...table[3]], Array<number>(dimension).fill(0));
  const rows = scratch.rows(table);
  const norms = scratch.take(table.length * 4);
  scratch.kernels.fillNorms(rows, table.length, rowBytesOf(dimension), norms);
  return { table, rows, norms };
}

/** What a search found: for each query the indices and the scores, the best first. */
function search(
  scratch: Scratch,
  {
    rows,
    norms,
    dimension,
    queries,
    limit,
  }: Record<"rows" | "norms" | "dimension" | "limit", number> & {
    queries: number[][];
  },
  compare: (search: number) => void,
) {
  const heaps = scratch.take(queries.length * limit * HEAP_ENTRY);
  const found = scratch.take(queries.length * 4);
  const struct = scratch.search({
    rows,
    norms,
    rowBytes: rowBytesOf(dimension),
    queries: scratch.rows(queries),
    queryCount: queries.length,
    heaps,
    limit,
  });
  scratch.kernels.beginSearch(struct);
  compare(struct);
  scratch.kernels.endSearch(struct, found);
  return queries.map((_, q) => {
    const count = scratch.engine.u32(found, queries.length)[q];
    const begin = heaps + q * limit * HEAP_ENTRY;
    const pairs = [...scratch.engine.u32(begin, count * 2).keys()].filter((i) => i % 2 === 0);
    return {
      ids: pairs.map((i) => scratch.engine.u32(begin, count * 2)[i]),
      scores: pairs.map((i) => scratch.engine.f32(begin, count * 2)[i + 1]),
    };
  });
}

for (const dimension of DIMENSIONS) {
  const bytes = rowBytesOf(dimension);
  const twister = new reference.MersenneTwister(dimension);
  const x = randomRow(twister, dimension);

  test(`norms and scores, D = ${dimension}; a row of zeros scores 0`, async () => {
    using scratch = await Scratch.open();
    const { table, rows, norms } = place(scratch, twister, dimension);
    const scores = scratch.take(table.length * 4);
    scratch.kernels.fillScores(scratch.row(x), rows, norms, table.length, bytes, Number.POSITIVE_INFINITY, scores);
    const expected = { norms: reference.norms(table), scores: reference.scores(x, table) };
    for (const [i, row] of table.entries()) {
      const relative = ((dimension + 1) / 2 + 1) * ROUNDING;
      near(scratch.engine.f32(norms, table.length)[i], expected.norms[i], relative * expected.norms[i]);
      near(scratch.engine.f32(scores, table.length)[i], expected.scores[i], scoreBound(x, row));
    }
  });

  for (const queryCount of [1, 2, 3, 6]) {
    test(`searchRows, D = ${dimension}, ${queryCount} queries: fillScores' bits, the best first`, async () => {
      using scratch = await Scratch.open();
      const { table, rows, norms } = place(scratch, twister, dimension);
      const queries = randomRows(twister, queryCount, dimension).map(unit);
      const limit = 7;
      const expected = queries.map((query) => {
        const scores = scratch.take(table.length * 4);
        scratch.kernels.fillScores(scratch.row(query), rows, norms, table.length, bytes, 1, scores);
        return [...scratch.engine.f32(scores, table.length)];
      });
      // in two pieces, the second of an odd number of rows
      const found = search(scratch, { rows, norms, dimension, queries, limit }, (struct) => {
        scratch.kernels.searchRows(struct, 0, 0, 15);
        scratch.kernels.searchRows(struct, 0, 15, table.length);
      });
      for (const [q, { ids, scores }] of found.entries()) {
        assert.equal(ids, reference.topIndices(expected[q], limit));
        assert.equal(
          scores,
          ids.map((id) => expected[q][id] + 0),
        );
      }
      // where the twin's scores differ by more than rounding, its order is the same
      const [best] = reference.nearest(queries, table, 1)[0];
      near(found[0].scores[0], reference.scores(queries[0], table)[best], scoreBound(queries[0], table[best]));
    });
  }

  test(`searchRows, D = ${dimension}: rows by their ids, more of them wanted than there are`, async () => {
    using scratch = await Scratch.open();
    const { rows, norms } = place(scratch, twister, dimension);
    const ids = [2, 3, 11, 28, 30];
    const queries = randomRows(twister, 2, dimension).map(unit);
    const found = search(scratch, { rows, norms, dimension, queries, limit: 9 }, (struct) => {
      scratch.kernels.searchRows(struct, scratch.u32(ids), 0, ids.length);
    });
    for (const { ids: got, scores } of found) {
      assert.equal([...got].sort(), [...ids].sort());
      assert.ok(got.indexOf(3) === got.indexOf(30) - 1, "equal rows stand in the order of their indices");
      assert.is(scores[got.indexOf(3)], scores[got.indexOf(30)]);
    }
  });

  for (const form of FORMS) {
    test(`quantizeRows, ${form.name}, D = ${dimension}: the twin's whole numbers, and what they leave`, async () => {
      using scratch = await Scratch.open(form.isRelaxed);
      const { table, rows, norms } = place(scratch, twister, dimension);
      const { whole, factors, residuals, rowBytes } = quantize(scratch, rows, norms, table.length, dimension);
      for (const [i, row] of table.entries()) {
        const expected = reference.quantizeRow(row, form.most);
        const got = [...scratch.engine.i8(whole + i * rowBytes, dimension)].map((number) => number - form.added);
        const length = reference.norm(row) || 1;
        // half-way between two whole numbers float32 may round the other way
        for (const [d, number] of expected.whole.entries()) near(got[d], number, 1);
        near(reference.dot(got, got), reference.dot(expected.whole, expected.whole), 255);
        const padding = [...scratch.engine.i8(whole + i * rowBytes, rowBytes)].slice(roundUpTo8(dimension));
        assert.ok(padding.every((number) => number === 0));
        near(scratch.engine.f32(factors + i * 4, 1)[0], expected.scale / length, 1e-6);
        near(scratch.engine.f32(residuals + i * 4, 1)[0], expected.left / length, 1e-5);
      }
    });

    test(`findCandidates, ${form.name}, D = ${dimension}: the rows whose bound reaches a score, alone and as a pair`, async () => {
      using scratch = await Scratch.open(form.isRelaxed);
      const { table, rows, norms } = place(scratch, twister, dimension);
      const { whole, factors, residuals, rowBytes } = quantize(scratch, rows, norms, table.length, dimension);
      const [scale, weight, slack] = [Math.fround(1 / form.queryMost), 2, 0.125];
      const queries = [x, randomRow(twister, dimension)].map((query) =>
        query.map((value) => Math.round(value / scale)),
      );
      const found = scratch.take(queries.length * INT8_FOUND * 4);
      const structs = queries.map((query, q) => {
        const padded = [...query, ...Array(rowBytes - dimension).fill(0)];
        return {
          ...{ rows: whole, rowBytes, factors, residuals, scale, weight, slack },
          query: form.isRelaxed ? scratch.u8(padded) : scratch.i16(padded),
          start: form.isRelaxed ? -16 * query.reduce((sum, p) => sum + p, 0) : 0,
          found: found + q * INT8_FOUND * 4,
        };
      });
      const searches = scratch.int8Searches(structs);
      const least = [0.25, 0.5];
      const margin = 0.01;
      const read = (q: number) => {
        const words = scratch.engine.u32(found + q * INT8_FOUND * 4, INT8_FOUND);
        const ids = [...words.subarray(1, 1 + words[0])];
        words[0] = 0;
        return ids;
      };
      const check = (q: number, begin: number, end: number) => {
        const ids = read(q);
        for (const [i, row] of table.entries()) {
          const length = reference.norm(row) || 1;
          const { whole: numbers, scale: rowScale, left } = reference.quantizeRow(row, form.most);
          const product = ((scale * rowScale) / length) * reference.dot(queries[q], numbers);
          const bound = product + (weight * left) / length + slack;
          const message = `row ${i} of bound ${bound}, rows ${begin} to ${end}`;
          if (i < begin || i >= end || bound < least[q] - margin) assert.not.ok(ids.includes(i), message);
          else if (bound > least[q] + margin) assert.ok(ids.includes(i), message);
        }
        return ids;
      };
      for (const [begin, end] of [
        [5, table.length],
        [0, 1],
        [3, 9],
        [table.length - 1, table.length],
      ]) {
        const alone = queries.map((_, q) => {
          scratch.kernels.findCandidates(searches + q * structBytes(INT8_FIELDS), begin, end, least[q]);
          return check(q, begin, end);
        });
        scratch.kernels.findPairCandidates(searches, begin, end, least[0], least[1]);
        assert.equal([read(0), read(1)], alone);
      }
    });
  }
}

/** The rows of a table as an index has them. */
function quantize(scratch: Scratch, rows: number, norms: number, count: number, dimension: number) {
  const rowBytes = int8RowBytesOf(dimension);
  const [whole, factors, residuals] = [rowBytes, 4, 4].map((size) => scratch.take(count * size));
  scratch.kernels.quantizeRows(rows, norms, count, rowBytesOf(dimension), whole, rowBytes, factors, residuals);
  return { whole, factors, residuals, rowBytes };
}

const roundUpTo8 = (dimension: number) => Math.ceil(dimension / 8) * 8;

async function selectTop(scores: number[], limit: number): Promise<number[]> {
  using scratch = await Scratch.open();
  const heap = scratch.take(limit * HEAP_ENTRY);
  const found = scratch.kernels.selectTop(scratch.f32(scores), scores.length, limit, heap) >>> 0;
  const pairs = scratch.engine.u32(heap, found * 2);
  const selected = Array.from({ length: found }, (_, i) => pairs[i * 2]);
  assert.equal(
    Array.from({ length: found }, (_, i) => scratch.engine.f32(heap, found * 2)[i * 2 + 1]),
    selected.map((i) => Math.fround(scores[i])),
  );
  return selected;
}

test("selectTop: the best first, for every limit", async () => {
  const scores = randomRow(new reference.MersenneTwister(1), 200);
  for (let limit = 0; limit <= scores.length; limit++) {
    assert.equal(await selectTop(scores, limit), reference.topIndices(scores, limit));
  }
});

test("selectTop: of equal scores the lower index first, for every limit", async () => {
  const twister = new reference.MersenneTwister(2);
  const scores = Array.from({ length: 200 }, () => twister.below(7) - 3);
  for (let limit = 0; limit <= scores.length; limit++) {
    assert.equal(await selectTop(scores, limit), reference.topIndices(scores, limit));
  }
});

test("selectTop: sorted scores, either way round, and equal ones", async () => {
  const rising = Array.from({ length: 100 }, (_, i) => i);
  assert.equal(await selectTop(rising, 3), [99, 98, 97]);
  assert.equal(await selectTop([...rising].reverse(), 3), [0, 1, 2]);
  assert.equal(await selectTop(Array(100).fill(0.5), 3), [0, 1, 2]);
});

test("selectTop: -0 is 0, and as many as there are where the limit is higher", async () => {
  assert.equal(await selectTop([-1, -0, 0, -0, 1], 10), [4, 1, 2, 3, 0]);
  assert.equal(await selectTop([], 10), []);
});

test.run();
