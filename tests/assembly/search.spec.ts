import { fillNorms, fillScores, selectTop } from "../../assembly/search";
import { place, read, row, take } from "./place";

/** (3, 4), (0, -2) and (0, 0) */
function threeRows(): usize {
  const table = take(3 * 32);
  memory.copy(table, row([3, 4]), 32);
  memory.copy(table + 32, row([0, -2]), 32);
  return table;
}

describe("scores", () => {
  it("norms are 5, 2 and 0", () => {
    const norms = take(12);
    fillNorms(threeRows(), 3, 32, norms);
    expect(read<f32>(norms, 3)).toStrictEqual([5, 2, 0]);
  });

  it("are cosines for a query of length 1, and 0 for a row of zeros", () => {
    const scores = take(12);
    fillScores(row([0, 1]), threeRows(), place<f32>([5, 2, 0]), 3, 32, scores);
    expect(load<f32>(scores)).toBe(4 * (<f32>1 / 5));
    expect(load<f32>(scores, 4)).toBe(-1);
    expect(load<f32>(scores, 8)).toBe(0);
  });
});

describe("the best", () => {
  it("come first", () => {
    const best = take(12);
    expect(selectTop(place<f32>([0.5, 0.9, -1, 0.7, 0.1]), 5, 3, best)).toBe(3);
    expect(read<u32>(best, 3)).toStrictEqual([1, 3, 0]);
  });

  it("are in index order where they are equal", () => {
    const best = take(12);
    selectTop(place<f32>([1, 2, 2, 1, 2]), 5, 3, best);
    expect(read<u32>(best, 3)).toStrictEqual([1, 2, 4]);
  });

  it("are no more than there are, and none where none is wanted", () => {
    const best = take(12);
    expect(selectTop(place<f32>([1, 2]), 2, 3, best)).toBe(2);
    expect(selectTop(place<f32>([1, 2]), 2, 0, best)).toBe(0);
  });
});
