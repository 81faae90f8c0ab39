// A tokenizer's model: its tokens, which lie as UTF-8 one after the other, and its merges, each in a table of open addressing
// that comes with them. A slot is a u32: 0 where it is free; else the place of a token or a merge plus one in its low bits, and
// in the others those of its hash, so that few others are looked at. All of it lies where the host says and was looked at by
// `checkModel`; texts are UTF-8.

import { u32At } from "../numbers/arrays";

/** No token, or no merge. */
export const NONE: u32 = 0xffffffff;

/** Where a model lies. Every field is 4 bytes; src/tokenizing/models/layout.ts writes them in this order. */
@unmanaged
export class Model {
  /** tokens */
  size: u32;
  /** their bytes, one after the other */
  text: usize;
  /** (size + 1) u32: where each begins */
  offsets: usize;
  /** (mask + 1) u32, a power of two: their slots */
  slots: usize;
  mask: u32;
  /** (size) u32: their ids; 0 where these are their places */
  ids: usize;
  /** (mergeCount, 3) u32: the places of the left token, of the right one, and of both together; the best merge first */
  merges: usize;
  mergeCount: u32;
  /** (pairMask + 1) u32: the merges' slots */
  pairs: usize;
  pairMask: u32;
  /** how many bytes the longest token has */
  longest: u32;
  /** the place of the token for what is unknown */
  unknown: u32;
  /**
   * What is written before a part of a word that does not begin it; room for a character and for what is written behind the
   * last; what that is
   */
  affixes: usize;
  prefixBytes: u32;
  suffixBytes: u32;
  /** 1 where a character that is no token becomes tokens of its bytes */
  byteFallback: u32;
  /** 1 where unknown characters in a row are one token */
  fuseUnknown: u32;
  /** 1 where a piece that is a token is that token */
  ignoreMerges: u32;
  /** WordPiece: words of more characters are unknown */
  maxCharacters: u32;
  /** u32: the places of ASCII's characters (128), of bytes' tokens (256), of what byte-level tokenizers write for bytes (256) */
  characters: usize;
  /** (CACHED) pieces that were encoded lately */
  cache: usize;
}

/** The places of a slot's low bits: as many bits as the largest has. */
function placeBits(size: u32): u32 {
  return u32.MAX_VALUE >> clz(size);
}

export const SEED: u32 = 0x811c9dc5;

/** A hash of bytes so far, and one more. */
export function addByte(hash: u32, byte: u32): u32 {
  return (hash ^ byte) * 0x01000193;
}

export function addBytes(hash: u32, at: usize, length: u32): u32 {
  for (const end = at + length; at < end; at++) hash = addByte(hash, load<u8>(at));
  return hash;
}

/** A hash all of whose bits depend on every byte. */
function finish(hash: u32): u32 {
  hash ^= hash >> 16;
  hash *= 0x85ebca6b;
  hash ^= hash >> 13;
  hash *= 0xc2b2ae35;
  return hash ^ (hash >> 16);
}

/** Whether bytes are equal. */
export function isSame(a: usize, b: usize, length: u32): bool {
  const end = a + length;
  for (; a + 8 <= end; a += 8, b += 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
  }
  for (; a < end; a++, b++) {
    if (load<u8>(a) != load<u8>(b)) return false;
  }
  return true;
}

/** Whether the search for a token ends at a slot: it is free, or that of these bytes, those at `first` and then those at `rest`. */
function endsAtToken(
  model: Model,
  slot: u32,
  key: u32,
  first: usize,
  firstBytes: u32,
  rest: usize,
  restBytes: u32,
): bool {
  if (!slot) return true;
  const low = placeBits(model.size);
  if ((slot ^ key) & ~low) return false;
  const place = (slot & low) - 1;
  const begin = u32At(model.offsets, place);
  if (u32At(model.offsets, place + 1) - begin != firstBytes + restBytes) return false;
  const token = model.text + begin;
  return isSame(token, first, firstBytes) && isSame(token + firstBytes, rest, restBytes);
}

/**
 * The slot of the token of these bytes, or the free one where it belongs.
 *
 * @param hash of all of them, not finished
 */
function slotOf(model: Model, hash: u32, first: usize, firstBytes: u32, rest: usize, restBytes: u32): usize {
  const key = finish(hash);
  let at = key & model.mask;
  while (!endsAtToken(model, u32At(model.slots, at), key, first, firstBytes, rest, restBytes))
    at = (at + 1) & model.mask;
  return model.slots + ((<usize>at) << 2);
}

/** The place of the token of these bytes, or NONE. */
export function findHashed(model: Model, hash: u32, first: usize, firstBytes: u32, rest: usize, restBytes: u32): u32 {
  return (load<u32>(slotOf(model, hash, first, firstBytes, rest, restBytes)) & placeBits(model.size)) - 1;
}

/** The place of the token of so many bytes, or NONE. */
export function findToken(model: Model, token: usize, length: u32): u32 {
  return findHashed(model, addBytes(SEED, token, length), token, length, token, 0);
}

