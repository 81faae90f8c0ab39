import { fillDistances } from "../../../assembly/search/distance";
import { place, read, row, take } from "../place";

/** (3, 4), (3, 0) and (0, 0) */
function threeRows(): usize {
  const table = take(3 * 32);
  memory.copy(table, row([3, 4]), 32);
  memory.copy(table + 32, row([3, 0]), 32);
  return table;
}

describe("distances", () => {
  it("are 0, 4 and 5 from the first row", () => {
    const out = take(12);
    fillDistances(threeRows(), 0, 0, place<u32>([0, 1, 2]), 3, 32, out);
    expect(read<f32>(out, 3)).toStrictEqual([0, 4, 5]);
  });

  it("whose squares are too small or too large for f32 are right", () => {
    const table = take(64);
    memory.copy(table, row([3e-23, 4e-23]), 32);
    const out = take(4);
    fillDistances(table, 0, 0, place<u32>([1]), 1, 32, out);
    expect(load<f32>(out)).toBe(5e-23);
    memory.copy(table, row([3e19, 4e19]), 32);
    fillDistances(table, 0, 0, place<u32>([1]), 1, 32, out);
    expect(load<f32>(out)).toBe(5e19);
  });

  it("of unit vectors: a vector of zeros stays, so it is 1 from any other", () => {
    const out = take(8);
    fillDistances(threeRows(), place<f32>([5, 3, 0]), 2, place<u32>([2, 1]), 2, 32, out);
    expect(read<f32>(out, 2)).toStrictEqual([0, 1]);
  });
});
