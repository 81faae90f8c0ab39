/** Where a tokenizer's model lies in a memory, and what encoding needs behind it. As engine/layout.ts, for the tokenizer's module. */

import { ALIGNMENT, Space } from "../../engine/layout.ts";
import { structBytes, u32 } from "../../engine/struct.ts";

/** The fields of the module's structs in their order: assembly/tokenizer. A test compares them. */
// biome-ignore format: grouped as in assembly/tokenizer/model.ts
export const MODEL_FIELDS = u32(
  "size", "text", "offsets", "slots", "mask", "ids", "merges", "mergeCount", "pairs", "pairMask", "longest", "unknown",
  "affixes", "prefixBytes", "suffixBytes", "byteFallback", "fuseUnknown", "ignoreMerges", "maxCharacters",
  "characters", "cache",
);
// biome-ignore format: grouped as in assembly/tokenizer/piece.ts
export const PIECES_FIELDS = u32(
  "count", "text", "end", "lengths", "isBytes", "ids", "starts", "ends", "tokenCount", "isLost", "begin", "bytes", "units",
  "characters", "hash", "seen", "seenUnits", "parts", "heap",
);

// biome-ignore format: as in assembly/tokenizer/byte-pair.ts
export const PART_FIELDS = u32("place", "end", "merge", "previous", "next");

/** What kernels may read beyond a text: a word of eight bytes. */
const READ_BEYOND = 8;

/** Single characters of ASCII, bytes, and what is written for bytes. */
const CHARACTERS = 128 + 256 + 256;

/** The pieces that are kept, with their tokens. */
const CACHED = 8192;
const CACHED_BYTES = 64;

/** The longest character in UTF-8. */
const CHARACTER_BYTES = 4;

/** What a piece needs for each of its bytes beside a part: two entries of a heap. */
const HEAP_BYTES = 16;

/** How many numbers and bytes a model has. */
export interface ModelSizes {
  tokens: number;
  textBytes: number;
  slots: number;
  ids: number;
  merges: number;
  pairs: number;
  prefixBytes: number;
  suffixBytes: number;
}

/**
 * A model's memory; S is the longest suffix:
 *
 *     base    | model | pieces | characters (640) | prefix, a character, S, suffix | text | offsets (V + 1) | slots |
 *     …       | ids (V) | merges (M, 3) | pairs | cache | what follows is needed for a while |
 */
export function modelLayout(base: number, sizes: ModelSizes) {
  const space = new Space(base);
  return {
    model: space.take(structBytes(MODEL_FIELDS)),
    pieces: space.take(structBytes(PIECES_FIELDS)),
    characters: space.take(CHARACTERS * 4),
    affixes: space.take(sizes.prefixBytes + CHARACTER_BYTES + 2 * sizes.suffixBytes),
    text: space.take(sizes.textBytes + READ_BEYOND),
    offsets: space.take((sizes.tokens + 1) * 4),
    slots: space.take(sizes.slots * 4),
    ids: space.take(sizes.ids * 4),
    merges: space.take(sizes.merges * 12),
    pairs: space.take(sizes.pairs * 4),
    cache: space.take(CACHED * CACHED_BYTES),
    end: space.end,
  };
}

/**
 * Texts one after the other, how long each is, and where each begins; behind the model:
 *
 *     end     | text | lengths (count) | offsets (count + 1) |
 */
export function textsLayout(end: number, textBytes: number, count: number) {
  const space = new Space(end);
  return {
    text: space.take(textBytes + READ_BEYOND),
    lengths: space.take(count * 4),
    offsets: space.take((count + 1) * 4),
    end: space.end,
  };
}

/**
 * Pieces and what they are encoded with, behind the model; T is the largest number of tokens:
 *
 *     end     | text | lengths (count) | ids (T) | starts (T) | ends (T) | parts (T) | heap (T) |
 */
export function workLayout(end: number, textBytes: number, count: number, tokens: number) {
  const space = new Space(end);
  return {
    text: space.take(textBytes + READ_BEYOND),
    lengths: space.take(count * 4),
    ids: space.take(tokens * 4),
    starts: space.take(tokens * 4),
    ends: space.take(tokens * 4),
    parts: space.take(tokens * structBytes(PART_FIELDS)),
    heap: space.take(ALIGNMENT + tokens * HEAP_BYTES),
    end: space.end,
  };
}