/** Fills the tokens' slots. Returns the place of the first that is there twice, or NONE. */
export function indexTokens(model: Model): u32 {
  for (let place: u32 = 0; place < model.size; place++) {
    const begin = u32At(model.offsets, place);
    const length = u32At(model.offsets, place + 1) - begin;
    const token = model.text + begin;
    const hash = addBytes(SEED, token, length);
    const address = slotOf(model, hash, token, length, token, 0);
    if (load<u32>(address)) return place;
    store<u32>(address, (finish(hash) & ~placeBits(model.size)) | (place + 1));
  }
  return NONE;
}

/** 2^64 divided by the golden ratio. */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/** Whether the search for the merge of two tokens ends at a slot: it is free, or theirs. */
function endsAtMerge(model: Model, slot: u32, key: u32, left: u32, right: u32): bool {
  if (!slot) return true;
  const low = placeBits(model.mergeCount);
  if ((slot ^ key) & ~low) return false;
  const merge = mergeAt(model, (slot & low) - 1);
  return load<u32>(merge) == left && load<u32>(merge, 4) == right;
}

/** The slot of the merge of two tokens, or the free one where it belongs. */
function pairSlotOf(model: Model, key: u32, left: u32, right: u32): usize {
  let at = key & model.pairMask;
  while (!endsAtMerge(model, u32At(model.pairs, at), key, left, right)) at = (at + 1) & model.pairMask;
  return model.pairs + ((<usize>at) << 2);
}

function pairHash(left: u32, right: u32): u32 {
  let mixed = (((<u64>left) << 32) | <u64>right) * MULTIPLIER;
  mixed ^= mixed >> 32;
  return <u32>((mixed * MULTIPLIER) >> 32);
}

function mergeAt(model: Model, merge: u32): usize {
  return model.merges + <usize>merge * 12;
}

/** The token that a merge makes. */
export function mergedToken(model: Model, merge: u32): u32 {
  return load<u32>(mergeAt(model, merge), 8);
}

/** Which merge makes one token of two, or NONE; the lower, the earlier it is done. */
export function mergeOf(model: Model, left: u32, right: u32): u32 {
  return (load<u32>(pairSlotOf(model, pairHash(left, right), left, right)) & placeBits(model.mergeCount)) - 1;
}

/**
 * Writes the merges and fills their slots; of two of the same tokens the last counts. Returns the first that joins or makes what
 * is no token, or NONE.
 *
 * @param text the tokens that are merged as UTF-8, one after the other, left and right in turns; 8 bytes more are room
 * @param offsets (2 mergeCount + 1) u32: where each begins
 */
export function indexMerges(model: Model, text: usize, offsets: usize): u32 {
  for (let i: u32 = 0; i < model.mergeCount; i++) {
    const left = u32At(offsets, i * 2);
    const right = u32At(offsets, i * 2 + 1);
    const rightBytes = u32At(offsets, i * 2 + 2) - right;
    // of a right token that goes on with a word the prefix is left out
    const prefix = min(model.prefixBytes, rightBytes);
    const both = text + right + prefix;
    const hash = addBytes(addBytes(SEED, text + left, right - left), both, rightBytes - prefix);
    const leftPlace = findToken(model, text + left, right - left);
    const rightPlace = findToken(model, text + right, rightBytes);
    const place = findHashed(model, hash, text + left, right - left, both, rightBytes - prefix);
    if (leftPlace == NONE || rightPlace == NONE || place == NONE) return i;
    const merge = mergeAt(model, i);
    store<u32>(merge, leftPlace);
    store<u32>(merge, rightPlace, 4);
    store<u32>(merge, place, 8);
    const key = pairHash(leftPlace, rightPlace);
    store<u32>(pairSlotOf(model, key, leftPlace, rightPlace), (key & ~placeBits(model.mergeCount)) | (i + 1));
  }
  return NONE;
}

/** Whether slots hold places of so many, and one of them none, where every search ends. */
function areSlots(slots: usize, mask: u32, size: u32): bool {
  let hasFree = false;
  for (let at: u32 = 0; at <= mask; at++) {
    const slot = u32At(slots, at);
    if (!slot) hasFree = true;
    else if ((slot & placeBits(size)) - 1 >= size) return false;
  }
  return hasFree;
}

/** Looks at a model that comes from a file, and sets its longest token. Returns 0, or what is wrong: the number of a tensor. */
export function checkModel(model: Model, textBytes: u32): u32 {
  let longest: u32 = 0;
  if (u32At(model.offsets, 0) != 0 || u32At(model.offsets, model.size) != textBytes) return 1;
  for (let place: u32 = 0; place < model.size; place++) {
    const begin = u32At(model.offsets, place);
    const end = u32At(model.offsets, place + 1);
    if (begin > end || end > textBytes) return 1;
    longest = max(longest, end - begin);
  }
  model.longest = longest;
  if (!areSlots(model.slots, model.mask, model.size)) return 2;
  if (model.ids) {
    for (let place: u32 = 1; place < model.size; place++) {
      if (u32At(model.ids, place) <= u32At(model.ids, place - 1)) return 3;
    }
  }
  for (let at: u32 = 0; at < model.mergeCount * 3; at++) {
    if (u32At(model.merges, at) >= model.size) return 4;
  }
  return areSlots(model.pairs, model.pairMask, model.mergeCount) ? 0 : 5;
}
