// Rows that a reader gives become a table, as they come.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { TableSink, type TableSinkOptions } from "../../src/tables/load-table.ts";
import { ROW_FORMATS, type RowDtype } from "../../src/tables/row-format.ts";
import { rejects } from "../helpers/rejects.ts";
import { named, randomTable } from "../helpers/tables.ts";

await Engine.load();

const open = (options: Partial<TableSinkOptions> = {}) =>
  TableSink.open({ dtype: "float32", unicodeErrors: "strict", file: "x.bin", ...options });

const bytes = (text: string) => new TextEncoder().encode(text);

test("keys come as texts or bytes; counts fall from the number of rows to 1, as in gensim", async () => {
  const sink = await open();
  sink.begin({ width: 2 });
  assert.ok(sink.add("a", [1, 2]));
  assert.ok(sink.add(bytes("日本"), Float32Array.of(3, 4)));
  const { table, warnings } = sink.finish();
  const vectors = new KeyedVectors(table);
  assert.equal([...vectors.indexToKey], ["a", "日本"]);
  assert.equal(vectors.toMatrix().toArrays(), [
    [1, 2],
    [3, 4],
  ]);
  assert.equal([vectors.getVecattr("a", "count"), vectors.getVecattr("日本", "count")], [2, 1]);
  assert.equal(warnings, []);
  // it can grow, and what grows is zeros before it is written
  vectors.addVector("new", [2, 4]);
  assert.equal(vectors.mostSimilar("a", { topn: 1 })[0][0], "new");
  vectors.close();
});

test("a key that comes again is left out, however many rows wait for their ids", async () => {
  const keys = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(keys, fc.constantFrom<RowDtype>("float32", "int8"), async (keys, dtype) => {
      const sink = await open({ dtype });
      sink.begin({ rows: keys.length, width: 3 });
      for (const [i, key] of keys.entries()) sink.add(String(key), [i, -i, 127]);
      sink.attribute(
        "count",
        keys.map((_, i) => i + 1),
      );
      sink.attribute(
        "weight",
        keys.map((_, i) => i / 2),
      );
      const { table, warnings } = sink.finish();
      using vectors = new KeyedVectors(table);
      const different = [...new Set(keys)];
      assert.equal([...vectors.indexToKey], different.map(String));
      for (const key of different) {
        const first = keys.indexOf(key);
        assert.equal([...vectors.getVector(key)], [first, 0 - first, 127]);
        assert.is(vectors.getVecattr(key, "count"), first + 1);
        assert.is(vectors.getVecattr(key, "weight"), first / 2);
      }
      const left = keys.length - different.length;
      assert.is(warnings.length, Number(left > 0));
      const firstLeft = keys.findIndex((key, i) => keys.indexOf(key) < i);
      if (left)
        assert.match(
          warnings[0].message,
          new RegExp(`^${left} rows? of x\\.bin left out, .*: first row ${firstLeft}\\.`),
        );
    }),
    { numRuns: 60 },
  );
});

test("many rows, of keys that fill the buffer again and again, and one that is larger than it", async () => {
  const keys = [...named(3000).map((key) => key + "x".repeat(60)), "y".repeat(300_000), ...named(3000)];
  const sink = await open();
  sink.begin({ width: 4 });
  for (const [i, key] of keys.entries()) {
    sink.add(key, [i, 1, 2, 3]);
    // each twice
    sink.add(key, [-1, -1, -1, -1]);
  }
  const { table } = sink.finish();
  using vectors = new KeyedVectors(table);
  assert.is(vectors.size, keys.length);
  const matrix = vectors.toMatrix();
  for (const [i, key] of keys.entries()) {
    assert.is(vectors.indexToKey[i], key);
    assert.equal([...matrix.row(i)], [i, 1, 2, 3]);
  }
});

for (const dtype of Object.keys(ROW_FORMATS) as RowDtype[]) {
  test(`${dtype}: the table is the one that KeyedVectors.from makes`, async () => {
    const rows = randomTable(1, 50, 13);
    const sink = await open({ dtype });
    sink.begin({ rows: 50, width: 13 });
    for (const [i, key] of named(50).entries()) sink.add(key, rows[i]);
    using vectors = new KeyedVectors(sink.finish().table);
    using expected = await KeyedVectors.from(named(50), rows, { dtype });
    assert.is(vectors.dtype, dtype);
    assert.equal(vectors.toMatrix(), expected.toMatrix());
    assert.equal(vectors.mostSimilar("key 7"), expected.mostSimilar("key 7"));
  });
}

test("limit: the sink says when it has enough", async () => {
  const sink = await open({ limit: 2 });
  sink.begin({ rows: 9, width: 1 });
  assert.is(sink.rowsExpected, 2);
  assert.equal([sink.add("a", [1]), sink.add("b", [2])], [true, false]);
  sink.close();
});

