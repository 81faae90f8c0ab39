// Tables that keep bfloat16, float16 or int8: they answer as a float32 table of the same numbers does, bit for bit.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { ROW_FORMATS } from "../../src/tables/row-format.ts";
import { setRows } from "../../src/tables/set-rows.ts";
import type { VectorTable } from "../../src/tables/vector-table.ts";
import * as reference from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { DIMENSIONS } from "../helpers/scratch.ts";
import { named, randomTable } from "../helpers/tables.ts";

const NARROW = ["bfloat16", "float16", "int8"] as const;

/** A narrow table, and a float32 table of what it keeps. */
async function twins(dtype: (typeof NARROW)[number], size: number, dimension: number) {
  const rows = randomTable(dimension, size, dimension);
  const narrow = await KeyedVectors.from(named(size), rows, { dtype });
  const wide = await KeyedVectors.from(named(size), narrow.toMatrix());
  return { rows, narrow, wide };
}

const tableOf = (vectors: KeyedVectors) => (vectors as unknown as { table: VectorTable }).table;

/** The bits that a format writes for numbers. */
function written(dtype: "bfloat16" | "float16", numbers: number[]): Uint16Array {
  const row = new Uint8Array(numbers.length * 2);
  ROW_FORMATS[dtype].write(row, numbers);
  return new Uint16Array(row.buffer);
}

for (const [dtype, from] of [
  ["bfloat16", reference.fromBfloat16],
  ["float16", reference.fromFloat16],
] as const) {
  test(`${dtype}: each of its numbers is kept, and what lies between two becomes the nearer`, () => {
    const all = Array.from({ length: 65536 }, (_, bits) => bits);
    const finite = all.filter((bits) => Number.isFinite(from(bits)));
    assert.equal([...written(dtype, finite.map(from))], finite);
    const next = finite.filter((bits) => Number.isFinite(from(bits + 1)));
    // half-way between two, the even one
    const halfway = written(
      dtype,
      next.map((bits) => (from(bits) + from(bits + 1)) / 2),
    );
    assert.equal(
      [...halfway],
      next.map((bits) => bits + (bits % 2)),
    );
    const nearer = written(
      dtype,
      next.map((bits) => from(bits) * 0.51 + from(bits + 1) * 0.49),
    );
    // the smallest bfloat16 are float32's own last bits: there is nothing between
    assert.equal([...nearer].filter((bits, i) => bits !== next[i]).length, 0);
  });
}

test("int8: many rows at a time become what each becomes by itself, whatever they hold", async () => {
  for (const width of [1, 3, 8, 100, 1537]) {
    const rows = [...randomTable(width, 50, width)].map((row) => Float32Array.from(row));
    rows[3].fill(0);
    rows[5].forEach((x, d) => {
      rows[5][d] = x * 1e-40;
    });
    rows[7].forEach((x, d) => {
      rows[7][d] = x * 1e37;
    });
    rows[9].forEach((_, d) => {
      rows[9][d] = d % 2 ? 1 : -0.5 / 127;
    });
    using one = await KeyedVectors.from(named(50), rows, { dtype: "int8" });
    using many = await KeyedVectors.from(
      named(50),
      rows.map(() => new Float32Array(width)),
      { dtype: "int8" },
    );
    setRows(tableOf(many), 0, Float32Array.from(rows.flatMap((row) => [...row])));
    for (let i = 0; i < 50; i++)
      assert.equal(many.getVector({ row: i }), one.getVector({ row: i }), `width ${width}, row ${i}`);
  }
});

test("int8: NaN stays", async () => {
  using vectors = await KeyedVectors.from(
    ["a", "b"],
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: "int8" },
  );
  setRows(tableOf(vectors), 0, Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 1));
  assert.equal(tableOf(vectors).notFinite(), [-1, 0]);
  tableOf(vectors).changed();
  assert.equal(tableOf(vectors).notFinite(), [0, 2]);
});

test("int8: the largest number of a row is 127 scales", async () => {
  using vectors = await KeyedVectors.from(
    ["a", "b", "c"],
    [
      [127, -64.4, 0.6],
      [-2.54, 0.009, 0],
      [0, 0, 0],
    ],
    { dtype: "int8" },
  );
  assert.equal([...vectors.getVector("a")], [127, -64, 1]);
  assert.equal(
    [...vectors.getVector("b")].map((x) => Number(x.toFixed(6))),
    [-2.54, 0, 0],
  );
  assert.equal([...vectors.getVector("c")], [0, 0, 0]);
  assert.is(vectors.similarity("a", "c"), 0);
});

