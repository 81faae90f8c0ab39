// A checksum of bytes: 16 lanes of u32, each a polynomial of every sixteenth word, modulo 2^32.

/** An odd number, so that no difference of two texts is lost when it is multiplied: xxHash's first prime. */
const PRIME: i32 = 0x9e3779b1;

/** lanes = lanes · PRIME + block, for each block of 64 bytes; `bytes` is a multiple of that. */
export function addToChecksum(lanes: usize, text: usize, bytes: usize): void {
  const prime = i32x4.splat(PRIME);
  let a = v128.load(lanes);
  let b = v128.load(lanes, 16);
  let c = v128.load(lanes, 32);
  let d = v128.load(lanes, 48);
  for (const end = text + bytes; text < end; text += 64) {
    a = i32x4.add(i32x4.mul(a, prime), v128.load(text));
    b = i32x4.add(i32x4.mul(b, prime), v128.load(text, 16));
    c = i32x4.add(i32x4.mul(c, prime), v128.load(text, 32));
    d = i32x4.add(i32x4.mul(d, prime), v128.load(text, 48));
  }
  v128.store(lanes, a);
  v128.store(lanes, b, 16);
  v128.store(lanes, c, 32);
  v128.store(lanes, d, 48);
}
