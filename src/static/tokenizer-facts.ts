/** What an encoder must know of tokenizer.json beside how it makes tokens: its tokens, and what it says of lengths. */

import { isJsonObject, type JsonObject } from "../files/folder.ts";
import { isWordwise } from "./wordwise.ts";

export interface TokenizerFacts {
  /** how many tokens there are */
  readonly count: number;
  /** the largest id */
  readonly lastId: number;
  /** the id of what is unknown; undefined where there is none */
  readonly unknownId: number | undefined;
  /** how long half of the tokens are at most, in code points */
  readonly medianLength: number;
  /** how many tokens of a text it lets through itself; null for all */
  readonly maxLength: number | null;
  /** which tokens of a text that is too long it leaves out */
  readonly cutFrom: "left" | "right";
  /** whether words that spaces part become tokens each by itself */
  readonly isWordwise: boolean;
}

/** Longer tokens count as so long. */
const LONGEST = 1024;

/** Reads tokenizer.json as far as it is what it should be: an AutoTokenizer was made of it. */
export function tokenizerFacts(json: JsonObject): TokenizerFacts {
  const model = isJsonObject(json.model) ? json.model : {};
  const lengths = new Uint32Array(LONGEST + 1);
  const own = ownTokens(model, lengths);
  let { count, lastId } = own;
  const added = new Map<string, number>();
  for (const token of Array.isArray(json.added_tokens) ? json.added_tokens : []) {
    const content = isJsonObject(token) ? token.content : undefined;
    if (typeof content !== "string" || content === "" || added.has(content) || own.idOf(content) !== undefined)
      continue;
    // as Python gives them ids: behind the vocabulary, in turn
    added.set(content, own.count + added.size);
    lengths[Math.min(lengthOf(content), LONGEST)]++;
    count++;
    lastId = Math.max(lastId, own.count + added.size - 1);
  }
  const idOf = (token: string) => own.idOf(token) ?? added.get(token);
  const truncation = isJsonObject(json.truncation) ? json.truncation : undefined;
  return {
    count,
    lastId,
    unknownId: unknownIdOf(model, idOf),
    medianLength: medianOf(lengths, count),
    maxLength: Number.isSafeInteger(truncation?.max_length) ? (truncation?.max_length as number) : null,
    cutFrom: truncation?.direction === "Left" ? "left" : "right",
    isWordwise: isWordwise(json),
  };
}

function ownTokens({ vocab }: JsonObject, lengths: Uint32Array) {
  let [count, lastId] = [0, -1];
  const add = (token: unknown, id: unknown) => {
    if (typeof token !== "string" || !Number.isSafeInteger(id)) return;
    lengths[Math.min(lengthOf(token), LONGEST)]++;
    count++;
    lastId = Math.max(lastId, id as number);
  };
  if (Array.isArray(vocab)) {
    const ids = new Map<unknown, number>();
    for (const [id, entry] of vocab.entries()) {
      const token: unknown = Array.isArray(entry) ? entry[0] : undefined;
      add(token, id);
      ids.set(token, id);
    }
    return { count, lastId, idOf: (token: string) => ids.get(token) };
  }
  const table = isJsonObject(vocab) ? vocab : {};
  for (const token in table) add(token, table[token]);
  const idOf = (token: string) => (Object.hasOwn(table, token) ? (table[token] as number) : undefined);
  return { count, lastId, idOf };
}

function unknownIdOf(model: JsonObject, idOf: (token: string) => number | undefined): number | undefined {
  if (Array.isArray(model.vocab)) return Number.isSafeInteger(model.unk_id) ? (model.unk_id as number) : undefined;
  return typeof model.unk_token === "string" ? idOf(model.unk_token) : undefined;
}

/** In code points, as Python counts them. */
function lengthOf(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) if (!isSecondHalf(text, at)) length++;
  return length;
}

/** Whether the unit at a place ends a pair of surrogates. */
const isSecondHalf = (text: string, at: number) =>
  (text.charCodeAt(at) & 0xfc00) === 0xdc00 && at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;

/** A text's first characters, so many code points; all of a shorter one. */
export function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text;
  let at = 0;
  for (let left = count; at < text.length; at++) if (!isSecondHalf(text, at) && left-- === 0) break;
  return text.slice(0, at);
}

/** As NumPy's median, cut to a whole number. */
function medianOf(counts: Uint32Array, total: number): number {
  const at = (rank: number) => {
    let seen = 0;
    return counts.findIndex((count) => {
      seen += count;
      return seen > rank;
    });
  };
  return total ? Math.floor((at((total - 1) >> 1) + at(total >> 1)) / 2) : 0;
}