test("keys that are not UTF-8: an error, left out, or U+FFFD", async () => {
  const damaged = Uint8Array.of(0x61, 0xff, 0xe3, 0x81, 0xef, 0xbf, 0xbd, 0x62);
  for (const [unicodeErrors, key] of [
    ["ignore", "a\ufffdb"],
    ["replace", "a\ufffd\ufffd\ufffdb"],
  ] as const) {
    const sink = await open({ unicodeErrors });
    sink.begin({ width: 1 });
    sink.add(damaged, [1]);
    using vectors = new KeyedVectors(sink.finish().table);
    assert.equal([...vectors.indexToKey], [key]);
  }
  const sink = await open();
  sink.begin({ width: 1 });
  sink.add("x", [1]);
  await rejects(
    "format-damaged",
    /The key of row 1 of x\.bin, "a.*", is not UTF-8\. Pass unicodeErrors: "replace"/,
    () => sink.add(damaged, [1]),
  );
  sink.close();
});

test("NaN and Infinity are kept and told; queries say which row it is until it has another vector", async () => {
  for (const dtype of Object.keys(ROW_FORMATS) as RowDtype[]) {
    const sink = await open({ dtype });
    sink.begin({ width: 2 });
    sink.add("a", [1, 2]);
    sink.add("b", [Number.NaN, 1]);
    sink.add("c", [1, Number.NEGATIVE_INFINITY]);
    const { table, warnings } = sink.finish();
    using vectors = new KeyedVectors(table);
    assert.equal(
      warnings.map(({ code }) => code),
      ["not-finite"],
    );
    assert.match(warnings[0].message, /^2 rows with NaN or Infinity, .* in x\.bin: first row 1 \("b"\)/);
    assert.ok(Number.isNaN(vectors.getVector("b")[0]));
    if (dtype !== "int8") assert.equal([...vectors.getVector("c")], [1, Number.NEGATIVE_INFINITY]);
    await rejects("option-invalid", /Row 1 \("b"\) holds NaN or Infinity/, () => vectors.mostSimilar("a"));
    vectors.setVector("b", [0, 0]);
    await rejects("option-invalid", /Row 2 \("c"\) holds NaN or Infinity/, () => vectors.mostSimilar([1, 1]));
    vectors.setVector("c", [2, 4]);
    assert.is(vectors.mostSimilar("a")[0][0], "c");
  }
});

test("what is promised and does not fit is told before a row is read, and what to do", async () => {
  const sink = await open();
  await rejects(
    "too-large",
    /x\.bin holds 4000000 vectors of 300 numbers, or more: as float32 they take 4\.9 GB, and one WebAssembly memory holds 4\.3 GB\. Store less of each number, with dtype: "bfloat16", or pass limit: 34\d{5} /,
    () => sink.begin({ rows: 4_000_000, width: 300 }),
  );
  sink.close();
  const limited = await open({ limit: 1000 });
  limited.begin({ rows: 1e12, width: 300 });
  limited.close();
  const huge = await open({ dtype: "int8" });
  await rejects("too-large", /1000000000000 vectors of 300 .* Pass limit: \d+ to read/, () =>
    huge.begin({ rows: 1e12, width: 300 }),
  );
  huge.close();
  const wide = await open();
  await rejects("too-large", /a vector has 1000000000 numbers/, () => wide.begin({ rows: 0, width: 1e9 }));
  wide.close();
});

test("GoogleNews: 3,000,000 × 300 fits as each kind of number", async () => {
  for (const dtype of Object.keys(ROW_FORMATS) as RowDtype[]) {
    const sink = await open({ dtype });
    sink.begin({ rows: 3_000_000, width: 300 });
    sink.close();
  }
});

test("what is promised takes no memory before it is there", async () => {
  const sink = await open();
  const before = process.memoryUsage().rss;
  sink.begin({ rows: 3_000_000, width: 300 });
  sink.add("a", new Float32Array(300));
  assert.ok(process.memoryUsage().rss - before < 64e6);
  const { table } = sink.finish();
  assert.is(table.size, 1);
  assert.ok(table.engine.pages * 65536 < 8e6, `${table.engine.pages} pages`);
  table.close();
});

test("a count that is none, and no rows at all", async () => {
  const sink = await open();
  sink.begin({ width: 1 });
  sink.add("a", [1]);
  sink.attribute("count", [0.5]);
  await rejects("format-damaged", /x\.bin has 0\.5 as the count of row 0/, () => sink.finish());
  sink.close();
  const none = await open();
  await rejects("format-damaged", /x\.bin holds no vectors/, () => none.finish());
  none.close();
});

test.run();
