/** Files of columns, Arrow's and Parquet's: what is asked of both. */

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess, type RandomAccess } from "../../src/files/random-access.ts";
import type { ReadVectorsOptions, VectorList, VectorSink } from "../../src/formats/vector-file.ts";
import { refusesRandom, refusesTruncated, survivesChanges } from "./bad-files.ts";
import { rejects } from "./rejects.ts";
import { CollectingSink, vectorList } from "./vector-sinks.ts";

/** A format, and which of the golden files are of it. */
interface ColumnFormat {
  extension: ".arrow" | ".parquet";
  readFile(source: RandomAccess, sink: VectorSink, options?: ReadVectorsOptions): Promise<void>;
  chunks(list: VectorList): Iterable<Uint8Array>;
  /** files that are refused when they are cut short at any byte */
  cut: readonly string[];
  /** what a file begins with */
  magic: string;
}

const { keys, counts, vectors, files } = JSON.parse(readFileSync("tests/golden/columns.json", "utf8")) as {
  keys: string[];
  counts: number[];
  vectors: number[][];
  files: Record<string, { file: string; hasCounts: boolean }>;
};

export const fileOf = (name: string) => new Uint8Array(Buffer.from(files[name].file, "base64"));

export const golden = vectorList(
  keys.map((key, i) => [key, vectors[i]] as const),
  counts,
);

const REFUSED = /^(no-vectors|ragged|missing|brotli)/;

/**
 * Declares the tests.
 *
 * @returns what further tests of the format need: to read a file, and to write a list
 */
export function testColumns({ extension, readFile, chunks, cut, magic }: ColumnFormat) {
  const readInto = (bytes: Uint8Array, sink: CollectingSink) => readFile(bytesAccess(bytes), sink);

  async function read(bytes: Uint8Array, options: ReadVectorsOptions = {}, wanted?: number): Promise<CollectingSink> {
    const sink = new CollectingSink(wanted);
    await readFile(bytesAccess(bytes), sink, options);
    return sink;
  }

  const written = (list: VectorList) => new Uint8Array(Buffer.concat([...chunks(list)]));
  const names = Object.keys(files).filter((name) => name.endsWith(extension) && !REFUSED.test(name));

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
    await readFile(bytesAccess(written(list)), {
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
      read(fileOf(`no-vectors${extension}`)),
    ));

  test("lists of several lengths are an error", () =>
    rejects("shape-mismatch", /Vector 1 .* has 1 numbers; expected 2/, () => read(fileOf(`ragged${extension}`))));

  test("a key that is missing is an error", () =>
    rejects("format-damaged", /Column "key" .* lacks .*values/, () => read(fileOf(`missing${extension}`))));

  for (const name of cut) {
    test(`${name}: cut short at any byte, it is refused`, () => refusesTruncated(readInto, fileOf(name)));
  }

  test("our own file: cut short at any byte, it is refused", () => refusesTruncated(readInto, written(golden)));

  test("changed bytes: refused, or as many rows as were promised", () =>
    survivesChanges(readInto, [...names.map(fileOf), written(golden)], 500));

  test("bytes at random are refused", () => refusesRandom(readInto, [Buffer.from(magic)]));

  return { read, written };
}
