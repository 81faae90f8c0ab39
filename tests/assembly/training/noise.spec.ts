import { cumulativeWord, drawNoise, fillAlias, fillCumulative } from "../../../assembly/training/noise";
import { place, read, take } from "../place";

describe("the noise distribution", () => {
  it("counts 1, 1, 2 are a quarter, a half and all of 2^31 - 1", () => {
    const table = take(12);
    fillCumulative(place<f64>([1, 1, 2]), 3, 1, table);
    expect(read<u32>(table, 3)).toStrictEqual([536870912, 1073741824, 2147483647]);
  });

  it("an exponent of 0 makes all words equally likely", () => {
    const table = take(16);
    fillCumulative(place<f64>([7, 1, 100, 3]), 4, 0, table);
    expect(read<u32>(table, 4)).toStrictEqual([536870912, 1073741824, 1610612735, 2147483647]);
  });

  it("an exponent of 0.5 takes roots: 3, 2 and 5 of 10", () => {
    const table = take(12);
    fillCumulative(place<f64>([9, 4, 25]), 3, 0.5, table);
    expect(load<u32>(table, 4)).toBe(1073741824);
  });

  it("a word is the first whose entry is not below the bits", () => {
    const table = place<u32>([10, 20, 20, 30]);
    expect(cumulativeWord(table, 4, 0)).toBe(0);
    expect(cumulativeWord(table, 4, 10)).toBe(0);
    expect(cumulativeWord(table, 4, 11)).toBe(1);
    expect(cumulativeWord(table, 4, 20)).toBe(1);
    expect(cumulativeWord(table, 4, 21)).toBe(3);
    expect(cumulativeWord(table, 4, 29)).toBe(3);
  });

  it("the bits are taken modulo the last entry", () => {
    const table = place<u32>([10, 20, 20, 30]);
    expect(cumulativeWord(table, 4, 30)).toBe(0);
    expect(cumulativeWord(table, 4, 41)).toBe(1);
  });
});

describe("the alias table", () => {
  it("counts 1, 1, 2: the first two fill three quarters of their columns, the third the rest and its own", () => {
    const table = take(24);
    fillAlias(place<f64>([1, 1, 2]), 3, 1, table, take(12));
    const quarters: u32 = 3 << 30;
    expect(read<u32>(table, 4)).toStrictEqual([quarters, 2, quarters, 2]);
    expect(load<u32>(table, 20)).toBe(2);
  });

  it("words that are equally likely have a column each", () => {
    const table = take(32);
    fillAlias(place<f64>([7, 1, 100, 3]), 4, 0, table, take(16));
    expect(read<u32>(table, 8)).toStrictEqual([0xffffffff, 0, 0xffffffff, 1, 0xffffffff, 2, 0xffffffff, 3]);
  });

  it("the upper bits choose a column, the lower the word or its alias: e220a839 7b1dcdaf, 6e789e6a a1b965f4", () => {
    // the first is in the last of two columns, the second in the first
    const table = place<u32>([0xa1b965f4, 7, 0x7b1dcdb0, 8]);
    const random = place<u64>([0]);
    const out = take(8);
    drawNoise(table, 2, random, out, 2);
    expect(read<u32>(out, 2)).toStrictEqual([1, 7]);
  });
});
