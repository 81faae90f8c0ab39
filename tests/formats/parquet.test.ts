// Parquet files: as other programs write them, as we write them, and some that are not whole.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { parquetChunks, readParquet } from "../../src/formats/parquet.ts";
import { fileOf, golden, testColumns } from "../helpers/column-files.ts";
import { rejects } from "../helpers/rejects.ts";

const { read, written } = testColumns({
  extension: ".parquet",
  readFile: readParquet,
  chunks: parquetChunks,
  cut: ["encoded.parquet", "second-pages.parquet", "duckdb.parquet"],
  magic: "PAR1",
});

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
