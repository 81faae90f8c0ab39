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
    fillScores(row([0, 1]), threeRows(), place<f32>([5, 2, 0]), 3, 32, 1, scores);
    expect(load<f32>(scores)).toBe(4 * (<f32>1 / 5));
    expect(load<f32>(scores, 4)).toBe(-1);
    expect(load<f32>(scores, 8)).toBe(0);
  });
});

describe("numbers at the borders of f32", () => {
  it("lengths whose squares are too small or too large for it", () => {
    const table = take(5 * 32);
    memory.copy(table, row([3e-23, 4e-23]), 32);
    memory.copy(table + 32, row([3e19, -4e19]), 32);
    memory.copy(table + 64, row([3e-30, 4e-30]), 32);
    memory.copy(table + 96, row([1e-39, 0]), 32);
    const norms = take(20);
    fillNorms(table, 5, 32, norms);
    // what is below 2^-126 has no inverse, and counts as 0
    expect(read<f32>(norms, 5)).toStrictEqual([5e-23, 5e19, 5e-30, 0, 0]);
  });

  it("scores are cut off at what is the most", () => {
    const scores = take(8);
    fillScores(row([1, 0]), row([3, 0]), place<f32>([2]), 1, 32, 1, scores);
    fillScores(row([-1, 0]), row([3, 0]), place<f32>([2]), 1, 32, 1, scores + 4);
    expect(read<f32>(scores, 2)).toStrictEqual([1, -1]);
  });

  it("rows beyond 1 are equally good: the first is found", () => {
    const table = take(3 * 32);
    for (let i = 0; i < 3; i++) memory.copy(table + i * 32, row([<f32>(i + 1), 0]), 32);
    const heap = take(8);
    const fields: usize[] = [table, place<f32>([1, 1, 1]), 32, row([1, 0]), 1, heap, 1];
    const search = changetype<Search>(place<usize>(fields));
    beginSearch(search);
    searchRows(search, 0, 0, 3);
    endSearch(search, take(4));
    expect(load<u32>(heap)).toBe(0);
    expect(load<f32>(heap, 4)).toBe(1);
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
