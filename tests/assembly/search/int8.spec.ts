import { findCandidates, Int8Search, quantizeRows } from "../../../assembly/search/int8";
import { place, read, row, take } from "../place";

/** (127, -64, 1.25), half of it, one too short for its squares, zeros */
function fourRows(): usize {
  const table = take(4 * 32);
  memory.copy(table, row([127, -64, 1.25]), 32);
  memory.copy(table + 32, row([63.5, -32, 0.625]), 32);
  memory.copy(table + 64, row([1e-20]), 32);
  return table;
}

// beyond a function: there are no closures
const rows = take(4 * 16);
const factors = take(16);
const residuals = take(16);
quantizeRows(fourRows(), place<f32>([128, 64, 1e-20, 0]), 4, 32, rows, 16, factors, residuals);

describe("an int8 index", () => {
  it("holds whole numbers up to 127", () => {
    expect(read<i8>(rows, 4)).toStrictEqual([127, -64, 1, 0]);
    expect(read<i8>(rows + 16, 4)).toStrictEqual([127, -64, 1, 0]);
    expect(read<i8>(rows + 32, 4)).toStrictEqual([0, 0, 0, 0]);
  });

  it("with what each counts and what is left of it, by its length", () => {
    expect(read<f32>(factors, 4)).toStrictEqual([<f32>1 / 128, <f32>0.5 / 64, 0, 0]);
    expect(read<f32>(residuals, 4)).toStrictEqual([<f32>0.25 / 128, <f32>0.125 / 64, Infinity, 0]);
  });

  it("rules out what cannot reach a score", () => {
    const query = place<i16>([128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const search = changetype<Int8Search>(take(offsetof<Int8Search>()));
    search.rows = rows;
    search.rowBytes = 16;
    search.factors = factors;
    search.residuals = residuals;
    search.query = query;
    search.scale = 1;
    search.weight = 1;
    // 128 * 127 / 128 = 127 and a little, twice; anything; 0
    search.found = take(20);
    findCandidates(search, 0, 4, 127);
    expect(read<u32>(search.found, 4)).toStrictEqual([3, 0, 1, 2]);
    search.found = take(20);
    findCandidates(search, 1, 4, 128);
    expect(read<u32>(search.found, 2)).toStrictEqual([1, 2]);
    search.found = take(20);
    findCandidates(search, 0, 4, -1);
    expect(read<u32>(search.found, 5)).toStrictEqual([4, 0, 1, 2, 3]);
  });
});
