// Compact files: what goes in comes out, and what is damaged is refused, also where the checksums are right.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { joinBytes } from "../../src/files/bytes.ts";
import { openSource } from "../../src/files/source.ts";
import { safetensorsChunks } from "../../src/formats/safetensors.ts";
import { AutoTokenizer } from "../../src/tokenizer.ts";
import { type CompactTokenizer, compactChunks, readCompactTokenizer } from "../../src/tokenizing/compact-file.ts";
import { CompactModel } from "../../src/tokenizing/models/compact-model.ts";
import { openTableModel } from "../../src/tokenizing/models/open.ts";
import { buildTable, rulesOf } from "../../src/tokenizing/models/table.ts";
import { Random } from "../fuzz/random.ts";
import { sharedData } from "../helpers/data.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";

const golden = JSON.parse(readFileSync("tests/golden/token-models.json", "utf8"));
const small = Object.entries<{ model: Record<string, unknown> }>(golden.small);
const pieces: string[] = golden.pieces;
const config = { model_max_length: 512 };

const compactBytes = async (saved: CompactTokenizer) => joinBytes([...(await compactChunks(saved))]);

/** A compact file of a tokenizer.json that is its model and little else. */
async function written(model: Record<string, unknown>): Promise<Uint8Array> {
  const { vocab, merges, ...rest } = model;
  return compactBytes({ table: await buildTable(model), tokenizer: { normalizer: null, model: rest }, config });
}

const read = async (bytes: Uint8Array) => readCompactTokenizer(await openSource(bytes), "The file");

async function open(bytes: Uint8Array): Promise<CompactModel> {
  const { table, tokenizer } = await read(bytes);
  return CompactModel.open(table, rulesOf(tokenizer.model), "The file");
}

function idsOf(model: CompactModel): number[] {
  const ids: number[] = [];
  model.encodePieces(pieces, false, { ids, starts: [], ends: [], counts: [] });
  return ids;
}

for (const [name, { model: json }] of small) {
  test(`${name}: a file's model gives the ids of the one in memory`, async () => {
    const bytes = await written(json);
    const saved = await read(bytes);
    const { vocab, merges, ...rest } = json;
    assert.equal(saved.tokenizer, { normalizer: null, model: rest });
    assert.equal(saved.config, config);
    const [one, other] = [await openTableModel(json), await open(bytes)];
    assert.equal(idsOf(other), idsOf(one));
    assert.equal([...other.entries()], [...one.entries()]);
    for (const model of [one, other]) model.close();
  });
}

const [, { model: bpe }] = small.find(([name]) => name === "affixes, byte_fallback") as (typeof small)[number];
const whole = await written(bpe);

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
  const files = await Promise.all(small.map(([, { model }]) => written(model)));
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

/** What a tokenizer answers. */
async function answersOf(tokenizer: AutoTokenizer) {
  const texts = ["Hi, 你好~", "don't   stop\n😀 Ünïcödé", "<|im_start|>a</s>[MASK] b", ""];
  const batch = tokenizer.encodeBatch(texts);
  return {
    batch,
    decoded: tokenizer.decodeBatch(texts.map((text) => tokenizer.encode(text))),
    special: [tokenizer.padTokenId, tokenizer.eosTokenId, tokenizer.unkToken, tokenizer.modelMaxLength],
    vocabulary: [...tokenizer.getVocab()].sort(([, a], [, b]) => a - b),
  };
}

for (const family of ["qwen2.5", "gpt2", "llama2", "bert-base-uncased"]) {
  test(`${family}: a saved tokenizer answers as the one that was saved, and can be saved again`, async () => {
    const folder = sharedData(`tokenizers/${family}`);
    if (!folder) return console.log(`skipped: there is no ../shared/data/tokenizers/${family}`);
    using tokenizer = await AutoTokenizer.fromPretrained(folder);
    const bytes = await tokenizer.toBytes();
    using again = await AutoTokenizer.fromPretrained({ "tokenizer.wasm2vec": bytes });
    assert.equal(await answersOf(again), await answersOf(tokenizer));
    assert.equal(await again.toBytes(), bytes);
  });
}

const wordLevel = { model: { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" }, added_tokens: [] };
const folderOf = (json: object) => ({ "tokenizer.json": new TextEncoder().encode(JSON.stringify(json)) });

test("a chat template is kept; a file is written whole", () =>
  withFolder(async (folder) => {
    const template = new TextEncoder().encode("{% for m in messages %}{{ m.content }}{% endfor %}");
    const files = { ...folderOf({ model: bpe }), "chat_template.jinja": template };
    using tokenizer = await AutoTokenizer.fromPretrained(files);
    await tokenizer.save(`${folder}/tokenizer.wasm2vec`);
    using again = await AutoTokenizer.fromPretrained(folder);
    const chat = [{ role: "user", content: "lower" }];
    assert.is(await again.applyChatTemplate(chat, { tokenize: false }), "lower");
    assert.equal(await again.applyChatTemplate(chat), tokenizer.encode("lower"));
  }));

test("what has no table is not saved", async () => {
  using tokenizer = await AutoTokenizer.fromPretrained(folderOf(wordLevel));
  await rejects("format-unknown", /WordLevel.*Keep its tokenizer\.json/, () => tokenizer.toBytes());
  using given = AutoTokenizer.from({ encode: () => [] });
  await rejects("not-supported-here", /given tokenizer/, () => given.save("x"));
  const closed = await AutoTokenizer.fromPretrained(folderOf({ model: bpe }));
  closed.close();
  await rejects("closed", /./, () => closed.toBytes());
});

test.run();
