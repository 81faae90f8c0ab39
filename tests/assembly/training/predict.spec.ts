import { fillProbabilities } from "../../../assembly/training/predict";
import { read, row, take } from "../place";

describe("probabilities", () => {
  it("are equal where all products are", () => {
    const out = take(16);
    fillProbabilities(row([1]), take(4 * 32), 4, 32, out);
    expect(read<f32>(out, 4)).toStrictEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("of products far beyond the exponential's range are still numbers", () => {
    const table = take(2 * 32);
    memory.copy(table, row([1000]), 32);
    const out = take(8);
    fillProbabilities(row([1000]), table, 2, 32, out);
    expect(read<f32>(out, 2)).toStrictEqual([1, 0]);
  });
});
