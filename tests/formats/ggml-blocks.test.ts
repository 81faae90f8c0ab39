// Blocks of numbers as ggml lays them out, bit by bit as the gguf package decodes them.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { rowKind } from "../../src/formats/decode-tensor.ts";

const { blocks } = JSON.parse(readFileSync("tests/golden/gguf.json", "utf8")) as {
  blocks: Record<string, { bytes: string; numbers: string }>;
};

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

test("every kind that published files use for their embeddings", () => {
  assert.equal(
    Object.keys(blocks).sort(),
    "BF16 F16 F32 IQ4_NL IQ4_XS Q2_K Q3_K Q4_0 Q4_1 Q4_K Q5_0 Q5_1 Q5_K Q6_K Q8_0".split(" "),
  );
});

for (const [name, { bytes, numbers }] of Object.entries(blocks)) {
  test(`${name}: scales of a usual size, a subnormal one, zero, and a large negative one`, async () => {
    const expected = new Uint32Array(bytesOf(numbers).buffer);
    const kind = rowKind(name);
    assert.ok(kind);
    assert.is(bytesOf(bytes).length, (expected.length / kind.values) * kind.bytes);
    const decoder = await kind.open();
    const out = new Float32Array(expected.length);
    decoder.decode(bytesOf(bytes), out);
    decoder.close();
    const bits = new Uint32Array(out.buffer);
    assert.is(
      bits.findIndex((value, i) => value !== expected[i]),
      -1,
    );
  });
}

test("two nibbles by hand: Q4_0 of scale 1 counts from -8, low halves first", async () => {
  const block = Uint8Array.of(0x00, 0x3c, 0x0f, 0x91, ...new Array(14).fill(0x88));
  const out = new Float32Array(32);
  (await rowKind("Q4_0")?.open())?.decode(block, out);
  assert.equal([out[0], out[1], out[2], out[16], out[17], out[18]], [7, -7, 0, -8, 1, 0]);
});

test("infinite and NaN scales stay so", async () => {
  const out = new Float32Array(32);
  const block = new Uint8Array(34).fill(1);
  const decoder = await rowKind("Q8_0")?.open();
  for (const [high, expected] of [
    [0x7c, Number.POSITIVE_INFINITY],
    [0xfc, Number.NEGATIVE_INFINITY],
    [0x7e, Number.NaN],
  ]) {
    block.set([0, high]);
    decoder?.decode(block, out);
    assert.ok(Object.is(out[31], expected), `${out[31]}`);
  }
});

test("kinds that are not decoded have no reader", () => {
  for (const name of ["IQ1_S", "IQ2_XXS", "TQ1_0", "MXFP4", "NVFP4", "Q8_K", "toString"]) {
    assert.is(rowKind(name), undefined);
  }
});

test.run();
