// Engines: how their memories grow, end, and come back.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Engine } from "../../src/engine/engine.ts";
import { rejects } from "../helpers/rejects.ts";

const PAGE = 65536;

test("a memory grows by whole pages, and only where it is too small", async () => {
  const engine = await Engine.open();
  const { pages } = engine;
  engine.reserve(pages * PAGE, "The test needs");
  assert.is(engine.pages, pages);
  engine.reserve(pages * PAGE + 1, "The test needs");
  assert.is(engine.pages, pages + 1);
  engine.close();
});

test("more than a memory can hold is an error that says how much it is", async () => {
  const engine = await Engine.open();
  await rejects("too-large", /The test needs 5\.0 GB; one WebAssembly memory holds 4\.3 GB/, () =>
    engine.reserve(5e9, "The test needs"),
  );
  await rejects("too-large", /The test needs 5\.0 GB/, () => Engine.openShared(5e9, "The test needs"));
  engine.close();
});

test("the memory of a closed engine comes back under a new one, and holds zeros", async () => {
  const first = await Engine.open();
  const { memory, base } = first;
  first.reserve(base + 100_000, "The test needs");
  const size = memory.buffer.byteLength - base;
  first.u8(base, size).fill(0xff);
  first.close();
  const second = await Engine.open();
  assert.is(second.memory, memory);
  assert.is(
    second.u8(base, size).findIndex((byte) => byte !== 0),
    -1,
  );
  second.u8(base, 1)[0] = 5;
  // whoever still holds the first cannot reach what is the second's now
  await rejects("closed", /closed/, () => first.u8(base, 1));
  first.close();
  const third = await Engine.open();
  assert.is.not(third.memory, memory);
  assert.is(second.u8(base, 1)[0], 5);
  second.close();
  third.close();
});

test("a memory of more than 32 MiB is given back to the runtime", async () => {
  const first = await Engine.open();
  const { memory } = first;
  first.reserve(33 * 2 ** 20, "The test needs");
  first.close();
  const second = await Engine.open();
  assert.is.not(second.memory, memory);
  second.close();
});

test("a memory that threads share has room for what was asked, and is not used again", async () => {
  const shared = await Engine.openShared(100_000, "The test needs");
  assert.ok(shared.isShared);
  assert.instance(shared.memory.buffer, SharedArrayBuffer);
  assert.is(shared.f32(shared.base, 25_000).length, 25_000);
  const { memory } = shared;
  shared.close();
  const next = await Engine.open();
  assert.not(next.isShared);
  assert.is.not(next.memory, memory);
  next.close();
});

test.run();
