// Compact files: what goes in comes out, and what is damaged is refused, also where the checksums are right.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { joinBytes } from "../../src/files/bytes.ts";
import { openSource } from "../../src/files/source.ts";
import { safetensorsChunks } from "../../src/formats/safetensors.ts";
import {
  type CompactTokenizer,
  compactBytes,
  readCompactTokenizer,
  writeCompactTokenizer,
} from "../../src/tokenizing/compact-file.ts";
import { CompactModel } from "../../src/tokenizing/models/compact-model.ts";
import { openTableModel } from "../../src/tokenizing/models/open.ts";
import { rulesOf } from "../../src/tokenizing/models/table.ts";
import { Random } from "../fuzz/random.ts";
import { rejects } from "../helpers/rejects.ts";

const golden = JSON.parse(readFileSync("tests/golden/token-models.json", "utf8"));
const small = Object.entries<{ model: Record<string, unknown> }>(golden.small);
const pieces: string[] = golden.pieces;
const config = { model_max_length: 512 };

const read = async (bytes: Uint8Array) => readCompactTokenizer(await openSource(bytes), "The file");

async function open(bytes: Uint8Array): Promise<CompactModel> {
  const { table, tokenizer } = await read(bytes);
  return CompactModel.open(table, rulesOf(tokenizer.model), "The file");
}

function idsOf(model: CompactModel): number[] {
  const ids: number[] = [];
  model.encodePieces(pieces, false, ids, [], []);
  return ids;
}

for (const [name, { model: json }] of small) {
  test(`${name}: a file's model gives the ids of the one in memory`, async () => {
    const bytes = await writeCompactTokenizer({ version: "1.0", normalizer: null, model: json }, config);
    const saved = await read(bytes);
    const { vocab, merges, ...rest } = json;
    assert.equal(saved.tokenizer, { version: "1.0", normalizer: null, model: rest });
    assert.equal(saved.config, config);
    const [one, other] = [await openTableModel(json), await open(bytes)];
    assert.equal(idsOf(other), idsOf(one));
    assert.equal([...other.entries()], [...one.entries()]);
    for (const model of [one, other]) model.close();
  });
}

const [, { model: bpe }] = small.find(([name]) => name === "affixes, byte_fallback") as (typeof small)[number];
const whole = await writeCompactTokenizer({ model: bpe }, config);

test("a file that is cut short is refused, wherever", async () => {
  for (let length = 0; length < whole.length; length += length < 1200 || length > whole.length - 600 ? 1 : 37) {
    await rejects("format-damaged", /not whole|no whole/, () => read(whole.subarray(0, length)));
  }
});

test("a file with a changed byte is refused, wherever", async () => {
  const random = new Random(1);
  for (let i = 0; i < 400; i++) {
    const bytes = whole.slice();
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    const error = await read(bytes).catch((error) => error);
    assert.instance(error, Wasm2VecError, `case ${i}`);
    assert.match(error.code, /^format-(damaged|unknown)$/);
  }
});

/** A copy of what a file holds, whose numbers may be changed. */
async function copyOf(bytes: Uint8Array): Promise<CompactTokenizer> {
  const saved = await read(bytes);
  return { ...saved, tokenizer: structuredClone(saved.tokenizer) };
}

test("numbers that were changed before the file was sealed are refused, or make other tokens: nothing traps or hangs", async () => {
  const files = await Promise.all(small.map(([, { model }]) => writeCompactTokenizer({ model }, {})));
  const random = new Random(2);
  const outcomes = { refused: 0, other: 0 };
  for (let i = 0; i < 600; i++) {
    const saved = await copyOf(random.pick(files));
    const { text, ...rest } = saved.table;
    const arrays = [text, ...Object.values(rest)].filter((array) => array?.length);
    for (let change = 0; change <= random.below(3); change++) {
      const array = random.pick(arrays);
      const values = [0, 1, 2 ** 31, 2 ** 32 - 1, array.length, random.u32(), random.below(300)];
      array[random.below(array.length)] = random.pick(values);
    }
    try {
      const model = await open(await compactBytes(saved));
      const ids = idsOf(model);
      const known = new Set(Array.from(model.entries(), ([, id]) => id));
      assert.ok(
        ids.every((id) => known.has(id)),
        `case ${i}`,
      );
      model.close();
      outcomes.other++;
    } catch (error) {
      assert.instance(error, Wasm2VecError, `case ${i}: ${(error as Error).stack}`);
      assert.match((error as Wasm2VecError).code, /^(format-damaged|key-not-found)$/, `case ${i}`);
      outcomes.refused++;
    }
  }
  assert.ok(outcomes.refused > 100 && outcomes.other > 100, JSON.stringify(outcomes));
});

/** What messages say, and the change that they say it of. */
const WRONG: [RegExp, (saved: CompactTokenizer) => void][] = [
  [/offsets of its tokens/, ({ table }) => table.offsets.set([5], 0)],
  [/offsets of its tokens/, ({ table }) => table.offsets.set([2 ** 32 - 1], 3)],
  [/slots name tokens/, ({ table }) => table.slots.fill(2 ** 32 - 1)],
  [/slots name tokens/, ({ table }) => table.slots.fill(1)],
  [/merges name tokens/, ({ table }) => table.merges.set([table.offsets.length - 1], 0)],
  [/pairs name merges/, ({ table }) => table.pairs.fill(1)],
  [/ids do not rise/, ({ table }) => Object.assign(table, { ids: new Uint32Array(table.offsets.length - 1) })],
  [/do not fit/, ({ table }) => Object.assign(table, { ids: Uint32Array.of(0, 1) })],
  [/do not fit/, ({ table }) => Object.assign(table, { slots: table.slots.slice(1) })],
  [/do not fit/, ({ table }) => Object.assign(table, { slots: new Uint32Array(4) })],
  [/do not fit/, ({ table }) => Object.assign(table, { pairs: new Uint32Array(0) })],
  [/do not fit/, ({ table }) => Object.assign(table, { offsets: new Uint32Array(0) })],
  [/fuse_unk is 1/, ({ tokenizer }) => Object.assign(tokenizer.model as object, { fuse_unk: 1 })],
];

for (const [i, [message, change]] of WRONG.entries()) {
  test(`${message.source}: format-damaged (${i + 1})`, async () => {
    const saved = await copyOf(whole);
    change(saved);
    await rejects("format-damaged", message, async () => open(await compactBytes(saved)));
  });
}

test("other files, and those of a later version, are told from it", async () => {
  const file = (metadata: Record<string, string>) => joinBytes([...safetensorsChunks([], metadata)]);
  await rejects("format-unknown", /no compact tokenizer/, () => read(file({})));
  await rejects("format-unknown", /version "2".*newer/, () =>
    read(file({ format: "wasm2vec.tokenizer", formatVersion: "2" })),
  );
  await rejects("format-damaged", /formatVersion is "x"/, () =>
    read(file({ format: "wasm2vec.tokenizer", formatVersion: "x" })),
  );
  await rejects("format-damaged", /tokenizer is no JSON object/, async () =>
    read(await compactBytes({ ...(await read(whole)), tokenizer: [] as never })),
  );
});

test.run();
