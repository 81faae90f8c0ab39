// Views of an engine's memory, and what is left of an engine that is closed.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { rejects } from "../helpers/rejects.ts";

const VIEWS = ["u8", "i8", "i16", "u32", "f32", "f64"] as const;

test("views of all kinds show the same bytes", async () => {
  const engine = await Engine.open();
  const { base } = engine;
  engine.u8(base, 8).set([0, 0, 0, 0, 0, 0, 0xf0, 0xbf]);
  assert.equal([...engine.i8(base + 6, 2)], [-16, -65]);
  assert.equal([...engine.i16(base + 6, 1)], [0xbff0 - 0x10000]);
  assert.equal([...engine.u32(base, 2)], [0, 0xbff00000]);
  assert.equal([...engine.f32(base, 2)], [0, -1.875]);
  assert.equal([...engine.f64(base, 1)], [-1]);
  engine.close();
});

test("a view is of the memory as it is now: growing it detaches older ones", async () => {
  const engine = await Engine.open();
  const before = engine.u8(engine.base, 4);
  before.set([1, 2, 3, 4]);
  engine.reserve(engine.memory.buffer.byteLength + 1, "The test needs");
  assert.is(before.length, 0);
  assert.equal([...engine.u8(engine.base, 4)], [1, 2, 3, 4]);
  engine.close();
});

test("a closed engine gives no view, no kernel and no memory; closing it again does nothing", async () => {
  const engine = await Engine.open();
  const { base } = engine;
  assert.not(engine.isClosed);
  engine.close();
  engine.close();
  assert.ok(engine.isClosed);
  for (const view of VIEWS)
    await rejects("closed", /The memory was closed while it was in use/, () => engine[view](base, 1));
  await rejects("closed", /closed/, () => engine.kernels);
  await rejects("closed", /closed/, () => engine.memory);
  await rejects("closed", /closed/, () => engine.reserve(base, "The test needs"));
});

test.run();
