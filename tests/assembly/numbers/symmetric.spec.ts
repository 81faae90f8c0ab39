import { addOuter, multiply } from "../../../assembly/numbers/symmetric";
import { place, read, take } from "../place";

describe("a symmetric matrix", () => {
  it("is a sum of outer products, and multiplies a vector", () => {
    const matrix = take(4 * 4 * 8);
    addOuter(place<f64>([1, 2, 0, 0]), 4, matrix);
    addOuter(place<f64>([0, 1, 3, 0]), 4, matrix);
    expect(read<f64>(matrix, 16)).toStrictEqual([1, 2, 0, 0, 2, 5, 3, 0, 0, 3, 9, 0, 0, 0, 0, 0]);
    const product = take(32);
    multiply(matrix, place<f64>([1, 10, 100, 0]), 4, product);
    expect(read<f64>(product, 4)).toStrictEqual([21, 352, 930, 0]);
  });
});
