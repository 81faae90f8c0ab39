// WordPiece: the longest token that a word begins with, then the longest that its rest begins with, and so on.
// see: https://arxiv.org/abs/1609.08144, section 4.1

import { addByte, addBytes, findHashed, Model, NONE, SEED } from "./model";
import { addToken, Pieces } from "./piece";
import { characterBytes } from "./utf8";

/** Encodes the piece at hand: all of it is unknown where a part is, or it is too long. */
export function wordPiece(model: Model, pieces: Pieces): void {
  const first = pieces.tokenCount;
  const end = pieces.begin + pieces.bytes;
  let at = pieces.begin;
  while (pieces.characters <= model.maxCharacters && at < end) {
    const prefixBytes = at == pieces.begin ? 0 : model.prefixBytes;
    let hash = addBytes(SEED, model.affixes, prefixBytes);
    let place = NONE;
    let longest = at;
    const limit = min(end, at + max(model.longest, prefixBytes) - prefixBytes);
    for (let to = at; to < limit; ) {
      const next = to + characterBytes(load<u8>(to));
      if (next > end) break;
      for (; to < next; to++) hash = addByte(hash, load<u8>(to));
      const found = findHashed(model, hash, model.affixes, prefixBytes, at, <u32>(to - at));
      if (found == NONE) continue;
      place = found;
      longest = to;
    }
    if (place == NONE) break;
    addToken(model, pieces, place, <u32>(longest - pieces.begin));
    at = longest;
  }
  if (at == end) return;
  pieces.tokenCount = first;
  pieces.seen = pieces.begin;
  pieces.seenUnits = 0;
  if (model.unknown == NONE) pieces.isLost = 1;
  else addToken(model, pieces, model.unknown, pieces.bytes);
}
