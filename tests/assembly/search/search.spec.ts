import { beginSearch, endSearch, fillNorms, fillScores, Search, searchRows } from "../../../assembly/search/search";
import { place, read, row, take } from "../place";

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

describe("a search for three queries", () => {
  it("finds the best two rows of each", () => {
    const queries = take(3 * 32);
    memory.copy(queries, row([0, 1]), 32);
    memory.copy(queries + 32, row([0, -1]), 32);
    memory.copy(queries + 64, row([1, 0]), 32);
    const heaps = take(3 * 2 * 8);
    const found = take(12);
    const fields: usize[] = [threeRows(), place<f32>([5, 2, 0]), 32, queries, 3, heaps, 2];
    const search = changetype<Search>(place<usize>(fields));
    beginSearch(search);
    searchRows(search, 0, 0, 3);
    endSearch(search, found);
    expect(read<u32>(found, 3)).toStrictEqual([2, 2, 2]);
    const ids: u32[] = [];
    for (let i: usize = 0; i < 6; i++) ids.push(load<u32>(heaps + (i << 3)));
    // cosines 0.8, -1, 0; -0.8, 1, 0; 0.6, 0, 0
    expect(ids).toStrictEqual([0, 2, 1, 2, 0, 1]);
    expect(load<f32>(heaps, 4)).toBe(4 * (<f32>1 / 5));
  });
});
