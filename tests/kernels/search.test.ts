// The kernels of search.ts, heap.ts and int8.ts against their plain twins.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { HEAP_ENTRY, int8RowBytesOf, rowBytesOf } from "../../src/engine/layout.ts";
import * as reference from "../helpers/reference.ts";
import { DIMENSIONS, ROUNDING, randomRow, randomRows, Scratch } from "../helpers/scratch.ts";

const near = (got: number, expected: number, bound: number) =>
  assert.ok(Math.abs(got - expected) <= bound, `got ${got}, expected ${expected} within ${bound}`);

/** What a score's product, norm, inverse and their product may be off by, relatively to Σ |q x| / |x|. */
const scoreBound = (query: number[], row: number[]) => {
  const length = reference.norm(row) || 1;
  const magnitude = reference.dot(query.map(Math.abs), row.map(Math.abs)) / length;
  return (1.5 * (row.length + 1) + 4) * ROUNDING * magnitude;
};

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

  test(`quantizeRows, D = ${dimension}: the twin's whole numbers, and what they leave`, async () => {
    using scratch = await Scratch.open();
    const { table, rows, norms } = place(scratch, twister, dimension);
    const rowBytes = int8RowBytesOf(dimension);
    const [whole, factors, residuals] = [rowBytes, 4, 4].map((size) => scratch.take(table.length * size));
    scratch.kernels.quantizeRows(rows, norms, table.length, bytes, whole, rowBytes, factors, residuals);
    for (const [i, row] of table.entries()) {
      const expected = reference.quantizeRow(row);
      const got = [...scratch.engine.i8(whole + i * rowBytes, rowBytes)];
      const length = reference.norm(row) || 1;
      // half-way between two whole numbers float32 may round the other way
      for (const [d, number] of expected.whole.entries()) near(got[d], number, 1);
      near(reference.dot(got, got), reference.dot(expected.whole, expected.whole), 255);
      assert.ok(got.slice(roundUpTo8(dimension)).every((number) => number === 0));
      near(scratch.engine.f32(factors + i * 4, 1)[0], expected.scale / length, 1e-6);
      near(scratch.engine.f32(residuals + i * 4, 1)[0], expected.left / length, 1e-5);
    }
  });

  test(`findCandidates, D = ${dimension}: the rows whose bound reaches a score`, async () => {
    using scratch = await Scratch.open();
    const { table, rows, norms } = place(scratch, twister, dimension);
    const rowBytes = int8RowBytesOf(dimension);
    const [whole, factors, residuals] = [rowBytes, 4, 4].map((size) => scratch.take(table.length * size));
    scratch.kernels.quantizeRows(rows, norms, table.length, bytes, whole, rowBytes, factors, residuals);
    const query = x.map((value) => Math.round(value * 32767));
    const [scale, weight, slack] = [Math.fround(1 / 32767), 2, 0.125];
    const struct = scratch.int8Search({
      rows: whole,
      rowBytes,
      factors,
      residuals,
      query: scratch.i16([...query, ...Array(rowBytes - dimension).fill(0)]),
      scale,
      weight,
      slack,
      found: scratch.take(table.length * 4),
    });
    const bounds = table.map((row) => {
      const length = reference.norm(row) || 1;
      const { whole: numbers, scale: rowScale, left } = reference.quantizeRow(row);
      return ((scale * rowScale) / length) * reference.dot(query, numbers) + (weight * left) / length + slack;
    });
    const least = 0.25;
    const count = scratch.kernels.findCandidates(struct, 5, table.length, least);
    const found = scratch.engine.u32(scratch.engine.u32(struct, 9)[8], count);
    const margin = 0.01;
    for (const [i, bound] of bounds.entries()) {
      if (i < 5 || bound < least - margin) assert.not.ok(found.includes(i), `row ${i} of bound ${bound}`);
      else if (bound > least + margin) assert.ok(found.includes(i), `row ${i} of bound ${bound}`);
    }
  });
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
