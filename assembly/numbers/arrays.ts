// Numbers of 4 bytes in a row in memory, by their index. The compiler inlines these.

export function u32At(base: usize, i: usize): u32 {
  return load<u32>(base + (i << 2));
}

export function f32At(base: usize, i: usize): f32 {
  return load<f32>(base + (i << 2));
}
