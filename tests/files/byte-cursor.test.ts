// Numbers and texts of a file one after the other, whatever lies at the ends of what is read at a time.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { ByteCursor } from "../../src/files/byte-cursor.ts";
import { bytesAccess, type RandomAccess } from "../../src/files/random-access.ts";
import { rejects } from "../helpers/rejects.ts";

const damaged = (what: string) => new Wasm2VecError("format-damaged", what);
const open = (bytes: Uint8Array) => new ByteCursor(bytesAccess(bytes), damaged);

test("numbers are little endian, signed and not", async () => {
  const cursor = open(
    Uint8Array.of(255, 1, 0, 0, 0x80, 1, 0, 0, 0x80, 0, 0, 0x80, 0x3f, 254, 255, 255, 255, 255, 255, 255, 255),
  );
  await cursor.ahead(21, "all");
  assert.equal([cursor.u8(), cursor.u32(), cursor.i32()], [255, 2 ** 31 + 1, -(2 ** 31) + 1]);
  assert.equal([cursor.f32(), cursor.i64(), cursor.left], [1, -2, 0]);
});

test("texts end at a byte, wherever that lies", async () => {
  const words = ["", "a", "x".repeat(300_000), "kühe", "y".repeat(600_000)];
  const cursor = open(new TextEncoder().encode(words.map((word) => `${word}\n`).join("")));
  for (const word of words) assert.is(new TextDecoder().decode(await cursor.until(10, "a word")), word);
  await rejects("format-damaged", /a word does not end/, () => cursor.until(10, "a word"));
});

test("what is not there is an error before it is read", async () => {
  const reads: number[] = [];
  const source: RandomAccess = {
    size: 10,
    read: async (begin, end) => {
      reads.push(end - begin);
      return new Uint8Array(end - begin);
    },
  };
  const cursor = new ByteCursor(source, damaged);
  await rejects("format-damaged", /a matrix needs 1000000000000 bytes from byte 0 on, and 10 are left/, () =>
    cursor.ahead(1e12, "a matrix"),
  );
  assert.equal(reads, []);
  cursor.seek(4, 8);
  await rejects("format-damaged", /needs 5 bytes from byte 4 on, and 4 are left/, () => cursor.ahead(5, "a page"));
  await cursor.ahead(4, "a page");
  assert.equal(reads, [4]);
});

test("rows come in tiles, as copies", async () => {
  const numbers = Float32Array.from({ length: 300_000 }, (_, i) => i);
  const bytes = new Uint8Array(numbers.buffer);
  const rows: number[] = [];
  for await (const { first, floats } of open(bytes).tiles(100_000, 3)) {
    assert.is(rows.length, first * 3);
    for (const x of floats) rows.push(x);
  }
  assert.ok(rows.length === numbers.length && rows.every((x, i) => x === i));
});

test.run();
