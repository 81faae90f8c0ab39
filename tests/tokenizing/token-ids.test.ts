// Ids, offsets and texts of Python's tokenizers, and of sentencepiece, for every component of tokenizer.json and for real
// tokenizers: tests/golden/token-ids.py wrote them.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AutoTokenizer, type BatchEncoding } from "../../src/tokenizer.ts";
import { sharedData } from "../helpers/data.ts";
import { tokenStrings } from "../helpers/token-strings.ts";

interface Golden {
  real: Record<string, { sha256: string; offsets?: string; ids: number[][] }>;
  components: Record<string, { tokenizer: object; ids: string; offsets: string; pairs: string; texts: string }>;
}

const golden = JSON.parse(gunzipSync(readFileSync("tests/golden/token-ids.json.gz")).toString()) as Golden;

const digest = (lists: Iterable<ArrayLike<number>>) => {
  const hash = createHash("sha256");
  for (const list of lists) hash.update(`${Array.from(list).join(",")}\n`);
  return hash.digest("hex");
};

const whole = { padding: false, truncation: false } as const;

const rowsOf = ({ rowStarts }: BatchEncoding, numbers: Int32Array, each = 1) =>
  Array.from({ length: rowStarts.length - 1 }, (_, i) =>
    numbers.subarray(rowStarts[i] * each, rowStarts[i + 1] * each),
  );

/** Offsets as Python counts, in characters. */
function inCharacters(text: string, offsets: Int32Array): number[] {
  const characters: number[] = [];
  let count = 0;
  for (const character of text) {
    for (let unit = 0; unit < character.length; unit++) characters.push(count);
    count++;
  }
  characters.push(count);
  return Array.from(offsets, (unit) => characters[unit]);
}

const offsetsOf = (batch: BatchEncoding, texts: readonly string[]) =>
  digest(rowsOf(batch, batch.offsets, 2).map((row, i) => inCharacters(texts[i], row)));

for (const [name, expected] of Object.entries(golden.components)) {
  test(`${name}: Python's ids, offsets, pairs and texts`, async () => {
    const texts = tokenStrings(300, 11);
    using tokenizer = await AutoTokenizer.fromPretrained({
      "tokenizer.json": new TextEncoder().encode(JSON.stringify(expected.tokenizer)),
    });
    const batch = tokenizer.encodeBatch(texts, whole);
    const rows = rowsOf(batch, batch.inputIds);
    assert.is(digest(rows), expected.ids, "ids");
    assert.is(offsetsOf(batch, texts), expected.offsets, "offsets");
    const decoded = createHash("sha256").update(tokenizer.decodeBatch(rows).join("\n"));
    assert.is(decoded.digest("hex"), expected.texts, "texts");
    const pairs = tokenizer.encodeBatch(texts.slice(0, 100), { ...whole, pairs: texts.slice(200, 300) });
    const [ids, types] = [rowsOf(pairs, pairs.inputIds), rowsOf(pairs, pairs.tokenTypeIds)];
    assert.is(digest(ids.flatMap((row, i) => [row, types[i]])), expected.pairs, "pairs");
  });
}

for (const [name, expected] of Object.entries(golden.real)) {
  const source = name === "t5-small" ? "sentencepiece" : "Python's tokenizers";
  test(`${name}: 5,000 strings have the ids of ${source}`, async () => {
    const folder = sharedData(`tokenizers/${name}`);
    if (!folder) return console.log(`not run: the tokenizer of ${name}, which is not on this machine`);
    using tokenizer = await AutoTokenizer.fromPretrained({
      "tokenizer.json": readFileSync(`${folder}/tokenizer.json`),
    });
    const all = tokenStrings(5000, 7);
    // what is a token here is text for sentencepiece
    const texts = name === "t5-small" ? all.filter((text) => !text.includes("<")) : all;
    const batch = tokenizer.encodeBatch(texts, whole);
    const rows = rowsOf(batch, batch.inputIds);
    for (const [i, ids] of expected.ids.entries()) assert.equal([...rows[i]], ids, JSON.stringify(texts[i]));
    assert.is(digest(rows), expected.sha256);
    if (expected.offsets) assert.is(offsetsOf(batch, texts), expected.offsets, "offsets");
  });
}

test.run();
