import { encode } from "../../../assembly/tokenizer/encode";
import { Model } from "../../../assembly/tokenizer/model";
import { Pieces } from "../../../assembly/tokenizer/piece";
import { place, read, take } from "../place";
import { open, utf8 } from "./small-model";

/** Encodes pieces of these lengths in UTF-16 units, of a text of so many bytes. */
function encoded(model: Model, text: string, lengths: u32[], isWordPiece: bool): Pieces {
  const pieces = changetype<Pieces>(take(offsetof<Pieces>()));
  const bytes = String.UTF8.byteLength(text);
  pieces.count = lengths.length;
  pieces.text = utf8(text);
  pieces.end = pieces.text + bytes;
  pieces.lengths = place<u32>(lengths);
  pieces.ids = take(bytes * 4);
  pieces.starts = take(bytes * 4);
  pieces.ends = take(bytes * 4);
  pieces.parts = take(bytes * 20);
  pieces.heap = take(64 + bytes * 16);
  encode(model, pieces, isWordPiece);
  return pieces;
}

describe("lower and low by byte pairs", () => {
  it("are low e r, and low", () => {
    const model = open(["l", "o", "w", "lo", "low", "e", "r"], ["l", "o", "lo", "w"]);
    const pieces = encoded(model, "lowerlow", [5, 3], false);
    expect(read<u32>(pieces.ids, pieces.tokenCount)).toStrictEqual([4, 5, 6, 4]);
    expect(read<u32>(pieces.ends, pieces.tokenCount)).toStrictEqual([3, 4, 5, 3]);
    expect(read<u32>(pieces.lengths, 2)).toStrictEqual([3, 1]);
  });
});

describe("forty letters, for which there is a heap", () => {
  it("are fours", () => {
    const model = open(["a", "aa", "aaaa"], ["a", "a", "aa", "aa"]);
    const pieces = encoded(model, "a".repeat(41), [41], false);
    expect(read<u32>(pieces.ids, pieces.tokenCount)).toStrictEqual([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0]);
  });
});

describe("an emoji that is unknown", () => {
  it("is two units of the piece, and left out where there is no token for it", () => {
    const model = open(["a", "?"], []);
    model.unknown = 1;
    const pieces = encoded(model, "a\u{1f600}a", [4], false);
    expect(read<u32>(pieces.ids, 3)).toStrictEqual([0, 1, 0]);
    expect(read<u32>(pieces.starts, 3)).toStrictEqual([0, 1, 3]);
    expect(read<u32>(pieces.ends, 3)).toStrictEqual([1, 3, 4]);
    expect(pieces.isLost).toBe(0);
  });
});

describe("unaffable as WordPiece", () => {
  it("is un ##aff ##able; with an x it is unknown", () => {
    const model = open(["?", "un", "##aff", "##able", "##a"], []);
    model.prefixBytes = 2;
    model.unknown = 0;
    const pieces = encoded(model, "unaffableunx", [9, 3], true);
    expect(read<u32>(pieces.ids, pieces.tokenCount)).toStrictEqual([1, 2, 3, 0]);
    expect(read<u32>(pieces.ends, pieces.tokenCount)).toStrictEqual([2, 5, 9, 3]);
  });
});