for (const dtype of NARROW) {
  for (const dimension of DIMENSIONS) {
    test(`${dtype}, D = ${dimension}: numbers are off by their rounding only`, async () => {
      const { rows, narrow, wide } = await twins(dtype, 30, dimension);
      assert.is(narrow.dtype, dtype);
      for (const [i, row] of rows.entries()) {
        const largest = Math.max(...row.map(Math.abs));
        for (const [d, x] of narrow.getVector({ row: i }).entries()) {
          const bound = { bfloat16: 2 ** -8 * Math.abs(row[d]), float16: 2 ** -11, int8: largest / 254 + 1e-7 }[dtype];
          assert.ok(Math.abs(x - row[d]) <= bound, `${x}, not ${row[d]} within ${bound}`);
        }
      }
      narrow.close();
      wide.close();
    });
  }

  test(`${dtype}: every query has the answer of a float32 table of the same numbers`, async () => {
    // more rows than are widened at a time
    const { narrow, wide } = await twins(dtype, 700, 100);
    const asked = ["key 3", "key 600", { row: 5 }];
    const ask = (vectors: KeyedVectors) => ({
      one: vectors.mostSimilar("key 7"),
      all: vectors.mostSimilar("key 7", { topn: null }),
      clipped: vectors.mostSimilar("key 7", { clipStart: 300, clipEnd: 690 }),
      listed: vectors.mostSimilar("key 7", { filter: (_, row) => row % 3 === 0 }),
      batch: vectors.mostSimilarBatch(asked),
      cosmul: vectors.mostSimilarCosmul(["key 1", "key 2"], { negative: "key 3" }),
      similarity: vectors.similarity("key 1", "key 699"),
      mean: vectors.getMeanVector(["key 1", "key 699"]),
      odd: vectors.doesntMatch(["key 1", "key 2", "key 3"]),
      moved: vectors.wmdistance(["key 1", "key 2"], ["key 3", "key 650"]),
      plane: vectors.project({ keys: ["key 1", "key 5", "key 699"] }),
      unit: vectors.getVector("key 650", { norm: true }),
    });
    const expected = ask(wide);
    assert.equal(ask(narrow), expected);
    const graph = await wide.neighborGraph({ k: 3 });
    assert.equal(await narrow.neighborGraph({ k: 3 }), graph);
    await narrow.buildIndex({ dtype: "int8" });
    assert.equal(ask(narrow), expected);
    assert.equal(await narrow.neighborGraph({ k: 3 }), graph);
    narrow.close();
    wide.close();
  });

  test(`${dtype}: tables grow, are sorted, copied and normalized`, async () => {
    const { rows, narrow, wide } = await twins(dtype, 40, 20);
    narrow.addVectors(["more", "much more"], [rows[1], rows[2]]);
    assert.equal(narrow.getVector("more"), narrow.getVector("key 1"));
    narrow.setVector("key 0", rows[2]);
    assert.equal(narrow.getVector("key 0"), narrow.getVector("key 2"));
    assert.equal(
      narrow.mostSimilar("key 2", { topn: 2 }).map(([key]) => key),
      ["key 0", "much more"],
    );
    narrow.setVecattr("much more", "count", 1000);
    narrow.sortByDescendingFrequency();
    assert.is(narrow.indexToKey.at(0), "much more");
    assert.equal(narrow.getVector("much more"), wide.getVector("key 2"));
    assert.equal(narrow.getVector("key 30"), wide.getVector("key 30"));
    using copy = await narrow.detach();
    assert.is(copy.dtype, dtype);
    assert.equal(copy.toMatrix(), narrow.toMatrix());
    narrow.unitNormalizeAll();
    for (const row of narrow.toMatrix()) {
      const length = reference.norm([...row]);
      assert.ok(Math.abs(length - 1) < 0.01, `a unit vector of length ${length}`);
    }
    narrow.close();
    wide.close();
  });
}

test("a dtype that is not known, and a number that it cannot hold, are errors", async () => {
  const matrix = [[1, 70000]];
  await rejects("option-invalid", /dtype is "int4"; expected "float32" or "bfloat16" or/, () =>
    KeyedVectors.from(["a"], matrix, { dtype: "int4" as "int8" }),
  );
  await rejects("option-invalid", /Row 0 \("a"\)/, () => KeyedVectors.from(["a"], matrix, { dtype: "float16" }));
  await rejects("option-unknown", /Did you mean "dtype"/, () =>
    KeyedVectors.from(["a"], matrix, { dType: 1 } as object),
  );
});

test.run();
