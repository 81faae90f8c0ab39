// UTF-8 of well-formed texts, beside the UTF-16 units that the host counts in.

import { u32At } from "../numbers/arrays";

/** How many UTF-16 units begin with a byte: those of the character whose first it is, else none. */
export function unitsOf(byte: u32): u32 {
  return u32((byte & 0xc0) != 0x80) + u32(byte >= 0xf0);
}

/** How many bytes the character has that begins with this one. */
export function characterBytes(first: u32): u32 {
  return 1 + u32(first >= 0xc0) + u32(first >= 0xe0) + u32(first >= 0xf0);
}

/**
 * Writes where texts begin that lie one after the other, and where the last ends: (count + 1) u32, from `at`.
 *
 * @param end where all of them end
 * @param lengths (count) u32: how many UTF-16 units each has
 */
export function measure(at: usize, end: usize, lengths: usize, count: u32, offsets: usize): void {
  const begin = at;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(offsets + ((<usize>i) << 2), <u32>(at - begin));
    const length = u32At(lengths, i);
    for (let units: u32 = 0; at < end; at++) {
      const more = unitsOf(load<u8>(at));
      if (more && units >= length) break;
      units += more;
    }
  }
  store<u32>(offsets + ((<usize>count) << 2), <u32>(at - begin));
}
