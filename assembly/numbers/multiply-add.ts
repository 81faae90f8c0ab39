// a b + c, the one operation in which the builds differ.

/**
 * a b + c. The relaxed builds leave to the processor whether the product is rounded before the sum: one instruction where it
 * has fused multiply-adds. All other builds round twice, so that their results are the same everywhere.
 */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}
