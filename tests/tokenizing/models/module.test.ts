// Where the tokenizer's module or its memory cannot be had: an error with advice, and the next try may succeed.

import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CompactModel } from "../../../src/tokenizing/models/compact-model.ts";
import { openTableModel } from "../../../src/tokenizing/models/open.ts";
import { rejects } from "../../helpers/rejects.ts";

const doubles = { type: "BPE", vocab: { a: 0, aa: 1 }, merges: ["a a"] };

function encode(model: CompactModel, piece: string): number {
  const ids: number[] = [];
  model.encodePieces([piece], false, { ids, starts: [], ends: [], counts: [] });
  return ids.length;
}

/** Works while memories do not grow. */
async function withoutGrowth(work: () => Promise<void>): Promise<void> {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
  };
  try {
    await work();
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
}

test("memory that is refused is told, and what was open stays right", async () => {
  const model = await openTableModel(doubles);
  await withoutGrowth(async () => {
    await rejects("out-of-memory", /needs .* MB.*does not give/, () => openTableModel(doubles));
    await rejects("out-of-memory", /cut the text/, () => encode(model, "a".repeat(1_000_001)));
    assert.is(encode(model, "aaa"), 2);
  });
  assert.is(encode(model, "a".repeat(1_000_001)), 500_001);
  assert.is(encode(model, "aaa"), 2);
  model.close();
});

test("a word that no memory holds is told before memory is taken", async () => {
  const model = await openTableModel(doubles);
  await rejects("too-large", /4\.[34] GB.*Cut the text/, () => encode(model, "a".repeat(90_000_000)));
  assert.is(encode(model, "aaa"), 2);
  model.close();
});

test("a module that cannot be compiled is told; the next try may succeed", () => {
  const code = `
    import { AutoTokenizer, init } from "wasm2vec";
    await init();
    const { compile } = WebAssembly;
    WebAssembly.compile = async () => { throw new Error("it is forbidden"); };
    const json = new TextEncoder().encode('${JSON.stringify({ model: doubles })}');
    const open = () => AutoTokenizer.fromPretrained({ "tokenizer.json": json });
    await open().catch(({ code, message }) => console.log(code, message));
    WebAssembly.compile = compile;
    console.log((await open()).encode("aaa"));`;
  const env = { ...process.env, FORCE_COLOR: "0" };
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8", env });
  assert.match(
    printed,
    /^engine-not-loaded The tokenizer's module could not be loaded: it is forbidden\..*'wasm-unsafe-eval'.*\n\[ 1, 0 \]\n$/,
  );
});

test.run();
