/** BPE and WordPiece over a flat table, in the tokenizer's module. */

import { Struct } from "../../engine/struct.ts";
import { show, Wasm2VecError } from "../../errors.ts";
import { bytesAsCharacters, placesOfBytes } from "../byte-characters.ts";
import type { PieceTokens, TokenModel } from "../model.ts";
import { MODEL_FIELDS, type ModelSizes, modelLayout, PIECES_FIELDS, workLayout } from "./layout.ts";
import { NONE, TokenizerInstance } from "./module.ts";
import { type ModelRules, type ModelTable, structOf, whole } from "./table.ts";

/** How many UTF-16 units, and how many pieces, are encoded at a time; a longer piece alone. */
const UNITS_AT_ONCE = 4096;
const PIECES_AT_ONCE = 1024;

/** UTF-8 has so many bytes at most for a unit of UTF-16. */
const UNIT_BYTES = 3;

/** A memory that has grown beyond the model by more bytes than these, for a long word, is given back. */
const MAX_BEYOND = 1 << 23;

/** What is wrong with a table, by what `checkModel` answers. */
const WRONG = [
  "the offsets of its tokens do not cover their text",
  "its slots name tokens that it has not",
  "its ids do not rise",
  "its merges name tokens that it has not",
  "its pairs name merges that it has not",
];

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Where a field lies in the struct of pieces, in u32. */
const placeOfField = (name: (typeof PIECES_FIELDS)[number]["name"]) =>
  PIECES_FIELDS.findIndex((field) => field.name === name);
const [COUNT, END, IS_BYTES, TOKEN_COUNT, IS_LOST] = (["count", "end", "isBytes", "tokenCount", "isLost"] as const).map(
  placeOfField,
);

/** Room behind the model for pieces and their tokens, as views, which hold until the memory grows. */
interface Work {
  at: number;
  end: number;
  /** how many bytes and pieces there is room for */
  textBytes: number;
  pieces: number;
  struct: Uint32Array;
  text: Uint8Array;
  lengths: Uint32Array;
  ids: Uint32Array;
  starts: Uint32Array;
  ends: Uint32Array;
}

/** A model that can encode. Close it. */
export class CompactModel implements TokenModel {
  private readonly layout: ReturnType<typeof modelLayout>;
  private work: Work | undefined;
  /** whether the module can read bytes as what byte-level tokenizers write for them: all that is there is a token */
  private readonly readsBytes: boolean;

  private constructor(
    private module: TokenizerInstance,
    private readonly rules: ModelRules,
    private readonly sizes: ModelSizes,
    table: ModelTable,
    file: string,
  ) {
    this.layout = modelLayout(module.base, sizes);
    module.reserve(this.layout.end);
    this.putTable(table, file);
    const hasAll = Boolean(module.kernels.fillCharacters(this.layout.model, this.roomFor(0, 0).at));
    this.readsBytes = hasAll && rules.kind === "BPE" && !rules.prefix && !rules.suffix;
  }

  /**
   * Opens a model. What is wrong with its table is found before anything is encoded.
   *
   * @param file what messages call the file that the table is from
   * @throws {Wasm2VecError} `format-damaged`; `engine-not-loaded`, `out-of-memory`, `too-large`
   */
  static async open(table: ModelTable, rules: ModelRules, file = "The tokenizer"): Promise<CompactModel> {
    const sizes = {
      tokens: table.offsets.length - 1,
      textBytes: table.text.length,
      slots: table.slots.length,
      ids: table.ids?.length ?? 0,
      merges: table.merges.length / 3,
      pairs: table.pairs.length,
      prefixBytes: encoder.encode(rules.prefix).length,
      suffixBytes: encoder.encode(rules.suffix).length,
    };
    checkSizes(sizes, file);
    const module = await TokenizerInstance.open();
    try {
      return new CompactModel(module, rules, sizes, table, file);
    } catch (error) {
      module.close();
      throw error;
    }
  }

