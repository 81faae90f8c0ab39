// Parquet files: as other programs write them, as we write them, and some that are not whole.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess } from "../../src/files/random-access.ts";
import { parquetChunks, readParquet } from "../../src/formats/parquet.ts";
import type { ReadVectorsOptions, VectorList } from "../../src/formats/vector-file.ts";
import { refusesRandom, refusesTruncated, survivesChanges } from "../helpers/bad-files.ts";
import { rejects } from "../helpers/rejects.ts";
import { CollectingSink, vectorList } from "../helpers/vector-sinks.ts";

const { keys, counts, vectors, files } = JSON.parse(readFileSync("tests/golden/columns.json", "utf8")) as {
  keys: string[];
  counts: number[];
  vectors: number[][];
  files: Record<string, { file: string; hasCounts: boolean }>;
};

const fileOf = (name: string) => new Uint8Array(Buffer.from(files[name].file, "base64"));
const readInto = (bytes: Uint8Array, sink: CollectingSink) => readParquet(bytesAccess(bytes), sink);

async function read(bytes: Uint8Array, options: ReadVectorsOptions = {}, wanted?: number): Promise<CollectingSink> {
  const sink = new CollectingSink(wanted);
  await readParquet(bytesAccess(bytes), sink, options);
  return sink;
}

const written = (list: VectorList) => new Uint8Array(Buffer.concat([...parquetChunks(list)]));
const golden = vectorList(
  keys.map((key, i) => [key, vectors[i]] as const),
  counts,
);

const REFUSED = /^(no-vectors|ragged|missing|brotli)/;
const names = Object.keys(files).filter((name) => name.endsWith(".parquet") && !REFUSED.test(name));

for (const name of names) {
  test(`${name}: keys, vectors and counts as they were written`, async () => {
    const sink = await read(fileOf(name));
    assert.equal(sink.shape, { rows: 6, width: 3 });
    assert.equal(sink.keys, keys);
    assert.equal(sink.rows, vectors);
    assert.equal(sink.attributes, files[name].hasCounts ? { count: counts } : {});
  });
}

test("what we write is what we read", async () => {
  for (const list of [golden, { ...golden, counts: undefined }]) {
    const sink = await read(written(list));
    assert.equal(sink.shape, { rows: 6, width: 3 });
    assert.equal(sink.keys, keys);
    // -0 and 0 are different numbers
    assert.ok(sink.rows.flat().every((x, i) => Object.is(x, vectors.flat()[i] || x)));
    assert.equal(sink.rows, vectors);
    assert.equal(sink.attributes, list.counts ? { count: counts } : {});
  }
});

test("one number a row, and rows of many pages and batches", async () => {
  assert.equal((await read(written(vectorList({ a: [1], b: [2] })))).rows, [[1], [2]]);
  const row = new Float32Array(40);
  const size = 70_000;
  const list = { size, width: 40, key: (i: number) => `key ${i}`, row: (i: number) => row.map((_, d) => i + d / 64) };
  let next = 0;
  await readParquet(bytesAccess(written(list)), {
    begin: (shape) => assert.equal(shape, { rows: size, width: 40 }),
    add(key, vector) {
      assert.is(Buffer.from(key as Uint8Array).toString(), `key ${next}`);
      assert.ok(vector[0] === next && vector[39] === next + 39 / 64, `row ${next}`);
      next++;
      return true;
    },
  });
  assert.is(next, size);
});

test("NaN, Infinity and numbers of every size are kept", async () => {
  const row = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1.401298464324817e-45,
    3.4028234663852886e38,
  ];
  assert.equal((await read(written(vectorList({ a: row })))).rows, [row]);
});

test("limit, and a sink that wants no more, end the reading", async () => {
  for (const name of names) {
    const file = fileOf(name);
    for (const sink of [await read(file, { limit: 5 }), await read(file, {}, 5)]) {
      assert.equal(sink.keys, keys.slice(0, 5), name);
      assert.equal(sink.attributes, files[name].hasCounts ? { count: counts.slice(0, 5) } : {});
    }
    const none = await read(file, { limit: 0 });
    assert.equal([none.shape, none.keys], [{ rows: 0, width: 3 }, []]);
  }
});

test("the reading is told of and can be stopped", async () => {
  const reading = { bytes: 0, totalBytes: 0 };
  const file = written(golden);
  await read(file, { reading });
  assert.is(reading.totalBytes, file.length);
  assert.ok(reading.bytes > 100 && reading.bytes <= file.length, `${reading.bytes} bytes`);
  const reason = new Error("enough");
  assert.is(await read(file, { signal: AbortSignal.abort(reason) }).catch((error) => error), reason);
});

test("columns that hold no vectors are named", () =>
  rejects("format-unknown", /columns are "key" \(.*\), "other" \(.*\); expected one of texts/, () =>
    read(fileOf("no-vectors.parquet")),
  ));

test("lists of several lengths are an error", () =>
  rejects("shape-mismatch", /Vector 1 .* has 1 numbers; expected 2/, () => read(fileOf("ragged.parquet"))));

test("a key that is missing is an error", () =>
  rejects("format-damaged", /Column "key" .* lacks .*values/, () => read(fileOf("missing.parquet"))));

for (const name of ["encoded.parquet", "second-pages.parquet", "duckdb.parquet"]) {
  test(`${name}: cut short at any byte, it is refused`, () => refusesTruncated(readInto, fileOf(name)));
}

test("our own file: cut short at any byte, it is refused", () => refusesTruncated(readInto, written(golden)));

test("changed bytes: refused, or as many rows as were promised", () =>
  survivesChanges(readInto, [...names.map(fileOf), written(golden)], 500));

test("bytes at random are refused", () => refusesRandom(readInto, [Buffer.from("PAR1")]));

test("a codec that is not read is named", () =>
  rejects("format-unknown", /compressed by BROTLI; expected SNAPPY, GZIP, ZSTD, LZ4_RAW/, () =>
    read(fileOf("brotli.parquet")),
  ));

test("an encrypted file is named", async () => {
  const file = written(golden);
  file.set(Buffer.from("PARE"), file.length - 4);
  await rejects("format-unknown", /encrypted/, () => read(file));
});

test("more rows than a file of this size can have are refused", async () => {
  // the number of rows is a field of the footer and of the group: 6 is written as 12
  const file = Buffer.from(written(golden));
  const group = file.lastIndexOf(Buffer.from([0x16, 12, 0]));
  assert.ok(group > 0);
  const longer = Buffer.concat([
    file.subarray(0, group + 1),
    Buffer.from([0x80, 0xc0, 0xca, 0xf3, 0x84, 0xa3, 0x02]),
    file.subarray(group + 2),
  ]);
  longer.writeUInt32LE(file.readUInt32LE(file.length - 8) + 6, longer.length - 8);
  await rejects("format-damaged", /claims to have \d{8,} rows in \d+ bytes/, () => read(new Uint8Array(longer)));
});

test("no rows: nothing tells how long vectors are", () =>
  rejects("format-damaged", /no rows/, () => read(written({ ...golden, size: 0 }))));

test.run();
