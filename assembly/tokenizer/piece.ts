// The piece of text at hand, and what its tokens are written to.

import { u32At } from "../numbers/arrays";
import { addByte, Model, SEED } from "./model";
import { unitsOf } from "./utf8";

/** What is encoded and where the outcome lies. Every field is 4 bytes; src/tokenizing/models/layout.ts writes them in this order. */
@unmanaged
export class Pieces {
  /** pieces, whose UTF-8 lies from `text` to `end`, one after the other */
  count: u32;
  text: usize;
  end: usize;
  /** (count) u32: how many UTF-16 units each has; in the end, how many tokens */
  lengths: usize;
  /** 1 where the tokens are made of their bytes, as byte-level tokenizers write them */
  isBytes: u32;
  /** the tokens' ids, and where each begins in its piece and where it ends, in UTF-16 units */
  ids: usize;
  starts: usize;
  ends: usize;
  tokenCount: u32;
  /** 1 where something was unknown and there is no token for that */
  isLost: u32;
  /** the piece at hand: its bytes, UTF-16 units, characters */
  begin: usize;
  bytes: u32;
  units: u32;
  characters: u32;
  hash: u32;
  /** where its last token ended, and how many units began before that */
  seen: usize;
  seenUnits: u32;
  /** room for as many parts as the text has bytes, and, behind 64 bytes, for a heap of twice as many u64 */
  parts: usize;
  heap: usize;
}

/** Writes a token that ends after so many bytes of the piece. It begins and ends with the characters that it has bytes of. */
export function addToken(model: Model, pieces: Pieces, place: u32, bytes: u32): void {
  const begin = pieces.seen;
  const last = pieces.begin + pieces.bytes;
  const end = min(pieces.begin + bytes, last);
  let start = pieces.seenUnits;
  let units = start;
  if (pieces.units == pieces.bytes) units += <u32>(end - begin);
  else for (let at = begin; at < end; at++) units += unitsOf(load<u8>(at));
  // bytes that are written beside a character may be tokens, too: those behind the last one are of that
  if (begin == last) start -= unitsAround(last - 1);
  else if (!unitsOf(load<u8>(begin))) start -= unitsAround(begin);
  pieces.seen = end;
  pieces.seenUnits = units;
  const to = (<usize>pieces.tokenCount) << 2;
  pieces.tokenCount++;
  store<u32>(pieces.ids + to, model.ids ? u32At(model.ids, place) : place);
  store<u32>(pieces.starts + to, start);
  store<u32>(pieces.ends + to, units);
}

/** How many units the character has that a byte is of. */
function unitsAround(at: usize): u32 {
  while (!unitsOf(load<u8>(at))) at--;
  return unitsOf(load<u8>(at));
}

/** Begins with the next piece: the characters up to its length. */
export function takePiece(pieces: Pieces, length: u32): void {
  let at = pieces.begin + pieces.bytes;
  const begin = at;
  const end = pieces.end;
  let hash = SEED;
  let units: u32 = 0;
  let characters: u32 = 0;
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at);
    const more = unitsOf(byte);
    if (more) {
      if (units >= length) break;
      units += more;
      characters++;
    }
    hash = addByte(hash, byte);
  }
  pieces.begin = begin;
  pieces.bytes = <u32>(at - begin);
  pieces.units = units;
  pieces.characters = characters;
  pieces.hash = hash;
  pieces.seen = begin;
  pieces.seenUnits = 0;
}
