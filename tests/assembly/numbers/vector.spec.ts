import { axpy, dot, dotPairs, norm, scale } from "../../../assembly/numbers/vector";

describe("rows of eight floats", () => {
  it("dot", () => {
    const x = heap.alloc(64);
    for (let i = 0; i < 16; i++) store<f32>(x + (i << 2), <f32>i);
    expect(dot(x, x + 32, 32)).toBe(0 * 8 + 1 * 9 + 2 * 10 + 3 * 11 + 4 * 12 + 5 * 13 + 6 * 14 + 7 * 15);
  });

  it("axpy adds a multiple, scale multiplies", () => {
    const x = heap.alloc(64);
    for (let i = 0; i < 16; i++) store<f32>(x + (i << 2), <f32>i);
    axpy(0.5, x, x + 32, 32);
    expect(load<f32>(x, 32 + 4 * 3)).toBe(11 + 1.5);
    scale(-2, x, 32);
    expect(load<f32>(x, 4 * 7)).toBe(-14);
  });

  it("norm is 5 for (3, 4, 0, …)", () => {
    const x = heap.alloc(32);
    memory.fill(x, 0, 32);
    store<f32>(x, 3);
    store<f32>(x, 4, 28);
    expect(norm(x, 32)).toBe(5);
  });

  it("dotPairs: four products with dot's bits", () => {
    const rows = heap.alloc(4 * 64);
    for (let i = 0; i < 64; i++) store<f32>(rows + (i << 2), <f32>1 / <f32>(i + 3));
    const products = dotPairs(rows, rows + 64, rows + 128, rows + 192, 64);
    expect(f32x4.extract_lane(products, 0)).toBe(dot(rows, rows + 128, 64));
    expect(f32x4.extract_lane(products, 1)).toBe(dot(rows, rows + 192, 64));
    expect(f32x4.extract_lane(products, 2)).toBe(dot(rows + 64, rows + 128, 64));
    expect(f32x4.extract_lane(products, 3)).toBe(dot(rows + 64, rows + 192, 64));
  });
});
