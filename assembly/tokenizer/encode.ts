// Pieces of texts -> the ids of their tokens, and where each ends.

import { u32At } from "../numbers/arrays";
import { bytePair } from "./byte-pair";
import { isSame, Model } from "./model";
import { Pieces, takePiece } from "./piece";
import { wordPiece } from "./word-piece";

/** How many pieces are kept. */
const CACHED: u32 = 8192;

/** Each has 64 bytes: length u8, kind u8, count u16; its bytes (24); ids (6) u32; starts (6) u8; ends (6) u8. */
const CACHED_BYTES: u32 = 24;
const CACHED_TOKENS: u32 = 6;
const CACHED_IDS: usize = 28;
const CACHED_STARTS: usize = 52;
const CACHED_ENDS: usize = 58;

/** Writes the tokens of a piece as it was encoded before. Returns whether it was. */
function takeCached(pieces: Pieces, entry: usize): bool {
  const head = load<u32>(entry);
  if ((head & 0xffff) != (pieces.bytes | (pieces.isBytes << 8))) return false;
  if (!isSame(entry + 4, pieces.begin, pieces.bytes)) return false;
  const count = head >> 16;
  const to = (<usize>pieces.tokenCount) << 2;
  for (let i: usize = 0; i < count; i++) {
    const at = to + (i << 2);
    store<u32>(pieces.ids + at, u32At(entry + CACHED_IDS, i));
    store<u32>(pieces.starts + at, load<u8>(entry + i, CACHED_STARTS));
    store<u32>(pieces.ends + at, load<u8>(entry + i, CACHED_ENDS));
  }
  pieces.tokenCount += count;
  return true;
}

/** Keeps the tokens of a piece: those from `first` on. */
function cache(pieces: Pieces, entry: usize, first: u32): void {
  const count = pieces.tokenCount - first;
  if (count > CACHED_TOKENS) return;
  store<u32>(entry, pieces.bytes | (pieces.isBytes << 8) | (count << 16));
  memory.copy(entry + 4, pieces.begin, pieces.bytes);
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(entry + ((<usize>i) << 2), u32At(pieces.ids, first + i), CACHED_IDS);
    store<u8>(entry + i, <u8>u32At(pieces.starts, first + i), CACHED_STARTS);
    store<u8>(entry + i, <u8>u32At(pieces.ends, first + i), CACHED_ENDS);
  }
}

/** Encodes pieces, by byte pairs or, where `isWordPiece`, by the longest tokens from the left. */
export function encode(model: Model, pieces: Pieces, isWordPiece: bool): void {
  pieces.tokenCount = 0;
  pieces.isLost = 0;
  pieces.begin = pieces.text;
  pieces.bytes = 0;
  for (let i: u32 = 0; i < pieces.count; i++) {
    const first = pieces.tokenCount;
    const length = pieces.lengths + ((<usize>i) << 2);
    takePiece(pieces, load<u32>(length));
    if (pieces.bytes) {
      const isShort = pieces.bytes <= CACHED_BYTES;
      const entry = model.cache + ((<usize>((pieces.hash ^ (pieces.hash >> 16)) % CACHED)) << 6);
      if (!isShort || !takeCached(pieces, entry)) {
        if (isWordPiece) wordPiece(model, pieces);
        else bytePair(model, pieces);
        // what was lost is told each time
        if (isShort && !pieces.isLost) cache(pieces, entry, first);
      }
    }
    store<u32>(length, pieces.tokenCount - first);
  }
}
