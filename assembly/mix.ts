// Sums of rows by weights, four and two at a time: how CBOW forms what stands for a context, and gives back its errors.

function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Four consecutive rows += two rows by their weights (2, 4) f32: row c += w_0c x0 + w_1c x1. */
export function addToFour(rows: usize, rowBytes: usize, bytes: usize, weights: usize, x0: usize, x1: usize): void {
  const a0 = v128.load32_splat(weights);
  const a1 = v128.load32_splat(weights, 4);
  const a2 = v128.load32_splat(weights, 8);
  const a3 = v128.load32_splat(weights, 12);
  const b0 = v128.load32_splat(weights, 16);
  const b1 = v128.load32_splat(weights, 20);
  const b2 = v128.load32_splat(weights, 24);
  const b3 = v128.load32_splat(weights, 28);
  let r1 = rows + rowBytes;
  let r2 = r1 + rowBytes;
  let r3 = r2 + rowBytes;
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, rows += 16, r1 += 16, r2 += 16, r3 += 16) {
    const x = v128.load(x0);
    const y = v128.load(x1);
    v128.store(rows, multiplyAdd(b0, y, multiplyAdd(a0, x, v128.load(rows))));
    v128.store(r1, multiplyAdd(b1, y, multiplyAdd(a1, x, v128.load(r1))));
    v128.store(r2, multiplyAdd(b2, y, multiplyAdd(a2, x, v128.load(r2))));
    v128.store(r3, multiplyAdd(b3, y, multiplyAdd(a3, x, v128.load(r3))));
  }
}

/** Two rows += four consecutive rows by such weights: x0 += Σ w_0c row c, x1 += Σ w_1c row c. */
export function addFour(rows: usize, rowBytes: usize, bytes: usize, weights: usize, x0: usize, x1: usize): void {
  const a0 = v128.load32_splat(weights);
  const a1 = v128.load32_splat(weights, 4);
  const a2 = v128.load32_splat(weights, 8);
  const a3 = v128.load32_splat(weights, 12);
  const b0 = v128.load32_splat(weights, 16);
  const b1 = v128.load32_splat(weights, 20);
  const b2 = v128.load32_splat(weights, 24);
  const b3 = v128.load32_splat(weights, 28);
  let r1 = rows + rowBytes;
  let r2 = r1 + rowBytes;
  let r3 = r2 + rowBytes;
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, rows += 16, r1 += 16, r2 += 16, r3 += 16) {
    let e = v128.load(rows);
    let x = multiplyAdd(a0, e, v128.load(x0));
    let y = multiplyAdd(b0, e, v128.load(x1));
    e = v128.load(r1);
    x = multiplyAdd(a1, e, x);
    y = multiplyAdd(b1, e, y);
    e = v128.load(r2);
    x = multiplyAdd(a2, e, x);
    y = multiplyAdd(b2, e, y);
    e = v128.load(r3);
    v128.store(x0, multiplyAdd(a3, e, x));
    v128.store(x1, multiplyAdd(b3, e, y));
  }
}
