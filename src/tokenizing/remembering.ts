/** Models that encode a piece at a time, which takes long: pieces are remembered with their tokens, since words come again and again. */

import { bytesAsCharacters, placesOfBytes } from "./byte-characters.ts";
import type { PieceModel, PieceTokens, TokenModel } from "./model.ts";

/** How many pieces are remembered, and how long these are at most. */
const REMEMBERED = 2 ** 15;
const LONGEST_REMEMBERED = 128;

/** The tokens of a piece, and where each begins and ends in it. */
interface Remembered {
  ids: number[];
  starts: number[];
  ends: number[];
}

export function remembering(model: PieceModel): TokenModel {
  let remembered = new Map<string, Remembered>();
  let ofBytes = new Map<string, Remembered>();

  const tokensOf = (piece: string, isBytes: boolean) => {
    const known = (isBytes ? ofBytes : remembered).get(piece);
    if (known) return known;
    const tokens = isBytes ? encodeBytes(model, piece) : encode(model, piece);
    if (piece.length > LONGEST_REMEMBERED) return tokens;
    if (remembered.size + ofBytes.size >= REMEMBERED) [remembered, ofBytes] = [new Map(), new Map()];
    (isBytes ? ofBytes : remembered).set(piece, tokens);
    return tokens;
  };

  return {
    idOf: (token) => model.idOf(token),
    tokenOf: (id) => model.tokenOf(id),
    size: model.size,
    entries: () => model.entries(),
    encodePieces(pieces, isBytes, into: PieceTokens) {
      for (const piece of pieces) {
        const { ids, starts, ends } = tokensOf(piece, isBytes);
        into.counts.push(ids.length);
        for (let i = 0; i < ids.length; i++) {
          into.ids.push(ids[i]);
          into.starts.push(starts[i]);
          into.ends.push(ends[i]);
        }
      }
    },
    close() {
      for (const pieces of [remembered, ofBytes]) pieces.clear();
    },
  };
}

function encode(model: PieceModel, piece: string): Remembered {
  const tokens: Remembered = { ids: [], starts: [], ends: [] };
  const { ids, starts, ends } = tokens;
  model.encodePiece(piece, ids, ends);
  for (const [i, end] of ends.entries()) {
    const last = i ? ends[i - 1] : 0;
    starts.push(i && end === last ? starts[i - 1] : last);
  }
  return tokens;
}

function encodeBytes(model: PieceModel, piece: string): Remembered {
  const { ids, starts, ends } = encode(model, bytesAsCharacters(piece));
  const { begins, finishes } = placesOfBytes(piece);
  return { ids, starts: starts.map((start) => begins[start]), ends: ends.map((end) => finishes[end - 1]) };
}
