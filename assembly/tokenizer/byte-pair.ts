// Byte-pair encoding: a piece is its characters; then, again and again, the two neighbours with the best merge become one,
// the leftmost of equals. see: https://arxiv.org/abs/1508.07909

import { u32At } from "../numbers/arrays";
import { byteToken, putBytes, writtenToken } from "./characters";
import { findHashed, findToken, Model, mergedToken, mergeOf, NONE } from "./model";
import { addToken, Pieces } from "./piece";
import { characterBytes } from "./utf8";

/** A part of the piece: a token, and where it ends; how good its merge with the next one is; its neighbours. */
@unmanaged
class Part {
  place: u32;
  /** in bytes of the piece */
  end: u32;
  /** the merge with the next one, or NONE; also of a part that another has taken in */
  merge: u32;
  previous: u32;
  next: u32;
}

/** Up to so many parts, looking at all for the best merge is faster than keeping a heap of them. */
const FEW: u32 = 32;

function partAt(pieces: Pieces, i: u32): Part {
  return changetype<Part>(pieces.parts + <usize>i * offsetof<Part>());
}

/** Encodes the piece at hand. */
export function bytePair(model: Model, pieces: Pieces): void {
  if (model.ignoreMerges) {
    const place = findWhole(model, pieces);
    if (place != NONE) {
      addToken(model, pieces, place, pieces.bytes);
      return;
    }
  }
  const count = pieces.isBytes ? openBytes(model, pieces) : openCharacters(model, pieces);
  if (!count) return;
  link(model, pieces, count);
  if (count <= FEW) mergeFew(model, pieces);
  else mergeMany(model, pieces, count);
  for (let i: u32 = 0; i != NONE; ) {
    const part = partAt(pieces, i);
    addToken(model, pieces, part.place, part.end);
    i = part.next;
  }
}

/** The token that is the piece, or NONE. */
function findWhole(model: Model, pieces: Pieces): u32 {
  if (pieces.isBytes) return findToken(model, pieces.heap, putBytes(model, pieces.begin, pieces.bytes, pieces.heap));
  return findHashed(model, pieces.hash, pieces.begin, pieces.bytes, pieces.begin, 0);
}

function addPart(pieces: Pieces, count: u32, place: u32, bytes: u32): u32 {
  const part = partAt(pieces, count);
  part.place = place;
  part.end = bytes + (count ? partAt(pieces, count - 1).end : 0);
  return count + 1;
}

/** Makes a part of each byte. Returns how many. */
function openBytes(model: Model, pieces: Pieces): u32 {
  for (let i: u32 = 0; i < pieces.bytes; i++) {
    addPart(pieces, i, writtenToken(model, load<u8>(pieces.begin + i)), 1);
  }
  return pieces.bytes;
}

/** Makes a part of each character; what is no token becomes those of its bytes, or the unknown one. Returns how many. */
function openCharacters(model: Model, pieces: Pieces): u32 {
  const end = pieces.begin + pieces.bytes;
  let count: u32 = 0;
  // bytes of what is unknown and not added yet
  let unknown: u32 = 0;
  for (let at = pieces.begin; at < end; ) {
    const bytes = min(characterBytes(load<u8>(at)), <u32>(end - at));
    let token = at;
    let length = bytes;
    const next = at + bytes;
    if (model.prefixBytes | model.suffixBytes) {
      const to = model.affixes + model.prefixBytes;
      memory.copy(to, at, bytes);
      token = at == pieces.begin ? to : model.affixes;
      length = <u32>(to + bytes - token);
      if (next == end) {
        memory.copy(token + length, to + 4 + model.suffixBytes, model.suffixBytes);
        length += model.suffixBytes;
      }
    }
    const byte = load<u8>(token);
    const place = length == 1 && byte < 128 ? u32At(model.characters, byte) : findToken(model, token, length);
    at = next;
    if (place != NONE) {
      if (unknown) count = addPart(pieces, count, model.unknown, unknown);
      unknown = 0;
      count = addPart(pieces, count, place, bytes);
    } else if (model.byteFallback && areBytes(model, token, length)) {
      for (let i: u32 = 0; i < length; i++) {
        count = addPart(pieces, count, byteToken(model, load<u8>(token + i)), 1);
      }
    } else if (model.unknown != NONE) {
      if (unknown && !model.fuseUnknown) {
        count = addPart(pieces, count, model.unknown, unknown);
        unknown = 0;
      }
      unknown += bytes;
    } else pieces.isLost = 1;
  }
  return unknown ? addPart(pieces, count, model.unknown, unknown) : count;
}