  private putTable(table: ModelTable, file: string): void {
    const { module, layout, sizes, rules } = this;
    module.u8(layout.text, sizes.textBytes).set(table.text);
    module.u32(layout.offsets, sizes.tokens + 1).set(table.offsets);
    module.u32(layout.slots, sizes.slots).set(table.slots);
    if (table.ids) module.u32(layout.ids, sizes.ids).set(table.ids);
    module.u32(layout.merges, sizes.merges * 3).set(table.merges);
    module.u32(layout.pairs, sizes.pairs).set(table.pairs);
    module.u8(layout.affixes, sizes.prefixBytes).set(encoder.encode(rules.prefix));
    const suffix = layout.affixes + sizes.prefixBytes + 4 + sizes.suffixBytes;
    module.u8(suffix, sizes.suffixBytes).set(encoder.encode(rules.suffix));
    const model = new Struct(module, layout.model, MODEL_FIELDS);
    model.write({
      ...structOf(layout, sizes),
      unknown: NONE,
      byteFallback: Number(rules.byteFallback),
      fuseUnknown: Number(rules.fuseUnknown),
      ignoreMerges: Number(rules.ignoreMerges),
      maxCharacters: rules.maxCharacters,
    });
    const wrong = module.kernels.checkModel(layout.model, sizes.textBytes);
    if (wrong) throw damaged(file, WRONG[wrong - 1]);
    if (rules.unknown !== undefined) model.set("unknown", this.placeOf(rules.unknown));
  }

  get size(): number {
    return this.sizes.tokens;
  }

  encodePieces(pieces: readonly string[], isBytes: boolean, into: PieceTokens): void {
    if (isBytes && !this.readsBytes) {
      this.encodeWritten(pieces, into);
      return;
    }
    for (let begin = 0; begin < pieces.length; ) {
      let end = begin;
      let units = 0;
      do units += pieces[end++].length;
      while (end < pieces.length && end - begin < PIECES_AT_ONCE && units + pieces[end].length <= UNITS_AT_ONCE);
      this.encodeBatch(begin === 0 && end === pieces.length ? pieces : pieces.slice(begin, end), isBytes, into);
      begin = end;
    }
  }

  /** Encodes bytes as they are written, where that has a character that is no token. */
  private encodeWritten(pieces: readonly string[], into: PieceTokens): void {
    for (const piece of pieces) {
      const [ids, starts, ends]: number[][] = [[], [], []];
      this.encodePieces([bytesAsCharacters(piece)], false, { ids, starts, ends, counts: into.counts });
      const { begins, finishes } = placesOfBytes(piece);
      for (const [i, id] of ids.entries()) {
        into.ids.push(id);
        into.starts.push(begins[starts[i]]);
        into.ends.push(finishes[ends[i] - 1]);
      }
    }
  }

  private encodeBatch(pieces: readonly string[], isBytes: boolean, { ids, starts, ends, counts }: PieceTokens): void {
    const joined = pieces.length === 1 ? pieces[0] : pieces.map(whole).join("");
    const [work, written] = this.put(joined, pieces.length);
    const { struct, lengths } = work;
    for (let i = 0; i < pieces.length; i++) lengths[i] = pieces[i].length;
    struct[COUNT] = pieces.length;
    struct[END] = work.at + written;
    struct[IS_BYTES] = Number(isBytes);
    this.module.kernels.encode(this.layout.model, this.layout.pieces, this.rules.kind === "WordPiece");
    if (struct[IS_LOST]) this.checkUnknown();
    const count = struct[TOKEN_COUNT];
    for (let i = 0; i < count; i++) {
      ids.push(work.ids[i]);
      starts.push(work.starts[i]);
      ends.push(work.ends[i]);
    }
    for (let i = 0; i < pieces.length; i++) counts.push(lengths[i]);
    if (work.end > this.layout.end + MAX_BEYOND) this.shrink();
  }

  /** Writes a text behind the model, and makes room for its tokens. Returns how many bytes it has. */
  private put(text: string, pieces: number): [work: Work, written: number] {
    if (text.length <= UNITS_AT_ONCE) {
      const work = this.roomFor(text.length * UNIT_BYTES, pieces);
      return [work, encoder.encodeInto(text, work.text).written];
    }
    const bytes = encoder.encode(text);
    const work = this.roomFor(bytes.length, pieces);
    work.text.set(bytes);
    return [work, bytes.length];
  }

  private roomFor(textBytes: number, pieces: number): Work {
    if (this.work && textBytes <= this.work.textBytes && pieces <= this.work.pieces) return this.work;
    this.work = this.openWork(Math.max(textBytes, UNITS_AT_ONCE * UNIT_BYTES), Math.max(pieces, PIECES_AT_ONCE));
    return this.work;
  }

