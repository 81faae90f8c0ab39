// fastText's .bin and .ftz: the vectors that fastText itself gives, and files that are not whole.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess } from "../../src/files/random-access.ts";
import { readFasttextBinary } from "../../src/formats/fasttext-binary.ts";
import { isFasttextBinary } from "../../src/formats/fasttext-head.ts";
import type { ReadVectorsOptions } from "../../src/formats/vector-file.ts";
import { subwordVector } from "../../src/tables/subwords.ts";
import { refusesRandom, refusesTruncated, survivesChanges } from "../helpers/bad-files.ts";
import { sharedData } from "../helpers/data.ts";
import { rejects } from "../helpers/rejects.ts";
import { CollectingSink } from "../helpers/vector-sinks.ts";

interface Golden {
  file: string;
  keys: string[];
  counts: number[];
  vectors: Record<string, number[]>;
}

const { asked, ...models } = JSON.parse(readFileSync("tests/golden/fasttext.json", "utf8")) as {
  asked: string[];
} & Record<string, Golden>;

const fileOf = (name: string) => new Uint8Array(Buffer.from(models[name].file, "base64"));

async function read(bytes: Uint8Array, options: ReadVectorsOptions = {}, wanted?: number): Promise<CollectingSink> {
  const sink = new CollectingSink(wanted);
  await readFasttextBinary(bytesAccess(bytes), sink, options);
  return sink;
}

function near(got: ArrayLike<number>, expected: readonly number[], what: string): void {
  assert.is(got.length, expected.length, what);
  for (const [i, x] of expected.entries()) assert.ok(Math.abs(got[i] - x) <= 1e-6, `${what}: ${got[i]}, expected ${x}`);
}

for (const [name, { keys, counts, vectors }] of Object.entries(models)) {
  test(`${name}: words, counts, and vectors as fastText gives them`, async () => {
    const sink = await read(fileOf(name));
    assert.equal(sink.keys, keys);
    assert.equal(sink.attributes.count, counts);
    assert.equal(sink.shape, { rows: keys.length, width: vectors[keys[0]].length });
    for (const [row, key] of keys.entries()) near(sink.rows[row], vectors[key], key);
    const { length: width } = sink.rows[0];
    const unknown = asked.filter((word) => !keys.includes(word));
    assert.ok(unknown.length > 5);
    for (const word of unknown) {
      near(sink.ngrams ? subwordVector(sink.ngrams, word, width) : new Float32Array(width), vectors[word], word);
    }
    assert.is(sink.ngrams === undefined, name === "words-only");
  });

  test(`${name}: it is told by how it begins`, () => {
    assert.ok(isFasttextBinary(fileOf(name).subarray(0, 64)));
  });
}

test("text and other binaries are not taken for a model of 2016", () => {
  const beginnings = [
    "3 2\ncat 1 2\n",
    "the cat sat on the mat, and the dog lay in the sun.\n".repeat(2),
    "PAR1",
    "FiFu",
  ];
  for (const text of beginnings) assert.not(isFasttextBinary(new TextEncoder().encode(text)), text);
  assert.not(isFasttextBinary(new Uint8Array(64)));
});

test("limit, and a sink that wants no more, end the reading", async () => {
  const all = await read(fileOf("skipgram"));
  for (const sink of [await read(fileOf("skipgram"), { limit: 3 }), await read(fileOf("skipgram"), {}, 3)]) {
    assert.equal(sink.keys, all.keys.slice(0, 3));
    assert.equal(sink.rows, all.rows.slice(0, 3));
    assert.is(sink.attributes.count.length, 3);
    near(sink.ngrams ? subwordVector(sink.ngrams, "seas", 3) : [], models.skipgram.vectors.seas, "seas");
  }
  assert.equal((await read(fileOf("skipgram"), { limit: 0 })).keys, []);
});

test("the reading is told of and can be stopped", async () => {
  const reading = { bytes: 0, totalBytes: 0 };
  const file = fileOf("skipgram");
  await read(file, { reading });
  assert.is(reading.totalBytes, file.length);
  assert.ok(reading.bytes > file.length / 2);
  const reason = new Error("enough");
  const stopped = await read(file, { signal: AbortSignal.abort(reason) }).catch((error) => error);
  assert.is(stopped, reason);
});

