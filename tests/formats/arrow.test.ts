// Arrow files: as other programs write them, as we write them, and some that are not whole.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { arrowChunks, readArrow } from "../../src/formats/arrow.ts";
import { golden, testColumns } from "../helpers/column-files.ts";
import { rejects } from "../helpers/rejects.ts";

const { read, written } = testColumns({
  extension: ".arrow",
  readFile: readArrow,
  chunks: arrowChunks,
  cut: ["pyarrow-lz4.arrow", "polars.arrow"],
  magic: "ARROW1\0\0",
});

/** What we write with a number of 64 bits put in the place of the last that is such. */
function changed(from: bigint, to: bigint): Uint8Array {
  const file = written(golden);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(from);
  const at = Buffer.from(file).indexOf(bytes);
  assert.ok(at > 0);
  new DataView(file.buffer).setBigInt64(at, to, true);
  return file;
}

test("10^12 rows in a small file: an error before memory is taken", () =>
  rejects("format-damaged", /a batch of 1000000000000 rows has 6|column|bytes/, () => read(changed(6n, 10n ** 12n))));

test("numbers of big endian are named", async () => {
  const file = written(golden);
  // the schema's byte order is the first field of two bytes behind the footer's version
  const bytes = Buffer.from(file);
  let refused = false;
  for (let at = file.length - 500; at < file.length - 10 && !refused; at++) {
    const other = new Uint8Array(bytes);
    other[at] = 1;
    refused = await read(other).then(
      () => false,
      (error) => /big-endian/.test(error.message),
    );
  }
  assert.ok(refused);
});

test.run();
