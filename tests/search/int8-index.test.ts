// The bound of the int8 index: no score is above it, however the rows and the queries lie.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { Int8Index } from "../../src/search/int8-index.ts";
import { buildTable } from "../../src/tables/build-table.ts";
import { addVectors } from "../../src/tables/edit-table.ts";
import { scoreRows } from "../../src/tables/scores.ts";
import type { VectorTable } from "../../src/tables/vector-table.ts";
import * as reference from "../helpers/reference.ts";
import { allowRelaxedSimd, indexBuilds } from "../helpers/relaxed-simd.ts";
import { randomRow } from "../helpers/scratch.ts";

allowRelaxedSimd();

async function tableOf(rows: number[][]): Promise<VectorTable> {
  await Engine.load();
  const keys = rows.map((_, i) => `key ${i}`);
  return buildTable(keys, rows[0].length, "float32", (table) => {
    for (const [i, row] of rows.entries()) table.setRow(i, row);
  });
}

/** Asks the table's way: the score of each row with a query, which is made a unit vector first. */
function ask(table: VectorTable, query: number[]) {
  const unit = table.query.clear().add(query, 1, false).normalize().read();
  return { unit, scores: scoreRows(table, 0, table.size).slice() };
}

/** What int8 leaves of a row: the query that the bound is tightest for points its way. */
function residual(row: number[], most: number): number[] {
  const { whole, scale } = reference.quantizeRow(row, most);
  return row.map((x, d) => x - scale * whole[d]);
}

const rowArbitrary = fc.record({
  dimension: fc.constantFrom(1, 2, 3, 8, 16, 17, 50, 300),
  seeds: fc.array(fc.nat(10000), { minLength: 1, maxLength: 6 }),
  // beyond 58 the squares of float32 are infinite, which is an error
  power: fc.integer({ min: -45, max: 58 }),
  spike: fc.boolean(),
  towards: fc.constantFrom("residual" as const, "row" as const, "random" as const),
});

/** The largest whole number of a row in each build; how far the bound is above a score, in two tests. */
const BOUNDS = {
  simd: { most: 127, tight: 1.02, above: 0.01 },
  relaxed: { most: 63, tight: 1.02, above: 0.03 },
};

for (const { build, asIn } of indexBuilds()) {
  const { most, tight, above } = BOUNDS[build];

  test(`${build}: every row whose score is asked for is a candidate, for one query and for two`, async () => {
    await fc.assert(
      fc.asyncProperty(rowArbitrary, async ({ dimension, seeds, power, spike, towards }) => {
        // a spike makes the whole numbers of the other dimensions few, so the residual large
        const rows = seeds.map((seed) =>
          randomRow(new reference.MersenneTwister(seed), dimension).map(
            (x, d) => (spike && d === 0 ? 40 : x) * 2 ** power,
          ),
        );
        const table = await tableOf(rows);
        const index = await asIn(() => Int8Index.build(table));
        for (const row of rows) {
          const random = randomRow(new reference.MersenneTwister(seeds[0] + 1), dimension);
          const { unit, scores } = ask(table, { residual: residual(row, most), row, random }[towards]);
          for (const q of [0, 1, 2]) index.setQuery(q, unit);
          for (const [i, score] of scores.entries()) {
            const found = [index.candidates(0, i, i + 1, score), index.candidates(1, i, i + 1, score, score)].flat();
            assert.equal(found, Array(3).fill(Uint32Array.of(i)), `row ${i}, score ${score}`);
          }
        }
        index.close();
        table.close();
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test(`${build}: a row is ruled out where the bound is a little below: it is tight where query and residual agree`, async () => {
    const row = [most, 0.49, -0.49, 0.49, 0.49];
    const table = await tableOf([row]);
    const index = await asIn(() => Int8Index.build(table));
    const { unit, scores } = ask(table, residual(row, most));
    index.setQuery(0, unit);
    assert.equal(index.candidates(0, 0, 1, scores[0]), [Uint32Array.of(0)]);
    assert.equal(index.candidates(0, 0, 1, scores[0] * tight), [new Uint32Array()]);
    index.close();
    table.close();
  });

  test(`${build}: the bound of 300 random dimensions is at most ${above} above the score`, async () => {
    const twister = new reference.MersenneTwister(1);
    const table = await tableOf(Array.from({ length: 100 }, () => randomRow(twister, 300)));
    const index = await asIn(() => Int8Index.build(table));
    const { unit, scores } = ask(table, randomRow(twister, 300));
    index.setQuery(0, unit);
    for (const [i, score] of scores.entries()) {
      assert.equal(index.candidates(0, i, i + 1, score + above), [new Uint32Array()]);
    }
    index.close();
    table.close();
  });

  test(`${build}: an index that has grown is right, whatever lay where its rows and queries lie now`, async () => {
    const twister = new reference.MersenneTwister(2);
    const rows = Array.from({ length: 40 }, () => randomRow(twister, 33));
    const table = await tableOf(rows.slice(0, 30));
    const index = await asIn(() => Int8Index.build(table));
    for (let q = 0; q < 256; q++) index.setQuery(q, Float32Array.from(rows[q % 30]));
    for (let size = 30; size < rows.length; size++) {
      addVectors(table, [`key ${size}`], [Float32Array.from(rows[size])]);
      index.refresh();
      for (const [q, row] of rows.entries()) {
        const { unit, scores } = ask(table, row);
        index.setQuery(q, unit);
        for (const [i, score] of scores.entries()) {
          assert.equal(index.candidates(q, i, i + 1, score), [Uint32Array.of(i)]);
          assert.equal(index.candidates(q, i, i + 1, score + 0.1), [new Uint32Array()]);
        }
      }
    }
    index.close();
    table.close();
  });
}

test.run();