  private openWork(textBytes: number, pieces: number): Work {
    const { module, layout, sizes, rules } = this;
    // a character that is no token may become its bytes and those that are written beside it
    const tokens = rules.byteFallback ? textBytes * (1 + sizes.prefixBytes) + sizes.suffixBytes * pieces : textBytes;
    const work = workLayout(layout.end, textBytes, pieces, tokens);
    module.reserve(work.end);
    new Struct(module, layout.pieces, PIECES_FIELDS).write({ ...NOTHING, ...work });
    return {
      at: work.text,
      end: work.end,
      textBytes,
      pieces,
      struct: module.u32(layout.pieces, PIECES_FIELDS.length),
      text: module.u8(work.text, textBytes),
      lengths: module.u32(work.lengths, pieces),
      ids: module.u32(work.ids, tokens),
      starts: module.u32(work.starts, tokens),
      ends: module.u32(work.ends, tokens),
    };
  }

  /** What is unknown is left out where the model names no token for it; where it names one, that must be there. */
  private checkUnknown(): void {
    const { unknown } = this.rules;
    if (unknown === undefined) return;
    throw new Wasm2VecError(
      "key-not-found",
      `The text has what is unknown to the tokenizer, whose token for that, ${show(unknown)}, is not in its vocabulary. Name one in its unk_token that is.`,
    );
  }

  /** Takes a memory that is as large as the model needs. */
  private shrink(): void {
    const { module, layout } = this;
    this.module = module.copy(layout.end);
    this.work = undefined;
    module.close();
  }

  idOf(token: string): number | undefined {
    const place = this.placeOf(token);
    if (place === NONE) return undefined;
    return this.sizes.ids ? this.ids[place] : place;
  }

  private placeOf(token: string): number {
    const { module, layout } = this;
    const longest = new Struct(module, layout.model, MODEL_FIELDS).get("longest");
    if (token.length > longest) return NONE;
    const [{ at }, written] = this.put(token, 0);
    return module.kernels.findToken(layout.model, at, written) >>> 0;
  }

  tokenOf(id: number): string | undefined {
    const place = this.sizes.ids ? placeIn(this.ids, id) : id;
    return Number.isInteger(place) && place >= 0 && place < this.size ? this.tokenAt(place) : undefined;
  }

  *entries(): Generator<[token: string, id: number]> {
    for (let place = 0; place < this.size; place++) {
      yield [this.tokenAt(place), this.sizes.ids ? this.ids[place] : place];
    }
  }

  close(): void {
    this.work = undefined;
    this.module.close();
  }

  /** A copy of its table. */
  get table(): ModelTable {
    const { module, layout, sizes } = this;
    return {
      text: module.u8(layout.text, sizes.textBytes).slice(),
      offsets: module.u32(layout.offsets, sizes.tokens + 1).slice(),
      slots: module.u32(layout.slots, sizes.slots).slice(),
      ids: sizes.ids ? this.ids.slice() : undefined,
      merges: module.u32(layout.merges, sizes.merges * 3).slice(),
      pairs: module.u32(layout.pairs, sizes.pairs).slice(),
    };
  }

  private get ids(): Uint32Array {
    return this.module.u32(this.layout.ids, this.sizes.ids);
  }

  private tokenAt(place: number): string {
    const { module, layout } = this;
    const [begin, end] = module.u32(layout.offsets + place * 4, 2);
    return decoder.decode(module.u8(layout.text + begin, end - begin));
  }
}

/** The fields that are written later. */
const NOTHING = {
  count: 0,
  isBytes: 0,
  tokenCount: 0,
  isLost: 0,
  begin: 0,
  bytes: 0,
  units: 0,
  characters: 0,
  hash: 0,
  seen: 0,
  seenUnits: 0,
};

/** Where a number is among numbers that rise; -1 where it is not. */
function placeIn(numbers: Uint32Array, number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === number ? low : -1;
}

const isPowerOfTwo = (size: number) => size > 0 && (size & (size - 1)) === 0;

/** @throws {Wasm2VecError} `format-damaged` where the parts of a table do not fit each other */
function checkSizes({ tokens, slots, ids, merges, pairs }: ModelSizes, file: string): void {
  const fits =
    tokens >= 0 &&
    isPowerOfTwo(slots) &&
    isPowerOfTwo(pairs) &&
    slots > tokens &&
    pairs > merges &&
    Number.isInteger(merges) &&
    (ids === 0 || ids === tokens);
  if (!fits) throw damaged(file, "the parts of its table do not fit each other");
}

function damaged(file: string, what: string): Wasm2VecError {
  return new Wasm2VecError("format-damaged", `${file} is not whole: ${what}. Copy or download it again.`);
}
