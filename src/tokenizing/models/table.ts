/** A tokenizer's model as one flat table, made of what tokenizer.json says of it; and the rules that are beside the table. */

import { Struct } from "../../engine/struct.ts";
import { isArray, isObject, show, Wasm2VecError } from "../../errors.ts";
import { isId } from "../json-part.ts";
import { MODEL_FIELDS, type ModelSizes, modelLayout, textsLayout } from "./layout.ts";
import { NONE, TokenizerInstance } from "./module.ts";

/** The kinds of model that there are tables of. */
export type TableKind = "BPE" | "WordPiece";

/** The numbers of a table: what a compact file holds, and what is copied into the module's memory. */
export interface ModelTable {
  /** (bytes,) the tokens' UTF-8, one after the other, in the order of their ids */
  text: Uint8Array;
  /** (V + 1,) where each begins */
  offsets: Uint32Array;
  /** (a power of two,) the tokens by their hashes */
  slots: Uint32Array;
  /** (V,) their ids, which rise; absent where they are 0, 1, 2, … */
  ids?: Uint32Array;
  /** (M * 3,) which token and which other become which, the best first; none in WordPiece */
  merges: Uint32Array;
  /** (a power of two,) the merges by their hashes */
  pairs: Uint32Array;
}

/** What a model does beside its table. */
export interface ModelRules {
  kind: TableKind;
  /** the token for what is unknown */
  unknown: string | undefined;
  /** what is written before a part of a word that does not begin it, and behind the last */
  prefix: string;
  suffix: string;
  byteFallback: boolean;
  fuseUnknown: boolean;
  ignoreMerges: boolean;
  /** WordPiece: longer words are unknown */
  maxCharacters: number;
}

type Json = Readonly<Record<string, unknown>>;

const encoder = new TextEncoder();

/**
 * What `model` in tokenizer.json says beside its vocabulary and merges.
 *
 * @throws {Wasm2VecError} `format-damaged` for what is not of its type, `format-unknown` for what cannot be done
 */
export function rulesOf(model: unknown): ModelRules {
  if (!isObject(model)) throw damaged(`its model is ${show(model)}; expected an object`);
  const json = model as Json;
  const kind = json.type ?? ("merges" in json ? "BPE" : "WordPiece");
  if (kind !== "BPE" && kind !== "WordPiece") {
    throw new Wasm2VecError("format-unknown", `The tokenizer's model is ${show(kind)}; expected "BPE" or "WordPiece".`);
  }
  const isPieces = kind === "WordPiece";
  if (json.dropout) {
    throw new Wasm2VecError(
      "format-unknown",
      `The tokenizer's model has dropout ${show(json.dropout)}, which makes other tokens each time. Set it to null.`,
    );
  }
  const text = (name: string) => {
    const value = json[name] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    throw damaged(`its model's ${name} is ${show(value)}; expected a string or null`);
  };
  const flag = (name: string) => {
    const value = json[name] ?? false;
    if (typeof value === "boolean") return !isPieces && value;
    throw damaged(`its model's ${name} is ${show(value)}; expected true or false`);
  };
  const maxCharacters = json.max_input_chars_per_word ?? 100;
  if (!Number.isSafeInteger(maxCharacters) || (maxCharacters as number) < 0) {
    throw damaged(
      `its model's max_input_chars_per_word is ${show(maxCharacters)}; expected a whole number from 0 to 2147483647`,
    );
  }
  return {
    kind,
    unknown: text("unk_token") ?? (isPieces ? "[UNK]" : undefined),
    prefix: text("continuing_subword_prefix") ?? (isPieces ? "##" : ""),
    suffix: isPieces ? "" : (text("end_of_word_suffix") ?? ""),
    byteFallback: flag("byte_fallback"),
    fuseUnknown: flag("fuse_unk"),
    ignoreMerges: flag("ignore_merges"),
    maxCharacters: Math.min(maxCharacters as number, NONE - 1),
  };
}

/**
 * Makes the table of a tokenizer.json's model.
 *
 * @param model its `model`: with `vocab`, and for BPE `merges`, each as ["a", "b"] or "a b"
 * @throws {Wasm2VecError} `format-damaged`, `format-unknown`; `engine-not-loaded`, `out-of-memory`, `too-large`
 */
export async function buildTable(model: unknown): Promise<ModelTable> {
  const { kind, prefix } = rulesOf(model);
  const { vocab, merges } = model as Json;
  const { tokens, ids } = tokensOf(vocab);
  const pairs = kind === "BPE" ? pairsOf(merges) : [];
  const module = await TokenizerInstance.open();
  try {
    return fillTable(module, tokens, ids, pairs, encoder.encode(prefix).length);
  } finally {
    module.close();
  }
}

/** The tokens in the order of their ids; the ids where they are not 0, 1, 2, … */
function tokensOf(vocab: unknown): { tokens: string[]; ids?: Uint32Array } {
  if (!isObject(vocab) || isArray(vocab)) throw damaged(`its vocabulary is ${show(vocab)}; expected an object`);
  const named = vocab as Record<string, number>;
  const tokens = Object.keys(named);
  let rises = true;
  for (let i = 0, last = -1; i < tokens.length; i++) {
    const id = named[tokens[i]];
    if (!isId(id)) {
      throw damaged(`the id of ${show(tokens[i])} is ${show(id)}; expected a whole number from 0 on`);
    }
    rises &&= id > last;
    last = id;
  }
  if (!rises) tokens.sort((a, b) => named[a] - named[b]);
  const ids = Uint32Array.from(tokens, (token) => named[token]);
  const again = ids.findIndex((id, i) => i > 0 && id === ids[i - 1]);
  if (again >= 0) {
    throw damaged(`the tokens ${show(tokens[again - 1])} and ${show(tokens[again])} have the same id, ${ids[again]}`);
  }
  return ids.every((id, i) => id === i) ? { tokens } : { tokens, ids };
}

