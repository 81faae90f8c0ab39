import { decodeBfloat16, decodeFloat16, decodeInt8 } from "../../../assembly/numbers/decode";
import { place, read, row, take } from "../place";

describe("narrow numbers", () => {
  it("bfloat16 is the upper half of float32", () => {
    const out = take(8 * 4);
    decodeBfloat16(place<u16>([0x0000, 0x3f80, 0xbf80, 0x4000, 0x3f00, 0x4049, 0x7f80, 0xff80]), 8, out);
    expect(read<f32>(out, 8)).toStrictEqual([0, 1, -1, 2, 0.5, 3.140625, f32.POSITIVE_INFINITY, f32.NEGATIVE_INFINITY]);
  });

  it("float16 has 5 bits of exponent and 10 of fraction", () => {
    const out = take(8 * 4);
    decodeFloat16(place<u16>([0x3c00, 0xc000, 0x3555, 0x7bff, 0x0001, 0x8400, 0x7c00, 0xfc00]), 8, out);
    const expected: f32[] = [
      1,
      -2,
      0.333251953125,
      65504,
      2 ** -24,
      -(2 ** -14),
      f32.POSITIVE_INFINITY,
      f32.NEGATIVE_INFINITY,
    ];
    expect(read<f32>(out, 8)).toStrictEqual(expected);
  });

  it("no number stays none", () => {
    const out = take(8 * 4);
    decodeFloat16(place<u16>([0x7e00, 0, 0, 0]), 4, out);
    expect(isNaN(load<f32>(out))).toBe(true);
    decodeBfloat16(place<u16>([0x7fc0, 0, 0, 0, 0, 0, 0, 0]), 8, out);
    expect(isNaN(load<f32>(out))).toBe(true);
  });

  it("int8 has a scale behind each row", () => {
    const rows = take(2 * 12);
    memory.copy(rows, place<i8>([127, -127, 1, 0, 0, 0, 0, -2]), 8);
    store<f32>(rows, 0.5, 8);
    memory.copy(rows + 12, place<i8>([3, 0, 0, 0, 0, 0, 0, 4]), 8);
    store<f32>(rows + 12, -2, 8);
    const out = take(2 * 32);
    decodeInt8(rows, 2, 32, out);
    expect(read<f32>(out, 8)).toStrictEqual([63.5, -63.5, 0.5, 0, 0, 0, 0, -1]);
    expect(load<f32>(out, 32)).toBe(-6);
    expect(load<f32>(out, 60)).toBe(-8);
  });
});
