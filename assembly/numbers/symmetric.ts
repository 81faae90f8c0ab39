// Symmetric matrices (N, N) of f64, from whose largest eigenvalues a table's principal components come. N is even: a
// matrix of an odd number of rows has a row and a column of zeros more.

/** matrix += x xᵀ */
export function addOuter(x: usize, size: u32, matrix: usize): void {
  const end = x + ((<usize>size) << 3);
  for (let row = x; row < end; row += 8) {
    const factor = v128.load64_splat(row);
    for (let column = x; column < end; column += 16, matrix += 16) {
      v128.store(matrix, f64x2.add(v128.load(matrix), f64x2.mul(factor, v128.load(column))));
    }
  }
}

/** y = matrix x */
export function multiply(matrix: usize, x: usize, size: u32, y: usize): void {
  const bytes = (<usize>size) << 3;
  for (const end = y + bytes; y < end; y += 8) {
    let sum = f64x2.splat(0);
    for (let column: usize = 0; column < bytes; column += 16, matrix += 16) {
      sum = f64x2.add(sum, f64x2.mul(v128.load(matrix), v128.load(x + column)));
    }
    store<f64>(y, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  }
}
