import { gather } from "../../../assembly/numbers/gather";
import { place, read, row, take } from "../place";

describe("gather", () => {
  it("copies rows in the order of the ids, without their padding", () => {
    const table = take(3 * 32);
    for (let i: usize = 0; i < 3; i++) memory.copy(table + i * 32, row([<f32>i, <f32>(i * 10)]), 32);
    const out = take(6 * 4);
    gather(table, 32, place<u32>([2, 0, 2]), 3, 8, out);
    expect(read<f32>(out, 6)).toStrictEqual([2, 20, 0, 0, 2, 20]);
  });
});