/** The merges' tokens, left and right in turns. */
function pairsOf(merges: unknown): string[] {
  if (!isArray(merges)) throw damaged(`its merges are ${show(merges)}; expected an array`);
  const pairs: string[] = [];
  for (const merge of merges) {
    const pair = typeof merge === "string" ? halves(merge) : merge;
    if (!(isArray(pair) && pair.length === 2 && typeof pair[0] === "string" && typeof pair[1] === "string")) {
      throw damaged(`merge ${pairs.length / 2} is ${show(merge)}; expected ["a", "b"] or "a b"`);
    }
    pairs.push(pair[0], pair[1]);
  }
  return pairs;
}

/** The parts on both sides of a text's only space; undefined where it has none or several. */
function halves(text: string): [string, string] | undefined {
  const at = text.indexOf(" ");
  return at < 0 || text.includes(" ", at + 1) ? undefined : [text.slice(0, at), text.slice(at + 1)];
}

/** Slots for so many: at least a third of them are free, and one is. */
const slotsFor = (count: number) => (count ? 2 ** Math.ceil(Math.log2(count * 1.5 + 1)) : 1);

function fillTable(
  module: TokenizerInstance,
  tokens: readonly string[],
  ids: Uint32Array | undefined,
  pairs: readonly string[],
  prefixBytes: number,
): ModelTable {
  const sizes: ModelSizes = {
    tokens: tokens.length,
    textBytes: roomFor(tokens),
    slots: slotsFor(tokens.length),
    ids: 0,
    merges: pairs.length / 2,
    pairs: slotsFor(pairs.length / 2),
    prefixBytes,
    suffixBytes: 0,
  };
  const { kernels } = module;
  const layout = modelLayout(module.base, sizes);
  const beside = textsLayout(
    layout.end,
    Math.max(sizes.textBytes, roomFor(pairs)),
    Math.max(tokens.length, pairs.length),
  );
  module.reserve(beside.end);
  new Struct(module, layout.model, MODEL_FIELDS).write({ ...structOf(layout, sizes), unknown: NONE });
  const textBytes = putTexts(module, layout.text, tokens, beside.lengths, layout.offsets);
  const twice = kernels.indexTokens(layout.model) >>> 0;
  // strings that are not well-formed may be equal as UTF-8
  if (twice !== NONE) throw damaged(`its vocabulary has ${show(tokens[twice])} twice`);
  putTexts(module, beside.text, pairs, beside.lengths, beside.offsets);
  const wrong = kernels.indexMerges(layout.model, beside.text, beside.offsets) >>> 0;
  if (wrong !== NONE) {
    const [left, right] = pairs.slice(wrong * 2, wrong * 2 + 2);
    throw damaged(`merge ${wrong}, ${show(left)} and ${show(right)}, is of or makes what is not in its vocabulary`);
  }
  return {
    text: module.u8(layout.text, textBytes).slice(),
    offsets: module.u32(layout.offsets, sizes.tokens + 1).slice(),
    slots: module.u32(layout.slots, sizes.slots).slice(),
    ids,
    merges: module.u32(layout.merges, sizes.merges * 3).slice(),
    pairs: module.u32(layout.pairs, sizes.pairs).slice(),
  };
}

/** The fields of a model's struct that follow from where it lies and how large it is. */
export function structOf(layout: ReturnType<typeof modelLayout>, sizes: ModelSizes) {
  return {
    ...layout,
    size: sizes.tokens,
    mask: sizes.slots - 1,
    ids: sizes.ids ? layout.ids : 0,
    mergeCount: sizes.merges,
    pairMask: sizes.pairs - 1,
    longest: 0,
    prefixBytes: sizes.prefixBytes,
    suffixBytes: sizes.suffixBytes,
    unknown: 0,
    byteFallback: 0,
    fuseUnknown: 0,
    ignoreMerges: 0,
    maxCharacters: 0,
  };
}

/** UTF-8 has three bytes at most for a unit of UTF-16. */
function roomFor(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length * 3, 0);
}

/** Writes texts one after the other, and where each begins. Returns how many bytes they have. */
function putTexts(
  module: TokenizerInstance,
  at: number,
  texts: readonly string[],
  lengths: number,
  offsets: number,
): number {
  const joined = texts.map(whole).join("");
  const { written } = encoder.encodeInto(joined, module.u8(at, joined.length * 3));
  module.u32(lengths, texts.length).set(texts.map(({ length }) => length));
  module.kernels.measure(at, at + written, lengths, texts.length, offsets);
  return written;
}

/** A text that makes no character with the one before it: its first unit is no second half. */
export function whole(text: string): string {
  const first = text.charCodeAt(0);
  return first >= 0xdc00 && first < 0xe000 ? `\ufffd${text.slice(1)}` : text;
}

function damaged(what: string): Wasm2VecError {
  return new Wasm2VecError("format-damaged", `The tokenizer is not whole: ${what}. Copy or download it again.`);
}
