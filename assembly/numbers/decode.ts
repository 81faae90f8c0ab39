// Numbers that a file or a table stores in fewer bits, decoded to f32.

/** out (count,) f32 = bfloat16: the upper half of a float32, so exact. Eight at a time; `out` holds as many. */
export function decodeBfloat16(from: usize, count: usize, out: usize): void {
  const zero = i16x8.splat(0);
  for (const end = from + (count << 1); from < end; from += 16, out += 32) {
    const halves = v128.load(from);
    v128.store(out, v128.shuffle<u16>(zero, halves, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(out, v128.shuffle<u16>(zero, halves, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  }
}

/**
 * out (count,) f32 = float16, exactly, four at a time. The exponent is moved by a multiplication with 2^112, which
 * makes subnormal numbers normal too; infinities and NaN get their exponent's missing bits afterwards.
 */
export function decodeFloat16(from: usize, count: usize, out: usize): void {
  const magnitude = i32x4.splat(0x7fff);
  const rebias = f32x4.splat(reinterpret<f32>(0x77800000));
  const beyond = f32x4.splat(65536);
  const infinite = i32x4.splat(0x7f800000);
  for (const end = from + (count << 1); from < end; from += 8, out += 16) {
    const bits = v128.load_ext<u16>(from);
    const value = f32x4.mul(i32x4.shl(v128.and(bits, magnitude), 13), rebias);
    const special = v128.and(f32x4.ge(value, beyond), infinite);
    const sign = i32x4.shl(v128.andnot(bits, magnitude), 16);
    v128.store(out, v128.or(v128.or(value, special), sign));
  }
}

/**
 * out (count, D) = rows of int8 times their scales: a row has a quarter of the bytes of one of `out`, then its scale f32.
 */
export function decodeInt8(rows: usize, count: u32, outBytes: usize, out: usize): void {
  for (const end = out + <usize>count * outBytes; out < end; rows += 4) {
    const scale = f32x4.splat(load<f32>(rows + (outBytes >> 2)));
    for (const rowEnd = out + outBytes; out < rowEnd; out += 32, rows += 8) {
      const words = v128.load_ext<i8>(rows);
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(words)), scale));
      v128.store(out, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(words)), scale), 16);
    }
  }
}
