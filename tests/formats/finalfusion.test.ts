// finalfusion's files: words and vectors as its own package reads them, and files that are not whole.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess } from "../../src/files/random-access.ts";
import { readFinalfusion } from "../../src/formats/finalfusion.ts";
import { refusesRandom, refusesTruncated, survivesChanges } from "../helpers/bad-files.ts";
import { rejects } from "../helpers/rejects.ts";
import { CollectingSink } from "../helpers/vector-sinks.ts";

const { words, files } = JSON.parse(readFileSync("tests/golden/finalfusion.json", "utf8")) as {
  words: string[];
  files: Record<string, { file: string; vectors: number[][] }>;
};

const fileOf = (name: string) => new Uint8Array(Buffer.from(files[name].file, "base64"));
const readInto = (bytes: Uint8Array, sink: CollectingSink) => readFinalfusion(bytesAccess(bytes), sink);

for (const [name, { vectors }] of Object.entries(files)) {
  test(`${name}: words and vectors`, async () => {
    const sink = new CollectingSink();
    await readInto(fileOf(name), sink);
    assert.equal(sink.shape, { rows: 5, width: 4 });
    assert.equal(sink.keys, words);
    for (const [i, row] of vectors.entries()) {
      for (const [d, x] of row.entries())
        assert.ok(Math.abs(sink.rows[i][d] - x) < 1e-6, `${words[i]}: ${sink.rows[i]}`);
    }
  });

  test(`${name}: cut short at any byte, it is refused`, () => refusesTruncated(readInto, fileOf(name)));
}

test("limit, and a sink that wants no more, end the reading", async () => {
  const limited = new CollectingSink();
  await readFinalfusion(bytesAccess(fileOf("turned")), limited, { limit: 2 });
  const full = new CollectingSink(2);
  await readInto(fileOf("turned"), full);
  for (const sink of [limited, full]) assert.equal(sink.keys, words.slice(0, 2));
});

test("changed bytes: refused, or as many rows as were promised", () =>
  survivesChanges(readInto, Object.keys(files).map(fileOf), 500));

test("bytes at random are refused", () => refusesRandom(readInto, [Buffer.from("FiFu")]));

test("10^12 words in a small file: an error before memory is taken", async () => {
  const file = fileOf("simple");
  const at = Buffer.from(file).indexOf(Buffer.from([5, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0]));
  new DataView(file.buffer).setBigInt64(at, 10n ** 12n, true);
  await rejects("format-damaged", /a list of 1000000000000 words needs 4000000000000 bytes/, () =>
    readInto(file, new CollectingSink()),
  );
});

test("another version is named", async () => {
  const file = fileOf("simple");
  file[4] = 1;
  await rejects("format-unknown", /version 1; expected 0/, () => readInto(file, new CollectingSink()));
});

test.run();
