// Puts numbers where kernels can read them.

/** So many bytes, all zero. */
export function take(bytes: usize): usize {
  const address = heap.alloc(bytes);
  memory.fill(address, 0, bytes);
  return address;
}

/** Numbers one after the other, of the array's type. */
export function place<T>(values: T[]): usize {
  const address = take(<usize>values.length * sizeof<T>());
  for (let i = 0; i < values.length; i++) store<T>(address + <usize>i * sizeof<T>(), values[i]);
  return address;
}

/** A row of up to eight floats, padded with zeros to 32 bytes. */
export function row(values: f32[]): usize {
  const address = take(32);
  for (let i = 0; i < values.length; i++) store<f32>(address + ((<usize>i) << 2), values[i]);
  return address;
}

/** `count` numbers from `address` on. */
export function read<T>(address: usize, count: i32): T[] {
  const values = new Array<T>(count);
  for (let i = 0; i < count; i++) values[i] = load<T>(address + <usize>i * sizeof<T>());
  return values;
}
