// The kernels of vector.ts and gather.ts against their plain twins.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { rowBytesOf } from "../../src/engine/layout.ts";
import { ROW_FORMATS } from "../../src/tables/row-format.ts";
import * as reference from "../helpers/reference.ts";
import { DIMENSIONS, ROUNDING, randomRow, randomRows, Scratch } from "../helpers/scratch.ts";

const near = (got: number, expected: number, bound: number) =>
  assert.ok(Math.abs(got - expected) <= bound, `got ${got}, expected ${expected} within ${bound}`);

/** Σ |x y|: a sum of D products in any order is off by at most D + 1 roundings of this. */
const magnitude = (x: number[], y: number[]) => reference.dot(x.map(Math.abs), y.map(Math.abs));
const dotBound = (x: number[], y: number[]) => (x.length + 1) * ROUNDING * magnitude(x, y);

for (const dimension of DIMENSIONS) {
  const bytes = rowBytesOf(dimension);
  const twister = new reference.MersenneTwister(dimension);
  const x = randomRow(twister, dimension);
  const y = randomRow(twister, dimension);

  test(`dot, D = ${dimension}`, async () => {
    using scratch = await Scratch.open();
    near(scratch.kernels.dot(scratch.row(x), scratch.row(y), bytes), reference.dot(x, y), dotBound(x, y));
  });

  test(`norm, D = ${dimension}`, async () => {
    using scratch = await Scratch.open();
    const expected = reference.norm(x);
    // the root halves the relative error of the sum and rounds once more
    near(scratch.kernels.norm(scratch.row(x), bytes), expected, ((dimension + 1) / 2 + 1) * ROUNDING * expected);
  });

  test(`axpy, D = ${dimension}: each number is rounded twice, the padding stays zero`, async () => {
    using scratch = await Scratch.open();
    const at = scratch.row(y);
    const expected = [...y];
    reference.axpy(0.625, x, expected);
    scratch.kernels.axpy(0.625, scratch.row(x), at, bytes);
    scratch.readRow(at, dimension).forEach((value, i) => {
      near(value, expected[i], 2 * ROUNDING * (Math.abs(0.625 * x[i]) + Math.abs(y[i])));
    });
    assert.ok(scratch.readPadding(at, dimension).every((value) => value === 0));
  });

  test(`scale, D = ${dimension}: each number is rounded once, the padding stays zero`, async () => {
    using scratch = await Scratch.open();
    const at = scratch.row(x);
    const expected = [...x];
    const factor = Math.fround(-1 / 3);
    reference.scale(factor, expected);
    scratch.kernels.scale(factor, at, bytes);
    scratch.readRow(at, dimension).forEach((value, i) => {
      near(value, expected[i], ROUNDING * Math.abs(expected[i]));
    });
    assert.ok(scratch.readPadding(at, dimension).every((value) => value === 0));
  });

  test(`gather, D = ${dimension}: rows in any order, twice too, without their padding`, async () => {
    using scratch = await Scratch.open();
    const table = randomRows(twister, 5, dimension);
    const ids = [4, 0, 0, 3];
    const out = scratch.take((ids.length * dimension + 1) * 4);
    scratch.kernels.gather(scratch.rows(table), bytes, scratch.u32(ids), ids.length, dimension * 4, out);
    const gathered = [...scratch.engine.f32(out, ids.length * dimension + 1)];
    assert.equal(gathered, [...reference.gather(table, ids).flat(), 0], "and nothing behind them");
  });
}

for (const dimension of DIMENSIONS) {
  test(`decodeInt8, D = ${dimension}: each number is rounded once, the padding is zero`, async () => {
    using scratch = await Scratch.open();
    const twister = new reference.MersenneTwister(dimension);
    const stored = ROW_FORMATS.int8.storedBytes(dimension);
    const scales = [0.5, Math.fround(1 / 3), 0];
    const rows = scratch.take(scales.length * stored);
    const whole = scales.map(() => Array.from({ length: dimension }, () => twister.below(255) - 127));
    for (const [i, scale] of scales.entries()) {
      scratch.engine.i8(rows + i * stored, dimension).set(whole[i]);
      scratch.engine.f32(rows + (i + 1) * stored - 4, 1)[0] = scale;
    }
    const out = scratch.take(scales.length * rowBytesOf(dimension));
    scratch.kernels.decodeInt8(rows, scales.length, rowBytesOf(dimension), out);
    for (const [i, row] of scratch.readRows(out, scales.length, dimension).entries()) {
      for (const [d, x] of reference.fromInt8(whole[i], scales[i]).entries()) near(row[d], x, ROUNDING * Math.abs(x));
      const at = out + i * rowBytesOf(dimension);
      assert.ok(scratch.readPadding(at, dimension).every((value) => value === 0));
    }
  });
}

/** All 65,536 numbers of two bytes. */
const allBits = new Uint16Array(65536).map((_, bits) => bits);

for (const [kernel, twin] of [
  ["decodeBfloat16", reference.fromBfloat16],
  ["decodeFloat16", reference.fromFloat16],
] as const) {
  test(`${kernel}: every one of the 65,536 numbers, exactly`, async () => {
    using scratch = await Scratch.open();
    const out = scratch.take(allBits.length * 4);
    scratch.kernels[kernel](scratch.u8(new Uint8Array(allBits.buffer)), allBits.length, out);
    const widened = scratch.engine.f32(out, allBits.length);
    for (const bits of allBits) {
      assert.ok(Object.is(widened[bits], twin(bits)), `${bits.toString(16)}: ${widened[bits]}, not ${twin(bits)}`);
    }
  });
}

test.run();