test("NaN and Infinity are kept", async () => {
  const file = fileOf("words-only");
  const { rows } = await read(file);
  const first = Buffer.from(Float32Array.from(rows[0]).buffer);
  const at = Buffer.from(file).indexOf(first);
  new DataView(file.buffer).setFloat32(at, Number.NaN, true);
  new DataView(file.buffer).setFloat32(at + 4, Number.POSITIVE_INFINITY, true);
  assert.equal((await read(file)).rows[0].slice(0, 2), [Number.NaN, Number.POSITIVE_INFINITY]);
});

test("gensim's files: words with vectors as in the .vec beside, and words that are no UTF-8", async () => {
  const [bin, vec, cp852] = ["crime-and-punishment.bin", "crime-and-punishment.vec", "cp852_fasttext.bin"].map((name) =>
    sharedData(`vectors/${name}`),
  );
  if (!bin || !vec || !cp852) return console.log("  shared data is missing: gensim's fastText files are not read");
  const sink = await read(new Uint8Array(readFileSync(bin)));
  const [, ...lines] = readFileSync(vec, "utf8").trimEnd().split("\n");
  assert.is(lines.length, 291);
  for (const [row, line] of lines.entries()) {
    const [word, ...numbers] = line.trimEnd().split(" ");
    assert.is(sink.keys[row], word);
    for (const [i, text] of numbers.entries()) assert.ok(Math.abs(sink.rows[row][i] - Number(text)) < 1e-5, word);
  }
  const old = await read(new Uint8Array(readFileSync(cp852)));
  assert.equal(new TextDecoder("ibm866").decode(old.keyBytes[1]).length, old.keyBytes[1]?.length);
  assert.ok(old.keys.some((key) => key.includes("\ufffd")));
});

const readInto = (bytes: Uint8Array, sink: CollectingSink) => readFasttextBinary(bytesAccess(bytes), sink);

for (const name of ["skipgram", "of2016", "pruned", "quantized-output"]) {
  test(`${name}: cut short at any byte, it is refused`, () => refusesTruncated(readInto, fileOf(name)));
}

/** The file with an i32 or i64 put in the place of another. */
function changed(name: string, at: number, value: number | bigint): Uint8Array {
  const file = fileOf(name);
  const view = new DataView(file.buffer);
  if (typeof value === "bigint") view.setBigInt64(at, value, true);
  else view.setInt32(at, value, true);
  return file;
}

const matrixAt = (name: string) => Buffer.from(fileOf(name)).indexOf(Buffer.from([3, 0, 0, 0, 0, 0, 0, 0])) - 8;

// biome-ignore format: a rule a line
const REFUSED: [what: string, file: () => Uint8Array, message: RegExp][] = [
  ["a width of 0", () => changed("skipgram", 8, 0), /dim 0/],
  ["10^9 words", () => changed("skipgram", 64, 1e9), /1000000000 entries, 9 words/],
  ["2 * 10^9 words and as many entries", () => { const file = changed("skipgram", 64, 2e9); new DataView(file.buffer).setInt32(68, 2e9, true); return file; }, /a list of 2000000000 words needs 20000000000 bytes/],
  ["10^12 rows", () => changed("skipgram", matrixAt("skipgram"), 10n ** 12n), /input matrix \[1000000000000, 3\] needs 12000000000000 bytes/],
  ["rows of another width", () => changed("skipgram", matrixAt("skipgram") + 8, 4n), /shape \[39, 4\]; expected \[rows, 3\]/],
  ["fewer buckets than rows", () => changed("skipgram", 40, 29), /39 rows for 9 words and 29 n-grams/],
];

for (const [what, file, message] of REFUSED) {
  test(`${what}: an error`, () => rejects("format-damaged", message, () => read(file())));
}

test("another version is named", () =>
  rejects("format-unknown", /version 13; expected 11 or 12/, () => read(changed("skipgram", 4, 13))));

test("a text that never ends is refused", async () => {
  const file = fileOf("skipgram");
  const begin = Buffer.from(file).indexOf("</s>");
  await rejects("format-damaged", /word \d does not end/, () => read(file.fill(0x61, begin)));
});

test("changed bytes: refused, or as many rows as were promised", () =>
  survivesChanges(readInto, ["skipgram", "of2016", "pruned"].map(fileOf)));

test("bytes at random are refused", () => refusesRandom(readInto, [fileOf("skipgram").subarray(0, 8)]));

test.run();
