// The symmetric matrix Xᵀ X of rows X (N, D) of f64, which is never made: its eigenvectors are a table's principal components.
// Two vectors are multiplied at a time, so that rows are read half as often: x and y hold pairs, a number of each vector.

/** y += Xᵀ (X x), where four divides the count of rows; a row takes so many bytes, x and y twice as many. */
export function addProducts(rows: usize, count: u32, bytes: usize, x: usize, y: usize): void {
  for (const end = rows + <usize>count * bytes; rows < end; rows += bytes << 2) {
    let a = f64x2.splat(0);
    let b = a;
    let c = a;
    let d = a;
    for (let i: usize = 0; i < bytes; i += 8) {
      const pair = v128.load(x + (i << 1));
      let row = rows + i;
      a = f64x2.add(a, f64x2.mul(pair, v128.load64_splat(row)));
      b = f64x2.add(b, f64x2.mul(pair, v128.load64_splat((row += bytes))));
      c = f64x2.add(c, f64x2.mul(pair, v128.load64_splat((row += bytes))));
      d = f64x2.add(d, f64x2.mul(pair, v128.load64_splat(row + bytes)));
    }
    for (let i: usize = 0; i < bytes; i += 8) {
      const pair = y + (i << 1);
      let row = rows + i;
      let sum = f64x2.add(v128.load(pair), f64x2.mul(a, v128.load64_splat(row)));
      sum = f64x2.add(sum, f64x2.mul(b, v128.load64_splat((row += bytes))));
      sum = f64x2.add(sum, f64x2.mul(c, v128.load64_splat((row += bytes))));
      v128.store(pair, f64x2.add(sum, f64x2.mul(d, v128.load64_splat(row + bytes))));
    }
  }
}
