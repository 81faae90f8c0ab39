// The engine's structs as the host reads and writes them.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { f32, Struct, structBytes, u32 } from "../../src/engine/struct.ts";

const FIELDS = [...u32("size", "mask"), ...f32("alpha"), ...u32("end")];

/** A struct between two words that are not its own. */
async function withStruct(work: (struct: Struct<(typeof FIELDS)[number]["name"]>, engine: Engine) => void) {
  const engine = await Engine.open();
  engine.reserve(engine.base + 24, "The test needs");
  engine.u32(engine.base, 6).fill(7);
  work(new Struct(engine, engine.base + 4, FIELDS), engine);
  engine.close();
}

test("a field takes four bytes", () => {
  assert.is(structBytes(FIELDS), 16);
  assert.is(structBytes([]), 0);
});

test("fields lie one after the other, each as its type says; nothing beside them is written", () =>
  withStruct((struct, engine) => {
    struct.write({ size: 1, mask: 2 ** 32 - 1, alpha: 1.5, end: 4 });
    // 1.5 as a float32: its sign and exponent 0x3f8, half of its fraction 0x400000
    assert.equal([...engine.u32(engine.base, 6)], [7, 1, 0xffffffff, 0x3fc00000, 4, 7]);
  }));

test("what else the values hold is passed over", () =>
  withStruct((struct, engine) => {
    const values = { end: 4, more: 9, alpha: 0, mask: 2, size: 1 };
    struct.write(values);
    assert.equal([...engine.u32(engine.base, 6)], [7, 1, 2, 0, 4, 7]);
  }));

test("a field is read as it was set, without a sign, or rounded to float32; the others stay", () =>
  withStruct((struct, engine) => {
    struct.set("mask", 2 ** 32 - 1);
    struct.set("alpha", 0.1);
    assert.is(struct.get("mask"), 4294967295);
    assert.is(struct.get("alpha"), Math.fround(0.1));
    assert.is(struct.get("size"), 7);
    assert.equal([...engine.u32(engine.base, 2)], [7, 7]);
    assert.equal([...engine.u32(engine.base + 16, 2)], [7, 7]);
  }));

test("a struct is there still when the memory has grown", () =>
  withStruct((struct, engine) => {
    struct.set("size", 5);
    engine.reserve(2 ** 20, "The test needs");
    assert.is(struct.get("size"), 5);
    struct.set("size", 6);
    assert.is(struct.get("size"), 6);
  }));

test.run();