/** Whether there is a token for each of the bytes. */
function areBytes(model: Model, token: usize, length: u32): bool {
  for (const end = token + length; token < end; token++) {
    if (byteToken(model, load<u8>(token)) == NONE) return false;
  }
  return true;
}

function link(model: Model, pieces: Pieces, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const part = partAt(pieces, i);
    const isLast = i + 1 == count;
    part.previous = i - 1;
    part.next = isLast ? NONE : i + 1;
    part.merge = isLast ? NONE : mergeOf(model, part.place, partAt(pieces, i + 1).place);
  }
}

/** A part takes in the next one. */
function join(model: Model, pieces: Pieces, i: u32): void {
  const part = partAt(pieces, i);
  const taken = partAt(pieces, part.next);
  part.place = mergedToken(model, part.merge);
  part.end = taken.end;
  part.next = taken.next;
  part.merge = NONE;
  taken.merge = NONE;
  if (part.next != NONE) {
    const next = partAt(pieces, part.next);
    next.previous = i;
    part.merge = mergeOf(model, part.place, next.place);
  }
  if (part.previous == NONE) return;
  const previous = partAt(pieces, part.previous);
  previous.merge = mergeOf(model, previous.place, part.place);
}

function mergeFew(model: Model, pieces: Pieces): void {
  for (;;) {
    let best = NONE;
    let merge = NONE;
    for (let i: u32 = 0; i != NONE; ) {
      const part = partAt(pieces, i);
      if (part.merge < merge) {
        merge = part.merge;
        best = i;
      }
      i = part.next;
    }
    if (best == NONE) return;
    join(model, pieces, best);
  }
}

/** The same with a heap of (merge, part), in which those stay that are not true any more. */
function mergeMany(model: Model, pieces: Pieces, count: u32): void {
  let size: u32 = 0;
  for (let i: u32 = 0; i < count; i++) size = push(pieces, size, i);
  while (size) {
    const top = entryAt(pieces.heap, 0);
    size = pop(pieces.heap, size);
    const i = <u32>top;
    const part = partAt(pieces, i);
    if (part.merge != <u32>(top >> 32)) continue;
    join(model, pieces, i);
    size = push(pieces, size, i);
    if (part.previous != NONE) size = push(pieces, size, part.previous);
  }
}

/** How many entries lie below one in the heap: those of a cache line. */
const BELOW: u32 = 8;

/** Puts a part with its merge into the heap, if it has one. Returns the heap's size. */
function push(pieces: Pieces, size: u32, i: u32): u32 {
  const merge = partAt(pieces, i).merge;
  if (merge == NONE) return size;
  const entry = ((<u64>merge) << 32) | i;
  let at = size;
  while (at) {
    const above = (at - 1) / BELOW;
    const other = entryAt(pieces.heap, above);
    if (other <= entry) break;
    setEntry(pieces.heap, at, other);
    at = above;
  }
  setEntry(pieces.heap, at, entry);
  return size + 1;
}

/** Takes the least entry away. Returns the heap's size. */
function pop(heap: usize, size: u32): u32 {
  const last = entryAt(heap, --size);
  let at: u32 = 0;
  for (;;) {
    const first = at * BELOW + 1;
    if (first >= size) break;
    const end = min(first + BELOW, size);
    let least = first;
    let other = entryAt(heap, first);
    for (let below = first + 1; below < end; below++) {
      const entry = entryAt(heap, below);
      if (entry < other) {
        other = entry;
        least = below;
      }
    }
    if (other >= last) break;
    setEntry(heap, at, other);
    at = least;
  }
  setEntry(heap, at, last);
  return size;
}

/** The first entry ends a cache line, so that those below each fill one. */
function entryAt(heap: usize, i: u32): u64 {
  return load<u64>(heap + ((<usize>i) << 3), 56);
}

function setEntry(heap: usize, i: u32, entry: u64): void {
  store<u64>(heap + ((<usize>i) << 3), entry, 56);
}
