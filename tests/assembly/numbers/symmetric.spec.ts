import { addProducts } from "../../../assembly/numbers/symmetric";
import { place, read, take } from "../place";

describe("a symmetric matrix that is never made", () => {
  it("multiplies two vectors at a time, and adds to what is there", () => {
    // rows (1, 2), (0, 1), (3, 0), (0, 0): their matrix is (10, 2), (2, 5)
    const rows = place<f64>([1, 2, 0, 1, 3, 0, 0, 0]);
    // the vectors (1, 10) and (100, 1)
    const x = place<f64>([1, 100, 10, 1]);
    const y = place<f64>([1, 0, 0, 0]);
    addProducts(rows, 4, 16, x, y);
    expect(read<f64>(y, 4)).toStrictEqual([31, 1002, 52, 205]);
    const none = take(32);
    addProducts(rows, 0, 16, x, none);
    expect(read<f64>(none, 4)).toStrictEqual([0, 0, 0, 0]);
  });
});
