// UTF-8 that is damaged, and its repair as TextDecoder does it: each maximal part of a character becomes one U+FFFD.
// see: https://encoding.spec.whatwg.org/#utf-8-decoder

const REPLACEMENT_BYTES: u32 = 3;

/**
 * How many bytes the character at `at` has; `left` bytes are left of the word.
 * Where it is damaged: minus the number of bytes that could have begun one, 1 at least.
 */
function characterLength(at: usize, left: u32): i32 {
  const lead = load<u8>(at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let minByte: u8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  let maxByte: u8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  for (let i = 1; i < length; i++) {
    const byte = load<u8>(at + i);
    if (<u32>i == left || byte < minByte || byte > maxByte) return -i;
    minByte = 0x80;
    maxByte = 0xbf;
  }
  return length;
}

/** How many U+FFFD the repaired word has more than the word. */
export function damages(word: usize, length: u32): u32 {
  let count: u32 = 0;
  for (const end = word + length; word < end; ) {
    const bytes = characterLength(word, <u32>(end - word));
    if (bytes < 0) count++;
    word += abs(bytes);
  }
  return count;
}

/** Writes the repaired word to `to`, where it may take three times its length. Returns how long it is. */
export function repair(word: usize, length: u32, to: usize): u32 {
  const begin = to;
  for (const end = word + length; word < end; ) {
    const bytes = characterLength(word, <u32>(end - word));
    if (bytes > 0) {
      memory.copy(to, word, bytes);
      to += bytes;
    } else {
      store<u16>(to, 0xbfef);
      store<u8>(to, 0xbd, 2);
      to += REPLACEMENT_BYTES;
    }
    word += abs(bytes);
  }
  return <u32>(to - begin);
}
